ALTER TABLE library_act ADD COLUMN second TEXT;
CREATE TABLE title_change (
    id BIGSERIAL NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    wrong TEXT,
    "right" TEXT,
    reason TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at BIGINT NOT NULL,
    second TEXT,
    comment TEXT,
    closed_at BIGINT,
    CONSTRAINT pk_title_change PRIMARY KEY (id),
    CONSTRAINT fk_title_change_title FOREIGN KEY(title) REFERENCES title (id)
);
CREATE INDEX ix_title_change_title ON title_change (title);
