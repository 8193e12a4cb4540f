"""Databases that differ only in scores, comments, votes and experts answer applicants, units, the public and the administrator byte for byte alike."""

import io
import re
import zipfile
from itertools import islice, product

import pytest
from sqlalchemy import select

from store.engine import tables as engine_tables
from store.selection import tables_application as applications
from store.selection import tables_people as people
from store.selection import tables_result as results
from store.selection import tables_review as reviews
from store.selection.mail import mail
from tests.security.conftest import secret_of
from tests.security.test_walk import rest_calls
from tests.security.twins import JUDGES, Twin
from tests.security.wire import Wire
from tests.web.test_routes import routes, rule_of
from web.tokens import make_token

# photograph -> is the result of its stage out?
STAGES = {"summary": False, "meeting": False, "decided": False, "released": True, "defence": True}
SEEDS = (1, 2, 3, 4)
EXPORTS = {
    "/inbox",
    "/messages",
    "/cases",
    "/office",
    "/office/people",
    "/office/experts",
    "/office/enterprises",
    "/office/mails",
    "/unit/{code}",
    "/group/{group}",
    "/meetings/{meeting}",
    "/unit",
    "/group",
    "/meetings",
    "/portal",
    "/review/{task}",
    "/office/deadlines",
    "/public/publicity",
    "/public/announcements",
    "/public/revocations",
}
MOST = 6  # addresses of one route


def parameters(scene, mine):
    """Values for each parameter of a path: things of one's own, of others, of the secret sort."""
    secret_tasks = scene.all(
        select(engine_tables.task.c.id).where(engine_tables.task.c.element.in_(("N06a", "N06c", "N07b", "N07c", "N08c", "N05c"))).limit(4)
    )
    own_tasks = scene.all(select(engine_tables.task.c.id).where(engine_tables.task.c.closed_by == mine).limit(3))
    judges = scene.all(select(people.role_grant.c.person).where(people.role_grant.c.role.in_(JUDGES)).limit(3))
    own = scene.all(select(people.role_grant.c.organisation).where(people.role_grant.c.person == mine))
    cases = applications.application
    theirs = scene.all(select(cases.c.id).where(cases.c.enterprise.in_(own) | cases.c.unit.in_(own)))[:3]
    files = applications.document
    return {
        "application": [*theirs, *scene.all(select(cases.c.id))[:3]],
        "task": [*own_tasks, *secret_tasks],
        "document_id": [*scene.all(select(files.c.id).where(files.c.owner.in_(theirs)))[:3], *scene.all(select(files.c.id))[-3:]],
        "group": scene.all(select(reviews.review_group.c.id)),
        "place": [seat.partition("/")[2] for seat in scene.all(select(reviews.seat.c.id).limit(2))],
        "meeting": scene.all(select(reviews.meeting.c.id)),
        "batch_id": scene.all(select(results.batch.c.id)) or ["B1"],
        "kind": ["publicity", "announcements"],
        "paper": ["application", "commitment", "opinions"],
        "title": scene.all(select(results.title.c.id)) or ["nothing"],
        "code": [*own[:1], "RU-BJ"],
        "name": ["评分截止", "score.save"],
        "person": judges,
        "version": ["1"],
        "process": ["season", "material_review"],
        "purpose": ["reset"],
        "secret": ["x"],
        "mail": [*scene.all(select(mail.c.id).where(mail.c.recipient == mine).limit(3)), *scene.all(select(mail.c.id).limit(2)), "nothing"],
        "dispute": ["D1"],
        "subscriber": ["U001", "U999"],
        "season_id": ["cn-2023", "cn-0000"],
        "expert": ["X001", "X999"],
        "incident": ["nothing"],
    }


def addresses(scene, mine):
    """(method, path) of everything on the route table, with searches and exports."""
    values = parameters(scene, mine)
    judge = scene.one(select(people.person.c.name).where(people.person.c.id == values["person"][0]))
    score = scene.one(select(reviews.score.c.total).where(reviews.score.c.total.is_not(None))) or "80"
    found = []
    for route in routes(scene.house):
        names = re.findall(r"{(\w+)", route.path)
        for chosen in islice(product(*(values[name] for name in names)), MOST):
            path = route.path.format(**dict(zip(names, chosen, strict=True)))
            if "GET" in route.methods:
                found.append(("GET", path))
                found += [("GET", f"{path}?form=xlsx")] if route.path in EXPORTS else []
            elif names and not rule_of(route)[0].public and route.path != "/portal/{application}/withdraw":
                found.append(("POST", path))
    searches = [
        f"{page}?search={word}"
        for page in ("/inbox", "/cases", "/office/people", "/office/enterprises", "/office/mails")
        for word in (judge, score, "X0", "专家")
    ]
    return found + [
        ("GET", path)
        for path in (*searches, "/inbox?view=groups", "/inbox?view=done", "/inbox?view=done&form=xlsx", "/cases?stage=资料评审")
    ]


def answers(scene, person, paths):
    return [said(*answer) for answer in Wire(scene.app, secret_of(person) if person else "a stranger's visit", bool(person)).asks(paths)]


def said(status, headers, body):
    """All that went out: status, headers, body; of a workbook its sheets (it bears the time of its making)."""
    told = sorted(headers)
    if b"spreadsheetml" in dict(headers).get(b"content-type", b""):
        book = zipfile.ZipFile(io.BytesIO(body))
        body = {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}
        told = [pair for pair in told if pair[0] != b"content-length"]
    return status, told, body


def machine_answers(scene):
    """What a programme of the administrator's reads at the REST interface."""
    admin = scene.holder("season_admin")
    secret = make_token(scene.house, person=admin, name="twin", valid=scene.house.settings.session_absolute, by=admin)[1]
    paths = [("GET", "/engine-rest" + re.sub("{[^}]*}", "1", path)) for verb, path in rest_calls(scene) if verb == "GET"]
    return dict(zip(paths, Wire(scene.app, "x", signed_in=False, bearer=secret).asks(paths), strict=True))


def watchers(scene):
    """The four who must not learn anything, by name; an applicant and a unit that take part to the end."""
    cases = applications.application
    last = scene.rows(select(cases).where(cases.c.group.is_not(None)).order_by(cases.c.id))[0]
    return {
        "applicant": scene.holder("applicant_editor", last["enterprise"]),
        "unit": scene.holder("ru_officer", last["unit"]),
        "public": None,
        "administrator": scene.holder("season_admin"),
    }


@pytest.mark.parametrize("stage", STAGES)
def test_twins_answer_byte_for_byte_alike(at, stage):
    scene = at(stage, name="one")
    asked = {name: addresses(scene, person) for name, person in watchers(scene).items()}
    first = {name: answers(scene, person, asked[name]) for name, person in watchers(scene).items()}
    machine = machine_answers(scene)
    assert sum(status == 200 for status, _, _ in machine.values()) > 20
    assert sum(len(paths) for paths in asked.values()) > 300
    assert sum(status == 200 for given in first.values() for status, _, _ in given) > 60
    for seed in SEEDS:
        changes = []
        twin = at(
            stage,
            name=f"twin-{seed}",
            alter=lambda path, seed=seed, changes=changes: changes.append(Twin(path, seed=seed, released=STAGES[stage]).make()),
        )
        assert changes[0] > 100
        for name, person in watchers(scene).items():
            other = answers(twin, person, asked[name])
            differing = [address for address, one, two in zip(asked[name], first[name], other, strict=True) if one != two]
            assert differing == [], f"{name} at {stage}, twin {seed}"
        assert machine_answers(twin) == machine


@pytest.mark.postgresql
def test_twins_answer_alike_on_postgresql_too(at, cluster):
    """One pair: what a query tells must not hang on the order in which rows lie in a table."""
    scene = at("decided", name="one", url=cluster.new())
    twin = at("decided", name="two", alter=lambda path: Twin(path, seed=5, released=False).make(), url=cluster.new())
    for name, person in watchers(scene).items():
        asked = addresses(scene, person)
        pairs = zip(asked, answers(scene, person, asked), answers(twin, person, asked), strict=True)
        assert [address for address, one, other in pairs if one != other] == [], name
    assert machine_answers(twin) == machine_answers(scene)


def test_the_comparison_would_see_a_difference(at):
    """The office sees scores and experts: for it the twins differ. A comparison that never differs would prove nothing."""
    scene = at("decided", name="one")
    clerk = scene.holder("office_clerk")
    paths = [address for address in addresses(scene, clerk) if address[0] == "GET"]
    twin = at("decided", name="two", alter=lambda path: Twin(path, seed=1, released=False).make())
    differing = {
        path for (_, path), one, two in zip(paths, answers(scene, clerk, paths), answers(twin, clerk, paths), strict=True) if one != two
    }
    assert {"/office/people", "/office/experts", "/office/experts?form=xlsx"} <= differing
    assert any(path.startswith("/meetings/") for path in differing)
    assert any(path.startswith("/group/") for path in differing)
