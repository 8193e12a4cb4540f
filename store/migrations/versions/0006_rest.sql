ALTER TABLE called ADD COLUMN within TEXT NOT NULL DEFAULT '';

ALTER TABLE called ADD COLUMN version BIGINT;

UPDATE called SET version = (SELECT max(definition.version) FROM definition WHERE definition.key = called.process)
WHERE NOT EXISTS (
    SELECT 1 FROM definition JOIN instance ON instance.version = definition.version
    WHERE definition.key = called.process AND instance.root = called.root
);

CREATE TABLE task_comment (
    id BIGSERIAL NOT NULL,
    root TEXT NOT NULL,
    task TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    message TEXT NOT NULL,
    CONSTRAINT pk_task_comment PRIMARY KEY (id),
    CONSTRAINT fk_task_comment_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE INDEX ix_task_comment_task ON task_comment (task);

CREATE INDEX ix_task_comment_root ON task_comment (root);

CREATE TABLE task_attachment (
    id BIGSERIAL NOT NULL,
    root TEXT NOT NULL,
    task TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    type TEXT NOT NULL,
    url TEXT,
    content BYTEA,
    CONSTRAINT pk_task_attachment PRIMARY KEY (id),
    CONSTRAINT fk_task_attachment_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE INDEX ix_task_attachment_task ON task_attachment (task);

CREATE INDEX ix_task_attachment_root ON task_attachment (root);

CREATE TABLE access_token (
    hash TEXT NOT NULL,
    id TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT pk_access_token PRIMARY KEY (hash),
    CONSTRAINT uq_access_token_id UNIQUE (id)
);

CREATE INDEX ix_access_token_person ON access_token (person);
