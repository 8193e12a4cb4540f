"""What a programme at the REST interface names of the house's seasons, in a path or in a body, is not there: answered as what is nowhere, and left alone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from rest.examples import EXAMPLES
from store.engine import tables
from tests.security.marking import MARK, planted
from tests.security.test_walk import rest_calls
from tests.unit.engine.bpmn.conftest import Draw
from web.tokens import make_token

NOWHERE = {
    "instance": "nowhere", "over": "nowhere-either", "execution": "nowhere.7", "task": "nowhere.7", "definition": "nothing:9:9", "key": "nowhere-called",
    "element": "nothing-there", "message": "nothing.heard", "job": "nowhere.9", "incident": "I9", "deployment": "99", "resource": "nothing.bpmn",
}  # fmt: skip
MEANS = {  # the words of the examples and of the paths
    "anInstance": "instance", "aDefinition": "definition", "aKey": "key", "anElement": "element", "aMessage": "message", "aSignal": "message",
    "aTopic": "message", "anExternalTask": "task", "p0.bpmn": "resource",
}  # fmt: skip


class Programme:
    """The administrator's programme, by its token."""

    def __init__(self, scene):
        self.scene, admin = scene, scene.holder("season_admin")
        secret = make_token(scene.house, person=admin, name="attack", valid=scene.house.settings.session_absolute, by=admin)[1]
        self.client, self.headers = scene.visitor(None).client, {"authorization": f"Bearer {secret}"}

    def asks(self, verb, path, **more):
        return self.client.request(verb, f"/engine-rest{path}", headers=self.headers, **more)


@pytest.fixture
def scene(at):
    return at("defence")


@pytest.fixture
def programme(scene):
    return Programme(scene)


@pytest.fixture
def season(scene) -> dict[str, str]:
    """Things of the season: an open task and where it stands, a case that is over, a timer, the diagram, a message that it hears."""

    def first(column, *where):
        return str(scene.one(select(column).where(*where).order_by(column).limit(1)))

    task = first(tables.task.c.id, tables.task.c.element == "N08c", tables.task.c.state == "open")
    return {
        "instance": task.partition(".")[0], "over": first(tables.instance.c.root, tables.instance.c.ended_at.is_not(None)), "execution": task, "task": task,
        "definition": first(tables.definition.c.id, tables.definition.c.key == "defence"), "key": "defence", "element": "N08c",
        "message": first(tables.subscription.c.name, tables.subscription.c.kind == "message"), "job": first(tables.timer.c.id),
        "incident": first(tables.history.c.root), "deployment": first(tables.version.c.id), "resource": "defence.bpmn",
    }  # fmt: skip


def named(example: Any, things: dict[str, str], instance: str) -> Any:
    """An example's body with these things for its words."""
    if isinstance(example, dict):
        return {key: named(value, things, instance) for key, value in example.items() if key != "asyncResponseTimeout"}
    if isinstance(example, list):
        return [named(value, things, instance) for value in example]
    if example == "anInstance":
        return things[instance]
    return things[MEANS[example]] if isinstance(example, str) and example in MEANS else example


def calls(scene) -> Iterator[tuple[str, str, Any]]:
    """Every route that changes something, with its example; a clock that is stepped by hand is nobody's secret."""
    for verb, path in rest_calls(scene):
        if verb != "GET" and path != "/clock":
            yield verb, path, EXAMPLES.get((verb.lower(), path))


def told(answer, things: dict[str, str]) -> tuple[int, str]:
    """Status and text, without the names that were asked for."""
    names = "|".join(re.escape(value) for value in sorted({*things.values()}, key=len, reverse=True))
    return answer.status_code, re.sub(rf"(?<=['\" ])({names})(?=['\".:, ])", "it", answer.text)


def whole(scene) -> list[Any]:
    """All that the engine keeps."""
    return [scene.stored(table) for table in tables.metadata.sorted_tables]


@pytest.mark.parametrize("instance", ["instance", "over"])
def test_what_bodies_and_paths_name_of_the_season_is_not_there(scene, programme, season, instance):
    before, asked, wrong = whole(scene), 0, []
    for verb, path, example in calls(scene):
        answers = []
        for things in (season, NOWHERE):
            of_path = {**things, "instance": things[instance], "name": things["message"], "decision": things["key"]}
            address = re.sub(r"{(\w+)}", lambda found, of=of_path: of.get(found[1], "nothing"), path)
            body = None if example is None else named(example, things, instance)
            answers.append(told(programme.asks(verb, address, **({} if body is None else {"json": body})), of_path))
        if answers[0] != answers[1] or answers[0][0] == 403:
            wrong.append(f"{verb} {path} tells {answers[0]} of the season's and {answers[1]} of what is nowhere")
        asked += example is not None
    assert not wrong, "\n".join(wrong)
    assert asked > 70
    assert whole(scene) == before


def deployed(programme, *, key: str, **files: bytes) -> str:
    """A deployment of the programme's own, with a task; its definition."""
    draw = Draw()
    diagram = draw.diagram(draw.start(), draw.user("u", 'camunda:formKey="embedded:deployment:form.html"'), draw.end(), draw.flows("s-u-e"), key=key)
    sent = [("p", (name, content)) for name, content in {f"{key}.bpmn": diagram, **files}.items()]
    answer = programme.asks("POST", "/deployment/create", data={"deployment-name": MARK}, files=sent)
    assert answer.status_code == 200, answer.text
    return next(iter(answer.json()["deployedProcessDefinitions"]))


def test_a_deployment_that_bears_a_season_s_name_begins_nothing_in_it(scene, programme, season):
    """Its diagram is called as one of the season's; what the season starts and calls stays the season's own."""

    def newest():
        with scene.house.database.read() as connection:
            return {key: row["id"] for key, row in scene.house.engine.home.versions.newest(connection, tenant="cn-2023").items()}

    before = newest()
    assert deployed(programme, key="defence").startswith("defence:")
    (own,) = programme.asks("GET", "/deployment").json()
    assert programme.asks("POST", f"/deployment/{own['id']}/redeploy", json={}).status_code == 200
    assert newest() == before
    assert programme.asks("POST", f"/deployment/{season['deployment']}/redeploy", json={}).status_code == 404


def test_what_a_programme_reports_and_deploys_is_text_and_is_saved(scene, programme):
    """Incidents of a programme stand on the administrator's page; forms and pictures of a deployment are never shown by a browser."""
    definition = deployed(programme, key="p", **{"form.html": MARK.encode(), "p.svg": b"<svg onload='alert(1)'/>"})
    root = programme.asks("POST", f"/process-definition/{definition}/start", json={}).json()["id"]
    (task,) = programme.asks("GET", f"/task?processInstanceId={root}").json()
    words = {"incidentType": MARK, "message": f"=1+1\x0b{MARK}" + "长" * 40_000, "configuration": MARK}
    made = programme.asks("POST", f"/execution/{task['executionId']}/create-incident", json=words)
    assert made.status_code == 200, made.text
    admin = scene.visitor(scene.holder("season_admin"))
    for path in ("/admin", f"/admin/incidents/{made.json()['id']}", "/admin?form=xlsx"):
        page = admin.get(path)
        assert page.status_code == 200, path
        assert "spreadsheetml" in page.headers["content-type"] or planted(page.text) == [], path
    for path in (f"/task/{task['id']}/deployed-form", f"/process-definition/{definition}/diagram"):
        answer = programme.asks("GET", path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == "application/octet-stream", path
        assert answer.headers["content-disposition"].startswith("attachment"), path
        assert answer.headers["x-content-type-options"] == "nosniff", path
    assert programme.asks("GET", f"/task/{task['id']}/deployed-form").content == MARK.encode()
