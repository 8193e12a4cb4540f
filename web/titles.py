"""Titles: all of them for the office, and those of earlier years brought in from a sheet."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from sqlalchemy import Connection

from engine.errors import EngineError
from selection import title as rules
from selection import uscc
from selection.calendar import local_day
from selection.errors import Conflict, HouseError, Refused
from store.selection import queries_about as queries
from store.selection import queries_public as public_queries
from store.selection.title import TitleFacts
from web.fields import Line, Text, Word
from web.house import House
from web.pages import go, page
from web.paging import WHOLE, Start, paged
from web.reading import Reading, Season, TheHouse
from web.sheets import MOST_BYTES, Column, read_sheet, sheet
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Desk = Annotated[Visitor, Depends(Access("see_season_desk"))]
Importer = Annotated[Visitor, Depends(Access("import_titles"))]
Keeper = Annotated[Visitor, Depends(Access("start:title_change"))]
STATES = {"active": "有效", "revoked": "已撤销"}
COLUMNS = (
    Column("编号", "id"),
    Column("年度", "year"),
    Column("企业名称", "holder"),
    Column("经验名称", "experience_name"),
    Column("统一社会信用代码", "uscc"),
    Column("状态", lambda row: STATES[row["state"]], ours=True),
    Column("撤销日期", "revoked_at"),
)
RECORD = {"holder": "企业名称", "experience_name": "经验名称", "year": "年度", "uscc": "统一社会信用代码", "revoked": "撤销日期"}
READ = {name: words for name, words in RECORD.items() if name != "uscc"}  # by everybody
OLD_SHEET = {"编号": "number", "企业名称": "holder", "经验名称": "experience", "年度": "year", "统一社会信用代码": "uscc", "撤销日期": "revoked"}


@router.get("/titles")
def titles(
    request: Request, visitor: Desk, connection: Reading, state: str = "", search: str = "", start: Start = 0, form: str = ""
) -> Response:
    """All titles: this house's own and those brought in; from here a report about one is registered."""
    chosen = state if state in STATES else ""

    def take(limit: int, offset: int) -> public_queries.Rows:
        return public_queries.titles_listed(connection, state=chosen, search=search, limit=limit, offset=offset)

    if form == "xlsx":
        return sheet("称号", COLUMNS, take(WHOLE, 0), language=visitor.language)
    shown = paged(take, start=start, state=chosen, search=search)
    corrected = public_queries.title_corrections(connection, [row["id"] for row in shown.rows])
    return page(request, "titles.html", shown=shown, states=STATES, state=chosen, search=search, corrected=corrected, fields=RECORD)


@router.post("/titles/import")
def bring_in(visitor: Importer, house: TheHouse, connection: Reading, season: Season, file: UploadFile) -> Response:
    """Bring in titles of earlier years, so that they can be revoked too (办法 §25). All lines or none; those known already are passed over."""
    lines = read_sheet(file.file.read(MOST_BYTES + 1), headings=OLD_SHEET, needed=("number", "holder", "experience", "year"))
    old = [_old_title(line) for line in lines]
    _refuse_wrong(old, season_year=season["year"], today=local_day(house.clock.now()))
    known = public_queries.known_titles(connection, [title.number for title in old])
    for title in old:
        if title.number not in known:
            _begin(house, visitor, season["id"], title)
    return go("/titles", said="imported")


def _old_title(line: dict[str, str]) -> rules.OldTitle:
    return rules.OldTitle(
        number=line.get("number", ""),
        holder=line.get("holder", ""),
        experience=line.get("experience", ""),
        year=rules.written_year(line.get("year", "").removesuffix("年")),
        uscc=uscc.normalise(line.get("uscc", "")),
        revoked=line.get("revoked", ""),
    )


def _refuse_wrong(old: Sequence[rules.OldTitle], *, season_year: int, today: date) -> None:
    """Raise Refused with every line that does not fit."""
    numbers = [title.number for title in old]
    found = [(at, rules.old_title_problems(title, season_year=season_year, today=today)) for at, title in enumerate(old, start=1)]
    wrong = [(at, problem.zh, problem.en) for at, problems in found for problem in problems]
    wrong += [(at, "编号重复", "the number is there twice") for at, number in enumerate(numbers, start=1) if number in numbers[: at - 1]]
    if not old or wrong:
        zh = "；".join(f"第 {at} 条：{text}" for at, text, _ in wrong) or "表格中没有称号"
        en = "; ".join(f"entry {at}: {text}" for at, _, text in wrong) or "there is no title in the sheet"
        raise Refused("title.sheet", zh=f"{zh}。没有导入任何称号，请修改后重新上传。", en=f"{en}. Nothing was imported; please correct it.")


def _begin(house: House, visitor: Visitor, season: str, old: rules.OldTitle) -> None:
    variables: dict[str, Any] = {"season": season, "title": old.number, "enterprise": "", "imported": True}
    told = {"holder": old.holder, "experience": old.experience, "year": old.year, "uscc": old.uscc, "revoked": old.revoked}
    try:
        house.engine.start(process="title", business_key=old.number, variables=variables, payload=told, tenant=season, actor=visitor.actor)
    except Conflict:
        return  # a colleague brought it in at the same time


def _typed(holder: Line = "", experience_name: Line = "", year: Word = "", uscc: Word = "", revoked: Word = "", reason: Text = "") -> dict[str, str]:
    said = {"holder": holder, "experience_name": experience_name, "year": year, "uscc": uscc, "revoked": revoked, "reason": reason}
    return {name: text.strip() for name, text in said.items()}


Typed = Annotated[dict[str, str], Depends(_typed)]


def _brought_in(connection: Connection, title: str) -> Any:
    found = TitleFacts(connection).get(title)
    if found is None or not found.imported:
        raise not_found()
    return found


@router.get("/titles/{title}/record")
def record(request: Request, visitor: Keeper, connection: Reading, title: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """What is on record of a title of an earlier year, to be changed where it is wrong, and every correction that was asked for."""
    return _record(request, connection, found=_brought_in(connection, title))


def _record(request: Request, connection: Connection, *, found: Any, typed: Mapping[str, str] | None = None, refusal: Any = None) -> Response:
    standing = rules.record_texts(found)
    fields = {name: words for name, words in RECORD.items() if name != "revoked" or standing["revoked"]}
    return page(
        request, "title_record.html", status=refusal.status if refusal else 200, title=found, fields=fields, typed=standing if typed is None else typed,
        changes=queries.changes_of(connection, found.id, kind="record"), refusal=refusal,
    )  # fmt: skip


@router.post("/titles/{title}/record")
def correct(request: Request, visitor: Keeper, house: TheHouse, connection: Reading, title: str, typed: Typed) -> Response:
    """Propose to correct the record; it stays as it is until somebody else agrees (§14)."""
    found = _brought_in(connection, title)
    refusal = propose_change(house, visitor, found, kind="record", told=typed)
    return _record(request, connection, found=found, typed=typed, refusal=refusal) if refusal else go("/inbox?view=groups", said="done")


def propose_change(house: House, visitor: Visitor, title: Any, *, kind: str, told: Mapping[str, Any]) -> HouseError | EngineError | None:
    """Propose a change of what is read of a title; a second person decides. Out: why it was refused, None if it was not."""
    variables = {"season": title.season, "title": title.id, "kind": kind}
    try:
        house.engine.start(process="title_change", business_key=title.id, variables=variables, payload=dict(told), tenant=title.season, actor=visitor.actor)
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        return refusal
    return None
