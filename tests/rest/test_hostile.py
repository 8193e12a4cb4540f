"""Every route of the OpenAPI document, asked nonsense: an answer that is declared, never a breakdown."""

import re

import pytest
from starlette.testclient import TestClient

from tests.rest.conftest import Client
from web.app import create_app

ODD = ("0", "a%0Ab", "nothing", "a.1", "a.1c", "p:1:1", "..", "%00", "１", "x" * 5000, "'; drop table task")
BODIES = (
    b"",
    b"[]",
    b"{",
    b"7",
    b'{"variables": 7, "modifications": [], "topics": {}, "workerId": 1, "messageName": 3, "name": {}, "now": []}',
    b'{"variables": {"a": {"value": NaN}}, "modifications": {"a": {"value": 1e999}}, "workerId": "w", "maxTasks": 1, "topics": [], "name": "x"}',
    b'{"variables": {"a": {"value": 99999999999999999999999}}, "messageName": "\\u0000", "suspended": "yes", "retries": 1e9, "advance": "P9999999W"}',
    b'{"variables": {"a": {"value": "' + b"[" * 50_000 + b'", "type": "Object"}}, "advance": "PT0S", "newDuration": true}',
)


def calls(document):
    for path, verbs in document["paths"].items():
        for verb, about in verbs.items():
            for number, odd in enumerate(ODD):
                yield verb, re.sub(r"\{[^}]+\}", lambda _, odd=odd: odd, path), about, BODIES[number % len(BODIES)]


@pytest.fixture
def document(http):
    return http.get("/engine-rest/openapi.json").json()


def test_it_is_an_openapi_3_1_document_that_names_every_answer(document):
    assert document["openapi"].startswith("3.1")
    for verbs in document["paths"].values():
        for about in verbs.values():
            assert {"400", "401", "404", "500"} <= set(about["responses"])


def test_nonsense_is_answered_as_declared(rest: Client, http, document, draw):
    rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.service("t"), draw.end(), draw.flows("s-u-t-e"))))
    for verb, path, about, body in calls(document):
        answer = http.request(verb.upper(), f"/engine-rest{path}", content=body, headers={"content-type": "application/json"})
        if answer.status_code == 405 or path.split("/").count("..") > 1 or (path.count("..") and answer.status_code == 404):
            continue  # another route altogether
        assert str(answer.status_code) in about["responses"], (verb, path[:80], answer.status_code, answer.text[:300])
        assert "could not do this" not in answer.text, (verb, path[:80])
        if answer.status_code >= 400:
            assert set(answer.json()) == {"type", "message", "code"}, (verb, path[:80])


def test_what_never_comes_to_rest_is_started_and_stands_still_with_an_incident(rest: Client, http, draw):
    loop = draw.gate("g"), draw.script("x", "n = 1"), draw.gate("d"), draw.end(), draw.flows("s-g-x-d", "d-g ${true}", "d-e default")
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *loop)))
    found = http.get("/engine-rest/incident", params={"processInstanceId": instance}).json()
    assert [each["activityId"] for each in found] == ["s"]
    assert "超过上限" in found[0]["incidentMessage"]
    assert http.get(f"/engine-rest/process-instance/{instance}/activity-instances").status_code == 200
    assert http.delete(f"/engine-rest/process-instance/{instance}").status_code == 204
    assert http.get("/engine-rest/incident/count").json() == {"count": 0}


def test_a_defect_of_ours_is_answered_in_the_same_shape_and_logged_as_what_it_is(parts, monkeypatch, caplog):
    def broken(**_):
        message = "a defect"
        raise RuntimeError(message)

    monkeypatch.setattr(parts.engine, "broadcast", broken)
    client = TestClient(create_app(parts), base_url="http://localhost", client=("127.0.0.1", 50000), raise_server_exceptions=False)
    answer = client.post("/engine-rest/signal", json={"name": "s"})
    assert (answer.status_code, answer.json()["message"]) == (500, "The server could not do this")
    assert {type(record.exc_info[1]) for record in caplog.records if record.exc_info} == {RuntimeError}


@pytest.mark.parametrize("value", [b"NaN", b"1e999", b"99999999999999999999999", b'"\\ud800"'])
def test_a_value_that_is_none_is_a_bad_request(rest, http, draw, value):
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    body = b'{"variables": {"a": {"value": ' + value + b"}}}"
    answer = http.post(f"/engine-rest/process-definition/{definition}/start", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert rest.get("/process-instance") == []
