"""Files: uploads streamed, hashed and attached by an act; downloads through rights only, noted, never shown inside our pages, marked for who judges."""

import os
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from sqlalchemy import Connection
from starlette.datastructures import UploadFile

from engine.errors import EngineError
from engine.forms import Form
from engine.forms_field import field_at, undotted
from selection.documents import safe_name
from selection.errors import HouseError, Refused
from selection.season import Season
from store.files import pieces_of
from store.selection import queries_cases as cases_queries
from store.selection.sight import document_subject
from store.selection.views import note_view
from web.docx import title_of
from web.docx_blocks import measured
from web.forms import render_slot
from web.forms_boxes import html_id
from web.house import House
from web.looking import Look, context_of, look, slots_of
from web.pages import go
from web.reading import Reading, TheHouse
from web.rules import rules_of_version
from web.tasks import Sent
from web.uploads import kind_of
from web.visitors import Access, Visitor, not_found
from web.watermark import mark_for, marked

router = APIRouter()
SignedIn = Annotated[Visitor, Depends(Access())]
SANDBOX = "default-src 'none'; sandbox"


@router.post("/tasks/{task}/files")
def upload(request: Request, visitor: SignedIn, house: TheHouse, connection: Reading, task: str, what: Sent) -> Response:
    """Attach a file to a slot of the task's form. The answer is the slot as it is now; without scripts, the task's page."""
    pairs, received = what
    seen = look(house, connection, task=task, visitor=visitor)
    path = _field(pairs, "_slot")
    code = slots_of(_form_with(seen, path)).get(path)
    file = next((value for name, value in pairs if name == f"file:{path}" and isinstance(value, UploadFile)), None)
    if code is None:
        raise not_found()
    problem: Any = None
    try:
        _refuse_other_kind(seen, path=path, file=file)
        season = rules_of_version(house, connection, seen.row["version"])
        _attach(house, visitor=visitor, task=task, code=code, file=file, received=received, season=season)
    except (HouseError, EngineError) as refusal:
        if refusal.status == not_found().status:
            raise
        problem = refusal
    return _slot(request, house, seen, visitor=visitor, path=path, problem=problem)


def _form_with(seen: Look, path: str) -> Form | None:
    """The task's form, or that of one of its acts, that has the slot."""
    return next((one for one in (seen.form, *seen.acts.values()) if path in slots_of(one)), None)


def _refuse_other_kind(seen: Look, *, path: str, file: UploadFile | None) -> None:
    """A slot may take fewer kinds than its document code: what the page offers to choose from is also all that is taken."""
    form = _form_with(seen, path)
    field = field_at(form.root, undotted(path) or ()) if form is not None else None
    taken = str(field.hint("accept") or "") if field is not None else ""
    if file is not None and file.filename and taken and not file.filename.lower().endswith(tuple(taken.split(","))):
        kinds = taken.replace(".", "").replace(",", "、")
        raise Refused("upload.kind", zh=f"此处只能上传以下类型的文件：{kinds}。", en=f"Only these kinds of file are taken here: {taken}.")


def _attach(
    house: House, *, visitor: Visitor, task: str, code: str, file: UploadFile | None, received: datetime, season: Season
) -> None:
    if file is None or not file.filename:
        raise Refused("upload.empty", zh="请先选择文件。", en="Please choose a file first.")
    name = safe_name(file.filename)
    kind = kind_of(file.file, name=name)
    stored = house.files.put(file.file)
    data = {"code": code, "name": name, "size": stored.size, "type": kind, "sha256": stored.sha256}
    if kind == "docx":
        data["title"] = title_of(file.file)
    if kind == "docx" and code == season.form.slots["experience_document"]:
        data["measures"] = measured(file.file, season=season)
    house.engine.act(task=task, name="file.attach", data=data, actor=visitor.actor, received=received)


@router.post("/tasks/{task}/files/remove")
def remove(request: Request, visitor: SignedIn, house: TheHouse, connection: Reading, task: str, what: Sent) -> Response:
    """Take a file off a slot."""
    pairs, received = what
    seen = look(house, connection, task=task, visitor=visitor)
    path = _field(pairs, "_slot")
    document = _field(pairs, "_remove")
    house.engine.act(task=task, name="file.remove", data={"document": document}, actor=visitor.actor, received=received)
    return _slot(request, house, seen, visitor=visitor, path=path, problem=None)


def _field(pairs: list[tuple[str, object]], wanted: str) -> str:
    return next((str(value) for name, value in pairs if name == wanted), "")


def _slot(request: Request, house: House, seen: Look, *, visitor: Visitor, path: str, problem: Any) -> Response:
    target = request.headers.get("hx-target", "")
    act = next((name for name in seen.acts if html_id(path, within=name) == target), "")
    form = seen.acts[act] if act else _form_with(seen, path)
    if not request.headers.get("hx-request") or form is None:
        if problem is not None:
            raise problem
        return go(f"/tasks/{seen.id}", said="saved")
    with house.database.read() as fresh:
        context = replace(context_of(seen, fresh, visitor=visitor), within=act)
    text = (problem.en if visitor.language == "en" else problem.zh) if problem is not None else ""
    return HTMLResponse(render_slot(form, path, context=context, problem=text), status_code=problem.status if problem is not None else 200)


@router.get("/files/{document_id}")
def download(visitor: SignedIn, house: TheHouse, connection: Reading, document_id: str) -> Response:
    """A file for whoever may see it. The view is noted first; removed files answer as if they were not there."""
    row = cases_queries.document_by_id(connection, document_id)
    if row is None or row["removed_at"] is not None or not _may_open(connection, row, visitor):
        raise not_found()
    if not house.files.has(row["sha256"]):
        raise not_found()
    now = house.clock.now()
    house.database.run(lambda writing: note_view(writing, document_id=document_id, by=visitor.actor.id, at=now))
    return attachment(house, row, across="" if row["by"] == visitor.actor.id else mark_for(visitor, now=now))


def attachment(house: House, row: Any, *, across: str = "") -> StreamingResponse:
    """A stored file as an attachment of a neutral type, in a sandbox. ``row``: of the document; ``across``: what lies across a PDF's pages."""
    stored, wanted = house.files.path(row["sha256"]), across and row["name"].lower().endswith(".pdf")
    copy = marked(stored, text=across, beside=house.files.folder) if wanted else None
    return StreamingResponse(
        house.files.pieces(row["sha256"]) if copy is None else pieces_of(copy),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row['name'])}",
            "Content-Length": str(row["size"] if copy is None else os.fstat(copy.fileno()).st_size),
            "Content-Security-Policy": SANDBOX,
        },
    )


def _may_open(connection: Connection, row: Any, visitor: Visitor) -> bool:
    if row["by"] == visitor.actor.id:
        return True
    subject = document_subject(connection, owner=row["owner"], by=row["by"], season=row["season"])
    # The papers of an objection may tell who objects: they are the office's alone.
    return visitor.may("see_objector" if subject.kind == "objection" else "download_document", subject)
