"""What a step's person must know of the season's own rules: how to write, when to come, what is scored, what was found. Reads only.

The words are the season's settings: an administrator changes them there, and every card follows.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from selection.defence import minutes
from selection.documents import archive_name
from selection.layout import in_chinese, in_english
from selection.scoring import Sheet, wants_site_visit
from selection.season import Season
from selection.writing import NAMES
from store.selection import queries_cases as cases_queries
from store.selection import queries_choices as choices
from store.selection.application import ApplicationFacts
from store.selection.defence import DefenceFacts
from store.selection.nomination import NominationFacts
from store.selection.people import PeopleFacts
from store.selection.publicity import PublicityFacts
from store.selection.review import ReviewFacts
from store.selection.subject import Fact
from store.selection.tasks import TaskFacts
from web.forms_boxes import spoken_time
from web.i18n import moment, word
from web.looking import Look
from web.telling_publication import for_announcement, for_publicity, to_subscribers
from web.told import Told, facts_of

STAGES = {"desk": "资料评审", "defence": "答辩评审"}
VERDICTS = {"pass": "符合", "fail": "不符合", "refer": "需核实", "attest": "待推荐单位确认"}


def _writing(connection: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N02a: the limits and the layout of the experience document, and the package."""
    limits = [(NAMES[key][language == "en"], word(language, "{n} 字以内", n=most)) for key, most in season.writing.limits.items()]
    in_words, sheet = (in_english, season.writing.page) if language == "en" else (str, in_chinese(season.writing.page))
    fonts = word(language, "；").join(in_words(font) for font in season.writing.fonts.values())
    layout = ((word(language, "页面"), sheet), (word(language, "字体"), fonts))
    enterprise = PeopleFacts(connection).enterprise(str(seen.variables.get("enterprise")))
    name = enterprise.name if enterprise else ""
    package = facts_of(
        language,
        ("文件名", archive_name(season=season, enterprise=name)),
        ("发送至", season.archive.mail),
        ("邮件主题", season.archive.subject.format(enterprise=name)),
    )
    over = (word(language, "超出字数"), word(language, "超过限定 {n}% 的，形式审查时列为补正事项", n=season.writing.tolerance_percent))
    writing = Told(word(language, "典型经验材料编写要求"), facts=(*limits, over, *layout), folded=True)
    guide = Told(word(language, "编写说明"), facts=facts_of(language, ("要求", "\n".join(season.writing.guide))), folded=True)
    return (writing, guide, Told(word(language, "申报材料压缩包"), facts=package, folded=True))


def _examined(connection: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N03a, N04a, N04b: what the sealed submission was found to be, condition by condition."""
    found = _found(connection, str(seen.variables.get("application") or seen.row["business_key"]))
    labels = season.eligibility.labels
    lines = [
        (row.verdict, (f"{rule} {word(language, labels[rule])}", word(language, VERDICTS[row.verdict]), *_why(row, language)))
        for rule, row in sorted(found.items())
        if rule in labels
    ]
    met = tuple(line for verdict, line in lines if verdict == "pass")
    open_ = tuple(line for verdict, line in lines if verdict != "pass")
    doubts = tuple(_why(row, language) for rule, row in sorted(found.items()) if rule not in season.eligibility.labels and row.verdict != "pass")
    cards = (
        Told(word(language, "提交时的核对"), lines=open_),
        Told(word(language, "提交时的核对：{n} 项符合", n=len(met)), lines=met, folded=True),
        Told(word(language, "表格和编写要求的核对提示"), lines=doubts, warns=True),
    )
    shown = tuple(card for card in cards if card.lines)
    return shown if seen.row["element"] == "N03a" else (*_reviewed(connection, seen, language, season), *shown)


REVIEWS = {"accept": "初审同意", "return": "已退回修改", "refuse": "不予推荐"}


def _reviewed(connection: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N04a, N04b: what the unit said at its last review, and what was found at its recommendation that the submission had not shown."""
    application = str(seen.variables.get("application") or seen.row["business_key"])
    reviews = ApplicationFacts(connection).ru_reviews(application)
    if not reviews:
        return ()
    before, then = _found(connection, application), _found(connection, application, at="nomination")
    changed = [rule for rule, row in sorted(then.items()) if row.verdict != "pass" and (rule not in before or before[rule].verdict != row.verdict)]
    lines = tuple((f"{rule} {word(language, season.eligibility.labels.get(rule, ''))}".strip(), *_why(then[rule], language)) for rule in changed)
    last = reviews[-1]
    facts = facts_of(
        language,
        ("处理结果", word(language, REVIEWS[last.outcome])),
        ("初审意见", last.data.get("opinion")),
        ("时间", moment(last.at, language=language)),
        *_opinion(connection, application, language),
    )
    checks = (Told(word(language, "推荐时的核对"), lines=lines, warns=True),) if lines else ()
    return (Told(word(language, "推荐单位初审"), facts=facts), *checks)


def _opinion(connection: Connection, application: str, language: str) -> tuple[tuple[str, object], ...]:
    """What the unit's sealed opinion says (E12), why it calls the experience mature (E05), who signed."""
    kept = NominationFacts(connection).get(application)
    said = (kept.attested or {}) if kept is not None else {}
    named = (("成熟应用的依据", "mature_reason"), ("经办人", "handler"), ("签署的负责人", "leader"))
    signed = spoken_time(str(said.get("signed_on") or ""), lang=language)
    return (("推荐意见", kept.opinion if kept is not None else None), *((words, said.get(key)) for words, key in named), ("签署日期", signed))


def _found(connection: Connection, application: str, *, at: str = "submit") -> dict[str, Fact]:
    """The findings of the submission that counts, by rule; or those of a later moment."""
    rows = ApplicationFacts(connection).findings(application, moment=at)
    last = max((row.at for row in rows), default=None)
    return {row.rule: row for row in rows if row.at == last}


def _why(row: Fact, language: str) -> tuple[str, ...]:
    return () if row.verdict == "pass" else (str(row.en if language == "en" else row.zh),)


def _small_groups(connection: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N05e: which of several groups are smaller than worth a group of their own (A-58): advice, no obstacle."""
    reviews, least = ReviewFacts(connection), season.groups.target_min
    groups = reviews.groups(seen.row["tenant"])
    held = {group.name: {row.application for seat in reviews.seats(group.id) for row in reviews.assigned(seat.id)} for group in groups}
    note = word(language, "少于目标规模 {n} 项，可考虑合并", n=least)
    lines = tuple((name, word(language, "{n} 项", n=len(all_)), note) for name, all_ in held.items() if len(all_) < least)
    return (Told(word(language, "分组提示"), lines=lines, warns=True),) if lines and len(groups) > 1 else ()


def _timetable(_: Connection, __: Look, language: str, season: Season) -> Sequence[Told]:
    """N08a: how long each is heard, and how long the slides are read before."""
    rules = season.defence
    facts = facts_of(
        language,
        ("每项时间", word(language, "{n} 分钟（陈述 {a} + 问答 {b}）", n=minutes(season), a=rules.present_minutes, b=rules.question_minutes)),
        ("答辩通知", word(language, "提前 {n} 个工作日", n=rules.invite_working_days)),
        ("答辩材料", word(language, "提前 {n} 个工作日", n=rules.material_working_days)),
    )
    return (Told(word(language, "答辩安排要求"), facts=facts),)


def _lots(connection: Connection, seen: Look, language: str, __: Season) -> Sequence[Told]:
    """N08e: who comes when, and the draw that decided it: whoever has the seed can make it again."""
    group = str(seen.variables.get("group"))
    names, row = choices.defence_applications(connection, group=group), ReviewFacts(connection).group(group)
    lines = tuple(
        (str(slot.order), names.get(slot.application, slot.application), moment(slot.starts, language=language), slot.place)
        for slot in DefenceFacts(connection).of_group(group)
    )
    draws = ((row.defence if row else None) or {}).get("lots") or []
    if not draws:
        return (Told(word(language, "答辩顺序"), lines=lines),)
    record = facts_of(
        language,
        ("抽签时间", moment(datetime.fromisoformat(draws[-1]["at"]), language=language)),
        ("抽签种子", draws[-1]["seed"]),
        ("核验方法", word(language, "按“种子:申报标识”的 SHA-256 值由小到大排序")),
    )
    return (Told(word(language, "答辩顺序（抽签）"), lines=lines), Told(word(language, "抽签记录"), facts=record, folded=True))


def _rubric(_: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N06a, N08c: the criteria with their points and wording; at the defence also what is looked at without points."""
    items = (*season.rubric.items, *(season.rubric.uncounted if seen.row["element"] == "N08c" else ()))
    facts = tuple((f"{item.criterion} {item.en if language == 'en' else item.zh}（{item.max}）", word(language, item.guide)) for item in items)
    return (Told(word(language, "遴选标准"), facts=facts, folded=True),)


def _flagged(connection: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N09a: the applications for which a visit is suggested (A-65), each with what suggests it."""
    group = str(seen.variables.get("group"))
    lines = [
        (name, word(language, "；").join(why))
        for application, name in choices.defence_applications(connection, group=group).items()
        if (why := _doubts(connection, group, application, language, season))
    ]
    return (Told(word(language, "建议现场考察的申报"), lines=tuple(lines), warns=True),) if lines else ()


def _doubts(connection: Connection, group: str, application: str, language: str, season: Season) -> list[str]:
    """Why a visit to an application is suggested: the leader, enough experts, a finding of its figures, an open objection. Empty: it is not."""
    reviews, found = ReviewFacts(connection), _found(connection, application)
    rows = [row for stage in ("desk", "defence") for row in reviews.scores(application=application, stage=stage)]
    sheets = {row.expert: Sheet.from_form(row.sheet) for row in rows if row.sheet.get("needs_site_visit") is True}
    leader = next((row.leader for row in [reviews.group(group)] if row), None)
    open_findings = [found[rule] for rule in season.site_visit.checks if rule in found and found[rule].verdict == "fail"]
    objections = [one for one in PublicityFacts(connection).objections(application=application) if one.closed_at is None]
    asked = [row.visit for row in reviews.summaries(group) if row.application == application and row.visit is not None]
    leads = bool(asked) or leader in sheets
    if not wants_site_visit(
        season=season, sheets=sheets, leader_asks=leads, high_findings=len(open_findings), open_objection=bool(objections)
    ):
        return []
    flags = [word(language, "{n} 名专家建议现场考察", n=len(sheets))] if sheets else []
    asks = [word(language, "组长建议现场考察"), *filter(None, asked)] if leads else []
    contested = [word(language, "有未办结的异议")] if objections else []
    figures = [text for row in open_findings for text in _why(row, language)]
    return [*asks, *flags, *(sheet.site_visit_reason for sheet in sheets.values()), *figures, *contested]


def _video(_: Connection, __: Look, language: str, season: Season) -> Sequence[Told]:
    """N15a: what the video must be."""
    return (Told(word(language, "视频要求"), facts=facts_of(language, ("要求", word(language, season.writing.video_note)))),)


def _recorded_sheet(connection: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N20a, N20b: whose sheet, on what and why; for the second person what was entered, beside the scan."""
    variables = {name: str(seen.variables.get(name)) for name in ("application", "seat", "stage", "record")}
    row, seat = ApplicationFacts(connection).get(variables["application"]), ReviewFacts(connection).seat(variables["seat"])
    expert = PeopleFacts(connection).expert(seat.expert) if seat is not None else None
    stage = word(language, STAGES.get(variables["stage"], ""))
    about = facts_of(
        language, ("评审专家", expert.name if expert else ""), ("阶段", stage), ("申报编号", row.number if row else ""),
        ("经验名称", row.experience_name if row else ""), ("代录原因", seen.variables.get("reason")),
    )  # fmt: skip
    if seen.row["element"] == "N20a":
        return (Told(word(language, "代录评分表"), facts=about), *_rubric(connection, seen, language, season))
    entered = _sheet_facts(TaskFacts(connection).sent(root=seen.row["root"], element="N20a"), language, season)
    files = _scans(connection, variables["record"])
    return (Told(word(language, "代录评分表"), facts=about, files=files), Told(word(language, "录入的评分"), facts=entered))


def _recorded_answer(connection: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N21a, N21b: whose answer, to what and why; for the second person what was entered, beside the scan."""
    variables = {name: str(seen.variables.get(name)) for name in ("expert", "kind", "record")}
    expert = PeopleFacts(connection).expert(variables["expert"])
    step = {"reply": "确认参评", "declaration": "签署保密承诺和回避声明"}.get(variables["kind"], "")
    about = facts_of(
        language, ("评审专家", expert.name if expert else ""), ("事项", word(language, step)), ("代录原因", seen.variables.get("reason"))
    )
    if seen.row["element"] == "N21a":
        return (Told(word(language, "代录专家回执或声明"), facts=about),)
    sent = TaskFacts(connection).sent(root=seen.row["root"], element="N21a")
    answer = {"accept": "确认参评", "sign": "已签署声明", "decline": "不参加"}.get(str(sent.get("outcome")), "")
    entered = facts_of(language, ("答复", word(language, answer)), ("不参加的原因", sent.get("reason")))
    names = choices.seat_applications(connection, seat=str(seen.variables.get("seat")))
    kinds = {one.key: one.en if language == "en" else one.zh for one in season.experts.conflicts}
    lines = tuple(
        (names.get(row["application"], row["application"]), kinds.get(row["kind"], row["kind"]), row.get("detail") or "")
        for row in sent.get("conflicts") or ()
    )
    declared = (Told(word(language, "声明应当回避的申报"), lines=lines),) if lines else ()
    files = _scans(connection, variables["record"])
    return (Told(word(language, "代录专家回执或声明"), facts=about, files=files), Told(word(language, "录入的答复"), facts=entered), *declared)


def _scans(connection: Connection, record: str) -> tuple[tuple[str, str], ...]:
    """The living scans of a record: address, name."""
    rows = cases_queries.documents_of(connection, owner=record)
    return tuple((f"/files/{one['id']}", one["name"]) for one in rows if one["replaced_at"] is None and one["removed_at"] is None)


def _sheet_facts(sheet: Mapping[str, Any], language: str, season: Season) -> tuple[tuple[str, str], ...]:
    """A sheet item by item: points and comment, then what is said of the whole."""
    scores, comments = sheet.get("scores") or {}, sheet.get("comments") or {}
    listed = (*season.rubric.items, *season.rubric.uncounted)
    items = [
        (f"{item.criterion} {item.en if language == 'en' else item.zh}（{item.max}）", f"{scores[item.code]:g} {comments.get(item.code) or ''}")
        for item in listed
        if scores.get(item.code) is not None
    ]
    visit = sheet.get("site_visit_reason") if sheet.get("needs_site_visit") is True else ""
    whole = facts_of(language, ("总体评语", sheet.get("overall")), ("推荐意见", sheet.get("recommendation")), ("需要考察的疑问", visit))
    return (*items, *whole)


RuleTeller = Callable[[Connection, Look, str, Season], Sequence[Told]]
RULE_TELLERS: Mapping[str, RuleTeller] = {
    "N02a": _writing,
    **dict.fromkeys(("N03a", "N04a", "N04b"), _examined),
    "N05e": _small_groups,
    **dict.fromkeys(("N06a", "N08c"), _rubric),
    "N08a": _timetable,
    "N08e": _lots,
    "N09a": _flagged,
    **dict.fromkeys(("N01b", "N15b"), to_subscribers),
    "N11b": for_publicity,
    "N14": for_announcement,
    "N15a": _video,
    **dict.fromkeys(("N20a", "N20b"), _recorded_sheet),
    **dict.fromkeys(("N21a", "N21b"), _recorded_answer),
}
