"""代录: an expert has scored, replied or signed on paper; somebody of the office begins the record. What follows are tasks: record, compare."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from engine.errors import EngineError
from selection.errors import HouseError
from store.selection import queries_record as queries
from web.fields import Text
from web.pages import go, page
from web.reading import Reading, Season, TheHouse
from web.visitors import Access, Visitor, not_found, there

router = APIRouter()
Recorder = Annotated[Visitor, Depends(Access("start:score_record"))]
AnswerRecorder = Annotated[Visitor, Depends(Access("start:expert_record"))]


def _place(connection: Connection, *, group: str, place: str) -> Any:
    """The seat with its expert, group and the stage it scores at now. Raises NotFound unless a step of it is open, or a record may be corrected."""
    found = next((row for row in queries.seats(connection, group) if row["id"] == f"{group}/{place}"), None)
    if found is None or not (found["stage"] or found["again"]):
        raise not_found()
    return found


def _show(request: Request, connection: Connection, *, place: Any, typed: Mapping[str, str], refusal: Any = None) -> Response:
    sheets = queries.unscored(connection, seat_id=place["id"], expert_id=place["expert"], stage=place["stage"]) if place["stage"] else ()
    again = queries.recorded(connection, seat_id=place["id"])
    status = refusal.status if refusal else 200
    return page(request, "score_record.html", status=status, place=place, sheets=sheets, again=again, typed=typed, refusal=refusal)


@router.get("/group/{group}/seats/{place}/record")
def record_page(request: Request, visitor: Recorder, connection: Reading, group: str, place: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """Ask which sheet was filled in on paper, and why it is recorded."""
    return _show(request, connection, place=_place(connection, group=group, place=place), typed={})


@router.post("/group/{group}/seats/{place}/record")
def record(
    request: Request, visitor: Recorder, house: TheHouse, connection: Reading, group: str, place: str, application: Text = "", reason: Text = ""
) -> Response:  # fmt: skip
    """Begin the record: the sheet itself, with its scan, is filled in at the task that follows."""
    found, typed = _place(connection, group=group, place=place), {"application": application, "reason": reason.strip()}
    # A sheet that was recorded before is chosen with its stage; its record is another one, with a scan of its own.
    sheet = next((row for row in queries.recorded(connection, seat_id=found["id"]) if application == f"{row['id']}/{row['stage']}"), None)
    if sheet is not None:
        application = sheet["id"]
    stage = sheet["stage"] if sheet is not None else found["stage"]
    name = f"{found['id']}/{application}/{stage}" + (f"/{sheet['version']}" if sheet is not None else "")
    variables = {"season": found["season"], "group": group, "seat": found["id"], "stage": stage, "record": name, **typed, "application": application}
    try:
        # The case is called by its application alone: who sits where is nobody's business outside the room.
        house.engine.start(
            process="score_record", business_key=f"{application}/{stage}", variables=variables, tenant=found["season"], actor=visitor.actor
        )
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        return _show(request, connection, place=found, typed=typed, refusal=refusal)
    return go("/inbox?view=groups", said="done")


def _signing(connection: Connection, *, group: str, place: str) -> Any:
    """The seat whose expert has not signed yet. Raises NotFound for any other."""
    return there(next((row for row in queries.seats(connection, group) if row["id"] == f"{group}/{place}" and row["declares"]), None))


def _invited(connection: Connection, *, season: str, expert: str) -> Any:
    """The expert who has not replied yet. Raises NotFound for any other."""
    return there(queries.invited(connection, of_season=season, expert_id=expert))


def _ask(request: Request, *, name: str, step: str, back: tuple[str, str], typed: str = "", refusal: Any = None) -> Response:
    status = refusal.status if refusal else 200
    return page(request, "expert_record.html", status=status, name=name, step=step, back=back, typed=typed, refusal=refusal)


def _begin(house: TheHouse, visitor: Visitor, *, season: str, key: str, **variables: str) -> None:
    # The case is called by its season or group alone: whose paper it is nobody's business outside the office.
    told = {"season": season, **variables}
    house.engine.start(process="expert_record", business_key=key, variables=told, tenant=season, actor=visitor.actor)


@router.get("/group/{group}/seats/{place}/declaration")
def declaration_page(request: Request, visitor: AnswerRecorder, connection: Reading, group: str, place: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """Ask why an expert's declaration is recorded from paper."""
    found = _signing(connection, group=group, place=place)
    return _ask(request, name=found["name"], step="签署保密承诺和回避声明", back=(f"/group/{group}", found["group_name"]))


@router.post("/group/{group}/seats/{place}/declaration")
def declaration(
    request: Request, visitor: AnswerRecorder, house: TheHouse, connection: Reading, group: str, place: str, reason: Text = ""
) -> Response:  # fmt: skip
    """Begin the record of a declaration: what stands on the paper is entered at the task that follows."""
    found, why = _signing(connection, group=group, place=place), reason.strip()
    season, expert, seat = found["season"], found["expert"], found["id"]
    try:
        _begin(
            house, visitor, season=season, key=f"{season}/{group}/declaration", kind="declaration", expert=expert, seat=seat,
            record=f"{seat}/{expert}/declaration", reason=why,
        )  # fmt: skip
    except (HouseError, EngineError) as refusal:
        return _ask(request, name=found["name"], step="签署保密承诺和回避声明", back=(f"/group/{group}", found["group_name"]), typed=why, refusal=refusal)
    return go("/inbox?view=groups", said="done")


@router.get("/office/experts/{expert}/reply")
def reply_page(request: Request, visitor: AnswerRecorder, connection: Reading, season: Season, expert: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """Ask why an expert's reply is recorded from paper."""
    found = _invited(connection, season=season["id"], expert=expert)
    return _ask(request, name=found["name"], step="确认参评", back=("/office/experts", "专家库"))


@router.post("/office/experts/{expert}/reply")
def reply(
    request: Request, visitor: AnswerRecorder, house: TheHouse, connection: Reading, season: Season, expert: str, reason: Text = ""
) -> Response:  # fmt: skip
    """Begin the record of a reply: what stands on the paper is entered at the task that follows."""
    found, why, of_season = _invited(connection, season=season["id"], expert=expert), reason.strip(), str(season["id"])
    try:
        _begin(
            house, visitor, season=of_season, key=f"{of_season}/reply", kind="reply", expert=expert, seat="",
            record=f"{of_season}/{expert}/reply", reason=why,
        )  # fmt: skip
    except (HouseError, EngineError) as refusal:
        return _ask(request, name=found["name"], step="确认参评", back=("/office/experts", "专家库"), typed=why, refusal=refusal)
    return go("/inbox?view=groups", said="done")
