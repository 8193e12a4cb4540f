"""What a command costs: statements and commits are counted, the inbox stays quick however much is open."""

import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, insert

from store.engine import queries
from store.engine.tables import instance, task, task_candidate

FORM = b"""{"type": "object", "title": "t", "x-title-en": "t", "additionalProperties": false, "x-variables": ["outcome"],
 "properties": {"outcome": {"type": "string", "title": "o", "x-title-en": "o"},
 "text": {"type": "string", "title": "x", "x-title-en": "x"}}}"""


@contextmanager
def counted(database):
    """Count the statements (BEGIN and SAVEPOINT too) and commits of a block."""
    found = {"statements": [], "commits": 0}

    def statement(connection, cursor, text, parameters, context, many):
        found["statements"].append(text)

    def commit(connection):
        found["commits"] += 1

    def begin(connection):
        found["statements"].append("BEGIN")

    watched = {"before_cursor_execute": statement, "begin": begin, "commit": commit}
    for name, note in watched.items():
        event.listen(database.engine, name, note)
    yield found
    for name, note in watched.items():
        event.remove(database.engine, name, note)


@pytest.fixture
def small_form(engine, registry, deploy, people):
    registry.listener("first.check")(lambda ctx, data: None)
    diagram = (Path(__file__).parent / "diagrams" / "two_steps.bpmn").read_bytes()
    diagram = diagram.replace(b'id="first"', b'id="first" camunda:formKey="forms/small.json" camunda:dueDate="PT24H"')
    engine.deploy(name="foreign", files={"two_steps.bpmn": diagram, "forms/small.json": FORM}, actor=people.system)
    return lambda key: engine.start(process="two_steps", business_key=key, variables={}, tenant="t", actor=people.ann)


def test_completing_a_task_takes_12_statements_and_one_commit(engine, small_form, people, database):
    root = small_form("K")
    engine.save_draft(task=f"{root}.2", data={"text": "a"}, actor=people.ann)
    with counted(database) as found:
        engine.complete(task=f"{root}.2", data={"outcome": "ok", "text": "好"}, actor=people.ann, seen=1)
    assert found["commits"] == 1
    assert len(found["statements"]) <= 12, found["statements"]


def test_a_cold_start_of_a_task_reads_its_state_once_more(make, engine, small_form, people, database):
    root = small_form("K")
    cold = make(prefix="c")
    with database.read() as connection:
        cold.home.versions.load(connection, 1)
    with counted(database) as found:
        cold.complete(task=f"{root}.2", data={"outcome": "ok"}, actor=people.ann)
    assert (found["commits"], len(found["statements"]) <= 12) == (1, True)


def test_starting_takes_one_commit(engine, small_form, database):
    small_form("warm")
    with counted(database) as found:
        small_form("K")
    assert found["commits"] == 1
    assert len(found["statements"]) <= 8, found["statements"]


def test_the_state_is_small(small_form, rows):
    small_form("K")
    assert len(rows(instance)[0]["state"]) < 1000


def test_the_first_page_of_an_inbox_does_not_depend_on_how_much_is_open(engine, small_form, people, database, rows):
    root = small_form("K")
    (model,) = rows(task)
    number = 100_000
    for low in range(0, number, 10_000):
        block = [{**model, "id": f"{root}.x{n}", "wait": f"x{n}"} for n in range(low, low + 10_000)]
        offers = [
            {"task": row["id"], "who": "g:clerk@office", "taken": False, "due": 1_700_000_000_000_000 + n} for n, row in enumerate(block)
        ]
        with database.write() as connection:
            connection.execute(insert(task), block)
            connection.execute(insert(task_candidate), offers)
    groups = people.ann.groups | {"expert@X1", "chair@caq"}
    spent = []
    for _ in range(5):
        with database.read() as connection:
            begun = time.perf_counter()
            page = queries.offered(connection, user="ann", groups=groups, limit=50)
            numbers = queries.counts(connection, user="ann", groups=groups, now=engine.home.clock.now())
            spent.append(time.perf_counter() - begun)
    assert len(page) == 50
    assert numbers["offered"] == queries.COUNTED + 1
    assert min(spent) < 0.060, spent
