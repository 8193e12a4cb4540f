"""External tasks, jobs, incidents, decisions."""

import threading

import pytest

from tests.rest.conftest import typed
from tests.unit.engine.dmn.conftest import dmn, table

SIZES = table('>= 100 | "large"', '< 100 | "small"', inputs="staff:integer", outputs="size:string", key="size_of")
ASK = {"workerId": "w", "maxTasks": 10, "topics": [{"topicName": "t", "lockDuration": 60_000}]}


@pytest.fixture
def served(rest, draw):
    boundary = draw.boundary("b", "x", "error")
    parts = (draw.service("x"), boundary, draw.user("caught"), draw.user("after"), draw.end())
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-x-after-e", "b-caught-e")))
    rest.start(definition, a=1)
    return definition


def fetch(rest, **more):
    return rest.post("/external-task/fetchAndLock", {**ASK, **more})


def keys(rest):
    return [task["taskDefinitionKey"] for task in rest.tasks()]


def test_a_worker_fetches_locks_and_completes(rest, served):
    (task,) = fetch(rest)
    assert (task["topicName"], task["workerId"], task["activityId"], task["processDefinitionId"]) == ("t", "w", "x", served)
    assert task["lockExpirationTime"] == "2024-01-31T09:01:00.000+0000"
    assert task["variables"]["a"]["value"] == 1
    assert fetch(rest, workerId="other") == []
    rest.post(f"/external-task/{task['id']}/complete", {"workerId": "other"}, status=400)
    rest.post(f"/external-task/{task['id']}/complete", {"workerId": "w", "variables": typed(b=2)}, status=204)
    assert keys(rest) == ["after"]
    rest.post(f"/external-task/{task['id']}/complete", {"workerId": "w"}, status=404)
    assert rest.get("/external-task") == []


def test_a_lock_runs_out_is_extended_and_given_back(rest, served):
    (task,) = fetch(rest)
    rest.post(f"/external-task/{task['id']}/extendLock", {"workerId": "w", "newDuration": 120_000}, status=204)
    rest.post("/clock", {"advance": "PT90S"})
    assert fetch(rest, workerId="other") == []
    rest.post("/clock", {"advance": "PT30S"})
    assert [each["id"] for each in fetch(rest, workerId="other")] == [task["id"]]
    rest.post(f"/external-task/{task['id']}/unlock", status=204)
    assert len(fetch(rest)) == 1


def test_a_failure_is_tried_again_and_becomes_an_incident(rest, served):
    (task,) = fetch(rest)
    report = {"workerId": "w", "errorMessage": "no", "errorDetails": "long", "retries": 1, "retryTimeout": 30_000}
    rest.post(f"/external-task/{task['id']}/failure", report, status=204)
    assert fetch(rest) == []
    rest.post("/clock", {"advance": "PT30S"})
    assert [(each["retries"], each["errorMessage"]) for each in fetch(rest)] == [(1, "no")]
    rest.post(f"/external-task/{task['id']}/failure", {**report, "retries": 0}, status=204)
    (incident,) = rest.get("/incident")
    assert (incident["incidentType"], incident["activityId"], incident["incidentMessage"]) == ("failedExternalTask", "x", "no")
    assert fetch(rest) == []
    rest.put(f"/external-task/{task['id']}/retries", {"retries": 2})
    assert rest.get("/incident") == []
    assert len(fetch(rest)) == 1


def test_an_incident_is_resolved_by_going_on_without(rest, served):
    (task,) = fetch(rest)
    rest.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "retries": 0, "errorMessage": "no"}, status=204)
    (incident,) = rest.get("/incident")
    rest.delete(f"/incident/{incident['id']}")
    rest.delete(f"/incident/{incident['id']}", status=404)
    assert keys(rest) == ["after"]


def test_a_business_error_reaches_its_boundary_or_becomes_an_incident(rest, served, draw):
    (task,) = fetch(rest)
    code = draw.diagram().decode().split('errorCode="')[1].split('"')[0]
    rest.post(f"/external-task/{task['id']}/bpmnError", {"workerId": "w", "errorCode": code, "variables": typed(v=1)}, status=204)
    assert keys(rest) == ["caught"]
    rest.start(served)
    (task,) = fetch(rest)
    rest.post(f"/external-task/{task['id']}/bpmnError", {"workerId": "w", "errorCode": "unheard of"}, status=204)
    assert [each["activityId"] for each in rest.get("/incident")] == ["x"]


def test_a_poll_waits_for_a_task(rest, served):
    definition = served
    (first,) = fetch(rest)
    rest.post(f"/external-task/{first['id']}/complete", {"workerId": "w"}, status=204)
    later = threading.Timer(0.5, rest.start, args=[definition])
    later.start()
    assert len(fetch(rest, asyncResponseTimeout=20_000)) == 1
    later.join()


@pytest.mark.parametrize(
    "wrong", [{"maxTasks": 0}, {"maxTasks": "x"}, {"topics": 1}, {"topics": [{}]}, {"workerId": None}, {"asyncResponseTimeout": -1}]
)
def test_a_fetch_that_asks_nonsense_is_refused(rest, wrong):
    rest.post("/external-task/fetchAndLock", {**ASK, **wrong}, status=400)


def test_timers_are_jobs_that_can_be_executed_and_moved(rest, draw):
    diagram = draw.diagram(draw.start(), draw.catch("c", "duration:PT1H"), draw.user("u"), draw.end(), draw.flows("s-c-u-e"))
    definition = rest.definition(diagram)
    rest.start(definition)
    (job,) = rest.get("/job", processDefinitionId=definition)
    assert job["dueDate"] == "2024-01-31T10:00:00.000+0000"
    assert rest.get("/job", processDefinitionId=definition, messages="true") == []
    rest.put(f"/job/{job['id']}/duedate", {"duedate": "2024-01-31T09:30:00.000+0000"})
    rest.post("/clock", {"advance": "PT30M"})
    assert keys(rest) == ["u"]
    rest.start(definition)
    (job,) = rest.get("/job")
    rest.post(f"/job/{job['id']}/execute", status=204)
    assert keys(rest) == ["u", "u"]
    rest.post(f"/job/{job['id']}/execute", status=404)


def test_decisions_are_evaluated_by_themselves(rest):
    rest.deploy(**{"sizes.dmn": dmn(SIZES)})
    (decision,) = rest.get("/decision-definition", latestVersion="true")
    assert rest.get(f"/decision-definition/key/{decision['key']}")["id"] == decision["id"]
    path = f"/decision-definition/key/{decision['key']}/evaluate"
    assert rest.post(path, {"variables": typed(staff=200)}) == [{"size": {"value": "large", "type": "String", "valueInfo": {}}}]
    rest.post("/decision-definition/key/nothing/evaluate", status=404)
    rest.post(f"/decision-definition/key/{decision['key']}/evaluate", {"variables": {"x": {"value": "a", "type": "Integer"}}}, status=400)


def test_a_worker_may_ask_for_certain_instances_only(rest, served):
    topic = {"topicName": "t", "lockDuration": 60_000}
    assert fetch(rest, topics=[{**topic, "processVariables": {"a": 2}}]) == []
    assert fetch(rest, topics=[{**topic, "businessKey": "other"}]) == []
    assert fetch(rest, topics=[{**topic, "processDefinitionKeyIn": ["q"]}]) == []
    rest.post("/external-task/fetchAndLock", {**ASK, "topics": [{**topic, "tenantIdIn": ["x"]}]}, status=400)
    assert len(fetch(rest, topics=[{**topic, "processVariables": {"a": 1}, "processDefinitionKeyIn": ["p"]}])) == 1
