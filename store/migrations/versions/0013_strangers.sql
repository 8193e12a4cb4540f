CREATE TABLE guess (
    place TEXT NOT NULL,
    person TEXT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until BIGINT,
    guessed_at BIGINT NOT NULL,
    CONSTRAINT pk_guess PRIMARY KEY (place, person)
);
CREATE INDEX ix_guess_guessed_at ON guess (guessed_at);
CREATE TABLE allowance (
    subject TEXT NOT NULL,
    until BIGINT NOT NULL,
    CONSTRAINT pk_allowance PRIMARY KEY (subject)
);
CREATE INDEX ix_allowance_until ON allowance (until);
