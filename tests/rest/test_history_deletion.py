"""What is over is deleted with its history: one, several; what it ended with stays in a chained note."""

import pytest
from sqlalchemy import select

from store.engine.tables import deletion, history
from tests.rest.conftest import typed


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def definition(rest, draw):
    return rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e")))


@pytest.fixture
def over(rest, definition):
    """Three instances that are over, a comment on a task of each."""

    def end(number):
        instance = rest.start(definition, n=number)
        (task,) = rest.tasks()
        rest.post(f"/task/{task['id']}/comment/create", {"message": "asked"})
        rest.post(f"/task/{task['id']}/complete", {"variables": typed(done=True)}, status=204)
        return instance

    return sorted(end(number) for number in range(3))


def left(rest):
    return sorted(each["id"] for each in rest.get("/history/process-instance"))


def test_one_that_is_over_goes_with_all_that_is_told_of_it(rest, parts, over):
    first, *others = over
    with parts.database.read() as connection:
        head = connection.execute(select(history.c.seq, history.c.hash).where(history.c.root == first).order_by(history.c.seq.desc())).first()
    rest.delete(f"/history/process-instance/{first}")
    assert left(rest) == others
    for path in ("activity-instance", "task", "variable-instance", "user-operation"):
        told = {each.get("processInstanceId") for each in rest.get(f"/history/{path}")}
        assert first not in told
        assert told >= set(others)
    with parts.database.read() as connection:
        (note,) = connection.execute(select(deletion.c.heads)).scalars()
    assert note == {first: list(head)}
    assert parts.engine.check() == {}
    rest.delete(f"/history/process-instance/{first}", status=404)
    rest.delete(f"/history/process-instance/{first}", failIfNotExists="false")
    rest.delete("/history/process-instance/nothing", status=404)


def test_what_was_anchored_before_it_was_deleted_is_not_missed(rest, parts, over):
    first, *_ = over
    parts.engine.anchor()
    rest.delete(f"/history/process-instance/{first}")
    parts.engine.anchor()
    assert parts.engine.check() == {}


def test_one_that_runs_keeps_its_history(rest, definition):
    running = rest.start(definition)
    assert "not ended" in rest.delete(f"/history/process-instance/{running}", status=400)["message"]
    assert left(rest) == [running]
    rest.complete("u")
    rest.delete(f"/history/process-instance/{running}")
    assert left(rest) == []


def test_what_was_called_goes_with_its_root_only(rest, parts, draw):
    rest.definition(draw.diagram(draw.start(), draw.user("v"), draw.end(), draw.flows("s-v-e"), key="inner"))
    root = rest.start(rest.definition(draw.diagram(draw.start(), draw.call("c", "inner"), draw.end(), draw.flows("s-c-e"), key="outer")))
    rest.complete("v")
    (called,) = (each for each in left(rest) if each != root)
    assert root in rest.delete(f"/history/process-instance/{called}", status=400)["message"]
    rest.delete(f"/history/process-instance/{root}")
    assert left(rest) == []


def test_several_go_that_ids_and_a_query_name(rest, parts, over):
    first, second, third = over
    named = {"historicProcessInstanceIds": [first], "historicProcessInstanceQuery": {"processInstanceIds": [second]}, "deleteReason": "test"}
    batch = rest.post("/history/process-instance/delete", named)
    assert (batch["type"], batch["totalJobs"]) == ("historic-instance-deletion", 2)
    assert left(rest) == [third]
    assert parts.engine.check() == {}


def test_of_several_all_go_or_none(rest, over, definition):
    running = rest.start(definition)
    path = "/history/process-instance/delete"
    wrong = (
        {},
        {"historicProcessInstanceIds": []},
        {"historicProcessInstanceIds": [over[0], "nothing"]},
        {"historicProcessInstanceIds": [over[0], running]},
        {"historicProcessInstanceQuery": {"surprise": 1}},
        {"historicProcessInstanceQuery": {}},
    )
    for body in wrong:
        rest.post(path, body, status=400)
    assert left(rest) == sorted([*over, running])
    rest.post(path, {"historicProcessInstanceIds": [over[0], "nothing"], "failIfNotExists": False})
    assert left(rest) == sorted([*over[1:], running])


def test_nothing_is_cleaned_up_by_itself(rest):
    assert rest.get("/history/cleanup/configuration")["enabled"] is False
    assert rest.get("/history/cleanup/jobs") == []
    rest.post("/history/cleanup", status=400)
