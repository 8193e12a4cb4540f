"""One task: its page, claim and release, drafts, acts, completion. Every act is one engine command; a refusal keeps what was typed."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.forms import FieldError, Form, InvalidForm
from engine.refusals import AlreadyDone
from selection.errors import HouseError, NotFound, Refused
from selection.reading import named_values
from store.engine.queries import submissions_of
from store.selection.queries_choices import words_of
from web.beginning import beginning_of_act, draft_of
from web.cases import path_of_case
from web.fields import Text
from web.forms import Choice, FormContext, data_of, render_answers, render_form, render_saved
from web.handing import colleagues
from web.house import House
from web.i18n import moment, sentence, word
from web.looking import Look, context_of, look, texts_in
from web.naming import named
from web.pages import go, page
from web.papers import AT_STEP
from web.reading import Reading, TheHouse
from web.roles import DESK_ACTS, SHEETS
from web.rules import rules_of_version
from web.telling import told_for
from web.visitors import Access, Visitor, not_found

router = APIRouter()
SignedIn = Annotated[Visitor, Depends(Access())]
REFUSALS = (HouseError, EngineError)
REVISION = re.compile(r"\d{1,18}", re.ASCII)


async def sent(request: Request) -> AsyncIterator[tuple[list[tuple[str, object]], datetime]]:
    """What a form sent, and the instant at which all of it was here: what deadlines are compared with. Its files are closed afterwards."""
    form = await request.form()
    try:
        yield list(form.multi_items()), request.state.house.clock.now()
    finally:
        await form.close()


Sent = Annotated[tuple[list[tuple[str, object]], datetime], Depends(sent)]


@router.get("/tasks/{task}")
def task_page(request: Request, visitor: SignedIn, house: TheHouse, connection: Reading, task: str) -> Response:
    """The task with its form, acts and files."""
    return show(request, house, connection, look(house, connection, task=task, visitor=visitor), visitor=visitor)


def show(
    request: Request,
    house: House,
    connection: Connection,
    seen: Look,
    *,
    visitor: Visitor,
    typed: Mapping[str, Any] | None = None,
    act: str = "",
    refusal: Any = None,
) -> Response:
    """The task's page; after a refusal with what was typed and what is wrong with it."""
    context = context_of(seen, connection, visitor=visitor)
    saved, saved_at = draft_of(connection, seen, visitor=visitor)
    errors = refusal.errors if isinstance(refusal, InvalidForm) else ()
    form = None
    if seen.form is not None and seen.row["state"] == "open":
        of_form = typed is not None and not act
        status = word(visitor.language, "草稿已保存：{at}", at=moment(saved_at, language=visitor.language)) if saved_at else ""
        form = render_form(
            seen.form, typed if of_form and typed is not None else saved, errors if of_form else (),
            context=context, action=f"/tasks/{seen.id}/complete", draft_url=f"/tasks/{seen.id}/draft", status=status,
        )  # fmt: skip
    elif seen.form is not None:
        answers = _answers(connection, seen)
        form = render_answers(seen.form, answers, context=_with_names(context, connection, answers))
    (row,) = named(connection, [seen.row], language=visitor.language, house=house)
    acts = {} if seen.row["state"] != "open" else _acts(connection, seen, context, typed=typed, act=act, errors=errors, language=visitor.language)
    return page(
        request, "task.html", status=200 if refusal is None else refusal.status, task=row, form=form, acts=acts,
        refusal=None if errors else refusal, mine=seen.row["assignee"] == visitor.actor.id, holds=seen.holds, returns=seen.returns, act=act,
        case_path=_case_path(connection, seen, visitor),
        papers=AT_STEP.get(seen.row["element"], ()) if seen.row["state"] == "open" else (), desk=_desk(seen),
        told=told_for(connection, seen, language=visitor.language, rules=partial(rules_of_version, house, connection, seen.row["version"])),
        colleagues=_colleagues(connection, seen, visitor),
    )  # fmt: skip


def _acts(
    connection: Connection,
    seen: Look,
    context: FormContext,
    *,
    typed: Mapping[str, Any] | None,
    act: str,
    errors: Sequence[FieldError],
    language: str,
) -> dict[str, tuple[Form, Markup]]:
    """The forms of the acts that do not complete the task, but for those of the score desk; the refused one with what was typed."""
    elsewhere = DESK_ACTS if _desk(seen) else frozenset()
    acts = {}
    for name, one in seen.acts.items():
        if name in elsewhere:
            continue
        again = typed if act == name else None
        shown = render_form(
            one,
            beginning_of_act(connection, seen, act=name) if again is None else again,
            errors if act == name else (),
            context=replace(context, within=name),
            action=f"/tasks/{seen.id}/acts/{name}",
            label=word(language, "保存"),
        )
        acts[name] = (one, shown)
    return acts


def _desk(seen: Look) -> str:
    """The score desk of a reviewer's task: the sheets are filled in there, application by application."""
    return f"/review/{seen.id}" if seen.row["state"] == "open" and seen.row["element"] in SHEETS else ""


def _colleagues(connection: Connection, seen: Look, visitor: Visitor) -> Mapping[str, str]:
    """To whom the holder may hand the task on."""
    if seen.row["state"] != "open" or seen.row["assignee"] != visitor.actor.id:
        return {}
    return {person: name for person, name in colleagues(connection, seen.holders).items() if person != visitor.actor.id}


def _case_path(connection: Connection, seen: Look, visitor: Visitor) -> str:
    """Where the visitor may look at the task's application; "" if nowhere."""
    return path_of_case(connection, str(seen.variables.get("application") or seen.row["business_key"]), visitor=visitor)


def _answers(connection: Connection, seen: Look) -> Mapping[str, Any]:
    """What was sent when the task was completed."""
    rows = [row for row in submissions_of(connection, seen.row["root"], task_id=seen.id) if row["act"] == "complete"]
    return rows[-1]["data"] if rows else {}


def _with_names(context: FormContext, connection: Connection, answers: Mapping[str, Any]) -> FormContext:
    """The context with what was chosen when the task was done: lists of open tasks forget who has moved on."""
    words = tuple(Choice(value, said) for value, said in words_of(connection, texts_in(answers)).items())
    lists = {name: (*choices, *(one for one in words if one.value not in {each.value for each in choices})) for name, choices in context.lists.items()}
    return replace(context, lists=lists)


@router.post("/tasks/{task}/claim")
def claim(visitor: SignedIn, house: TheHouse, connection: Reading, task: str) -> Response:
    """Take a task of one's group. Who is asked for an act of it only (a ballot) is led to its page, where that stands."""
    try:
        house.engine.claim(task=task, actor=visitor.actor)
    except REFUSALS:
        if not _has_only_an_act(house, connection, task, visitor):
            raise
        return go(f"/tasks/{task}")
    return go(f"/tasks/{task}", said="claimed")


def _has_only_an_act(house: House, connection: Connection, task: str, visitor: Visitor) -> bool:
    try:
        seen = look(house, connection, task=task, visitor=visitor)
    except NotFound:
        return False
    return not seen.holds and bool(seen.acts)


@router.post("/tasks/{task}/release")
def release(visitor: SignedIn, house: TheHouse, task: str) -> Response:
    """Give a claimed task back to the group."""
    house.engine.unclaim(task=task, actor=visitor.actor)
    return go("/inbox?view=groups", said="released")


@router.post("/tasks/{task}/take-back")
def take_back(visitor: SignedIn, house: TheHouse, connection: Reading, task: str, reason: Text = "") -> Response:
    """Take one's own act back and do it anew: where the diagram lets it, with a reason, before anything has followed it (§14)."""
    seen = look(house, connection, task=task, visitor=visitor)
    if not seen.returns:
        raise not_found()
    if not reason.strip():
        raise Refused("task.reason", zh="请填写收回的理由。", en="Say why you take it back.")
    house.engine.take_back(task=task, reason=reason.strip(), actor=visitor.actor)
    return go(f"/tasks/{task}", said="taken_back")


@router.post("/tasks/{task}/draft")
def draft(visitor: SignedIn, house: TheHouse, connection: Reading, task: str, what: Sent) -> Response:
    """Keep what has been typed so far; the answer is the status line and the progress.

    A draft that arrives after the task is done is no mistake of the person's: the browser sent it by itself. It is told so and changes nothing.
    """
    seen = look(house, connection, task=task, visitor=visitor)
    if seen.form is None:
        raise not_found()
    data = data_of(seen.form, what[0])
    try:
        house.engine.save_draft(task=task, data=data, actor=visitor.actor)
    except AlreadyDone as late:
        return HTMLResponse(escape(sentence(late.en, language=visitor.language) if visitor.language == "en" else late.zh))
    at = moment(what[1], language=visitor.language)
    return HTMLResponse(render_saved(seen.form, data, context=context_of(seen, connection, visitor=visitor), at=at))


@router.post("/tasks/{task}/complete")
def complete(request: Request, visitor: SignedIn, house: TheHouse, task: str, what: Sent) -> Response:
    """Complete the task with what its form holds. Refused: the same page again, nothing typed is lost."""
    pairs, received = what
    with house.database.read() as connection:  # not by `Reading`: that takes the turns of two more threads, and lasts longer
        seen = look(house, connection, task=task, visitor=visitor, late=True)
    data = data_of(seen.form, pairs) if seen.form is not None else {}
    try:
        house.engine.complete(task=task, data=data, actor=visitor.actor, seen=_seen(pairs), received=received, offered=seen.offered)
    except AlreadyDone as late:
        return _too_late(request, seen, data, refusal=late, visitor=visitor)
    except REFUSALS as refusal:
        if refusal.status == not_found().status:
            raise
        with house.database.read() as fresh:
            return show(request, house, fresh, look(house, fresh, task=task, visitor=visitor), visitor=visitor, typed=data, refusal=refusal)
    return go(_next(house, seen, pairs, visitor=visitor), said="done")


def _too_late(request: Request, seen: Look, data: Mapping[str, Any], *, refusal: AlreadyDone, visitor: Visitor) -> Response:
    """Somebody has done the task already: nothing of it is shown, but what was typed is given back."""
    context = FormContext(lang="en" if visitor.language == "en" else "zh", names=named_values(seen.settings))
    typed = render_answers(seen.form, data, context=context) if seen.form is not None and data else None
    return page(request, "error.html", status=refusal.status, refusal=refusal, incident=None, typed=typed)


@router.post("/tasks/{task}/acts/{name}")
def act(request: Request, visitor: SignedIn, house: TheHouse, connection: Reading, task: str, name: str, what: Sent) -> Response:
    """An act on the task that does not complete it."""
    pairs, received = what
    seen = look(house, connection, task=task, visitor=visitor)
    if name not in seen.acts or name.startswith("file."):
        raise not_found()
    data = data_of(seen.acts[name], pairs)
    try:
        house.engine.act(task=task, name=name, data=data, actor=visitor.actor, received=received, offered=seen.offered)
    except REFUSALS as refusal:
        if refusal.status == not_found().status:
            raise
        return show(request, house, connection, seen, visitor=visitor, typed=data, act=name, refusal=refusal)
    return go(f"/tasks/{task}", said="saved")


def _seen(pairs: list[tuple[str, object]]) -> int | None:
    text = next((str(value) for name, value in pairs if name == "_seen"), "")
    return int(text) if REVISION.fullmatch(text) else None


def _next(house: House, seen: Look, pairs: list[tuple[str, object]], *, visitor: Visitor) -> str:
    """Where one goes from a finished task: enterprises to their application, its number, stage and receipt; others to what else waits."""
    if any(name == "_next" for name, _ in pairs):
        return "/inbox?view=mine"
    if not visitor.has("applicant_editor", "applicant_signatory"):
        return "/inbox"
    with house.database.read() as connection:
        return _case_path(connection, seen, visitor) or "/inbox"
