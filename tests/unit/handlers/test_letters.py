"""Letters: each at its moment, to whom it is meant and to nobody else."""

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.season import deploy
from engine.contract import Actor
from handlers import notify, objection, reminders, season
from selection.errors import Conflict
from store.selection.facts import Facts
from store.selection.mail import mail
from tests.unit.handlers.conftest import BEFORE, FOLDER, SETTINGS, letters, person

CLERK = Actor("P9", "经办人", frozenset({"office_clerk@caq", "office_director@caq", "season_admin@caq"}))
FACTS = "该单位申报的质量损失率与其公开年报所列数据明显不一致，请核实。"


def published(stage):
    one = stage.enterprise(state="publicity")
    batch = stage.facts.publicity.open_batch(season="cn-2023", kind="publicity", applications={one.id: {}}, at=BEFORE)
    stage.facts.publicity.change_item(batch=batch, application=one.id, state="public", starts=BEFORE)
    return one


@pytest.mark.parametrize(("contact", "expected"), [("a@objector.invalid", ["33_objection_receipt"]), ("13800000000", [])])
def test_the_objector_gets_a_receipt_at_the_contact_given_and_nowhere_else(told, contact, expected):
    one = published(told)
    ctx = told.context(key="O1", application=one.id)
    objection.lodge(ctx, {"objection": "O1", "item": one.id, "name": "张三", "contact": contact, "facts": FACTS})
    written = [row for row in letters(told.facts.connection) if row[1] == contact]
    assert [template for template, _ in written] == expected


def test_the_same_objection_is_taken_once_and_a_mailbox_gets_so_many_receipts(told):
    """A double click; and somebody who gives another's mailbox again and again."""
    one = published(told)
    said = {"item": one.id, "name": "张三", "contact": "a@objector.invalid", "facts": FACTS}
    objection.lodge(told.context(key="O1"), said)
    with pytest.raises(Conflict, match=r"objection\.twice"):
        objection.lodge(told.context(key="O2"), said | {"facts": f" {FACTS} "})
    for number in range(2, 2 + objection.MOST_RECEIPTS):
        objection.lodge(told.context(key=f"O{number}"), said | {"facts": f"{FACTS}之{number}"})
    objection.lodge(told.context(key="O99"), said | {"name": "李四"})
    assert len(told.facts.publicity.objections(application=one.id)) == objection.MOST_RECEIPTS + 2
    receipts = [address for template, address in letters(told.facts.connection) if template == "33_objection_receipt"]
    assert receipts == ["a@objector.invalid"] * objection.MOST_RECEIPTS


def test_the_objector_is_answered_and_the_enterprise_reads_other_words(told):
    one = published(told)
    person(told.facts, "firm", f"applicant_editor@{one.enterprise}")
    objection.lodge(
        told.context(key="O1"), {"objection": "O1", "item": one.id, "name": "张三", "contact": "a@objector.invalid", "facts": FACTS}
    )
    ctx = told.context(objection="O1", verdict="dismissed")
    objection.answer(ctx, {"to_objector": "给您的答复", "to_enterprise": "给企业的答复"})
    objection.conclude(ctx, {})
    bodies = {row.template: row.body for row in told.facts.connection.execute(select(mail.c.template, mail.c.body))}
    assert "给您的答复" in bodies["35_objection_decided"]
    assert "给您的答复" not in bodies["35_objection_decided_enterprise"]
    assert "张三" not in bodies["35_objection_decided_enterprise"]


def test_holders_are_invited_to_what_is_still_to_come(told):
    one = told.enterprise(state="announced")
    person(told.facts, "firm", f"applicant_editor@{one.enterprise}")
    told.facts.titles.grant(
        title="T1",
        season="cn-2023",
        enterprise=one.enterprise,
        application=one.id,
        holder="甲",
        experience_name="经验",
        uscc=None,
        year=2023,
        at=BEFORE,
    )
    event = {"place": "北京", "summary": "分享", "outcome": "more"}
    season.record_exchange(told.context(), event | {"name": "过去的活动", "held_on": "2023-09-01"})
    assert letters(told.facts.connection) == []
    season.record_exchange(told.context(), event | {"name": "将来的活动", "held_on": "2023-12-01"})
    assert letters(told.facts.connection) == [("39_exchange", "firm@example.invalid")]
    assert told.sent.jobs == ["exchange.remind"] * 2
    season.remind_of_exchange(told.context(), {"name": "过去的活动", "held_on": "2023-09-01"})
    season.remind_of_exchange(told.context(), {"name": "没有登记的活动", "held_on": "2023-12-01"})
    assert len(letters(told.facts.connection)) == 1, "nobody is reminded of what is over or was never registered"
    season.remind_of_exchange(told.context(), {"name": "将来的活动", "held_on": "2023-12-01"})
    assert letters(told.facts.connection)[1:] == [("39_exchange_reminder", "firm@example.invalid")]


def test_overdue_scores_and_videos_are_told_to_the_office(told):
    person(told.facts, "clerk", "office_clerk@caq")
    person(told.facts, "expert", "expert@X001")
    ctx = told.context(expert="X001", group="G1", seat="G1/X001", enterprise="E001", title="T1")
    for template in ("review_due", "video_due"):
        reminders.remind(ctx, {"template": template, "to": "expert@X001", "task": template})
    assert letters(told.facts.connection) == [
        ("23_review_overdue", "clerk@example.invalid"), ("38_video_overdue", "clerk@example.invalid")
    ]  # fmt: skip


def test_the_draft_reminder_lists_what_is_missing(told):
    one = told.enterprise(state="draft")
    person(told.facts, "firm", f"applicant_editor@{one.enterprise}")
    ctx = told.context(application=one.id)
    told.facts.tasks.due = lambda **_: BEFORE + timedelta(days=1)
    reminders.remind(ctx, {"template": "application_draft", "to": f"applicant_editor@{one.enterprise}", "task": "填报申报材料"})
    (body,) = told.facts.connection.execute(select(mail.c.body)).scalars()
    assert "申报书尚未填写完整" in body
    assert "典型经验材料" in body


def test_who_has_scores_left_reads_how_many_and_the_leader_reads_it_on_the_eve(told):
    """§9.3, 23: the expert, then the leader of the group (D−1)."""
    one, other = told.enterprise(1, state="desk_review"), told.enterprise(2, state="desk_review")
    seats = {name: told.facts.people.add_expert(name=name, employer="某大学", fields=[], industries=["34"]) for name in ("leader", "late")}
    group = told.facts.reviews.form_group(season="cn-2023", name="一组", leader=seats["leader"])
    person(told.facts, "leader", f"expert@{seats['leader']}", f"group_leader@{group}")
    person(told.facts, "late", f"expert@{seats['late']}")
    seat = told.facts.reviews.add_seat(group=group, expert=seats["late"], leads=False)
    told.facts.reviews.assign(seat=seat, applications=[one.id, other.id])
    for application in (one, other):
        told.facts.applications.change(application.id, group=group)
    kept = {"expert": seats["late"], "stage": "desk", "seat": seat, "sheet": {}, "total": "80", "at": BEFORE, "by": "late"}
    told.facts.reviews.save_score(application=one.id, state="final", **kept)
    inputs = {"template": "review_due", "to": f"expert@{seats['late']}", "eve_copy": f"group_leader@{group}", "task": "资料评审"}
    for days in (3, 1):
        told.facts.tasks.due = lambda days=days, **_: BEFORE + timedelta(days=days)
        reminders.remind(told.context(group=group, seat=seat, expert=seats["late"], key=str(days), now=BEFORE - timedelta(seconds=days)), inputs)

    rows = told.facts.connection.execute(select(mail.c.address, mail.c.body)).all()
    assert sorted(address.partition("@")[0] for address, _ in rows) == ["late", "late", "leader"]
    assert all("尚未完成的申报：1 项" in body and "评审专家：late" in body for _, body in rows)


def test_the_receipt_names_number_and_code_apart_and_the_answer_the_number_alone(told):
    one = published(told)
    objection.lodge(
        told.context(key="O1"), {"objection": "O1", "item": one.id, "name": "张三", "contact": "a@objector.invalid", "facts": FACTS}
    )
    number, _, code = told.facts.publicity.objection("O1").receipt.rpartition("-")
    objection.answer(told.context(objection="O1"), {"to_objector": "给您的答复"})
    objection.conclude(told.context(objection="O1", verdict="dismissed"), {})
    bodies = {row.template: row.body for row in told.facts.connection.execute(select(mail.c.template, mail.c.body))}
    assert f"回执编号：{number}\n查询码：{code}\n" in bodies["33_objection_receipt"]
    assert (number in bodies["35_objection_decided"], code in bodies["35_objection_decided"]) == (True, False)


@pytest.mark.parametrize(("name", "told_as"), [("申报开始", "2023年9月15日起"), ("申报截止", "2023年9月14日24时前")])
def test_a_moved_beginning_is_told_as_its_own_day_an_end_as_the_day_that_still_counts(house, name, told_as):
    with house.database.write() as connection:
        person(Facts(connection), "clerk", "office_clerk@caq")
    midnight = BEFORE.replace(hour=16, minute=0, second=0, microsecond=0) - timedelta(days=1)  # 15 September 00:00 in Beijing
    house.tell("deadline_moved", actor=CLERK, season="cn-2023", name=name, at=midnight, reason="系统维护", groups=[])
    with house.database.read() as connection:
        (row,) = connection.execute(select(mail.c.body)).all()
    assert f"“{name}”调整为：{told_as}" in row.body


def test_a_letter_outside_a_process_speaks_of_its_own_season(house, tmp_path):
    folder = tmp_path / "cn-2024"
    shutil.copytree(FOLDER, folder)
    plan = (folder / "season.toml").read_text("utf-8").replace('id = "cn-2023"', 'id = "cn-2024"').replace("2023年全国", "2024年全国")
    (folder / "season.toml").write_text(plan, "utf-8")
    deploy(house, folder)
    with house.database.write() as connection:
        person(Facts(connection), "clerk", "office_clerk@caq")
    house.tell("deadline_moved", actor=CLERK, season="cn-2023", name="申报截止", at=BEFORE, reason="系统维护", groups=[])
    with house.database.read() as connection:
        (row,) = connection.execute(select(mail.c.body)).all()
    assert "2023年全国质量标杆的" in row.body


def test_acts_outside_a_process_tell_those_concerned_once(house):
    with house.database.write() as connection:
        facts = Facts(connection)
        enterprise = facts.people.bind_enterprise(uscc="91350100M000100Y43", name="甲", by="P1", at=BEFORE)
        person(facts, "firm", f"applicant_editor@{enterprise}")
        person(facts, "clerk", "office_clerk@caq")
    for _ in range(2):
        house.tell("account_bound", actor=CLERK, enterprise=enterprise)
        house.tell("deadline_moved", actor=CLERK, name="申报截止", at=BEFORE, reason="系统维护", groups=[f"applicant_editor@{enterprise}"])
    with house.database.read() as connection:
        assert letters(connection) == [
            ("02_account_bound", "firm@example.invalid"),
            ("42_deadline_changed", "clerk@example.invalid"),
            ("42_deadline_changed", "firm@example.invalid"),
        ]


def test_the_list_of_recipients_is_what_waits_for_the_release(told):
    one = told.enterprise(state="desk_done")
    person(told.facts, "firm", f"applicant_editor@{one.enterprise}")
    ctx = told.context()
    notify.tell(ctx, "27_shortlisted", f"applicant_editor@{one.enterprise}", about=one.id, hold="shortlist:cn-2023")
    assert len(notify.recipients_of(ctx, "shortlist:cn-2023")) == 1
    notify.release(ctx, "shortlist:cn-2023")
    assert notify.recipients_of(ctx, "shortlist:cn-2023") == []
    assert SETTINGS["id"] == "cn-2023"
