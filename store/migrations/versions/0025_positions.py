"""Where the tokens of foreign diagrams' running instances stand: arrivals without an end in their history, and the tokens in their state that wait at joins.

Of a token that stands in another one the history tells both: only those stay in which no other stands.
"""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from alembic import op
from sqlalchemy import text

from store.migrations import frozen

revision = "0025"
down_revision = "0024"

_NOTES = """
SELECT history.root, history.kind, history.element, history.data FROM history
JOIN instance ON instance.root = history.root JOIN version ON version.id = instance.version
WHERE version.profile = 'generic' AND instance.status IN ('running', 'suspended')
AND history.kind IN ('start', 'entered', 'left', 'cancelled', 'migrate')
ORDER BY history.root, history.seq
"""
_STATE = "SELECT state FROM instance WHERE root = :root"
_ROW = "INSERT INTO position (root, token, element, within) VALUES (:root, :token, :element, :within)"
_LOOP = "multiInstanceBody"
Row = dict[str, str]


def upgrade() -> None:
    """The frozen statements, then a row for each token."""
    frozen.run("0025_positions")
    connection = op.get_bind()
    notes = connection.execute(text(_NOTES)).all()
    for root, told in groupby(notes, key=lambda note: note.root):
        state = connection.execute(text(_STATE), {"root": root}).scalar_one()
        there = _arrived((kind, element, json.loads(data)) for _, kind, element, data in told if data is not None)
        around = {(row["around"], row["within"]) for row in there.values()}
        standing = [row for row in there.values() if (row["token"], row["within"]) not in around]
        rows = [*standing, *(row for row in _at_joins(json.loads(bytes(state))) if row["token"] not in there)]
        if rows:
            connection.execute(text(_ROW), [{"root": root, **row} for row in rows])


def _arrived(notes: Iterator[tuple[str, str, Any]]) -> dict[str, Row]:
    """The tokens that are still there after all these notes, those that others stand in, too."""
    there: dict[str, Row] = {}
    for kind, element, told in notes:
        if kind == "migrate":
            for token, _, target in told.get("elements", ()):
                if token in there:
                    loop = there[token]["element"].endswith(_LOOP)
                    there[token]["element"] = f"{target}#{_LOOP}" if loop else target
        elif kind == "entered" and "token" in told:
            named = f"{element}#{_LOOP}" if told.get("type") == _LOOP else element
            where = {"around": told.get("parent", ""), "within": told.get("within", "")}
            there[told["token"]] = {"token": told["token"], "element": named, **where}
        elif kind in {"left", "cancelled"}:
            there.pop(told["token"], None)
    return there


def _at_joins(state: Any) -> Iterator[Row]:
    """Tokens of a state that remember the flow they came by: they wait at a join, which they have not entered yet."""
    calls = {"": ""}  # host of a region -> the call activity it is called by
    for host, called, rows in state[4]:
        within = "" if host is None else host if called is not None else calls[host]
        for token, element, _, _, facts in rows:
            calls[token] = within
            if facts and "flow" in facts:
                yield {"token": token, "element": element, "within": within}
