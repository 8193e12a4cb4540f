"""Conditional start events."""

import pytest

from tests.rest.conftest import typed


@pytest.fixture
def large(draw):
    return draw.diagram(draw.start("s", "when:${n &gt; 10}"), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="large")


@pytest.fixture
def even(draw):
    return draw.diagram(draw.start("s", "when:${n % 2 == 0}"), draw.end(), draw.flows("s-e"), key="even")


def test_variables_begin_every_process_whose_condition_they_make_true(rest, large, even):
    rest.deploy(large, even)
    begun = rest.post("/condition", {"variables": typed(n=12), "businessKey": "K"})
    begun.sort(key=lambda each: each["definitionKey"])
    assert [(each["definitionKey"], each["businessKey"], each["ended"]) for each in begun] == [("even", "K", True), ("large", "K", False)]
    (task,) = rest.tasks()
    assert (task["processInstanceId"], rest.get(f"/task/{task['id']}/variables")["n"]["value"]) == (begun[1]["id"], 12)
    assert rest.post("/condition", {"variables": typed(n=7)}) == rest.post("/condition", {"variables": typed(other=12)}) == []


def test_one_definition_alone_is_asked_if_it_is_named(rest, large, even):
    old, new = rest.definition(large), rest.definition(large)
    rest.deploy(even)
    begun = rest.post("/condition", {"variables": typed(n=12), "processDefinitionId": new})
    assert [each["definitionId"] for each in begun] == [new]
    assert rest.post("/condition", {"variables": typed(n=12), "processDefinitionId": old}) == []
    rest.post("/condition", {"variables": typed(n=12), "processDefinitionId": "large:9:9"}, status=404)


@pytest.mark.parametrize(
    ("body", "status"), [({"variables": {"n": {"value": "x", "type": "Integer"}}}, 400), ({"name": "n"}, 400), ({"variables": typed(n="much")}, 500)]
)
def test_what_cannot_be_looked_at_is_refused(rest, large, body, status):
    rest.deploy(large)
    rest.post("/condition", body, status=status)
    assert rest.tasks() == []
