"""Conditional start events: whoever hands in variables begins an instance wherever they make a condition true."""

from fastapi import APIRouter
from sqlalchemy import RowMapping

from rest.bodies import JsonBody, flag_of, text_of
from rest.definitions import started
from rest.errors import executing, invalid, missing
from rest.parts import Caller, TheCaller
from rest.shapes import ProcessInstanceDto
from rest.values import declared_in
from store.engine import listing
from store.engine.cases import CASES
from store.engine.listing import Wanted

router = APIRouter(tags=["Condition"])
KNOWN = frozenset({"variables", "businessKey", "processDefinitionId", "tenantId", "withoutTenantId"})


@router.post("/condition")
def evaluate(caller: TheCaller, body: JsonBody = None) -> list[ProcessInstanceDto]:
    """Begin every process (or the one named) at its conditional start events that hold for the variables, which become the instances'.

    Only the latest version of a process listens. Nothing that holds: nothing begins, which is no error.
    """
    given = body or {}
    if unknown := sorted(given.keys() - KNOWN):
        raise invalid(f"unknown: {', '.join(unknown)}")
    variables, business_key = declared_in(given.get("variables")), text_of(given, "businessKey") or ""
    flag_of(given, "withoutTenantId")  # there are no tenants: it says nothing
    named = _named(caller, text_of(given, "processDefinitionId"))
    if text_of(given, "tenantId") or (named is not None and named is not caller.newest[named["key"]]):
        return []
    with executing():
        roots = caller.engine.start_where_true(
            variables=variables, tenant="", actor=caller.actor, business_key=business_key, process=named["key"] if named else None
        )
    caller.settle()
    return [_begun(caller, root, business_key) for root in roots]


def _named(caller: Caller, definition: str | None) -> RowMapping | None:
    if definition is None:
        return None
    found = next((row for row in caller.definitions.values() if row["id"] == definition), None)
    if found is None:
        raise missing(f"no deployed process definition found with id '{definition}'")
    return found


def _begun(caller: Caller, root: str, business_key: str) -> ProcessInstanceDto:
    (row,) = caller.read(listing.rows, CASES, Wanted((("id", (root, "")),)))
    return started(caller, root, definition=caller.definitions[row["process"], row["version"]], business_key=business_key)
