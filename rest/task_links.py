"""Who a user task is linked to: the one who has it, its owner, and to whom it is offered."""

from typing import Any, Literal

from fastapi import APIRouter, Response

from rest.bodies import JsonBody, text_of
from rest.errors import executing, invalid
from rest.parts import Caller, TheCaller
from rest.shapes_work import IdentityLinkDto, TaskCountByCandidateGroupResultDto
from rest.tasks import row_of, row_or_500
from store.engine import foreign

router = APIRouter(tags=["Task Identity Link"])


@router.get("/task/{task}/identity-links")
def identity_links(task: str, caller: TheCaller, type: str | None = None) -> list[IdentityLinkDto]:  # noqa: A002 - a query parameter
    """Who may do it: assignee, owner, candidates."""
    row = row_of(caller, task)
    found: list[IdentityLinkDto] = [{"userId": user, "groupId": None, "type": "candidate"} for user in row["users"]]
    found += [{"userId": None, "groupId": group, "type": "candidate"} for group in row["groups"]]
    held: tuple[Literal["assignee", "owner"], ...] = ("assignee", "owner")
    found += [{"userId": row[kind], "groupId": None, "type": kind} for kind in held if row[kind]]
    return [link for link in found if type in {None, link["type"]}]


@router.get("/task/report/candidate-group-count")
def group_counts(caller: TheCaller) -> list[TaskCountByCandidateGroupResultDto]:
    """How many open tasks are offered to each group, and to none."""
    found: dict[str | None, int] = caller.read(foreign.group_counts)
    return [{"groupName": name, "taskCount": found[name]} for name in sorted(found, key=lambda name: name or "")]


@router.post("/task/{task}/identity-links", status_code=204)
def add_link(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Offer it to a user or a group, too; or give it to a user."""
    _link(caller, task, body or {}, gone=False)
    return Response(status_code=204)


@router.post("/task/{task}/identity-links/delete", status_code=204)
def delete_link(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Offer it no more to a user or a group; or take it from whoever has it."""
    _link(caller, task, body or {}, gone=True)
    return Response(status_code=204)


def _link(caller: Caller, task: str, given: dict[str, Any], *, gone: bool) -> None:
    user, group, kind = text_of(given, "userId"), text_of(given, "groupId"), text_of(given, "type")
    if bool(user) == bool(group):
        raise invalid("Identity Link requires userId or groupId, but not both.")
    if kind not in {"candidate", "assignee"} or (kind == "assignee" and not user):
        raise invalid("type: candidate, or assignee of a user")
    row = row_or_500(caller, task)
    with executing():
        if kind == "candidate":
            caller.engine.offer(task=task, user=user, group=group, withdrawn=gone, actor=caller.actor)
        elif not gone or row["assignee"] == user:
            caller.engine.assign(task=task, user=None if gone else user, actor=caller.actor)
    caller.settle()
