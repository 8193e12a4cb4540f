"""Schema 0025 reads where tokens stand out of the history and state of running instances of foreign diagrams."""

import json

import pytest
from sqlalchemy import text

from store import migrations
from store.database import Database
from tests.unit.store.test_old_variables import INSTANCE, VERSION

ENTRY = (
    "INSERT INTO history (root, seq, revision, at, actor, actor_name, kind, process, element, data, digest, hash)"
    " VALUES (:root, :seq, 1, :seq, 'ann', 'Ann', :kind, 'p', :element, :data, '', '')"
)
LOOP = "multiInstanceBody"
NOTES = (
    ("theirs", "entered", "start", {"token": "1"}),
    ("theirs", "left", "start", {"token": "1"}),
    ("theirs", "entered", "sub", {"token": "2"}),
    ("theirs", "entered", "a", {"token": "3", "parent": "2"}),
    ("theirs", "entered", "gone", {"token": "4"}),
    ("theirs", "cancelled", "gone", {"token": "4"}),
    ("theirs", "entered", "call", {"token": "5"}),
    ("theirs", "entered", "inner", {"token": "6", "parent": "5", "within": "5"}),
    ("theirs", "entered", "each", {"token": "7", "type": LOOP}),
    ("theirs", "migrate", "", {"elements": [["3", "a", "b"], ["7", "each", "all"]]}),
    ("theirs", "entered", "removed by law", None),
    ("ours", "entered", "u", {"token": "1"}),
)
STATE = [2, "p", 9, False, [[None, None, [["8", "join", 8, 0, {"flow": "f"}], ["3", "a", 8, 0, 0]]], ["5", "q", [["9", "j", 8, 0, {"flow": "g"}]]]], {}]


@pytest.fixture
def standing(database_url):
    database = Database(database_url)
    with database.write() as connection:
        connection.execute(text("DROP TABLE position"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0024'"))
        for number, (root, profile) in enumerate((("theirs", "generic"), ("ours", "season")), 1):
            connection.execute(text(VERSION), {"id": number, "root": root, "profile": profile})
            connection.execute(text(INSTANCE), {"root": root, "version": number, "state": json.dumps(STATE).encode()})
        for seq, (root, kind, element, data) in enumerate(NOTES, 1):
            told = None if data is None else json.dumps(data)
            connection.execute(text(ENTRY), {"root": root, "seq": seq, "kind": kind, "element": element, "data": told})
    migrations.upgrade(database, to="0025")
    with database.read() as connection:
        found = connection.execute(text("SELECT root, token, element, within FROM position ORDER BY token")).all()
    database.close()
    return [tuple(row) for row in found]


def test_tokens_that_stand_and_those_that_wait_at_joins_have_a_row(standing):
    assert standing == [
        ("theirs", "3", "b", ""),
        ("theirs", "5", "call", ""),
        ("theirs", "6", "inner", "5"),
        ("theirs", "7", f"all#{LOOP}", ""),
        ("theirs", "8", "join", ""),
        ("theirs", "9", "j", "5"),
    ]
