CREATE TABLE contact (
    enterprise TEXT NOT NULL,
    mail TEXT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    CONSTRAINT pk_contact PRIMARY KEY (enterprise, mail)
);
