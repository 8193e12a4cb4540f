"""The inbox's reads: whose tasks, in which order, in which page."""

from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from sqlalchemy import insert

from store.engine.tables import instance, task, task_candidate, version
from store.selection.queries_tasks import group_tasks, my_tasks
from store.types import micros

NOW = datetime(2023, 9, 14, tzinfo=UTC)
NO_DUE = 2**62
# id, due in days (None: no time is set), who holds it, who may take it
TASKS = [
    ("t1", 5, "ann", ()), ("t2", None, "ann", ()), ("t3", 1, "ann", ()), ("t4", 3, None, ("u:ann",)), ("t5", None, None, ("u:ann", "u:bob")),
    ("t6", 2, "bob", ("u:ann",)), ("t7", 4, None, ("g:clerk@x",)), ("t8", 1, None, ("g:clerk@x", "g:chair@x")), ("t9", 3, None, ("g:chair@x",)),
]  # fmt: skip


@pytest.fixture
def tasks(database):
    blank = {"name": "一", "form_key": None, "users": [], "groups": [], "priority": 50, "follow_up": None, "depends": [], "revision": 1}
    where = {"root": "R", "tenant": "s", "process": "p", "element": "e", "opened_seq": 1, "created_at": NOW, "number": 1}
    with database.write() as connection:
        about = {"id": 1, "name": "s", "number": 1, "digest": "d", "profile": "season", "processes": [], "message_starts": {}}
        connection.execute(insert(version), {**about, "deployed_at": NOW, "deployed_by": "x"})
        root = {"root": "R", "version": 1, "process": "p", "tenant": "s", "business_key": "K", "status": "running", "revision": 1, "seq": 1}
        connection.execute(
            insert(instance),
            {**root, "head": "", "troubles": 0, "state": b"", "started_at": NOW, "started_by": "x", "changed_at": NOW},
        )
        for key, days, holder, candidates in TASKS:
            due = None if days is None else NOW + timedelta(days=days)
            row = {"id": key, "wait": key, "due": due, "assignee": holder, "state": "open", **blank, **where}
            connection.execute(insert(task), row)
            for who in candidates:
                sort = NO_DUE if due is None else micros(due)
                connection.execute(insert(task_candidate), {"task": key, "who": who, "taken": holder is not None, "due": sort})
        connection.execute(insert(task), {**row, "id": "t0", "wait": "t0", "assignee": "ann", "state": "completed"})


def ids(found):
    return [row["id"] for row in found]


@pytest.mark.usefixtures("tasks")
def test_mine_are_those_i_hold_or_am_named_for_the_earliest_first_and_those_without_a_time_last(database):
    with database.read() as connection:
        assert ids(my_tasks(connection, actor="ann")) == ["t3", "t4", "t1", "t2", "t5"]
        assert ids(my_tasks(connection, actor="bob")) == ["t6", "t5"]
        assert ids(my_tasks(connection, actor="eve")) == []


@pytest.mark.usefixtures("tasks")
@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_page_goes_on_where_the_one_before_ended(database, size):
    with database.read() as connection:
        pages = [ids(my_tasks(connection, actor="ann", limit=size, offset=offset)) for offset in range(0, 6, size)]
        assert list(chain.from_iterable(pages)) == ["t3", "t4", "t1", "t2", "t5"]
        groups = ["chair@x", "clerk@x"]
        offered = [ids(group_tasks(connection, groups=groups, limit=size, offset=offset)) for offset in range(0, 4, size)]
        assert list(chain.from_iterable(offered)) == ["t8", "t9", "t7"]


@pytest.mark.usefixtures("tasks")
def test_a_search_looks_through_all_of_them(database):
    with database.read() as connection:
        assert ids(my_tasks(connection, actor="ann", search="一", limit=2, offset=3)) == ["t2", "t5"]
        assert ids(my_tasks(connection, actor="ann", search="二")) == []
