"""What the office begins without a task: recording for a unit, ending an application, a report about a title, removing a file for good."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from engine.errors import EngineError
from selection.errors import HouseError
from store.selection import queries_cases as cases_queries
from store.selection.sight import application_subject
from store.selection.title import TitleFacts
from web.fields import Text
from web.house import House
from web.pages import go, page
from web.reading import Reading, Season, TheHouse
from web.visitors import Access, Visitor, not_found, there

router = APIRouter()
Recorder = Annotated[Visitor, Depends(Access("message:recommendation.record"))]
Ender = Annotated[Visitor, Depends(Access("message:application.terminate"))]
Remover = Annotated[Visitor, Depends(Access("start:removal"))]
Registrar = Annotated[Visitor, Depends(Access("register_report"))]


def _asked(
    request: Request,
    *,
    heading: str,
    about: str,
    note: str,
    fields: Mapping[str, str],
    typed: Mapping[str, str],
    back: tuple[str, str],
    refusal: Any = None,
) -> Response:
    """The page with the few fields an act needs; after a refusal with what was typed. `back`: where one came from, path and words."""
    status = 200 if refusal is None else refusal.status
    return page(
        request, "office_act.html", status=status, heading=heading, about=about, note=note, fields=fields, typed=typed, back=back, refusal=refusal
    )


def _sent(house: House, visitor: Visitor, *, message: str, key: str, season: str, payload: Mapping[str, str]) -> Any:
    """Send the message; out comes the refusal, or None. "Not there" stays that."""
    try:
        house.engine.correlate(message=message, key=key, payload=payload, tenant=season, actor=visitor.actor)
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        return refusal
    return None


RECORD = {
    "heading": "代录推荐结果",
    "note": "推荐单位以邮寄、传真等方式报送的，由办公室代录：上传推荐文件扫描件，经另一人复核后生效。",
    "fields": {"reason": "代录原因"},
}


def _unit(connection: Connection, season: Any, code: str) -> tuple[str, tuple[str, str]]:
    """The unit's name, and the way back to its desk."""
    return there(cases_queries.unit_row(connection, season_id=season["id"], code=code))["name"], (f"/unit/{code}", "推荐单位")


@router.get("/unit/{code}/record")
def record_page(request: Request, visitor: Recorder, connection: Reading, season: Season, code: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """Ask why the office records for the unit."""
    name, back = _unit(connection, season, code)
    return _asked(request, **RECORD, about=name, back=back, typed={})  # type: ignore[arg-type]


@router.post("/unit/{code}/record")
def record(
    request: Request, visitor: Recorder, house: TheHouse, connection: Reading, season: Season, code: str, reason: Text = ""
) -> Response:
    """代录: the unit's own work ends, the office gets the task."""
    (name, back), typed = _unit(connection, season, code), {"reason": reason.strip()}
    refusal = _sent(house, visitor, message="recommendation.record", key=code, season=season["id"], payload=typed)
    if refusal is not None:
        return _asked(request, **RECORD, about=name, back=back, typed=typed, refusal=refusal)  # type: ignore[arg-type]
    return go("/inbox?view=groups", said="done")


END = {"heading": "终止申报", "note": "终止后不能恢复，申报单位将收到通知。", "fields": {"reason": "终止理由"}}


def _to_case(application: str) -> tuple[str, str]:
    return f"/cases/{application}", "申报项目"


def _case(connection: Connection, visitor: Visitor, application: str) -> Any:
    subject, row = application_subject(connection, application), cases_queries.case(connection, application)
    if subject is None or row is None or not visitor.may("message:application.terminate", subject):
        raise not_found()
    return row


@router.get("/cases/{application}/terminate")
def end_page(request: Request, visitor: Ender, connection: Reading, application: str) -> Response:
    """Ask why the application ends."""
    row = _case(connection, visitor, application)
    return _asked(request, **END, about=row["enterprise_name"], back=_to_case(application), typed={})  # type: ignore[arg-type]


@router.post("/cases/{application}/terminate")
def end(request: Request, visitor: Ender, house: TheHouse, connection: Reading, application: str, reason: Text = "") -> Response:
    """End an application by the office, with a reason."""
    row, typed = _case(connection, visitor, application), {"reason": reason.strip()}
    refusal = _sent(house, visitor, message="application.terminate", key=application, season=row["season"], payload=typed)
    if refusal is not None:
        return _asked(request, **END, about=row["enterprise_name"], back=_to_case(application), typed=typed, refusal=refusal)  # type: ignore[arg-type]
    return go(f"/cases/{application}", said="done")


REPORT = {
    "heading": "登记线索",
    "note": "称号获得者弄虚作假，或发生质量、安全、环保、信誉等方面重大责任事故的，登记后由办公室调查核实。",
    "fields": {"source": "线索来源", "facts": "主要情况"},
}


TO_TITLES = ("/titles", "称号管理")


def _title(connection: Connection, title: str) -> Any:
    return there(TitleFacts(connection).get(title))


@router.get("/titles/{title}/report")
def report_page(request: Request, visitor: Registrar, connection: Reading, title: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """Ask what is reported about a title."""
    found = _title(connection, title)
    return _asked(request, **REPORT, about=f"{found.id} {found.holder}", back=TO_TITLES, typed={})  # type: ignore[arg-type]


@router.post("/titles/{title}/report")
def report(
    request: Request, visitor: Registrar, house: TheHouse, connection: Reading, title: str, source: Text = "", facts: Text = ""
) -> Response:
    """Register a report about a title; the investigation begins (办法 §25)."""
    found, typed = _title(connection, title), {"source": source.strip(), "facts": facts.strip()}
    refusal = _sent(house, visitor, message="title.report", key=title, season=found.season, payload=typed)
    if refusal is not None:
        return _asked(request, **REPORT, about=f"{found.id} {found.holder}", back=TO_TITLES, typed=typed, refusal=refusal)  # type: ignore[arg-type]
    return go("/inbox?view=groups", said="done")


REMOVE = {
    "heading": "移除文件",
    "note": "涉及国家秘密、误传他人材料等情形，经另一人复核后清除文件内容，校验值、理由和两位经办人留存。只涉及本项目的材料，其他项目内容相同的文件不受影响。",
    "fields": {"reason": "移除理由"},
}


def _file(connection: Connection, document: str) -> Any:
    found = cases_queries.document_by_id(connection, document)
    if found is None or found["removed_at"] is not None:
        raise not_found()
    return found


@router.get("/files/{document_id}/removal")
def removal_page(request: Request, visitor: Remover, connection: Reading, document_id: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """Ask why a file is to be removed for good."""
    found = _file(connection, document_id)
    return _asked(request, **REMOVE, about=f"{found['name']}（{found['owner']}）", back=_to_case(found["owner"]), typed={})  # type: ignore[arg-type]


@router.post("/files/{document_id}/removal")
def removal(request: Request, visitor: Remover, house: TheHouse, connection: Reading, document_id: str, reason: Text = "") -> Response:
    """Propose to remove a file for good; a second person decides (§14)."""
    found, typed = _file(connection, document_id), {"reason": reason.strip()}
    variables = {"season": found["season"], "document": document_id, **typed}
    try:
        house.engine.start(process="removal", business_key=document_id, variables=variables, tenant=found["season"], actor=visitor.actor)
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        about = f"{found['name']}（{found['owner']}）"
        return _asked(request, **REMOVE, about=about, back=_to_case(found["owner"]), typed=typed, refusal=refusal)  # type: ignore[arg-type]
    return go("/inbox?view=groups", said="done")
