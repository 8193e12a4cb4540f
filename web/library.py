"""历年典型经验: what holders of titles share with everybody (§8), and the office's page that publishes or withdraws an entry."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import Connection

from selection import library as rules
from selection.errors import Conflict, HouseError, Refused
from store.selection import library as facts
from store.selection import queries_cases as cases_queries
from store.selection.title import TitleFacts
from web.fields import Text, Word
from web.files import attachment
from web.house import House
from web.pages import go, page
from web.paging import Start, paged
from web.reading import Reading, TheHouse
from web.rules import counting, focus_names, papers_named
from web.visitors import Access, Visitor, not_found

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
    found = facts.entry(connection, title)
    if found is None:
        raise not_found()
    return found


@router.get("/public/library/{title}")
def entry(request: Request, visitor: Anybody, house: TheHouse, connection: Reading, title: str) -> Response:
    """One entry with the files that its holder lets everybody read."""
    found = _entry(connection, title)
    shown = facts.files_shown(connection, found["documents"])
    focus = focus_names(house, connection, found["season"], language=visitor.language).get(found["focus_area"] or "", "")
    papers = papers_named(house, connection, shown, season_id=found["season"], language=visitor.language)
    return page(request, "public/experience.html", entry=found, files=shown, focus=focus, papers=papers)


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
    found, last = TitleFacts(connection).get(title), facts.last_act(connection, title)
    if found is None:
        raise not_found()
    offered, said = _offered(house, connection, found), found.video or {}
    kept = last["summary"] if last is not None else str(said.get("summary") or "")
    return page(
        request, "library.html", status=refusal.status if refusal else 200, title=found, offered=offered, refusal=refusal, last=last,
        summary=kept if typed is None else typed, agreed=bool(rules.allowed(said)),
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
    """Publish an entry, anew if it is there, or withdraw it with a reason; who did so and when stays."""
    found = TitleFacts(connection).get(title)
    if found is None:
        raise not_found()
    text, why, chosen = summary.strip(), reason.strip(), documents or []
    try:
        if act == "publish":
            _refuse_unallowed(house, connection, found, text=text, why=why, chosen=chosen)
        else:
            _refuse_withdrawal(connection, act, title=title, why=why)
    except HouseError as refusal:
        return _show(request, house, connection, title=title, typed=text, refusal=refusal)
    now, shown = house.clock.now(), act == "publish"
    past, files = ("published", chosen) if shown else ("withdrawn", [])
    house.database.run(
        lambda writing: facts.LibraryFacts(writing).note(title=title, act=past, summary=text, documents=files, reason=why, at=now, by=visitor.actor.id)
    )
    return go(f"/titles/{title}/library", said="shown" if shown else "withdrawn")


def _refuse_unallowed(house: House, connection: Connection, title: Any, *, text: str, why: str, chosen: Sequence[str]) -> None:
    codes = {row["id"]: row["code"].partition(".")[0] for row in _offered(house, connection, title)}
    wanted = frozenset(codes.get(one, one) for one in chosen)  # what is not offered is nobody's consent
    rules.refuse_entry(entry=rules.Entry(summary=text, codes=wanted, grounds=why), title_state=title.state, said=title.video)


def _refuse_withdrawal(connection: Connection, act: str, *, title: str, why: str) -> None:
    last = facts.last_act(connection, title)
    if act != "withdraw" or last is None or last["act"] != "published":
        raise Conflict("library.hidden", zh="该经验没有公开", en="that experience is not shown")
    if not why:
        raise Refused("library.reason", zh="请填写撤下的理由", en="give the reason for withdrawing it")
