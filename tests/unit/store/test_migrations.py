"""The steps say what the tables were; together they make the tables of the code, and nothing of them looks at the code of today."""

import ast
from pathlib import Path

import pytest

from store import migrations
from store.database import Database
from tests.schema import ADVICE, make_anew, shape

STEPS = sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))


@pytest.mark.postgresql
def test_the_steps_make_the_tables_of_the_code_on_postgresql_too(postgresql_url):  # on SQLite: tests/test_architecture.py
    database = Database(postgresql_url)
    migrated = shape(database)
    make_anew(database)
    made = shape(database)
    database.close()
    assert migrated == made, ADVICE


@pytest.mark.parametrize("step", STEPS, ids=lambda path: path.stem)
def test_no_step_builds_on_the_tables_of_today(step):
    named = [node.module or "" for node in ast.walk(ast.parse(step.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    assert [name for name in named if name.startswith(("store.engine", "store.selection"))] == []
