"""The core of the contract, sentence by sentence: deployments, instances, variables, tasks."""

import pytest

from tests.rest.conftest import typed


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def one_task(draw):
    return draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="p")


def test_a_deployment_tells_its_definitions(rest, one_task):
    answer = rest.deploy(one_task, name="mine")
    ((key, definition),) = answer["deployedProcessDefinitions"].items()
    assert answer["name"] == "mine"
    assert definition["id"] == key
    assert (definition["key"], definition["version"], definition["deploymentId"]) == ("p", 1, answer["id"])
    (again,) = rest.deploy(one_task)["deployedProcessDefinitions"].values()
    assert again["version"] == 2


def test_what_is_not_executable_is_no_definition(rest, one_task, draw):
    plain = one_task.replace(b' isExecutable="true"', b"")
    assert rest.deploy(plain)["deployedProcessDefinitions"] is None
    assert rest.deploy(draw.diagram(draw.start(), executable=False))["deployedProcessDefinitions"] is None
    assert rest.get("/process-definition") == []


@pytest.mark.parametrize("content", [b"<definitions", b"no xml", b""])
def test_what_cannot_be_parsed_is_refused_and_nothing_of_it_stays(rest, one_task, content):
    answer = rest.deploy(one_task, content, status=400)
    assert answer["type"] == "ParseException"
    assert rest.get("/deployment") == []
    assert rest.get("/process-definition") == []


def test_a_refusal_names_file_element_and_line_of_each_fault(rest, one_task, draw):
    wrong = draw.diagram(draw.start(), draw.user("u", 'camunda:priority="high"'), draw.call("c", ""), draw.end(), draw.flows("s-u-c-e"), key="w")
    details = rest.deploy(one_task, wrong, status=400)["details"]
    found = {problem["mainElementId"]: problem for problem in details["p1.bpmn"]["errors"]}
    assert set(details) == {"p1.bpmn"}
    assert set(found) == {"u", "c"}
    assert found["u"] == {
        "message": "BPMN-VALUE: the priority is no whole number: 'high' (50 · ${…})",
        "line": 1,
        "column": 0,
        "mainElementId": "u",
        "elementIds": ["u"],
    }


def test_a_deployment_tells_each_of_its_files(rest, one_task):
    deployed = rest.deploy(**{"in/one.bpmn": one_task})["id"]
    (file,) = rest.get(f"/deployment/{deployed}/resources")
    assert rest.get(f"/deployment/{deployed}/resources/{file['id']}") == file
    rest.get(f"/deployment/{deployed}/resources/other", status=404)
    rest.get("/deployment/99/resources/other", status=404)
    assert rest.get("/deployment/registered") == [deployed]
    (definition,) = rest.get("/process-definition")
    assert rest.get(f"/process-definition/{definition['id']}/form-variables", variableNames="a") == {}
    assert rest.get(f"/process-definition/key/{definition['key']}/form-variables") == {}
    rest.get("/process-definition/nothing/form-variables", status=404)


def test_a_deployment_goes_with_all_that_is_its_own(rest, one_task):
    kept, gone = rest.deploy(one_task), rest.deploy(one_task)
    first, second = (next(iter(each["deployedProcessDefinitions"])) for each in (kept, gone))
    stays, goes = rest.start(first), rest.start(second, a=1)
    rest.delete(f"/deployment/{gone['id']}", cascade="true", skipCustomListeners="true")
    rest.delete(f"/deployment/{gone['id']}", status=404, cascade="true")
    assert [each["id"] for each in rest.get("/process-instance")] == [stays]
    assert rest.get("/history/variable-instance", processInstanceId=goes) == []
    assert [task["processInstanceId"] for task in rest.tasks()] == [stays]
    rest.post(f"/process-definition/{second}/start", status=500)


def test_an_instance_runs_and_ends(rest, one_task, draw):
    definition = rest.definition(one_task)
    begun = rest.post(f"/process-definition/{definition}/start", {"variables": typed(a=1)})
    assert begun["ended"] is False
    assert begun["definitionId"] == definition
    assert rest.get(f"/process-instance/{begun['id']}")["ended"] is False
    rest.complete("u")
    rest.get(f"/process-instance/{begun['id']}", status=404)
    passing = rest.definition(draw.diagram(draw.start(), draw.end(), draw.flows("s-e"), key="q"))
    assert rest.post(f"/process-definition/{passing}/start")["ended"] is True


def test_an_unknown_definition_or_a_bad_variable(rest, one_task):
    definition = rest.definition(one_task)
    rest.post("/process-definition/nothing/start", status=500)
    for bad in ({"value": "x", "type": "Integer"}, {"value": 1, "type": "Nonsense"}, {"value": "{", "type": "Object"}, 7):
        rest.post(f"/process-definition/{definition}/start", {"variables": {"a": bad}}, status=400)
    assert rest.get("/process-instance") == []


def test_called_instances_are_instances_of_their_own(rest, draw, one_task):
    caller = draw.diagram(draw.start(), draw.call("c", "p"), draw.end(), draw.flows("s-c-e"), key="caller")
    answer = rest.deploy(caller, one_task)
    ids = {each["key"]: each["id"] for each in answer["deployedProcessDefinitions"].values()}
    root = rest.start(ids["caller"])
    found = {each["definitionId"]: each["id"] for each in rest.get("/process-instance", deploymentId=answer["id"])}
    assert found[ids["caller"]] == root
    called = found[ids["p"]]
    assert rest.get(f"/process-instance/{called}")["ended"] is False
    (task,) = rest.tasks(processDefinitionId=ids["p"])
    assert task["processInstanceId"] == called
    assert rest.tasks(processDefinitionId=ids["caller"]) == []
    leaf = rest.get(f"/process-instance/{called}/activity-instances")
    assert [each["activityId"] for each in leaf["childActivityInstances"]] == ["u"]
    above = rest.get(f"/process-instance/{root}/activity-instances")
    assert [(each["activityId"], each["activityType"]) for each in above["childActivityInstances"]] == [("c", "callActivity")]
    rest.post(f"/process-instance/{called}/variables", {"modifications": typed(inner=1)}, status=204)
    assert "inner" in rest.get(f"/process-instance/{called}/variables")
    assert rest.get(f"/process-instance/{root}/variables") == {}
    history = rest.get("/history/variable-instance", processInstanceId=called)
    assert [(each["name"], each["processInstanceId"], each["executionId"]) for each in history] == [("inner", called, called)]
    rest.delete(f"/process-instance/{root}")
    rest.get(f"/process-instance/{called}", status=404)
    rest.delete(f"/process-instance/{root}", status=404)


def test_the_latest_version_is_called(rest, draw, one_task):
    caller = draw.diagram(draw.start(), draw.call("c", "p"), draw.end(), draw.flows("s-c-e"), key="caller")
    rest.deploy(one_task)
    definition = rest.definition(caller)
    newer = rest.definition(draw.diagram(draw.start(), draw.user("v"), draw.end(), draw.flows("s-v-e"), key="p"))
    rest.start(definition)
    (task,) = rest.tasks()
    assert (task["taskDefinitionKey"], task["processDefinitionId"]) == ("v", newer)


def test_a_called_process_goes_with_its_deployment_and_nothing_of_its_caller(rest, draw, one_task):
    called = rest.deploy(one_task)
    caller = draw.diagram(draw.start(), draw.call("c", "p"), draw.end(), draw.flows("s-c-e"), key="caller")
    root = rest.start(rest.definition(caller), a=1)
    assert len(rest.tasks()) == 1
    rest.delete(f"/deployment/{called['id']}", status=409)
    rest.delete(f"/deployment/{called['id']}", cascade="true")
    assert rest.tasks() == []
    assert [each["id"] for each in rest.get("/process-instance")] == [root]
    above = rest.get(f"/process-instance/{root}/activity-instances")
    assert [each["activityId"] for each in above["childActivityInstances"]] == ["c"]
    assert [each["activityId"] for each in rest.get("/history/activity-instance", canceled="true")] == ["u"]
    rest.delete(f"/process-instance/{root}")
    assert rest.get("/process-instance") == []


def tree_of(node):
    return (node["activityId"], sorted(tree_of(child) for child in node["childActivityInstances"]))


def test_the_tree_has_a_leaf_for_every_waiting_token(rest, draw):
    inner = draw.sub("sub", draw.start("s2"), draw.user("in"), draw.end("e2"), draw.multi(count="2"), draw.flows("s2-in-e2"))
    parts = (draw.gate("f", "parallel"), inner, draw.catch("w", "message"), draw.gate("x", "event"), draw.catch("xm", "message2"))
    parts += (draw.catch("xt", "duration:P1D"), draw.user("u"), draw.boundary("b", "u", "signal"), draw.gate("j", "parallel"), draw.end())
    flows = draw.flows("s-f", "f-sub-j", "f-w-j", "f-x", "f-u-j", "f-j", "x-xm-j", "x-xt-j", "b-e", "j-e")
    definition = rest.definition(draw.diagram(draw.start(), *parts, flows))
    instance = rest.start(definition)
    whole = rest.get(f"/process-instance/{instance}/activity-instances")
    assert (whole["id"], whole["activityId"], whole["activityType"]) == (instance, definition, "processDefinition")
    each = ("sub", [("in", [])])
    assert tree_of(whole)[1] == [("j", []), ("sub#multiInstanceBody", [each, each]), ("u", []), ("w", []), ("x", [])]


def test_each_instance_of_a_multi_instance_task_is_a_leaf_with_its_own_id(rest, draw):
    task = '<userTask id="u">' + draw.multi(over="${list}", element="item") + "</userTask>"
    instance = rest.start(rest.definition(draw.diagram(draw.start(), task, draw.end(), draw.flows("s-u-e"))), list=["a", "b"])
    whole = rest.get(f"/process-instance/{instance}/activity-instances")
    assert tree_of(whole)[1] == [("u#multiInstanceBody", [("u", []), ("u", [])])]
    seen = [rest.get(f"/task/{task['id']}/variables") for task in rest.tasks()]
    assert sorted((each["item"]["value"], each["loopCounter"]["value"]) for each in seen) == [("a", 0), ("b", 1)]


def test_variables_keep_their_types(rest, one_task):
    instance = rest.start(rest.definition(one_task), t="x", b=True, i=7, d=2.0, n=None, l=[1, {"a": None}], m={"k": [1]})
    rest.post(f"/process-instance/{instance}/variables", {"modifications": {"big": {"value": 2**40, "type": "Long"}}}, status=204)
    found = rest.get(f"/process-instance/{instance}/variables")
    assert {name: each["type"] for name, each in found.items()} == {
        "t": "String", "b": "Boolean", "i": "Integer", "d": "Double", "n": "Null", "l": "Object", "m": "Object", "big": "Long",
    }  # fmt: skip
    assert found["l"]["value"] == [1, {"a": None}]
    assert found["l"]["valueInfo"] == {"serializationDataFormat": "application/json", "objectTypeName": "java.util.ArrayList"}
    assert isinstance(found["d"]["value"], float)


def test_setting_variables_wakes_conditions_and_refuses_bad_ones(rest, draw):
    diagram = draw.diagram(draw.start(), draw.catch("c", "when:${n == 7}"), draw.user("u"), draw.end(), draw.flows("s-c-u-e"))
    instance = rest.start(rest.definition(diagram), n=1)
    rest.post(f"/process-instance/{instance}/variables", {"modifications": {"n": {"value": "x", "type": "Integer"}}}, status=400)
    rest.post("/process-instance/nothing/variables", {"modifications": typed(n=7)}, status=500)
    assert rest.tasks() == []
    rest.post(f"/process-instance/{instance}/variables", {"modifications": typed(n=7)}, status=204)
    assert [task["taskDefinitionKey"] for task in rest.tasks()] == ["u"]


def test_history_keeps_the_last_value_of_an_ended_instance(rest, one_task):
    instance = rest.start(rest.definition(one_task), a=1)
    rest.complete("u", a=2, b=[1])
    found = {each["name"]: each for each in rest.get("/history/variable-instance", processInstanceId=instance)}
    assert {name: each["value"] for name, each in found.items()} == {"a": 2, "b": [1]}
    assert {(each["executionId"], each["activityInstanceId"], each["taskId"], each["state"]) for each in found.values()} == {
        (instance, instance, None, "CREATED")
    }


def test_tasks_come_in_the_order_of_their_creation(rest, draw):
    parts = [draw.user(name) for name in ("z", "y", "x")]
    diagram = draw.diagram(draw.start(), draw.gate("f", "parallel"), *parts, draw.end(), draw.flows("s-f", "f-z-e", "f-y-e", "f-x-e"))
    definition = rest.definition(diagram)
    instances = [rest.start(definition) for _ in range(3)]
    found = rest.tasks(processDefinitionId=definition)
    assert [(task["processInstanceId"], task["taskDefinitionKey"]) for task in found] == [
        (i, k) for i in instances for k in ("z", "y", "x")
    ]
    assert {task["created"] for task in found} == {"2024-01-31T09:00:00.000+0000"}
    assert {(task["assignee"], task["due"], task["priority"]) for task in found} == {(None, None, 50)}
    assert [task["taskDefinitionKey"] for task in rest.get("/task", sortBy="created", sortOrder="desc", maxResults=2)] == ["x", "y"]
    assert rest.get("/task/count", processInstanceId=instances[0]) == {"count": 3}


def test_a_task_shows_who_may_do_it_and_until_when(rest, draw):
    attrs = 'camunda:assignee="${who}" camunda:candidateUsers="a,b" camunda:candidateGroups="g" camunda:dueDate="P1D" camunda:priority="7"'
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u", attrs), draw.end(), draw.flows("s-u-e")))
    rest.start(definition, who="ann")
    (task,) = rest.tasks()
    assert (task["assignee"], task["due"], task["priority"]) == ("ann", "2024-02-01T09:00:00.000+0000", 7)
    links = rest.get(f"/task/{task['id']}/identity-links")
    assert [(each["userId"], each["groupId"]) for each in links if each["type"] == "candidate"] == [("a", None), ("b", None), (None, "g")]


def test_what_a_task_is_completed_with(rest, one_task):
    instance = rest.start(rest.definition(one_task), a=1)
    (task,) = rest.tasks()
    rest.post(f"/task/{task['id']}/complete", {"variables": {"a": {"value": "x", "type": "Boolean"}}}, status=400)
    rest.post("/task/nothing/complete", status=500)
    rest.post(f"/task/{task['id']}/variables", {"modifications": typed(a=5, c="new")}, status=204)
    found = rest.get(f"/process-instance/{instance}/variables")
    assert (found["a"]["value"], found["c"]["value"]) == (5, "new")
    rest.complete("u")
    rest.post(f"/task/{task['id']}/complete", status=500)


def test_an_unknown_query_parameter_is_refused(rest):
    for path in ("/task", "/process-instance", "/execution", "/event-subscription", "/deployment", "/process-definition"):
        rest.get(path, status=400, nonsense="1")


def test_an_execution_that_fails_is_answered_with_500_and_leaves_nothing(rest, draw):
    diagram = draw.diagram(draw.start(), draw.user("u"), draw.script("x", "y = 1 / 0"), draw.end(), draw.flows("s-u-x-e"))
    rest.start(rest.definition(diagram))
    (task,) = rest.tasks()
    rest.post(f"/task/{task['id']}/complete", status=500)
    assert rest.tasks() == [task]
