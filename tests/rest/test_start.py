"""How instances begin: where instructions say, with all that is answered of them; and small things that clients ask beside."""

import pytest

from tests.rest.conftest import typed
from tests.unit.engine.dmn.conftest import dmn, table


@pytest.fixture
def rest_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def steps(rest, draw):
    parts = (draw.user("u"), draw.script("x", "m = n + 1"), draw.user("v"), draw.end())
    return rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-u-x-v-e"), key="steps"))


def test_an_instance_begins_where_its_instructions_say(rest, steps):
    whole = {"type": "startBeforeActivity", "activityId": "x", "variables": {"n": {"value": 1, "type": "Integer", "local": False}}}
    body = {"businessKey": "K", "variables": typed(a=1), "startInstructions": [whole], "withVariablesInReturn": True}
    answer = rest.post(f"/process-definition/{steps}/start", body)
    assert {name: each["value"] for name, each in answer["variables"].items()} == {"a": 1, "n": 1, "m": 2}
    assert [task["taskDefinitionKey"] for task in rest.tasks()] == ["v"]
    after = {"startInstructions": [{"type": "startAfterActivity", "activityId": "v"}], "withVariablesInReturn": True}
    assert rest.post("/process-definition/key/steps/start", after)["ended"] is True
    for wrong in ({}, {"type": "startBeforeActivity"}, {"type": "startBeforeActivity", "activityId": "nowhere"}):
        rest.post(f"/process-definition/{steps}/start", {"startInstructions": [wrong]}, status=400)
    assert rest.get("/process-instance/count") == {"count": 1}


def test_forms_are_submitted_like_starts_and_completions(rest, steps):
    rest.post(f"/process-definition/{steps}/submit-form", {"variables": typed(n=1), "businessKey": "K"})
    rest.post("/process-definition/key/steps/submit-form", {"variables": typed(n=2)})
    task = rest.tasks(processInstanceBusinessKey="K")[0]
    shown = rest.post(f"/task/{task['id']}/submit-form", {"variables": typed(n=5), "withVariablesInReturn": True})
    assert shown["m"]["value"] == 6


def test_what_is_not_there_is_deleted_if_nobody_minds(rest, steps):
    rest.delete("/process-instance/nothing", failIfNotExists="false")
    rest.delete("/process-instance/nothing", status=404)


def test_topics_and_retries_of_several(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.service("x"), draw.end(), draw.flows("s-x-e")))
    for _ in range(2):
        rest.start(definition)
    assert rest.get("/external-task/topic-names") == ["t"]
    assert rest.get("/external-task/topic-names", withLockedTasks="true") == []
    tasks = [each["id"] for each in rest.get("/external-task")]
    rest.put("/external-task/retries", {"retries": 0, "externalTaskIds": [*tasks, "nothing"]}, status=404)
    assert {each["retries"] for each in rest.get("/external-task")} == {None}
    rest.put("/external-task/retries", {"retries": 0, "externalTaskIds": tasks})
    assert rest.get("/external-task/topic-names", withRetriesLeft="true") == []
    rest.put("/external-task/retries", {"retries": 1, "externalTaskIds": "x"}, status=400)


def test_deployments_and_decisions_are_narrowed_and_shown(rest):
    sizes = dmn(table('- | "any"', inputs="amount:integer", outputs="size:string", key="size_of"))
    deployed = rest.deploy(**{"sizes.dmn": sizes})
    assert rest.get("/decision-definition/key/size_of/xml")["dmnXml"].encode() == sizes
    (decision,) = rest.get("/decision-definition", resourceName="sizes.dmn")
    assert rest.get(f"/decision-definition/{decision['id']}/xml")["id"] == decision["id"]
    assert rest.get("/decision-definition", tenantIdIn="x") == []
    for query, found in (
        ({"before": "2024-01-31T09:00:00.000+0000"}, 0),
        ({"after": "2024-01-31T08:00:00.000+0000"}, 1),
        ({"withoutSource": "true"}, 0),
        ({"tenantIdIn": "x"}, 0),
        ({"source": "here", "nameLike": "%es%"}, 1),
        ({"nameLike": "es%"}, 0),
    ):
        assert len(rest.get("/deployment", **query)) == found, query
    assert rest.get("/deployment")[0]["id"] == deployed["id"]
