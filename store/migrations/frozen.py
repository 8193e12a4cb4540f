"""Runs the frozen statements of a step: the tables as they were when the step was written, whatever the code says today.

A statement is written once, in PostgreSQL's words; SQLite has another word for two types.
"""

from pathlib import Path

from alembic import op

_SQLITE = {"BIGSERIAL": "INTEGER", "BYTEA": "BLOB"}
_FOLDER = Path(__file__).parent / "versions"


def run(step: str) -> None:
    """Execute the statements of ``versions/<step>.sql`` in their order, on the connection that migrates."""
    connection = op.get_bind()
    statements = (_FOLDER / f"{step}.sql").read_text("utf-8")
    for word, sqlites in _SQLITE.items() if connection.dialect.name == "sqlite" else ():
        statements = statements.replace(word, sqlites)
    for statement in statements.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
