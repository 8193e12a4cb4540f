"""The catalogue of definitions, deployments of foreign diagrams and their deletion, external tasks; order of creation and called process in rows."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from store.migrations import frozen

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """The frozen statements; then what the rows there are say in the new columns."""
    frozen.run("0003_catalogue")
    connection = op.get_bind()
    _count(connection, "task", "created_at, opened_seq, wait")
    _count(connection, "timer", "due, id")
    rows = list(_definitions(connection))
    if rows:
        connection.execute(sa.insert(sa.table("definition", *map(sa.column, rows[0]))), rows)


def _count(connection: sa.Connection, name: str, order: str) -> None:
    """Number the rows there are in the order of their creation."""
    rows = sa.table(name, sa.column("id"), sa.column("number"))
    found = connection.execute(sa.select(rows.c.id).order_by(sa.text(order))).scalars()
    numbered = [{"row": row, "place": place} for place, row in enumerate(found, 1)]
    if numbered:
        connection.execute(sa.update(rows).where(rows.c.id == sa.bindparam("row")).values(number=sa.bindparam("place")), numbered)


def _definitions(connection: sa.Connection) -> Iterator[Mapping[str, Any]]:
    """The processes of the versions there are, each key counted by itself; its diagram is the file that names it."""
    numbers: dict[str, int] = {}
    version = sa.table("version", sa.column("id"), sa.column("processes"))
    file = sa.table("version_file", sa.column("version"), sa.column("path"), sa.column("content"))
    for key, processes in connection.execute(sa.select(version.c.id, version.c.processes).order_by(version.c.id)).all():
        files = connection.execute(sa.select(file.c.path, file.c.content).where(file.c.version == key)).all()
        for process in json.loads(processes):
            numbers[process] = number = numbers.get(process, 0) + 1
            words = f'id="{process}"'.encode()
            drawn = (path for path, content in files if path.endswith(".bpmn") and words in bytes(content))
            row = {"id": f"{process}:{number}:{key}", "key": process, "number": number, "version": key, "suspended": False}
            yield {**row, "name": process, "resource": next(drawn, "")}
