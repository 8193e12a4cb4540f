CREATE TABLE known_browser (
    hash TEXT NOT NULL,
    person TEXT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until BIGINT,
    proved_at BIGINT NOT NULL,
    CONSTRAINT pk_known_browser PRIMARY KEY (hash, person)
);
CREATE INDEX ix_known_browser_person ON known_browser (person);
ALTER TABLE token ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN "by" TEXT NOT NULL DEFAULT '';
CREATE INDEX ix_token_mail ON token (mail);
