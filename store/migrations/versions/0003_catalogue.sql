ALTER TABLE version ADD COLUMN profile TEXT NOT NULL DEFAULT 'season';

ALTER TABLE version ADD COLUMN title TEXT;

ALTER TABLE version ADD COLUMN source TEXT;

ALTER TABLE task ADD COLUMN within TEXT NOT NULL DEFAULT '';

ALTER TABLE task ADD COLUMN number BIGINT NOT NULL DEFAULT 0;

ALTER TABLE timer ADD COLUMN within TEXT NOT NULL DEFAULT '';

ALTER TABLE timer ADD COLUMN number BIGINT NOT NULL DEFAULT 0;

ALTER TABLE subscription ADD COLUMN within TEXT NOT NULL DEFAULT '';

CREATE INDEX ix_task_number ON task (number);

CREATE INDEX ix_timer_number ON timer (number);

DROP INDEX ix_timer_due;

CREATE INDEX ix_timer_due ON timer (ready, due, number);

CREATE TABLE definition (
    id TEXT NOT NULL,
    "key" TEXT NOT NULL,
    number INTEGER NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    resource TEXT NOT NULL,
    suspended BOOLEAN NOT NULL,
    CONSTRAINT pk_definition PRIMARY KEY (id),
    CONSTRAINT uq_definition_key_number UNIQUE (key, number),
    CONSTRAINT fk_definition_version FOREIGN KEY(version) REFERENCES version (id)
);

CREATE INDEX ix_definition_version_definition_key ON definition (version, key);

CREATE TABLE deletion (
    number INTEGER NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    digest TEXT NOT NULL,
    heads TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_deletion PRIMARY KEY (number)
);

CREATE TABLE external_task (
    id TEXT NOT NULL,
    root TEXT NOT NULL,
    wait TEXT NOT NULL,
    tenant TEXT NOT NULL,
    process TEXT NOT NULL,
    element TEXT NOT NULL,
    within TEXT NOT NULL,
    topic TEXT NOT NULL,
    priority INTEGER NOT NULL,
    worker TEXT,
    locked_until BIGINT,
    retries INTEGER,
    error_message TEXT,
    error_details TEXT,
    suspended BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    number BIGINT NOT NULL,
    CONSTRAINT pk_external_task PRIMARY KEY (id),
    CONSTRAINT fk_external_task_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE INDEX ix_external_task_number ON external_task (number);

CREATE INDEX ix_external_task_root ON external_task (root);

CREATE INDEX ix_external_task_topic_external_task_locked_until ON external_task (topic, locked_until);
