"""For the office when it publishes: the text for the WeChat account (§8; Chinese in any language) and who gets a letter without an account."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from selection.publicity import COLUMNS
from selection.season import Season
from store.selection import queries_about as queries
from store.selection import queries_review as review_queries
from store.selection.mail import MailRepository
from store.selection.subscribers import Subscribers
from web.i18n import word
from web.looking import Look
from web.told import Told

ENTERS = {"approve": "入围", "refuse": "未入围"}
LEFT_OUT = frozenset({"held", "removed"})


def for_publicity(connection: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N11b: the list by focus areas, how long it is public and where to object."""
    rules = season.publicity
    since = "发布当日计入" if rules.count_publication_day else "发布当日不计入"
    heading = (f"{season.title}公示", f"根据{season.legal_basis}，现将评审委员会合议通过的名单予以公示，公示期为{rules.working_days}个工作日（{since}）。")
    closing = "对公示项目有异议的单位和个人，请在公示期内实名提出，并提供具体事实和证据材料。"
    contact = f"异议受理：{season.contact.office}，电话 {season.contact.phone}，邮箱 {season.contact.mail}"
    contact += f"，地址 {season.contact.address}" if season.contact.address else ""
    return (*_pasted(language, (*heading, *_list(connection, seen, season), "", closing, contact)), *to_subscribers(connection, seen, language, season))


def for_announcement(connection: Connection, seen: Look, language: str, season: Season) -> Sequence[Told]:
    """N14: the titles by focus areas."""
    heading = (f"{season.title}名单", f"根据{season.legal_basis}，经申报、推荐、评审、公示和批准，现将名单予以公告。")
    return (*_pasted(language, (*heading, *_list(connection, seen, season), "", season.contact.office)), *to_subscribers(connection, seen, language, season))


def shortlisted(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N07d: what the meeting decided on each application, with its own page, and who gets a letter by the release."""
    season = seen.row["tenant"]
    decided = [row for row in review_queries.meetings_of(connection, of_season=season) if row["kind"] == "shortlist" and row["state"] == "signed"]
    if not decided:
        return ()
    meeting = decided[-1]["id"]
    lines = tuple(
        (str(row["number"] or row["item"]), row["enterprise_name"], row["experience_name"] or "", word(language, ENTERS.get(row["decision"], "—")))
        for row in review_queries.agenda_of(connection, meeting)
    )
    minutes = (f"/meetings/{meeting}", word(language, "查看议程、到会和表决情况"))
    letters = tuple((one.recipient_name, one.address, one.subject) for one in MailRepository(connection).held(f"shortlist:{season}"))
    who = (Told(word(language, "收件人（{n} 位）", n=len(letters)), lines=letters, folded=True),) if letters else ()
    return (Told(word(language, "名单（{n} 项）", n=len(lines)), lines=lines, files=(minutes,)), *who)


def to_subscribers(connection: Connection, _: Look, language: str, __: Season) -> Sequence[Told]:
    """N01b, N11b, N14, N15b: who gets the letter of this act without an account, before it goes."""
    count = Subscribers(connection).count()
    listed = ("/office/subscribers", word(language, "订阅者（{n} 位）", n=count))
    return (Told(word(language, "邮件通知"), files=(listed,)),) if count else ()


def _list(connection: Connection, seen: Look, season: Season) -> Iterator[str]:
    """The lines as the season prints them (A-67), one heading for each focus area, in its order."""
    rows = [row for row in queries.list_lines(connection, seen.row["business_key"]) if row["state"] not in LEFT_OUT]
    areas = [area.zh for area in season.focus]
    printed = [(str((row["row"] or {}).get("focus_area") or ""), row) for row in rows]
    ordered = sorted(printed, key=lambda pair: areas.index(pair[0]) if pair[0] in areas else len(areas))
    for area, lines in groupby(ordered, key=lambda pair: pair[0]):
        yield from ("", f"【{area}】") if area else ("",)
        for number, (_, row) in enumerate(lines, start=1):
            yield f"{number}. {_line(row, season)}"


def _line(row: Any, season: Season) -> str:
    said = {"enterprise_name": row["enterprise_name"], "experience_name": row["experience_name"], **(row["row"] or {})}
    names = [name for name in season.publicity.columns if name in COLUMNS and name not in {"seq", "focus_area"}]
    return "｜".join(str(said[name]) for name in names if said.get(name))


def _pasted(language: str, lines: Sequence[str]) -> Sequence[Told]:
    return (Told(word(language, "公众号文本"), text="\n".join(lines), folded=True),)
