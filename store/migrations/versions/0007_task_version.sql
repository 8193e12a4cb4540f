ALTER TABLE task ADD COLUMN defined_in BIGINT CONSTRAINT fk_task_defined_in REFERENCES version (id);

UPDATE task SET defined_in = (SELECT instance.version FROM instance WHERE instance.root = task.root) WHERE within = '';
