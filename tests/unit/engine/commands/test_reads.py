"""Reads of a running instance beyond its projected rows."""

import pytest

from engine.refusals import NotFound
from store.engine import queries


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
