"""合议: quorum, recusals, deviations, votes, minutes; 发布结果 is the first moment an applicant learns anything."""

import pytest

from app.simulate.answers.base import words
from tests.acceptance.filing import SCAN

PREPARE, RECORD, MINUTES, RELEASE = "准备合议材料", "合议并登记表决结果", "签署会议纪要", "发布入围结果"
PLANNED = "2023-10-13"
READ = (1, 2, 3, 4, 5, 7, 8)
VOTES = [("签字的表决记录", "表决记录.pdf", SCAN)]


@pytest.fixture
def world(world_at):
    return world_at("合议")


def convened(world):
    """The meeting is prepared; in comes the secretary and the members called."""
    secretary = world.as_("secretary")
    secretary.opens(PREPARE)
    offered = secretary.form().offered
    called, chairs = sorted(offered["called"]), sorted(offered["presiding"] - {""})
    held = f"{max(f'{world.now:%Y-%m-%d}', PLANNED)}T14:00"
    secretary.does(PREPARE, {"held_at": held, "place": "北京会议中心", "mode": "meeting", "called": called, "presiding": chairs[0]})
    world.time_is(held)
    return secretary, called, chairs[0]


def agenda(secretary, day):
    secretary.opens(PREPARE)
    offered = secretary.form().offered
    called, chairs = sorted(offered["called"]), sorted(offered["presiding"] - {""})
    return {"held_at": f"{day}T09:00", "place": "北京会议中心", "mode": "meeting", "called": called, "presiding": chairs[0]}


def test_a_meeting_is_not_called_for_a_day_before_the_planned_one(world):
    """Notices and plan say 2023-10-13: nobody who relies on it finds the meeting held already."""
    secretary = world.as_("secretary")

    page = secretary.tries(PREPARE, agenda(secretary, "2023-10-12"))

    assert page.refused
    assert "2023年10月13日" in page.complaints
    assert PREPARE in secretary.tasks()


def test_who_is_not_called_to_a_meeting_neither_finds_nor_opens_it(world):
    """出席范围 (§14): scores and papers of a meeting are for its members, the secretary, the office and the auditor."""
    secretary = world.as_("secretary")
    plan = agenda(secretary, PLANNED)
    present, absent = [expert for expert in plan["called"] if expert != plan["presiding"]][:2]
    secretary.does(PREPARE, plan | {"called": [expert for expert in plan["called"] if expert != absent]})
    meeting = secretary.goes("/meetings").doc.xpath("string(//a[starts-with(@href,'/meetings/M')]/@href)")
    member, other = (world.as_(f"expert {int(expert.lstrip('X'))}") for expert in (present, absent))

    assert meeting in member.goes("/meetings").doc.xpath("//a/@href")
    assert member.goes(meeting).status == 200
    assert meeting not in other.goes("/meetings").doc.xpath("//a/@href")
    assert other.goes(meeting).status == 404


def test_a_claimed_task_of_a_meeting_is_among_one_s_own(world):
    secretary, *_ = convened(world)
    where = secretary.finds(RECORD)
    shown = secretary.goes(where)
    secretary.sends(f"{where}/claim", {})
    for address in ("/inbox?view=mine", "/inbox", f"/inbox?view=mine&search={RECORD}"):
        assert where in [link for link in secretary.goes(address).doc.xpath("//tbody//a/@href") if link.startswith("/tasks/")], address
    assert where not in secretary.goes("/inbox?view=groups").doc.xpath("//tbody//a/@href")
    meeting = secretary.goes("/meetings").doc.xpath("string(//a[starts-with(@href,'/meetings/M')]/@href)")
    assert where in secretary.goes(meeting).doc.xpath("//a/@href")
    assert shown.status == 200


def test_the_record_waits_for_the_hour_of_the_meeting(world):
    secretary = world.as_("secretary")
    secretary.does(PREPARE, agenda(secretary, "2023-10-16"))

    world.time_is("2023-10-16T08:59")
    assert RECORD not in secretary.tasks()
    world.time_is("2023-10-16T09:00")
    assert RECORD in secretary.tasks()


def items(world, voters, *, out=(8,), reason="经合议，理由记入会议纪要。"):
    """One line for each item: on the list, or not."""
    lines = []
    for number in READ:
        off = number in out
        votes = {"votes_for": 0 if off else voters, "votes_against": voters if off else 0, "abstained": 0}
        lines.append({"item": world.application(number), **votes, "decision": "refuse" if off else "approve", "reason": reason})
    return lines


def decided(world, **more):
    secretary, members, presiding = convened(world)
    record = {"present": members, "presiding": presiding, "items": items(world, len(members)), "outcome": "decided"}
    return secretary, members, record | more


def signed(world, secretary):
    secretary.opens(MINUTES)
    assert not secretary.attaches("签字纪要", "会议纪要.pdf", SCAN).refused
    secretary.does(MINUTES, {"text": words("会议审议并表决通过"), "signed_by": "主任委员", "signed_on": f"{world.now:%Y-%m-%d}"})


def test_without_a_quorum_nothing_is_decided_and_the_meeting_is_called_again(world):
    secretary, members, presiding = convened(world)
    few = members[: len(members) // 2]
    record = {"present": [presiding, *[one for one in few if one != presiding]][: len(few)], "presiding": presiding}

    page = secretary.tries(RECORD, record | {"items": items(world, len(few)), "outcome": "decided"}, files=VOTES)
    assert page.refused
    assert "不能表决" in page.complaints

    secretary.does(RECORD, record | {"outcome": "no_quorum"})
    assert PREPARE in secretary.tasks()


def test_only_the_chair_or_a_vice_chair_presides(world):
    """Nobody but the chair and the vice chairs is offered, and who sends another one is refused."""
    secretary, members, record = decided(world)
    secretary.opens(RECORD)
    chairs = secretary.form().offered["presiding"] - {""}
    assert len(chairs) in {2, 3}
    assert not secretary.attaches(*VOTES[0]).refused
    ordinary = next(one for one in members if one not in chairs)

    page = secretary.hands_in(record | {"presiding": ordinary}, forced=True)

    assert page.refused


def test_more_votes_than_members_are_refused(world):
    secretary, members, record = decided(world)
    record["items"][0]["votes_for"] = len(members) + 1

    page = secretary.tries(RECORD, record, files=VOTES)

    assert page.refused
    assert "票" in page.complaints


def test_who_leaves_the_vote_of_an_item_does_not_count_there(world):
    secretary, members, record = decided(world)
    record["recusals"] = [{"item": world.application(1), "member": members[0], "reason": "存在利益关系"}]

    assert secretary.tries(RECORD, record, files=VOTES).refused
    record["items"][0]["votes_for"] -= 1
    secretary.does(RECORD, record)

    assert MINUTES in secretary.tasks()


def test_leaving_the_order_of_scores_needs_a_reason_and_two_thirds(world):
    secretary, _, record = decided(world, items=[])
    voters = len(record["present"])
    record["items"] = items(world, voters, out=(1,), reason="")

    page = secretary.tries(RECORD, record, files=VOTES)

    assert page.refused
    assert "理由" in page.complaints
    record["items"] = items(world, voters, out=(1,), reason=words("经合议认为示范性不足"))
    line = next(one for one in record["items"] if one["item"] == world.application(1))
    line |= {"votes_for": (voters - 1) // 2, "votes_against": voters // 2 + 1}
    assert secretary.tries(RECORD, record).refused, "more than half, and less than two thirds"


def test_a_season_may_ask_for_no_reason_when_the_order_of_scores_is_left(world, tmp_path):
    """A-57 is a default: the two thirds stay, the written reason goes."""
    world.season_says(tmp_path / "season", {"deviation_reason = true": "deviation_reason = false"})
    secretary, _, record = decided(world, items=[])
    voters = len(record["present"])
    few = record | {"items": items(world, voters, out=(1,), reason="")}
    few["items"][0] |= {"votes_for": voters - 1, "votes_against": 1}
    assert "不符" in secretary.tries(RECORD, few, files=VOTES).complaints

    secretary.does(RECORD, record | {"items": items(world, voters, out=(1,), reason="")})

    assert MINUTES in secretary.tasks()


def test_a_record_is_taken_back_until_the_minutes_are_signed(world):
    """§14: before its release the maker may take a decision back; what was recorded does not count any more."""
    secretary, members, record = decided(world)
    wrong = record | {"items": items(world, len(members), out=(7, 8)), "recusals": [{"item": world.application(1), "member": members[0], "reason": "误录"}]}
    wrong["items"][0]["votes_for"] -= 1
    secretary.does(RECORD, wrong, files=VOTES)
    assert secretary.takes_back(RECORD, " ").refused, "without a reason"

    assert not secretary.takes_back(RECORD).refused
    assert MINUTES not in secretary.tasks()
    secretary.does(RECORD, record)
    signed(world, secretary)

    assert secretary.takes_back(RECORD).status == 404, "the minutes are signed"
    world.as_("director").does(RELEASE, {"checked": True})
    assert "入围答辩" in world.as_("enterprise 7").goes(f"/portal/{world.application(7)}").text


def votes(world, member, choice, *, on=1):
    """A member called to the meeting votes with a click; the page that answers."""
    person = world.as_(f"expert {int(member.lstrip('X'))}")
    person.opens(RECORD)
    return person.hands_in({"item": world.application(on), "choice": choice}, act="投票")


def sitting(world):
    """The roll is taken; whoever is there may vote. In comes the secretary, the members, the record, the meeting's page."""
    secretary, members, record = decided(world)
    secretary.opens(RECORD)
    assert not secretary.hands_in({"present": members, "presiding": record["presiding"]}, act="登记到会").refused
    meeting = secretary.goes("/meetings").doc.xpath("string(//a[starts-with(@href,'/meetings/M')]/@href)")
    return secretary, members, record, meeting


def line_of(world, person, meeting, number=1):
    return next(iter(person.goes(meeting).rows(world.enterprise(number))))


def test_a_wrong_ballot_is_replaced_or_withdrawn_until_the_vote_is_closed(world):
    """One vote per member and item (A-62): the last one counts; none, where the member took it out."""
    secretary, members, record, meeting = sitting(world)
    member = world.as_(f"expert {int(members[-1].lstrip('X'))}")
    assert not votes(world, members[-1], "no").refused
    assert "我的投票：不同意" in line_of(world, member, meeting)

    assert not votes(world, members[-1], "yes").refused
    assert "同意 1" in line_of(world, secretary, meeting)
    assert "不同意 1" not in line_of(world, secretary, meeting)
    assert "我的投票" not in line_of(world, secretary, meeting), "whose ballot it is stays the member's own knowledge"

    assert not votes(world, members[-1], "withdrawn").refused
    assert "同意 1" not in line_of(world, secretary, meeting)
    page = votes(world, members[-1], "withdrawn")
    assert page.refused
    assert "没有可撤回的投票" in page.complaints

    secretary.does(RECORD, record)
    assert RECORD not in member.tasks(), "the vote is closed"


def test_a_recusal_declared_after_a_ballot_takes_the_ballot_out(world):
    """回避: the member counts neither among those entitled nor among the votes; the other ballots stay."""
    secretary, members, record, meeting = sitting(world)
    for member in members:
        assert not votes(world, member, "yes").refused
    record["recusals"] = [{"item": world.application(1), "member": members[0], "reason": "存在利益关系"}]
    record["items"][0]["votes_for"] -= 1

    secretary.does(RECORD, record)

    assert f"同意 {len(members) - 1} " in line_of(world, secretary, meeting)
    signed(world, secretary)


def test_what_was_counted_on_paper_stands_in_the_minutes(world):
    """§7: present, votes, abstentions and reasons are recorded, however they were cast."""
    secretary, members, record = decided(world)
    record["items"][0] |= {"votes_for": len(members) - 1, "abstained": 1}
    secretary.does(RECORD, record, files=VOTES)
    meeting = secretary.goes("/meetings").doc.xpath("string(//a[starts-with(@href,'/meetings/M')]/@href)")

    line = next(iter(secretary.goes(f"{meeting}/minutes").rows(world.enterprise(1))))

    assert f"同意{len(members) - 1}" in line
    assert "弃权1" in line


def test_chair_and_vice_chairs_vote_like_everybody_else(world):
    """投票 is every called member's, whoever of the secretaries holds the task; nothing else on its page is."""
    secretary, members, record = decided(world)
    secretary.opens(RECORD)
    chairs = sorted(secretary.form().offered["presiding"] - {""})
    assert not secretary.hands_in({"present": members, "presiding": record["presiding"]}, act="登记到会").refused
    secretary.opens(RECORD)
    claim = secretary.page.doc.xpath("string(//form[contains(@action,'/claim')]/@action)")
    (offered,) = world.as_(f"expert {int(members[0].lstrip('X'))}").goes("/inbox?view=groups").doc.xpath(f"//tr[td/a[@href='{claim.removesuffix('/claim')}']]")
    assert offered.xpath("td/a[contains(@class, 'button')]/text()") == ["投票"]
    assert not offered.xpath(".//form"), "what is not his to take is not offered for taking"
    led = world.as_(f"expert {int(members[0].lstrip('X'))}").sends(claim, {})
    assert (led.refused, led.path) == (False, claim.removesuffix("/claim")), "whose inbox offers the task is led to the ballot"
    assert not secretary.sends(claim, {}).refused
    meeting = secretary.goes("/meetings").doc.xpath("string(//a[starts-with(@href,'/meetings/M')]/@href)")

    for number, expert in enumerate(members):
        member = world.as_(f"expert {int(expert.lstrip('X'))}")
        member.goes(meeting)
        page = member.clicks(RECORD)
        assert [title.strip() for title in page.doc.xpath("//details/summary/text()")] == ["投票"]
        assert not page.doc.xpath("//form[contains(@action,'/complete') or contains(@action,'/claim') or contains(@action,'/files')]")
        assert member.sends(f"{page.path}/complete", {"outcome": "no_quorum"}).refused
        member.goes(page.path)
        choice = "no" if number == 0 else "yes"
        assert not member.hands_in({"item": world.application(1), "choice": choice}, act="投票").refused

    assert set(chairs) <= set(members)
    line = next(iter(secretary.goes(meeting).rows(world.enterprise(1))))
    assert f"同意 {len(members) - 1}" in line
    assert "不同意 1" in line
    page = secretary.tries(RECORD, record, files=VOTES)
    assert page.refused, "the ballot against would be lost"
    assert f"委员已电子投票同意{len(members) - 1}票、不同意1票" in page.complaints
    record["items"][0] |= {"votes_for": len(members) - 1, "votes_against": 1}
    secretary.does(RECORD, record)


def test_votes_on_paper_and_electronic_ones_are_recorded_together(world):
    """§14: paper is the rule, an electronic vote is possible: who votes so is counted once, with the others."""
    secretary, members, record, meeting = sitting(world)
    votes(world, members[-1], "no")
    assert f"{world.enterprise(1)} · 不同意 1" in secretary.opens(RECORD).text, "the secretary reads it where the count is recorded"

    assert secretary.tries(RECORD, record, files=VOTES).refused
    record["items"][0] |= {"votes_for": len(members) - 1, "votes_against": 1}
    secretary.does(RECORD, record)

    assert f"同意 {len(members) - 1} 不同意 1" in line_of(world, secretary, meeting)


def withdraws(world, number):
    world.as_(f"enterprise {number}").sends(f"/portal/{world.application(number)}/withdraw", {"reason": "经营计划调整，本年度不再申报。"})


def test_what_is_withdrawn_before_the_vote_leaves_the_agenda(world):
    """Withdrawal is open until the approval (A-08): the committee votes on the others, also from a page that was opened before."""
    secretary, members, presiding = convened(world)
    withdraws(world, 1)
    secretary.opens(RECORD)

    lines = {value for name, value in secretary.form().standing() if name.startswith("items") and name.endswith("item")}

    assert lines - {""} == {world.application(number) for number in READ if number != 1}
    secretary.does(RECORD, {"present": members, "presiding": presiding, "items": items(world, len(members)), "outcome": "decided"}, files=VOTES)
    assert MINUTES in secretary.tasks()
    meeting = secretary.goes("/meetings").doc.xpath("string(//a[starts-with(@href,'/meetings/M')]/@href)")
    assert "已退出" in secretary.goes(meeting).text


def test_no_result_is_told_to_who_withdrew_after_the_vote(world):
    secretary, _, record = decided(world)
    secretary.does(RECORD, record, files=VOTES)
    withdraws(world, 2)
    signed(world, secretary)
    withdraws(world, 3)
    world.as_("director").does(RELEASE, {"checked": True})

    told = {number: [mail.subject for mail in world.as_(f"enterprise {number}").mails] for number in (1, 2, 3)}

    assert any("入围" in subject for subject in told[1])
    assert not any("入围" in subject for subject in told[2] + told[3])


def test_nobody_outside_learns_anything_before_the_result_is_released(world):
    secretary, _, record = decided(world)
    people = {number: world.as_(f"enterprise {number}") for number in READ}
    before = {number: (len(one.mails), one.goes(f"/portal/{world.application(number)}").text) for number, one in people.items()}
    secretary.does(RECORD, record, files=VOTES)
    signed(world, secretary)
    for number, one in people.items():
        mails, shown = before[number]
        assert len(one.mails) == mails
        assert stage(one.goes(f"/portal/{world.application(number)}")) in shown

    director = world.as_("director")
    director.does(RELEASE, {"checked": True})

    assert "入围答辩" in people[1].goes(f"/portal/{world.application(1)}").text
    assert "未入围" in people[8].goes(f"/portal/{world.application(8)}").text


def stage(page):
    return page.doc.xpath("string(//div[@class='head']//span[contains(@class,'tag')])").strip()


def test_result_mails_wait_for_the_office_with_their_recipients_shown_first(world_at):
    world = world_at("发布入围")
    director, winner, other = world.as_("director"), world.as_("enterprise 1"), world.as_("enterprise 8")
    director.goes("/office/mails")
    shown = director.clicks("查看收件人") if director.page.has_link("查看收件人") else director.opens(RELEASE)
    assert winner.mailbox in shown.text or world.enterprise(1) in shown.text
    assert not any("答辩" in mail.subject or "入围" in mail.subject for mail in winner.mails + other.mails)
    released = " ".join(director.opens(RELEASE).text.split())
    for told in (winner.mailbox, other.mailbox, f"{world.enterprise(1)} · ", " · 入围", " · 未入围", "查看议程"):
        assert told in released, told

    director.does(RELEASE, {"checked": True})

    assert any("入围" in mail.subject or "答辩" in mail.subject for mail in winner.mails)
    assert any("入围" in mail.subject or "遴选结果" in mail.subject or "评审结果" in mail.subject for mail in other.mails)


def test_minutes_are_there_to_print(world):
    secretary, _, record = decided(world)
    secretary.does(RECORD, record, files=VOTES)
    meeting = secretary.goes("/meetings").doc.xpath("string(//a[starts-with(@href,'/meetings/M')]/@href)")

    page = secretary.goes(f"{meeting}/minutes")

    assert world.enterprise(1) in page.text
    assert secretary.tries(MINUTES, {"text": words("通过"), "signed_by": "主任委员", "signed_on": f"{world.now:%Y-%m-%d}"}).refused
    signed(world, secretary)
    assert RELEASE in world.as_("director").tasks()
