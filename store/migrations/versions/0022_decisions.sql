CREATE TABLE decision (
	id TEXT NOT NULL,
	"key" TEXT NOT NULL,
	number INTEGER NOT NULL,
	version BIGINT NOT NULL,
	name TEXT NOT NULL,
	resource TEXT NOT NULL,
	version_tag TEXT,
	CONSTRAINT pk_decision PRIMARY KEY (id),
	CONSTRAINT uq_decision_key_number UNIQUE (key, number),
	CONSTRAINT fk_decision_version FOREIGN KEY(version) REFERENCES version (id)
);

CREATE INDEX ix_decision_version_decision_key ON decision (version, key);
