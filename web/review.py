"""The expert's desk: declaration first, then the files and one score sheet per application, save and next. Nobody else's scores."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from markupsafe import Markup
from sqlalchemy import Connection

from selection import scoring
from selection.errors import Refused
from selection.season import Season as Rules
from store.selection import queries_cases as cases_queries
from store.selection import queries_review as review_queries
from store.selection import queries_tasks as tasks_queries
from web.forms import FormContext, data_of, render_answers, render_form
from web.house import House
from web.looking import Look, context_of, look
from web.naming import named
from web.pages import go, page
from web.paging import PAGE
from web.reading import Reading, TheHouse
from web.roles import SHEETS
from web.rules import counting, papers_named, rules_of_version
from web.sheets import Column, sheet
from web.tasks import REFUSALS, Sent
from web.visitors import Access, Visitor, not_found, there
from web.watermark import mark_for

router = APIRouter()
Expert = Annotated[Visitor, Depends(Access("see_expert_desk"))]
STATES = {"draft": "已保存", "final": "已提交", "void": "作废", "aside": "另存"}
OWN = (
    Column("申报编号", lambda row: row["number"] or row["id"]),
    Column("企业名称", "enterprise_name"),
    Column("经验名称", "experience_name"),
    Column("状态", lambda row: "回避" if row["kind"] else STATES.get(row["sheet_state"], "待评"), ours=True),
    Column("总分", "total"),
    Column("录入", lambda row: "办公室代录" if row["recorded_by"] else "", ours=True),
)


@router.get("/review")
def desk(request: Request, visitor: Expert, house: TheHouse, connection: Reading) -> Response:
    """The expert's seats, tasks and applications."""
    experts = visitor.organisations("expert")
    groups = [f"expert@{expert}" for expert in experts]
    mine = tasks_queries.my_tasks(connection, actor=visitor.actor.id, limit=PAGE + 1)
    offered = tasks_queries.group_tasks(connection, groups=groups, limit=PAGE + 1)
    tasks = sorted((*mine, *offered), key=lambda row: (row["due"] is None, row["due"], row["id"]))
    shown = named(connection, tasks[:PAGE], language=visitor.language, house=house)
    seats = review_queries.seats_of(connection, experts=experts)
    return page(request, "review.html", seats=seats, tasks=shown, sheets=SHEETS, more=len(tasks) > PAGE)


@router.get("/review/{task}")
def reading(
    request: Request, visitor: Expert, house: TheHouse, connection: Reading, task: str, application: str = "", form: str = ""
) -> Response:
    """The score sheets of one task: the list of applications, and the chosen one's files and sheet."""
    seen = _sheets(house, connection, visitor, task=task)
    if form == "xlsx":
        return sheet("我的评分", OWN, _readings(connection, visitor, seen=seen), language=visitor.language)
    return _show(request, house, connection, visitor, seen=seen, application=application)


def _sheets(house: House, connection: Connection, visitor: Visitor, *, task: str) -> Look:
    seen = look(house, connection, task=task, visitor=visitor)
    if seen.row["element"] not in SHEETS or "score.save" not in seen.acts:
        raise not_found()
    return seen


def _show(
    request: Request,
    house: House,
    connection: Connection,
    visitor: Visitor,
    *,
    seen: Look,
    application: str,
    typed: Mapping[str, Any] | None = None,
    refusal: Any = None,
) -> Response:
    rows = _readings(connection, visitor, seen=seen)
    open_rows = [row for row in rows if row["kind"] is None]
    following = next((row["id"] for row in open_rows if row["sheet_state"] != "final"), "")
    chosen = next((row for row in open_rows if row["id"] == application), None)
    if application and chosen is None:
        raise not_found()
    rules = rules_of_version(house, connection, seen.row["version"])
    data = typed if typed is not None else (chosen["sheet"] or {}) if chosen is not None else {}
    scores = None
    if chosen is not None:
        context = replace(context_of(seen, connection, visitor=visitor, upload=False), settled=_not_asked(rules, SHEETS[seen.row["element"]]))
        final = chosen["sheet_state"] == "final"
        scores = render_answers(seen.acts["score.save"], data, context=context) if final else _asked(seen, data, chosen["id"], context, refusal=refusal)
    papers = cases_queries.documents_of(connection, owner=application) if chosen is not None else ()
    documents = counting(house, connection, papers, application=application, season_id=seen.row["tenant"])
    return page(
        request, "reading.html", status=200 if refusal is None else refusal.status, task=seen.row, rows=rows, chosen=chosen, sheet=scores, states=STATES,
        documents=[d for d in documents if d["removed_at"] is None], refusal=None if getattr(refusal, "errors", ()) else refusal,
        papers=papers_named(house, connection, documents, season_id=seen.row["tenant"], language=visitor.language), following=following,
        total=scoring.total(season=rules, sheet=scoring.Sheet.from_form(data)), most=sum(item.max for item in rules.rubric.items),
        counted=[f"scores.{item.code}" for item in rules.rubric.items], mark=mark_for(visitor, now=house.clock.now()),
    )  # fmt: skip


def _asked(seen: Look, data: Mapping[str, Any], application: str, context: FormContext, *, refusal: Any) -> Markup:
    """The sheet to fill in, with what is wrong with it."""
    return render_form(
        seen.acts["score.save"],
        {**data, "application": application},
        getattr(refusal, "errors", ()),
        context=replace(context, settled=context.settled | {"application"}),
        action=f"/review/{seen.id}/{application}",
        label=context.pick("保存", "Save"),
    )


def _not_asked(rules: Rules, stage: str) -> frozenset[str]:
    """The lines that the sheet of a stage does not have: what is seen at the defence alone."""
    asked = scoring.items(rules, stage=stage)
    lines = [item.code for item in (*rules.rubric.items, *rules.rubric.uncounted) if item not in asked]
    return frozenset(f"{part}.{line}" for part in ("scores", "comments") for line in lines)


@router.post("/review/{task}/{application}")
def save(request: Request, visitor: Expert, house: TheHouse, connection: Reading, task: str, application: str, what: Sent) -> Response:
    """Save a sheet and go to the next application without a finished one."""
    pairs, received = what
    seen = _sheets(house, connection, visitor, task=task)
    data = {**data_of(seen.acts["score.save"], pairs), "application": application}
    return _act(request, house, visitor, seen=seen, act="score.save", data=data, received=received)


@router.post("/review/{task}/{application}/submit")
def submit(request: Request, visitor: Expert, house: TheHouse, connection: Reading, task: str, application: str, what: Sent) -> Response:
    """Hand the sheet in as it stands on the page (a programme that sends none: as it was saved) and go on to the next that waits."""
    pairs, received = what
    seen = _sheets(house, connection, visitor, task=task)
    row = there(next((row for row in _readings(connection, visitor, seen=seen) if row["id"] == application and row["kind"] is None), None))
    data = data_of(seen.acts["score.submit"], pairs) if any(name == "_shown" for name, _ in pairs) else row["sheet"]
    if not data:
        unsaved = Refused(
            "score.unsaved", zh="这份评分表还没有保存，请先填写并保存，再提交。", en="This sheet is not saved yet: fill it in and save it, then hand it in."
        )
        return _show(request, house, connection, visitor, seen=seen, application=application, refusal=unsaved)
    return _act(request, house, visitor, seen=seen, act="score.submit", data={**data, "application": application}, received=received)


def _act(
    request: Request, house: House, visitor: Visitor, *, seen: Look, act: str, data: Mapping[str, Any], received: datetime
) -> Response:
    application = str(data["application"])
    try:
        house.engine.act(task=seen.id, name=act, data=data, actor=visitor.actor, received=received, offered=seen.offered)
    except REFUSALS as refusal:
        if refusal.status == not_found().status:
            raise
        with house.database.read() as fresh:
            return _show(request, house, fresh, visitor, seen=seen, application=application, typed=data, refusal=refusal)
    with house.database.read() as fresh:
        others = [row for row in _readings(fresh, visitor, seen=seen) if row["kind"] is None and row["id"] != application]
    if act == "score.submit":
        waiting = [row["id"] for row in others if row["sheet_state"] != "final"]
        return go(f"/review/{seen.id}" + (f"?application={quote(waiting[0])}" if waiting else ""), said="scored")
    waiting = [row["id"] for row in others if row["sheet_state"] is None]
    return go(f"/review/{seen.id}?application={quote(waiting[0] if waiting else application)}", said="saved")


def _readings(connection: Connection, visitor: Visitor, *, seen: Look) -> Sequence[Any]:
    seat, expert = str(seen.variables.get("seat", "")), visitor.organisations("expert")[0]
    return review_queries.readings(connection, seat_id=seat, expert_id=expert, stage=SHEETS[seen.row["element"]])
