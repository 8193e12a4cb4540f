"""Variables of instances, executions and tasks: local or visible, set and taken away."""

import json

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


DECLARED = {
    "long": {"value": 7, "type": "Long"},
    "short": {"value": 7, "type": "Short"},
    "json": {"value": '{"a": [1, null]}', "type": "Json"},
    "text": {"value": '"x"', "type": "Json"},
    "date": {"value": "2024-01-31T09:00:00.000+0000", "type": "Date"},
    "big": {"value": 2**40, "type": "Long"},
    "own": {"value": '{"k": 1}', "type": "Object", "valueInfo": {"objectTypeName": "org.example.Own", "serializationDataFormat": "application/json"}},
}
PLAIN = {"n": 7, "d": 1.0, "list": [1]}


def shown(found):
    """Values and types, JSON texts read."""
    return {name: (json.loads(each["value"]) if each["type"] == "Json" else each["value"], each["type"]) for name, each in found.items()}


@pytest.fixture
def types(rest, draw):
    """An instance that holds variables of every type and calls a process that gets them all; and what they look like."""
    inner = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="inner")
    call = draw.call("c", "inner", ext='<camunda:in variables="all"/><camunda:out source="long" target="back"/>')
    outer = draw.diagram(draw.start(), call, draw.user("v"), draw.end(), draw.flows("s-c-v-e"), key="outer")
    definition = next(each for each in rest.deploy(inner, outer)["deployedProcessDefinitions"] if each.startswith("outer"))
    instance = rest.post(f"/process-definition/{definition}/start", {"variables": {**DECLARED, **typed(**PLAIN)}})["id"]
    return instance, {
        "long": (7, "Long"), "short": (7, "Short"), "json": ({"a": [1, None]}, "Json"), "text": ("x", "Json"), "own": ({"k": 1}, "Object"),
        "date": ("2024-01-31T09:00:00.000+0000", "Date"), "n": (7, "Integer"), "big": (2**40, "Long"), "d": (1.0, "Double"), "list": ([1], "Object"),
    }  # fmt: skip


def test_a_declared_type_comes_back_wherever_the_variable_is_seen(rest, parts, types):
    instance, expected = types
    parts.engine.home.live.drop(instance)  # as after a restart of the server: read from what is stored
    assert shown(rest.get(f"/process-instance/{instance}/variables")) == expected
    (task,) = rest.tasks()
    assert shown(rest.get(f"/task/{task['id']}/variables")) == expected
    (past,) = rest.get("/history/variable-instance", processInstanceId=instance, variableName="json")
    assert (past["type"], json.loads(past["value"])) == ("Json", {"a": [1, None]})
    own = rest.get(f"/process-instance/{instance}/variables/own", deserializeValue="false")
    assert own == {**DECLARED["own"], "value": '{"k": 1}'}
    rest.complete("u")
    assert rest.get(f"/process-instance/{instance}/variables/back")["type"] == "Long"


def test_a_type_is_declared_with_every_way_of_setting_a_variable_and_ends_with_the_next_value(rest, types):
    instance, _ = types
    path = f"/process-instance/{instance}/variables"
    rest.put(f"{path}/long", {"value": 8, "type": "Integer"})
    rest.post(path, {"modifications": {"more": {"value": 1, "type": "Long"}}}, status=204)
    rest.delete(f"{path}/short")
    rest.complete("u")
    (task,) = rest.tasks()
    rest.post(f"/task/{task['id']}/complete", {"variables": {"n": {"value": 9, "type": "Long"}}}, status=204)
    past = {each["name"]: each["type"] for each in rest.get("/history/variable-instance", processInstanceId=instance)}
    assert (past["long"], past["more"], past["n"]) == ("Integer", "Long", "Long")
    definition = rest.get(f"/history/process-instance/{instance}")["processDefinitionId"]
    body = {"processInstanceIds": [instance], "instructions": [{"type": "startBeforeActivity", "activityId": "v"}]}
    rest.post(f"/process-definition/{definition}/restart", body, status=204)
    (again,) = rest.get("/process-instance", processDefinitionId=definition)
    kept = rest.get(f"/process-instance/{again['id']}/variables")
    assert (kept["n"]["type"], kept["long"]["type"], kept["json"]["type"]) == ("Long", "Integer", "Json")
    assert "short" not in kept


def test_a_name_of_a_variable_is_a_text(rest, types):
    for name in ("", "a\0b"):
        rest.post(f"/process-instance/{types[0]}/variables", {"modifications": {name: {"value": 1}}}, status=400)


@pytest.mark.parametrize("deletions", ["a", [1], {"a": 1}])
def test_deletions_are_names(rest, inside, deletions):
    rest.post(f"/process-instance/{inside[0]}/variables", {"deletions": deletions}, status=400)
