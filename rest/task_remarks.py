"""What is said of user tasks and laid beside them: comments and attachments."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import RowMapping

from engine.commands.remarks import Attachment
from engine.refusals import NotFound
from rest.asking import the_row
from rest.bodies import JsonBody, needed_text
from rest.errors import RestError, invalid, missing
from rest.files import BYTES, Content, Form, form_in
from rest.parts import Caller, TheCaller, instance_id, split_instance
from rest.shapes_work import AttachmentDto, CommentDto
from rest.tasks import row_of
from rest.values import instant_out
from store.engine import listing, remarks
from store.engine.cases import CASES
from store.engine.listing import Wanted

router = APIRouter(tags=["Task Comment", "Task Attachment"])


@router.get("/task/{task}/comment")
def comments(task: str, caller: TheCaller) -> list[CommentDto]:
    """What was said of it, the newest first."""
    row_of(caller, task)
    return [_comment(row) for row in caller.read(remarks.comments, task)]


@router.post("/task/{task}/comment/create")
def create_comment(task: str, caller: TheCaller, body: JsonBody = None) -> CommentDto:
    """Say something of it."""
    message = needed_text(body or {}, "message")
    row_of(caller, task)
    made = caller.engine.comment(task=task, message=message, actor=caller.actor)
    return comment(task, str(made), caller)


@router.get("/task/{task}/comment/{name}")
def comment(task: str, name: str, caller: TheCaller) -> CommentDto:
    """One comment."""
    row_of(caller, task)
    for row in caller.read(remarks.comments, task):
        if str(row["id"]) == name:
            return _comment(row)
    raise missing(f"Task comment with id {name} does not exist for task id '{task}'.")


@router.put("/task/{task}/comment", status_code=204)
def edit_comment(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let one, named by its id, say something else. 400 for a task or a comment that is not there."""
    name, message = needed_text(body or {}, "id"), needed_text(body or {}, "message")
    with _there(caller, task):
        caller.engine.reword(task=task, comment=_number(name), message=message, actor=caller.actor)
    return Response(status_code=204)


@router.delete("/task/{task}/comment", status_code=204)
def delete_comments(task: str, caller: TheCaller) -> Response:
    """Take all of them back. 400 for a task that is not there."""
    with _there(caller, task):
        caller.engine.unsay(task=task, actor=caller.actor)
    return Response(status_code=204)


@router.delete("/task/{task}/comment/{name}", status_code=204)
def delete_comment(task: str, name: str, caller: TheCaller) -> Response:
    """Take one back. 400 for a task or a comment that is not there."""
    with _there(caller, task):
        caller.engine.unsay(task=task, comment=_number(name), actor=caller.actor)
    return Response(status_code=204)


@router.get("/process-instance/{instance}/comment")
def comments_of_instance(instance: str, caller: TheCaller) -> list[CommentDto]:
    """What was said of the tasks of an instance, open and closed ones, the newest first."""
    the_row(caller, CASES, split_instance(instance), otherwise=f"No process instance found for id {instance}")
    return [_comment(row) for row in caller.read(remarks.comments_within, *split_instance(instance))]


@router.put("/process-instance/{instance}/comment", status_code=204)
def edit_comment_of_instance(instance: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Let one of them, named by its id, say something else. 400 for an instance or a comment that is not there."""
    name, message = needed_text(body or {}, "id"), needed_text(body or {}, "message")
    for row in _of_instance(caller, instance, name):
        caller.engine.reword(task=row["task"], comment=row["id"], message=message, actor=caller.actor)
    return Response(status_code=204)


@router.delete("/process-instance/{instance}/comment", status_code=204)
def delete_comments_of_instance(instance: str, caller: TheCaller) -> Response:
    """Take all of them back. 400 for an instance that is not there."""
    for row in _of_instance(caller, instance):
        caller.engine.unsay(task=row["task"], comment=row["id"], actor=caller.actor)
    return Response(status_code=204)


@router.delete("/process-instance/{instance}/comment/{name}", status_code=204)
def delete_comment_of_instance(instance: str, name: str, caller: TheCaller) -> Response:
    """Take one back. 400 for an instance or a comment that is not there."""
    for row in _of_instance(caller, instance, name):
        caller.engine.unsay(task=row["task"], comment=row["id"], actor=caller.actor)
    return Response(status_code=204)


@router.get("/task/{task}/attachment")
def attachments(task: str, caller: TheCaller) -> list[AttachmentDto]:
    """What lies beside it, the oldest first."""
    instance = _instance(caller, task)
    return [_attachment(row, instance) for row in caller.read(remarks.attachments, task)]


@router.post("/task/{task}/attachment/create")
def create_attachment(task: str, caller: TheCaller, given: Annotated[Form, Depends(form_in)]) -> AttachmentDto:
    """Lay a file, or the address of one, beside it."""
    texts, content = given.texts, given.files[0][1] if given.files else None
    row_of(caller, task)
    if content is None and not texts.get("url"):
        raise invalid("No content or url to remote content exists to create the task attachment.")
    about = {"name": texts.get("attachment-name", ""), "description": texts.get("attachment-description", "")}
    kind = texts.get("attachment-type", "")
    new = Attachment(**about, type=kind, url=texts.get("url") if content is None else None, content=content)
    made = caller.engine.attach(task=task, attachment=new, actor=caller.actor)
    return attachment(task, str(made), caller)


@router.get("/task/{task}/attachment/{name}")
def attachment(task: str, name: str, caller: TheCaller) -> AttachmentDto:
    """One attachment."""
    instance = _instance(caller, task)
    row = caller.read(remarks.attachment, task, _number(name))
    if row is None:
        raise _no_attachment(task, name)
    return _attachment(row, instance)


@router.get("/task/{task}/attachment/{name}/data", response_class=Response, responses=BYTES)
def attachment_data(task: str, name: str, caller: TheCaller) -> Response:
    """The bytes of an attachment."""
    row_of(caller, task)
    row, content = (caller.read(query, task, _number(name)) for query in (remarks.attachment, remarks.content))
    if content is None:
        raise missing(f"Attachment content for attachment with id '{name}' does not exist for task id '{task}'.")
    return Content(content, name=row["name"])


@router.delete("/task/{task}/attachment/{name}", status_code=204)
def delete_attachment(task: str, name: str, caller: TheCaller) -> Response:
    """Take an attachment away."""
    row_of(caller, task)
    try:
        caller.engine.detach(task=task, attachment=_number(name), actor=caller.actor)
    except NotFound:
        raise _no_attachment(task, name) from None
    return Response(status_code=204)


@contextmanager
def _there(caller: Caller, task: str) -> Iterator[None]:
    """What acts on the comments of an open task. Raises RestError 400, as Camunda does, for one that is not there."""
    try:
        row_of(caller, task)
        yield
    except (RestError, NotFound):
        raise invalid(f"No such comment, or no open task with id {task}") from None


def _of_instance(caller: Caller, instance: str, name: str | None = None) -> list[RowMapping]:
    """The comments of an instance, or the one of them that is named. Raises RestError 400, as Camunda does, for what is not there."""
    if not caller.read(listing.rows, CASES, Wanted((("id", split_instance(instance)),))):
        raise invalid(f"No process instance found for id {instance}")
    found = [row for row in caller.read(remarks.comments_within, *split_instance(instance)) if name in {None, str(row["id"])}]
    if name is not None and not found:
        raise invalid(f"Process instance {instance} has no comment with id {name}")
    return found


def _number(name: str) -> int:
    return int(name[:18]) if name.isascii() and name.isdigit() else 0


def _no_attachment(task: str, name: str) -> Exception:
    return missing(f"Task attachment with id {name} does not exist for task id '{task}'.")


def _instance(caller: Caller, task: str) -> str:
    row = row_of(caller, task)
    return instance_id(row["root"], row["within"])


def _comment(row: RowMapping) -> CommentDto:
    return {
        "id": str(row["id"]),
        "userId": row["actor"],
        "taskId": row["task"],
        "time": instant_out(row["at"]),
        "message": row["message"],
        "processInstanceId": None,
        "rootProcessInstanceId": row["root"],
        "removalTime": None,
        "links": [],
    }


def _attachment(row: RowMapping, instance: str) -> AttachmentDto:
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "description": row["description"] or None,
        "taskId": row["task"],
        "type": row["type"] or None,
        "url": row["url"],
        "processInstanceId": instance,
        "createTime": instant_out(row["at"]),
        "removalTime": None,
        "rootProcessInstanceId": row["root"],
        "links": [],
    }
