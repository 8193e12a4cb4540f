"""What was: activity instances, tasks, incidents, timers that fired, what people did."""

import pytest

from tests.rest.conftest import typed


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def story(rest, draw):
    """Two user tasks with a timer in between; the first is done, the timer has fired."""
    parts = (draw.user("u", 'name="First"'), draw.catch("c", "duration:PT1H"), draw.user("v", 'camunda:assignee="ann"'), draw.end())
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-u-c-v-e")))
    instance = rest.start(definition, a=1)
    rest.complete("u")
    rest.post("/clock", {"advance": "PT1H"})
    return definition, instance


def ids(items, field="activityId"):
    return [item[field] for item in items]


def test_each_arrival_at_an_element_is_told_with_its_end(rest, story):
    definition, instance = story
    found = rest.get("/history/activity-instance", processInstanceId=instance)
    assert ids(found) == ["s", "u", "c", "v"]
    assert ids(found, "activityType") == ["startEvent", "userTask", "intermediateTimer", "userTask"]
    assert ids(rest.get("/history/activity-instance", activityType="intermediateTimer")) == ["c"]
    assert rest.get("/history/activity-instance", activityType="intermediateCatchEvent") == []
    begun, first, timer, open_ = found
    assert begun["durationInMillis"] == 0
    assert (first["activityName"], first["taskId"], first["processDefinitionId"]) == ("First", first["id"], definition)
    assert (timer["startTime"], timer["endTime"]) == ("2024-01-31T09:00:00.000+0000", "2024-01-31T10:00:00.000+0000")
    assert timer["durationInMillis"] == 3_600_000
    assert (open_["endTime"], open_["canceled"], open_["assignee"]) == (None, False, "ann")
    assert rest.get(f"/history/activity-instance/{open_['id']}") == open_
    rest.get("/history/activity-instance/nothing.1", status=404)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"activityId": "u"}, ["u"]),
        ({"activityType": "userTask"}, ["u", "v"]),
        ({"finished": "true"}, ["s", "u", "c"]),
        ({"unfinished": "true"}, ["v"]),
        ({"taskAssignee": "ann"}, ["v"]),
        ({"startedAfter": "2024-01-31T09:30:00.000+0000"}, ["v"]),
        ({"finishedBefore": "2024-01-31T09:30:00.000+0000"}, ["s", "u"]),
        ({"processInstanceId": "nothing"}, []),
        ({"sortBy": "activityId", "sortOrder": "desc", "maxResults": "2"}, ["v", "u"]),
        ({"sortBy": "endTime", "sortOrder": "asc", "firstResult": "1"}, ["s", "u", "c"]),
        ({"firstResult": "1", "maxResults": "2"}, ["u", "c"]),
    ],
)
def test_activity_instances_are_narrowed_sorted_and_paged(rest, story, query, expected):
    assert ids(rest.get("/history/activity-instance", **query)) == expected
    if not query.keys() & {"firstResult", "maxResults"}:
        assert rest.get("/history/activity-instance/count", **query) == {"count": len(expected)}


def test_events_are_told_apart_by_what_they_wait_for_and_do(rest, draw):
    """As Camunda 7.24 names the types of activities; a client tells a terminate end event from another by nothing else."""
    parts = (draw.start("s", "message"), draw.throw("t", ""), draw.user("u"), draw.boundary("b", "u", "signal", interrupting=False), draw.catch("c", "message"))
    ends = (draw.end(), draw.end("x", "terminate"))
    rest.deploy(draw.diagram(*parts, *ends, draw.flows("s-t-u-e", "b-c-x")))
    start, *_ = rest.get("/event-subscription", eventType="message")
    (begun,) = rest.post("/message", {"messageName": start["eventName"], "resultEnabled": True})
    instance = begun["processInstance"]["id"]
    (heard,) = rest.get("/event-subscription", eventType="signal")
    rest.post("/signal", {"name": heard["eventName"]}, status=204)
    (waiting,) = [leaf for leaf in rest.get(f"/process-instance/{instance}/activity-instances")["childActivityInstances"] if leaf["activityId"] == "c"]
    assert waiting["activityType"] == "intermediateMessageCatch"
    rest.post(f"/execution/{waiting['id']}/messageSubscriptions/{start['eventName']}/trigger", status=204)
    found = {each["activityId"]: each["activityType"] for each in rest.get("/history/activity-instance", processInstanceId=instance)}
    catches = {"s": "messageStartEvent", "b": "boundarySignal", "c": "intermediateMessageCatch"}
    assert found == {**catches, "t": "intermediateNoneThrowEvent", "u": "userTask", "x": "terminateEndEvent"}
    assert rest.get("/history/activity-instance", activityType="terminateEndEvent", completeScope="true")[0]["activityId"] == "x"


def test_where_an_instance_began_is_told(rest, draw):
    inner = draw.diagram(draw.start("begin"), draw.user("inside"), draw.end(), draw.flows("begin-inside-e"), key="inner")
    outer = draw.diagram(draw.start(), draw.user("u"), draw.call("c", "inner"), draw.end(), draw.flows("s-u-c-e"), key="outer")
    definition = next(name for name in rest.deploy(inner, outer)["deployedProcessDefinitions"] if name.startswith("outer"))
    rest.start(definition)
    rest.complete("u")
    assert ids(rest.get("/history/process-instance"), "startActivityId") == ["s", "begin"]


def test_what_was_taken_away_is_cancelled(rest, story):
    _, instance = story
    rest.delete(f"/process-instance/{instance}")
    (gone,) = rest.get("/history/activity-instance", activityId="v")
    assert (gone["canceled"], gone["completeScope"]) == (True, False)
    assert rest.get("/history/activity-instance", canceled="true") == [gone]


def test_a_called_process_is_an_instance_of_its_own(rest, draw):
    inner = draw.diagram(draw.start(), draw.user("inside"), draw.end(), draw.flows("s-inside-e"), key="inner")
    outer = draw.diagram(draw.start(), draw.call("c", "inner"), draw.end(), draw.flows("s-c-e"), key="outer")
    deployed = rest.deploy(inner, outer)["deployedProcessDefinitions"]
    called, calling = (next(name for name in deployed if name.startswith(key)) for key in ("inner", "outer"))
    root = rest.start(calling)
    (call,) = rest.get("/history/activity-instance", activityType="callActivity")
    (inside,) = rest.get("/history/activity-instance", activityId="inside")
    assert inside["processInstanceId"] == call["calledProcessInstanceId"] != root
    assert (inside["processDefinitionId"], inside["rootProcessInstanceId"]) == (called, root)
    assert rest.get("/history/activity-instance", processDefinitionId=called, unfinished="true") == [inside]
    (task,) = rest.get("/history/task", processInstanceId=call["calledProcessInstanceId"])
    assert (task["taskDefinitionKey"], task["processDefinitionId"]) == ("inside", called)
    rest.complete("inside")
    ends = rest.get("/history/activity-instance", completeScope="true")
    assert [end["processInstanceId"] for end in ends] == [call["calledProcessInstanceId"], root]


def test_variables_within_a_called_process_are_that_instance_s(rest, draw):
    each = '<userTask id="u">' + draw.multi(over="${list}", element="item") + "</userTask>"
    inner = draw.diagram(draw.start(), each, draw.end(), draw.flows("s-u-e"), key="inner")
    call = draw.call("c", "inner", ext='<camunda:in variables="all"/>')
    outer = draw.diagram(draw.start(), call, draw.end(), draw.flows("s-c-e"), key="outer")
    definition = next(name for name in rest.deploy(inner, outer)["deployedProcessDefinitions"] if name.startswith("outer"))
    root = rest.start(definition, list=["x", "y"])
    called = rest.tasks()[0]["processInstanceId"]
    found = {name: rest.get("/history/variable-instance", processInstanceId=name) for name in (root, called)}
    assert [(each["name"], each["executionId"]) for each in found[root]] == [("list", root)]
    assert [(each["name"], each["value"]) for each in found[called] if each["executionId"] == called] == [("list", ["x", "y"])]
    assert [each["value"] for each in found[called] if each["name"] == "item"] == ["x", "y"]
    assert {each["processInstanceId"] for each in found[called]} == {called}


@pytest.fixture
def past(rest, draw):
    """Three instances of two definitions: one is over, one was deleted, one stands still with an incident."""
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="p"))
    other = rest.definition(draw.diagram(draw.start(), draw.service("x"), draw.end(), draw.flows("s-x-e"), key="q"))
    over = rest.post(f"/process-definition/{definition}/start", {"businessKey": "K1", "variables": typed(a=1)})["id"]
    rest.post("/clock", {"advance": "PT1H"})
    rest.complete("u", a=2)
    gone = rest.post(f"/process-definition/{definition}/start", {"businessKey": "K2"})["id"]
    rest.post("/process-instance/delete", {"processInstanceIds": [gone], "deleteReason": "a mistake"})
    rest.post("/clock", {"advance": "PT1H"})
    still = rest.start(other, a=3, b=["x"])
    (task,) = rest.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "t", "lockDuration": 1000}]})
    rest.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "retries": 0}, status=204)
    rest.put(f"/process-instance/{still}/suspended", {"suspended": True})
    return {"over": over, "gone": gone, "still": still, "p": definition, "q": other}


CASES = (
    ({}, ["over", "gone", "still"]),
    ({"finished": "true"}, ["over", "gone"]),
    ({"unfinished": "true", "suspended": "true"}, ["still"]),
    ({"active": "true"}, []),
    ({"completed": "true"}, ["over"]),
    ({"externallyTerminated": "true"}, ["gone"]),
    ({"internallyTerminated": "true"}, []),
    ({"processDefinitionKey": "q"}, ["still"]),
    ({"processDefinitionKeyNotIn": "q,x"}, ["over", "gone"]),
    ({"processInstanceBusinessKey": "K2"}, ["gone"]),
    ({"processInstanceBusinessKeyLike": "k%"}, ["over", "gone"]),
    ({"startedAfter": "2024-01-31T09:30:00.000+0000"}, ["gone", "still"]),
    ({"finishedBefore": "2024-01-31T09:30:00.000+0000"}, []),
    ({"startedBy": "tester", "withIncidents": "true"}, ["still"]),
    ({"sortBy": "startTime", "sortOrder": "desc", "maxResults": "2"}, ["still", "gone"]),
    ({"sortBy": "duration", "sortOrder": "asc", "firstResult": "1"}, ["gone", "over"]),
)


def test_instances_are_narrowed_sorted_and_paged(rest, past):
    names = {past[name]: name for name in ("over", "gone", "still")}
    for query, expected in CASES:
        assert [names[each["id"]] for each in rest.get("/history/process-instance", **query)] == expected, query
        if not query.keys() & {"firstResult", "maxResults"}:
            assert rest.get("/history/process-instance/count", **query) == {"count": len(expected)}, query


def test_an_instance_is_told_with_its_end(rest, past):
    over = rest.get(f"/history/process-instance/{past['over']}")
    assert (over["state"], over["durationInMillis"], over["deleteReason"], over["processDefinitionId"]) == ("COMPLETED", 3_600_000, None, past["p"])
    gone = rest.get(f"/history/process-instance/{past['gone']}")
    assert (gone["state"], gone["deleteReason"]) == ("EXTERNALLY_TERMINATED", "a mistake")
    rest.get("/history/process-instance/nothing", status=404)
    assert rest.get("/history/process-instance", processDefinitionId=past["q"], processInstanceIds=f"{past['over']},{past['still']}")[0]["id"] == past["still"]


VARIABLES = (
    ({}, [("a", 2), ("a", 3), ("b", ["x"])]),
    ({"variableName": "a"}, [("a", 2), ("a", 3)]),
    ({"variableNameLike": "%B%"}, [("b", ["x"])]),
    ({"variableNameLike": "%B%", "deserializeValues": "false"}, [("b", '["x"]')]),
    ({"processDefinitionKey": "p"}, [("a", 2)]),
    ({"sortBy": "variableName", "sortOrder": "desc", "maxResults": "2"}, [("b", ["x"]), ("a", 2)]),
    ({"taskIdIn": "nothing"}, []),
    ({"processInstanceIdIn": "nothing,x.1c"}, []),
)


def test_variables_are_narrowed_sorted_and_paged(rest, past):
    for query, expected in VARIABLES:
        found = rest.get("/history/variable-instance", **query)
        assert [(each["name"], each["value"]) for each in found] == expected, query
        if "maxResults" not in query:
            assert rest.get("/history/variable-instance/count", **query) == {"count": len(expected)}, query


def test_one_variable_is_found_by_its_id(rest, past):
    (found,) = rest.get("/history/variable-instance", processInstanceId=past["still"], variableName="b")
    assert rest.get(f"/history/variable-instance/{found['id']}") == found
    assert rest.get("/history/variable-instance", executionIdIn=past["still"], processDefinitionId=past["q"], variableName="b") == [found]
    rest.get("/history/variable-instance/nothing:b", status=404)


def test_a_variable_of_a_task_tells_its_task_and_one_of_a_scope_does_not(rest, draw):
    inner = draw.sub("sub", draw.start("s2"), draw.user("u"), draw.end("e2"), draw.flows("s2-u-e2"), ext=draw.inputs(own="${1}"))
    instance = rest.start(rest.definition(draw.diagram(draw.start(), inner, draw.end(), draw.flows("s-sub-e"))))
    (task,) = rest.tasks()
    rest.post(f"/task/{task['id']}/localVariables", {"modifications": typed(mine=1)}, status=204)
    found = {each["name"]: each for each in rest.get("/history/variable-instance", processInstanceId=instance)}
    assert (found["mine"]["taskId"], found["own"]["taskId"]) == (task["id"], None)
    assert rest.get("/history/variable-instance", taskIdIn=f"x,{task['id']}") == [found["mine"]]
    assert rest.get("/history/variable-instance", activityInstanceIdIn=found["own"]["executionId"]) == [found["own"]]


def test_tasks_are_told_when_they_are_over(rest, story):
    definition, instance = story
    done, open_ = rest.get("/history/task", processInstanceId=instance)
    assert (done["taskDefinitionKey"], done["deleteReason"], done["taskState"], done["duration"]) == ("u", "completed", "Completed", 0)
    assert (open_["taskDefinitionKey"], open_["deleteReason"], open_["endTime"], open_["processDefinitionId"]) == ("v", None, None, definition)
    assert rest.get("/history/task", finished="true") == [done]
    assert rest.get("/history/task", taskAssignee="ann", unfinished="true", processUnfinished="true") == [open_]
    assert rest.get("/history/task", taskNameLike="%irs%") == [done]
    assert rest.get("/history/task", processDefinitionId="p:9:9") == []
    assert rest.get("/history/task", sortBy="endTime", sortOrder="desc", maxResults=1) == [done]
    assert rest.get("/history/task/count", taskDefinitionKeyIn="u,x") == {"count": 1}
    rest.delete(f"/process-instance/{instance}")
    (gone,) = rest.get("/history/task", taskDeleteReason="deleted")
    assert gone["id"] == open_["id"]
    assert rest.get("/history/task", processFinished="true", unassigned="true") == [done]


def test_incidents_are_told_when_they_are_over(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.service("x"), draw.user("u"), draw.end(), draw.flows("s-x-u-e")))
    rest.start(definition)
    topic = {"topicName": "t", "lockDuration": 60_000}
    (task,) = rest.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [topic]})
    rest.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "retries": 0, "errorMessage": "no"}, status=204)
    (incident,) = rest.get("/history/incident", open="true", incidentType="failedExternalTask")
    assert (incident["activityId"], incident["incidentMessage"], incident["endTime"]) == ("x", "no", None)
    rest.post("/clock", {"advance": "PT1H"})
    rest.delete(f"/incident/{incident['id']}")
    (over,) = rest.get("/history/incident", resolved="true", processDefinitionId=definition)
    assert (over["id"], over["open"], over["resolved"], over["endTime"]) == (incident["id"], False, True, "2024-01-31T10:00:00.000+0000")
    assert rest.get("/history/incident/count", open="true") == {"count": 0}
    assert rest.get("/history/incident", deleted="true") == []


def test_timers_that_fired_stand_in_the_log(rest, story):
    definition, instance = story
    begun, entry = rest.get("/history/job-log", processInstanceId=instance)
    assert (begun["creationLog"], begun["successLog"], begun["jobId"], begun["activityId"]) == (True, False, entry["jobId"], "c")
    assert (begun["timestamp"], begun["jobDueDate"]) == ("2024-01-31T09:00:00.000+0000", "2024-01-31T10:00:00.000+0000")
    assert rest.get("/history/job-log", creationLog="true") == [begun]
    assert rest.get("/history/job-log", deletionLog="true") == []
    assert (entry["creationLog"], entry["successLog"], entry["failureLog"], entry["activityId"]) == (False, True, False, "c")
    assert (entry["jobDueDate"], entry["processDefinitionId"]) == ("2024-01-31T10:00:00.000+0000", definition)
    assert rest.get("/history/job-log", successLog="true", jobId=entry["jobId"], logId=entry["id"]) == [entry]
    assert rest.get("/history/job-log", failureLog="true") == []
    assert rest.get("/history/job-log/count", deploymentId=entry["deploymentId"]) == {"count": 2}


def test_a_timer_that_is_taken_away_before_it_fires_stands_in_the_log(rest, draw):
    parts = (draw.user("u"), draw.boundary("b", "u", "duration:PT1H"), draw.end())
    rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-u-e", "b-e"))))
    (job,) = rest.get("/job")
    rest.complete("u")
    found = [(each["creationLog"], each["deletionLog"], each["successLog"]) for each in rest.get("/history/job-log", jobId=job["id"])]
    assert found == [(True, False, False), (False, True, False)]


def test_timers_that_failed_stand_in_the_log(rest, draw):
    parts = (draw.catch("c", "duration:PT1H"), draw.script("x", "y = a / b"), draw.end())
    rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-c-x-e"))), a=1, b=0)
    (job,) = rest.get("/job")
    rest.post("/clock", {"advance": "PT1H"})
    (entry,) = rest.get("/history/job-log", failureLog="true", jobId=job["id"])
    assert (entry["failedActivityId"], entry["jobRetries"], entry["successLog"]) == ("c", 0, False)
    assert entry["jobExceptionMessage"]


def test_what_people_did_is_told(rest, story):
    definition, instance = story
    (task,) = rest.tasks()
    rest.post(f"/task/{task['id']}/assignee", {"userId": "bob"}, status=204)
    rest.post(f"/process-instance/{instance}/variables", {"modifications": typed(b=2)}, status=204)
    rest.put(f"/process-instance/{instance}/suspended", {"suspended": True})
    acts = rest.get("/history/user-operation", processInstanceId=instance)
    assert [act["operationType"] for act in acts] == ["Create", "Complete", "Assign", "ModifyVariable", "Suspend"]
    assert {act["userId"] for act in acts} == {"tester"}
    (assigned,) = rest.get("/history/user-operation", operationType="Assign", taskId=task["id"], processDefinitionId=definition)
    assert (assigned["orgValue"], assigned["newValue"], assigned["property"]) == ("ann", "bob", "assignee")
    assert [act["operationType"] for act in rest.get("/history/user-operation", entityType="Task")] == ["Complete", "Assign"]
    assert rest.get("/history/user-operation/count", userId="nobody") == {"count": 0}
    assert rest.get("/history/user-operation", sortBy="timestamp", sortOrder="desc", maxResults=1)[0]["timestamp"] > acts[0]["timestamp"]


@pytest.mark.parametrize("name", ["activity-instance", "task", "incident", "job-log", "user-operation", "process-instance", "variable-instance"])
def test_a_parameter_that_is_not_known_is_refused(rest, name):
    rest.get(f"/history/{name}", status=400, surprise="1")
    rest.get(f"/history/{name}", status=400, sortBy="surprise")
    rest.get(f"/history/{name}", status=400, maxResults="x")
    assert rest.get(f"/history/{name}/count") == {"count": 0}
