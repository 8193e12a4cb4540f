"""Keeps an instance as a release stores it: `python -m tests.snapshots.make 0.1.0` once per release, version of the codec or kind of state; never again
for that one.

A folder of `running/` holds the diagrams, those of another version in `other/`, the state (`state.json`, as the codec wrote it) and what it
waits for (`waits.json`). `0.1.0` is of the codec's version 1, `0.1.0-codec-2` of version 2 (calls of other versions, compensation).
`0.1.0-more` holds what else can stand in a state of version 2: begun ad-hoc and sequential work, half-filled joins, a fired complex
gateway, events with several definitions, cron, a handler at work.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from engine.bpmn import Host, read_definitions
from tests.unit.engine.bpmn.conftest import Draw

RUNNING = Path(__file__).parent / "running"
OTHER = 7  # the number of the other version
NOW = datetime(2023, 5, 1, tzinfo=UTC)


class Shelf:
    """The versions that a call activity may choose from: its own, and one other for a call that says `latest`."""

    def __init__(self, files):
        self.other = read_definitions(files)

    def pick(self, call):
        return OTHER if call.binding == "latest" else None

    def specs(self, version):
        assert version == OTHER
        return self.other.specs


def diagrams():
    """One of everything that a state can hold at rest."""
    draw = Draw()
    called = draw.diagram(draw.start("s2"), draw.user("in_call"), draw.end("e2"), draw.flows("s2-in_call-e2"), key="q")
    heard = draw.start("s3", "message", attrs='isInterrupting="false"')
    beside = draw.sub("es", heard, draw.user("in_es"), draw.end("e3"), draw.flows("s3-in_es-e3"), attrs='triggeredByEvent="true"')
    inner = draw.sub(
        "sub", draw.start("s4"), draw.user("in_sub"), draw.end("e4"), draw.multi(over="list", element="item"), draw.flows("s4-in_sub-e4")
    )
    latest = draw.call("o", "r").replace("calledElement", 'camunda:calledElementBinding="latest" calledElement')
    branches = ("u", "sub", "c", "t", "w", "x", "bad", "done", "o", *MORE)
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
        draw.user("done"),
        draw.undone_by("done", draw.user("undo")),
        draw.user("kept"),
        draw.throw("back", "undo"),
        latest,
        draw.end(),
        beside,
        *more(draw),
    ]
    flows = draw.flows(
        "s-f",
        *(f"f-{name}" for name in branches),
        *(f"{name}-j" for name in branches[:5]),
        "x-xm-j",
        "x-xt-j",
        "j-e",
        "r-e5",
        "done-kept-back-j",
        "o-j",
        *FLOWS,
    )
    other = draw.diagram(draw.start("s6"), draw.user("in_other"), draw.end("e6"), draw.flows("s6-in_other-e6"), key="r")
    return {"diagram.bpmn": draw.diagram(draw.start(), *parts, flows), "called.bpmn": called, "other/other.bpmn": other}


MORE = ("ad", "seq", "ka", "kb", "both", "cr", "undone", "pa", "pb")
FLOWS = ("ad-j", "seq-j", "ka-k", "kb-k", "k-kz-j", "both-j", "cr-j", "undone-j", "pa-pj", "pb-pj", "pj-j", "tick-e7")
DONE = ("in_sub", "done", "h1", "seq", "ka", "a1", "pa")


def more(draw):
    """What earlier fixtures did not hold."""
    undone = [
        draw.user("a1"),
        draw.undone_by("a1", draw.user("takes_a1_back")),
        draw.throw("all", "undo"),
        draw.start("s5"),
        draw.end("e8"),
    ]
    condition = '<complexGateway id="k"><activationCondition>${activationCount &gt;= 1}</activationCondition></complexGateway>'
    both = draw.catch("both", "message2 / duration:P4D").replace(" id=", ' parallelMultiple="true" id=', 1)
    users = [draw.user(name) for name in ("ka", "kb", "kz", "cr", "pa", "pb")]
    return [
        draw.sub("ad", draw.user("h1"), draw.user("h2"), attrs='ordering="Sequential"', tag="adHocSubProcess"),
        draw.user("seq", inner=draw.multi(over="list", element="item", out="said", item="answer", sequential=True)),
        *users, condition, both, draw.gate("pj", "parallel"), draw.boundary("tick", "cr", "cycle:0 0 9 * * ?", interrupting=False), draw.end("e7"),
        draw.sub("undone", *undone, draw.flows("s5-a1-all-e8")),
    ]  # fmt: skip


def read_folder(folder):
    """The definitions of a folder, and the host that its instance runs on."""
    mine = {path.name: path.read_bytes() for path in folder.glob("*.bpmn")}
    library = Shelf({path.name: path.read_bytes() for path in folder.glob("other/*.bpmn")})
    return read_definitions(mine), Host(now=NOW, business_key="K", library=library)


def waits_of(execution):
    """Kind and element of everything it waits for."""
    return sorted([wait.kind, wait.element, None if wait.due is None else wait.due.isoformat()] for wait in execution.waits())


def main(release):
    """Write the folder of one release."""
    folder = RUNNING / release
    (folder / "other").mkdir(parents=True)
    for name, content in diagrams().items():
        (folder / name).write_bytes(content)
    definitions, host = read_folder(folder)
    execution = definitions.new("p", variables={"n": 1, "list": ["甲", "乙"], "typename": "x"}, host=host)
    execution.run()
    for done in DONE:
        execution.complete(next(wait.id for wait in execution.waits() if wait.element == done))
        execution.run()
    execution.deliver(next(wait.id for wait in execution.waits() if wait.element == "s3"), payload={"said": "hello"})
    execution.run()
    (folder / "state.json").write_bytes(execution.dump())
    (folder / "waits.json").write_text(json.dumps(waits_of(execution), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
