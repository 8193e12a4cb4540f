"""`POST /clock`: the test aid. Only under a clock that is stepped by hand; under the real one there is no such route."""

from datetime import datetime

from fastapi import APIRouter

from engine.bpmn.host import DEFAULT_ZONE
from engine.expressions import ExpressionError
from engine.expressions.instants import parse_duration
from rest.bodies import JsonBody
from rest.errors import RestError, invalid, missing
from rest.parts import TheCaller
from rest.shapes import ClockDto
from rest.values import instant_in, instant_out

router = APIRouter(tags=["Clock"])
MOST_FIRED = 20_000  # timers by one request: a cycle that never ends must not hold it for ever
GO_ON = '{"advance": "PT0S"}'


@router.post("/clock")
def set_clock(caller: TheCaller, body: JsonBody = None) -> ClockDto:
    """Set or move the clock, then do what is due, in the order of due instants, until nothing is left.

    409 when too much is due for one request: the clock stands where it was asked to, what has fired has fired, and the next request goes on.
    """
    clock, given = caller.parts.clock, body or {}
    if not hasattr(clock, "set_to"):
        raise missing("There is no clock to be set: the server runs on the real one")
    if given.keys() not in ({"now"}, {"advance"}):
        raise invalid('either {"now": "<date>"} or {"advance": "<ISO 8601 duration>"} is needed')
    try:
        clock.set_to(instant_in(given["now"]) if "now" in given else _moved(clock.now(), given["advance"]))
    except (OverflowError, ValueError) as error:
        raise invalid("the clock cannot be set so far") from error
    caller.settle()
    for _ in range(MOST_FIRED):
        if not caller.engine.fire_next():
            break
        caller.settle()
    else:
        told = f"{MOST_FIRED} timers have fired and more are due: see which never ends, or go on with {GO_ON}"
        raise RestError(409, told, type="InvalidRequestException")
    caller.parts.deliver()
    return {"now": instant_out(clock.now())}


def _moved(now: datetime, length: object) -> datetime:
    """A length of time on from now, or back (`-PT1H`). Months and days count on the engine's wall clock: the timer of the same length is due then."""
    text = str(length).strip()
    try:
        return parse_duration(text.removeprefix("-")).after(now, DEFAULT_ZONE, -1 if text.startswith("-") else 1)
    except ExpressionError:
        raise invalid(f"{text[:40]!r} is no length of time by which the clock can be moved: for example PT3605S") from None
