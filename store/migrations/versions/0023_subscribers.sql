CREATE TABLE subscriber (
    id TEXT NOT NULL,
    mail TEXT NOT NULL,
    language TEXT NOT NULL,
    secret TEXT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    CONSTRAINT pk_subscriber PRIMARY KEY (id),
    CONSTRAINT uq_subscriber_mail UNIQUE (mail),
    CONSTRAINT uq_subscriber_secret UNIQUE (secret)
);

ALTER TABLE mail ADD COLUMN unsubscribe TEXT NOT NULL DEFAULT '';
