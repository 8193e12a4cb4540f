"""Who may begin, send and open what: the policy's verbs, foreign objects, and a "not yours" that cannot be told from a "not there"."""

import pytest
from sqlalchemy import select

from engine.contract import Actor
from engine.errors import EngineError
from selection.errors import HouseError
from store.engine import tables as engine_tables
from store.selection import tables_application as applications
from store.selection import tables_people as people
from tests.web.test_routes import routes, rule_of, without_path

PROCESSES = (
    "season",
    "application",
    "recommendation",
    "material_review",
    "defence",
    "publicity",
    "announcement",
    "title",
    "deliberation",
    "apply",
    "form_check",
)
MESSAGES = (
    "application.terminate",
    "recommendation.record",
    "recommendation.decided",
    "review.released",
    "award.released",
    "season.meeting_decided",
    "announcement.result",
    "seat.replace",
)


def actor(scene, role):
    person = scene.holder(role)
    held = scene.rows(select(people.role_grant).where(people.role_grant.c.person == person))
    return Actor(id=person, name=person, groups=frozenset(f"{row['role']}@{row['organisation']}" for row in held))


def counted(scene):
    return [
        len(scene.rows(select(table)))
        for table in (engine_tables.instance, engine_tables.message, engine_tables.history, applications.application)
    ]


def headers(answer):
    # The page leads back to its own address: its length is that of the address, the body is compared without it.
    return {name: value for name, value in answer.headers.items() if name != "content-length"}


def refused(work):
    with pytest.raises((EngineError, HouseError)) as refusal:
        work()
    assert refusal.value.status in {403, 404, 409, 422}
    return refusal.value


@pytest.mark.parametrize("role", ["applicant_editor", "ru_officer", "expert", "season_admin", "auditor"])
def test_outsiders_start_no_process_and_send_no_message(at, role):
    scene = at("desk")
    who, before = actor(scene, role), counted(scene)
    engine = scene.house.engine
    for process in PROCESSES:
        if (role, process) in {("season_admin", "season"), ("applicant_editor", "application")}:
            continue
        refused(
            lambda process=process: engine.start(
                process=process, business_key="evil", variables={"season": "cn-2023"}, tenant="cn-2023", actor=who
            )
        )
    for message in MESSAGES:
        for application in scene.all(select(applications.application.c.id))[:3]:
            refused(
                lambda message=message, application=application: engine.correlate(
                    message=message, key=application, payload={"outcome": "nominated"}, tenant="cn-2023", actor=who
                )
            )
    refused(lambda: engine.broadcast(signal="anything", payload={}, tenant="cn-2023", actor=who))
    assert counted(scene) == before


def test_nobody_begins_or_withdraws_for_another_enterprise(at):
    scene = at("desk")
    who = actor(scene, "applicant_editor")
    own = next(group.partition("@")[2] for group in who.groups)
    other = scene.rows(
        select(applications.application).where(
            applications.application.c.enterprise != own, applications.application.c.state.not_in(("withdrawn", "lapsed"))
        )
    )[0]
    before = counted(scene)
    engine = scene.house.engine
    for application, enterprise in (("A999", other["enterprise"]), (other["id"], other["enterprise"]), (other["id"], own)):
        variables = {"season": "cn-2023", "application": application, "enterprise": enterprise}
        refused(
            lambda variables=variables: engine.start(
                process="application", business_key="A999", variables=variables, tenant="cn-2023", actor=who
            )
        )
    refused(lambda: engine.correlate(message="application.withdraw", key=other["id"], payload={}, tenant="cn-2023", actor=who))
    ann = scene.visitor(who.id)
    assert ann.post(f"/portal/{other['id']}/withdraw", {"reason": "x"}).status_code == 404
    assert counted(scene) == before


def test_an_application_is_begun_while_applications_are_open_only(at):
    scene = at("desk")
    before = counted(scene)
    answer = scene.visitor(scene.holder("applicant_editor")).post("/portal/applications")
    assert answer.status_code in {403, 409, 422}
    assert "截止" in answer.text
    assert counted(scene) == before


@pytest.mark.parametrize("moment", ["ranking", "desk"])
def test_a_person_s_own_tasks_only(at, moment):
    """Every open task, whoever else asks: page, claim, release, draft, completion, acts and files answer as if it were not there."""
    scene = at(moment)
    persons = {role: scene.visitor(scene.holder(role)) for role in ("applicant_editor", "ru_officer", "expert", "season_admin", "auditor")}
    groups = {
        role: {
            f"{row['role']}@{row['organisation']}"
            for row in scene.rows(select(people.role_grant).where(people.role_grant.c.person == visitor.person))
        }
        for role, visitor in persons.items()
    }
    before, asked = counted(scene), 0
    for task in scene.rows(select(engine_tables.task).where(engine_tables.task.c.state == "open"))[:25]:
        for role, visitor in persons.items():
            if groups[role] & set(task["groups"]) or visitor.person in {task["assignee"], *task["users"]}:
                continue
            nothing = visitor.get("/tasks/nothing.1")
            answer = visitor.get(f"/tasks/{task['id']}")
            assert (answer.status_code, without_path(answer.text), headers(answer)) == (404, without_path(nothing.text), headers(nothing))
            for act in ("claim", "release", "draft", "complete", "acts/score.save", "files", "files/remove"):
                # The auditor sees that the task is there and may be told that it is not his.
                told = {403, 404} if role == "auditor" else {404}
                assert visitor.post(f"/tasks/{task['id']}/{act}", {"outcome": "pass"}).status_code in told, (role, task["element"], act)
                asked += 1
    assert counted(scene) == before
    assert asked > 100


def test_another_s_things_answer_like_things_that_are_not_there(at):
    """Every route with an application, file, unit, group or meeting, every role: other's object, withdrawn object, no object."""
    scene = at("released")
    cases = applications.application
    withdrawn = scene.all(select(cases.c.id).where(cases.c.state == "withdrawn"))[:1]
    things = {
        "application": [*scene.all(select(cases.c.id))[:4], *withdrawn],
        "document_id": scene.all(select(applications.document.c.id))[:6],
        "code": ["RU-BJ", "RU-TJ"],
        "group": ["G1"],
        "meeting": ["M1"],
    }
    cells = 0
    for role in ("applicant_editor", "ru_officer", "season_admin", "caq_approver", "expert"):
        visitor = scene.visitor(scene.holder(role))
        nothing = visitor.get("/no/such/page")
        for route in routes(scene.house):
            names = [name for name in things if f"{{{name}}}" in route.path]
            if "GET" not in route.methods or len(names) != 1 or "{task}" in route.path or rule_of(route)[0].public:
                continue
            for thing in things[names[0]]:
                answer = visitor.get(route.path.format(**{"paper": "application", "place": "X001", names[0]: thing}))
                cells += 1
                if answer.status_code != 200:
                    assert answer.status_code == 404
                    assert without_path(answer.text) == without_path(nothing.text)
                    assert headers(answer) == headers(nothing)
    assert cells > 60
