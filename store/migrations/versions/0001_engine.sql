CREATE TABLE property (
    name TEXT NOT NULL,
    value TEXT,
    CONSTRAINT pk_property PRIMARY KEY (name)
);

CREATE TABLE version (
    id BIGSERIAL NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,
    deployed_at BIGINT NOT NULL,
    deployed_by TEXT NOT NULL,
    processes TEXT NOT NULL,
    message_starts TEXT NOT NULL,
    CONSTRAINT pk_version PRIMARY KEY (id),
    CONSTRAINT uq_version_name_number UNIQUE (name, number),
    CONSTRAINT uq_version_name_digest UNIQUE (name, digest)
);

CREATE TABLE message (
    id BIGSERIAL NOT NULL,
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    "key" TEXT NOT NULL,
    payload TEXT NOT NULL,
    dedupe TEXT,
    state TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    sent_by TEXT NOT NULL,
    expires BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    from_root TEXT,
    from_revision INTEGER,
    to_root TEXT,
    CONSTRAINT pk_message PRIMARY KEY (id),
    CONSTRAINT uq_message_dedupe UNIQUE (dedupe)
);

CREATE INDEX ix_message_state_message_expires ON message (state, expires);

CREATE INDEX ix_message_from_root_message_from_revision ON message (from_root, from_revision);

CREATE INDEX ix_message_tenant_message_name_message_key ON message (tenant, name, "key");

CREATE TABLE job (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    tenant TEXT NOT NULL,
    root TEXT,
    wait TEXT,
    payload TEXT NOT NULL,
    dedupe TEXT,
    due BIGINT NOT NULL,
    lease BIGINT,
    attempt INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    ready BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    from_root TEXT,
    from_revision INTEGER,
    CONSTRAINT pk_job PRIMARY KEY (id),
    CONSTRAINT uq_job_dedupe UNIQUE (dedupe)
);

CREATE INDEX ix_job_due ON job (ready, due, id);

CREATE INDEX ix_job_from_root_job_from_revision ON job (from_root, from_revision);

CREATE INDEX ix_job_root ON job (root);

CREATE TABLE incident (
    id TEXT NOT NULL,
    root TEXT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    tenant TEXT NOT NULL,
    process TEXT NOT NULL,
    element TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    trace TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    resolved_at BIGINT,
    resolved_by TEXT,
    resolution TEXT,
    reason TEXT,
    CONSTRAINT pk_incident PRIMARY KEY (id)
);

CREATE INDEX ix_incident_resolved_at_incident_created_at ON incident (resolved_at, created_at);

CREATE INDEX ix_incident_root ON incident (root);

CREATE INDEX ix_incident_subject ON incident (subject);

CREATE TABLE anchor (
    number INTEGER NOT NULL,
    at BIGINT NOT NULL,
    heads TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_anchor PRIMARY KEY (number)
);

CREATE TABLE deadline (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    set_at BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_deadline PRIMARY KEY (tenant, name)
);

CREATE TABLE deadline_change (
    id BIGSERIAL NOT NULL,
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    "before" BIGINT,
    at BIGINT NOT NULL,
    set_at BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_deadline_change PRIMARY KEY (id)
);

CREATE INDEX ix_deadline_change_tenant_deadline_change_name ON deadline_change (tenant, name);

CREATE TABLE version_file (
    version BIGINT NOT NULL,
    path TEXT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_version_file PRIMARY KEY (version, path),
    CONSTRAINT fk_version_file_version FOREIGN KEY(version) REFERENCES version (id)
);

CREATE TABLE instance (
    root TEXT NOT NULL,
    version BIGINT NOT NULL,
    process TEXT NOT NULL,
    tenant TEXT NOT NULL,
    business_key TEXT NOT NULL,
    dedupe TEXT,
    status TEXT NOT NULL,
    stage TEXT,
    public_stage TEXT,
    revision INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    head TEXT NOT NULL,
    troubles INTEGER NOT NULL,
    state BYTEA NOT NULL,
    previous BYTEA,
    previous_task TEXT,
    previous_sent INTEGER,
    started_at BIGINT NOT NULL,
    started_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    ended_at BIGINT,
    CONSTRAINT pk_instance PRIMARY KEY (root),
    CONSTRAINT ck_instance_status CHECK (status in ('running','suspended','ended','cancelled')),
    CONSTRAINT fk_instance_version FOREIGN KEY(version) REFERENCES version (id),
    CONSTRAINT uq_instance_dedupe UNIQUE (dedupe)
);

CREATE INDEX ix_instance_tenant_instance_stage ON instance (tenant, stage);

CREATE INDEX ix_instance_tenant_instance_process_instance_business_key ON instance (tenant, process, business_key);

CREATE INDEX ix_instance_changed_at ON instance (changed_at);

CREATE TABLE called (
    root TEXT NOT NULL,
    scope TEXT NOT NULL,
    process TEXT NOT NULL,
    element TEXT NOT NULL,
    entered_at BIGINT NOT NULL,
    CONSTRAINT pk_called PRIMARY KEY (root, scope),
    CONSTRAINT fk_called_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE TABLE task (
    id TEXT NOT NULL,
    root TEXT NOT NULL,
    wait TEXT NOT NULL,
    tenant TEXT NOT NULL,
    process TEXT NOT NULL,
    element TEXT NOT NULL,
    name TEXT NOT NULL,
    form_key TEXT,
    state TEXT NOT NULL,
    assignee TEXT,
    owner TEXT,
    users TEXT NOT NULL,
    groups TEXT NOT NULL,
    priority INTEGER NOT NULL,
    due BIGINT,
    follow_up BIGINT,
    depends TEXT NOT NULL,
    revision INTEGER NOT NULL,
    opened_seq INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by TEXT,
    CONSTRAINT pk_task PRIMARY KEY (id),
    CONSTRAINT ck_task_state CHECK (state in ('open','completed','cancelled')),
    CONSTRAINT fk_task_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE INDEX ix_task_tenant_task_element_task_state ON task (tenant, element, state);

CREATE INDEX ix_task_root_task_state ON task (root, state);

CREATE INDEX ix_task_assignee_task_state_task_due_task_id ON task (assignee, state, due, id);

CREATE TABLE timer (
    id TEXT NOT NULL,
    root TEXT NOT NULL,
    wait TEXT NOT NULL,
    tenant TEXT NOT NULL,
    process TEXT NOT NULL,
    element TEXT NOT NULL,
    due BIGINT NOT NULL,
    remaining INTEGER NOT NULL,
    depends TEXT NOT NULL,
    ready BOOLEAN NOT NULL,
    CONSTRAINT pk_timer PRIMARY KEY (id),
    CONSTRAINT fk_timer_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE INDEX ix_timer_due ON timer (ready, due, id);

CREATE INDEX ix_timer_tenant ON timer (tenant);

CREATE INDEX ix_timer_root ON timer (root);

CREATE TABLE subscription (
    id TEXT NOT NULL,
    root TEXT NOT NULL,
    wait TEXT NOT NULL,
    tenant TEXT NOT NULL,
    process TEXT NOT NULL,
    element TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    "key" TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_subscription PRIMARY KEY (id),
    CONSTRAINT fk_subscription_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE INDEX ix_subscription_tenant_kind_name_key ON subscription (tenant, kind, name, "key");

CREATE INDEX ix_subscription_root ON subscription (root);

CREATE TABLE history (
    root TEXT NOT NULL,
    seq INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    process TEXT NOT NULL,
    element TEXT NOT NULL,
    data TEXT,
    digest TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_history PRIMARY KEY (root, seq),
    CONSTRAINT fk_history_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE TABLE submission (
    id BIGSERIAL NOT NULL,
    root TEXT NOT NULL,
    task TEXT NOT NULL,
    act TEXT NOT NULL,
    process TEXT NOT NULL,
    element TEXT NOT NULL,
    form_key TEXT,
    actor TEXT NOT NULL,
    received BIGINT NOT NULL,
    revision INTEGER NOT NULL,
    data TEXT,
    taken_back BOOLEAN NOT NULL,
    CONSTRAINT pk_submission PRIMARY KEY (id),
    CONSTRAINT fk_submission_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE INDEX ix_submission_root_submission_element ON submission (root, element);

CREATE INDEX ix_submission_task ON submission (task);

CREATE INDEX ix_submission_actor_submission_received ON submission (actor, received);

CREATE TABLE task_candidate (
    task TEXT NOT NULL,
    who TEXT NOT NULL,
    taken BOOLEAN NOT NULL,
    due BIGINT NOT NULL,
    CONSTRAINT pk_task_candidate PRIMARY KEY (task, who),
    CONSTRAINT fk_task_candidate_task FOREIGN KEY(task) REFERENCES task (id)
);

CREATE INDEX ix_task_candidate_inbox ON task_candidate (who, taken, due, task);

CREATE TABLE draft (
    task TEXT NOT NULL,
    actor TEXT NOT NULL,
    data TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    CONSTRAINT pk_draft PRIMARY KEY (task, actor),
    CONSTRAINT fk_draft_task FOREIGN KEY(task) REFERENCES task (id)
);
