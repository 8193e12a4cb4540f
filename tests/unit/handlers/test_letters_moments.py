"""§9.3 row by row where several are told at once: the right people, at the right moment, and nobody twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers import announcement, defence, meeting, publicity, review, title, visits
from store.selection.mail import mail
from tests.unit.handlers.conftest import BEFORE, letters, person
from tests.unit.handlers.test_review_and_meeting import committee

WIDE = {"used": [], "trimmed": [], "spread": "30", "deviation": "9", "criteria": {}}


def expert(stage, name):
    made = stage.facts.people.add_expert(name=name, employer="某大学", fields=["质量方法"], industries=["34"])
    person(stage.facts, name, f"expert@{made}")
    return made


def firm(stage, number, **more):
    one = stage.enterprise(number, **more)
    person(stage.facts, f"firm{number}", f"applicant_editor@{one.enterprise}")
    return one


def to_whom(stage, template):
    return [address.partition("@")[0] for name, address in letters(stage.facts.connection) if name == template]


def test_each_expert_is_told_of_the_scattered_scores_that_are_his_own_to_revise(told):
    one, other = told.enterprise(1, state="desk_review"), told.enterprise(2, state="desk_review")
    seats = {name: expert(told, name) for name in ("leader", "reader", "stranger")}
    group = told.facts.reviews.form_group(season="cn-2023", name="一组", leader=seats["leader"])
    for name, reads in (("leader", [one.id]), ("reader", [one.id, other.id]), ("stranger", [other.id])):
        seat = told.facts.reviews.add_seat(group=group, expert=seats[name], leads=name == "leader")
        told.facts.reviews.assign(seat=seat, applications=reads)
    review._tell_dispersion(told.context(group=group), group, [told.facts.applications.get(one.id)])
    assert to_whom(told, "24_dispersion") == ["leader", "reader"]


def test_everybody_of_the_team_hears_of_a_visit(told):
    one = firm(told, 1, state="defence_done")
    team = [expert(told, name) for name in ("head", "second")]
    application = told.facts.applications.get(one.id)
    visits._announce_visit(told.context(), application, {"application": one.id}, team)
    assert to_whom(told, "29_site_visit") == ["firm1", "head", "second"]


def test_the_announcement_is_told_to_units_and_to_all_who_applied_but_who_left(told):
    winner, loser, gone = (firm(told, number, state=state) for number, state in ((1, "approved"), (2, "not_selected"), (3, "withdrawn")))
    draft = firm(told, 4, state="draft")
    for one in (winner, loser, gone):
        told.facts.applications.change(one.id, submitted_at=BEFORE)
    person(told.facts, "unit", "ru_officer@RU-LN")
    batch = told.facts.publicity.open_batch(season="cn-2023", kind="announcement", applications={winner.id: {}}, at=BEFORE)
    told.facts.publicity.register(subject=batch, channel="中国质量协会网站", url="https://notice.invalid/1", at=BEFORE, by="P1")
    announcement.publish(told.context(batch=batch, process="announcement"), {})
    assert to_whom(told, "37_announced") == ["firm2", "unit"]
    assert to_whom(told, "37_announced_winner") == ["firm1"]
    assert draft.id


def test_a_revocation_is_told_to_the_holder_and_the_unit(told):
    one = firm(told, 1, state="announced")
    person(told.facts, "unit", "ru_officer@RU-LN")
    told.facts.titles.grant(
        title="T1", season="cn-2023", enterprise=one.enterprise, application=one.id, holder="甲", experience_name="经验", uscc=None, year=2023, at=BEFORE
    )
    told.facts.titles.report(title="T1", data={}, at=BEFORE)
    told.facts.titles.change_case(told.facts.titles.case("T1").id, proposal={"ground": "false_materials"})
    told.facts.publicity.register(subject="T1", channel="中国质量协会网站", url="https://notice.invalid/1", at=BEFORE, by="P1")
    title.revoke(told.context(title="T1", unit="RU-LN"), {})
    assert to_whom(told, "40_revoked") == ["firm1", "unit"]


@pytest.fixture
def public(told):
    """Two lines that are public, the second with an open objection."""
    lines = [firm(told, number, state="publicity") for number in (1, 2)]
    for name, group in (("unit", "ru_officer@RU-LN"), ("clerk", "office_clerk@caq"), ("director", "office_director@caq")):
        person(told.facts, name, group)
    batch = told.facts.publicity.open_batch(season="cn-2023", kind="publicity", applications={one.id: {} for one in lines}, at=BEFORE)
    for one in lines:
        told.facts.publicity.change_item(batch=batch, application=one.id, state="public", starts=BEFORE, ends=BEFORE + timedelta(days=1))
    told.facts.publicity.lodge(
        objection="O1", season="cn-2023", batch=batch, application=lines[1].id, receipt="2023-YY-0001-A", channel="page", objector={},
        anonymous=False, facts="事实", received_at=BEFORE,
    )  # fmt: skip
    return batch


def test_the_last_day_of_publicity_is_told_to_all_and_the_open_objections_to_the_office_alone(told, public):
    publicity.last_day(told.context(batch=public, ends=(BEFORE + timedelta(days=1)).isoformat()), {})
    assert to_whom(told, "32_publicity_last_day") == ["clerk"]
    assert to_whom(told, "32_publicity_ends_today") == ["firm1", "firm2", "unit", "unit"]


def test_a_line_that_was_corrected_is_not_told_that_its_publicity_ends_with_the_list(told, public):
    """A-68: its own ten working days began with the correction."""
    _, second = told.facts.publicity.items(public)
    told.facts.publicity.change_item(batch=public, application=second.application, ends=BEFORE + timedelta(days=14))
    publicity.last_day(told.context(batch=public, ends=(BEFORE + timedelta(days=1)).isoformat()), {})
    assert to_whom(told, "32_publicity_ends_today") == ["firm1", "unit"]


def test_each_line_is_told_how_its_own_publicity_ended_and_the_office_of_all(told, public):
    publicity.close(told.context(now=BEFORE + timedelta(days=2), batch=public, ends=(BEFORE + timedelta(days=2)).isoformat()), {})
    rows = told.facts.connection.execute(select(mail.c.address, mail.c.subject).where(mail.c.template == "32_publicity_ended"))
    said = {address.partition("@")[0]: subject for address, subject in rows if not address.startswith("unit")}
    assert said == {
        "firm1": "公示期满：无异议",
        "firm2": "公示期满：有异议，待核实处理",
        "director": "公示期满：无异议1项，另有异议项暂缓",
    }


def test_who_defends_and_who_judges_is_reminded_the_morning_before_unless_it_is_off(told):
    one, declined = firm(told, 1, state="defence_scheduled"), firm(told, 2, state="defence_scheduled")
    judge = expert(told, "judge")
    group = told.facts.reviews.form_group(season="cn-2023", name="一组", leader=judge)
    told.facts.reviews.change_group(group, defence={"experts": [judge]})
    for order, part in enumerate((one, declined), start=1):
        told.facts.defences.give_slot(application=part.id, group=group, starts=BEFORE + timedelta(days=3), place="北京", order=order)
    ctx = told.context(group=group)
    defence.invite(ctx, {})
    told.facts.defences.change_slot(application=declined.id, turn=1, state="declined")

    assert told.sent.jobs == ["defence.eve", "defence.soon"]
    defence.remind_on_the_eve(ctx, {"group": group, "day": "2023-09-18"})
    defence.remind_on_the_eve(ctx, {"group": group, "day": "2023-09-19"})

    assert to_whom(told, "28_defence_eve") == ["firm1", "judge"]

    defence.remind_before_it_begins(ctx, {"group": group, "starts": (BEFORE + timedelta(days=3)).isoformat()})
    defence.remind_before_it_begins(ctx, {"group": group, "starts": (BEFORE + timedelta(days=3, hours=1)).isoformat()})
    assert to_whom(told, "28_defence_eve") == ["firm1", "firm1", "judge", "judge"]


def test_signed_minutes_are_told_to_who_was_called_and_to_the_office(told):
    one = told.enterprise(state="publicity")
    members = committee(told)
    for name, member in zip(("chair", "member"), members, strict=False):
        person(told.facts, name, f"expert@{member}")
    person(told.facts, "clerk", "office_clerk@caq")
    made = told.facts.meetings.convene(season="cn-2023", kind="sent_back", subject="B1", parent="announcement", at=BEFORE)
    told.facts.meetings.put_item(meeting=made, item=one.id, application=one.id, proposed=True, rank=1, qualified=False)
    ctx = told.context(meeting=made, groups=("meeting_secretary@caq",))
    meeting.agenda(ctx, {"held_at": "2023-11-21T09:00", "place": "北京", "called": members})
    meeting.conclude(ctx, {})
    assert to_whom(told, "30_minutes_signed") == ["chair", "clerk", "member"]
    (subject,) = {row.subject for row in told.facts.connection.execute(select(mail.c.subject).where(mail.c.template == "30_minutes_signed"))}
    assert subject == "会议纪要已签署：退回复议"
