"""Timer start events are jobs, too: listed, executed, put off, held."""

import pytest


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def begins(rest, draw):
    """Begins three instances, one an hour; beside it something that waits for a timer."""
    drawn = draw.diagram(draw.start("s", "cycle:R3/PT1H"), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="begins")
    other = draw.diagram(draw.start(), draw.catch("c", "duration:PT90M"), draw.end(), draw.flows("s-c-e"), key="waits")
    deployed = {name.partition(":")[0]: name for name in rest.deploy(drawn, other)["deployedProcessDefinitions"]}
    rest.start(deployed["waits"])
    return deployed


def test_what_begins_at_its_time_is_listed(rest, begins):
    first, second = rest.get("/job", sortBy="jobDueDate", sortOrder="asc")
    assert (first["processInstanceId"], first["processDefinitionId"], first["retries"], first["suspended"]) == (None, begins["begins"], 3, False)
    assert (first["dueDate"], first["executionId"]) == ("2024-01-31T10:00:00.000+0000", None)
    assert second["processInstanceId"] is not None
    assert rest.get(f"/job/{first['id']}") == first
    assert rest.http.get(f"/engine-rest/job/{first['id']}/stacktrace").text == ""
    assert rest.get("/job", activityId="s", processDefinitionKey="begins", timers="true") == [first]
    assert rest.get("/job", processDefinitionId=begins["begins"], dueDates="lt_2024-01-31T10:30:00.000+0000") == [first]
    assert rest.post("/job", {"dueDates": [{"operator": "gt", "value": "2024-01-31T10:15:00.000+0000"}]}) == [second]
    rest.get("/job", status=400, dueDates="2024-01-31T10:30:00.000+0000")


def test_it_begins_when_somebody_says_so_and_waits_for_its_next_round(rest, begins):
    (job,) = rest.get("/job", activityId="s")
    rest.post(f"/job/{job['id']}/execute", status=204)
    assert len(rest.tasks()) == 1
    (following,) = rest.get("/job", activityId="s")
    assert following["dueDate"] == "2024-01-31T11:00:00.000+0000"
    rest.post("/job/start-99/execute", status=404)
    rest.post("/job/start-x/execute", status=404)
    rest.post("/clock", {"advance": "PT2H"})
    rest.post("/clock", {"advance": "PT1H"})
    assert len(rest.tasks()) == 3
    assert rest.get("/job") == []


def test_it_is_put_off_and_held(rest, begins):
    (job,) = rest.get("/job", activityId="s")
    rest.put(f"/job/{job['id']}/suspended", {"suspended": True})
    rest.post("/clock", {"advance": "PT1H"})
    assert rest.tasks() == []
    assert rest.get("/job", suspended="true")[0]["id"] == job["id"]
    rest.put(f"/job/{job['id']}/duedate", {"duedate": "2024-01-31T12:00:00.000+0000"})
    rest.put("/job/suspended", {"suspended": False, "processDefinitionKey": "begins"})
    rest.post("/clock", {"advance": "PT1H"})
    assert rest.tasks() == []
    rest.post("/clock", {"advance": "PT1H"})
    assert len(rest.tasks()) == 1


def test_a_deployment_whose_timer_cannot_be_armed_leaves_nothing_behind_not_even_in_the_next_one(rest, draw):
    bad = draw.diagram(draw.start("s", "duration:${nobody_set_this}"), draw.user("wrong"), draw.end(), draw.flows("s-wrong-e"), key="p")
    rest.deploy(bad, status=400)
    assert rest.get("/deployment") == []
    good = rest.definition(draw.diagram(draw.start(), draw.user("right"), draw.end(), draw.flows("s-right-e"), key="p"))
    rest.start(good)
    assert [task["taskDefinitionKey"] for task in rest.tasks()] == ["right"]
