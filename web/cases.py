"""Cases for those inside: the list, and one application with stage, tasks, files, history and where it stands on the diagram."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy import Connection

from store.engine import queries as engine_queries
from store.selection import queries_cases as cases_queries
from store.selection.contacts import Contacts
from store.selection.queries_about import public_line
from store.selection.queries_names import holders_of
from store.selection.sight import application_subject
from store.selection.views import views_of
from web.elements import element_name
from web.house import House
from web.labels import named_in
from web.pages import page
from web.paging import MOST_ROWS, WHOLE, Start, paged
from web.reading import Reading, Season, TheHouse
from web.rules import counting, focus_names, papers_named
from web.sheets import Column, sheet
from web.visitors import Access, Visitor, not_found, there

router = APIRouter()
Insider = Annotated[Visitor, Depends(Access("see_application_inside"))]
Diagrams = Annotated[Visitor, Depends(Access("see_application_inside", "see_deployments"))]
COLUMNS = (
    Column("申报编号", lambda row: row["number"] or row["id"]),
    Column("企业名称", "enterprise_name"),
    Column("统一社会信用代码", "uscc"),
    Column("经验名称", "experience_name"),
    Column("申报方向", "focus_area"),
    Column("推荐单位", "unit_name", ours=True),
    Column("阶段", lambda row: row["stage"] or "填报中", ours=True),
    Column("对外阶段", "public_stage", ours=True),
    Column("提交时间", "submitted_at"),
)
# What the history tells people; everything else in it is for machines.
KINDS = {
    "start": "开始", "complete": "办理", "act": "操作", "claim": "签收", "unclaim": "退回本组", "assign": "指派", "delegate": "转交", "take_back": "收回",
    "timer": "到期", "suspend": "暂停", "resume": "恢复", "cancel": "终止", "deadline": "时间节点调整", "ended": "结束",
}  # fmt: skip
ACTS = {"file.attach": "上传材料", "file.remove": "移除材料"}


@router.get("/cases")
def case_list(
    request: Request,
    visitor: Insider,
    house: TheHouse,
    connection: Reading,
    season: Season,
    search: str = "",
    stage: str = "",
    start: Start = 0,
    form: str = "",
) -> Response:
    """All applications of the season."""
    if form == "xlsx":
        visitor.must("export_applications")
        areas = focus_names(house, connection, season["id"], language=visitor.language)
        rows = cases_queries.cases(connection, of_season=season["id"], search=search, stage=stage, limit=WHOLE)
        known = [{**row, "focus_area": areas.get(row["focus_area"], row["focus_area"])} for row in rows]
        return sheet("申报项目", COLUMNS, known, language=visitor.language)

    def take(limit: int, offset: int) -> cases_queries.Rows:
        return cases_queries.cases(connection, of_season=season["id"], search=search, stage=stage, limit=limit, offset=offset)

    shown = paged(take, start=start, search=search, stage=stage)
    stages = engine_queries.stages(connection, tenant=season["id"], process="application")
    return page(request, "cases.html", season=season, shown=shown, search=search, stage=stage, stages=stages)


@router.get("/cases/{application}")
def case_page(request: Request, visitor: Insider, house: TheHouse, connection: Reading, application: str) -> Response:
    """One application from inside."""
    subject, row = application_subject(connection, application), cases_queries.case(connection, application)
    if subject is None or row is None:
        raise not_found()
    visitor.must("see_application_inside", subject)
    root, documents = row["root"], cases_queries.documents_of(connection, owner=application)
    tasks = engine_queries.tasks_of(connection, root) if root else ()
    extendable = sorted({name for task in tasks for name in task["depends"] or ()}) if visitor.may("extend_deadline") else ()
    return page(
        request, "case.html", case=row, contact=Contacts(connection).unproved(application),
        papers=papers_named(house, connection, documents, season_id=row["season"], language=visitor.language),
        focus=focus_names(house, connection, row["season"], language=visitor.language),
        documents=documents, counted={paper["id"] for paper in counting(house, connection, documents, application=application, season_id=row["season"])},
        views=views_of(connection, owner=application)[:50],
        tasks=tasks, holders=holders_of(connection, tasks), extendable=extendable, history=_history(house, connection, root) if root else (),
        diagrams=_diagrams(house, connection, root) if root else (), may_terminate=visitor.may("message:application.terminate", subject),
        may_correct=visitor.may("message:publicity.correct") and public_line(connection, application) is not None,
        may_remove=visitor.may("start:removal"), buried=cases_queries.removals_of(connection, owner=application),
        incidents=engine_queries.incidents(connection, root=root) if root else (),
    )  # fmt: skip


def _history(house: House, connection: Connection, root: str) -> list[dict[str, Any]]:
    """What happened, the latest first; what one person did several times in a row within a step is told once."""
    card = engine_queries.instance_card(connection, root)
    told: list[dict[str, Any]] = []
    for entry in engine_queries.history_of(connection, root, kinds=tuple(KINDS)):
        name = element_name(house, connection, card["version"] if card else None, entry)
        act = ACTS.get(str((entry["data"] or {}).get("act")), "") if entry["kind"] == "act" else ""
        one = {"who": entry["actor_name"], "kind": act or KINDS[entry["kind"]], "name": name}
        if act and told and one.items() <= told[-1].items():
            told[-1] |= {"at": entry["at"], "times": told[-1]["times"] + 1}
        else:
            told.append({**one, "at": entry["at"], "times": 1})
    return told[::-1]


def _diagrams(house: House, connection: Connection, root: str) -> list[dict[str, str]]:
    card = engine_queries.instance_card(connection, root)
    number = card["version"] if card else 0
    standing, shown = cases_queries.standing(connection, root), []
    running = cases_queries.calls_of(connection, root)
    calling = [element for elements in running.values() for element in elements]
    for process in running:
        version = house.engine.home.versions.having(connection, number, process=process)
        known = version.definitions.processes[process].elements
        # A boundary event waits as long as its activity runs: the token is drawn on what it waits for, not there.
        waiting = [element for element in standing.get(process, []) if element in known and known[element].type != "boundaryEvent"]
        tokens = [*waiting, *(element for element in calling if element in known and known[element].type == "callActivity")]
        shown.append({"process": process, "path": f"/diagrams/{version.id}/{process}", "marks": json.dumps({"token": tokens})})
    return shown


@router.get("/diagrams/{version}/{process}")
def diagram(visitor: Diagrams, connection: Reading, version: Annotated[int, Path(le=MOST_ROWS)], process: str) -> Response:
    """A deployed diagram for the viewer; what it calls things in English, where the visitor reads English and somebody said it."""
    content = there(engine_queries.version_files(connection, version).get(f"{process}.bpmn"))
    if visitor.language == "en":
        content = named_in(content, visitor.language)
    return Response(content, media_type="application/xml", headers={"Content-Disposition": "attachment"})


def path_of_case(connection: Connection, application: str, *, visitor: Visitor) -> str:
    """Where the visitor may look at an application; "" if nowhere, or if it is none."""
    subject = application_subject(connection, application)
    if subject is None:
        return ""
    if visitor.may("see_application_inside", subject):
        return f"/cases/{application}"
    return f"/portal/{application}" if visitor.may("see_application_portal", subject) else ""
