"""Several at once: suspended, activated, deleted, counted."""

import pytest

from tests.rest.conftest import typed


@pytest.fixture
def waiting(rest, draw):
    """A definition with a task and a timer side by side, and two instances of it."""
    parts = (draw.gate("f", "parallel"), draw.user("u"), draw.catch("c", "duration:PT1H"), draw.end())
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-u-e", "f-c-e")))
    return definition, rest.start(definition), rest.start(definition)


ELSEWHERE = {"suspended": True, "processInstanceQuery": {"processDefinitionKey": "p", "activityIdIn": ["nowhere"]}}  # what narrows a list narrows a command


def standing(rest):
    return {each["id"]: each["suspended"] for each in rest.get("/process-instance")}


def test_instances_are_suspended_together(rest, waiting):
    definition, first, second = waiting
    rest.put("/process-instance/suspended", {"suspended": True, "processInstanceIds": [first]})
    assert standing(rest) == {first: True, second: False}
    rest.put("/process-instance/suspended", {"suspended": True, "processDefinitionId": definition})
    assert standing(rest) == {first: True, second: True}
    rest.put("/process-instance/suspended", {"suspended": False, "processInstanceQuery": {"processDefinitionKey": "p"}})
    assert standing(rest) == {first: False, second: False}
    for wrong in ({}, {"suspended": 1}, {"suspended": True}, {"suspended": True, "processInstanceQuery": {"surprise": 1}}):
        rest.put("/process-instance/suspended", wrong, status=400)
    rest.put("/process-instance/suspended", ELSEWHERE, status=400)
    rest.put("/process-instance/suspended", {"suspended": True, "processInstanceIds": [first], "processDefinitionId": definition}, status=400)
    rest.put("/process-instance/suspended", {"suspended": True, "processDefinitionKey": "p", "processDefinitionId": definition}, status=400)
    assert standing(rest) == {first: False, second: False}


def test_a_definition_is_suspended_with_its_instances(rest, waiting):
    definition, first, second = waiting
    rest.put(f"/process-definition/{definition}/suspended", {"suspended": True})
    assert standing(rest) == {first: False, second: False}
    rest.post(f"/process-definition/{definition}/start", status=500)
    rest.put("/process-definition/key/p/suspended", {"suspended": True, "includeProcessInstances": True})
    assert standing(rest) == {first: True, second: True}
    rest.put("/process-definition/suspended", {"suspended": False, "processDefinitionKey": "p", "includeProcessInstances": True})
    assert standing(rest) == {first: False, second: False}
    assert rest.get("/process-definition", suspended="true") == []
    rest.put("/process-definition/suspended", {"suspended": False, "processDefinitionId": "nothing"}, status=404)
    rest.put(f"/process-definition/{definition}/suspended", {"suspended": True, "executionDate": "2024-02-01T00:00:00"}, status=400)


def test_instances_are_deleted_together(rest, waiting):
    _, first, second = waiting
    batch = rest.post("/process-instance/delete", {"processInstanceIds": [first], "deleteReason": "test"})
    assert batch["totalJobs"] == 1
    assert list(standing(rest)) == [second]
    (act,) = rest.get("/history/user-operation", operationType="Delete")
    assert (act["processInstanceId"], act["annotation"]) == (first, "test")
    assert rest.post("/process-instance/delete", {"processInstanceIds": ["nothing", first]})["totalJobs"] == 2
    rest.post("/process-instance/delete", {"processInstanceIds": "x"}, status=400)
    rest.post("/process-instance/delete", {}, status=400)


IDS, RUNNING, PAST = "processInstanceIds", "processInstanceQuery", "historicProcessInstanceQuery"
ACTS = {
    "suspended": ("put", "/process-instance/suspended", {"suspended": True}),
    "suspended-async": ("post", "/process-instance/suspended-async", {"suspended": True}),
    "variables": ("post", "/process-instance/variables-async", {"variables": typed(done=True)}),
    "delete": ("post", "/process-instance/delete", {"deleteReason": "test"}),
    "delete historic": ("post", "/process-instance/delete-historic-query-based", {}),
    "job-retries": ("post", "/process-instance/job-retries", {"retries": 1, "dueDate": "2024-03-01T00:00:00.000+0000"}),
    "job-retries historic": ("post", "/process-instance/job-retries-historic-query-based", {"retries": 1, "dueDate": "2024-03-01T00:00:00.000+0000"}),
    "external": ("put", "/external-task/retries", {"retries": 7}),
    "external-async": ("post", "/external-task/retries-async", {"retries": 7}),
}


def touched(rest, instance):
    """Whether something was done with an instance."""
    if not rest.get("/process-instance", processInstanceIds=instance, active="true"):
        return True
    (job,), (external,) = (rest.get(path, processInstanceId=instance) for path in ("/job", "/external-task"))
    return "done" in rest.get(f"/process-instance/{instance}/variables") or job["dueDate"].startswith("2024-03-01") or external["retries"] == 7


@pytest.mark.parametrize("act", ACTS)
def test_what_is_done_with_several_is_done_with_all_that_ids_and_queries_name(rest, draw, act):
    worker = '<serviceTask id="w" camunda:type="external" camunda:topic="x"/>'
    parts = (draw.gate("f", "parallel"), draw.catch("c", "duration:PT1H"), worker, draw.end())
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-c-e", "f-w-e")))
    first, second, third, last = (rest.start(definition, n=n) for n in range(4))
    verb, path, body = ACTS[act]
    ids = "processInstances" if "job-retries" in path else IDS
    named = {ids: [first], RUNNING: {"variables": [{"name": "n", "operator": "eq", "value": 1}]}, PAST: {"processInstanceIds": [third]}}
    getattr(rest, verb)(path, {**body, **named})
    assert [touched(rest, each) for each in (first, second, third, last)] == [True, True, True, False]


def test_however_many_are_named_they_are_found(rest, waiting):
    _, first, second = waiting
    many = [f"nothing-{number}" for number in range(3000)]
    assert [each["id"] for each in rest.post("/process-instance", {"processInstanceIds": [*many, first]})] == [first]
    assert [each["id"] for each in rest.post("/history/process-instance", {"processInstanceIds": [*many, second]})] == [second]
    assert rest.post("/task/count", {"processInstanceIdIn": [*many, first]}) == {"count": 1}
    assert rest.post("/job/count", {"processInstanceIds": [*many, first]}) == {"count": 1}


def test_instances_are_suspended_as_a_batch_that_is_done(rest, waiting):
    definition, first, second = waiting
    other = {"processInstanceQuery": {"processDefinitionId": definition, "processInstanceIds": [second]}}
    batch = rest.post("/process-instance/suspended-async", {"suspended": True, "processInstanceIds": [first], **other})
    assert (batch["type"], batch["totalJobs"]) == ("instance-update-suspension-state", 2)
    assert standing(rest) == {first: True, second: True}
    rest.post("/process-instance/suspended-async", {"suspended": False, "processInstanceIds": [first]})
    assert standing(rest) == {first: False, second: True}
    for wrong in ({}, {"suspended": True}, {"suspended": True, "processInstanceIds": [first, "nothing"]}, ELSEWHERE):
        rest.post("/process-instance/suspended-async", wrong, status=400)
    assert standing(rest) == {first: False, second: True}


def test_variables_of_several_instances_are_set_as_a_batch_that_is_done(rest, waiting):
    _, first, second = waiting
    asked = {"variables": typed(n=7), "processInstanceQuery": {"processDefinitionKey": "p"}}
    batch = rest.post("/process-instance/variables-async", asked)
    assert (batch["type"], batch["totalJobs"]) == ("set-variables", 2)
    assert [rest.get(f"/process-instance/{each}/variables/n")["value"] for each in (first, second)] == [7, 7]
    for wrong in ({"variables": typed(n=8)}, {"processInstanceIds": [first]}, {"variables": typed(n=8), "processInstanceIds": [first, "nothing"]}):
        rest.post("/process-instance/variables-async", wrong, status=400)
    assert rest.get(f"/process-instance/{first}/variables/n")["value"] == 7


@pytest.mark.parametrize("way", ["ids", "query", "instances"])
def test_timers_that_stand_still_are_tried_again_together(rest, draw, way):
    parts = (draw.catch("c", "duration:PT1H"), draw.script("x", "y = a / b"), draw.end())
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-c-x-e")))
    first, second = (rest.start(definition, a=1, b=0) for _ in "ab")
    rest.post("/clock", {"advance": "PT1H"})
    rest.put(f"/process-instance/{first}/variables/b", {"value": 1, "type": "Integer"})
    (job,) = rest.get("/job", processInstanceId=first)
    address, asked = {
        "ids": ("/job/retries", {"jobIds": [job["id"]]}),
        "query": ("/job/retries", {"jobQuery": {"processInstanceId": first}}),
        "instances": ("/process-instance/job-retries", {"processInstances": [first]}),
    }[way]
    for wrong in ({"retries": 1}, asked, {**asked, "retries": -1}, {**asked, "retries": 1, "dueDate": "soon"}):
        rest.post(address, wrong, status=400)
    rest.post(address, {**asked, "retries": 0})
    assert len(rest.get("/incident")) == 2
    batch = rest.post(address, {**asked, "retries": 1})
    assert (batch["type"], batch["totalJobs"]) == ("set-job-retries", 1)
    assert [each["processInstanceId"] for each in rest.get("/incident")] == [second]


def test_a_timer_that_stands_still_is_tried_again_at_another_instant(rest, draw):
    parts = (draw.catch("c", "duration:PT1H"), draw.script("x", "y = a / b"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-c-x-e"))), a=1, b=0)
    rest.post("/clock", {"advance": "PT1H"})
    rest.put(f"/process-instance/{instance}/variables/b", {"value": 1, "type": "Integer"})
    (job,) = rest.get("/job")
    later = "2024-01-31T12:00:00.000+0000"
    rest.put(f"/job/{job['id']}/retries", {"retries": 1, "dueDate": later})
    assert [(each["dueDate"], each["retries"]) for each in rest.get("/job")] == [(later, 3)]
    rest.post("/clock", {"now": "2024-01-31T11:59:59Z"})
    assert rest.get("/job/count") == {"count": 1}
    rest.post("/clock", {"now": "2024-01-31T12:00:00Z"})
    rest.get(f"/process-instance/{instance}", status=404)


def test_a_timer_that_is_deleted_never_fires(rest, parts, draw):
    shown = (draw.gate("f", "parallel"), draw.catch("c", "duration:PT1H"), draw.user("u"), draw.boundary("b", "u", "cycle:R2/PT1H"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *shown, draw.flows("s-f", "f-c-e", "f-u-e", "b-e"))))
    for job in rest.get("/job"):
        rest.delete(f"/job/{job['id']}")
        rest.delete(f"/job/{job['id']}", status=404)
    assert parts.engine.check() == {}
    rest.post("/clock", {"advance": "PT9H"})
    leaves = {each["activityId"] for each in rest.get(f"/process-instance/{instance}/activity-instances")["childActivityInstances"]}
    assert leaves == {"c", "u"}, "what waited stands where it was"
    assert {each["activityId"] for each in rest.get("/history/job-log", deletionLog="true")} == {"c", "b"}
    assert [each["operationType"] for each in rest.get("/history/user-operation", entityType="Job")] == ["Delete", "Delete"]
    rest.complete("u")
    assert parts.engine.check() == {}, "it waits for somebody who moves it on"
    change = {"instructions": [{"type": "cancel", "activityId": "c"}]}
    rest.post(f"/process-instance/{instance}/modification", change, status=204)
    rest.get(f"/process-instance/{instance}", status=404)


def test_a_start_event_s_timer_that_is_deleted_begins_nothing(rest, draw):
    rest.definition(draw.diagram(draw.start("s", "cycle:R3/PT1H"), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    (job,) = rest.get("/job")
    rest.delete(f"/job/{job['id']}")
    rest.post("/clock", {"advance": "PT9H"})
    assert (rest.get("/job"), rest.get("/process-instance")) == ([], [])


def test_the_timers_of_one_event_are_held_together(rest, waiting):
    definition, _, _ = waiting
    (event,) = rest.get("/job-definition")
    rest.put("/job/suspended", {"suspended": True, "jobDefinitionId": event["id"]})
    assert rest.get("/job/count", suspended="true") == {"count": 2}
    rest.put("/job/suspended", {"suspended": True, "jobDefinitionId": event["id"], "processDefinitionId": definition}, status=400)


def test_a_timer_is_held_whatever_falls_due(rest, waiting):
    _, first, _ = waiting
    (job,) = rest.get("/job", processInstanceId=first)
    rest.put(f"/job/{job['id']}/suspended", {"suspended": True})
    assert [each["id"] for each in rest.get("/job", suspended="true")] == [job["id"]]
    rest.post("/clock", {"advance": "PT2H"})
    assert [each["id"] for each in rest.get("/job")] == [job["id"]]
    rest.put("/job/suspended", {"suspended": False, "processInstanceId": first})
    rest.post("/clock", {"advance": "PT0S"})
    assert rest.get("/job") == []
    rest.put("/job/nothing/suspended", {"suspended": True}, status=404)
    rest.put("/job/suspended", {"suspended": True}, status=400)


def test_definitions_tell_what_runs_of_them(rest, waiting, draw):
    definition, first, _ = waiting
    idle = rest.definition(draw.diagram(draw.start(), draw.end(), draw.flows("s-e"), key="idle"))
    found = {each["id"]: each for each in rest.get("/process-definition/statistics", failedJobs="true", incidents="true")}
    assert (found[definition]["instances"], found[idle]["instances"]) == (2, 0)
    assert found[definition]["definition"]["key"] == "p"
    assert {each["@class"].rpartition(".")[2] for each in found.values()} == {"ProcessDefinitionStatisticsResultDto"}
    at = {each["id"]: each["instances"] for each in rest.get(f"/process-definition/{definition}/statistics")}
    assert at == {"u": 2, "c": 2}
    rest.delete(f"/process-instance/{first}")
    assert {(each["instances"], each["@class"].rpartition(".")[2]) for each in rest.get("/process-definition/key/p/statistics")} == {
        (1, "ActivityStatisticsResultDto")
    }
    rest.get("/process-definition/nothing/statistics", status=404)


def test_definitions_tell_what_stands_still(rest, draw):
    parts = (draw.catch("c", "duration:PT1H"), draw.script("x", "y = a / b"), draw.end())
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-c-x-e")))
    rest.start(definition, a=1, b=0)
    rest.post("/clock", {"advance": "PT1H"})
    (whole,) = rest.get("/process-definition/statistics", failedJobs="true", incidents="true")
    assert (whole["failedJobs"], whole["incidents"]) == (1, [{"incidentType": "failedJob", "incidentCount": 1}])
    (at,) = rest.get(f"/process-definition/{definition}/statistics", failedJobs="true", incidents="true")
    assert (at["id"], at["failedJobs"]) == ("c", 1)
    for path in ("/process-definition/statistics", f"/process-definition/{definition}/statistics", "/process-definition/key/p/statistics"):
        assert rest.get(path, incidentsForType="failedJob")[0]["incidents"] == [{"incidentType": "failedJob", "incidentCount": 1}]
        assert rest.get(path, incidentsForType="late")[0]["incidents"] == []
        rest.get(path, 400, incidentsForType="late", incidents="true")
        rest.get(path, 400, surprise="true")
    assert rest.get("/process-definition/statistics", rootIncidents="true")[0]["incidents"] == whole["incidents"]
    rest.get("/process-definition/statistics", 400, rootIncidents="true", incidents="true")
    (plain,) = rest.get("/process-definition/statistics")
    assert (plain["failedJobs"], plain["incidents"]) == (0, [])
