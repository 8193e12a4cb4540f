"""What is over is deleted with its history, by whoever asks for it; nothing goes by itself."""

from fastapi import APIRouter, Response
from sqlalchemy import RowMapping

from engine.refusals import HoldsFacts, NotFound, StillGoes
from rest.bodies import JsonBody, texts_of, truth
from rest.errors import RestError, missing
from rest.parts import Caller, TheCaller, split_instance
from rest.several import PAST, done_batch, named_instances
from rest.shapes import BatchDto
from rest.shapes_past import HistoryCleanupConfigurationDto
from rest.shapes_work import JobDto
from store.engine import listing
from store.engine.cases import CASES
from store.engine.listing import Wanted

router = APIRouter(tags=["History"])
IDS = "historicProcessInstanceIds"


@router.delete("/history/process-instance/{instance}", status_code=204)
def delete(instance: str, caller: TheCaller, failIfNotExists: bool = True) -> Response:  # noqa: FBT001, FBT002, N803 - a query parameter
    """Delete an instance that is over, with all that it called and all that its history tells; a chained note says what that ended with."""
    row = _found(caller, instance)
    if row is None and failIfNotExists:
        raise missing(_gone(instance))
    _erase(caller, [] if row is None else [row])
    return Response(status_code=204)


@router.post("/history/process-instance/delete")
def delete_several(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """The same with those that ids and a query name, all of them or none. The answer is a batch that is done."""
    given = body or {}
    strict = given.get("failIfNotExists") is None or truth(given, "failIfNotExists")
    chosen = named_instances(caller, given, ids=IDS, queries=(PAST,), always=(("is_root", True),))
    found = {name: _found(caller, name) for name in chosen}
    for name in texts_of(given, IDS) if strict else ():
        if found[name] is None:
            raise _refused(_gone(name))
    _erase(caller, [row for row in found.values() if row is not None])
    return done_batch(caller, "historic-instance-deletion", len(chosen))


@router.get("/history/cleanup/configuration")
def cleanup_configuration(caller: TheCaller) -> HistoryCleanupConfigurationDto:  # noqa: ARG001 - nobody is told before signing in
    """When the history is cleaned up: never."""
    return {"batchWindowStartTime": None, "batchWindowEndTime": None, "enabled": False}


@router.get("/history/cleanup/jobs")
def cleanup_jobs(caller: TheCaller) -> list[JobDto]:  # noqa: ARG001 - nobody is told before signing in
    """The jobs that do it: none."""
    return []


@router.post("/history/cleanup")
def clean_up(caller: TheCaller) -> JobDto:  # noqa: ARG001 - nobody is told before signing in
    """Refused (400): what is over stays until somebody deletes it."""
    raise _refused("History cleanup is disabled: delete what is over by /history/process-instance/delete")


def _erase(caller: Caller, rows: list[RowMapping]) -> None:
    """Delete instances with their history, all of them or none. Raises RestError 400."""
    for row in rows:
        if row["within"]:
            raise _refused(f"A called process's history is part of that of '{row['root']}' and goes with it")
    try:
        caller.engine.erase(roots=[row["root"] for row in rows], actor=caller.actor)
    except (NotFound, StillGoes, HoldsFacts) as error:
        raise _refused(error.en) from None


def _found(caller: Caller, instance: str) -> RowMapping | None:
    found: list[RowMapping] = caller.read(listing.rows, CASES, Wanted((("id", split_instance(instance)),)))
    return found[0] if found else None


def _gone(instance: str) -> str:
    return f"Historic process instance with id {instance} does not exist"


def _refused(message: str) -> RestError:
    return RestError(400, message, type="BadUserRequestException")
