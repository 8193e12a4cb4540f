"""The history in figures: how long instances and tasks took, how many are over, what happened at each element; on both databases."""

import pytest


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def year(rest, draw):
    """Of `p` one instance of January that took an hour and one that took three, one of April that took a day, one that runs; of `q` one of December."""
    drawn = {key: draw.diagram(draw.start(), draw.user("u", 'name="Read"'), draw.end(), draw.flows("s-u-e"), key=key) for key in "pq"}
    definitions = {key: rest.definition(each) for key, each in drawn.items()}
    told = {}
    for key, begun, length in (
        ("p", "2024-01-10T00:00:00+0800", "PT1H"),
        ("p", "2024-01-31T23:59:59+0800", "PT3H"),
        ("p", "2024-04-01T00:00:00+0800", "P1D"),
        ("q", "2025-12-31T23:00:00+0800", "PT0.5S"),
    ):
        rest.post("/clock", {"now": begun})
        told[begun] = rest.start(definitions[key])
        rest.post("/clock", {"advance": length})
        (task,) = rest.get("/task")
        rest.post(f"/task/{task['id']}/complete", status=204)
    rest.start(definitions["p"])
    return definitions | told


HOUR = 3_600_000


def lengths(found):
    return [(each["period"], each["minimum"], each["maximum"], each["average"]) for each in found]


def test_instances_that_are_over_are_told_by_the_month_or_quarter_in_which_they_began(rest, year):
    asked = {"reportType": "duration", "periodUnit": "month"}
    months = rest.get("/history/process-instance/report", **asked)
    assert lengths(months) == [(1, HOUR, 3 * HOUR, 2 * HOUR), (4, 24 * HOUR, 24 * HOUR, 24 * HOUR), (12, 500, 500, 500)]
    assert {each["periodUnit"] for each in months} == {"MONTH"}
    quarters = rest.get("/history/process-instance/report", reportType="duration", periodUnit="quarter")
    assert [(each["period"], each["periodUnit"]) for each in quarters] == [(1, "QUARTER"), (2, "QUARTER"), (4, "QUARTER")]
    of_q = [{"processDefinitionKeyIn": "q,r"}, {"processDefinitionIdIn": f"{year['q']},x"}, {"startedAfter": "2025-01-01T00:00:00.000+0000"}]
    for narrowed in of_q:
        assert [each["period"] for each in rest.get("/history/process-instance/report", **asked, **narrowed)] == [12]
    early = {"startedBefore": "2024-01-31T00:00:00.000+0800"}
    assert lengths(rest.get("/history/process-instance/report", **asked, **early)) == [(1, HOUR, HOUR, HOUR)]
    assert rest.get("/history/process-instance/report", **asked, processDefinitionIdIn="x") == []
    wrongs = ({}, {"reportType": "duration"}, {**asked, "reportType": "count"}, {**asked, "periodUnit": "year"}, {**asked, "startedBefore": "x"})
    for wrong in wrongs:
        rest.get("/history/process-instance/report", status=400, **wrong)


def test_tasks_that_are_over_are_told_by_lengths_and_numbers(rest, year):
    quarters = rest.get("/history/task/report", reportType="duration", periodUnit="quarter")
    assert lengths(quarters) == [(1, HOUR, 3 * HOUR, 2 * HOUR), (2, 24 * HOUR, 24 * HOUR, 24 * HOUR), (4, 500, 500, 500)]
    late = rest.get("/history/task/report", reportType="duration", periodUnit="MONTH", completedAfter="2024-04-01T00:00:00.000+0000")
    assert [each["period"] for each in late] == [4, 12]
    counted = rest.get("/history/task/report", reportType="count", groupBy="processDefinition")
    assert [(each["processDefinitionId"], each["taskName"], each["count"]) for each in counted] == [(year["p"], None, 3), (year["q"], None, 1)]
    early = rest.get("/history/task/report", reportType="count", groupBy="taskName", completedBefore="2024-02-01T00:00:00.000+0800")
    assert [(each["processDefinitionKey"], each["taskName"], each["count"]) for each in early] == [("p", "Read", 1)]
    for wrong in ({}, {"reportType": "duration"}, {"reportType": "count"}, {"reportType": "count", "groupBy": "x"}):
        rest.get("/history/task/report", status=400, **wrong)
    for more in ({"periodUnit": "month"}, {"surprise": "1"}):
        rest.get("/history/task/report", status=400, reportType="count", groupBy="taskName", **more)


def test_without_a_history_there_are_no_figures(rest):
    assert rest.get("/history/process-instance/report", reportType="duration", periodUnit="month") == []
    assert rest.get("/history/task/report", reportType="count", groupBy="taskName") == []
    assert rest.get("/history/process-definition/nothing/statistics", finished="true", incidents="true") == []


@pytest.fixture
def busy(rest, draw):
    """Three instances with a person and a worker side by side: one is over, one deleted, one stands, its worker failed; of a second version one."""
    parts = (draw.gate("f", "parallel"), draw.user("u"), draw.service("x"), draw.end(), draw.end("z"))
    drawn = draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-u-e", "f-x-z"))
    definition = rest.definition(drawn)
    over, gone, stands = (rest.start(definition) for _ in range(3))
    rest.start(rest.definition(drawn))
    topics = [{"topicName": "t", "lockDuration": 1000, "processDefinitionId": definition}]
    for external in rest.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 9, "topics": topics}):
        if external["processInstanceId"] == over:
            rest.post(f"/external-task/{external['id']}/complete", {"workerId": "w"}, status=204)
        if external["processInstanceId"] == stands:
            rest.post(f"/external-task/{external['id']}/failure", {"workerId": "w", "retries": 0, "errorMessage": "no"}, status=204)
    (task,) = rest.get("/task", processInstanceId=over)
    rest.post(f"/task/{task['id']}/complete", status=204)
    rest.delete(f"/process-instance/{gone}")
    return {"definition": definition, "over": over, "gone": gone, "stands": stands}


def test_what_happened_at_the_elements_of_a_definition_is_counted(rest, busy):
    path = f"/history/process-definition/{busy['definition']}/statistics"

    def figures(*names, **asked):
        return {each["id"]: tuple(each[name] for name in names) for each in rest.get(path, **asked)}

    assert figures("instances", "canceled", "finished") == {"u": (1, 0, 0), "x": (1, 0, 0)}
    assert figures("instances", "canceled", canceled="true") == {"u": (1, 1), "x": (1, 1)}
    ended = figures("instances", "finished", finished="true")
    assert (ended["u"], ended["x"], ended["e"], ended["s"]) == ((1, 2), (1, 2), (0, 1), (0, 3))
    assert figures("completeScope", completeScope="true") == {"u": (0,), "x": (0,), "e": (1,), "z": (1,)}
    assert figures("openIncidents", "resolvedIncidents", "deletedIncidents", incidents="true") == {"u": (0, 0, 0), "x": (1, 0, 0)}
    rest.delete(f"/process-instance/{busy['stands']}")
    assert figures("openIncidents", "resolvedIncidents", "deletedIncidents", incidents="true") == {"x": (0, 0, 1)}


def test_the_elements_are_counted_of_some_instances_in_either_order(rest, busy):
    path = f"/history/process-definition/{busy['definition']}/statistics"
    own = rest.get(path, processInstanceIdIn=busy["over"], finished="true", sortBy="activityId", sortOrder="desc")
    assert [(each["id"], each["finished"]) for each in own] == [("z", 1), ("x", 1), ("u", 1), ("s", 1), ("f", 1), ("e", 1)]
    assert rest.get(path, startedAfter="2024-02-01T00:00:00.000+0000", finished="true") == []
    assert [each["instances"] for each in rest.get(path, finishedBefore="2025-01-01T00:00:00.000+0000", finished="true")] == [0] * 6
    rest.get(path, status=400, sortBy="activityId")
    rest.get(path, status=400, startedBefore="yesterday")
    rest.get(path, status=400, surprise="1")
