"""What experts, leaders and the office must read before a step of the review: the groups, sheets far apart, the defence, the visit, the meeting."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, RowMapping

from selection import grouping
from store.selection import queries_about as queries
from store.selection import queries_review as review_queries
from store.selection.application import ApplicationFacts
from store.selection.people import PeopleFacts
from store.selection.review import ReviewFacts
from store.selection.subject import Fact
from web.i18n import moment, word
from web.looking import Look
from web.telling_entered import entered
from web.told import Told, facts_of

CHOICES = {"yes": "同意", "no": "不同意", "abstain": "弃权"}


def _groups(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N05e: the groups that are confirmed, and on which application nobody knows the industry or quality methods (A-59): advice, no obstacle."""
    reviews, season = ReviewFacts(connection), seen.row["tenant"]
    rows = {row.id: row for row in ApplicationFacts(connection).of_season(season, state=["form_passed", "desk_review"])}
    lines: list[tuple[str, ...]] = []
    advice: list[tuple[str, ...]] = []
    for group in reviews.groups(season):
        given = {seat.expert: [row.application for row in reviews.assigned(seat.id)] for seat in reviews.seats(group.id)}
        mine = [grouping.Candidate(row.id, row.focus_area or "", row.industry_code or "") for row in rows.values() if row.group == group.id]
        seats = [_seat(row) for row in PeopleFacts(connection).experts(given)]
        judges = {one.id: tuple(expert for expert, held in given.items() if one.id in held) for one in mine}
        found = grouping.advice(applications=mine, seats=seats, assignment=judges)
        advice += [(problem.en if language == "en" else problem.zh,) for problem in found]
        lines.append((group.name, word(language, "{n} 项", n=len(mine)), word(language, "{n} 名专家", n=len(given))))
    warned = (Told(word(language, "分组提示"), lines=tuple(advice), warns=True),) if advice else ()
    return (*warned, Told(word(language, "各组规模"), lines=tuple(lines)))


def _seat(expert: Fact) -> grouping.Seat:
    return grouping.Seat(
        expert=expert.id, industries=frozenset(expert.industries or ()), quality_method=grouping.METHOD in (expert.fields or ())
    )


def _visit(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N09b: which application is visited, and the doubts to look into."""
    case = queries.visit_case(connection, str(seen.variables.get("visit")))
    if case is None:
        return ()
    lines = tuple((str(doubt),) for doubt in case["doubts"] or ())
    about = facts_of(language, *_about(case), ("随行经办人", case["clerk_name"]))
    return (Told(word(language, "考察对象"), facts=about), Told(word(language, "考察疑点"), lines=lines))


def _called(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N08b: when, where and in which order the application is defended, for how long, and what the office asks to mind."""
    call = queries.defence_call(connection, str(seen.variables.get("application")))
    if call is None:
        return ()
    times = seen.settings.get("defence", {})
    length = word(language, "陈述{present}分钟，提问{question}分钟", present=times.get("present_minutes"), question=times.get("question_minutes"))
    facts = facts_of(
        language,
        ("答辩时间", moment(call["starts"], language=language)),
        ("地点", call["place"]),
        ("答辩顺序", word(language, "第{n}个", n=call["order"])),
        ("时长", length if times else ""),
        ("注意事项", (call["plan"] or {}).get("note")),
    )
    return (Told(word(language, "答辩时间和地点"), facts=facts),)


def _apart(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N06c: the applications on which the sheets are far apart. Whose sheets and how far stays in the room."""
    rows = queries.apart_in(connection, str(seen.variables.get("group")))
    lines = tuple(tuple(str(text) for _, text in _about(row) if text) for row in rows)
    return (Told(word(language, "分歧较大的申报"), lines=lines, warns=True),) if lines else ()


def _about(case: RowMapping) -> tuple[tuple[str, object], ...]:
    return ("企业名称", case["enterprise_name"]), ("经验名称", case["experience_name"]), ("申报编号", case["number"])


def _meeting(_connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N07a, b, c: the meeting's own page."""
    return (Told(word(language, "会议"), files=((f"/meetings/{seen.row['business_key']}", word(language, "查看议程、到会和表决情况")),)),)


def _ballots(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N07b: how many votes members cast themselves on each item; what is recorded contains them. Whose they are is not told."""
    meeting = str(seen.row["business_key"])
    cast: dict[str, dict[str, int]] = {}
    for row in review_queries.votes_of(connection, meeting):
        cast.setdefault(row["item"], {})[row["choice"]] = row["number"]
    given = {item: [f"{word(language, CHOICES[choice])} {number}" for choice, number in votes.items()] for item, votes in cast.items()}
    listed = [item for item in review_queries.agenda_of(connection, meeting) if item["item"] in given]
    lines = tuple((str(item["number"] or item["item"]), item["enterprise_name"], *given[item["item"]]) for item in listed)
    return (Told(word(language, "委员已电子投票；登记的票数应为电子投票与纸质表决的合计"), lines=lines, warns=True),) if lines else ()


def _ranking(_connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N06d: the group's page with its scores."""
    return (Told(word(language, "专业组"), files=((f"/group/{seen.variables.get('group')}", word(language, "查看本组分数和排序")),)),)


REVIEW_TELLERS: Mapping[str, tuple[Callable[[Connection, Look, str], Sequence[Told]], ...]] = {
    "N05e": (_groups, entered),
    "N06c": (_apart,),
    "N06d": (_ranking,),
    **dict.fromkeys(("N07a", "N07c"), (_meeting,)),
    "N07b": (_meeting, _ballots),
    "N08b": (_called,),
    "N09b": (_visit,),
}
