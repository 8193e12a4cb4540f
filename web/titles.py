"""Titles: all of them for the office, and those of earlier years brought in from a sheet."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, UploadFile

from selection import title as rules
from selection import uscc
from selection.errors import Conflict, Refused
from store.selection import queries_public as public_queries
from web.house import House
from web.pages import go, page
from web.paging import WHOLE, Start, paged
from web.reading import Reading, Season, TheHouse
from web.sheets import MOST_BYTES, Column, read_sheet, sheet
from web.visitors import Access, Visitor

router = APIRouter()
Desk = Annotated[Visitor, Depends(Access("see_season_desk"))]
Importer = Annotated[Visitor, Depends(Access("import_titles"))]
STATES = {"active": "有效", "revoked": "已撤销"}
COLUMNS = (
    Column("编号", "id"),
    Column("年度", "year"),
    Column("企业名称", "holder"),
    Column("经验名称", "experience_name"),
    Column("统一社会信用代码", "uscc"),
    Column("状态", lambda row: STATES[row["state"]], ours=True),
)
OLD_SHEET = {"编号": "number", "企业名称": "holder", "经验名称": "experience", "年度": "year", "统一社会信用代码": "uscc"}


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
    return page(request, "titles.html", shown=paged(take, start=start, state=chosen, search=search), states=STATES, state=chosen, search=search)


@router.post("/titles/import")
def bring_in(visitor: Importer, house: TheHouse, connection: Reading, season: Season, file: UploadFile) -> Response:
    """Bring in titles of earlier years, so that they can be revoked too (办法 §25). All lines or none; those known already are passed over."""
    lines = read_sheet(file.file.read(MOST_BYTES + 1), headings=OLD_SHEET, needed=("number", "holder", "experience", "year"))
    old = [_old_title(line) for line in lines]
    _refuse_wrong(old, season_year=season["year"])
    known = public_queries.known_titles(connection, [title.number for title in old])
    for title in old:
        if title.number not in known:
            _begin(house, visitor, season["id"], title)
    return go("/titles", said="imported")


def _old_title(line: dict[str, str]) -> rules.OldTitle:
    year = line.get("year", "").removesuffix("年")
    return rules.OldTitle(
        number=line.get("number", ""),
        holder=line.get("holder", ""),
        experience=line.get("experience", ""),
        year=int(year) if year.isdecimal() else 0,
        uscc=uscc.normalise(line.get("uscc", "")),
    )


def _refuse_wrong(old: Sequence[rules.OldTitle], *, season_year: int) -> None:
    """Raise Refused with every line that does not fit."""
    numbers = [title.number for title in old]
    wrong = [(at, problem.zh, problem.en) for at, title in enumerate(old, start=1) for problem in rules.old_title_problems(title, season_year=season_year)]
    wrong += [(at, "编号重复", "the number is there twice") for at, number in enumerate(numbers, start=1) if number in numbers[: at - 1]]
    if not old or wrong:
        zh = "；".join(f"第 {at} 条：{text}" for at, text, _ in wrong) or "表格中没有称号"
        en = "; ".join(f"entry {at}: {text}" for at, _, text in wrong) or "there is no title in the sheet"
        raise Refused("title.sheet", zh=f"{zh}。没有导入任何称号，请修改后重新上传。", en=f"{en}. Nothing was imported; please correct it.")


def _begin(house: House, visitor: Visitor, season: str, old: rules.OldTitle) -> None:
    variables: dict[str, Any] = {"season": season, "title": old.number, "enterprise": "", "imported": True}
    told = {"holder": old.holder, "experience": old.experience, "year": old.year, "uscc": old.uscc}
    try:
        house.engine.start(process="title", business_key=old.number, variables=variables, payload=told, tenant=season, actor=visitor.actor)
    except Conflict:
        return  # a colleague brought it in at the same time
