"""What a command costs: statements and commits are counted, the inbox stays quick however much is open."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Text, cast, event, false, insert, literal, select, true

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


def copied(connection, *, model, number):
    """Open a task again and again, each copy offered to the clerks."""
    first = select(literal(0).label("n")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.n + 1).where(first.c.n < number - 1))
    key, wait = literal(f"{model}x").concat(cast(numbers.c.n, Text)), literal("x").concat(cast(numbers.c.n, Text))
    columns = [{"id": key, "wait": wait}.get(column.name, column) for column in task.c]
    copies = select(*columns).select_from(task.join(numbers, true())).where(task.c.id == model)
    connection.execute(insert(task).from_select([column.name for column in task.c], copies))
    due = literal(1_700_000_000_000_000, BigInteger) + numbers.c.n
    offers = select(key, literal("g:clerk@office"), false(), due)
    connection.execute(insert(task_candidate).from_select(["task", "who", "taken", "due"], offers))


def work_of(connection, look):
    """How much a database does for some reads: thousands of steps of SQLite's machine, thousands of rows that PostgreSQL touches."""
    if connection.dialect.name == "sqlite":
        steps = []
        connection.connection.driver_connection.set_progress_handler(lambda: steps.append(1), 1000)
        look()
        connection.connection.driver_connection.set_progress_handler(None, 0)
        return len(steps)
    asked = []

    def note(_connection, _cursor, text, parameters, _context, _many):
        asked.append((text, parameters))

    event.listen(connection, "before_cursor_execute", note)
    look()
    event.remove(connection, "before_cursor_execute", note)
    plans = [connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", parameters).scalar() for text, parameters in asked]
    return sum(touched(plan[0]["Plan"]) for plan in plans) / 1000


def touched(node):
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return own + sum(touched(child) for child in node.get("Plans", ()))


def test_the_first_page_of_an_inbox_does_not_depend_on_how_much_is_open(engine, small_form, people, database, rows):
    small_form("K")
    (model,) = rows(task)
    with database.write() as connection:
        copied(connection, model=model["id"], number=100_000)
        connection.exec_driver_sql("ANALYZE")
    groups = people.ann.groups | {"expert@X1", "chair@caq"}
    with database.read() as connection:
        page = queries.offered(connection, user="ann", groups=groups, limit=50)
        numbers = queries.counts(connection, user="ann", groups=groups, now=engine.home.clock.now())
        assert (len(page), numbers["offered"]) == (50, queries.COUNTED + 1)
        assert work_of(connection, lambda: queries.offered(connection, user="ann", groups=groups, limit=50)) < 10
        assert work_of(connection, lambda: queries.counts(connection, user="ann", groups=groups, now=engine.home.clock.now())) < 50
