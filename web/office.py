"""The office's desk: how the season stands, what is overdue, mails and their release."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from store.engine import queries as engine_queries
from store.selection import queries_office as office_queries
from store.selection import queries_public as public_queries
from store.selection import queries_tasks as tasks_queries
from store.selection.contacts import LETTER
from store.selection.mail import MailRepository
from store.selection.queries_names import person_names
from web.deadlines import near, plan_of
from web.fields import Word
from web.naming import named
from web.pages import go, page
from web.paging import PAGE, WHOLE, Start, paged
from web.readiness import waits_for_start
from web.reading import Reading, Season, TheHouse
from web.sheets import Column, sheet
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Desk = Annotated[Visitor, Depends(Access("see_season_desk"))]
Post = Annotated[Visitor, Depends(Access("see_outbox"))]
Releaser = Annotated[Visitor, Depends(Access("release_mail"))]
STATES = {
    "planned": "筹备", "published": "通知已发布", "open": "申报中", "closed_applications": "申报已截止",
    "form_check": "形式审查", "committee_ready": "评审准备",
    "desk_review": "资料评审", "shortlist_decided": "答辩名单已定", "defence": "答辩评审", "list_decided": "推荐名单已定", "publicity": "公示",
    "objections_open": "异议处理", "awaiting_approval": "待批准", "announced": "已公告", "follow_up": "跟踪管理", "archived": "已归档",
    "suspended": "已暂停", "cancelled": "已取消",
}  # fmt: skip
MAILS = {"new": "待发送", "held": "待发布后发送", "sending": "发送中", "sent": "已发送", "filed": "已存为文件", "dead": "未能送达"}
HELD = {"shortlist": "入围结果", "award": "评审结果", "announcement": "结果公告", "revocation": "撤销称号"}
MAIL_COLUMNS = (
    Column("收件人", "recipient_name"),
    Column("邮箱", "address"),
    Column("主题", "subject"),
    Column("状态", lambda row: MAILS[row["state"]], ours=True),
    Column("生成时间", "created_at"),
    Column("发送时间", "sent_at"),
    Column("说明", "error"),
)
TASK_COLUMNS = (
    Column("任务", "name", ours=True),
    Column("对象", "heading"),
    Column("说明", "detail"),
    Column("编号", lambda row: row["number"] or row["business_key"]),
    Column("办理时限", "due", end=True),
    Column("经办", "holder"),
)


@router.get("/office")
def office(request: Request, visitor: Desk, house: TheHouse, connection: Reading, season: Season, form: str = "") -> Response:
    """The season at a glance."""
    limit = WHOLE if form == "xlsx" else PAGE + 1
    overdue = tasks_queries.overdue_tasks(connection, tenant=season["id"], now=house.clock.now(), limit=limit)
    if form == "xlsx":
        names = person_names(connection, {row["assignee"] for row in overdue if row["assignee"]})
        told = named(connection, overdue, language=visitor.language, house=house)
        rows = [{**row, "holder": names.get(row["assignee"], "")} for row in told]
        return sheet("逾期任务", TASK_COLUMNS, rows, language=visitor.language)
    return page(
        request, "office.html", season=season, states=STATES, more=len(overdue) > PAGE,
        overdue=named(connection, overdue[:PAGE], language=visitor.language, house=house),
        stages=engine_queries.stages(connection, tenant=season["id"], process="application"),
        tasks=tasks_queries.open_task_counts(connection, tenant=season["id"]),
        deadlines=near(plan_of(house, connection, season["id"])),
        waits=waits_for_start(connection, visitor),
        incidents=len(engine_queries.incidents(connection, tenant=season["id"])),
    )  # fmt: skip


@router.get("/office/mails")
def mails(
    request: Request, visitor: Post, connection: Reading, state: str = "", search: str = "", start: Start = 0, form: str = ""
) -> Response:
    """All mails, by state; the releases that result mails wait for."""
    chosen = state if state in MAILS else ""
    if form == "xlsx":
        return sheet("通知邮件", MAIL_COLUMNS, office_queries.outbox(connection, state=chosen, search=search, limit=WHOLE), language=visitor.language)

    def take(limit: int, offset: int) -> office_queries.Rows:
        return office_queries.outbox(connection, state=chosen, search=search, limit=limit, offset=offset)

    return page(
        request, "mails.html", shown=paged(take, start=start, state=chosen, search=search), counts=office_queries.mail_counts(connection),
        state=chosen, states=MAILS,
        search=search, held=_held(connection), may_release=visitor.may("release_mail"),
    )  # fmt: skip


def _held(connection: Connection) -> list[dict[str, Any]]:
    """The releases that wait, each with what it tells and its season."""
    seasons = {row["id"]: row["title"] for row in public_queries.seasons(connection)}
    return [
        {**row, "kind": HELD.get(row["hold"].partition(":")[0], "结果"), "season_title": seasons.get(row["tenant"], "")}
        for row in office_queries.held_releases(connection)
    ]


@router.get("/office/mails/{mail}")
def one_mail(request: Request, visitor: Post, connection: Reading, mail: str) -> Response:
    """One mail as it goes out."""
    row = office_queries.mail_by_id(connection, mail)
    # An address that sets a password or confirms a mailbox is for the mailbox alone: whoever reads the outbox must not be able to use it.
    secret = row is not None and row["template"] in {"invitation", "reset", "mailbox", "subscription", LETTER}
    if row is None:
        raise not_found()
    return page(request, "mail.html", mail=row, states=MAILS, secret=secret, may_release=visitor.may("release_mail"))


@router.post("/office/mails/{mail}/again")
def send_again(visitor: Releaser, house: TheHouse, mail: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """Queue a mail again that could not be delivered."""
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
def release(visitor: Releaser, house: TheHouse, hold: Word = "") -> Response:  # noqa: ARG001 - carries the route's rule
    """Let the held mails of a release go."""
    now = house.clock.now()
    if not house.database.run(lambda connection: MailRepository(connection).release(hold, now=now)):
        raise not_found()
    return go("/office/mails", said="saved")
