"""Schema 0020 reads the variables of foreign diagrams out of the history of a database that has none: the last setting of each, and when the first was."""

import json
import math

import pytest
from sqlalchemy import text

from store import migrations
from store.database import Database

VERSION = (
    "INSERT INTO version (id, name, number, digest, deployed_at, deployed_by, processes, message_starts, profile)"
    " VALUES (:id, 'v', :id, :root, 0, 'ann', '[]', '{}', :profile)"
)
INSTANCE = (
    "INSERT INTO instance (root, version, process, tenant, business_key, status, revision, seq, head, troubles, state, started_at, started_by, changed_at)"
    " VALUES (:root, :version, 'p', '', '', 'running', 1, 0, '', 0, :state, 0, 'ann', 0)"
)
ENTRY = (
    "INSERT INTO history (root, seq, revision, at, actor, actor_name, kind, process, element, data, digest, hash)"
    " VALUES (:root, :seq, 1, :seq, 'ann', 'Ann', :kind, 'p', '', :data, '', '')"
)
SETTINGS = (
    ("theirs", {"scope": "", "name": "n", "old": None, "new": 1}),
    ("theirs", {"scope": "", "name": "n", "old": 1, "new": 2.5, "type": "Double"}),
    ("theirs", {"scope": "", "name": "t", "old": None, "new": "x" * 150}),
    ("theirs", {"scope": "a/c", "name": "n", "old": None, "new": [1], "within": "a"}),
    ("theirs", {"scope": "", "name": "flag", "old": None, "new": True}),
    ("theirs", {"scope": "", "name": "flag", "old": True, "new": None, "removed": True}),
    ("theirs", None),
    ("ours", {"scope": "", "name": "n", "old": None, "new": 1}),
)


@pytest.fixture
def rows(database_url):
    database = Database(database_url)
    with database.write() as connection:
        connection.execute(text("DROP TABLE variable"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0019'"))
        for number, (root, profile) in enumerate((("theirs", "generic"), ("ours", "season")), 1):
            connection.execute(text(VERSION), {"id": number, "root": root, "profile": profile})
            connection.execute(text(INSTANCE), {"root": root, "version": number, "state": b""})
        for seq, (root, data) in enumerate(SETTINGS, 1):
            connection.execute(text(ENTRY), {"root": root, "seq": seq, "kind": "variable", "data": None if data is None else json.dumps(data)})
        connection.execute(text(ENTRY), {"root": "theirs", "seq": 99, "kind": "start", "data": None})
    migrations.upgrade(database, to="0020")
    with database.read() as connection:
        found = connection.execute(text("SELECT * FROM variable ORDER BY first")).mappings().all()
    database.close()
    return {(row["root"], row["scope"], row["name"]): row for row in found}


def test_the_last_setting_of_each_variable_is_kept(rows):
    assert list(rows) == [("theirs", "", "n"), ("theirs", "", "t"), ("theirs", "a/c", "n"), ("theirs", "", "flag")]
    assert [(row["seq"], row["first"], row["begun"], row["kind"]) for row in rows.values()] == [
        (2, 1, 1, "double"),
        (3, 3, 3, "text"),
        (4, 4, 4, "object"),
        (6, 5, 5, "null"),
    ]


def test_values_stand_as_databases_compare_them(rows):
    number, letters, listed, gone = rows.values()
    assert math.isclose(number["number"], 2.5)
    assert number["type"] == "Double"
    assert (len(letters["text"]), letters["head"]) == (150, "x" * 100)
    assert listed["within"] == "a"
    assert [bool(row["removed"]) for row in (number, letters, listed, gone)] == [False, False, False, True]
