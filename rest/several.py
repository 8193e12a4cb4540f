"""What a body names several process instances by: their ids, a query of what runs, a query of the history. All of it together, as Camunda has it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from rest import asking
from rest.bodies import texts_of
from rest.errors import invalid
from rest.history import INSTANCE_PARAMS
from rest.instances import PARAMS
from rest.parts import Caller, instance_id, split_instance
from rest.query import read
from rest.shapes import BatchDto
from rest.values import instant_out
from store.engine import listing
from store.engine.cases import CASES
from store.engine.listing import Filters, Listing, Wanted
from store.engine.present import INSTANCES

IDS = "processInstanceIds"
RUNNING, PAST = "processInstanceQuery", "historicProcessInstanceQuery"
QUERIES: Mapping[str, tuple[Listing, asking.Params]] = {RUNNING: (INSTANCES, PARAMS), PAST: (CASES, INSTANCE_PARAMS)}


def named_instances(
    caller: Caller, given: Mapping[str, Any], *, ids: str = IDS, queries: tuple[str, ...] = (RUNNING, PAST), always: Filters = ()
) -> list[str]:
    """The process instances (called ones too) that a body names by its field of ``ids`` and by ``queries``, each once; ``always`` narrows the queries.

    Raises RestError 400 when it names none, for a query that is not meant here, and for what a query does not know: it would widen what is done.
    """
    found = texts_of(given, ids)
    for name, (source, params) in QUERIES.items():
        query = given.get(name)
        if query is not None and name not in queries:
            raise invalid(f"{name} is not supported here: use {' or '.join(queries)}")
        if query is not None:
            wanted = Wanted((*filters_of(caller, query, params), *always))
            found += [instance_id(row["root"], row["within"]) for row in caller.read(listing.rows, source, wanted)]
    if not found:
        raise invalid(f"{ids} or {' or '.join(queries)}: at least one instance is needed")
    return list(dict.fromkeys(found))


def running(caller: Caller, given: Mapping[str, Any]) -> list[RowMapping]:
    """Those of them that run. Raises RestError 400 for none, and for an id of one that does not run."""
    chosen = named_instances(caller, given)
    found = {each: caller.case(*split_instance(each)) for each in chosen}
    for name in texts_of(given, IDS):
        if found[name] is None:
            raise invalid(f"Process instance with id {name} does not exist")
    return [row for row in found.values() if row is not None]


def filters_of(caller: Caller, query: object, params: asking.Params) -> Filters:
    """The filters of a query in a body. Raises RestError 400."""
    if not isinstance(query, Mapping):
        raise invalid("a query is an object")
    return asking.filters(read(query), caller, params)


def done_batch(caller: Caller, kind: str, number: int) -> BatchDto:
    """What is asked for as a batch is done before the answer: a batch of which nothing is left."""
    now = instant_out(caller.parts.clock.now())
    return {
        "id": "done",
        "type": kind,
        "totalJobs": number,
        "jobsCreated": number,
        "batchJobsPerSeed": number,
        "invocationsPerBatchJob": 1,
        "seedJobDefinitionId": None,
        "monitorJobDefinitionId": None,
        "batchJobDefinitionId": None,
        "suspended": False,
        "tenantId": None,
        "createUserId": caller.actor.id,
        "startTime": now,
        "executionStartTime": now,
    }
