"""Several at once: suspended, activated, deleted, counted."""

import pytest


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
    rest.put("/process-instance/suspended", ELSEWHERE)
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
    rest.post("/process-instance/delete", {"processInstanceIds": "x"}, status=400)
    rest.post("/process-instance/delete", {}, status=400)


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
    (plain,) = rest.get("/process-definition/statistics")
    assert (plain["failedJobs"], plain["incidents"]) == (0, [])
