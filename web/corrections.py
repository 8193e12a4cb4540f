"""更正: the office proposes to correct a line of a published list or an announcement; a second person and its publication follow as tasks."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from engine.errors import EngineError
from selection.errors import HouseError
from store.selection import queries_about as queries
from web.fields import Line, Text
from web.house import House
from web.pages import go, page
from web.reading import Reading, TheHouse
from web.rules import rules_of_season
from web.telling import PRINTED
from web.visitors import Access, Visitor, not_found, there

router = APIRouter()
Corrector = Annotated[Visitor, Depends(Access("message:publicity.correct"))]
OfTitles = Annotated[Visitor, Depends(Access("start:title_correction"))]
PUBLIC = {
    "heading": "更正公示内容",
    "note": "请改正有误的内容，其余保持不变。经另一人复核并发布更正公告后生效，该项公示期自更正发布起重新计算，其他项目不变。",
}
ANNOUNCED = {
    "heading": "更正公告内容",
    "note": "请改正有误的内容，其余保持不变。经另一人复核并发布更正公告后生效，称号随之更正，原内容和更正日期一并公布。",
}
TO_TITLES = ("/titles", "称号管理")


def _line(connection: Connection, application: str) -> Any:
    return there(queries.public_line(connection, application))


def _choices(house: House, connection: Connection, season: str, *, language: str) -> Mapping[str, Mapping[str, str]]:
    """What may be chosen for a column: what the list says -> the words of the page for it."""
    rules = there(rules_of_season(house, connection, season))
    focus = {area.zh: area.en if language == "en" else area.zh for area in rules.focus}
    return {"focus_area": focus, "recommending_unit": {unit.name: unit.name for unit in rules.units}}


def _typed(enterprise_name: Line = "", experience_name: Line = "", focus_area: Line = "", recommending_unit: Line = "", reason: Text = "") -> dict[str, str]:
    said = {"enterprise_name": enterprise_name, "experience_name": experience_name, "focus_area": focus_area, "recommending_unit": recommending_unit}
    return {name: text.strip() for name, text in (said | {"reason": reason}).items()}


Typed = Annotated[dict[str, str], Depends(_typed)]


@router.get("/cases/{application}/correction")
def correction_page(request: Request, visitor: Corrector, house: TheHouse, connection: Reading, application: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """The line as it was published, to be changed where it is wrong, and why."""
    line = _line(connection, application)
    return _show(request, house, connection, line=line, typed={**line["row"], "reason": ""}, said=PUBLIC, back=(f"/cases/{application}", "申报项目"))


def _show(
    request: Request,
    house: House,
    connection: Connection,
    *,
    line: Any,
    typed: Mapping[str, str],
    said: Mapping[str, str],
    back: tuple[str, str],
    refusal: Any = None,
) -> Response:
    printed = {name: words for name, words in PRINTED.items() if name in line["row"]}
    return page(
        request, "correction.html", status=refusal.status if refusal else 200, fields=printed, line=line, typed=typed, refusal=refusal,
        choices=_choices(house, connection, line["season"], language=request.state.visitor.language), back=back, **said,
    )  # fmt: skip


@router.post("/cases/{application}/correction")
def propose(request: Request, visitor: Corrector, house: TheHouse, connection: Reading, application: str, typed: Typed) -> Response:
    """Propose the correction; nothing that the public reads changes before somebody else agrees and it is published."""
    line = _line(connection, application)
    payload = {"application": application, "row": {name: typed[name] for name in PRINTED}, "reason": typed["reason"]}
    try:
        house.engine.correlate(
            message="publicity.correct", key=line["batch"], payload=payload, tenant=line["season"], actor=visitor.actor
        )
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        return _show(request, house, connection, line=line, typed=typed, said=PUBLIC, back=(f"/cases/{application}", "申报项目"), refusal=refusal)
    return go("/inbox?view=groups", said="done")


def _announced(connection: Connection, title: str) -> Any:
    return there(queries.announced_line(connection, title))


@router.get("/titles/{title}/correction")
def title_page(request: Request, visitor: OfTitles, house: TheHouse, connection: Reading, title: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """The line as it was announced, to be changed where it is wrong, and why."""
    line = _announced(connection, title)
    return _show(request, house, connection, line=line, typed={**line["row"], "reason": ""}, said=ANNOUNCED, back=TO_TITLES)


@router.post("/titles/{title}/correction")
def propose_title(request: Request, visitor: OfTitles, house: TheHouse, connection: Reading, title: str, typed: Typed) -> Response:
    """Propose to correct what was announced; list and title stay as they are until somebody else agrees and it is published."""
    line = _announced(connection, title)
    variables = {"season": line["season"], "batch": line["batch"], "application": line["application"]}
    told = {"row": {name: typed[name] for name in PRINTED}, "reason": typed["reason"]}
    try:
        house.engine.start(
            process="title_correction", business_key=line["batch"], variables=variables, payload=told, tenant=line["season"], actor=visitor.actor
        )
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        return _show(request, house, connection, line=line, typed=typed, said=ANNOUNCED, back=TO_TITLES, refusal=refusal)
    return go("/inbox?view=groups", said="done")
