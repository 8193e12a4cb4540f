"""Random walks through every diagram on the engine alone: no way is dead, no walk gets stuck, what is loaded for a seat stays in it.

Handlers are replaced by tables of what they give; people, messages and timers act in random order. What handlers do is tested elsewhere.
"""

import json
import random
import tomllib
import zlib
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import getitem
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn import Entered, FlowTaken, Host, read_definitions

SEASON = Path(__file__).parents[2] / "processes" / "cn-2023"
DIAGRAMS = sorted(path.stem for path in SEASON.glob("*.bpmn"))
SETTINGS = tomllib.loads((SEASON / "season.toml").read_text(encoding="utf-8"))
T0 = datetime(2023, 8, 1, tzinfo=UTC)
WALKS, STEPS = 3_000, 250
MUTATED, FEW = "deliberation", 60
KINDS = {"gateway": "exclusiveGateway", "task": "userTask", "end": "endEvent"}
VARIABLES = {
    "season": "cn-2023", "application": "A001", "enterprise": "E001", "unit": "RU-LN", "group": "G1", "batch": "B1", "objection": "O1",
    "title": "T2023-001", "meeting": "M1", "kind": "award", "document": "F00001", "reason": "误传",
    "seat": "G1/X001", "stage": "desk", "record": "G1/X001/A001/desk",
}  # fmt: skip
PAYLOADS = {
    "recommendation.decided": ("outcome", ["nominated", "nominated", "returned", "not_nominated"]),
    "declaration.recorded": ("outcome", ["sign", "decline"]),
    "review.released": ("outcome", ["shortlisted", "shortlisted", "not_shortlisted", "no_defence"]),
    "award.released": ("outcome", ["recommended", "recommended", "not_selected"]),
    "publicity.result": ("outcome", ["clear", "held", "removed"]),
    "announcement.result": ("outcome", ["announced", "removed", "sent_back"]),
    "publicity.correct": ("application", ["A001"]),
    "meeting.decided": ("verdict", ["upheld", "dismissed", "further"]),
}
GIVEN = {
    "experts.invite": {"invited": [["X001", "X002"]]},
    "experts.count": {"enough": [True, False]},
    "meeting.convene": {"meeting": ["M1"]},
    "application.submitted": {"unit": ["RU-LN"], "unit_conflict": [True, False]},
    "application.may_rechoose": {"open": [True, False]},
    "form_check.conclude": {"late": [True, False]},
    "correction.request": {"asked": ["2023-08-02T00:00:00+08:00"]},
    "review.open": {"seats": [["G1/X001", "G1/X002"]]},
    "seat.load": {"expert": ["X001", "X002", "X003"]},
    "review.aggregate": {"dispersed": [True, False]},
    "defence.invite": {"day": ["2023-08-10T00:00:00+08:00"], "day_end": ["2023-08-12T00:00:00+08:00"]},
    "defence.hold": {"seats": [["G1/X001", "G1/X002"]]},
    "visit.load": {"leader": ["X001"]},
    "publicity.start": {"ends": ["2023-08-20T00:00:00+08:00"], "last_day": ["2023-08-19T09:00:00+08:00"]},
    "publicity.close": {"disputed": [True, False]},
    "publicity.correct": {"item_ends": ["2023-09-20T00:00:00+08:00"]},
    "publicity.close_item": {"item_disputed": [True, False]},
    "batch.create": {"batch": ["B1"]},
}
CHOSEN = {
    "N07a": {"meeting_at": ["2023-08-13T09:00:00+08:00"], "meeting_day_end": ["2023-08-14T00:00:00+08:00"]},
    "N08e": {"absent": [True, False]}, "N09a": {"visits": [[], ["V1", "V2"]]},
    "N13a": {"approvers": [["caq"], ["caq", "miit"]]},
    "N03c": {"leader_signs": [True, False]},
    "N11a": {"recorded": [True, False]},
    "N13": {"recorded": [True, False]}, "N13b": {"recorded": [True, False]},
}  # what listeners set beside the form  # fmt: skip


HELD = ("defence.held", "site_visit.held")  # steps that a season may go without


def functions(*, left_out=()):
    return {
        "deadline": lambda _, __, ___="": T0 + timedelta(days=40),
        "extended": lambda context, _: context.now,
        "working_days_after": lambda context, count, start=None: (start or context.now) + timedelta(days=count),
        "days_after": lambda context, count: context.now + timedelta(days=count),
        "ladder": lambda _, __, due: [due - timedelta(days=1), due + timedelta(days=1)],
        "setting": lambda _, path: path not in left_out and reduce(getitem, path.split("."), SETTINGS),
        "instant": lambda _, text: datetime.fromisoformat(text),
    }


def host(now, *, left_out=()):
    return Host(now=now, functions=functions(left_out=left_out), business_key="cn-2023")


@pytest.fixture(scope="module")
def files():
    return {
        path.relative_to(SEASON).as_posix(): path.read_bytes() for path in sorted(SEASON.rglob("*")) if path.suffix in {".bpmn", ".json"}
    }


@pytest.fixture(scope="module")
def definitions(files):
    return read_definitions(files, functions=functions())


@pytest.fixture(scope="module")
def choices():
    """Form -> variable -> the values its choice offers."""
    forms = {f"forms/{path.name}": json.loads(path.read_text()) for path in sorted((SEASON / "forms").glob("*.json"))}
    return {key: {name: form["properties"][name]["enum"] for name in form.get("x-variables", ())} for key, form in forms.items()}


class Walk:
    """One instance on a random way to its end."""

    def __init__(self, definitions, choices, key, seed):
        self.definitions, self.choices, self.key = definitions, choices, key
        self.random = random.Random(seed)
        self.now, self.left_out = T0, [name for name in HELD if self.random.random() < 0.2]
        self.taken = set()  # flows, and boundary events that caught
        self.waits = ()
        start = {**VARIABLES, "mode": self.random.choice(["first", "return"]), "imported": self.random.choice([True, False])}
        self.execution = definitions.new(key, variables=start, host=self.host())
        self.settle()

    def host(self):
        return host(self.now, left_out=self.left_out)

    def settle(self):
        """Run, store and load: nothing may hang on the object."""
        events = self.execution.run().events
        self.taken |= {(event.process, event.flow) for event in events if isinstance(event, FlowTaken)}
        self.taken |= {(event.process, event.element) for event in events if isinstance(event, Entered) and event.type == "boundaryEvent"}
        if not self.execution.ended:
            self.execution = self.definitions.load(self.execution.dump(), host=self.host())
            self.waits = self.execution.waits()
            assert self.waits, f"{self.key} waits for nothing and has not ended"

    def pick(self):
        """Services first, as the engine does; else anything, the rare ends of a life rarely."""
        services = [wait for wait in self.waits if wait.kind == "service"]
        if services:
            return services[0]
        rare = {"withdraw", "terminate"}
        weights = [0.005 if wait.element in rare else 0.2 if wait.attached_to else 1.0 for wait in self.waits]
        return self.random.choices(self.waits, weights)[0]

    def step(self):
        wait = self.pick()
        if wait.kind == "service":
            self.execution.complete(wait.id, variables=self.draw(GIVEN.get(wait.topic, {}), concluded(wait)))
        elif wait.kind == "user":
            asked = self.choices[wait.form_key] | CHOSEN.get(wait.element, {})
            self.execution.complete(wait.id, variables=self.draw(asked))
        elif wait.kind == "timer":
            self.now = max(self.now, wait.due)
            self.execution.host = self.host()
            self.execution.fire(wait.id, due=wait.due)
        else:
            name, values = PAYLOADS.get(wait.message, ("note", [""]))
            self.execution.deliver(wait.id, payload={name: self.random.choice(values)})
        self.settle()

    def draw(self, *tables):
        return {name: self.random.choice(values) for table in tables for name, values in table.items()}


def concluded(wait):
    return {"outcome": ["passed"] if wait.element == "conclude_passed" else ["rejected"]} if wait.topic == "form_check.conclude" else {}


@pytest.mark.parametrize("key", DIAGRAMS)
def test_every_way_can_be_taken_and_no_walk_gets_stuck(definitions, choices, key):
    assert never_taken(definitions, choices, key) == []


def never_taken(definitions, choices, key, *, walks=WALKS):
    """The sequence flows and boundary events of a process that no walk takes."""
    process = definitions.processes[key]
    boundaries = [info.id for info in process.elements.values() if info.type == "boundaryEvent"]
    every = {(key, name) for name in (*(flow.id for flow in process.flows), *boundaries)}
    taken = set()
    for seed in range(walks):
        walk = Walk(definitions, choices, key, zlib.crc32(f"{key}/{seed}".encode()))
        for _ in range(STEPS):
            if walk.execution.ended:
                break
            walk.step()
        taken |= walk.taken
        if every <= taken:
            break
    return sorted(name for _, name in every - taken)


MUTATIONS = {
    "a flow that nothing takes": (
        '<sequenceFlow id="never" sourceRef="{gateway}" targetRef="{end}"><conditionExpression>${{1 == 2}}</conditionExpression></sequenceFlow>',
        ["never"],
    ),
    "a boundary event that nothing reaches": (
        (
            '<boundaryEvent id="never" attachedToRef="{task}"><errorEventDefinition errorRef="error_of_nobody"/></boundaryEvent>'
            '<sequenceFlow id="never_on" sourceRef="never" targetRef="{end}"/>'
        ),
        ["never", "never_on"],
    ),
}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_the_walks_find_what_is_added_and_never_taken(definitions, choices, files, kind):
    """Else that every way can be taken would prove nothing: the same walks name exactly what a mutation adds."""
    drawn, added = MUTATIONS[kind]
    levels = [info for info in definitions.processes[MUTATED].elements.values() if info.parent is None]
    places = {name: next(info.id for info in levels if info.type == kind) for name, kind in KINDS.items()}
    source = files[f"{MUTATED}.bpmn"].decode()
    prefix = "bpmn:" if "<bpmn:process" in source else ""
    xml = drawn.format(**places).replace("</", f"</{prefix}").replace("<", f"<{prefix}").replace(f"<{prefix}/{prefix}", f"</{prefix}")
    mutated = source.replace(f"</{prefix}process>", f"{xml}</{prefix}process>", 1)
    assert mutated != source
    again = read_definitions({**files, f"{MUTATED}.bpmn": mutated.encode()}, functions=functions())
    unmutated = never_taken(definitions, choices, MUTATED, walks=FEW)
    assert sorted(set(never_taken(again, choices, MUTATED, walks=FEW)) - set(unmutated)) == added


def test_each_seat_keeps_its_own_expert(definitions):
    execution = definitions.new("material_review", variables=VARIABLES, host=host(T0))
    experts = iter(["X001", "X002", "X003"])
    execution.run()
    while services := [wait for wait in execution.waits() if wait.kind == "service"]:
        given = {"review.open": {"seats": ["G1/X001", "G1/X002"]}, "seat.load": None}[services[0].topic]
        execution.complete(services[0].id, variables=given or {"expert": next(experts)})
        execution.run()
    signing = [wait for wait in execution.waits() if wait.element == "N05c"]
    assert sorted(wait.candidate_groups for wait in signing) == [("expert@X001",), ("expert@X002",)]

    first, second = sorted(signing, key=lambda wait: wait.candidate_groups)
    execution.complete(second.id, variables={"outcome": "decline"})
    execution.complete(first.id, variables={"outcome": "sign"})
    execution.run()
    assert "N06a" not in {wait.element for wait in execution.waits()}, "nobody reads before the papers are opened"
    execution.fire(next(wait for wait in execution.waits() if wait.element == "t_read").id)
    execution.run()
    waiting = {wait.element: wait.candidate_groups for wait in execution.waits() if wait.kind == "user"}
    assert waiting == {"N06a": ("expert@X001",), "N06b": ("office_clerk@caq",)}
    assert "expert" not in execution.variables()


CHASED = [
    (path.stem, event.get("id"), event.get("attachedToRef"))
    for path in sorted(SEASON.glob("*.bpmn"))
    for event in etree.parse(path).iter("{*}boundaryEvent")
    if event.get("id").endswith("_late") and event.get("cancelActivity") == "false"
]


@pytest.mark.parametrize(("key", "late", "task"), CHASED)
def test_a_chase_ends_with_the_task_that_it_chases(definitions, choices, key, late, task):
    """Ten chases, in seven diagrams: what is overdue is chased; once it is done, or interrupted, nobody has to telephone any more."""
    assert len(CHASED) == 10
    done = 0
    for seed in range(WALKS):
        walk = Walk(definitions, choices, key, zlib.crc32(f"{key}/{late}/{seed}".encode()))
        for _ in range(STEPS):
            if walk.execution.ended:
                break
            if any(wait.element == late for wait in walk.waits):
                done += chased_until_done(walk, late, task)
                break
            walk.step()
        if done == FEW // 10:
            return
    raise AssertionError(f"only {done} walks came to {late}")


def chased_until_done(walk, late, task):
    """Let a task become overdue, then let it be done: the chase is there and goes with it. How often it was seen."""
    timer = next(wait for wait in walk.waits if wait.element == late)
    chased = timer.attached_to
    walk.now = max(walk.now, timer.due)
    walk.execution.host = host(walk.now)
    before = {wait.id for wait in walk.waits}
    walk.execution.fire(timer.id, due=timer.due)
    walk.settle()
    (chase,) = [wait.id for wait in walk.waits if wait.kind == "user" and wait.id not in before]
    open_task = next((wait for wait in walk.waits if wait.id == chased and wait.element == task), None)
    assert open_task is not None
    walk.execution.complete(chased, variables=walk.draw(walk.choices[open_task.form_key] | CHOSEN.get(task, {})))
    walk.settle()
    assert walk.execution.ended or chase not in {wait.id for wait in walk.waits}
    return 1


def test_a_chase_never_keeps_a_unit_from_delivering(definitions):
    execution = definitions.new("recommendation", variables=VARIABLES, host=host(T0))
    execution.run()

    def wait(element):
        return next(each for each in execution.waits() if each.element == element)

    execution.fire(wait("N03b_late").id)
    execution.run()
    execution.complete(wait("N03b").id, variables={"outcome": "none"})
    execution.run()
    assert [each.element for each in execution.waits() if each.kind in {"user", "service"}] == ["deliver"]
    execution.complete(wait("deliver").id)
    execution.run()
    assert execution.ended
