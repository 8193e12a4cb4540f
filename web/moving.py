"""Running cases to another version: the plan by equal ids, a rehearsal that says what cannot go and why, where it could go, and the move with a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from sqlalchemy import Connection

from engine.bpmn.plans import Plan, choices, edited
from engine.commands.migrations import Report
from engine.errors import EngineError
from store.engine import queries
from web.house import House
from web.pages import go, page
from web.paging import MOST_ROWS
from web.reading import Reading, TheHouse
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Mover = Annotated[Visitor, Depends(Access("migrate_instance"))]
Version = Annotated[int, Path(le=MOST_ROWS)]
Target = Annotated[int, Query(le=MOST_ROWS)]
AT_ONCE = 500  # cases that one page looks at, and one act moves
UNMAPPED = "MIG-UNMAPPED"


class Why(NamedTuple):
    """A reason that keeps cases where they are: in both languages, and which cases."""

    zh: str
    en: str
    roots: tuple[str, ...]


class Open(NamedTuple):
    """Something stands at an element that has no counterpart: its name, and where it could go (value of the choice -> name)."""

    name: str
    ways: tuple[tuple[str, str], ...]


def movable(connection: Connection) -> frozenset[int]:
    """The versions that cases still run in while there is another version of the same name."""
    rows, going = queries.versions(connection), queries.going_by_version(connection)
    names = [row["name"] for row in rows]
    return frozenset(row["id"] for row in rows if going.get(row["id"]) and names.count(row["name"]) > 1)


@router.get("/admin/versions/{version}/move")
def rehearsal(
    request: Request,
    visitor: Mover,
    house: TheHouse,
    connection: Reading,
    version: Version,
    to: Target = 0,
    way: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """What would go, what would not and why. Nothing is changed."""
    return _show(request, visitor, house, connection, version=version, to=to, ways=way or ())


@router.post("/admin/versions/{version}/move")
def move(
    request: Request, visitor: Mover, house: TheHouse, connection: Reading, version: Version,
    to: Annotated[int, Form(le=MOST_ROWS)] = 0, way: Annotated[list[str] | None, Form()] = None, reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:  # fmt: skip
    """Move the cases that can go; the others stay, and the page says why."""
    target = _target(_others(connection, version), to)
    roots, ways = queries.going_in(connection, version)[:AT_ONCE], way or ()
    try:
        reports = house.engine.migrate(plan=_plan(house, version, target, ways), roots=roots, reason=reason, actor=visitor.actor)
    except EngineError as refusal:
        return _show(request, visitor, house, connection, version=version, to=target, ways=ways, refusal=refusal)
    if all(report.outcome == "moved" for report in reports):
        return go("/admin", said="migrated")
    back = urlencode([("to", target), *(("way", each) for each in ways)])
    return go(f"/admin/versions/{version}/move?{back}", said="migrated_some")


def _show(
    request: Request,
    visitor: Visitor,
    house: House,
    connection: Connection,
    *,
    version: int,
    to: int,
    ways: Sequence[str],
    refusal: EngineError | None = None,
) -> Response:
    others = _others(connection, version)
    target, ways = _target(others, to), [each for each in ways if each]
    going = queries.going_in(connection, version)
    plan = _plan(house, version, target, ways)
    reports: tuple[Report, ...] = ()
    try:
        reports = house.engine.rehearse(plan=plan, roots=going[:AT_ONCE], actor=visitor.actor)
    except EngineError as error:
        refusal = refusal or error
    return page(
        request, "move.html", status=refusal.status if refusal else 200, version=queries.version_by_id(connection, version), others=others, target=target,
        total=len(going), looked_at=len(reports), can=sum(report.outcome == "moved" for report in reports), why=_why(reports),
        open=_open(house, plan, reports), planned=sum(len(route.instructions) for route in plan.routes), ways=ways, refusal=refusal,
    )  # fmt: skip


def _others(connection: Connection, version: int) -> Sequence[Mapping[str, Any]]:
    """The versions that cases of a version can go to, the newest first. Raises NotFound."""
    rows = queries.versions(connection)
    name = next((row["name"] for row in rows if row["id"] == version), None)
    found = [row for row in rows if row["name"] == name and row["id"] != version]
    if not found:
        raise not_found()
    return found


def _target(others: Sequence[Mapping[str, Any]], to: int) -> int:
    """The version that was chosen, else the newest."""
    known = [int(row["id"]) for row in others]
    return to if to in known else known[0]


def _plan(house: House, version: int, target: int, ways: Iterable[str]) -> Plan:
    """By equal ids; each way (`process|element|target`) sends one element elsewhere."""
    plan: Plan = house.engine.migration_plan(source=version, target=target)
    changes: dict[str, dict[str, str | None]] = {}
    for way in ways:
        process, _, rest = way.partition("|")
        element, _, there = rest.partition("|")
        if there:
            changes.setdefault(process, {})[element] = there
    return replace(plan, routes=tuple(edited(route, changes.get(route.process, {})) for route in plan.routes))


def _why(reports: Iterable[Report]) -> list[Why]:
    """The reasons, each once, with the cases that it keeps back."""
    found: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        reasons = [(each.zh, each.en) for each in report.obstacles] or [(report.zh, report.en)]
        for reason in dict.fromkeys(reasons) if report.outcome != "moved" else ():
            found.setdefault(reason, []).append(report.root)
    return [Why(zh, en, tuple(roots)) for (zh, en), roots in found.items()]


def _open(house: House, plan: Plan, reports: Iterable[Report]) -> dict[str, Open]:
    """The elements where something stands and that have no counterpart, with where that could go."""
    stands = {(each.process, each.element) for report in reports for each in report.obstacles if each.code == UNMAPPED}
    found: dict[str, Open] = {}
    for process, element in sorted(stands):
        route = plan.route(process)
        if route is None:
            continue
        old = house.engine.process_info(version=plan.source, process=process)
        new = house.engine.process_info(version=plan.target, process=route.target)
        ways = tuple((f"{process}|{element}|{info.id}", info.name or info.id) for info in choices(element, route, old, new))
        found[f"{process}|{element}"] = Open(_name(old.elements, element), ways)
    return found


def _name(elements: Mapping[str, Any], element: str) -> str:
    return str(elements[element].name or element)
