"""What clients change beside the flow: tasks, incidents, timers by their definitions; messages that bring and tell variables; lists sorted by them."""

import pytest

from tests.rest.conftest import typed
from tests.unit.engine.dmn.conftest import dmn, table


@pytest.fixture
def rest_url(database_url):
    return database_url


def test_a_task_is_edited_and_neither_made_nor_deleted_by_itself(rest, parts, draw):
    rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u", 'camunda:dueDate="2024-03-01T00:00:00Z"'), draw.end(), draw.flows("s-u-e"))))
    (task,) = rest.tasks()
    path, due = f"/task/{task['id']}", "2024-02-01T09:00:00.000+0000"
    assert (task["lastUpdated"], task["taskState"]) == (None, "Created")
    rest.put(path, {**task, "name": "look again", "priority": 60, "due": due, "followUp": due, "assignee": "ann"})
    (edited,) = rest.get("/task", dueDate=due, followUpDate=due, assignee="ann")
    changed = {"lastUpdated": task["created"], "taskState": "Updated"}
    assert edited == {**task, **changed, "name": "look again", "priority": 60, "due": due, "followUp": due, "assignee": "ann"}
    assert parts.engine.check() == {}
    rest.put(path, {})
    assert rest.get(path) == {**edited, "due": None, "followUp": None, "assignee": None}
    for wrong in ({"owner": "bob"}, {"parentTaskId": "x"}, {"caseInstanceId": "x"}, {"delegationState": "PENDING"}, {"priority": "high"}, {"due": "soon"}):
        rest.put(path, wrong, status=400)
    rest.put("/task/nothing", {}, status=500)
    acts = [each["operationType"] for each in rest.get("/history/user-operation", taskId=task["id"])]
    assert acts == ["Update", "Assign", "Update", "Assign"]
    assert "process instance" in rest.post("/task/create", {"id": "x", "name": "x"}, status=400)["message"]
    assert "running process" in rest.delete(path, status=500)["message"]
    rest.delete("/task/nothing", status=404)
    rest.complete("u")


def test_a_task_tells_when_it_was_changed_last_and_is_found_by_that(rest, http, draw):
    shown = draw.diagram(draw.start(), draw.user("u"), draw.user("v"), draw.end(), draw.flows("s-u-e", "s-v-e"))
    rest.start(rest.definition(shown), n=1)
    task, other = rest.tasks()
    path = f"/task/{task['id']}"
    rest.put(f"{path}/localVariables/own", {"value": 1, "type": "Integer"})
    changes = (
        lambda: rest.post(f"{path}/claim", {"userId": "ann"}, status=204),
        lambda: rest.post(f"{path}/delegate", {"userId": "bob"}, status=204),
        lambda: rest.post(f"{path}/resolve", status=204),
        lambda: rest.post(f"{path}/identity-links", {"groupId": "readers", "type": "candidate"}, status=204),
        lambda: rest.post(f"{path}/comment/create", {"message": "asked"}),
        lambda: http.post(f"/engine-rest{path}/attachment/create", files={"content": ("a", b"a")}),
        lambda: rest.delete(f"{path}/comment"),
        lambda: rest.put(f"{path}/localVariables/own", {"value": 2, "type": "Integer"}),
        lambda: rest.put(f"{path}/variables/own", {"value": 3, "type": "Integer"}),
        lambda: rest.put(path, {"name": "again"}),
    )
    for change in changes:
        before = rest.post("/clock", {"advance": "PT1M"})["now"]
        assert rest.get("/task", updatedAfter=before) == []
        now = rest.post("/clock", {"advance": "PT1M"})["now"]
        change()
        assert rest.get(path)["lastUpdated"] == now
        assert [each["id"] for each in rest.get("/task", updatedAfter=before)] == [task["id"]]
    rest.post("/clock", {"advance": "PT1M"})
    rest.put(f"{path}/variables/n", {"value": 2, "type": "Integer"})
    assert rest.get(path)["lastUpdated"] == now, "what its instance holds is not the task's"
    untouched = rest.get(f"/task/{other['id']}")
    assert (untouched["lastUpdated"], untouched["taskState"]) == (None, "Created")
    found = rest.post("/task", {"updatedAfter": "2024-01-31T08:59:00.000+0000", "sorting": [{"sortBy": "lastUpdated", "sortOrder": "desc"}]})
    assert [each["id"] for each in found] == [task["id"], other["id"]], "one that nobody changed counts as of its creation"
    assert [each["taskState"] for each in rest.get("/history/task")] == ["Updated", "Created"]
    rest.complete("u")
    assert [each["taskState"] for each in rest.get("/history/task")] == ["Completed", "Created"]


def test_something_is_written_beside_an_incident_while_it_stands(rest, draw):
    rest.start(rest.definition(draw.diagram(draw.start(), draw.service("x"), draw.end(), draw.flows("s-x-e"))))
    (task,) = rest.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "t", "lockDuration": 1000}]})
    rest.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "retries": 0}, status=204)
    (incident,) = rest.get("/incident")
    path = f"/incident/{incident['id']}/annotation"
    rest.put(path, {"annotation": "they have been told"})
    assert rest.get(f"/incident/{incident['id']}")["annotation"] == "they have been told"
    rest.put(path, {"annotation": 7}, status=400)
    rest.delete(path)
    assert rest.get("/incident")[0]["annotation"] is None
    rest.put(path, {"annotation": "told again"})
    rest.delete(f"/incident/{incident['id']}")
    assert rest.get("/history/incident")[0]["annotation"] == "told again"
    rest.put(path, {"annotation": "too late"}, status=400)
    rest.delete("/incident/nothing/annotation", status=400)


def test_somebody_reports_an_incident_where_an_instance_waits(rest, parts, draw):
    shown = (draw.gate("f", "parallel"), draw.user("u"), draw.catch("c", "duration:PT1H"), draw.user("v"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *shown, draw.flows("s-f", "f-u-e", "f-c-v-e"))))
    (task,), (timer,) = rest.tasks(), rest.get("/job")
    path, told = f"/execution/{task['executionId']}/create-incident", {"incidentType": "late", "message": "nobody answers", "configuration": "letter 7"}
    made = rest.post(path, told)
    assert {name: made[name] for name in ("incidentType", "incidentMessage", "configuration", "activityId", "executionId", "processInstanceId")} == {
        "incidentType": "late",
        "incidentMessage": "nobody answers",
        "configuration": "letter 7",
        "activityId": "u",
        "executionId": task["executionId"],
        "processInstanceId": instance,
    }
    beside = rest.post(f"/execution/{timer['id']}/create-incident", {"incidentType": "timer"})
    assert [each["id"] for each in rest.get("/incident", incidentType="late")] == [made["id"]]
    assert rest.get("/process-instance/count", incidentType="late") == {"count": 1}
    assert rest.get("/job/count", withException="true") == {"count": 0}, "the timer itself is as it was"
    assert parts.engine.check() == {}
    rest.put(f"/incident/{made['id']}/annotation", {"annotation": "they have been told"})
    rest.delete(f"/incident/{made['id']}")
    assert [each["id"] for each in rest.get("/incident")] == [beside["id"]]
    (over,) = rest.get("/history/incident", incidentType="late")
    assert (over["resolved"], over["annotation"]) == (True, "they have been told")
    assert len(rest.tasks()) == 1, "it held nothing up"
    rest.post("/clock", {"advance": "PT1H"})
    assert (rest.get("/incident"), [each["deleted"] for each in rest.get("/history/incident", activityId="c")]) == ([], [True])
    assert rest.get("/history/user-operation/count", operationType="CreateIncident") == {"count": 2}
    rest.post(path, {"message": "x"}, status=400)
    for nothing in ("nothing", instance, f"{instance}.99"):
        rest.post(f"/execution/{nothing}/create-incident", told, status=400)
    assert parts.engine.check() == {}


def test_timers_are_told_and_held_by_their_definitions(rest, draw):
    parts = (draw.catch("c", "duration:PT1H"), draw.user("u"), draw.boundary("b", "u", "cycle:R2/PT1H", interrupting=False), draw.end())
    definition = rest.definition(draw.diagram(draw.start("s", "timer:2030-01-01T00:00:00Z"), *parts, draw.flows("s-c-u-e", "b-e"), key="p"))
    rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="q"))
    found = {each["activityId"]: each for each in rest.get("/job-definition")}
    assert {name: (each["jobType"], each["jobConfiguration"]) for name, each in found.items()} == {
        "s": ("timer-start-event", "DATE: 2030-01-01T00:00:00Z"),
        "c": ("timer-intermediate-transition", "DURATION: PT1H"),
        "b": ("timer-transition", "CYCLE: R2/PT1H"),
    }
    assert rest.get("/job-definition/count", processDefinitionKey="q") == {"count": 0}
    assert rest.get("/job-definition", activityIdIn="b,c", jobType="timer-transition", processDefinitionId=definition) == [found["b"]]
    sorting = [{"sortBy": "jobType", "sortOrder": "asc"}, {"sortBy": "activityId", "sortOrder": "desc"}]
    posted = rest.post("/job-definition?maxResults=2", {"activityIdIn": ["s", "b", "c"], "active": True, "sorting": sorting})
    assert [each["activityId"] for each in posted] == ["c", "s"]
    kinds = [{"sortBy": "processDefinitionKey", "sortOrder": "asc"}, {"sortBy": "activityId", "sortOrder": "desc"}]
    assert [each["activityId"] for each in rest.post("/job-definition", {"sorting": kinds})] == ["s", "c", "b"]
    assert rest.post("/job-definition/count", {"activityIdIn": ["b", "c"], "tenantIdIn": None}) == {"count": 2}
    rest.post("/job-definition", {"activityIdIn": "b"}, status=400)
    assert rest.get(f"/job-definition/{found['c']['id']}") == found["c"]
    rest.get("/job-definition/p:1:1:nothing", status=404)
    first = rest.start(definition)
    (job,) = rest.get("/job", jobDefinitionId=found["c"]["id"])
    assert (job["processInstanceId"], job["jobDefinitionId"], job["suspended"]) == (first, found["c"]["id"], False)
    assert rest.get("/job", jobDefinitionId="nothing") == []
    path = f"/job-definition/{found['c']['id']}"
    rest.put(f"{path}/suspended", {"suspended": True}, status=400)
    rest.put(f"{path}/suspended", {"suspended": True, "includeJobs": True})
    assert [each["suspended"] for each in rest.get("/job", processInstanceId=first)] == [True]
    rest.post("/clock", {"advance": "PT2H"})
    assert rest.tasks() == []
    rest.put("/job-definition/suspended", {"suspended": False, "includeJobs": True, "processDefinitionId": definition})
    rest.post("/clock", {"advance": "PT0S"})
    assert [each["taskDefinitionKey"] for each in rest.tasks()] == ["u"]
    rest.put("/job-definition/suspended", {"suspended": True, "includeJobs": True, "processDefinitionId": "nothing"})
    assert not any(each["suspended"] for each in rest.get("/job"))
    rest.put(f"{path}/retries", {"retries": 1})


def test_a_failed_timer_is_told_by_its_log_and_tried_again_by_its_definition(rest, draw):
    parts = (draw.catch("c", "duration:PT1H"), draw.script("x", "y = 1 / n"), draw.user("u"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-c-x-u-e"))), n=0)
    rest.post("/clock", {"advance": "PT1H"})
    (failed,) = rest.get("/history/job-log", failureLog="true")
    assert rest.get(f"/history/job-log/{failed['id']}") == failed
    trace = rest.http.get(f"/engine-rest/history/job-log/{failed['id']}/stacktrace")
    assert (trace.status_code, "Error" in trace.text) == (200, True)
    (made,) = rest.get("/history/job-log", creationLog="true")
    assert rest.get(f"/history/job-log/{made['id']}/stacktrace", status=204) is None
    for gone in ("nothing", f"{instance}.9999", f"{instance}.x"):
        rest.get(f"/history/job-log/{gone}", status=404)
        rest.get(f"/history/job-log/{gone}/stacktrace", status=404)
    (definition,) = rest.get("/job-definition")
    rest.put(f"/process-instance/{instance}/variables/n", typed(n=1)["n"])
    rest.put(f"/job-definition/{definition['id']}/retries", {"retries": 1})
    rest.post("/clock", {"advance": "PT1H"})
    assert [each["taskDefinitionKey"] for each in rest.tasks()] == ["u"]


def test_a_message_brings_variables_of_its_own_and_tells_those_of_the_instance(rest, draw):
    catch = draw.catch("m", "message", ext=draw.outputs(kept="${own + 1}"))
    instance = rest.start(rest.definition(draw.diagram(draw.start(), catch, draw.user("u"), draw.end(), draw.flows("s-m-u-e"))), a=1)
    name = rest.get("/event-subscription")[0]["eventName"]
    sent = {"messageName": name, "processVariables": typed(b=2), "processVariablesLocal": typed(own=6), "variablesInResultEnabled": True}
    assert "resultEnabled" in rest.post("/message", sent, status=400)["message"]
    (result,) = rest.post("/message", {**sent, "resultEnabled": True})
    held = rest.get(f"/process-instance/{instance}/variables")
    assert {key: each["value"] for key, each in held.items()} == {"a": 1, "kept": 7}
    assert result["variables"] == held
    rest.post("/message", {**sent, "resultEnabled": "yes"}, status=400)


def test_tasks_are_sorted_by_what_they_and_their_instances_hold(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    for values in ({"n": 10, "t": "b"}, {"n": 9.5, "t": "a"}, {"n": "x", "yes": True}):
        rest.start(definition, **values)
    ten, nine, text = (each["id"] for each in rest.tasks())
    rest.put(f"/task/{nine}/localVariables/own", typed(own=1)["own"])

    def by(sort, variable, kind, order="asc"):
        sorting = [{"sortBy": sort, "sortOrder": order, "parameters": {"variable": variable, "type": kind}}]
        return [each["id"] for each in rest.post("/task", {"sorting": sorting})]

    assert by("processVariable", "n", "Integer") == [text, nine, ten]
    assert by("processVariable", "n", "Double", "desc") == [ten, nine, text]
    assert by("processVariable", "t", "String") == [text, nine, ten]
    assert by("processVariable", "yes", "Boolean", "desc") == [text, ten, nine]
    assert by("taskVariable", "own", "Integer", "desc") == [nine, ten, text]
    assert by("executionVariable", "own", "Integer", "desc") == [nine, ten, text]
    named = {"sortBy": "processVariable", "sortOrder": "asc"}
    for wrong in (named, {**named, "parameters": {"variable": "n"}}, {**named, "parameters": {"variable": "n", "type": "Bytes"}},
                  {"sortBy": "name", "sortOrder": "asc", "parameters": {"variable": "n", "type": "String"}}):  # fmt: skip
        rest.post("/task", {"sorting": [wrong]}, status=400)
    rest.get("/task", sortBy="processVariable", sortOrder="asc", status=400)


def test_a_deployment_tells_the_decisions_it_brings(rest):
    sizes = dmn(table('- | "any"', inputs="amount:integer", outputs="size:string", key="size_of"))
    told = rest.deploy(**{"sizes.dmn": sizes})
    (decision,) = rest.get("/decision-definition")
    assert (told["deployedDecisionDefinitions"], told["deployedProcessDefinitions"]) == ({decision["id"]: decision}, None)
