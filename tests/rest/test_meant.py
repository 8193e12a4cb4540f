"""What a client means for fewer than it would reach here, or for later, is refused and nothing is done."""

import pytest


@pytest.fixture
def calling(rest, draw):
    """A caller and what it calls, which waits for a person and a signal; its root's id."""
    parts = (draw.gate("f", "parallel"), draw.user("u"), draw.catch("g", "signal"), draw.catch("c", "duration:PT1H"), draw.end())
    inner = draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-u-e", "f-g-e", "f-c-e"), key="inner")
    outer = draw.diagram(draw.start(), draw.call("c", "inner"), draw.end(), draw.flows("s-c-e"), key="outer")
    deployed = rest.deploy(inner, outer)["deployedProcessDefinitions"]
    return rest.start(next(each for each in deployed if each.startswith("outer")))


def test_what_is_called_goes_with_its_caller_and_is_not_left_alone(rest, calling):
    assert "skipSubprocesses" in rest.delete(f"/process-instance/{calling}", status=400, skipSubprocesses="true")["message"]
    rest.post("/process-instance/delete", {"processInstanceIds": [calling], "skipSubprocesses": True}, status=400)
    assert rest.get("/process-instance/count") == {"count": 2}
    rest.post("/process-instance/delete", {"processInstanceIds": [calling], "skipSubprocesses": False})
    assert rest.get("/process-instance/count") == {"count": 0}


def test_what_is_meant_for_one_tenant_is_not_done_to_all(rest, http, calling, draw):
    (signal,) = rest.get("/event-subscription", eventType="signal")
    assert "tenant" in rest.post("/signal", {"name": signal["eventName"], "tenantId": "elsewhere"}, status=400)["message"]
    key = {"processDefinitionKey": "inner", "processDefinitionTenantId": "elsewhere", "suspended": True}
    for path in ("/job/suspended", "/process-instance/suspended", "/process-definition/suspended"):
        rest.put(path, key, status=400)
    rest.put("/job-definition/suspended", {**key, "includeJobs": True}, status=400)
    assert len(rest.get("/event-subscription", eventType="signal")) == 1
    assert rest.get("/job", suspended="true") == rest.get("/process-instance", suspended="true") == []
    diagram = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="p")
    for wanted in ({"tenant-id": "elsewhere"}, {"deployment-activation-time": "2030-01-01T00:00:00"}):
        answer = http.post("/engine-rest/deployment/create", data=wanted, files=[("p.bpmn", ("p.bpmn", diagram))])
        assert (answer.status_code, next(iter(wanted)) in answer.json()["message"]) == (400, True)
    assert rest.get("/process-definition", key="p") == []


def test_the_rounds_of_a_cycle_to_come_are_not_moved_with_the_next(rest, draw):
    parts = (draw.user("u"), draw.boundary("b", "u", "cycle:R3/PT1H", interrupting=False), draw.user("v"), draw.end())
    rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-u-e", "b-v-e"))))
    (job,) = rest.get("/job")
    later = {"duedate": "2024-01-31T10:30:00.000+0000"}
    assert "cascade" in rest.put(f"/job/{job['id']}/duedate", {**later, "cascade": True}, status=400)["message"]
    assert rest.get("/job") == [job]
    rest.put(f"/job/{job['id']}/duedate", {**later, "cascade": False})
    rest.post("/clock", {"now": "2024-01-31T10:30:00Z"})
    (second,) = rest.get("/job")
    assert second["dueDate"] == "2024-01-31T11:00:00.000+0000"
