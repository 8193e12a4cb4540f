"""What every route gets: the engine, the database, the clock, and who asks; and the names that things have outside."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from time import monotonic
from typing import Annotated, Any, cast, get_origin
from urllib.parse import unquote

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from sqlalchemy import RowMapping

from engine.bpmn import scopes
from engine.commands.looks import Look
from engine.contract import Actor
from engine.refusals import NotFound
from rest.errors import failed, invalid, missing, unreadable
from rest.query import query, refuse
from store.database import Database
from store.engine import foreign, listing
from store.engine.listing import Wanted
from store.engine.present import INSTANCES

SOME = 100  # instances in memory at a time
instance_id = scopes.instance_id  # how a process instance is called outside
CALLED = "c"  # a called process: the id of its root, a dot, its call activity's token, and this
_REST = 10.0  # seconds in which what a command causes comes to rest


@dataclass(frozen=True)
class Parts:
    """The parts behind the interface. ``who`` finds out who asks; ``deliver`` brings out mails after the clock was moved."""

    engine: Any
    database: Database
    clock: Any
    who: Callable[[Request], Actor]
    deliver: Callable[[], object]


class Caller:
    """One request: who asks, and reads that are made once."""

    def __init__(self, parts: Parts, actor: Actor) -> None:
        self.parts = parts
        self.engine = parts.engine
        self.actor = actor

    def read(self, query: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """What a named read of the store gives."""
        with self.parts.database.read() as connection:
            return query(connection, *given, **more)

    def stream(self, query: Callable[..., Iterator[RowMapping]], *given: Any) -> Iterator[RowMapping]:
        """The rows of a named read one by one; the connection is open until the last."""
        with self.parts.database.read() as connection:
            yield from query(connection, *given)

    @cached_property
    def definitions(self) -> dict[tuple[str, int], RowMapping]:
        """The definitions by key and version."""
        return {(row["key"], row["version"]): row for row in self.read(foreign.definitions)}

    @cached_property
    def newest(self) -> dict[str, RowMapping]:
        """The latest definition of each key."""
        return {key: row for (key, _), row in self.definitions.items()}

    def definition_seen(self, process: str, version: int) -> RowMapping | None:
        """The definition of a process met in an instance of a version: the version's own, else (it was called) the latest."""
        return self.definitions.get((process, version)) or self.newest.get(process)

    @cached_property
    def looks(self) -> dict[str, Look | None]:
        """The instances that were looked at."""
        return {}

    def look(self, root: str) -> Look | None:
        """An instance as it stands, looked at once; None when it has ended."""
        if root not in self.looks:
            try:
                self.looks[root] = self.engine.look(root=root)
            except NotFound:
                self.looks[root] = None
        return self.looks[root]

    def glances(self, rows: Iterable[RowMapping]) -> Iterator[tuple[RowMapping, Look]]:
        """Rows of running instances, each with a look at its instance: read a hundred at a time; those that have ended meanwhile stay out."""
        remaining = iter(rows)
        while some := list(islice(remaining, SOME)):
            looks = self.engine.looks(roots={row["root"] for row in some})
            yield from ((row, looks[row["root"]]) for row in some if row["root"] in looks)

    def definition_id(self, row: RowMapping) -> str:
        """The id of the definition that a waiting thing or running process is of; "" when it is gone."""
        found = self.definitions.get((row["process"], row["standing"]))
        return "" if found is None else str(found["id"])

    def version_tag(self, row: RowMapping) -> str | None:
        """The tag of that definition; None without one."""
        found = self.definitions.get((row["process"], row["standing"]))
        return None if found is None else found["version_tag"]

    def case(self, root: str, within: str = "") -> RowMapping | None:
        """A running instance or called process; None when it is not there."""
        found: list[RowMapping] = self.read(listing.rows, INSTANCES, Wanted((("root", root), ("within", within))))
        return found[0] if found else None

    def settle(self) -> None:
        """Let what a command has caused come to rest. Raises RestError 500 when that takes too long."""
        until = monotonic() + _REST
        while self.engine.work(limit=1000, timers=False):
            if monotonic() > until:
                raise failed("what the command caused has not come to rest in time; it goes on")


def caller(request: Request) -> Caller:
    """The dependency that every route takes. Raises RestError 401, or 404 for whoever may see nothing here."""
    if "\0" in unquote(request.url.path + request.url.query):
        raise invalid("a NUL character is part of no name")
    parts: Parts = request.app.state.parts
    found = Caller(parts, parts.who(request))
    _require_json(request)
    _refuse_unknown(request)
    return found


def _require_json(request: Request) -> None:
    """What a route reads as JSON is sent as JSON. Raises RestError 415."""
    sent = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent and kind != "application/json" and getattr(request.scope.get("route"), "body_field", None) is not None:
        raise unreadable("application/json")


def _refuse_unknown(request: Request) -> None:
    """A query parameter that is not known is no filter: what answers several things would answer more. Raises RestError 400.

    Lists that are asked by a `Query` refuse by themselves; what answers one thing answers it whatever is said beside.
    """
    route = request.scope.get("route")
    if request.method != "GET" or not request.query_params or get_origin(getattr(route, "response_model", None)) not in {list, dict}:
        return
    asked = cast("APIRoute", route).dependant
    if not any(each.call is query for each in asked.dependencies):
        refuse(request.query_params.keys() - {field.alias for each in (asked, *asked.dependencies) for field in each.query_params})


TheCaller = Annotated[Caller, Depends(caller)]


def split_instance(given: str) -> tuple[str, str]:
    """Root and call activity's token ("" for the root itself) of a process instance's id."""
    root, dot, token = given.partition(".")
    return (root, token.removesuffix(CALLED)) if dot and token.endswith(CALLED) else (given, "")


def running_instance(caller: Caller, given: str) -> tuple[str, str, Look]:
    """Root, call token and look of a process instance that runs. Raises RestError 404."""
    root, within = split_instance(given)
    look = caller.look(root) if caller.case(root) is not None else None
    if look is None or (within and within not in look.called):
        raise missing(f"Process instance with id {given} does not exist")
    return root, within, look
