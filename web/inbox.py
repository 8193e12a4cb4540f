"""The inbox: mine, my groups', done. Overdue first, searchable."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from store.selection import queries_tasks as tasks_queries
from web.looking import only_act
from web.naming import named
from web.pages import page
from web.paging import WHOLE, Start, paged
from web.readiness import waits_for_start
from web.reading import Reading, TheHouse
from web.sheets import Column, sheet
from web.visitors import Access, Visitor

router = APIRouter()
SignedIn = Annotated[Visitor, Depends(Access())]
VIEWS = {"mine": "待我办理", "groups": "本组待签收", "done": "已办结"}
COLUMNS = (
    Column("任务", "name", ours=True),
    Column("活动", "season_title", ours=True),
    Column("对象", "heading"),
    Column("说明", "detail"),
    Column("编号", lambda row: row["number"] or row["business_key"]),
    Column("办理时限", "due", end=True),
    Column("办结时间", "closed_at"),
)


@router.get("/inbox")
def inbox(
    request: Request, visitor: SignedIn, house: TheHouse, connection: Reading,
    view: str = "", search: str = "", form: str = "", start: Start = 0,
) -> Response:  # fmt: skip
    """The visitor's tasks; without a view those at hand, or the groups' where there are none."""
    actor = visitor.actor
    if view not in VIEWS:
        view = "mine" if search or tasks_queries.my_tasks(connection, actor=actor.id, limit=1) else "groups"
    take = {
        "mine": partial(tasks_queries.my_tasks, connection, actor=actor.id, search=search),
        "groups": partial(tasks_queries.group_tasks, connection, groups=actor.groups, search=search),
        "done": partial(tasks_queries.done_tasks, connection, actor=actor.id, search=search),
    }[view]
    if form == "xlsx":
        return sheet(VIEWS[view], COLUMNS, named(connection, take(limit=WHOLE), language=visitor.language, house=house), language=visitor.language)
    shown = paged(lambda limit, offset: take(limit=limit, offset=offset), start=start, view=view, search=search)
    rows = named(connection, shown.rows, language=visitor.language, house=house)
    acts = {row["id"]: only_act(house, connection, row, visitor=visitor) for row in shown.rows} if view == "groups" else {}
    waits = waits_for_start(connection, visitor)
    return page(request, "inbox.html", shown=shown, rows=rows, view=view, views=VIEWS, search=search, waits=waits, acts=acts)
