"""What is said of user tasks and laid beside them: comments and attachments."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import UploadFile

from engine.commands.remarks import Attachment
from engine.refusals import NotFound
from rest.bodies import JsonBody, needed_text
from rest.errors import invalid, missing, unreadable
from rest.listing import Item
from rest.parts import Caller, TheCaller, instance_id
from rest.tasks import row_of
from rest.values import instant_out
from store.engine import remarks

router = APIRouter(tags=["Task Comment", "Task Attachment"])


@dataclass(frozen=True)
class Sent:
    """The parts of a multipart body."""

    texts: dict[str, str]
    content: bytes | None


async def sent(request: Request) -> Sent:
    """What a client sent. Raises RestError 400."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise unreadable("multipart/form-data")
    form = await request.form(max_files=10)
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    files = [await part.read() for _, part in form.multi_items() if isinstance(part, UploadFile)]
    await form.close()
    return Sent(texts, files[0] if files else None)


@router.get("/task/{task}/comment")
def comments(task: str, caller: TheCaller) -> list[Item]:
    """What was said of it, the newest first."""
    row_of(caller, task)
    return [_comment(row) for row in caller.read(remarks.comments, task)]


@router.post("/task/{task}/comment/create")
def create_comment(task: str, caller: TheCaller, body: JsonBody = None) -> Item:
    """Say something of it."""
    message = needed_text(body or {}, "message")
    row_of(caller, task)
    made = caller.engine.comment(task=task, message=message, actor=caller.actor)
    return {**comment(task, str(made), caller), "links": []}


@router.get("/task/{task}/comment/{name}")
def comment(task: str, name: str, caller: TheCaller) -> Item:
    """One comment."""
    row_of(caller, task)
    for row in caller.read(remarks.comments, task):
        if str(row["id"]) == name:
            return _comment(row)
    raise missing(f"Task comment with id {name} does not exist for task id '{task}'.")


@router.get("/task/{task}/attachment")
def attachments(task: str, caller: TheCaller) -> list[Item]:
    """What lies beside it, the oldest first."""
    place = _place(caller, task)
    return [{**_attachment(row), **place} for row in caller.read(remarks.attachments, task)]


@router.post("/task/{task}/attachment/create")
def create_attachment(task: str, caller: TheCaller, given: Annotated[Sent, Depends(sent)]) -> Item:
    """Lay a file, or the address of one, beside it."""
    texts = given.texts
    row_of(caller, task)
    if given.content is None and not texts.get("url"):
        raise invalid("No content or url to remote content exists to create the task attachment.")
    about = {"name": texts.get("attachment-name", ""), "description": texts.get("attachment-description", "")}
    kind = texts.get("attachment-type", "")
    new = Attachment(**about, type=kind, url=texts.get("url") if given.content is None else None, content=given.content)
    made = caller.engine.attach(task=task, attachment=new, actor=caller.actor)
    return {**attachment(task, str(made), caller), "links": []}


@router.get("/task/{task}/attachment/{name}")
def attachment(task: str, name: str, caller: TheCaller) -> Item:
    """One attachment."""
    place = _place(caller, task)
    row = caller.read(remarks.attachment, task, _number(name))
    if row is None:
        raise _no_attachment(task, name)
    return {**_attachment(row), **place}


@router.get("/task/{task}/attachment/{name}/data")
def attachment_data(task: str, name: str, caller: TheCaller) -> Response:
    """The bytes of an attachment."""
    row_of(caller, task)
    content = caller.read(remarks.content, task, _number(name))
    if content is None:
        raise missing(f"Attachment content for attachment with id '{name}' does not exist for task id '{task}'.")
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": "attachment"})


@router.delete("/task/{task}/attachment/{name}", status_code=204)
def delete_attachment(task: str, name: str, caller: TheCaller) -> Response:
    """Take an attachment away."""
    row_of(caller, task)
    try:
        caller.engine.detach(task=task, attachment=_number(name), actor=caller.actor)
    except NotFound:
        raise _no_attachment(task, name) from None
    return Response(status_code=204)


def _number(name: str) -> int:
    return int(name[:18]) if name.isascii() and name.isdigit() else 0


def _no_attachment(task: str, name: str) -> Exception:
    return missing(f"Task attachment with id {name} does not exist for task id '{task}'.")


def _place(caller: Caller, task: str) -> Item:
    row = row_of(caller, task)
    return {"processInstanceId": instance_id(row["root"], row["within"])}


def _comment(row: Any) -> Item:
    return {
        "id": str(row["id"]),
        "userId": row["actor"],
        "taskId": row["task"],
        "time": instant_out(row["at"]),
        "message": row["message"],
        "processInstanceId": None,
        "rootProcessInstanceId": row["root"],
        "removalTime": None,
    }


def _attachment(row: Any) -> Item:
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "description": row["description"] or None,
        "taskId": row["task"],
        "type": row["type"] or None,
        "url": row["url"],
        "createTime": instant_out(row["at"]),
        "removalTime": None,
        "rootProcessInstanceId": row["root"],
    }
