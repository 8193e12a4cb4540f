"""What goes wrong in a diagram: uncaught errors, endless work, huge values; each stands still with an incident and harms nobody else."""

from datetime import timedelta

import pytest

from engine import Limits
from engine.bpmn import Limits as RunLimits
from engine.contract import SYSTEM
from engine.errors import EngineError
from store.engine.tables import history, incident, instance, job, task, timer
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
STARTED = DRAW.flows("s-u")


@pytest.fixture
def put(engine):
    """Deploy one diagram and start it; the root."""

    def run(*parts, variables=None, on=engine, key="p", tenant="t"):
        on.deploy(name=tenant, files={"d.bpmn": DRAW.diagram(DRAW.start(), *parts, key=key)}, actor=SYSTEM)
        return on.start(process=key, business_key="K", variables=variables or {}, tenant=tenant, actor=SYSTEM)

    return run


def bad(*more):
    return DRAW.user("u"), DRAW.end("bad", "error"), *more


def test_an_uncaught_error_end_is_an_incident_and_the_case_does_not_pretend_to_have_ended(engine, put, rows, people):
    root = put(*bad(DRAW.flows("s-u-bad")))
    engine.complete(task=f"{root}.2", data={}, actor=people.chief)
    [found] = rows(incident, root=root)
    assert (found["kind"], found["code"], found["element"]) == ("error", "E1", "bad")
    assert (rows(instance)[0]["status"], rows(instance)[0]["troubles"]) == ("running", 1)
    assert engine.check() == {}
    engine.retry(incident=found["id"], actor=people.chief, reason="looked")
    again = [each for each in rows(incident, root=root) if each["resolved_at"] is None]
    assert len(again) == 1, "still nobody catches it"
    engine.skip(incident=again[0]["id"], actor=people.chief, reason="decided")
    assert (rows(instance)[0]["status"], rows(instance)[0]["troubles"]) == ("ended", 0)
    assert engine.check() == {}


def test_an_uncaught_error_at_the_very_start_and_the_end_of_the_case_by_hand(engine, put, rows, people):
    root = put(DRAW.end("bad", "error"), DRAW.flows("s-bad"))
    [found] = rows(incident, root=root)
    engine.cancel_incident(incident=found["id"], actor=people.chief, reason="wrong diagram")
    assert rows(instance)[0]["status"] == "cancelled"
    assert engine.check() == {}


def test_the_incident_of_an_error_goes_with_its_branch(engine, put, rows, people):
    sub = DRAW.sub("sub", DRAW.start("s1"), DRAW.end("bad", "error"), DRAW.flows("s1-bad"))
    root = put(sub, DRAW.boundary("b", "sub", "message"), DRAW.end(), DRAW.end("e2"), DRAW.flows("s-sub-e", "b-e2"))
    assert rows(instance)[0]["troubles"] == 1
    engine.correlate(message="m", key="K", payload={}, tenant="t", actor=people.ann)
    assert rows(instance)[0]["status"] == "ended"
    assert [each["resolved_at"] is None for each in rows(incident, root=root)] == [False]
    assert engine.check() == {}


def test_an_error_behind_a_handler_that_then_fails_leaves_one_incident(engine, registry, put, rows):
    @registry.handler("t")
    def fine(ctx, inputs):
        return {}

    @registry.listener("refuse")
    def refuse(ctx, data):
        raise EngineError("no", "不行", "no")

    listening = DRAW.user("v", ext='<camunda:taskListener event="create" delegateExpression="refuse"/>')
    put(DRAW.service("t"), DRAW.gate("f", "parallel"), DRAW.end("bad", "error"), listening, DRAW.flows("s-t-f", "f-bad", "f-v"))
    assert [each["kind"] for each in rows(incident)] == ["service"]
    assert rows(instance)[0]["troubles"] == 1
    assert engine.check() == {}


ENDLESS = DRAW.gate("g"), DRAW.script("x", "n = 1"), DRAW.gate("d"), DRAW.end()
AROUND = DRAW.flows("g-x-d", "d-g ${endless}", "d-e default")
GOES_ROUND = {"endless": True}


def open_ones(rows):
    return [(each["kind"], each["code"], each["element"]) for each in rows(incident) if each["resolved_at"] is None]


def test_a_person_s_act_that_would_never_end_stays_done_and_the_case_stands_still_behind_it(put, rows, people, make):
    small = make(limits=Limits(run=RunLimits(steps=500)))
    root = put(DRAW.user("u"), *ENDLESS, AROUND, DRAW.flows("s-u-g"), on=small, variables=GOES_ROUND)
    small.complete(task=f"{root}.2", data={}, actor=people.chief)
    assert rows(task)[0]["state"] == "completed"
    assert rows(task)[0]["closed_by"] == people.chief.id
    assert open_ones(rows) == [("error", "limit", "u")]
    assert "x" in rows(incident)[0]["message"], "where the run was stopped"
    assert (rows(instance)[0]["status"], rows(instance)[0]["troubles"]) == ("running", 1)
    assert small.check() == {}
    with pytest.raises(EngineError):
        small.complete(task=f"{root}.2", data={}, actor=people.chief)

    cold = make(limits=Limits(run=RunLimits(steps=500)), prefix="c")
    cold.retry(incident=rows(incident)[0]["id"], actor=people.chief, reason="once more")
    assert open_ones(rows) == [("error", "limit", "u")]
    cold.set_variables(root=root, variables={"endless": False}, actor=people.chief)
    cold.retry(incident=rows(incident)[1]["id"], actor=people.chief, reason="the loop has an end now")
    assert (rows(instance)[0]["status"], rows(instance)[0]["troubles"]) == ("ended", 0)
    assert cold.check() == {}


def test_an_act_that_would_never_end_can_be_taken_back(put, rows, people, make):
    small = make(limits=Limits(run=RunLimits(steps=500)))
    root = put(DRAW.user("u"), *ENDLESS, AROUND, DRAW.flows("s-u-g"), on=small, variables=GOES_ROUND)
    small.complete(task=f"{root}.2", data={}, actor=people.chief)
    small.take_back(task=f"{root}.2", reason="wrong way", actor=people.chief)
    assert rows(task)[-1]["state"] == "open"
    assert open_ones(rows) == []
    assert rows(instance)[0]["troubles"] == 0
    assert small.check() == {}


def test_a_case_that_would_never_end_begins_and_stands_still(put, rows, people, make):
    small = make(limits=Limits(run=RunLimits(steps=500)))
    root = put(*ENDLESS, AROUND, DRAW.flows("s-g"), on=small, variables=GOES_ROUND)
    assert open_ones(rows) == [("error", "limit", "s")]
    assert (rows(instance)[0]["root"], rows(instance)[0]["status"]) == (root, "running")
    assert small.check() == {}
    small.cancel_incident(incident=rows(incident)[0]["id"], actor=people.chief, reason="wrong diagram")
    assert rows(instance)[0]["status"] == "cancelled"
    assert small.check() == {}


def test_a_message_into_an_endless_loop_has_come_and_the_case_stands_still(put, rows, people, make):
    small = make(limits=Limits(run=RunLimits(steps=500)))
    put(DRAW.catch("c", "message"), *ENDLESS, AROUND, DRAW.flows("s-c-g"), on=small, variables=GOES_ROUND)
    small.correlate(message="m", key="K", payload={}, tenant="t", actor=people.ann)
    assert open_ones(rows) == [("error", "limit", "c")]
    assert small.check() == {}


@pytest.mark.parametrize(
    ("limits", "part"), [(RunLimits(cardinality=10), DRAW.user("x", inner=DRAW.multi(count="${many}"))), (RunLimits(depth=4), DRAW.call("x", "p"))]
)
def test_what_is_too_many_or_too_deep_stands_still_with_an_incident(put, rows, make, limits, part):
    small = make(limits=Limits(run=limits))
    put(part, DRAW.end(), DRAW.flows("s-x-e"), on=small, variables={"many": 10**9})
    assert open_ones(rows) == [("error", "limit", "s")]
    assert small.check() == {}


def test_a_loop_of_handlers_is_stopped_with_an_incident(put, rows, make, registry):
    calls = []

    @registry.handler("t")
    def again(ctx, inputs):
        calls.append(1)

    small = make(limits=Limits(run=RunLimits(steps=500)))
    put(DRAW.gate("g"), DRAW.service("t"), DRAW.gate("d"), DRAW.end(), DRAW.flows("s-g-t-d", "d-g ${true}", "d-e default"), on=small)
    assert [each["code"] for each in rows(incident)] == ["limit"]
    assert len(calls) < 500
    assert small.check() == {}


def test_a_timer_into_an_endless_loop_is_an_incident_and_other_cases_go_on(put, rows, make, clock):
    small = make(limits=Limits(run=RunLimits(steps=500)))
    put(DRAW.catch("c", "duration:P1D"), *ENDLESS, AROUND, DRAW.flows("s-c-g"), on=small, variables=GOES_ROUND)
    sane = small.start(process="p", business_key="L", variables={"endless": False}, tenant="t", actor=SYSTEM)
    clock.forward(days=2)
    while small.work():
        pass
    assert open_ones(rows) == [("error", "limit", "c")]
    assert {each["root"]: each["status"] for each in rows(instance)}[sane] == "ended"
    assert small.next_due() is None


def test_what_no_state_can_hold_is_a_clear_refusal(engine, put, rows, people):
    root = put(DRAW.user("u"), DRAW.end(), DRAW.flows("s-u-e"))
    for value in (2**70, "\ud800", float("nan")):
        with pytest.raises(EngineError) as refused:
            engine.complete(task=f"{root}.2", data={"x": value}, actor=people.chief)
        assert refused.value.status == 422
    with pytest.raises(EngineError, match="loopCounter"):
        engine.complete(task=f"{root}.2", data={"loopCounter": 1}, actor=people.chief)
    assert rows(task)[0]["state"] == "open"


def test_an_act_cannot_be_taken_back_after_a_timer_fired(engine, put, rows, people, clock):
    reminder = DRAW.boundary("r", "v", "duration:P1D", interrupting=False)
    root = put(DRAW.user("u"), DRAW.user("v"), reminder, DRAW.user("w"), DRAW.end(), DRAW.flows("s-u-v-e", "r-w-e"))
    engine.complete(task=f"{root}.2", data={}, actor=people.chief)
    clock.forward(days=2)
    assert engine.work() == 1
    with pytest.raises(EngineError) as late:
        engine.take_back(task=f"{root}.2", reason="oops", actor=people.chief)
    assert late.value.status == 409
    assert sorted(each["element"] for each in rows(task) if each["state"] == "open") == ["v", "w"]


def test_a_taken_back_act_takes_its_timers_with_it(engine, put, rows, people, clock):
    reminder = DRAW.boundary("r", "v", "duration:P1D", interrupting=False)
    root = put(DRAW.user("u"), DRAW.user("v"), reminder, DRAW.end("e2"), DRAW.end(), DRAW.flows("s-u-v-e", "r-e2"))
    engine.complete(task=f"{root}.2", data={}, actor=people.chief)
    assert len(rows(timer)) == 1
    engine.take_back(task=f"{root}.2", reason="oops", actor=people.chief)
    assert rows(timer) == []
    assert engine.next_due() is None
    engine.complete(task=f"{root}.2", data={}, actor=people.chief)
    clock.forward(days=2)
    assert engine.work() == 1
    assert engine.check() == {}


def test_nothing_moves_a_suspended_case_and_nobody_waits_in_vain(engine, put, rows, people, clock):
    parts = DRAW.user("u"), DRAW.boundary("r", "u", "duration:P1D"), DRAW.boundary("q", "u", "signal", interrupting=False)
    root = put(*parts, DRAW.user("x"), DRAW.end("e2"), DRAW.end(), DRAW.flows("s-u-e", "r-x-e", "q-e2"))
    engine.suspend(root=root, reason="held", actor=people.chief)
    clock.forward(days=2)
    engine.broadcast(signal="sig", payload={}, tenant="t", actor=people.chief)
    assert engine.work() == 0
    due = engine.next_due()
    assert due is None or due > clock.now(), "a worker would turn round and round"
    engine.resume(root=root, reason="on", actor=people.chief)
    while engine.work():
        pass
    assert [each["element"] for each in rows(task) if each["state"] == "open"] == ["x"]
    assert rows(job) == []


@pytest.mark.parametrize("how", ["suspend", "cancel"])
def test_a_named_job_is_done_even_if_its_root_stands_still(engine, registry, put, rows, people, how):
    done = []

    @registry.job("count")
    def count(ctx, payload):
        done.append(payload["n"])

    @registry.listener("later")
    def later(ctx, data):
        ctx.later("count", payload={"lock": ctx.instance.root, "n": 1})

    listening = DRAW.user("u", ext='<camunda:taskListener event="act:go" delegateExpression="later"/>')
    root = put(listening, DRAW.end(), DRAW.flows("s-u-e"))
    engine.act(task=f"{root}.2", name="go", data={}, actor=people.chief)
    getattr(engine, how)(root=root, reason="held", actor=people.chief)
    while engine.work():
        pass
    assert done == [1]
    assert rows(job) == []


def test_old_instances_keep_their_version(engine, put, rows, people):
    old = put(DRAW.user("u"), DRAW.user("old"), DRAW.end(), DRAW.flows("s-u-old-e"))
    new = put(DRAW.user("u"), DRAW.user("new"), DRAW.end(), DRAW.flows("s-u-new-e"))
    for root in (old, new):
        engine.complete(task=f"{root}.2", data={}, actor=people.chief)
    assert {each["root"]: each["element"] for each in rows(task) if each["state"] == "open"} == {old: "old", new: "new"}


def test_a_signal_of_a_handler_reaches_its_own_instance_and_all_others_once(engine, registry, put, rows):
    @registry.handler("t")
    def alarm(ctx, inputs):
        ctx.signal("sig", payload={"heard": 1})

    caught = DRAW.flows("s-f", "f-c-v", "f-u-t-e")
    parts = DRAW.gate("f", "parallel"), DRAW.catch("c", "signal"), DRAW.user("v"), DRAW.user("u"), DRAW.service("t"), DRAW.end(), caught
    first = put(*parts)
    second = engine.start(process="p", business_key="L", variables={}, tenant="t", actor=SYSTEM)
    other = put(*parts, tenant="elsewhere")
    [own] = [each for each in rows(task, root=first) if each["element"] == "u"]
    engine.complete(task=own["id"], data={}, actor=SYSTEM)
    while engine.work():
        pass
    heard = {each["root"] for each in rows(task) if each["element"] == "v"}
    assert heard == {first, second}
    assert other not in heard
    assert len([each for each in rows(history) if each["kind"] == "signal"]) == 2


def test_a_signal_end_reaches_every_other_instance_exactly_once(engine, put, rows, clock):
    put(
        DRAW.gate("f", "parallel"),
        DRAW.catch("c", "signal"),
        DRAW.user("v"),
        DRAW.user("u"),
        DRAW.end("e", "signal"),
        DRAW.flows("s-f", "f-c-v", "f-u-e"),
    )
    roots = [engine.start(process="p", business_key=f"L{n}", variables={}, tenant="t", actor=SYSTEM) for n in range(3)]
    [own] = [each for each in rows(task, root=roots[0]) if each["element"] == "u"]
    engine.complete(task=own["id"], data={}, actor=SYSTEM)
    clock.forward(seconds=timedelta(hours=1).seconds)
    while engine.work():
        pass
    assert len([each for each in rows(task) if each["element"] == "v"]) == 4
    assert engine.check() == {}
