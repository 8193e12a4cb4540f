"""Lists: narrowed, sorted and paged by the database; what they cost does not grow with the rows they show."""

from contextlib import contextmanager

import pytest
from sqlalchemy import delete, event, insert, select

from store.engine.tables import position
from tests.rest.conftest import typed

MANY = 12


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def busy(rest, draw):
    """A definition whose instances wait in a called process for a person, a timer, a message and a worker."""
    parts = (draw.gate("f", "parallel"), draw.user("u", 'camunda:candidateGroups="g" camunda:priority="${n}"'), draw.service("x"))
    parts += (draw.catch("c", "duration:PT1H"), draw.catch("m", "message"), draw.end())
    inner = draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-u-e", "f-x-e", "f-c-e", "f-m-e"), key="inner")
    call = draw.call("c", "inner", ext='<camunda:in variables="all"/>')
    outer = draw.diagram(draw.start(), call, draw.end(), draw.flows("s-c-e"), key="outer")
    deployed = rest.deploy(inner, outer)["deployedProcessDefinitions"]
    return {name.partition(":")[0]: name for name in deployed}


@contextmanager
def statements(parts):
    seen = []

    def note(connection, cursor, statement, parameters, context, executemany):
        seen.append(statement)

    event.listen(parts.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(parts.database.engine, "before_cursor_execute", note)


LISTS = ("/task", "/process-instance", "/job", "/external-task", "/event-subscription", "/incident", "/process-definition/statistics")
MORE = ("/job-definition", "/variable-instance")
PAST = ("/history/task", "/history/activity-instance", "/history/user-operation", "/history/job-log", "/history/incident")
WHOLE = ("/history/process-instance", "/history/variable-instance")


def test_no_list_asks_the_database_more_often_for_more_rows(rest, parts, busy):
    inner = busy["inner"]
    looked_at = ("/execution", "/process-instance?activityIdIn=u", "/process-instance/count?activityIdIn=u", f"/process-definition/{inner}/statistics")

    def cost():
        found = {}
        for path in (*LISTS, *MORE, *PAST, *WHOLE, *looked_at):
            with statements(parts) as seen:
                rest.get(path)
            found[path] = len(seen)
        return found

    rest.start(busy["outer"], n=1)
    few = cost()
    for number in range(MANY):
        rest.start(busy["outer"], n=number)
    assert cost() == few
    assert len(rest.get("/task")) == MANY + 1


def test_who_listens_is_asked_once_however_many_definitions_there_are(rest, parts, draw):
    def cost(call):
        call()  # what was never read before is read now
        with statements(parts) as seen:
            call()
        return len(seen)

    def costs():
        sent = {"messageName": "nobody", "all": True, "resultEnabled": True}
        return cost(lambda: rest.get("/event-subscription", eventType="message")), cost(lambda: rest.post("/message", sent))

    def begins(key):
        rest.deploy(draw.diagram(draw.start("s", "message"), draw.user("u"), draw.end(), draw.flows("s-u-e"), key=key))

    begins("first")
    few = costs()
    for number in range(5):
        begins(f"more{number}")
    assert costs() == few
    name = rest.get("/event-subscription")[0]["eventName"]
    assert "6 executions or definitions match" in rest.post("/message", {"messageName": name}, status=400)["message"]


def test_what_stands_in_a_called_process_is_found_by_its_own_names(rest, busy):
    root = rest.start(busy["outer"], n=7)
    rest.start(busy["outer"], n=8)
    (called,) = [each["id"] for each in rest.get("/process-instance", superProcessInstance=root)]
    assert root in [each["id"] for each in rest.get("/process-instance", rootProcessInstances="true", processDefinitionKey="outer")]
    for path in ("/task", "/job", "/external-task", "/event-subscription"):
        (row,) = rest.get(path, processInstanceId=called)
        assert row["processInstanceId"] == called
        if path != "/event-subscription":
            assert rest.get(f"{path}/count", processDefinitionId=busy["inner"]) == {"count": 2}
            assert rest.get(path, processDefinitionId=busy["outer"]) == []
    assert rest.get("/process-instance/count", activityIdIn="u,nothing") == {"count": 2}
    assert len(rest.get("/process-instance", activityIdIn="m", maxResults=1)) == 1
    assert {each["processInstanceId"] for each in rest.get("/execution", activityId="x", processDefinitionId=busy["inner"])} >= {called}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"candidateGroup": "g"}, [1, 2, 3]),
        ({"candidateGroups": "h,g", "sortBy": "priority", "sortOrder": "desc"}, [3, 2, 1]),
        ({"candidateUser": "g"}, []),
        ({"minPriority": "2"}, [2, 3]),
        ({"maxPriority": "2", "sortBy": "created", "sortOrder": "desc"}, [2, 1]),
        ({"priority": "2"}, [2]),
        ({"unassigned": "true", "firstResult": "1", "maxResults": "1"}, [2]),
        ({"assigned": "true"}, []),
        ({"createdBefore": "2024-01-31T09:00:00.000+0000"}, []),
        ({"createdAfter": "2024-01-31T08:00:00.000+0000", "suspended": "true"}, []),
        ({"withoutDueDate": "true", "active": "true", "nameLike": "%", "sortBy": "dueDate", "sortOrder": "asc"}, [1, 2, 3]),
        ({"deploymentId": "x"}, []),
        ({"maxResults": "0"}, []),
    ],
)
def test_tasks_are_narrowed_sorted_and_paged(rest, busy, query, expected):
    for number in (1, 2, 3):
        rest.start(busy["outer"], n=number)
    assert [task["priority"] for task in rest.get("/task", **query)] == expected


def test_a_number_that_is_none_is_refused(rest):
    rest.get("/task", status=400, priority="x")
    rest.get("/task", status=400, dueBefore="x")
    rest.get("/task", status=400, sortBy="created", sortOrder="up")
    rest.get("/task", status=400, sortBy="created")
    rest.get("/process-definition", status=400, sortOrder="asc")
    rest.get("/task", status=400, firstResult="-1")


def test_a_message_is_matched_by_what_the_instance_holds(rest, busy):
    root = rest.start(busy["outer"], n=1)
    rest.start(busy["outer"], n=2)
    name = rest.get("/event-subscription", eventType="message")[0]["eventName"]
    (result,) = rest.post("/message", {"messageName": name, "correlationKeys": typed(n=1), "resultEnabled": True})
    assert result["execution"]["processInstanceId"].startswith(root)


def test_a_token_without_its_row_is_found_by_the_check(rest, parts, busy):
    rest.start(busy["outer"], n=1)
    with parts.database.write() as connection:
        rows = [dict(row) for row in connection.execute(select(position)).mappings()]
        connection.execute(delete(position))
    assert [key for key, found in parts.engine.check().items() if "has no row" in found[0]] == ["state_is_projected"]
    assert rest.get("/execution/count", activityId="x") == {"count": 0}
    with parts.database.write() as connection:
        connection.execute(insert(position), rows)


def test_of_what_has_ended_no_token_stands(rest, parts, busy):
    rest.delete(f"/process-instance/{rest.start(busy['outer'], n=1)}")
    with parts.database.read() as connection:
        assert {row.root for row in connection.execute(select(position))} <= {each["id"].partition(".")[0] for each in rest.get("/process-instance")}
