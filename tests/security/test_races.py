"""Two people at once, over HTTP, on a real server: one wins, the other gets a clear answer, the invariants hold."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
import uvicorn
from sqlalchemy import func, select

from app.doctor import examine
from app.season import deploy
from engine.contract import SYSTEM
from store.engine import queries
from store.engine import tables as engine_tables
from store.selection import tables_application as applications
from store.selection import tables_people as people
from store.selection.accounts import Accounts
from store.selection.tokens import hashed
from tests.security.conftest import FOLDER, secret_of
from web.visitors import token_for


@contextmanager
def served(scene):
    """The house on loopback; gives its address."""
    server = uvicorn.Server(uvicorn.Config(scene.app, host="127.0.0.1", port=0, log_level="error", server_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def together(address, *requests):
    """Each (person, path, data) by a client of its own, all sent at the same moment; the status codes in order."""
    start, answers = threading.Barrier(len(requests)), [None] * len(requests)

    def send(number, person, path, data):
        secret = secret_of(person)
        with httpx.Client(base_url=address, cookies={"session": secret}, timeout=60) as client:
            client.get("/healthz")
            start.wait()
            answers[number] = client.post(path, data={"form_token": token_for(secret), **data})

    threads = [threading.Thread(target=send, args=(number, *request)) for number, request in enumerate(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def problems(scene):
    return [(one.invariant, one.subject) for one in examine(scene.house)]


def colleague(scene, person, login):
    """Another account with the same roles."""

    def work(connection):
        accounts, now = Accounts(connection), scene.house.clock.now()
        new = accounts.add_person(login=login, name=login, mail=None, at=now)
        for group in accounts.groups_of(person):
            role, _, organisation = group.partition("@")
            accounts.give(person=new, role=role, organisation=organisation, at=now, by="test")
        accounts.add_session(digest=hashed(secret_of(new)), person=new, at=now, expires=now + timedelta(hours=9))
        return new

    return scene.run(work)


def open_tasks(scene, *elements):
    """Open tasks at the elements that somebody may do (most units of the season have nobody in the play)."""
    held = {f"{row['role']}@{row['organisation']}" for row in scene.rows(select(people.role_grant))}
    found = scene.rows(select(engine_tables.task).where(engine_tables.task.c.element.in_(elements), engine_tables.task.c.state == "open"))
    return [task for task in found if held & set(task["groups"])]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ranking(request):
    """A house at the ranking of the units' lists, once on each database."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""  # dropped after the house is closed
    return request.getfixturevalue("at")("ranking", url=url)


@pytest.fixture
def desk(at):
    return at("desk")


def test_of_many_claims_of_one_task_one_wins(at):
    scene = at("units")
    task = open_tasks(scene, "N03a", "N03b", "N03c")[0]
    officer = scene.holder("ru_officer", task["groups"][0].partition("@")[2])
    crowd = [officer, *(colleague(scene, officer, f"officer{n}") for n in range(5))]
    before = problems(scene)
    with served(scene) as address:
        answers = together(address, *((person, f"/tasks/{task['id']}/claim", {}) for person in crowd))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [303, 409, 409, 409, 409, 409]
    assert scene.one(select(engine_tables.task.c.assignee).where(engine_tables.task.c.id == task["id"])) in crowd
    assert problems(scene) == before


def test_a_double_click_counts_once(desk):
    scene = desk
    task = open_tasks(scene, "N06a")[0]
    expert = scene.holder("expert", task["groups"][0].partition("@")[2])
    before = problems(scene)
    with served(scene) as address:
        answers = together(address, *((expert, f"/tasks/{task['id']}/claim", {}) for _ in range(4)))
        assert min(answer.status_code for answer in answers) == 303
        released = together(address, *((expert, f"/tasks/{task['id']}/release", {}) for _ in range(4)))
    assert [answer.status_code for answer in released].count(303) == 1  # whoever holds it no more is told that it is not his
    assert {answer.status_code for answer in (*answers, *released)} <= {303, 403, 404, 409}
    claims = scene.one(
        select(func.count())
        .select_from(engine_tables.history)
        .where(engine_tables.history.c.root == task["root"], engine_tables.history.c.kind == "claim")
    )
    assert claims >= 1
    assert problems(scene) == before


def test_withdrawal_against_the_unit_s_decision(at):
    """The applicant withdraws while the unit decides: both end in one order or the other, nothing sticks."""
    scene = at("units")
    row = scene.rows(
        select(applications.application).where(
            applications.application.c.state.in_(("submitted", "under_nominator_review")), applications.application.c.unit.is_not(None)
        )
    )[0]
    applicant, officer = scene.holder("applicant_editor", row["enterprise"]), scene.holder("ru_officer", row["unit"])
    before = problems(scene)
    tasks = [task for task in open_tasks(scene, "N03a") if scene.house.engine.variables(task=task["id"]).get("application") == row["id"]]
    against = (
        [(officer, f"/tasks/{tasks[0]['id']}/complete", {"outcome": "accept", "comment": "材料齐全，同意推荐。" * 5})] if tasks else []
    )
    with served(scene) as address:
        answers = together(address, *((applicant, f"/portal/{row['id']}/withdraw", {"reason": "经营计划调整"}) for _ in range(3)), *against)
    codes = [answer.status_code for answer in answers]
    assert codes[:3].count(303) == 1, codes
    assert {*codes} <= {303, 404, 409, 422}
    while scene.house.engine.work():
        pass
    assert scene.one(select(applications.application.c.state).where(applications.application.c.id == row["id"])) == "withdrawn"
    assert problems(scene) == before


def test_of_two_directors_who_turn_the_plan_s_order_round_together_one_is_refused(empty):
    """申报截止 goes later, 推荐截止 earlier: each alone keeps the order, both together would not. The second reads what the first has set."""
    deploy(empty.house, FOLDER)
    directors = [empty.person(login, "office_director@caq") for login in ("director", "deputy")]
    house, plan = empty.house, "/office/deadlines"
    at = datetime(2023, 9, 29, 16, tzinfo=UTC)
    house.engine.set_deadline(tenant="cn-2023", name="推荐截止", at=at, reason="year", actor=SYSTEM)
    moves = [("申报截止", "2023-09-28"), ("推荐截止", "2023-09-20")]

    with served(empty) as address:
        requests = [
            (who, f"{plan}/{name}", {"at": day, "reason": "多地受台风影响"}) for who, (name, day) in zip(directors, moves, strict=True)
        ]
        answers = together(address, *requests)

    assert sorted(answer.status_code for answer in answers) == [303, 422], [answer.text[-400:] for answer in answers]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "不能早于" in refused.text
    with house.database.read() as connection:
        kept = queries.deadlines(connection, tenant="cn-2023")
    assert kept["申报截止"] <= kept["推荐截止"]


def test_a_stale_page_is_told_and_its_text_kept(at):
    scene = at("filing")
    task = open_tasks(scene, "N02b")[0]
    applicant = scene.holder("applicant_editor", task["groups"][0].partition("@")[2])
    text = "填写到一半的内容"
    visitor = scene.visitor(applicant)
    answer = visitor.post(f"/tasks/{task['id']}/complete", {"_seen": "999", "outcome": "submit", "signatory_name": text})
    assert answer.status_code == 409
    assert text in answer.text


def test_a_list_that_two_officers_send_together_counts_once(ranking):
    """Two officers of one unit send the same list at once: it counts once, the unit's places are kept."""
    scene = ranking
    case = applications.application
    named = scene.all(select(case.c.unit).where(case.c.submitted_at.is_not(None)))
    task = next(one for one in open_tasks(scene, "N03b") if one["groups"][0].partition("@")[2] in named)
    officer = scene.holder("ru_officer", task["groups"][0].partition("@")[2])
    second = colleague(scene, officer, "second officer")
    before = problems(scene)
    held = scene.house.engine.variables(task=task["id"])["unit"]
    listed = scene.all(select(case.c.id).where(case.c.unit == held, case.c.submitted_at.is_not(None)))
    data = as_form(listed)
    with served(scene) as address:
        answers = together(address, *((person, f"/tasks/{task['id']}/complete", data) for person in (officer, second, officer, second)))
    assert [answer.status_code for answer in answers].count(303) == 1, answers[0].text[-1500:]
    assert {answer.status_code for answer in answers} <= {303, 404, 409, 422}, answers[0].text[-800:]
    assert problems(scene) == before


def test_of_different_lists_sent_at_once_one_stands_whole(ranking):
    """Officers of one unit each put another application first: one list wins, and what is kept is that list and no mixture."""
    scene = ranking
    case = applications.application
    task, held, listed = longest_list(scene)
    officer = scene.holder("ru_officer", task["groups"][0].partition("@")[2])
    crowd = [officer, *(colleague(scene, officer, f"officer{n}") for n in range(3))]
    before, lists = problems(scene), []
    for turn in range(len(crowd)):
        order = [*listed[turn % len(listed) :], *listed[: turn % len(listed)]]
        lists.append(order)
    assert len({tuple(order) for order in lists}) > 1
    with served(scene) as address:
        answers = together(
            address, *((person, f"/tasks/{task['id']}/complete", as_form(order)) for person, order in zip(crowd, lists, strict=True))
        )
    codes = [answer.status_code for answer in answers]
    assert codes.count(303) == 1, answers[0].text[-1500:]
    assert set(codes) <= {303, 404, 409}, codes
    won = lists[codes.index(303)]
    kept = scene.rows(
        select(applications.nomination).where(applications.nomination.c.unit == held, applications.nomination.c.application.in_(listed))
    )
    assert [row["application"] for row in sorted(kept, key=lambda row: row["rank"])] == won
    assert len(scene.all(select(case.c.id).where(case.c.unit == held, case.c.submitted_at.is_not(None)))) == len(listed)
    assert problems(scene) == before


def longest_list(scene):
    """The open list (N03b) with the most applications: the task, its unit, the applications."""
    case, found = applications.application, []
    for task in open_tasks(scene, "N03b"):
        unit = scene.house.engine.variables(task=task["id"])["unit"]
        found.append(
            (task, unit, scene.all(select(case.c.id).where(case.c.unit == unit, case.c.submitted_at.is_not(None)).order_by(case.c.id)))
        )
    return max(found, key=lambda each: len(each[2]))


def as_form(order):
    """A list in this order, all of it nominated."""
    data = {"outcome": "confirm"}
    for number, application in enumerate(order):
        data |= {
            f"ranking[{number}].application": application,
            f"ranking[{number}].rank": str(number + 1),
            f"ranking[{number}].nominated": "true",
        }
    return data
