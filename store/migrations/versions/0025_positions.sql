CREATE TABLE position (
	root TEXT NOT NULL,
	token TEXT NOT NULL,
	element TEXT NOT NULL,
	within TEXT NOT NULL,
	CONSTRAINT pk_position PRIMARY KEY (root, token),
	CONSTRAINT fk_position_root FOREIGN KEY(root) REFERENCES instance (root)
);

CREATE INDEX ix_position_element ON position (element);
