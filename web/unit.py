"""The recommending unit's desk: applications that name it, its own reviews and ranking, places left, the list to deliver."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from selection import quota
from selection.deadlines import unit_acceptance
from store.selection import queries_cases as cases_queries
from store.selection import queries_public as public_queries
from store.selection import queries_tasks as tasks_queries
from web.house import House
from web.i18n import word
from web.naming import named
from web.pages import page
from web.ranking import in_order, ranking_task
from web.reading import Reading, Season, TheHouse
from web.rules import focus_names, official, rules_of_season
from web.sheets import Column, sheet
from web.summary import summary
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Desk = Annotated[Visitor, Depends(Access("see_unit_desk"))]
REVIEWS = {"accept": "初审同意", "return": "已退回修改", "refuse": "不予推荐"}
WORK = ("N03a", "N03b", "N03c", "N03d", "N03f")
COLUMNS = (
    Column("名次", "rank"),
    Column("申报编号", lambda row: row["number"] or row["id"]),
    Column("企业名称", "enterprise_name"),
    Column("经验名称", "experience_name"),
    Column("申报方向", "focus_area"),
    Column("初审", lambda row: REVIEWS.get(row["outcome"], "待初审"), ours=True),
    Column("提交时间", "submitted_at"),
)
UNITS = (
    Column("推荐单位", "name", ours=True),
    Column("申报", "applications"),
    Column("名额", lambda row: row["widened"] if row["is_widened"] else row["base"]),
    Column("报送时间", "delivered_at"),
)


@router.get("/unit")
def unit_desk(request: Request, visitor: Desk, house: TheHouse, connection: Reading, season: Season, form: str = "") -> Response:
    """One's own unit; the office chooses one."""
    own = visitor.organisations("ru_officer", "ru_leader")
    if own:
        return _desk(request, house, connection, visitor, season=season, code=own[0], form=form)
    units = official(cases_queries.units_at_work(connection, season["id"]), rules_of_season(house, connection, season["id"]))
    return sheet("推荐单位", UNITS, units, language=visitor.language) if form == "xlsx" else page(request, "units.html", units=units, season=season)


@router.get("/unit/{code}")
def one_unit(request: Request, visitor: Desk, house: TheHouse, connection: Reading, season: Season, code: str, form: str = "") -> Response:
    """One unit's desk."""
    return _desk(request, house, connection, visitor, season=season, code=code, form=form)


def _desk(request: Request, house: House, connection: Any, visitor: Visitor, *, season: Any, code: str, form: str) -> Response:
    unit = cases_queries.unit_row(connection, season_id=season["id"], code=code)
    own = code in visitor.organisations("ru_officer", "ru_leader")
    if unit is None or not (own or visitor.may("see_season_desk")):
        raise not_found()
    rows = cases_queries.unit_cases(connection, season_id=season["id"], code=code)
    if form == "xlsx":
        areas = focus_names(house, connection, season["id"], language=visitor.language)
        named_rows = [{**row, "focus_area": areas.get(row["focus_area"], row["focus_area"])} for row in rows]
        return sheet(word(visitor.language, "{unit}申报汇总", unit=unit["name"]), COLUMNS, named_rows, language=visitor.language)
    rules = rules_of_season(house, connection, season["id"])
    if form == "xlsx-summary" and rules is not None:
        return summary(connection, rows, unit=unit["name"], season=rules, visitor=visitor)
    places = unit["widened"] if unit["is_widened"] else unit["base"]
    measure = rules.quota.unit if rules else ""
    used = quota.used(unit=measure, nominations=[(row["nomination"], row["enterprise"]) for row in rows])
    ranking = (
        in_order(connection, season=season["id"], code=code) if ranking_task(connection, visitor, season=season["id"], code=code) else ()
    )
    deadlines = public_queries.deadlines_of(connection, season["id"])
    tasks = _tasks(house, connection, visitor, season=season["id"], code=code) if own else ()
    return page(
        request, "unit.html", unit=unit, rows=rows, places=places, left=quota.left(places=places, used=used), measure=measure, tasks=tasks,
        season=season, reviews=REVIEWS, ranking=ranking, deadlines=deadlines, intake=_intake(house, connection, unit, season["id"], deadlines),
    )  # fmt: skip


def _intake(house: House, connection: Any, unit: Any, season: str, deadlines: Mapping[str, datetime]) -> datetime | None:
    """单位受理截止: the unit's own, else the season's number of days before 推荐截止 (AMB-08). The default refuses only where the season says so."""
    own: datetime | None = unit["intake_until"]
    if own is not None or "推荐截止" not in deadlines:
        return own
    rules = rules_of_season(house, connection, season)
    return None if rules is None else unit_acceptance(recommendation=deadlines["推荐截止"], days=rules.unit_rules.acceptance_days)


def _tasks(house: House, connection: Any, visitor: Visitor, *, season: str, code: str) -> list[dict[str, Any]]:
    """The unit's work of the season that waits for the visitor, each named by its application."""
    rows = tasks_queries.tasks_at(connection, tenant=season, elements=WORK, business_key=f"{season}/{code}")
    own = {group for group in visitor.actor.groups if group.endswith(f"@{code}")}
    mine = [row for row in rows if row["assignee"] == visitor.actor.id or (row["assignee"] is None and not own.isdisjoint(row["groups"]))]
    mine.sort(key=lambda row: (row["due"] is None, row["due"], row["id"]))
    return named(connection, mine, language=visitor.language, house=house)
