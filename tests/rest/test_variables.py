"""Variables of instances, executions and tasks: local or visible, set and taken away."""

import pytest

from tests.rest.conftest import typed


@pytest.fixture
def inside(rest, draw):
    """An instance whose sub-process holds a variable of its own, with a task in it: instance, task, the sub-process's execution."""
    inner = draw.sub("sub", draw.start("s2"), draw.user("u"), draw.end("e2"), draw.flows("s2-u-e2"), ext=draw.inputs(own="${a + 1}"))
    instance = rest.start(rest.definition(draw.diagram(draw.start(), inner, draw.end(), draw.flows("s-sub-e"))), a=1)
    (task,) = rest.tasks()
    (scope,) = rest.get(f"/process-instance/{instance}/activity-instances")["childActivityInstances"]
    return instance, task["id"], scope["executionIds"][0]


def values(found):
    return {name: each["value"] for name, each in found.items()}


def test_an_execution_holds_variables_of_its_own(rest, inside):
    instance, task, scope = inside
    path = f"/execution/{scope}/localVariables"
    assert values(rest.get(path)) == {"own": 2}
    assert rest.get(f"{path}/own")["type"] == "Integer"
    rest.get(f"{path}/a", status=404)
    rest.put(f"{path}/own", typed(own=7)["own"])
    rest.post(path, {"modifications": typed(more="x")}, status=204)
    assert values(rest.get(f"/task/{task}/variables")) == {"a": 1, "own": 7, "more": "x"}
    assert values(rest.get(f"/process-instance/{instance}/variables")) == {"a": 1}
    rest.delete(f"{path}/own")
    rest.post(path, {"deletions": ["more", "never was"]}, status=204)
    assert rest.get(path) == {}
    assert values(rest.get(f"/execution/{instance}/localVariables")) == {"a": 1}
    rest.get("/execution/nothing/localVariables", status=500)
    rest.get(f"/execution/{instance}.999/localVariables", status=500)


def test_a_task_holds_variables_of_its_own(rest, inside):
    _, task, scope = inside
    rest.post(f"/task/{task}/localVariables", {"modifications": typed(a="mine", b=1)}, status=204)
    assert values(rest.get(f"/task/{task}/localVariables")) == {"a": "mine", "b": 1}
    assert rest.get(f"/task/{task}/localVariables/a")["value"] == "mine"
    assert values(rest.get(f"/task/{task}/variables"))["a"] == "mine"
    rest.put(f"/task/{task}/localVariables/b", typed(b=2)["b"])
    rest.delete(f"/task/{task}/localVariables/a")
    assert values(rest.get(f"/task/{task}/localVariables")) == {"b": 2}
    assert values(rest.get(f"/task/{task}/variables"))["a"] == 1
    assert values(rest.get(f"/task/{task}/form-variables", variableNames="a,b,nothing")) == {"a": 1, "b": 2}
    rest.delete(f"/task/{task}/variables/own")
    assert rest.get(f"/execution/{scope}/localVariables") == {}


def test_a_variable_that_was_taken_away_is_gone_and_remembered_as_deleted(rest, inside):
    instance, task, _ = inside
    rest.delete(f"/process-instance/{instance}/variables/a")
    rest.delete(f"/process-instance/{instance}/variables/a")
    assert rest.get(f"/process-instance/{instance}/variables") == {}
    rest.get(f"/task/{task}/variables/a", status=404)
    kept = {"processInstanceId": instance, "variableName": "a"}
    assert rest.get("/history/variable-instance", **kept) == []
    (gone,) = rest.get("/history/variable-instance", includeDeleted="true", **kept)
    assert gone["state"] == "DELETED"
    rest.post(f"/process-instance/{instance}/variables", {"modifications": typed(a=3)}, status=204)
    (back,) = rest.get("/history/variable-instance", **kept)
    assert (back["state"], back["value"]) == ("CREATED", 3)


def test_conditions_look_again_when_a_variable_goes(rest, draw):
    diagram = draw.diagram(draw.start(), draw.catch("c", "when:${empty a}"), draw.user("u"), draw.end(), draw.flows("s-c-u-e"))
    instance = rest.start(rest.definition(diagram), a=1)
    assert rest.tasks() == []
    rest.post(f"/process-instance/{instance}/variables", {"deletions": ["a"]}, status=204)
    assert [task["taskDefinitionKey"] for task in rest.tasks()] == ["u"]


@pytest.mark.parametrize("deletions", ["a", [1], {"a": 1}])
def test_deletions_are_names(rest, inside, deletions):
    rest.post(f"/process-instance/{inside[0]}/variables", {"deletions": deletions}, status=400)
