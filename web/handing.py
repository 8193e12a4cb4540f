"""The office gives a task to somebody, or its holder hands it to a colleague of the same group. Each is one engine command."""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection, RowMapping

from engine.commands.rights import holding
from selection.errors import Refused
from store.selection import queries_tasks as tasks_queries
from store.selection.accounts import Accounts
from web.fields import Word
from web.house import House
from web.naming import named
from web.pages import go, page
from web.reading import Reading, TheHouse
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Assigner = Annotated[Visitor, Depends(Access("assign_task"))]
SignedIn = Annotated[Visitor, Depends(Access())]


def colleagues(connection: Connection, groups: Collection[str]) -> dict[str, str]:
    """Who may hold a task of these groups, id -> name."""
    return {str(person.id): str(person.name) for person in Accounts(connection).members_of(*groups)}


@router.get("/tasks/{task}/assign")
def assign_page(request: Request, visitor: Assigner, house: TheHouse, connection: Reading, task: str) -> Response:
    """Choose who shall do it."""
    row = _open(connection, task)
    (told,) = named(connection, [row], language=visitor.language, house=house)
    return page(request, "assign.html", task=told, people=colleagues(connection, _holders(house, row)))


@router.post("/tasks/{task}/assign")
def assign(visitor: Assigner, house: TheHouse, connection: Reading, task: str, person: Word = "") -> Response:
    """Give an open task to a member of its group."""
    row = _open(connection, task)
    _refuse_outsider(connection, _holders(house, row), person)
    house.engine.assign(task=task, user=person, actor=visitor.actor)
    return go("/office", said="saved")


@router.post("/tasks/{task}/delegate")
def delegate(visitor: SignedIn, house: TheHouse, connection: Reading, task: str, person: Word = "") -> Response:
    """Hand one's own task to a colleague."""
    row = _open(connection, task)
    if row["assignee"] != visitor.actor.id:
        raise not_found()
    _refuse_outsider(connection, _holders(house, row), person)
    house.engine.delegate(task=task, user=person, actor=visitor.actor)
    return go("/inbox", said="saved")


def _open(connection: Connection, task: str) -> RowMapping:
    row = tasks_queries.task_by_id(connection, task)
    if row is None or row["state"] != "open":
        raise not_found()
    return row


def _holders(house: House, row: RowMapping) -> frozenset[str]:
    return holding(row["groups"], house.engine.sight(task=row["id"]).element.properties)


def _refuse_outsider(connection: Connection, groups: Collection[str], person: str) -> None:
    if person not in colleagues(connection, groups):
        raise Refused("task.person", zh="请选择该任务所属岗位的人员。", en="Choose somebody who holds the task's role.")
