"""The office's desk: how the season stands, what is overdue, deadlines with preview and extension, mails and their release."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import Connection

from engine.errors import EngineError
from selection.errors import HouseError, Refused
from store.engine import queries as engine_queries
from store.selection import queries_office as office_queries
from store.selection import queries_public as public_queries
from store.selection import queries_tasks as tasks_queries
from store.selection.mail import MailRepository
from web.house import House
from web.i18n import SHANGHAI
from web.pages import go, page
from web.reading import Reading, Season, TheHouse
from web.sheets import Column, sheet
from web.visitors import Access, Visitor, not_found

router = APIRouter()
STORE_BEGINS = datetime(1970, 1, 1, tzinfo=UTC)  # the store counts its microseconds from here
Desk = Annotated[Visitor, Depends(Access("see_season_desk"))]
Planner = Annotated[Visitor, Depends(Access("preview_deadline"))]
Extender = Annotated[Visitor, Depends(Access("extend_deadline"))]
Post = Annotated[Visitor, Depends(Access("see_outbox"))]
Releaser = Annotated[Visitor, Depends(Access("release_mail"))]
STATES = {
    "planned": "筹备", "published": "通知已发布", "open": "申报中", "closed_applications": "申报已截止",
    "form_check": "形式审查", "committee_ready": "评审准备",
    "desk_review": "资料评审", "shortlist_decided": "答辩名单已定", "defence": "答辩评审", "list_decided": "推荐名单已定", "publicity": "公示",
    "objections_open": "异议处理", "awaiting_approval": "待批准", "announced": "已公告", "follow_up": "跟踪管理", "archived": "已归档",
}  # fmt: skip
MAILS = {"new": "待发送", "held": "待发布后发送", "sending": "发送中", "sent": "已发送", "filed": "已存为文件", "dead": "未能送达"}
MAIL_COLUMNS = (
    Column("收件人", "recipient_name"),
    Column("邮箱", "address"),
    Column("主题", "subject"),
    Column("状态", lambda row: MAILS[row["state"]]),
    Column("生成时间", "created_at"),
    Column("发送时间", "sent_at"),
    Column("说明", "error"),
)
TASK_COLUMNS = (
    Column("任务", "name"),
    Column("企业名称", "enterprise_name"),
    Column("编号", lambda row: row["number"] or row["business_key"]),
    Column("办理时限", "due"),
    Column("经办", "assignee"),
)


@router.get("/office")
def office(request: Request, visitor: Desk, house: TheHouse, connection: Reading, season: Season, form: str = "") -> Response:  # noqa: ARG001
    """The season at a glance."""
    overdue = tasks_queries.overdue_tasks(connection, tenant=season["id"], now=house.clock.now())
    if form == "xlsx":
        return sheet("逾期任务", TASK_COLUMNS, overdue)
    return page(
        request, "office.html", season=season, states=STATES, overdue=overdue,
        stages=engine_queries.stages(connection, tenant=season["id"], process="application"),
        tasks=tasks_queries.open_task_counts(connection, tenant=season["id"]),
        deadlines=_near(_plan(house, connection, season["id"])),
        incidents=len(engine_queries.incidents(connection, tenant=season["id"])),
    )  # fmt: skip


def _plan(house: House, connection: Connection, season: str) -> list[dict[str, Any]]:
    """The season's deadlines in order; one that is a beginning counts from its instant on, the others up to it."""
    now, starts = house.clock.now(), _beginnings(house, connection, season)
    rows = sorted(public_queries.deadlines_of(connection, season).items(), key=lambda pair: pair[1])
    following = next((name for name, at in rows if at > now), "")
    return [{"name": name, "at": at, "passed": at <= now, "next": name == following, "starts": name in starts} for name, at in rows]


def _beginnings(house: House, connection: Connection, season: str) -> frozenset[str]:
    versions = engine_queries.versions(connection, name=season)
    settings = house.engine.home.versions.load(connection, versions[0]["id"]).settings if versions else {}
    return frozenset(row["name"] for row in settings.get("deadlines", ()) if row.get("edge") == "start")


def _near(plan: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What has just been and what comes next."""
    at = next((index for index, row in enumerate(plan) if row["next"]), len(plan))
    return plan[max(0, at - 2) : at + 6]


@router.get("/office/deadlines")
def deadlines(request: Request, visitor: Planner, house: TheHouse, connection: Reading, season: Season) -> Response:
    """The season's named deadlines and what was changed."""
    return page(
        request, "deadlines.html", season=season, rows=_plan(house, connection, season["id"]),
        changes=engine_queries.deadline_changes(connection, tenant=season["id"]), may_extend=visitor.may("extend_deadline"),
    )  # fmt: skip


def _instant(text: str) -> datetime:
    """A day (its exclusive end) or a date and time of Shanghai as an instant. Raises Refused."""
    unreadable = Refused("deadline.unreadable", zh="请填写新的日期。", en="Please give the new day.")
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        instant = (local if "T" in text else local + timedelta(days=1)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise unreadable from error
    if instant < STORE_BEGINS:
        raise unreadable
    return instant


@router.get("/office/deadlines/{name}")
def preview(request: Request, visitor: Planner, house: TheHouse, connection: Reading, season: Season, name: str, at: str = "") -> Response:
    """What moving a deadline would touch; nothing is changed."""
    present = public_queries.deadlines_of(connection, season["id"]).get(name)
    if present is None:
        raise not_found()
    touched, refusal = None, None
    try:
        touched = house.engine.preview_deadline(tenant=season["id"], name=name, at=_instant(at)) if at else None
    except (HouseError, EngineError) as error:
        refusal = error
    may_extend = visitor.may("extend_deadline")
    return page(
        request, "deadline.html", status=refusal.status if refusal else 200, season=season, name=name, present=present, at=at, touched=touched,
        refusal=refusal, may_extend=may_extend, reason="",
    )  # fmt: skip


@router.post("/office/deadlines/{name}")
def extend(
    request: Request,
    visitor: Extender,
    house: TheHouse,
    connection: Reading,
    season: Season,
    name: str,
    at: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Move a deadline for the whole season, with a reason."""
    present = public_queries.deadlines_of(connection, season["id"]).get(name)
    if present is None:
        raise not_found()
    try:
        if not reason.strip():
            raise Refused("deadline.reason", zh="请写明调整原因。", en="Please give the reason.")
        moved = house.engine.set_deadline(tenant=season["id"], name=name, at=_instant(at), reason=reason.strip(), actor=visitor.actor)
        open_tasks = [row for root in moved.roots for row in engine_queries.tasks_of(connection, root)]
        touched_ids = {one.id for one in moved.moved if one.kind == "task"}
        groups = {group for row in open_tasks if row["id"] in touched_ids for group in row["groups"]}
        house.tell("deadline_moved", actor=visitor.actor, season=season["id"], name=name, at=moved.at, reason=reason.strip(), groups=groups)
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        return page(
            request, "deadline.html", status=refusal.status, season=season, name=name, present=present, at=at, touched=None, refusal=refusal,
            may_extend=True, reason=reason,
        )  # fmt: skip
    return go("/office/deadlines", said="saved")


@router.get("/office/mails")
def mails(request: Request, visitor: Post, connection: Reading, state: str = "", search: str = "", form: str = "") -> Response:
    """All mails, by state; the releases that result mails wait for."""
    chosen = state if state in MAILS else ""
    if form == "xlsx":
        return sheet("通知邮件", MAIL_COLUMNS, office_queries.outbox(connection, state=chosen, search=search, limit=20000))
    return page(
        request, "mails.html", rows=office_queries.outbox(connection, state=chosen, search=search), counts=office_queries.mail_counts(connection),
        state=chosen, states=MAILS,
        search=search, held=office_queries.held_releases(connection), may_release=visitor.may("release_mail"),
    )  # fmt: skip


@router.get("/office/mails/{mail}")
def one_mail(request: Request, visitor: Post, connection: Reading, mail: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """One mail as it goes out."""
    row = office_queries.mail_by_id(connection, mail)
    # A password's address is for the mailbox alone: whoever reads the outbox must not be able to use it.
    secret = row is not None and row["template"] in {"invitation", "reset", "mailbox"}
    if row is None:
        raise not_found()
    return page(request, "mail.html", mail=row, states=MAILS, secret=secret)


@router.post("/office/mails/{mail}/again")
def send_again(visitor: Post, house: TheHouse, mail: str) -> Response:
    """Queue a mail again that could not be delivered."""
    visitor.must("release_mail")
    now = house.clock.now()
    if not house.database.run(lambda connection: MailRepository(connection).send_again(mail, now=now)):
        raise not_found()
    return go(f"/office/mails/{mail}", said="saved")


@router.get("/office/release")
def release_page(request: Request, visitor: Releaser, connection: Reading, hold: str = "") -> Response:  # noqa: ARG001 - carries the route's rule
    """Who will get the result mails of a release, before they go."""
    rows = MailRepository(connection).held(hold)
    if not rows:
        raise not_found()
    return page(request, "release.html", hold=hold, rows=rows)


@router.post("/office/release")
def release(visitor: Releaser, house: TheHouse, hold: Annotated[str, Form()] = "") -> Response:  # noqa: ARG001 - carries the route's rule
    """Let the held mails of a release go."""
    now = house.clock.now()
    if not house.database.run(lambda connection: MailRepository(connection).release(hold, now=now)):
        raise not_found()
    return go("/office/mails", said="saved")
