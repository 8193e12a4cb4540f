"""What somebody must read before a task: the list to sign, the objection to look into, why something came back. Reads only.

Each step is told what its people may know: the office everything about an objection, the applicant its summary alone.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, RowMapping

from selection.objection import number
from selection.publicity import COLUMNS
from selection.season import Season
from store.engine.queries import history_of
from store.selection import queries_about as queries
from store.selection import queries_cases as cases_queries
from store.selection import queries_names as names_queries
from store.selection.application import ApplicationFacts
from store.selection.tasks import TaskFacts
from web.forms_boxes import spoken_time
from web.i18n import moment, word
from web.looking import Look
from web.telling_chase import CHASE, late
from web.telling_contact import unconfirmed
from web.telling_corrections import corrected, title_change, to_correct
from web.telling_entered import JUDGES, entered, replacement, sent_back
from web.telling_papers import nominated, papers_of
from web.telling_publication import shortlisted
from web.telling_review import REVIEW_TELLERS
from web.telling_rules import RULE_TELLERS
from web.told import Told, facts_of

CHANNELS = {"website": "中国质量协会网站", "wechat": "全国质量标杆微信公众号", "media": "相关媒体"}
# What the public reads of a line, in the order of its columns.
PRINTED = {name: words for name, words in COLUMNS.items() if name != "seq"}
APPROVALS = {"approve": "批准", "return_office": "退回办公室", "return_committee": "退回委员会"}
PROPOSALS = {"upheld": "异议成立", "dismissed": "异议不成立"}


def told_for(connection: Connection, seen: Look, *, language: str, rules: Callable[[], Season]) -> tuple[Told, ...]:
    """What stands at the top of an open task's page; nothing for a task that is over. ``rules``: the season's, asked where a card needs them."""
    if seen.row["state"] != "open":
        return ()
    element = seen.row["element"]
    always = (*((sent_back,) if element in JUDGES else ()), *((late,) if element.endswith(CHASE) else ()))
    tellers = (*always, *TELLERS.get(element, ()))
    found = [one for teller in tellers for one in teller(connection, seen, language)]
    of_rules = RULE_TELLERS.get(element) if seen.settings else None
    return tuple(found) if of_rules is None else (*found, *of_rules(connection, seen, language, rules()))


def _returned(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N02c: the unit's opinion and the parts it found wrong."""
    reviews = [row for row in ApplicationFacts(connection).ru_reviews(seen.owner) if row.outcome == "return"]
    if not reviews:
        return ()
    return (Told(word(language, "退回意见"), facts=facts_of(language, ("意见", reviews[-1].data.get("opinion"))), warns=True),)


def _listed(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """The list that is signed, published or approved, line by line, and why it was sent back."""
    last = queries.last_decision(connection, seen.row["business_key"])
    back = last is not None and last["outcome"] != "approve" and last["reason"]
    notes = (Told(word(language, "退回意见"), facts=facts_of(language, ("意见", last["reason"])), warns=True),) if last and back else ()
    rows = queries.list_lines(connection, seen.row["business_key"])
    areas = {area["zh"]: area["en"] for area in seen.settings.get("focus", ())} if language == "en" else {}
    lines = tuple(_line(row, areas, language) for row in rows)
    return (*notes, Told(word(language, "名单（{n} 项）", n=len(lines)), lines=lines))


def _line(row: RowMapping, areas: Mapping[str, str], language: str) -> tuple[str, ...]:
    printed = row["row"] or {}
    area = str(printed.get("focus_area") or "")
    held = word(language, "异议处理中，暂不列入") if row["state"] == "held" else word(language, "已移出") if row["state"] == "removed" else ""
    unit = word(language, str(printed.get("recommending_unit") or ""))
    kept = (row["enterprise_name"], row["experience_name"], areas.get(area, area), unit, held)
    return tuple(str(part) for part in kept if part)


def _registered(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """What the first person registered, for the second to compare."""
    rows = queries.registered(connection, seen.row["business_key"])
    lines = tuple((word(language, CHANNELS.get(row["channel"], row["channel"])), row["url"], moment(row["at"], language=language)) for row in rows)
    files = papers_of(connection, seen.row["business_key"], code="D12")
    return (Told(word(language, "已登记的发布"), lines=lines, files=files),) if lines or files else ()


def _recorded(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N13b: what the office recorded for an approver, with the signed page, for the second person to compare."""
    last = queries.last_decision(connection, seen.row["business_key"])
    if last is None:
        return ()
    sent = TaskFacts(connection).sent(root=seen.row["root"], element="N13")
    facts = facts_of(
        language,
        ("处理结果", word(language, APPROVALS[last["outcome"]])),
        ("批准人", sent.get("approver")),
        ("批准日期", spoken_time(str(sent.get("approved_on") or ""), lang=language)),
        ("代录原因", sent.get("proxy_reason")),
        ("意见", last["reason"]),
    )
    return (Told(word(language, "代录的批准"), facts=facts, files=papers_of(connection, seen.row["business_key"], code="D12.approval")),)


def _signed(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N11g: who signed on paper and why the office recorded it, with the signed page, for the second person to compare."""
    sent = TaskFacts(connection).sent(root=seen.row["root"], element="N11a")
    facts = facts_of(language, ("签批人", sent.get("signed_by")), ("代录原因", sent.get("proxy_reason")), ("意见", sent.get("comment")))
    return (Told(word(language, "代录的签批"), facts=facts, files=papers_of(connection, seen.row["business_key"], code="D12.approval")),)


def _objection(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """For the office: who objects, what is said, what was found so far."""
    case = queries.objection_case(connection, seen.row["business_key"])
    if case is None:
        return ()
    objector, investigation = case["objector"] or {}, case["investigation"] or {}
    about = names_queries.case_names(connection, [case["id"]]).get(case["id"])
    facts = facts_of(
        language,
        ("项目", f"{about.heading} · {about.detail}" if about else ""),
        ("收到时间", moment(case["received_at"], language=language)),
        ("异议人", objector.get("name") or word(language, "匿名")),
        ("联系方式", objector.get("contact")),
        ("来信语言", word(language, "英文，答复请用英文") if objector.get("language") == "en" else ""),
        ("异议事实和依据", case["facts"]),
        ("受理意见", (case["intake"] or {}).get("comment")),
        ("异议摘要", (case["summary"] or {}).get("text")),
        ("申报单位说明", (case["statement"] or {}).get("statement")),
        ("调查核实情况", investigation.get("findings")),
        ("处理建议", word(language, PROPOSALS[investigation["proposal"]]) if investigation.get("proposal") in PROPOSALS else ""),
        ("审议结论", word(language, PROPOSALS[case["verdict"]]) if case["verdict"] in PROPOSALS else ""),
    )
    merged = tuple((number(row["receipt"]), row["facts"]) for row in queries.merged_into(connection, case["id"]))
    others = (Told(word(language, "合并处理的异议"), lines=merged, warns=True),) if merged else ()
    return (Told(word(language, "异议"), facts=facts, files=papers_of(connection, case["id"], code="D13")), *others)


def _summary(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N12c, the applicant: the summary, written so that it gives nobody away."""
    case = queries.objection_case(connection, seen.row["business_key"])
    text = (case["summary"] or {}).get("text") if case is not None else ""
    return (Told(word(language, "异议摘要"), facts=facts_of(language, ("内容", text)), warns=True),) if text else ()


def _reported(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """For the office: the report about a title, what was found, what the holder says, what is proposed."""
    case = queries.revocation_case(connection, seen.row["business_key"])
    if case is None:
        return ()
    report, proposal = case["report"] or {}, case["proposal"] or {}
    facts = facts_of(
        language,
        ("线索来源", report.get("source")),
        ("主要情况", report.get("facts")),
        ("调查情况", (case["investigation"] or {}).get("findings")),
        ("撤销事由", _ground(seen, (case["proposal"] or case["investigation"] or {}).get("ground"), language)),
        ("陈述申辩", (case["hearing"] or {}).get("statement")),
        ("撤销理由", proposal.get("reason")),
    )
    return (Told(word(language, "线索"), facts=facts, files=papers_of(connection, seen.row["business_key"], code="D13")),)


def _heard(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N16b, the holder: on which ground the title may be revoked, as in the letter. What was found may tell who reported it: it stays inside."""
    case = queries.revocation_case(connection, seen.row["business_key"])
    found = (case["investigation"] or {}) if case is not None else {}
    facts = facts_of(language, ("撤销事由", _ground(seen, found.get("ground"), language)))
    return (Told(word(language, "拟撤销称号"), facts=facts, warns=True),) if facts else ()


def _ground(seen: Look, key: object, language: str) -> str:
    rows = seen.settings.get("title_rules", {}).get("grounds", ())
    return next((str(row["en" if language == "en" else "zh"]) for row in rows if row["code"] == key), "")


def _to_remove(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N18: which file, why, and who proposes it."""
    file = cases_queries.document_by_id(connection, str(seen.variables.get("document")))
    if file is None:
        return ()
    proposer = next((row["actor_name"] for row in history_of(connection, seen.row["root"], kinds=("start",))), "")
    facts = facts_of(
        language,
        ("材料", f"{file['name']}（{file['owner']}）"),
        ("SHA-256", file["sha256"]),
        ("移除理由", seen.variables.get("reason")),
        ("提出人", proposer),
    )
    files = () if file["removed_at"] is not None else ((f"/files/{file['id']}", file["name"]),)
    return (Told(word(language, "拟移除的文件"), facts=facts, files=files, warns=True),)


def _correction(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N11d to N11f, N19a to N19c: what was printed, what it should say, why, and who proposes it; for the last check also what was registered."""
    batch, application = seen.row["business_key"], str(seen.variables.get("application"))
    asked = queries.asked_correction(connection, batch_id=batch, application_id=application)
    if asked is None:
        return ()
    texts = [(PRINTED[name], f"{text} → {asked['right'][name]}") for name, text in asked["wrong"].items()]
    facts = facts_of(language, *texts, ("更正理由", asked["reason"]), ("提出人", asked["by_name"]))
    rows = queries.registered(connection, f"{batch}/{application}") if seen.row["element"] in {"N11f", "N19c"} else ()
    lines = tuple((word(language, CHANNELS.get(row["channel"], row["channel"])), row["url"], moment(row["at"], language=language)) for row in rows)
    files = papers_of(connection, batch, code="D12.correction") if lines else ()
    return (Told(word(language, "拟更正的内容"), facts=facts, lines=lines, files=files, warns=True),)


def _places(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N03b: how many places the unit has, and how many applications it has agreed to."""
    season, code = seen.row["tenant"], str(seen.variables.get("unit"))
    unit = cases_queries.unit_row(connection, season_id=season, code=code)
    if unit is None:
        return ()
    agreed = sum(row["outcome"] == "accept" for row in cases_queries.unit_cases(connection, season_id=season, code=code))
    facts = facts_of(language, ("推荐名额", unit["widened"] if unit["is_widened"] else unit["base"]), ("初审同意", agreed))
    return (Told(word(language, "推荐名额"), facts=facts),)


Teller = Callable[[Connection, Look, str], Sequence[Told]]
TELLERS: Mapping[str, tuple[Teller, ...]] = {
    **REVIEW_TELLERS,
    "N02c": (_returned,),
    "N03b": (_places,),
    "N04d": (to_correct,),
    "N03f": (nominated,),
    "N03x2": (entered,),
    "N04a": (corrected, unconfirmed),
    "N04b": (entered, corrected, unconfirmed),
    "N04c": (entered, corrected),
    "N06e": (replacement,),
    "N07d": (shortlisted,),
    **dict.fromkeys(("N11a", "N11b", "N13a", "N13", "N14"), (_listed,)),
    **dict.fromkeys(("N11c", "N14b"), (_registered, _listed)),
    "N13b": (_recorded, _listed),
    "N11g": (_signed, _listed),
    **dict.fromkeys(("N12a", "N12b", "N12e", "N12f", "N12g"), (_objection,)),
    **dict.fromkeys(("N11d", "N11e", "N11f", "N19a", "N19b", "N19c"), (_correction,)),
    "N12c": (_summary,),
    **dict.fromkeys(("N16a", "N16c", "N16e", "N16d"), (_reported,)),
    "N16f": (_reported, _registered),
    "N16b": (_heard,),
    "N18": (_to_remove,),
    "N22": (title_change,),
}
