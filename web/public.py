"""Pages for everybody: the notice, the publicity list, objections with a receipt, announcements, revocations. Published fields only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from sqlalchemy import Connection

from engine.errors import EngineError
from selection.calendar import local_day
from selection.documents import refuse_unfit, safe_name
from selection.errors import HouseError, Refused
from selection.objection import refuse_unfounded
from selection.publicity import COLUMNS
from selection.season import Season as Rules
from store.selection import queries_public as public_queries
from web.fields import Line, Name, Text
from web.files import attachment
from web.house import House
from web.i18n import word
from web.pages import go, page
from web.paging import WHOLE, Start, paged
from web.reading import Reading, Season, TheHouse, season_of
from web.rules import official, rules_of_season
from web.sheets import Column, sheet
from web.telling import CHANNELS
from web.titles import READ
from web.uploads import kind_of
from web.visitors import PUBLIC, Access, Visitor, not_found, there

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access("see_public", public=True))]
Objector = Annotated[Visitor, Depends(Access("start:objection", public=True))]
MOST_FILES = 5
OBJECTION_STATES = {
    "open": "已收到，待受理", "accepted": "已受理，正在调查核实", "rejected": "不予受理",
    "merged": "已与同一项目的异议合并处理", "upheld": "异议成立", "dismissed": "异议不成立",
}  # fmt: skip
APPROVED_BY = {"CAQ": "中国质量协会", "MIIT": "工业和信息化部"}
EXCHANGES = (
    Column("活动", "season_title", ours=True),
    Column("名称", "name"),
    Column("举办日期", "held_on"),
    Column("地点", "place"),
    Column("参加的标杆企业", lambda row: "、".join(row["holders"])),
    Column("活动情况", "summary"),
)
BATCHES = (Column("活动", "season_title", ours=True), Column("发布日期", "published_at"))
TITLES = (
    Column("编号", "id"),
    Column("年度", "year"),
    Column("企业名称", "holder"),
    Column("经验名称", "experience_name"),
    Column("状态", lambda row: "已撤销" if row["state"] == "revoked" else "有效", ours=True),
    Column("撤销日期", "revoked_at"),
)


@router.get("/")
def first_page(request: Request, visitor: Anybody, house: TheHouse, connection: Reading) -> Response:
    """Where everybody starts; people who signed in go to their inbox."""
    if visitor.signed_in:
        return go("/inbox")
    season = season_of(request, connection)
    return page(
        request,
        "public/first.html",
        season=season,
        deadlines=_deadlines(connection, season),
        others=public_queries.taking_applications(connection, now=house.clock.now(), besides=season["id"] if season else ""),
        publicity=public_queries.public_batches(connection, kind="publicity")[:3],
        announcements=public_queries.public_batches(connection, kind="announcement")[:3],
    )


def _deadlines(connection: Connection, season: Any) -> dict[str, datetime]:
    if season is None or not season["issued"]:
        return {}
    known = public_queries.deadlines_of(connection, season["id"])
    return {name: known[name] for name in ("申报开始", "申报截止", "推荐截止") if name in known}


@router.get("/public/notice")
def notice(request: Request, visitor: Anybody, house: TheHouse, connection: Reading, season: Season) -> Response:  # noqa: ARG001 - carries the route's rule
    """The notice of the season, once it is issued, with the rules it rests on, the units and the plan."""
    issued = season["notice"] if season["issued"] else None
    rules = rules_of_season(house, connection, season["id"]) if issued else None
    return page(
        request, "public/notice.html", season=season, notice=issued, deadlines=_deadlines(connection, season), rules=rules, approvers=APPROVED_BY,
        units=official(public_queries.public_units(connection, season["id"]), rules) if issued else (),
        files=public_queries.notice_files(connection, season["id"]),
    )  # fmt: skip


@router.get("/public/notice/{season_id}/files/{document_id}")
def notice_file(visitor: Anybody, house: TheHouse, connection: Reading, season_id: str, document_id: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """An attachment of a notice that was issued; any other file answers as if it were not there."""
    wanted = next((row for row in public_queries.notice_files(connection, season_id) if row["id"] == document_id), None)
    if wanted is None or not house.files.has(wanted["sha256"]):
        raise not_found()
    return attachment(house, wanted)


@router.get("/public/exchanges")
def exchanges(request: Request, visitor: Anybody, connection: Reading, start: Start = 0, form: str = "") -> Response:
    """经验交流活动 of all seasons (办法 §24), to come and past."""

    def take(limit: int, offset: int) -> Sequence[Any]:
        return _with_holders(connection, public_queries.public_exchanges(connection, limit=limit, offset=offset))

    if form == "xlsx":
        return sheet("交流活动", EXCHANGES, take(WHOLE, 0), language=visitor.language)
    today = local_day(request.state.house.clock.now()).isoformat()
    return page(request, "public/exchanges.html", shown=paged(take, start=start), total=public_queries.exchange_count(connection), today=today)


def _with_holders(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Each activity with the names of the holders that took part; who has lost the title since is not named."""
    named = public_queries.holders_of(connection, sorted({one for row in rows for one in row["data"].get("titles") or ()}))
    return [{**row["data"], **row, "holders": [named[one] for one in row["data"].get("titles") or () if one in named]} for row in rows]


@router.get("/public/publicity")
def publicity(request: Request, visitor: Anybody, connection: Reading, form: str = "") -> Response:
    """All published publicity lists."""
    batches = public_queries.public_batches(connection, kind="publicity")
    if form == "xlsx":
        return sheet("公示", BATCHES, batches, language=visitor.language)
    return page(request, "public/batches.html", heading="公示", base="/public/publicity", batches=batches)


@router.get("/public/announcements")
def announcements(request: Request, visitor: Anybody, connection: Reading, form: str = "") -> Response:
    """All published announcements and the titles they gave."""
    batches = public_queries.public_batches(connection, kind="announcement")
    titles = public_queries.public_titles(connection)
    if form == "xlsx":
        return sheet("历年全国质量标杆", TITLES, titles, language=visitor.language)
    return page(request, "public/announcements.html", base="/public/announcements", batches=batches, titles=titles, **_corrected(connection, titles))


def _corrected(connection: Connection, titles: Sequence[Any]) -> dict[str, Any]:
    """What was corrected of the records of titles of earlier years, as far as it is public."""
    return {"corrected": public_queries.title_corrections(connection, [row["id"] for row in titles]), "fields": READ}


@router.get("/public/revocations")
def revocations(request: Request, visitor: Anybody, connection: Reading, form: str = "") -> Response:
    """The standing list of revoked titles."""
    titles = public_queries.public_titles(connection, state="revoked")
    if form == "xlsx":
        return sheet("撤销称号", TITLES, titles, language=visitor.language)
    return page(request, "public/revocations.html", titles=titles, **_corrected(connection, titles))


@router.get("/public/{kind}/{batch_id}")
def batch_page(
    request: Request, visitor: Anybody, house: TheHouse, connection: Reading, kind: str, batch_id: str, form: str = ""
) -> Response:  # fmt: skip
    """One published list."""
    found = _published(connection, kind=kind, batch_id=batch_id)
    items = public_queries.public_items(connection, batch_id)
    rules = rules_of_season(house, connection, found["season"])
    told = {area.zh: area.en for area in rules.focus} if rules and visitor.language == "en" else {}
    told |= {unit.name: word(visitor.language, unit.name) for unit in rules.units} if rules else {}
    columns = [name for name in (rules.publicity.columns if rules else COLUMNS) if name in COLUMNS]
    if form == "xlsx":
        shown = [Column(COLUMNS[name], partial(_printed, name, told=told)) for name in columns]
        return sheet(word(visitor.language, found["season_title"]), shown, items, language=visitor.language)
    publications = public_queries.publications_of(connection, batch_id)
    return page(
        request, "public/batch.html", kind=kind, batch=found, items=items, publications=publications, channels=CHANNELS,
        corrections=public_queries.corrections_of(connection, batch_id), columns=columns, words=COLUMNS, printed=partial(_printed, told=told),
        rules=rules, season=public_queries.season_by_id(connection, found["season"]),
    )  # fmt: skip


def _printed(column: str, item: Any, *, told: Mapping[str, str]) -> Any:
    """What a line says in a column; focus area and unit in the visitor's language (``told``: Chinese -> that)."""
    said = item["seq"] if column == "seq" else item["row"].get(column, "")
    return told.get(said, said) if column in {"focus_area", "recommending_unit"} else said


def _published(connection: Connection, *, kind: str, batch_id: str) -> Any:
    names = {"publicity": "publicity", "announcements": "announcement"}
    batches = public_queries.public_batches(connection, kind=names[kind]) if kind in names else ()
    return there(next((row for row in batches if row["id"] == batch_id), None))


def _disputable(connection: Connection, *, batch_id: str, application: str) -> Any:
    return there(next((row for row in public_queries.public_items(connection, batch_id) if row["application"] == application), None))


@router.get("/public/publicity/{batch_id}/{application}/objection")
def objection_page(
    request: Request, visitor: Objector, house: TheHouse, connection: Reading, batch_id: str, application: str  # noqa: ARG001
) -> Response:  # fmt: skip
    """The form to object to one item of a publicity list."""
    batch = _published(connection, kind="publicity", batch_id=batch_id)
    item = _disputable(connection, batch_id=batch_id, application=application)
    return page(
        request, "public/objection.html", batch=batch, item=item, typed={}, refusal=None, how=_how(house, connection, batch),
        season=public_queries.season_by_id(connection, batch["season"]),
    )  # fmt: skip


def _how(house: House, connection: Connection, batch: Any) -> str:
    """The season's own words on how to object."""
    rules = rules_of_season(house, connection, batch["season"])
    return rules.texts.how_to_object if rules else ""


@router.post("/public/publicity/{batch_id}/{application}/objection")
def lodge_objection(
    request: Request,
    visitor: Objector,
    house: TheHouse,
    batch_id: str,
    application: str,
    name: Name = "",
    contact: Line = "",
    facts: Text = "",
    evidence: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Lodge an objection: within the item's period, with facts. The receipt is shown once and opens the state of the objection later."""
    with house.database.read() as connection:
        batch = _published(connection, kind="publicity", batch_id=batch_id)
        item = _disputable(connection, batch_id=batch_id, application=application)
        rules = there(rules_of_season(house, connection, batch["season"]))
        how, season = rules.texts.how_to_object, public_queries.season_by_id(connection, batch["season"])
    typed = {"name": name, "contact": contact, "facts": facts}
    try:
        kept = _kept(house, evidence or (), rules=rules, typed=typed)
        receipt = _lodge(house, season=batch["season"], batch=batch_id, application=application, typed=typed, evidence=kept, language=str(visitor.language))
    except (HouseError, EngineError) as refusal:
        shown = {"batch": batch, "item": item, "typed": typed, "refusal": refusal, "how": how, "season": season}
        return page(request, "public/objection.html", status=refusal.status, **shown)
    return page(request, "public/receipt.html", receipt=receipt, item=item, acknowledge=rules.objection.acknowledge)


def _kept(house: House, files: Sequence[UploadFile], *, rules: Rules, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The evidence as stored files. Raises Refused, with nothing stored, unless what was typed is an objection and each file is fit.

    Fit is what the season takes for objections, by kind, size and content.
    """
    chosen = [file for file in files if file.filename]
    if len(chosen) > MOST_FILES:
        raise Refused(
            "objection.files",
            zh=f"最多上传 {MOST_FILES} 个文件，请合并或减少后重新提交。",
            en=f"At most {MOST_FILES} files; please merge some or leave them out.",
        )
    refuse_unfounded(season=rules, **typed, evidence=len(chosen))
    kinds = [_fit_kind(file, rules) for file in chosen]  # all are looked at before the first is stored
    stored = [house.files.put(file.file) for file in chosen]
    return [
        {"name": safe_name(file.filename or ""), "size": one.size, "type": kind, "sha256": one.sha256}
        for file, kind, one in zip(chosen, kinds, stored, strict=True)
    ]


def _fit_kind(file: UploadFile, rules: Rules) -> str:
    name = safe_name(file.filename or "")
    kind = kind_of(file.file, name=name)
    refuse_unfit(season=rules, code="D13", filename=name, size=file.size or 0)
    return kind


def _lodge(
    house: House, *, season: str, batch: str, application: str, typed: dict[str, str], evidence: list[dict[str, Any]], language: str
) -> str:  # fmt: skip
    objection = house.database.run(public_queries.reserve_objection)
    with house.database.read() as connection:
        enterprise = public_queries.enterprise_of(connection, application)
    variables = {"season": season, "objection": objection, "batch": batch, "application": application, "enterprise": enterprise}
    payload = {**typed, "channel": "page", "evidence": evidence, "language": language}  # confidential: kept as facts, never a variable
    house.engine.start(process="objection", business_key=objection, variables=variables, payload=payload, tenant=season, actor=PUBLIC)
    with house.database.read() as connection:
        return public_queries.receipt_of(connection, objection)


@router.get("/public/objection")
def objection_state(request: Request, visitor: Objector, connection: Reading, receipt: str = "", code: str = "") -> Response:  # noqa: ARG001
    """How far an objection is and, once it is closed, the answer: for whoever holds its receipt, number and code."""
    number, _, ending = receipt.strip().upper().rpartition("-") if not code else (receipt.strip().upper(), "", code.strip().upper())
    found = public_queries.objection_by_receipt(connection, f"{number}-{ending}") if receipt else None
    wrong = bool(receipt) and found is None
    shown = {"number": number, "code": ending} if found else {"number": receipt, "code": code}
    return page(
        request, "public/objection_state.html", **shown, objection=found, states=OBJECTION_STATES, wrong=wrong, status=404 if wrong else 200
    )
