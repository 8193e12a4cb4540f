"""The last setting of each variable of foreign diagrams' instances, by its scope: read out of the history of those that are there."""

import json
from typing import Any

from alembic import op
from sqlalchemy import text

from store.migrations import frozen

revision = "0020"
down_revision = "0019"

_SETTINGS = """
SELECT history.root, history.seq, history.at, history.data FROM history
JOIN instance ON instance.root = history.root JOIN version ON version.id = instance.version
WHERE version.profile = 'generic' AND history.kind = 'variable' AND history.data IS NOT NULL
ORDER BY history.root, history.seq
"""
_COLUMNS = ("root", "scope", "name", "seq", "first", "begun", "within", "removed", "type", "kind", "number", "text", "head")
_ROW = f"INSERT INTO variable ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"  # noqa: S608 - names that stand here


def upgrade() -> None:
    """The frozen statements, then a row for each variable."""
    frozen.run("0020_variables")
    connection, last = op.get_bind(), dict[tuple[str, str, str], dict[str, Any]]()
    for root, seq, at, data in connection.execute(text(_SETTINGS)):
        told = json.loads(data)
        key = (root, told["scope"], told["name"])
        first = last.get(key, {"first": seq, "begun": at})
        where = {"root": root, "scope": told["scope"], "name": told["name"], "within": told.get("within", "")}
        when = {"seq": seq, "first": first["first"], "begun": first["begun"]}
        last[key] = {**where, **when, "removed": bool(told.get("removed")), "type": told.get("type"), **_worth(told["new"])}
    if last:
        connection.execute(text(_ROW), list(last.values()))


def _worth(value: object) -> dict[str, Any]:
    kinds = {type(None): "null", int: "integer", float: "double", str: "text"}
    kind = str(value).lower() if isinstance(value, bool) else kinds.get(type(value), "object")
    told = value if isinstance(value, str) and "\0" not in value else None
    number = value if kind in {"integer", "double"} else None
    return {"kind": kind, "number": number, "text": told, "head": None if told is None else told[:100]}
