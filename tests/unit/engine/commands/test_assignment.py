"""Assignment listeners are told who got a task: at its beginning, by a claim, by whoever gives it; what they give back are variables."""

import pytest

from engine.refusals import Forbidden
from store.engine import queries
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
LISTENER = '<camunda:taskListener event="assignment" class="told"/>'


@pytest.fixture
def told(engine, registry, people):
    heard = []

    @registry.listener("told")
    def listener(ctx, data):
        if ctx.task.assignee == "eve":
            raise Forbidden
        heard.append(ctx.task.assignee)
        return {"last": ctx.task.assignee} if ctx.task.assignee == "bob" else None

    xml = DRAW.diagram(
        DRAW.start(),
        DRAW.user("u", 'camunda:assignee="${first}" camunda:candidateGroups="clerk@office"', ext=LISTENER),
        DRAW.end(),
        DRAW.flows("s-u-e"),
    )
    engine.deploy(name="t", files={"p.bpmn": xml}, actor=people.system)
    return heard


def started(engine, people, database, first):
    root = engine.start(process="p", business_key="K", variables={"first": first}, tenant="t", actor=people.ann)
    with database.read() as connection:
        return root, queries.tasks_of(connection, root)[0]["id"]


def test_whoever_gets_a_task_at_its_beginning_is_told(engine, told, people, database):
    started(engine, people, database, "ann")
    started(engine, people, database, "")
    assert told == ["ann"]


def test_a_claim_and_an_assignment_are_told_and_may_set_variables(engine, told, people, database, rows):
    root, task = started(engine, people, database, "")
    engine.claim(task=task, actor=people.ann)
    engine.assign(task=task, user="bob", actor=people.chief)
    engine.assign(task=task, user="bob", actor=people.chief)
    engine.assign(task=task, user=None, actor=people.chief)
    assert told == ["ann", "bob"]
    with database.read() as connection:
        assert queries.tasks_of(connection, root)[0]["assignee"] is None
    engine.claim(task=task, actor=people.bob)
    engine.complete(task=task, data={}, actor=people.bob)
    assert engine.check() == {}


def test_a_refusal_leaves_the_task_where_it_was(engine, told, people, database):
    root, task = started(engine, people, database, "ann")
    with pytest.raises(Forbidden):
        engine.assign(task=task, user="eve", actor=people.chief)
    with database.read() as connection:
        assert queries.tasks_of(connection, root)[0]["assignee"] == "ann"
