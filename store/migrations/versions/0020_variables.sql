CREATE TABLE variable (
	root TEXT NOT NULL,
	scope TEXT NOT NULL,
	name TEXT NOT NULL,
	seq INTEGER NOT NULL,
	first INTEGER NOT NULL,
	begun BIGINT NOT NULL,
	within TEXT NOT NULL,
	removed BOOLEAN NOT NULL,
	type TEXT,
	kind TEXT NOT NULL,
	number NUMERIC,
	text TEXT,
	head TEXT,
	CONSTRAINT pk_variable PRIMARY KEY (root, scope, name),
	CONSTRAINT fk_variable_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE INDEX ix_variable_name_variable_head ON variable (name, head);

CREATE INDEX ix_variable_name_variable_number ON variable (name, number);
