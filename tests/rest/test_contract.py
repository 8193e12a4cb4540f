"""Sentences of the contract that no other file here shows."""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from app.clock import SystemClock
from engine.contract import SYSTEM
from engine.refusals import HoldsFacts
from rest.document import LISTS
from store.selection.accounts import Accounts
from tests.rest.conftest import typed
from tests.unit.engine.dmn.conftest import dmn, table
from web.app import create_app
from web.passwords import hash_password

PASSWORD = "a sentence that people remember"
SIZES = dmn(table('- | "any"', inputs="amount:integer", outputs="size:string", key="size_of"))


@pytest.fixture
def one_task(draw):
    return draw.diagram(draw.start(attrs='camunda:initiator="who"'), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="p")


def test_a_variable_given_at_the_start_wins_over_the_initiator(rest, one_task):
    definition = rest.definition(one_task)
    found = [rest.get(f"/process-instance/{each}/variables")["who"]["value"] for each in (rest.start(definition), rest.start(definition, who="me"))]
    assert found == ["tester", "me"]


def test_resources_of_every_kind_that_is_known_and_of_none_else(rest, http, one_task):
    files = {"a.bpmn": one_task, "b.bpmn20.xml": one_task.replace(b'"p"', b'"q"'), "c.dmn": SIZES, "d.dmn11.xml": SIZES.replace(b"size_of", b"other")}
    parts = [("any part name", (path, content)) for path, content in files.items()]
    answer = http.post("/engine-rest/deployment/create", data={"deployment-name": "all"}, files=parts)
    assert sorted(each["key"] for each in answer.json()["deployedProcessDefinitions"].values()) == ["p", "q"]
    assert sorted(each["key"] for each in rest.get("/decision-definition")) == ["other", "size_of"]
    assert [each["id"] for each in rest.get("/deployment", name="all")] == [answer.json()["id"]]
    assert rest.deploy(one_task, **{"broken.dmn": b"<no"}, status=400)["type"] == "ParseException"
    assert len(rest.get("/deployment")) == 1


def test_names_arrive_percent_encoded(rest, draw):
    name = "a b/c?d#e%f+早"
    diagram = draw.diagram(draw.start(), draw.catch("m", "message"), draw.user("u"), draw.end(), draw.flows("s-m-u-e")).decode()
    own = diagram.split('<message id="message_m" name="')[1].split('"')[0]
    instance = rest.start(rest.definition(diagram.replace(f'name="{own}"', f'name="{name}"').encode()))
    (open_,) = rest.get("/event-subscription", eventName=name)
    rest.post(f"/execution/{quote(open_['executionId'], safe='')}/messageSubscriptions/{quote(name, safe='')}/trigger", status=204)
    path = f"/process-instance/{quote(instance, safe='')}/variables/{quote(name, safe='')}"
    rest.put(path, typed(v=1)["v"])
    assert rest.get(path)["value"] == 1
    rest.delete(path)
    rest.get(path, status=404)


def test_under_the_real_clock_there_is_no_clock_to_be_set(parts):
    def work(connection):
        accounts, at = Accounts(connection), SystemClock().now() - timedelta(days=1)
        admin = accounts.add_person(login="admin", name="admin", mail=None, at=at, password_hash=hash_password(PASSWORD))
        accounts.give(person=admin, role="season_admin", organisation="caq", at=at, by="test")

    parts.database.run(work)
    client = TestClient(create_app(SimpleNamespace(**{**vars(parts), "clock": SystemClock()})), base_url="http://localhost")
    admin = ("admin", PASSWORD)
    assert client.post("/engine-rest/clock", json={"advance": "PT1H"}, auth=admin).status_code == 404
    assert client.get("/engine-rest/version", auth=admin).status_code == 200


def test_the_clock_is_set_in_any_offset_and_without_one(rest):
    told = {"2024-02-01T00:00:00": "00:00", "2024-02-01T09:00:00.000+0800": "01:00", "2024-02-01T03:00:00+02:00": "01:00", "2024-02-01T05:30:00.5Z": "05:30"}
    for given, hour in told.items():
        assert rest.post("/clock", {"now": given})["now"].startswith(f"2024-02-01T{hour}:00")


def test_timers_that_are_due_at_once_fire_in_the_order_of_their_creation(rest, draw):
    parts = [each for name in "zyx" for each in (draw.catch(name, "duration:PT1H"), draw.user(f"after_{name}"))]
    flows = draw.flows("s-f", *(f"f-{name}-after_{name}-e" for name in "zyx"))
    definition = rest.definition(draw.diagram(draw.start(), draw.gate("f", "parallel"), *parts, draw.end(), flows))
    first, second = rest.start(definition), rest.start(definition)
    rest.post("/clock", {"advance": "PT2H"})
    expected = [(instance, f"after_{name}") for instance in (first, second) for name in "zyx"]
    assert [(task["processInstanceId"], task["taskDefinitionKey"]) for task in rest.tasks()] == expected


def test_a_task_of_a_called_process_never_sees_its_caller_s_variables_and_sets_its_own(rest, draw):
    inner = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="inner")
    call = draw.call("c", "inner", ext='<camunda:in source="a" target="given"/>')
    outer = draw.diagram(draw.start(), call, draw.end(), draw.flows("s-c-e"), key="outer")
    definition = next(each for each in rest.deploy(inner, outer)["deployedProcessDefinitions"] if each.startswith("outer"))
    root = rest.start(definition, a=1)
    (task,) = rest.tasks()
    rest.post(f"/task/{task['id']}/variables", {"modifications": typed(a=5)}, status=204)
    assert {name: each["value"] for name, each in rest.get(f"/task/{task['id']}/variables").items()} == {"given": 1, "a": 5}
    assert rest.get(f"/process-instance/{root}/variables")["a"]["value"] == 1
    assert rest.get(f"/process-instance/{task['processInstanceId']}/variables")["a"]["value"] == 5


def test_a_deployment_takes_its_start_events_along_and_the_version_before_listens_again(rest, draw):
    begins = draw.diagram(draw.start("s", "message"), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="begins")
    older, newer = rest.deploy(begins), rest.deploy(begins)
    (open_,) = rest.get("/event-subscription")
    rest.delete(f"/deployment/{newer['id']}", cascade="true")
    assert [each["activityId"] for each in rest.get("/event-subscription")] == ["s"]
    (begun,) = rest.post("/message", {"messageName": open_["eventName"], "resultEnabled": True})
    assert begun["processInstance"]["definitionId"] in older["deployedProcessDefinitions"]
    rest.delete(f"/deployment/{older['id']}", cascade="true")
    assert rest.get("/event-subscription") == []


def test_what_belongs_to_the_selection_is_neither_seen_nor_taken_away(rest, parts, draw):
    """A season's folder and its tasks are the pages': no list shows them, no id opens them, cascade deletion is refused with all its facts kept."""
    folder = {"p.bpmn": draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="house")}
    version = parts.engine.deploy(name="cn-2023", files=folder, actor=SYSTEM)
    root = parts.engine.start(process="house", business_key="A1", variables={"secret": 1}, tenant="cn-2023", actor=SYSTEM)
    for path in LISTS:
        assert rest.get(path) == [], path
    rest.get(f"/process-instance/{root}", status=404)
    rest.get(f"/task/{root}.2", status=404)
    rest.delete(f"/deployment/{version.id}", status=404, cascade="true")
    with pytest.raises(HoldsFacts):
        parts.engine.withdraw(deployment=version.id, cascade=True, actor=SYSTEM)
    assert parts.engine.look(root=root).variables() == {"secret": 1}
