"""Executions: the instances themselves and the tokens that wait in them, with the variables that each holds itself."""

from fastapi import APIRouter
from sqlalchemy import RowMapping

from rest import asking
from rest.asking import flag, like, text
from rest.errors import failed, missing
from rest.incidents import kinds_of
from rest.offering import offer, stored
from rest.parts import CALLED, TheCaller, instance_id, split_instance
from rest.query import NO_TENANT, Query
from rest.scopes import Place
from rest.shapes import ExecutionDto
from rest.variable_routes import offer_variables
from store.engine import listing
from store.engine.listing import Filters, Wanted
from store.engine.present import EXECUTIONS

router = APIRouter(tags=["Execution"])
PARAMS = {
    "activityId": text("element"),
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "processInstanceId": asking.instance,
    "businessKey": text("business_key"),
    "active": flag("suspended", means=False),
    "suspended": flag("suspended"),
    "messageEventSubscriptionName": asking.one(lambda given, _: {"hears": ("message", given)}),
    "messageEventSubscription": asking.one(lambda given, _: {"hears": ("message", given)}),
    "signalEventSubscriptionName": asking.one(lambda given, _: {"hears": ("signal", given)}),
    "incidentId": text("trouble"),
    "incidentType": asking.one(lambda given, _: {"trouble_kinds": kinds_of(given)}),
    "incidentMessage": text("trouble_message"),
    "incidentMessageLike": like("trouble_like"),
    "variables": asking.variables("own"),
    "processVariables": asking.variables("variables"),
    **asking.SHADES,
    "tenantIdIn": asking.nobody,
    "withoutTenantId": asking.anything,
}
HEARING = frozenset({"messageEventSubscriptionName", "messageEventSubscription", "signalEventSubscriptionName"})
SORTS = {"instanceId": "id", "definitionId": "version", "definitionKey": "process", **NO_TENANT}


def _standing(query: Query) -> Filters:
    """What only listens is told where it is asked for: it may stand beside a token."""
    return () if HEARING & query.filters.keys() else (("hears", ("", "")),)


offer(
    router, "/execution", ExecutionDto, stored(EXECUTIONS, PARAMS, SORTS, lambda _caller, row, _query: _item(row), always=_standing),
    name="executions", told="The tokens that wait, each an execution, and the instances themselves.", counted="How many there are.",
)


@router.get("/execution/{execution}")
def one(execution: str, caller: TheCaller) -> ExecutionDto:
    """One execution."""
    root, within = split_instance(execution)
    root, dot, token = (root, "", "") if within else execution.partition(".")
    asked = (("root", root), ("token", token), *(() if dot else (("within", within),)))
    found = caller.read(listing.rows, EXECUTIONS, Wanted(asked))
    if not found:
        raise missing(f"Execution with id {execution} does not exist")
    return _item(found[0])


def _place(execution: str, caller: TheCaller) -> Place:
    root, dot, token = execution.partition(".")
    if caller.case(root) is None:
        raise failed(f"Cannot find execution with id '{execution}'")
    if not dot:
        return Place(root)
    return Place(root, token.removesuffix(CALLED)) if token.endswith(CALLED) else Place(root, token=token, local=True)


offer_variables(router, "/execution/{execution}/localVariables", _place, told="The variables that it holds itself.")


def _item(row: RowMapping) -> ExecutionDto:
    instance = instance_id(row["root"], row["within"])
    name = f"{row['root']}.{row['token']}" if row["token"] else instance
    return {"id": name, "processInstanceId": instance, "ended": False, "tenantId": None}
