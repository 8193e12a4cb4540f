"""Variables as things of their own: those that running instances hold, and those of the history with their last values."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import RowMapping

from engine.bpmn.values import Declared
from rest import asking
from rest.asking import like, text, texts, the_row
from rest.errors import missing
from rest.files import BYTES, data_of
from rest.offering import offer, stored, streamed
from rest.parts import CALLED, Caller, TheCaller, instance_id, split_instance
from rest.query import NO_TENANT, Query
from rest.shapes import VariableInstanceDto, Variables, VariableValueDto
from rest.shapes_past import HistoricVariableInstanceDto
from rest.values import instant_out, value_out
from store.engine import listing
from store.engine.holding import CALLED as CALLED_SCOPE
from store.engine.holding import scope_of
from store.engine.listing import Filters, Wanted
from store.engine.variables import VARIABLES

router = APIRouter(tags=["Variable Instance", "History"])
OPEN: Filters = (("open", True), ("there", True))


def _place(given: str) -> tuple[str, str]:
    """Root and scope of an execution that holds variables: an instance, a called process, or a token."""
    root, _, token = given.partition(".")
    return root, token.removesuffix(CALLED) + CALLED_SCOPE if token.endswith(CALLED) else token


_IN_PLACES = asking.several(lambda given, _: {"places": [_place(each) for each in given]})
_IN_INSTANCES = asking.several(lambda given, _: {"instances": [split_instance(each) for each in given]})
_SHARED: asking.Params = {
    "variableName": asking.variable_named,
    "variableNameLike": like("name_like"),
    "processInstanceIdIn": _IN_INSTANCES,
    "executionIdIn": _IN_PLACES,
    "activityInstanceIdIn": _IN_PLACES,
    "taskIdIn": texts("tasks"),
    "caseExecutionIdIn": asking.nobody,
    "tenantIdIn": asking.nobody,
    **asking.SHADES,
    "deserializeValues": asking.anything,  # how they are shown
}
PARAMS: asking.Params = {
    **_SHARED,
    "variableValues": asking.variables("held"),
    "variableScopeIdIn": _IN_PLACES,
    "caseInstanceIdIn": asking.nobody,
    "batchIdIn": asking.nobody,
}
PAST_PARAMS: asking.Params = {
    **_SHARED,
    "variableNameIn": texts("names"),
    "variableValue": asking.variable_worth,
    "variableTypeIn": texts("types"),
    "processInstanceId": asking.one(lambda given, _: {"instance": split_instance(given)}),
    "processDefinitionId": asking.definition,
    "processDefinitionKey": text("process"),
    "caseInstanceId": asking.nothing,
    "caseActivityIdIn": asking.nobody,
    "includeDeleted": asking.anything,  # without it those taken away are left out: see `_there`
    "withoutTenantId": asking.anything,
}
SORTS = {"variableName": "name", "variableType": "type", "activityInstanceId": "place", **NO_TENANT}
PAST_SORTS = {"instanceId": "root", "variableName": "name", **NO_TENANT}


offer(
    router, "/variable-instance", VariableInstanceDto,
    streamed(VARIABLES, PARAMS, SORTS, lambda query, caller, rows: _all_held(query, caller, rows), always=lambda _query, _caller: OPEN),  # noqa: PLW0108 - it stands below
    name="variable_instances",
    told="What running instances hold, each where it is held, in the order of instances and first settings unless sorted otherwise.",
    counted="How many there are.",
)


@router.get("/variable-instance/{variable:path}/data", response_class=Response, responses=BYTES)
def variable_instance_data(variable: str, caller: TheCaller) -> Response:
    """The bytes of one that is a file, or bytes. 400 for anything else."""
    row = _row(caller, variable, otherwise=f"Variable instance with Id '{variable}' does not exist.")
    return data_of(row["name"], variable_instance(variable, caller), row["data"]["new"])


@router.get("/variable-instance/{variable:path}")
def variable_instance(variable: str, caller: TheCaller, deserializeValue: bool = True) -> VariableInstanceDto:  # noqa: FBT001, FBT002, N803 - a query parameter
    """One of them."""
    gone = f"Variable instance with Id '{variable}' does not exist."
    for row in _standing(caller, iter([_row(caller, variable, otherwise=gone)])):
        return _held(caller, row, deserialize=deserializeValue)
    raise missing(gone)


offer(
    router, "/history/variable-instance", HistoricVariableInstanceDto,
    stored(VARIABLES, PAST_PARAMS, PAST_SORTS, lambda caller, row, query: _past(caller, row, deserialize=_plain(query)), always=lambda query: _there(query)),  # noqa: PLW0108 - it stands below
    name="past_variable_instances", told="Each variable with its last value, in the order of instances and first settings unless sorted otherwise.",
    counted="How many there are.",
)


@router.get("/history/variable-instance/{variable:path}/data", response_class=Response, responses=BYTES)
def past_variable_instance_data(variable: str, caller: TheCaller) -> Response:
    """The last bytes of one that is or was a file, or bytes. 400 for anything else."""
    row = _row(caller, variable, otherwise=f"Historic variable instance with Id '{variable}' does not exist.")
    return data_of(row["name"], _past(caller, row, deserialize=True), row["data"]["new"])


@router.get("/history/variable-instance/{variable:path}")
def past_variable_instance(variable: str, caller: TheCaller, deserializeValues: bool = True) -> HistoricVariableInstanceDto:  # noqa: FBT001, FBT002, N803 - a query parameter
    """One variable with its last value."""
    row = _row(caller, variable, otherwise=f"Historic variable instance with Id '{variable}' does not exist.")
    return _past(caller, row, deserialize=deserializeValues)


def _plain(query: Query) -> bool:
    """Whether lists and maps are shown as such, not as text."""
    return query.flag("deserializeValues", default=True)


def last_values(caller: Caller, root: str, within: str) -> Variables:
    """The variables of a process instance's own scope as they stand or stood last, typed."""
    asked = Wanted((("places", [(root, scope_of(within))]), ("there", True)))
    return {row["name"]: _value(row["data"]) for row in caller.read(listing.rows, VARIABLES, asked)}


def _value(note: Any, *, deserialize: bool = True) -> VariableValueDto:
    return value_out(Declared(note["new"], note["type"]) if "type" in note else note["new"], deserialize=deserialize)


def _there(query: Query) -> Filters:
    return () if query.flag("includeDeleted") else (("there", True),)


def _row(caller: Caller, variable: str, *, otherwise: str) -> RowMapping:
    owner, _, name = variable.partition(":")
    return the_row(caller, VARIABLES, (*_place(owner), name), otherwise=otherwise)


def _standing(caller: Caller, rows: Iterator[RowMapping]) -> Iterator[RowMapping]:
    """Those whose scope is there still: what a task or a called process held goes with it, in the history it stays."""
    return (row for row, look in caller.glances(rows) if look.holds(row["scope"], row["name"]))


def _all_held(query: Query, caller: Caller, rows: Iterator[RowMapping]) -> Iterator[VariableInstanceDto]:
    return (_held(caller, row, deserialize=_plain(query)) for row in _standing(caller, rows))


def _owner(row: RowMapping) -> tuple[str, str]:
    """The process instance that a variable is in, and the execution that holds it."""
    token, slash, _ = row["scope"].partition("/")
    instance = instance_id(row["root"], token if slash else row["within"])
    return instance, instance if slash or not token else f"{row['root']}.{token}"


def _held(caller: Caller, row: RowMapping, *, deserialize: bool) -> VariableInstanceDto:
    instance, owner = _owner(row)
    definition = caller.definitions.get((row["process"], row["root_version"]))
    return {
        **_value(row["data"], deserialize=deserialize),
        "id": f"{owner}:{row['name']}",
        "name": row["name"],
        "processDefinitionId": definition["id"] if definition else None,
        "processInstanceId": instance,
        "executionId": owner,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "taskId": row["task"],
        "batchId": None,
        "activityInstanceId": owner,
        "errorMessage": None,
        "tenantId": None,
    }


def _past(caller: Caller, row: RowMapping, *, deserialize: bool) -> HistoricVariableInstanceDto:
    instance, owner = _owner(row)
    definition = caller.definitions.get((row["process"], row["root_version"]))
    return {
        "id": f"{owner}:{row['name']}",
        "name": row["name"],
        **_value(row["data"], deserialize=deserialize),
        "processDefinitionKey": row["process"],
        "processDefinitionId": definition["id"] if definition else None,
        "processInstanceId": instance,
        "executionId": owner,
        "activityInstanceId": owner,
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "taskId": row["task"],
        "errorMessage": None,
        "tenantId": None,
        "state": "DELETED" if row["data"].get("removed") else "CREATED",
        "createTime": instant_out(row["begun"]),
        "removalTime": None,
        "rootProcessInstanceId": row["root"],
    }
