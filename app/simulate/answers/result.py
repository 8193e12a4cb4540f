"""公示, 异议, 批准, 公告, 称号: the answers of the second half of the season."""

from datetime import timedelta

from app.simulate import papers
from app.simulate.answers.base import SAME_DAY, SCAN, Play, answers, words
from app.simulate.script import QUOTA, Part
from app.simulate.world import PUBLIC, Task
from engine.refusals import NotFound
from selection.publicity import WORDS_OF_CHANNELS
from store.selection.subject import Fact


def _channels(play: Play) -> list[dict[str, str]]:
    """The season's channels as the form of a registration has them."""
    found = [next((choice for choice, word in WORDS_OF_CHANNELS.items() if word in name), name) for name in play.rules.publicity.channels]
    return [{"channel": choice, "url": f"https://{number}.notice.invalid/list"} for number, choice in enumerate(found, 1)]


@answers("N11a")
def sign_off(play: Play, task: Task) -> bool:
    """签批公示."""
    play.world.attach(task, [("D12.approval", "签批件.pdf", SCAN)])
    play.world.complete(task, {"signed_by": "模拟领导", "outcome": "approve"})
    return True


@answers("N11b")
def register(play: Play, task: Task) -> bool:
    """登记公示发布: the real publication, now."""
    if play.world.now < play.plan["公示开始"]:
        return False
    play.world.attach(task, [("D12.publication", "截图.pdf", SCAN)])
    play.world.complete(task, {"published_at": play.local_time(), "channels": _channels(play)})
    return True


@answers("N11c", "N11g", "N13b", "N14b", "N16f", "N03x2")
def second(play: Play, task: Task) -> bool:
    """复核 by a second clerk."""
    clerks = play.world.cast.groups["office_clerk@caq"]
    play.world.complete(task, {"outcome": "agree"}, actor=play.world.actor(task, but_not=clerks[:1]))
    if task.element == "N11c":
        play.world.work()
        lodge_objections(play)
        propose_correction(play)
    if task.element == "N14b":
        play.world.work()
        propose_title_correction(play)
    return True


def propose_correction(play: Play) -> None:
    """The office corrects the name of one published experience, on the day of the publication."""
    world, (batch, lines) = play.world, _undisputed(play, kind="publicity", state="public")
    if lines and play.once("correction"):
        field = _printed(lines[0], "experience_name")
        payload = {"application": lines[0].application, "row": {field: f"{lines[0].row[field]}（更正）"}, "reason": words("名称录入有误")}
        world.send("publicity.correct", key=batch, payload=payload, actor=world.cast.one("office_clerk"))


def propose_title_correction(play: Play) -> None:
    """The office corrects the focus area of one announced line, on the day of the announcement."""
    world, (batch, lines) = play.world, _undisputed(play, kind="announcement", state="announced")
    if lines and play.once("title correction"):
        field = _printed(lines[-1], "focus_area")
        wrong = lines[-1].row[field]
        right = next(area.zh for area in play.rules.focus if area.zh != wrong) if field == "focus_area" else f"{wrong}（更正）"
        variables = {"season": world.season, "batch": batch, "application": lines[-1].application}
        told = {"row": {field: right}, "reason": words("申报方向录入有误")}
        world.begin("title_correction", key=batch, variables=variables, payload=told, actor=world.cast.one("office_clerk"))


def _printed(line: Fact, field: str) -> str:
    """The field, where the season prints it; else the enterprise's name, which every list has."""
    return field if field in line.row else "enterprise_name"


def _undisputed(play: Play, *, kind: str, state: str) -> tuple[str, list[Fact]]:
    """The last batch of a kind, and its lines of applications to which nothing else happens."""
    with play.world.facts() as facts:
        batch = facts.publicity.batches(play.world.season, kind=kind)[-1].id
        return batch, [row for row in facts.publicity.items(batch, state=state) if play.part(row.application).fate in {"returned", "plain", QUOTA}]


@answers("N11d", "N11f", "N19a", "N19c")
def agree_to_correction(play: Play, task: Task) -> bool:
    """更正复核, 更正发布复核 by a second clerk."""
    clerks = play.world.cast.groups["office_clerk@caq"]
    play.world.complete(task, {"outcome": "agree"}, actor=play.world.actor(task, but_not=clerks[:1]))
    return True


@answers("N11e", "N19b")
def publish_correction(play: Play, task: Task) -> bool:
    """登记更正发布: now."""
    play.world.attach(task, [("D12.correction", "更正截图.pdf", SCAN)])
    play.world.complete(task, {"published_at": play.local_time(), "channels": _channels(play)})
    return True


def lodge_objections(play: Play) -> None:
    """The public objects to the planted items, each within its period."""
    for part in play.parts:
        if part.fate.startswith("objection_") and part.application and part.once("objected"):
            lodge(play, part.application, part.enterprise.id)


def lodge(play: Play, application: str, enterprise: str) -> None:
    """The public objects to one application on the list, as the public page does."""
    world = play.world
    with world.writing() as facts:
        objection = facts.publicity.reserve_objection()
        batch = facts.publicity.batches(world.season, kind="publicity")[-1].id
    variables = {"season": world.season, "objection": objection, "batch": batch, "application": application, "enterprise": enterprise}
    told = {"name": "模拟群众", "contact": "objector@simulation.invalid", "facts": words("反映该单位申报数据可能不实"), "channel": "page"}
    world.begin("objection", key=objection, variables=variables, payload=told, actor=PUBLIC)


@answers("N12a")
def intake(play: Play, task: Task) -> bool:
    """登记并受理异议; the first one on the last day only."""
    if play.waits(task, "intake", until=SAME_DAY):
        return False
    play.world.complete(task, {"channel": "page", "outcome": "accept"})
    return True


@answers("N12b")
def summary(play: Play, task: Task) -> bool:
    """编写异议摘要: nothing of it tells who objected."""
    play.world.complete(task, {"summary": words("有群众反映申报数据可能不实")})
    return True


@answers("N12c")
def statement(play: Play, task: Task) -> bool:
    """书面说明."""
    play.world.complete(task, {"statement": words("我单位数据真实，附审计报告")})
    return True


@answers("N12f", "N12g")
def investigate(play: Play, task: Task) -> bool:
    """调查核实: one investigation is extended and still runs when the others are approved."""
    application = play.variable(task, "application")
    part = play.part(application)
    if part.fate == "objection_open":
        if task.element == "N12f" and part.once("extended"):
            play.world.complete(task, {"reason": words("需进一步核实"), "outcome": "extend"})
            return True
        if "approved" not in play.marks:
            return False
    proposal = "upheld" if part.fate == "objection_upheld" else "dismissed"
    play.world.complete(task, {"findings": words("已向申报单位、推荐单位核实"), "proposal": proposal, "outcome": "report"})
    return True


@answers("N12e")
def answer_objector(play: Play, task: Task) -> bool:
    """答复异议人和申报单位."""
    play.world.complete(task, {"to_objector": words("您反映的问题已核查"), "to_enterprise": words("异议已审议")})
    return True


@answers("N13")
def approve(play: Play, task: Task) -> bool:
    """批准遴选结果: sent back to the office once, and to the committee once."""
    approved = f"approved {task.business_key} by "
    approver = play.world.actor(task, but_not=[mark.removeprefix(approved) for mark in play.marks if mark.startswith(approved)])
    play.world.attach(task, [("D12.approval", "批准件.pdf", SCAN)], actor=approver)
    data = {"approver": approver.name, "approved_on": play.today()}
    for way in ("return_office", "return_committee"):
        if play.once(way):
            play.world.complete(task, data | {"comment": words("请补充复核记录"), "outcome": way}, actor=approver)
            return True
    play.world.complete(task, data | {"outcome": "approve"}, actor=approver)
    play.marks |= {"approved", f"{approved}{approver.id}"}
    return True


@answers("N14", "N16d")
def announce(play: Play, task: Task) -> bool:
    """发布并登记公告."""
    play.world.attach(task, [("D12.announcement", "公告截图.pdf", SCAN)])
    play.world.complete(task, {"number": f"模拟公告〔{play.rules.year}〕{len(play.marks)}号", "published_at": play.local_time(), "channels": _channels(play)})
    return True


@answers("N15a")
def video(play: Play, task: Task) -> bool:
    """提交补充材料（视频）; one winner does not."""
    part = _winner(play, task)
    if part is not None and part.fate == "video_missing":
        return False
    parts = play.rules.title_rules.video_parts
    play.world.attach(task, [("D10.video", "视频.mp4", papers.mp4(sum(parts)))])
    play.world.complete(task, {"minutes": {f"part{number}": part for number, part in enumerate(parts, 1)}, "consent": True})
    return True


def _winner(play: Play, task: Task) -> Part | None:
    with play.world.facts() as facts:
        title = facts.titles.get(task.business_key)
    return play.by_application.get(title.application) if title is not None and title.application else None


@answers("N15c")
def chase(play: Play, task: Task) -> bool:
    """电话催办, also of a video; nothing where what is late came meanwhile."""
    try:
        play.world.complete(task, {"called_at": play.local_time(), "person": "模拟联系人", "result": words("承诺尽快提交")})
    except NotFound:
        return False  # what was asked for by phone came meanwhile
    return True


@answers("N15b")
def exchange(play: Play, task: Task) -> bool:
    """登记经验交流活动: as many as the season has."""
    number = sum(1 for mark in play.marks if mark.startswith("exchange"))
    play.once(f"exchange {number}")
    # The first is registered before it takes place: those who hold a title are invited.
    held_on = play.local_time(timedelta(days=10))[:10] if number == 0 else play.today()
    event = {"name": f"第{number + 1}期经验交流活动", "held_on": held_on, "place": "北京", "summary": words("标杆企业分享经验")}
    play.world.complete(task, event | {"outcome": "more" if number + 1 < play.rules.title_rules.exchange_events else "done"})
    return True


@answers("N16a")
def investigate_title(play: Play, task: Task) -> bool:
    """登记线索并调查."""
    ground = play.rules.title_rules.grounds[0].code
    play.world.complete(task, {"findings": words("经调查，申报材料弄虚作假属实"), "ground": ground, "outcome": "substantiated"})
    return True


@answers("N16b")
def hearing(play: Play, task: Task) -> bool:
    """陈述申辩; a holder without an account lets the time pass."""
    if play.world.cast.holder(task.groups) is None:
        return False
    play.world.complete(task, {"statement": words("我单位对调查结论无异议")})
    return True


@answers("N16c")
def propose(play: Play, task: Task) -> bool:
    """提出撤销意见."""
    play.world.complete(task, {"ground": play.rules.title_rules.grounds[0].code, "reason": words("建议撤销称号"), "outcome": "propose"})
    return True


@answers("N16e")
def approve_revocation(play: Play, task: Task) -> bool:
    """撤销审批."""
    play.world.complete(task, {"outcome": "approve"}, actor=play.world.cast.one("caq_approver"))
    return True


@answers("N17")
def archive(play: Play, task: Task) -> bool:
    """归档: when every title's story of the simulation has been told."""
    if not {"revoked", "imported revoked"} <= play.marks and play.world.now < play.plan["视频提交"] + timedelta(days=40):
        return False
    play.world.complete(task, {"checked": True})
    return True
