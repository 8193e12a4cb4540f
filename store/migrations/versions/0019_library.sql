CREATE TABLE library_act (
    id BIGSERIAL NOT NULL,
    title TEXT NOT NULL,
    act TEXT NOT NULL,
    summary TEXT NOT NULL,
    documents TEXT,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_library_act PRIMARY KEY (id),
    CONSTRAINT fk_library_act_title FOREIGN KEY(title) REFERENCES title (id)
);
CREATE INDEX ix_library_act_title ON library_act (title);
