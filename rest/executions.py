"""Executions: the instances themselves and the tokens that wait in them, with the variables that each holds itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import RowMapping

from rest import asking
from rest.asking import flag, like, text
from rest.errors import failed, missing
from rest.incidents import KINDS
from rest.instances import standing
from rest.offering import offer, streamed
from rest.parts import CALLED, Caller, TheCaller, instance_id, split_instance
from rest.query import Query
from rest.scopes import Place
from rest.shapes import ExecutionDto
from rest.variable_routes import offer_variables
from store.engine import listing
from store.engine.holding import FEW, places, scope_of
from store.engine.listing import Filters, Wanted
from store.engine.present import INSTANCES, SUBSCRIPTIONS

router = APIRouter(tags=["Execution"])
PARAMS = {
    "activityId": asking.beside,  # looked for among the tokens themselves
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processInstanceId": asking.instance,
    "businessKey": text("business_key"),
    "active": flag("suspended", means=False),
    "suspended": flag("suspended"),
    "messageEventSubscriptionName": asking.beside,
    "messageEventSubscription": asking.beside,
    "signalEventSubscriptionName": asking.beside,
    "incidentId": text("trouble"),
    "incidentType": asking.one(lambda given, _: {"trouble_kinds": KINDS.get(given, [given])}),
    "incidentMessage": text("trouble_message"),
    "incidentMessageLike": like("trouble_like"),
    "variables": asking.variables("own"),  # of the execution itself: see `_holding`
    "processVariables": asking.variables("variables"),
    **asking.SHADES,
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
}
Holding = set[tuple[str, str]]  # root and scope
HEARD = {"messageEventSubscriptionName": "message", "messageEventSubscription": "message", "signalEventSubscriptionName": "signal"}
SORTS = {"instanceId": "id", "definitionId": "version", "definitionKey": "process"}


offer(
    router, "/execution", ExecutionDto,
    streamed(INSTANCES, PARAMS, SORTS, lambda query, caller, rows: _items(query, caller, rows), always=lambda query, caller: _within(_holding(query, caller))),  # noqa: PLW0108 - it stands below
    name="executions", told="The tokens that wait, each an execution, and the instances themselves.", counted="How many there are.",
)


@router.get("/execution/{execution}")
def one(execution: str, caller: TheCaller) -> ExecutionDto:
    """One execution."""
    root, within = split_instance(execution)
    row = caller.case(root, within) if execution == instance_id(root, within) else None
    if row is not None:
        return {"id": execution, "processInstanceId": execution, "ended": False, "tenantId": None}
    for item in _of_root(caller, execution.partition(".")[0]):
        if item["id"] == execution:
            return item
    raise missing(f"Execution with id {execution} does not exist")


def _place(execution: str, caller: TheCaller) -> Place:
    root, dot, token = execution.partition(".")
    if caller.case(root) is None:
        raise failed(f"Cannot find execution with id '{execution}'")
    if not dot:
        return Place(root)
    return Place(root, token.removesuffix(CALLED)) if token.endswith(CALLED) else Place(root, token=token, local=True)


offer_variables(router, "/execution/{execution}/localVariables", _place, told="The variables that it holds itself.")


def _of_root(caller: Caller, root: str) -> Iterator[ExecutionDto]:
    return _items(Query({}), caller, caller.stream(listing.stream, INSTANCES, Wanted((("root", root),))))


def _items(query: Query, caller: Caller, rows: Iterator[RowMapping]) -> Iterator[ExecutionDto]:
    """The executions of instances: those that hold, hear and stand where the request says."""
    element, holding, heard = str(query.filters.get("activityId", "")), _holding(query, caller), _heard(query, caller)
    found = standing(caller, rows) if heard is None else ((row, heard.get((row["root"], row["within"]), [])) for row in rows)
    for row, tokens_there in found:
        instance = instance_id(row["root"], row["within"])
        whole = ((instance, scope_of(row["within"])),) if heard is None and not element else ()
        tokens = ((f"{row['root']}.{place.id}", place.id) for place in tokens_there if element in {"", place.element})
        for name, scope in (*whole, *tokens):
            if holding is None or (row["root"], scope) in holding:
                yield {"id": name, "processInstanceId": instance, "ended": False, "tenantId": None}


def _holding(query: Query, caller: Caller) -> Holding | None:
    """Root and scope of what holds the variables asked for; None if none are."""
    asked = dict(asking.filters(query, caller, PARAMS)).get("own")
    found: Holding | None = caller.read(places, asked) if asked else None
    return found


def _within(holding: Holding | None) -> Filters:
    """Where few instances hold them only those are looked at."""
    roots = {root for root, _ in holding or ()}
    return () if holding is None or len(roots) > FEW else (("roots", roots),)


@dataclass(frozen=True)
class Listener:
    """A token that hears a message or signal, and where it stands."""

    id: str
    element: str


def _heard(query: Query, caller: Caller) -> dict[tuple[str, str], list[Listener]] | None:
    """Root and process -> its tokens that hear the message or signal asked for; None if none is."""
    asked = [(kind, query.filters[name]) for name, kind in HEARD.items() if name in query.filters]
    if not asked:
        return None
    found: dict[tuple[str, str], list[Listener]] = {}
    wanted = Wanted(tuple(pair for kind, name in asked for pair in (("kind", kind), ("name", name))))
    for row in caller.stream(listing.stream, SUBSCRIPTIONS, wanted):
        found.setdefault((row["root"], row["within"]), []).append(Listener(row["wait"], row["element"]))
    return found
