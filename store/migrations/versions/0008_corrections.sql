CREATE TABLE removal (
    season TEXT NOT NULL,
    owner TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    second TEXT NOT NULL,
    CONSTRAINT pk_removal PRIMARY KEY (season, owner, sha256)
);
INSERT INTO removal (season, owner, sha256, reason, at, "by", second)
    SELECT DISTINCT document.season, document.owner, tombstone.sha256, tombstone.reason, tombstone.at, tombstone."by", tombstone.second
    FROM tombstone JOIN document ON document.sha256 = tombstone.sha256;
DROP TABLE tombstone;
DROP TABLE correction_notice;
CREATE TABLE correction_notice (
    id BIGSERIAL NOT NULL,
    batch TEXT NOT NULL,
    application TEXT NOT NULL,
    state TEXT NOT NULL,
    wrong TEXT,
    "right" TEXT,
    reason TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at BIGINT NOT NULL,
    second TEXT,
    published_at BIGINT,
    CONSTRAINT pk_correction_notice PRIMARY KEY (id),
    CONSTRAINT fk_correction_notice_batch FOREIGN KEY(batch) REFERENCES batch (id),
    CONSTRAINT fk_correction_notice_application FOREIGN KEY(application) REFERENCES application (id)
);
CREATE INDEX ix_correction_notice_batch_application ON correction_notice (batch, application);
