"""The inbox: mine, my groups', done. Overdue first, searchable."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from store.selection import queries_tasks as tasks_queries
from web.i18n import until
from web.naming import named
from web.pages import page
from web.reading import Reading, TheHouse
from web.sheets import Column, sheet
from web.visitors import Access, Visitor

router = APIRouter()
SignedIn = Annotated[Visitor, Depends(Access())]
VIEWS = {"mine": "待我办理", "groups": "本组待签收", "done": "已办结"}
COLUMNS = (
    Column("任务", "name"),
    Column("活动", "season_title"),
    Column("对象", "heading"),
    Column("说明", "detail"),
    Column("编号", lambda row: row["number"] or row["business_key"]),
    Column("办理时限", lambda row: until(row["due"])),
    Column("办结时间", "closed_at"),
)


@router.get("/inbox")
def inbox(
    request: Request, visitor: SignedIn, house: TheHouse, connection: Reading, view: str = "", search: str = "", form: str = ""
) -> Response:
    """The visitor's tasks."""
    groups = visitor.actor.groups
    limit = 5000 if form == "xlsx" else tasks_queries.PAGE + 1
    mine = tasks_queries.my_tasks(connection, actor=visitor.actor.id, search=search, limit=limit) if view in {"", "mine"} else ()
    if view not in VIEWS:
        view = "mine" if mine or search else "groups"
    rows = mine
    if view == "groups":
        rows = tasks_queries.group_tasks(connection, groups=groups, search=search, limit=limit)
    elif view == "done":
        rows = tasks_queries.done_tasks(connection, actor=visitor.actor.id, search=search, limit=limit)
    more = len(rows) > tasks_queries.PAGE
    shown = named(connection, rows if form == "xlsx" else rows[: tasks_queries.PAGE], language=visitor.language, house=house)
    if form == "xlsx":
        return sheet(VIEWS[view], COLUMNS, shown)
    return page(request, "inbox.html", rows=shown, view=view, views=VIEWS, search=search, more=more)
