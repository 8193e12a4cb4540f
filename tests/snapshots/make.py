"""Keeps an instance as a release stores it: `python -m tests.snapshots.make 0.1.0` once per release; never again for a released one.

A folder of `running/` holds the diagram (`diagram.bpmn`), the state (`state.json`, as the codec wrote it) and what it waits for (`waits.json`).
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from engine.bpmn import Host, read_definitions
from tests.unit.engine.bpmn.conftest import Draw

RUNNING = Path(__file__).parent / "running"
NOW = datetime(2023, 5, 1, tzinfo=UTC)


def diagrams():
    """One of everything that a state can hold at rest."""
    draw = Draw()
    called = draw.diagram(draw.start("s2"), draw.user("in_call"), draw.end("e2"), draw.flows("s2-in_call-e2"), key="q")
    heard = draw.start("s3", "message", attrs='isInterrupting="false"')
    beside = draw.sub("es", heard, draw.user("in_es"), draw.end("e3"), draw.flows("s3-in_es-e3"), attrs='triggeredByEvent="true"')
    inner = draw.sub(
        "sub", draw.start("s4"), draw.user("in_sub"), draw.end("e4"), draw.multi(over="list", element="item"), draw.flows("s4-in_sub-e4")
    )
    branches = ("u", "sub", "c", "t", "w", "x", "bad")
    parts = [
        draw.user("u", attrs='camunda:candidateGroups="clerk@office" camunda:dueDate="P3D"'),
        draw.boundary("r", "u", "cycle:R3/P1D", interrupting=False),
        draw.end("e5"),
        inner,
        draw.call("c", "q", ext='<camunda:in source="n" target="n"/>'),
        draw.service("t"),
        draw.catch("w", "when:${n == 7}"),
        draw.gate("x", "event"),
        draw.catch("xm", "message2"),
        draw.catch("xt", "duration:P9D"),
        draw.end("bad", "error"),
        draw.gate("f", "parallel"),
        draw.gate("j", "inclusive"),
        draw.end(),
        beside,
    ]
    flows = draw.flows(
        "s-f", *(f"f-{name}" for name in branches), *(f"{name}-j" for name in branches[:5]), "x-xm-j", "x-xt-j", "j-e", "r-e5"
    )
    return {"diagram.bpmn": draw.diagram(draw.start(), *parts, flows), "called.bpmn": called}


def waits_of(execution):
    """Kind and element of everything it waits for."""
    return sorted([wait.kind, wait.element, None if wait.due is None else wait.due.isoformat()] for wait in execution.waits())


def main(release):
    """Write the folder of one release."""
    folder = RUNNING / release
    folder.mkdir(parents=True)
    files = diagrams()
    execution = read_definitions(files).new(
        "p", variables={"n": 1, "list": ["甲", "乙"], "typename": "x"}, host=Host(now=NOW, business_key="K")
    )
    execution.run()
    execution.complete(next(wait.id for wait in execution.waits() if wait.element == "in_sub"))
    execution.deliver(next(wait.id for wait in execution.waits() if wait.element == "s3"), payload={"said": "hello"})
    execution.run()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "state.json").write_bytes(execution.dump())
    (folder / "waits.json").write_text(json.dumps(waits_of(execution), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
