"""Acts that are refused, each by its own code, on a real database: defence, publicity, announcement, experts, season, title, objection."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import announcement, defence, experts, objection, publicity, removal, season, shortlist, signoff, title, title_change, visits
from selection.errors import HouseError
from tests.unit.handlers.conftest import BEFORE

FACTS = "该单位申报的质量损失率与其公开年报所列数据明显不一致，请核实。"


def code(call, *args):
    with pytest.raises(HouseError) as refusal:
        call(*args)
    return refusal.value.code


@pytest.fixture
def grouped(stage):
    one = stage.enterprise(state="shortlisted")
    expert = stage.facts.people.add_expert(name="组长", employer="某大学", fields=[], industries=[])
    group = stage.facts.reviews.form_group(season="cn-2023", name="一组", leader=expert)
    stage.facts.reviews.add_seat(group=group, expert=expert, leads=True)
    stage.facts.applications.change(one.id, group=group)
    return one, group, expert


def test_a_defence_is_given_to_all_with_due_notice_and_to_judges_of_the_group(stage, grouped):
    one, group, _ = grouped
    ctx = stage.context(group=group)
    slot = {"application": one.id, "starts_at": "2023-10-20T09:00", "place": "北京"}
    assert code(defence.schedule, ctx, {"slots": []}) == "defence.slots"
    assert code(defence.schedule, ctx, {"slots": [slot | {"starts_at": "2023-09-18T09:00"}]}) == "defence.notice"
    assert code(defence.schedule, ctx, {"slots": [slot], "experts": ["X999"]}) == "defence.experts"
    defence.schedule(ctx, {"slots": [slot]})
    here = stage.context(application=one.id)
    assert code(defence.reply, here, {"attend": "yes"}) == "document.missing"
    assert code(defence.reply, here, {"attend": "no"}) == "field.needed"
    assert code(defence.attendance, ctx, {"entries": []}) == "attendance.incomplete"


def test_a_second_new_date_is_refused(stage, grouped):
    one, group, _ = grouped
    for turn, state in ((1, "postponed"), (2, "absent")):
        stage.facts.defences.give_slot(application=one.id, group=group, starts=BEFORE, place="北京", order=1)
        stage.facts.defences.change_slot(application=one.id, turn=turn, state=state)
    assert code(defence.absence, stage.context(group=group), {"cases": [], "outcome": "new_date"}) == "defence.new_date"


def test_a_visit_needs_a_team_doubts_and_notice(stage, grouped):
    one, group, expert = grouped
    other = stage.facts.people.add_expert(name="乙", employer="某大学", fields=[], industries=[])
    ctx = stage.context(group=group)
    visit = {"application": one.id, "leader": expert, "members": [other], "doubts": "数据", "on": "2023-10-27"}
    assert code(visits.decide_visits, ctx, {"visits": [visit | {"members": []}]}) == "visit.team"
    assert code(visits.decide_visits, ctx, {"visits": [visit | {"doubts": ""}]}) == "visit.doubts"
    assert code(visits.decide_visits, ctx, {"visits": [visit]}) == "visit.clerk"
    clerk = stage.facts.people.add_person(login="clerk", name="经办人", mail=None, at=BEFORE)
    stage.facts.people.give(person=clerk, role="office_clerk", organisation="caq", at=BEFORE, by="P1")
    assert code(visits.decide_visits, ctx, {"visits": [visit | {"on": "2023-09-16", "clerk": clerk}]}) == "visit.notice"
    about = {"season": ctx.instance.tenant, "expert": other, "application": one.id}
    stage.facts.reviews.note_conflict(**about, kind="other", source="declared", detail={"reason": "同学"}, at=BEFORE, by="P1")
    assert code(visits.decide_visits, ctx, {"visits": [visit | {"clerk": clerk}]}) == "conflict.automatic"
    assert code(visits.report_visit, stage.context(visit="V1"), {"conclusion": "好"}) == "visit.conclusion"
    assert code(visits.report_visit, stage.context(visit="V1"), {"conclusion": "不实", "findings": "不符"}) == "document.missing"


def test_a_file_is_removed_once_and_in_its_own_season(stage):
    one = stage.enterprise()
    stage.file(one.id, "D3")
    (file,) = stage.facts.documents.living(season="cn-2023", owner=one.id)
    clerk = stage.context(groups=("office_clerk@caq",))
    asked = {"document": file.id, "reason": "涉密"}
    elsewhere = replace(clerk, instance=replace(clerk.instance, tenant="cn-2024"))
    assert code(removal.propose, elsewhere, asked) == "fact.missing"
    removal.propose(clerk, asked)
    stage.facts.documents.bury(season="cn-2023", owner=one.id, sha256=file.sha256, reason="涉密", at=BEFORE, by="P1", second="P2")
    assert code(removal.propose, clerk, asked) == "document.removed"


def test_releases_and_publications_are_checked(stage):
    one = stage.enterprise(state="recommended")
    batch = stage.facts.publicity.open_batch(season="cn-2023", kind="publicity", applications={one.id: {}}, at=BEFORE)
    ctx = stage.context(batch=batch)
    assert code(shortlist.check_release, ctx, {"checked": False}) == "release.unchecked"
    assert code(publicity.recheck_award, ctx, {"outcome": "faults", "faults": []}) == "recheck.faults"
    assert code(signoff.sign_off, ctx, {"outcome": "return"}) == "field.needed"
    assert code(publicity.register, ctx, {"published_at": "昨天", "channels": []}) == "instant.unreadable"


def test_an_approval_needs_the_approver_or_a_reason_with_a_scan(stage):
    one = stage.enterprise(state="publicity_clear")
    batch = stage.facts.publicity.open_batch(season="cn-2023", kind="announcement", applications={one.id: {}}, at=BEFORE)
    clerk = stage.context(batch=batch, groups=("office_clerk@caq",))
    approver = stage.context(batch=batch, actor="P2", groups=("caq_approver@caq",))
    assert code(announcement.recheck, clerk, {"outcome": "clean", "faults": [{"application": one.id}]}) == "recheck.faults"
    assert code(announcement.approve, clerk, {"outcome": "approve"}) == "field.needed"
    assert code(announcement.approve, clerk, {"outcome": "approve", "proxy_reason": "出差"}) == "document.missing"
    assert code(announcement.approve, approver, {"outcome": "return_office"}) == "field.needed"
    assert code(announcement.approve, approver, {"outcome": "maybe"}) == "outcome.unknown"
    stage.facts.publicity.keep_recheck(subject=batch, moment="before_announcement", data={}, by="P2", at=BEFORE)
    assert code(announcement.approve, approver, {"outcome": "approve"}) == "approval.same"


def test_experts_are_known_free_and_no_officers_of_units(stage):
    stage.unit()
    officer = stage.facts.people.add_expert(name="丙", employer="某厅", fields=[], industries=[], officer_of="RU-LN")
    ctx = stage.context()
    assert code(experts.pick, ctx, {"experts": []}) == "experts.none"
    assert code(experts.pick, ctx, {"experts": ["X999"]}) == "experts.unknown"
    assert code(experts.pick, ctx, {"experts": [officer]}) == "experts.officer"
    experts.pick(replace(ctx, settings={**ctx.settings, "separation": []}), {"experts": [officer]})  # a season that parts no duties
    assert code(experts.save_groups, ctx, {"groups": []}) == "grouping.division"
    one = stage.enterprise(state="form_passed")
    group = {"name": "一组", "leader": officer, "members": [], "applications": [one.id]}
    assert code(experts.save_groups, ctx, {"groups": [group]}) == "grouping.expert"


def test_a_notice_is_issued_by_another_and_an_event_is_registered_once(stage):
    ctx = stage.context(actor="P1")
    assert code(season.draft_notice, ctx, {"text": ""}) == "field.needed"
    season.draft_notice(ctx, {"title": "通知", "number": "1", "text": "正文"})
    assert code(season.issue_notice, ctx, {"outcome": "issue"}) == "second.same"
    assert code(season.check_archive, ctx, {"checked": False}) == "archive.unchecked"
    event = {"name": "第一期", "held_on": "2023-09-01", "outcome": "more"}
    season.record_exchange(ctx, event)
    assert code(season.record_exchange, ctx, event) == "exchange.twice"


def test_a_title_is_reported_by_the_office_and_revoked_after_a_hearing(stage):
    stage.facts.titles.grant(
        title="T1", season="cn-2023", enterprise=None, application=None, holder="乙", experience_name="经验", uscc=None, year=2019, at=None
    )
    clerk = stage.context(title="T1", groups=("office_clerk@caq",))
    assert code(title.may_report, stage.context(title="T1"), {"facts": FACTS}) == "office.only"
    assert code(title.video, clerk, {"minutes": {"part1": 1, "part2": 1}}) == "title.video"
    assert code(title.investigate, clerk, {"findings": "属实", "outcome": "substantiated"}) == "fact.missing"
    title.may_report(clerk, {"facts": FACTS, "source": "来信"})
    assert code(title.investigate, clerk, {"findings": "属实", "outcome": "substantiated"}) == "field.needed"
    title.investigate(clerk, {"findings": "属实", "ground": "false_materials", "outcome": "substantiated"})
    proposal = {"reason": "弄虚作假", "ground": "false_materials", "outcome": "propose"}
    assert code(title.propose, clerk, proposal) == "title.hearing"
    late = stage.context(title="T1", now=BEFORE + timedelta(days=9), due=BEFORE)
    assert code(title.hear, late, {"statement": "申辩"}) == "deadline.passed"
    assert code(title.propose, clerk, {"reason": "弄虚作假", "ground": "无此情形", "outcome": "propose"}) == "title.ground"


def test_the_day_of_a_revocation_is_corrected_only_where_it_was_brought_in(stage):
    """What was decided here has its notice (办法 §25); a day that was typed wrong from an old list has none."""
    old = {"season": "cn-2023", "enterprise": None, "application": None, "holder": "乙", "experience_name": "经验", "uscc": None, "year": 2019, "at": None}
    for name in ("T1", "T2"):
        stage.facts.titles.grant(title=name, **old, imported=True, revoked_at=BEFORE - timedelta(days=100))
    stage.facts.titles.report(title="T1", data={"facts": FACTS}, at=BEFORE)
    said = {"holder": "乙", "experience_name": "经验", "year": "2019", "uscc": "", "revoked": "2020-01-01", "reason": "录入有误"}

    def asks(name):
        title_change.propose(stage.context(title=name, kind="record", groups=("office_clerk@caq",)), said)

    assert code(asks, "T1") == "title.revoked_here"
    asks("T2")
    assert stage.facts.titles.changes("T2", kind="record")[0].right == {"revoked": "2020-01-01"}


def test_an_objection_is_within_its_period_founded_and_extended_once(stage):
    one = stage.enterprise(state="publicity")
    told = {"objection": "O1", "item": one.id, "name": "张三", "contact": "13800000000", "facts": FACTS}
    assert code(objection.lodge, stage.context(key="O1"), told) == "fact.missing"
    batch = stage.facts.publicity.open_batch(season="cn-2023", kind="publicity", applications={one.id: {}}, at=BEFORE)
    stage.facts.publicity.change_item(batch=batch, application=one.id, state="public", starts=BEFORE)
    after = stage.context(key="O1", now=BEFORE + timedelta(days=60))
    assert code(objection.lodge, after, told).startswith("objection.")
    assert code(objection.lodge, stage.context(key="O1"), told | {"facts": "不行"}) == "objection.facts"
    stage.facts.publicity.change_item(batch=batch, application=one.id, state="removed")
    assert code(objection.lodge, stage.context(key="O1"), told) == "fact.missing", "nobody objects to what has left the list"
    stage.facts.publicity.change_item(batch=batch, application=one.id, state="public")
    objection.lodge(stage.context(key="O1"), told)
    ctx = stage.context(objection="O1")
    assert code(objection.intake, ctx, {"outcome": "reject"}) == "field.needed"
    assert code(objection.summarise, ctx, {"summary": "张三反映数据不实"}).startswith("objection.")
    assert code(objection.state_answer, ctx, {"statement": ""}) == "field.needed"
    objection.investigate(ctx, {"outcome": "extend", "reason": "复杂"})
    assert code(objection.investigate, ctx, {"outcome": "extend", "reason": "复杂"}).startswith("objection.")
    assert code(objection.answer, ctx, {"to_objector": ""}) == "field.needed"
    assert code(objection.conclude, stage.context(objection="O1", verdict="further"), {}) == "objection.verdict"


def test_a_duplicate_is_merged_with_an_open_objection_to_the_same_item_only(stage):
    """§8: what is said of one enterprise is never decided with what is said of another."""
    one, other = stage.enterprise(1, state="publicity"), stage.enterprise(2, state="publicity")
    batch = stage.facts.publicity.open_batch(season="cn-2023", kind="publicity", applications={one.id: {}, other.id: {}}, at=BEFORE)
    told = {"name": "张三", "contact": "13800000000"}
    for number, item, words in ((1, one, "其一"), (2, other, "其二"), (3, one, "其三")):
        stage.facts.publicity.change_item(batch=batch, application=item.id, state="public", starts=BEFORE)
        objection.lodge(stage.context(key=f"O{number}"), told | {"objection": f"O{number}", "item": item.id, "facts": FACTS + words})
    ctx = stage.context(objection="O3")
    for wrong in ("", "O2", "O3", "O999"):
        assert code(objection.intake, ctx, {"outcome": "merge", "duplicate_of": wrong}) == "objection.duplicate"
    objection.intake(ctx, {"outcome": "merge", "duplicate_of": "O1"})
    assert code(objection.intake, stage.context(objection="O1"), {"outcome": "merge", "duplicate_of": "O3"}) == "objection.duplicate"
