"""Reads of a running instance beyond its projected rows."""

import pytest

from engine.refusals import NotFound
from store.engine import queries
from tests.unit.engine.commands.test_budget import counted


def test_an_open_task_tells_the_variables_its_token_sees(engine, registry, deploy, people, database):
    registry.listener("first.check")(lambda ctx, data: None)
    registry.listener("first.note")(lambda ctx, data: None)
    deploy("two_steps")
    root = engine.start(process="two_steps", business_key="K1", variables={"a": 1}, tenant="t", actor=people.ann)
    with database.read() as connection:
        first = queries.tasks_of(connection, root)[0]["id"]

    assert engine.variables(task=first)["a"] == 1

    engine.complete(task=first, data={}, actor=people.ann)
    with pytest.raises(NotFound):
        engine.variables(task=first)


def test_the_variables_of_fifty_cases_tasks_take_as_many_statements_as_those_of_five(engine, registry, deploy, people, database):
    registry.listener("first.check")(lambda ctx, data: None)
    registry.listener("first.note")(lambda ctx, data: None)
    deploy("two_steps")
    roots = [
        engine.start(process="two_steps", business_key=f"K{number}", variables={"a": number}, tenant="t", actor=people.ann) for number in range(50)
    ]
    with database.read() as connection:
        tasks = [queries.tasks_of(connection, root)[0]["id"] for root in roots]
    engine.complete(task=tasks[3], data={}, actor=people.ann)

    with counted(database) as few:
        engine.variables_of(tasks=tasks[:5])
    with counted(database) as many:
        found = engine.variables_of(tasks=tasks)

    assert len(many["statements"]) == len(few["statements"]) <= 2
    assert {task: seen["a"] for task, seen in found.items()} == {task: number for number, task in enumerate(tasks) if number != 3}
    assert engine.variables_of(tasks=()) == {}
