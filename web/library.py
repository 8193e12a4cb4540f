"""历年典型经验: what holders of titles share with everybody (§8), and the office's page that publishes or withdraws an entry."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import Connection

from selection import library as rules
from selection.errors import Conflict, HouseError, Refused
from store.selection import library as facts
from store.selection import queries_about as queries
from store.selection import queries_cases as cases_queries
from store.selection import queries_public as public_queries
from store.selection.title import TitleFacts
from web.fields import Text, Word
from web.files import attachment
from web.house import House
from web.pages import go, page
from web.paging import Start, paged
from web.reading import Reading, TheHouse
from web.rules import counting, focus_names, papers_named
from web.titles import READ, propose_change
from web.visitors import Access, Visitor, not_found, there

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access("see_public", public=True))]
Keeper = Annotated[Visitor, Depends(Access("keep_library"))]
Chosen = Annotated[list[str] | None, Form(max_length=20)]


@router.get("/public/library")
def library(request: Request, visitor: Anybody, connection: Reading, search: str = "", start: Start = 0) -> Response:  # noqa: ARG001 - carries the route's rule
    """All entries, the latest year first."""

    def take(limit: int, offset: int) -> facts.Rows:
        return facts.entries(connection, search=search, limit=limit, offset=offset)

    return page(request, "public/library.html", shown=paged(take, start=start, search=search), search=search, total=facts.count(connection, search=search))


def _entry(connection: Connection, title: str) -> Any:
    return there(facts.entry(connection, title))


@router.get("/public/library/{title}")
def entry(request: Request, visitor: Anybody, house: TheHouse, connection: Reading, title: str) -> Response:
    """One entry with the files that its holder lets everybody read."""
    found = _entry(connection, title)
    shown = facts.files_shown(connection, found["documents"])
    focus = focus_names(house, connection, found["season"], language=visitor.language).get(found["focus_area"] or "", "")
    papers = papers_named(house, connection, shown, season_id=found["season"], language=visitor.language)
    corrected = public_queries.title_corrections(connection, [title])
    return page(request, "public/experience.html", entry=found, files=shown, focus=focus, papers=papers, corrected=corrected, fields=READ)


@router.get("/public/library/{title}/files/{document_id}")
def file(visitor: Anybody, house: TheHouse, connection: Reading, title: str, document_id: str) -> Response:  # noqa: ARG001
    """A file of an entry; one that is not shown answers as if it were not there."""
    wanted = next((row for row in facts.files_shown(connection, _entry(connection, title)["documents"]) if row["id"] == document_id), None)
    if wanted is None or not house.files.has(wanted["sha256"]):
        raise not_found()
    return attachment(house, wanted)


@router.get("/titles/{title}/library")
def keeping(request: Request, visitor: Keeper, house: TheHouse, connection: Reading, title: str) -> Response:  # noqa: ARG001
    """What is shown of a title, and what its holder allows to be shown."""
    return _show(request, house, connection, title=title)


def _show(request: Request, house: House, connection: Connection, *, title: str, typed: str | None = None, refusal: Any = None) -> Response:
    found: Any = there(TitleFacts(connection).get(title))
    last = facts.last_act(connection, title)
    offered, said = _offered(house, connection, found), found.video or {}
    kept = last["summary"] if last is not None else str(said.get("summary") or "")
    return page(
        request, "library.html", status=refusal.status if refusal else 200, title=found, offered=offered, refusal=refusal, last=last,
        summary=kept if typed is None else typed, agreed=bool(rules.allowed(said)), asked=queries.changes_of(connection, title, kind="library")[:1],
        papers=papers_named(house, connection, offered, season_id=found.season, language=request.state.visitor.language),
    )  # fmt: skip


def _offered(house: House, connection: Connection, title: Any) -> Sequence[Any]:
    """The files that the holder allows to be shown: of the application those that counted, and the video."""
    codes = rules.allowed(title.video)
    papers = cases_queries.documents_of(connection, owner=title.application) if title.application else ()
    counted = counting(house, connection, papers, application=title.application or "", season_id=title.season)
    own = [row for row in cases_queries.documents_of(connection, owner=title.id) if row["replaced_at"] is None]
    return [row for row in (*counted, *own) if row["removed_at"] is None and rules.may_show(row["code"], codes)]


@router.post("/titles/{title}/library")
def keep(
    request: Request, visitor: Keeper, house: TheHouse, connection: Reading, title: str,
    act: Word = "", summary: Text = "", reason: Text = "", documents: Chosen = None,
) -> Response:  # fmt: skip
    """Propose to publish an entry, anew if it is there, which a second person decides (§14); or withdraw it at once with a reason. All acts stay."""
    found = there(TitleFacts(connection).get(title))
    text, why = summary.strip(), reason.strip()
    refusal: Any = None
    if act == "publish":
        refusal = propose_change(house, visitor, found, kind="library", told={"summary": text, "documents": documents or [], "reason": why})
    else:
        refusal = _unwithdrawable(connection, act, title=title, why=why)
    if refusal is not None:
        return _show(request, house, connection, title=title, typed=text, refusal=refusal)
    if act == "publish":
        return go(f"/titles/{title}/library", said="proposed")
    house.database.run(lambda writing: facts.LibraryFacts(writing).withdraw(title=title, reason=why, at=house.clock.now(), by=visitor.actor.id))
    return go(f"/titles/{title}/library", said="withdrawn")


def _unwithdrawable(connection: Connection, act: str, *, title: str, why: str) -> HouseError | None:
    """Why an entry cannot be taken off by one person at once: there is none, or no reason."""
    last = facts.last_act(connection, title)
    if act != "withdraw" or last is None or last["act"] != "published":
        return Conflict("library.hidden", zh="该经验没有公开", en="that experience is not shown")
    return None if why else Refused("library.reason", zh="请填写撤下的理由", en="give the reason for withdrawing it")
