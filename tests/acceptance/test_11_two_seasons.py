"""Two seasons in one house: each has a committee of its own, whose members see and vote in their season and in no other."""

import shutil

import pytest

from app.season import deploy
from app.simulate import names
from engine.contract import SYSTEM
from store.selection.facts import Facts
from tests.acceptance.filing import attaches_papers, begins, book, signs
from tests.acceptance.test_6_meeting import MINUTES, PREPARE, RECORD, convened

NEXT = "cn-2024"
FILL = "填报申报材料"


@pytest.fixture
def world(world_at):
    return world_at("合议")


def experts(world):
    """Number of the expert's account -> id of the expert, as the cast has them."""
    return {number: one.id for number, one in enumerate(world.play.world.cast.experts, start=1)}


def committee(world, season):
    """Numbers of the experts of a season's committee, with their office."""
    with world.house.database.read() as connection:
        offices = {row.expert: row.office for row in Facts(connection).people.committee(season)}
    return {number: offices[expert] for number, expert in experts(world).items() if expert in offices}


def next_season(world, folder):
    """The next season begins in the same house, with a committee of people who have no seat in this one: its first meeting is convened."""
    shutil.copytree("processes/cn-2023", folder)
    plan = folder / "season.toml"
    plan.write_text(plan.read_text("utf-8").replace('id = "cn-2023"', f'id = "{NEXT}"').replace("2023年全国", "2024年全国"), "utf-8")
    deploy(world.house, folder)
    free = [number for number in experts(world) if number not in committee(world, "cn-2023")]
    offices = dict(zip(free, ("chair", "vice_chair", "member"), strict=False))
    now = world.house.clock.now()
    with world.house.database.write() as connection:
        facts = Facts(connection)
        facts.people.seat_committee(season=NEXT, offices={experts(world)[number]: office for number, office in offices.items()})
        facts.people.confirm_committee(season=NEXT, at=now, by="test")
        for number, office in offices.items():
            for person in facts.people.members_of(f"expert@{experts(world)[number]}"):
                facts.people.give(person=person.id, role=f"committee_{office}", organisation=NEXT, at=now, by="test")
        meeting = facts.meetings.convene(season=NEXT, kind="sent_back", subject="B1", parent="announcement", at=now)
        application = facts.applications.reserve()
        facts.applications.draft(application, season=NEXT, enterprise=world.play.parts[0].enterprise.id, at=now)
        facts.meetings.put_item(meeting=meeting, item="I1", application=application, proposed=True, rank=1, qualified=False)
    variables = {"season": NEXT, "meeting": meeting, "kind": "sent_back"}
    world.house.engine.start(process="deliberation", business_key=meeting, variables=variables, tenant=NEXT, actor=SYSTEM)
    world.settles()
    return meeting, offices


def held(world, tmp_path):
    """Both seasons' meetings are in session; in come their addresses and the committees (number of the expert -> office)."""
    meeting, offices = next_season(world, tmp_path / NEXT)
    secretary = world.as_("secretary")
    where = secretary.finds(PREPARE, "2024")
    secretary.goes(where)
    called = [experts(world)[number] for number in offices]
    answer = secretary.hands_in(
        {"held_at": f"{world.now:%Y-%m-%dT%H:%M}", "place": "北京", "mode": "meeting", "called": called, "presiding": called[0]}
    )
    assert not answer.refused, answer.complaints
    convened(world)
    with world.house.database.read() as connection:
        old = Facts(connection).meetings.of_season("cn-2023", kind="shortlist")[-1].id
    return (old, committee(world, "cn-2023")), (meeting, offices)


def tasks_of_meetings(person):
    """The addresses of the records and minutes that somebody is offered."""
    person.goes("/inbox?view=groups")
    return {name: person.finds(name) for name in (RECORD, MINUTES)}


def test_each_committee_sees_and_votes_in_its_own_season_only(world, tmp_path):
    (old, before), (new, after) = held(world, tmp_path)
    assert not set(before) & set(after)
    member_before, member_after = (next(n for n, office in some.items() if office == "member") for some in (before, after))
    former, present = world.as_(f"expert {member_before}"), world.as_(f"expert {member_after}")
    theirs, ours = former.finds(RECORD), present.finds(RECORD)
    assert theirs
    assert ours
    assert theirs != ours

    assert (former.goes(f"/meetings/{old}").status, former.goes(f"/meetings/{new}").status) == (200, 404)
    assert (present.goes(f"/meetings/{old}").status, present.goes(f"/meetings/{new}").status) == (404, 200)
    assert (former.goes(ours).status, present.goes(theirs).status) == (404, 404)

    secretary, there = world.as_("secretary"), sorted(experts(world)[number] for number in after)
    secretary.goes(ours)
    assert not secretary.hands_in({"present": there, "presiding": experts(world)[next(iter(after))]}, act="登记到会").refused
    present.goes(ours)
    assert not present.hands_in({"item": "I1", "choice": "yes"}, act="投票").refused
    assert former.sends(f"{ours}/acts/vote.cast", {"item": "I1", "choice": "no"}).status == 404
    with world.house.database.read() as connection:
        votes = [(row.member, row.choice) for row in Facts(connection).meetings.votes(new)]
    assert votes == [(experts(world)[member_after], "yes")]


def test_the_papers_of_a_season_stay_with_its_committee(world, tmp_path):
    (_, before), (_, after) = held(world, tmp_path)
    application = world.application(1)
    paths = [f"/portal/{application}/print/application"]
    for number, seen in ((next(n for n, o in before.items() if o == "chair"), 200), (next(n for n, o in after.items() if o == "chair"), 404)):
        assert [world.as_(f"expert {number}").goes(path).status for path in paths] == [seen], number


def test_a_committee_is_told_by_its_season_where_people_are_kept(world, tmp_path):
    _, (_, after) = held(world, tmp_path)
    clerk = world.as_("clerk")
    shown = clerk.goes("/office/people", params={"search": names.mailbox(f"expert{next(iter(after)):04d}")})
    assert "主任委员 · 2024年全国质量标杆" in shown.text

    invitation = {"name": "王一", "mail": "wang@people.invalid", "role": "committee_member"}
    refused = clerk.sends("/office/people", invitation | {"organisation": "caq"})
    assert refused.refused
    assert "活动代号" in refused.text
    assert not clerk.sends("/office/people", invitation | {"organisation": NEXT}).refused


def test_a_season_keeps_its_own_letters_while_the_next_one_is_prepared(world_at, tmp_path):
    world = world_at("申报")
    folder = tmp_path / NEXT
    shutil.copytree("processes/cn-2023", folder)
    plan, letter = folder / "season.toml", folder / "mails" / "04_submitted.txt"
    plan.write_text(plan.read_text("utf-8").replace('id = "cn-2023"', f'id = "{NEXT}"'), "utf-8")
    letter.write_text(letter.read_text("utf-8").replace("Subject: ", "Subject: 明年的话："), "utf-8")
    deploy(world.house, folder)

    person = begins(world, 1)
    person.opens(FILL)
    attaches_papers(person)
    person.does(FILL, book(world, 1))
    signs(world, 1)

    subjects = [mail.subject for mail in person.mails]
    assert any("申报材料" in subject for subject in subjects), subjects
    assert not [subject for subject in subjects if "明年的话" in subject]


def test_who_looks_at_a_season_that_is_closed_is_led_to_the_one_that_takes_applications(world_at, tmp_path):
    world = world_at("申报")
    folder = tmp_path / NEXT
    shutil.copytree("processes/cn-2023", folder)
    plan = folder / "season.toml"
    plan.write_text(plan.read_text("utf-8").replace('id = "cn-2023"', f'id = "{NEXT}"').replace("2023年全国", "2024年全国"), "utf-8")
    deploy(world.house, folder)
    person = world.as_("enterprise 1")

    person.sends("/seasons", {"season": NEXT, "then": "/portal"})
    page = person.goes("/portal")
    assert "正在受理申报" in page.text
    assert not page.doc.xpath("//form[@action='/portal/applications']")
    person.sends("/seasons", {"season": "cn-2023", "then": "/portal"})
    assert person.page.path == "/portal"
    assert person.page.doc.xpath("//form[@action='/portal/applications']")
    assert "正在受理申报" not in person.page.text
