from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy.exc import OperationalError

from engine.contract import BpmnError
from handlers import announcement, declaration, form_check, late, meeting, progress, proposals, publicity, review, scores
from handlers.experts import form_group
from selection.errors import HouseError
from store.database import Database
from tests.unit.handlers.conftest import BEFORE, Stage, person

CODES = {"C1": 10, "C2": 15, "C3a": 7, "C3b": 12, "C4": 11, "C5a": 10, "C5b": 8, "C6": 11}
SHEET = {
    "scores": CODES,
    "comments": dict.fromkeys(CODES, "与申报材料和证明逐项核对，情况属实，方法得当，效果明显。"),
    "overall": "该经验方法科学、系统性强、成效显著，具有示范和推广价值。" * 6,
    "recommendation": "推荐",
}


def refused(call, *args):
    with pytest.raises(HouseError) as refusal:
        call(*args)
    return refusal.value.code


@pytest.fixture
def seated(stage):
    """A group with three experts, one application assigned to each seat."""
    return seats_of(stage)


def seats_of(stage):
    one = stage.enterprise(state="desk_review")
    experts = [
        stage.facts.people.add_expert(name=f"专家{at}", employer="某大学", fields=["质量方法"], industries=["34"]) for at in range(3)
    ]
    group = stage.facts.reviews.form_group(season="cn-2023", name="一组", leader=experts[0])
    seats = [stage.facts.reviews.add_seat(group=group, expert=expert, leads=at == 0) for at, expert in enumerate(experts)]
    for seat in seats:
        stage.facts.reviews.assign(seat=seat, applications=[one.id])
    stage.facts.applications.change(one.id, group=group)
    return one, group, seats, experts


def changed(ctx, section, **values):
    """The same context under another season.toml."""
    return replace(ctx, settings={**ctx.settings, section: {**ctx.settings[section], **values}})


def test_a_strict_group_is_not_behind_where_the_season_makes_groups_comparable(stage):
    """§6.3: one group scores high, the other low; raw means stay, the proposed order follows the setting."""
    means = {"高分组": (80, 84, 88, 92, 96), "低分组": (60, 64, 68, 72, 76)}
    leader = stage.facts.people.add_expert(name="组长", employer="某大学", fields=[], industries=[])
    enterprise = stage.enterprise(state="form_passed").enterprise
    for name, totals in means.items():
        group = stage.facts.reviews.form_group(season="cn-2023", name=name, leader=leader)
        for score in totals:
            one = stage.facts.applications.open(season="cn-2023", enterprise=enterprise, at=BEFORE)
            stage.facts.applications.change(one, group=group)
            stage.facts.applications.change(one, state="awaiting_meeting2")
            detail = {"criteria": {}}
            for part in ("desk", "defence"):
                stage.facts.reviews.keep_stage_score(application=one, stage=part, group=group, mean=str(score), alert=False, detail=detail, at=BEFORE)
    ctx = stage.context()

    plain, fair = (proposals.proposal_of(changed(ctx, "aggregation", normalise=kind), "award")[0] for kind in ("none", "zscore"))

    groups = [stage.facts.applications.get(one).group for one in plain.chosen]
    assert (len(plain.chosen), len(set(groups))) == (5, 1)
    best = {stage.facts.applications.get(one).group for one in fair.chosen[:2]}
    assert len(best) == 2
    assert [Decimal(row.mean) for row in stage.facts.reviews.stage_scores(group=groups[0], stage="desk")] == [80, 84, 88, 92, 96]


def signed(stage, seat):
    declaration.sign(stage.context(seat=seat), {"secrecy": True, "conflicts": [], "outcome": "sign"})


def hands_in(stage, seat, one):
    signed(stage, seat)
    scores.submit(stage.context(seat=seat, element="N06a"), SHEET | {"application": one.id})


def test_nothing_opens_before_the_declaration(stage, seated):
    one, _, seats, _ = seated
    ctx = stage.context(seat=seats[0], element="N06a")
    assert refused(scores.submit, ctx, SHEET | {"application": one.id}) == "declaration.missing"
    assert refused(declaration.sign, ctx, {"outcome": "sign"}) == "declaration.secrecy"


def finish_soon(database, seat):
    """The expert says that everything is read, and does not wait long for anybody."""
    with database.write() as finishing:
        finishing.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
        scores.complete(Stage(finishing).context(seat=seat, element="N06a"), {})


@pytest.mark.postgresql
def test_who_finishes_while_a_late_application_joins_the_group_waits_and_reads_it_too(postgresql_url):
    """增补入组 against the last 完成: without the group's lock the application would join a group that nobody reads any more."""
    database = Database(postgresql_url)
    with database.write() as connection:
        stage = Stage(connection)
        one, group, seats, _ = seats_of(stage)
        late_one = stage.enterprise(2, state="form_passed")
        signed(stage, seats[0])
        scores.submit(stage.context(seat=seats[0], element="N06a"), SHEET | {"application": one.id})

    with database.write() as joining:
        late.join(Stage(joining).context(element="N05f", application=late_one.id), {"group": group})
        with pytest.raises(OperationalError, match="lock timeout"):
            finish_soon(database, seats[0])

    with database.write() as finishing:
        assert refused(scores.complete, Stage(finishing).context(seat=seats[0], element="N06a"), {}) == "scores.missing"
    database.close()


def test_a_foreign_application_looks_as_if_it_were_not_there(stage, seated):
    signed(stage, seated[2][0])
    other = stage.enterprise(2, state="desk_review")
    ctx = stage.context(seat=seated[2][0], element="N06a")
    missing = refused(scores.submit, ctx, SHEET | {"application": "A999"})
    assert refused(scores.submit, ctx, SHEET | {"application": other.id}) == missing == "fact.missing"


def test_a_seat_is_done_when_its_sheets_are_final_and_a_final_sheet_stays(stage, seated):
    one, _, seats, _ = seated
    signed(stage, seats[0])
    ctx = stage.context(seat=seats[0], element="N06a")
    scores.save(ctx, SHEET | {"application": one.id})
    assert refused(scores.complete, ctx, {}) == "scores.missing"
    scores.submit(ctx, SHEET | {"application": one.id})
    scores.complete(ctx, {})
    assert refused(scores.save, ctx, SHEET | {"application": one.id}) == "score.final"


def test_at_the_reconciliation_an_expert_changes_the_own_sheet_alone_and_says_why(stage, seated):
    """§6.4: the sheets of the others stay as they are, and what stood before is kept."""
    one, group, seats, experts = seated
    for seat in seats[:2]:
        hands_in(stage, seat, one)
    own, stranger = (stage.context(group=group, groups=(f"expert@{who}",)) for who in (experts[1], "X999"))
    lower = {"application": one.id, "scores": CODES | {"C1": 8}, "reason": "复议后认为依据不足"}
    assert refused(scores.revise, stranger, lower) == "score.foreign"
    assert refused(scores.revise, own, lower | {"reason": " "}) == "field.needed"

    scores.revise(own, lower)

    totals = {row.expert: Decimal(row.total) for row in stage.facts.reviews.scores(application=one.id, stage="desk")}
    assert totals == {experts[0]: 84, experts[1]: 82}
    other = stage.enterprise(2, state="desk_review")
    assert refused(scores.revise, own, lower | {"application": other.id}) == "fact.missing"


def test_the_leader_says_something_of_every_application(stage, seated):
    one, group, seats, _ = seated
    for seat in seats:
        hands_in(stage, seat, one)
    ctx = stage.context(group=group)
    review.aggregate(ctx, {})
    for said in ([], [{"application": one.id, "comment": " "}]):
        assert refused(review.summarise, ctx, {"summaries": said}) == "summary.missing"
    review.summarise(ctx, {"summaries": [{"application": one.id, "comment": "方法系统，成效显著"}]})


def test_at_the_defence_only_who_was_there_is_scored(stage, seated):
    """A-11: who was absent has no sheet; a judge is done without one."""
    one, group, seats, _ = seated
    stage.facts.defences.give_slot(application=one.id, group=group, starts=BEFORE, place="北京", order=1)
    ctx = stage.context(seat=seats[0], element="N08c")
    for state, refusal in (("present", "scores.missing"), ("absent", "")):
        stage.facts.defences.change_slot(application=one.id, turn=1, state=state)
        if refusal:
            assert refused(scores.complete, ctx, {}) == refusal
        else:
            scores.complete(ctx, {})


def test_two_sheets_are_too_few_for_a_score_of_the_group(stage, seated):
    """A-59: three experts at least; else the clerk is asked for another one."""
    one, group, seats, _ = seated
    for seat in seats[:2]:
        hands_in(stage, seat, one)
    with pytest.raises(BpmnError) as few:
        review.aggregate(stage.context(group=group), {})
    assert few.value.code == "too_few_scores"
    hands_in(stage, seats[2], one)

    assert review.aggregate(stage.context(group=group), {}) == {"dispersed": False}


def test_a_late_application_is_read_by_three_who_have_not_finished_and_have_no_conflict(stage, seated):
    """增补入组: a conflict of interest that follows from the facts keeps an expert from it here as well (§7, A-60)."""
    _, group, seats, _ = seated
    late_one = stage.enterprise(2, state="form_passed")
    insider = stage.facts.people.add_expert(name="内部人", employer="企业2", employer_uscc=late_one.uscc, fields=[], industries=[])
    conflicted = stage.facts.reviews.add_seat(group=group, expert=insider, leads=False)
    ctx = stage.context(element="N05f", application=late_one.id)
    stage.facts.reviews.change_seat(seats[0], done_at=BEFORE)
    assert refused(late.join, ctx, {"group": group}) == "group.readers"
    stage.facts.reviews.change_seat(seats[0], done_at=None)

    late.join(ctx, {"group": group})

    readers = {seat for seat in (*seats, conflicted) if stage.facts.reviews.is_assigned(seat=seat, application=late_one.id)}
    assert readers == set(seats)
    stage.facts.applications.change(late_one.id, state="form_passed")  # the page of somebody who had it open still
    assert refused(late.join, ctx, {"group": group}) == "grouping.placed"


def test_a_late_application_joins_a_group_of_its_own_season_that_still_reads(stage, seated):
    _, group, _, experts = seated
    late_one = stage.enterprise(2, state="form_passed")
    ctx = stage.context(element="N05f", application=late_one.id)
    other = stage.facts.reviews.form_group(season="cn-2022", name="往年组", leader=experts[0])
    stage.facts.reviews.change_group(group, state="closed")
    for wrong in (other, group):
        assert refused(late.join, ctx, {"group": wrong}) == "group.closed"


def test_a_conflict_voids_the_score_and_frees_the_seat(stage, seated):
    one, _, seats, experts = seated
    signed(stage, seats[0])
    ctx = stage.context(seat=seats[0], element="N06a")
    scores.submit(ctx, SHEET | {"application": one.id})
    declaration.declare_conflict(ctx, {"application": one.id, "kind": "contract", "detail": "三年内有咨询合同"})
    assert stage.facts.reviews.score(expert=experts[0], application=one.id, stage="desk").state == "void"
    assert stage.sent.messages == [("seat.replace", seats[0], {"application": one.id})]
    other = stage.enterprise(2, state="desk_review")
    foreign = {"application": other.id, "kind": "contract", "detail": "三年内有咨询合同"}
    assert refused(declaration.declare_conflict, ctx, foreign) == "fact.missing"
    again = stage.context(group=seated[1], groups=(f"expert@{experts[0]}",))
    assert refused(scores.revise, again, {"application": one.id, "scores": CODES, "reason": "复议"}) == "fact.missing"
    assert stage.facts.reviews.score(expert=experts[0], application=one.id, stage="desk").state == "void", "no reconciliation brings it back"


def test_one_expert_is_not_proposed_for_two_seats_of_a_group(stage, seated):
    _, _, seats, _ = seated
    new = stage.facts.people.add_expert(name="新专家", employer="某研究院", fields=["质量方法"], industries=["34"])
    data = {"cause": "declined", "replacement": new, "reason": "原专家不能参加"}
    review.propose_expert(stage.context(seat=seats[0]), data)
    review.propose_expert(stage.context(seat=seats[0]), data)  # the same seat may be proposed for again
    assert refused(review.propose_expert, stage.context(seat=seats[1]), data) == "seat.taken"


def test_who_takes_a_seat_over_is_free_of_conflict_new_to_it_and_confirmed_by_another(stage, seated):
    """§14: proposed by a clerk, confirmed by another person; whoever was replaced does not come back."""
    one, _, seats, experts = seated
    insider = stage.facts.people.add_expert(name="内部人", employer="企业1", employer_uscc=one.uscc, fields=[], industries=[])
    new = stage.facts.people.add_expert(name="新专家", employer="某研究院", fields=["质量方法"], industries=["34"])
    clerk = stage.context(actor="clerk1", seat=seats[1])
    data = {"cause": "declined", "replacement": new, "reason": "原专家不能参加"}
    assert refused(review.propose_expert, clerk, data | {"replacement": insider}) == "conflict.automatic"
    review.propose_expert(clerk, data)
    assert refused(review.confirm_expert, clerk, {"outcome": "agree"}) == "second.same"
    hands_in(stage, seats[1], one)
    person(stage.facts, "former", f"expert@{experts[1]}", f"group_member@{seated[1]}")

    review.confirm_expert(stage.context(actor="director", seat=seats[1]), {"outcome": "agree"})

    assert stage.facts.reviews.seat(seats[1]).expert == new
    assert stage.facts.reviews.scores(application=one.id, stage="desk") == [], "the former expert's sheet counts no more"
    assert stage.facts.people.members_of(f"group_member@{seated[1]}") == [], "nor does the former expert see the group"
    assert refused(review.propose_expert, clerk, data | {"replacement": experts[1]}) == "seat.taken"


def test_a_declared_conflict_keeps_an_expert_from_the_application_when_groups_are_formed(stage):
    """§7: what somebody has declared counts as what the facts say."""
    one = stage.enterprise(state="form_passed")
    row = stage.facts.applications.get(one.id)
    known = {"employer": "某大学", "fields": ["质量方法"], "industries": ["34"]}
    members = [stage.facts.people.add_expert(name=f"专家{at}", **known) for at in range(4)]
    said = {"zh": "近三年有咨询合同", "en": "a consulting contract"}
    stage.facts.reviews.note_conflict(
        season="cn-2023", expert=members[3], application=one.id, kind="contract", source="declared", detail=said, at=BEFORE, by="P1"
    )
    wanted = {"name": "一组", "leader": members[0], "members": members[1:], "applications": [one.id]}

    form_group(stage.context(), wanted, {one.id: row}, {each.id: each for each in stage.facts.people.experts(members)})

    assert {seat.expert for seat in stage.facts.reviews.readers_of(one.id)} == set(members[:3])


def test_an_expert_who_took_another_seat_meanwhile_is_refused_at_the_directors_desk(stage, seated):
    _, _, seats, _ = seated
    new = stage.facts.people.add_expert(name="新专家", employer="某研究院", fields=["质量方法"], industries=["34"])
    for seat in seats[:2]:  # as two clerks at the same instant would
        stage.facts.reviews.change_seat(seat, proposed=new, proposed_by="clerk1")
    review.confirm_expert(stage.context(actor="director", seat=seats[0]), {"outcome": "agree"})
    late = stage.context(actor="director", seat=seats[1])
    assert refused(review.confirm_expert, late, {"outcome": "agree"}) == "seat.taken"
    review.confirm_expert(late, {"outcome": "disagree"})
    assert stage.facts.reviews.seat(seats[1]).proposed is None


def test_no_output_of_the_review_tells_a_score(stage, seated):
    one, group, seats, _ = seated
    for seat in seats:
        signed(stage, seat)
        scores.submit(stage.context(seat=seat, element="N06a"), SHEET | {"application": one.id})
    outputs = review.aggregate(stage.context(group=group), {})
    assert outputs == {"dispersed": False}
    review.close_group(stage.context(group=group), {})
    assert stage.sent.messages == [("review.closed", one.id, {})]


def test_the_second_check_needs_a_second_person(stage):
    one = stage.enterprise(state="nominated")
    first = stage.context(actor="clerk1", application=one.id)
    form_check.first(first, {"proposal": "reject", "reason": "材料不实"})
    assert refused(form_check.second, first, {"outcome": "agree"}) == "second.same"
    form_check.second(stage.context(actor="clerk2", application=one.id), {"outcome": "agree"})


def test_corrections_are_asked_for_once(stage):
    one = stage.enterprise(state="nominated")
    ctx = stage.context(application=one.id)
    data = {"proposal": "correct", "corrections": [{"part": "evidence", "demand": "补充"}]}
    form_check.first(ctx, data)
    form_check.request_correction(ctx, {})
    assert refused(form_check.first, ctx, data) == "correction.rounds"


def test_what_has_faults_or_was_not_corrected_in_time_does_not_pass(stage):
    one = stage.enterprise(state="nominated")
    ctx = stage.context(application=one.id)
    for fault in ("complete", "eligible", "sealed", "unit_fits", "unique"):
        assert refused(form_check.first, ctx, {"proposal": "pass", fault: "fault"}) == "form_check.faults"
    form_check.first(ctx, {"proposal": "correct", "corrections": [{"part": "evidence", "demand": "补充"}]})
    form_check.request_correction(ctx, {})
    form_check.lapse_correction(ctx, {})
    assert refused(form_check.first, ctx, {"proposal": "pass"}) == "correction.lapsed"


def committee(stage, members=3):
    offices = {}
    for at in range(members):
        expert = stage.facts.people.add_expert(name=f"委员{at}", employer="某大学", fields=[], industries=[])
        offices[expert] = "chair" if at == 0 else "member"
    stage.facts.people.seat_committee(season="cn-2023", offices=offices)
    return list(offices)


@pytest.fixture
def convened(stage):
    one = stage.enterprise(state="publicity")
    members = committee(stage)
    made = stage.facts.meetings.convene(season="cn-2023", kind="sent_back", subject="B1", parent="announcement", at=BEFORE)
    stage.facts.meetings.put_item(meeting=made, item=one.id, application=one.id, proposed=True, rank=1, qualified=False)
    ctx = stage.context(meeting=made, groups=("meeting_secretary@caq",))
    meeting.agenda(ctx, {"held_at": "2023-11-21T09:00", "place": "北京", "called": members})
    return one, members, made, ctx


def test_who_is_not_of_the_committee_is_not_named_to_its_secretary(stage, convened):
    """The secretary knows the committee, not the pool (§7): made-up calls must not spell out the names of its experts."""
    _, members, _, ctx = convened
    other = stage.facts.people.add_expert(name="从未入选者", employer="某大学", fields=[], industries=[])
    said = []
    for called in ([*members, other], [*members, "X999"]):
        with pytest.raises(HouseError) as refusal:
            meeting.agenda(ctx, {"held_at": "2023-11-21T09:00", "place": "北京", "called": called})
        said.append((refusal.value.code, refusal.value.zh, refusal.value.en))
    assert said[0] == said[1]
    assert "1人" in said[0][1]


def vote(one, yes, no, decision="approve"):
    return {"items": [{"item": one.id, "votes_for": yes, "votes_against": no, "decision": decision}], "outcome": "decided"}


def test_without_two_thirds_there_is_no_decision(stage, convened):
    one, members, _, ctx = convened
    assert refused(meeting.record, ctx, vote(one, 1, 0) | {"present": members[:1], "presiding": members[0]}) == "meeting.quorum"


def test_only_the_secretary_records_what_the_committee_decides(stage, convened):
    """§14: a secretary keeps the roll and records; the chair, who opens the same task to vote, does not."""
    one, members, made, _ = convened
    chair = stage.context(meeting=made, groups=("committee_chair@cn-2023", f"expert@{members[0]}"))
    here = {"present": members, "presiding": members[0]}
    assert refused(meeting.record, chair, vote(one, 3, 0) | here) == "meeting.secretary"


def test_the_count_must_carry_what_is_recorded(stage, convened):
    one, members, made, ctx = convened
    here = {"present": members, "presiding": members[0]}
    assert refused(meeting.record, ctx, vote(one, 1, 2) | here) == "vote.majority"
    assert refused(meeting.record, ctx, vote(one, 4, 0) | here) == "vote.count"
    meeting.record(ctx, vote(one, 2, 1) | here)
    assert [row.decision for row in stage.facts.meetings.items(made)] == ["approve"]


def test_one_vote_per_member_and_item_and_none_of_the_recused(stage, convened):
    one, members, made, ctx = convened
    meeting.save_attendance(ctx, {"present": members, "presiding": members[0]})
    mine = stage.context(meeting=made, groups=(f"expert@{members[1]}",))
    meeting.cast_vote(mine, {"item": one.id, "choice": "yes"})
    meeting.cast_vote(mine, {"item": one.id, "choice": "no"})
    meeting.cast_vote(mine, {"item": one.id, "choice": "no"})  # a second click changes nothing
    assert [row.choice for row in stage.facts.meetings.votes(made)] == ["yes", "no"]
    stage.facts.meetings.recuse(meeting=made, item=one.id, member=members[2], reason="任职")
    recused = stage.context(meeting=made, groups=(f"expert@{members[2]}",))
    assert refused(meeting.cast_vote, recused, {"item": one.id, "choice": "yes"}) == "vote.recused"


def test_ballots_of_a_meeting_without_quorum_do_not_count_at_the_next(stage, convened):
    one, members, made, ctx = convened
    meeting.save_attendance(ctx, {"present": members, "presiding": members[0]})
    meeting.cast_vote(stage.context(meeting=made, groups=(f"expert@{members[1]}",)), {"item": one.id, "choice": "no"})

    meeting.record(ctx, {"present": members[:1], "presiding": members[0], "outcome": "no_quorum"})
    meeting.agenda(ctx, {"held_at": "2023-11-22T09:00", "place": "北京", "called": members})
    meeting.record(ctx, vote(one, 3, 0) | {"present": members, "presiding": members[0]})

    item = stage.facts.meetings.items(made)[0]
    assert (item.votes_for, item.votes_against, item.abstained) == (3, 0, 0)
    assert [row.choice for row in stage.facts.meetings.votes(made)] == ["no", "withdrawn"], "what was cast stays on record"


def test_minutes_entered_by_the_secretary_need_the_signed_scan(stage, convened):
    ctx = convened[3]
    assert refused(meeting.sign, ctx, {"text": "纪要"}) == "document.missing"
    stage.file(convened[2], "D12.minutes")
    meeting.sign(ctx, {"text": "纪要"})


def test_a_progress_message_goes_once_and_only_when_all_are_through(stage):
    stage.facts.calendar.open_season(season="cn-2023", year=2023, title="t")
    one = stage.enterprise(state="form_check")
    stage.facts.calendar.reach(season="cn-2023", name="recommendations_closed", at=BEFORE)
    progress.form_check(stage.context(), {"season": "cn-2023"})
    assert stage.sent.messages == []
    stage.facts.applications.move(one.id, state="form_passed", at=BEFORE)
    for _ in range(2):
        progress.form_check(stage.context(), {"season": "cn-2023"})
    assert stage.sent.messages == [("season.form_checked", "cn-2023", {})]


def test_an_approver_is_not_the_clerk_of_the_list(stage):
    assert refused(announcement.refuse_own_list, stage.context(actor="P1"), "P1") == "approval.same"


def test_the_second_meeting_reads_who_was_absent_and_counts_the_defence_as_nothing(stage):
    stage.facts.calendar.open_season(season="cn-2023", year=2023, title="t")
    there, gone = stage.enterprise(1, state="awaiting_meeting2"), stage.enterprise(2, state="awaiting_meeting2")
    expert = stage.facts.people.add_expert(name="组长", employer="某大学", fields=[], industries=[])
    group = stage.facts.reviews.form_group(season="cn-2023", name="一组", leader=expert)
    for one, state in ((there, "present"), (gone, "absent")):
        stage.facts.defences.give_slot(application=one.id, group=group, starts=BEFORE, place="北京", order=1)
        stage.facts.defences.change_slot(application=one.id, turn=1, state=state)
        kept = {"mean": "90.00", "alert": False, "detail": {"criteria": {}}, "at": BEFORE, "group": group}
        stage.facts.reviews.keep_stage_score(application=one.id, stage="desk", **kept)
    stage.facts.reviews.keep_stage_score(application=there.id, stage="defence", **kept)
    made = meeting.convene(stage.context(process="season", key="cn-2023"), {"kind": "award"})["meeting"]
    items = {row.item: (row.rank, row.proposed, row.reason) for row in stage.facts.meetings.items(made)}
    assert items == {there.id: (1, True, None), gone.id: (2, False, "缺席答辩，答辩成绩按零分计")}


def test_nobody_votes_on_what_has_left_the_agenda(stage, convened):
    one, members, made, ctx = convened
    meeting.save_attendance(ctx, {"present": members, "presiding": members[0]})
    stage.facts.meetings.leave(one.id)
    mine = stage.context(meeting=made, groups=(f"expert@{members[0]}",))
    assert refused(meeting.cast_vote, mine, {"item": one.id, "choice": "yes"}) == "meeting.left"


def test_who_withdrew_after_the_vote_is_on_no_list(stage):
    """A decision binds the committee, not who has left: the list for 公示 holds those that wait for it still."""
    stage.facts.calendar.open_season(season="cn-2023", year=2023, title="t")
    stays, gone = stage.enterprise(1, state="awaiting_meeting2"), stage.enterprise(2, state="withdrawn")
    made = stage.facts.meetings.convene(season="cn-2023", kind="award", subject="cn-2023", parent="season", at=BEFORE)
    for rank, one in enumerate((stays, gone), start=1):
        stage.facts.meetings.put_item(meeting=made, item=one.id, application=one.id, proposed=True, rank=rank, qualified=False, decision="approve")

    batch = publicity.create_batch(stage.context(process="season", key="cn-2023"), {})["batch"]

    assert [item.application for item in stage.facts.publicity.items(batch)] == [stays.id]
    assert stage.facts.applications.get(gone.id).state == "withdrawn"


def test_a_member_in_conflict_with_an_item_of_another_group_leaves_it(stage):
    """§7: groups look for conflicts with their own applications; the committee votes on all."""
    one, other = stage.enterprise(1, state="announced"), stage.enterprise(2, state="announced")
    insider = stage.facts.people.add_expert(name="内部人", employer="企业1", employer_uscc=one.uscc, fields=[], industries=[])
    chair = stage.facts.people.add_expert(name="主任", employer="某大学", fields=[], industries=[])
    stage.facts.people.seat_committee(season="cn-2023", offices={chair: "chair", insider: "member"})
    batch = stage.facts.publicity.open_batch(season="cn-2023", kind="announcement", applications={one.id: {}, other.id: {}}, at=BEFORE)

    made = meeting.convene(stage.context(process="announcement", key=batch), {"kind": "sent_back"})["meeting"]

    assert [(row.expert, row.application, row.source) for row in stage.facts.reviews.conflicts(season="cn-2023")] == [(insider, one.id, "automatic")]
    ctx = stage.context(meeting=made, groups=("meeting_secretary@caq",))
    meeting.agenda(ctx, {"held_at": "2023-11-21T09:00", "place": "北京", "called": [chair, insider]})
    meeting.save_attendance(ctx, {"present": [chair, insider], "presiding": chair})
    mine = stage.context(meeting=made, groups=(f"expert@{insider}",))
    assert refused(meeting.cast_vote, mine, {"item": one.id, "choice": "yes"}) == "vote.recused"
    meeting.cast_vote(mine, {"item": other.id, "choice": "yes"})
