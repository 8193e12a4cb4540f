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


def test_a_worker_locks_the_one_task_that_it_means(rest, served):
    (task,) = rest.get("/external-task")
    address, mine = f"/external-task/{task['id']}/lock", {"workerId": "w", "lockDuration": 60_000}
    rest.post(address, mine, status=204)
    assert fetch(rest, workerId="other") == []
    rest.post(address, {**mine, "workerId": "other"}, status=400)
    rest.post("/clock", {"advance": "PT30S"})
    rest.post(address, mine, status=204)
    assert rest.get(f"/external-task/{task['id']}")["lockExpirationTime"] == "2024-01-31T09:01:30.000+0000"
    rest.post("/clock", {"advance": "PT60S"})
    rest.post(address, {**mine, "workerId": "other"}, status=204)
    assert rest.get(f"/external-task/{task['id']}")["workerId"] == "other"
    for wrong in ({"workerId": "w"}, {"lockDuration": 1}, {**mine, "lockDuration": -1}):
        rest.post(address, wrong, status=400)
    rest.post("/external-task/nothing/lock", mine, status=404)


def test_tasks_are_tried_again_together_by_a_query_too(rest, served):
    (task,) = fetch(rest)
    rest.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "retries": 0, "errorMessage": "no"}, status=204)
    rest.put("/external-task/retries", {"retries": 1, "externalTaskQuery": {"workerId": "other"}})
    assert len(rest.get("/incident")) == 1
    batch = rest.post("/external-task/retries-async", {"retries": 2, "externalTaskIds": [task["id"]], "externalTaskQuery": {"noRetriesLeft": True}})
    assert (batch["type"], batch["totalJobs"]) == ("set-external-task-retries", 1)
    assert (rest.get("/incident"), rest.get(f"/external-task/{task['id']}")["retries"]) == ([], 2)
    for wrong in ({"retries": 1}, {"retries": 1, "externalTaskQuery": []}, {"retries": 1, "externalTaskQuery": {"surprise": 1}}):
        rest.post("/external-task/retries-async", wrong, status=400)
    rest.post("/external-task/retries-async", {"retries": 1, "externalTaskIds": ["nothing"]}, status=404)


def test_a_failure_is_tried_again_and_becomes_an_incident(rest, served):
    (task,) = fetch(rest)
    report = {"workerId": "w", "errorMessage": "no", "errorDetails": "long", "retries": 1, "retryTimeout": 30_000}
    details = f"/engine-rest/external-task/{task['id']}/errorDetails"
    assert (task["errorDetails"], rest.http.get(details).status_code) == (None, 204)
    rest.post(f"/external-task/{task['id']}/failure", report, status=204)
    assert (rest.http.get(details).status_code, rest.http.get(details).text) == (200, "long")
    assert fetch(rest) == []
    rest.post("/clock", {"advance": "PT30S"})
    assert [(each["retries"], each["errorMessage"], each["errorDetails"]) for each in fetch(rest)] == [(1, "no", "long")]
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


def test_the_most_important_or_the_newest_comes_first(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.service("x"), draw.end(), draw.flows("s-x-e")))
    first, second, third = (rest.start(definition) for _ in range(3))
    (urgent,) = rest.get("/external-task", processInstanceId=second)
    rest.put(f"/external-task/{urgent['id']}/priority", {"priority": urgent["priority"] + 1})
    order = {"plain": {}, "newest": {"sorting": [{"sortBy": "createTime", "sortOrder": "desc"}]}, "urgent": {"usePriority": True}}
    found = {}
    for name, more in order.items():
        taken = fetch(rest, maxTasks=3, **more)
        found[name] = [each["processInstanceId"] for each in taken]
        for each in taken:
            rest.post(f"/external-task/{each['id']}/unlock", status=204)
    assert found == {"plain": [first, second, third], "newest": [third, second, first], "urgent": [second, first, third]}
    assert [each["processInstanceId"] for each in fetch(rest, maxTasks=1, usePriority=True)] == [second]
    assert [each["processInstanceId"] for each in fetch(rest, maxTasks=1, usePriority=True, workerId="other")] == [first]
    rest.post("/external-task/fetchAndLock", {**ASK, "sorting": [{"sortBy": "size"}]}, status=400)


def test_a_topic_says_what_the_worker_is_told(rest, draw):
    properties = '<camunda:properties><camunda:property name="colour" value="red"/></camunda:properties>'
    service = draw.service("x", ext=properties + draw.inputs(own="${a + 1}"))
    definition = rest.definition(draw.diagram(draw.start(), service, draw.end(), draw.flows("s-x-e")))
    rest.post(f"/process-definition/{definition}/start", {"businessKey": "K", "variables": typed(a=1, many=[1, 2])})
    topic = {"topicName": "t", "lockDuration": 60_000}

    def told(**more):
        (task,) = fetch(rest, topics=[{**topic, **more}])
        rest.post(f"/external-task/{task['id']}/unlock", status=204)
        return task, {name: each["value"] for name, each in task["variables"].items()}

    task, seen = told()
    assert (task["businessKey"], task["extensionProperties"], seen) == ("K", {}, {"a": 1, "own": 2, "many": "[1, 2]"})
    task, seen = told(localVariables=True, includeExtensionProperties=True)
    assert (task["extensionProperties"], seen) == ({"colour": "red"}, {"own": 2})
    assert told(deserializeValues=True, variables=["many"])[1] == {"many": [1, 2]}
    assert told(processDefinitionId=definition, businessKey="K")[1]["a"] == 1
    assert fetch(rest, topics=[{**topic, "processDefinitionIdIn": ["p:9:9"]}]) == []


def test_a_failure_leaves_variables_and_may_be_fetched_at_once(rest, served):
    (task,) = fetch(rest)
    report = {"workerId": "w", "retries": 2, "retryTimeout": 0, "variables": typed(a=5), "localVariables": typed(attempt=1)}
    rest.post(f"/external-task/{task['id']}/failure", report, status=204)
    (again,) = fetch(rest, workerId="other")
    assert again["retries"] == 2
    assert {name: each["value"] for name, each in again["variables"].items()} == {"a": 5, "attempt": 1}
    rest.post(f"/external-task/{task['id']}/complete", {"workerId": "w"}, status=400)
    assert rest.get(f"/process-instance/{again['processInstanceId']}/variables")["a"]["value"] == 5


def test_a_lock_that_has_run_out_is_not_extended_but_may_be_completed(rest, served):
    (task,) = fetch(rest)
    rest.post("/clock", {"advance": "PT61S"})
    rest.post(f"/external-task/{task['id']}/extendLock", {"workerId": "w", "newDuration": 1000}, status=400)
    rest.post(f"/external-task/{task['id']}/extendLock", {"workerId": "w", "newDuration": 0}, status=400)
    rest.post(f"/external-task/{task['id']}/complete", {"workerId": "w"}, status=204)
    assert keys(rest) == ["after"]


def test_tasks_of_what_is_suspended_stand_still(rest, served):
    (task,) = fetch(rest)
    rest.put(f"/process-instance/{task['processInstanceId']}/suspended", {"suspended": True})
    assert rest.get("/external-task", suspended="true")[0]["suspended"] is True
    for act in ("complete", "failure", "bpmnError"):
        rest.post(f"/external-task/{task['id']}/{act}", {"workerId": "w", "errorCode": "x"}, status=500)
    rest.post("/clock", {"advance": "PT2M"})
    assert fetch(rest, workerId="other") == []
    rest.put(f"/process-instance/{task['processInstanceId']}/suspended", {"suspended": False})
    assert len(fetch(rest, workerId="other")) == 1


def test_several_workers_never_get_the_same_task(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.service("x"), draw.end(), draw.flows("s-x-e")))
    for _ in range(6):
        rest.start(definition)
    taken, ready = [], threading.Barrier(3)

    def work(name):
        ready.wait(30)
        taken.extend((each["id"], name) for each in fetch(rest, workerId=name, maxTasks=2))

    threads = [threading.Thread(target=work, args=[name]) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({task for task, _ in taken}) == len(taken) == 6


def test_variables_of_a_business_error_are_seen_behind_its_boundary(rest, served, draw):
    (task,) = fetch(rest)
    code = draw.diagram().decode().split('errorCode="')[1].split('"')[0]
    rest.post(f"/external-task/{task['id']}/bpmnError", {"workerId": "w", "errorCode": code, "variables": typed(why="late", a=9)}, status=204)
    (caught,) = rest.tasks()
    assert {name: each["value"] for name, each in rest.get(f"/task/{caught['id']}/variables").items()} == {"a": 9, "why": "late"}


def rules(*conditions):
    """What the errors of an external task say: `err` is thrown when a condition holds."""
    return "".join(f'<camunda:errorEventDefinition id="r{nth}" errorRef="err" expression="{text}"/>' for nth, text in enumerate(conditions))


def throwing(rest, draw, *conditions, caught="E1"):
    """A definition whose external task throws by itself."""
    parts = (draw.service("x", ext=rules(*conditions)), draw.boundary("b", "x", "error" if caught == "E1" else "error2"), draw.user("caught"))
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.user("after"), draw.flows("s-x-after", "b-caught")))
    rest.start(definition, a=1)
    (task,) = fetch(rest)
    return task["id"]


@pytest.mark.parametrize(("given", "went"), [(5, "caught"), (1, "after")])
def test_an_external_task_throws_an_error_by_itself_when_a_worker_brings_what_its_condition_names(rest, draw, given, went):
    task = throwing(rest, draw, "${a == 5 and externalTask.getWorkerId() == 'w'}")
    rest.post(f"/external-task/{task}/complete", {"workerId": "w", "variables": typed(a=given)}, status=204)
    assert keys(rest) == [went]


@pytest.mark.parametrize(("details", "went"), [("it was the disk", ["caught"]), ("else", [])])
def test_a_failure_is_an_error_if_its_details_say_so_and_a_condition_that_fails_does_not_hold(rest, draw, details, went):
    task = throwing(rest, draw, "${unknown == 1}", "${externalTask.errorDetails.contains('disk')}")
    rest.post(f"/external-task/{task}/failure", {"workerId": "w", "errorMessage": "no", "errorDetails": details, "retries": 1}, status=204)
    assert keys(rest) == went
    assert len(rest.get("/external-task")) == 1 - len(went)


def test_an_error_of_an_external_task_that_nobody_catches_is_an_incident(rest, draw):
    task = throwing(rest, draw, "${true}", caught="E2")
    rest.post(f"/external-task/{task}/complete", {"workerId": "w"}, status=204)
    assert [each["incidentType"] for each in rest.get("/incident")] == ["failedExternalTask"]


@pytest.mark.parametrize(("own", "whole", "is_"), [("", "", 0), ("", "${a * 10}", 10), ("7", "10", 7)])
def test_a_tasks_priority_is_its_own_or_its_processs_and_the_most_important_is_fetched_first(rest, draw, own, whole, is_):
    mine = draw.service("x").replace(" id=", f' camunda:taskPriority="{own}" id=') if own else draw.service("x")
    most = draw.service("y").replace(" id=", ' camunda:taskPriority="99" id=')
    xml = draw.diagram(draw.start(), draw.gate("g", "parallel"), mine, most, draw.flows("s-g-x", "g-y"))
    xml = xml.replace(b"<process ", f'<process camunda:taskPriority="{whole}" '.encode()) if whole else xml
    rest.start(rest.definition(xml), a=1)
    assert [(each["activityId"], each["priority"]) for each in fetch(rest, usePriority=True)] == [("y", 99), ("x", is_)]
