"""Sends hostile folders to the deployment page and sees what they cost and what they try."""

import sys
from contextlib import contextmanager, suppress
from time import process_time

from sqlalchemy import select

from engine.contract import SYSTEM
from engine.errors import EngineError
from store.engine import tables as engine_tables
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
TASK = DRAW.user("x", attrs='camunda:candidateGroups="office_clerk@caq"')
GOOD = DRAW.diagram(DRAW.start(), TASK, DRAW.end(), DRAW.flows("s-x-e"))
WATCHED = {"os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "urllib.Request"}
seen: list[tuple[str, str]] = []
watching = False
MOST_SECONDS = 2


def watch(event, arguments):
    """What an attack would do, as Python's own audit sees it. An audit hook cannot be taken away: it looks only while told to."""
    if watching and (event in WATCHED or (event == "socket.connect" and "evil" in str(arguments))):
        seen.append((event, str(arguments)[:200]))
    if watching and event in {"open", "compile"} and "canary" in str(arguments[0]):
        seen.append((event, str(arguments[0])[:200]))


sys.addaudithook(watch)


@contextmanager
def watched():
    """What happens within is watched; ``seen`` holds what was tried."""
    global watching  # noqa: PLW0603 - the hook is the interpreter's, not the test's
    seen.clear()
    watching = True
    try:
        yield seen
    finally:
        watching = False


def kept(empty):
    return empty.rows(select(engine_tables.version)), empty.rows(select(engine_tables.history)), sorted(empty.house.files.everything())


def sends(desk, files):
    """Deploy; in comes the answer, out what it cost and what it tried."""
    begun = process_time()
    with watched():
        answer = desk.post("/admin/deploy", files=[("files", file) for file in files])
    return answer, process_time() - begun


def refused(empty, desk, *files, tells=""):
    before = kept(empty)
    answer, seconds = sends(desk, files)
    assert answer.status_code in {400, 413, 422}, answer.text[-600:]
    assert "没有生效" not in answer.text  # an answer, not a breakdown
    assert kept(empty) == before
    assert seen == []
    assert seconds < MOST_SECONDS
    assert tells in answer.text
    return answer


def runs(empty):
    """Start what was deployed and let it do what it can: plain words where an expression might stand are words, never run."""
    begun = process_time()
    with watched():
        with suppress(EngineError):
            empty.house.engine.start(process="p", business_key="1", variables={"a": 1}, tenant="foreign", actor=SYSTEM)
        for _ in range(5):
            empty.house.engine.work()
    assert seen == []
    assert process_time() - begun < 2 * MOST_SECONDS  # the engine stops a transition after two seconds


def around(element, *more, flows=("s-x-e",)):
    return DRAW.diagram(DRAW.start(), element, *more, DRAW.end(), DRAW.flows(*flows))
