"""Handlers: in the transaction or as a job; what fails leaves an incident and never undoes what a person did."""

from dataclasses import dataclass

import pytest

from engine.contract import BpmnError
from engine.refusals import TooLate, UnknownIncident
from store.engine import queries
from store.engine.tables import house, incident, instance, job, task


@pytest.fixture
def served(engine, deploy, people):
    """Complete the task before the service; the root."""

    def run(data=None):
        deploy("served")
        root = engine.start(process="served", business_key="K", variables={}, tenant="t", actor=people.ann)
        engine.complete(task=f"{root}.2", data=data or {}, actor=people.ann)
        return root

    return run


@pytest.fixture
def at(database):
    def elements(root):
        with database.read() as connection:
            return [row["element"] for row in queries.tasks_of(connection, root)]

    return elements


def test_a_handler_runs_in_the_act_s_transaction(engine, registry, served, at, rows):
    @dataclass(frozen=True)
    class Inputs:
        size: int

    @registry.handler("serve")
    def serve(ctx, inputs: Inputs):
        return {"double": inputs.size * 2, "who": ctx.actor.id, "key": ctx.instance.business_key}

    root = served({"size": 4})
    assert at(root) == ["after"]
    with engine.home.database.read() as connection:
        names = {row["data"]["name"]: row["data"]["new"] for row in queries.history_of(connection, root, kinds=["variable"])}
    assert names == {"size": 4, "double": 8, "who": "ann", "key": "K"}
    assert rows(job) == []


def test_a_failing_handler_leaves_the_act_done_and_the_token_waiting(engine, registry, served, at, rows, people, database):
    broken = [True]

    @registry.handler("serve")
    def serve(ctx, inputs):
        with database.engine.connect():
            pass
        if broken[0]:
            ctx.send("never", key="x", payload={})
            raise ValueError("the printer is on fire")

    root = served()
    assert at(root) == []
    (trouble,) = rows(incident)
    assert (trouble["element"], trouble["code"], trouble["message"]) == ("serve", "ValueError", "the printer is on fire")
    assert "printer" in trouble["trace"]
    assert rows(instance)[0]["troubles"] == 1
    assert engine.check() == {}
    engine.retry(incident=trouble["id"], actor=people.chief)
    assert [row["resolution"] for row in rows(incident)] == ["retried", None]
    broken[0] = False
    engine.retry(incident=rows(incident, resolved_at=None)[0]["id"], actor=people.chief)
    assert at(root) == ["after"]
    assert engine.check() == {}
    with pytest.raises(UnknownIncident):
        engine.retry(incident=trouble["id"], actor=people.chief)


def test_what_a_failing_handler_wrote_is_rolled_back(engine, registry, served, rows, make):
    @registry.handler("serve")
    def serve(ctx, inputs):
        queries.set_property(ctx.facts, "half", done := True)
        raise ValueError(done)

    engine.home.facts = lambda connection: connection
    served()
    assert rows(house, name="half") == []
    assert len(rows(incident)) == 1


def test_an_incident_can_be_skipped_or_end_the_case(engine, registry, served, at, rows, people):
    @registry.handler("serve")
    def serve(ctx, inputs):
        raise ValueError("no")

    first, second = served(), served()
    by_root = {row["root"]: row["id"] for row in rows(incident)}
    engine.skip(incident=by_root[first], actor=people.chief, reason="by hand", variables={"result": 1})
    assert at(first) == ["after"]
    engine.cancel_incident(incident=by_root[second], actor=people.chief, reason="hopeless")
    assert rows(instance, root=second)[0]["status"] == "cancelled"
    assert engine.check() == {}


def test_a_business_error_goes_to_its_boundary(engine, registry, served, at, rows):
    @registry.handler("serve")
    def serve(ctx, inputs):
        raise BpmnError("no", "not this one")

    assert at(served()) == ["other"]
    assert rows(incident) == []
    assert engine.check() == {}


def test_a_business_error_that_nobody_catches_is_an_incident(engine, registry, served, rows):
    @registry.handler("serve")
    def serve(ctx, inputs):
        raise BpmnError("unheard")

    served()
    assert [row["code"] for row in rows(incident)] == ["unheard"]


def test_a_topic_without_a_handler_is_an_incident(engine, served, rows):
    served()
    assert [row["code"] for row in rows(incident)] == ["unknown_handler"]


def test_an_outside_handler_is_a_job_with_retries_and_a_fencing_token(engine, registry, served, at, rows, clock, people):
    tokens = []

    @registry.handler("serve", outside=True)
    def serve(ctx, inputs):
        tokens.append(ctx.attempt)
        if len(tokens) < 3:
            raise OSError("no answer")
        return {"sent": True}

    root = served()
    assert (at(root), len(rows(job))) == ([], 1)
    assert engine.work() == 1
    assert engine.work() == 0  # it is put back for later
    clock.forward(seconds=1)
    assert engine.work() == 1
    clock.forward(seconds=4)
    assert engine.work() == 1
    assert tokens == [1, 2, 3]
    assert (at(root), rows(job), rows(incident)) == (["after"], [], [])
    assert engine.check() == {}


def test_a_job_that_keeps_failing_becomes_an_incident_and_can_be_retried(engine, registry, served, at, rows, clock, people):
    works = [False]

    @registry.handler("serve", outside=True)
    def serve(ctx, inputs):
        if not works[0]:
            raise OSError("no answer")

    root = served()
    for _ in range(8):
        engine.work()
        clock.forward(hours=1)
    (trouble,) = rows(incident)
    assert (trouble["code"], rows(job)[0]["ready"], rows(job)[0]["failures"]) == ("OSError", False, 5)
    assert engine.check() == {}
    works[0] = True
    engine.retry(incident=trouble["id"], actor=people.chief)
    assert engine.work() == 1
    assert at(root) == ["after"]
    assert engine.check() == {}


def test_a_lost_lease_cannot_complete(engine, make, registry, served, at, rows, clock):
    other = make(prefix="x")

    @registry.handler("serve", outside=True)
    def serve(ctx, inputs):
        if ctx.attempt == 1:  # while we are slow, our lease runs out and another worker does it
            clock.forward(minutes=6)
            assert other.work() == 1
            return {"by": "slow"}
        return {"by": "fast"}

    root = served()
    engine.work()
    assert at(root) == ["after"]
    with engine.home.database.read() as connection:
        values = [row["data"]["new"] for row in queries.history_of(connection, root, kinds=["variable"])]
    assert values == ["fast"]


def test_what_has_arrived_cannot_be_taken_back(engine, registry, deploy, people, rows):
    registry.listener("first.check")(lambda ctx, data: ctx.send("word", key="K", payload={}))
    registry.listener("word.check")(lambda ctx, data: None)
    deploy("two_steps", "listener")
    root = engine.start(process="two_steps", business_key="K", variables={}, tenant="t", actor=people.ann)
    engine.complete(task=f"{root}.2", data={}, actor=people.ann)
    engine.take_back(task=f"{root}.2", reason="not sent yet", actor=people.ann)
    engine.start(process="listener", business_key="K", variables={}, tenant="t", actor=people.ann)
    assert engine.work() == 0  # the message was withdrawn with the act
    engine.complete(task=f"{root}.2", data={}, actor=people.ann)
    assert engine.work() == 1
    with pytest.raises(TooLate):
        engine.take_back(task=f"{root}.2", reason="gone", actor=people.ann)


def test_a_progress_job_runs_once_for_many_and_locks_its_root_first(engine, registry, deploy, people, rows):
    seen = []
    registry.job("progress")(lambda ctx, payload: seen.append((ctx.instance.business_key, payload["lock"])))
    registry.listener("first.check")(lambda ctx, data: ctx.later("progress", payload={"lock": data["top"]}, dedupe="progress:top"))
    deploy("two_steps")
    top, one, two = (
        engine.start(process="two_steps", business_key=key, variables={}, tenant="t", actor=people.ann) for key in ("T", "1", "2")
    )
    for root in (one, two):
        engine.complete(task=f"{root}.2", data={"top": top}, actor=people.ann)
    assert len(rows(job)) == 1
    assert (engine.work(), engine.work(), seen) == (1, 0, [("T", top)])


def test_a_progress_job_whose_root_does_not_exist_becomes_an_incident(engine, registry, deploy, people, rows, clock):
    registry.job("progress")(lambda ctx, payload: None)
    registry.listener("first.check")(lambda ctx, data: ctx.later("progress", payload={"lock": "nobody"}))
    deploy("two_steps")
    root = engine.start(process="two_steps", business_key="K", variables={}, tenant="t", actor=people.ann)
    engine.complete(task=f"{root}.2", data={}, actor=people.ann)
    for _ in range(6):
        engine.work()
        clock.forward(hours=24)
    assert [(row["kind"], row["code"], row["process"]) for row in rows(incident)] == [("job", "not_found", "progress")]
    assert engine.next_due() is None
    assert engine.check() == {}


def test_a_broken_job_does_not_stop_the_sweep(engine, registry, deploy, people, rows, clock):
    def explode(ctx, payload):
        raise RuntimeError("no")

    registry.job("bad")(explode)
    registry.job("good")(lambda ctx, payload: ctx.start("listener", business_key="new", dedupe="only one"))
    registry.listener("first.check")(lambda ctx, data: (ctx.later("bad"), ctx.later("good"), None)[-1])
    deploy("two_steps", "listener")
    root = engine.start(process="two_steps", business_key="K", variables={}, tenant="t", actor=people.ann)
    engine.complete(task=f"{root}.2", data={}, actor=people.ann)
    for _ in range(9):
        engine.work()
        clock.forward(hours=2)
    assert [row["code"] for row in rows(incident)] == ["RuntimeError"]
    assert [row["business_key"] for row in rows(instance, process="listener")] == ["new"]
    assert engine.check() == {}


def test_a_start_with_the_same_dedupe_happens_once(engine, registry, deploy, people, rows):
    registry.listener("first.check")(lambda ctx, data: ctx.start("listener", business_key="new", dedupe="once"))
    deploy("two_steps", "listener")
    for key in ("1", "2"):
        root = engine.start(process="two_steps", business_key=key, variables={}, tenant="t", actor=people.ann)
        engine.complete(task=f"{root}.2", data={}, actor=people.ann)
        while engine.work():
            pass
    assert len(rows(instance, process="listener")) == 1
    assert len(rows(task, process="two_steps", element="second")) == 2
    assert engine.next_due() is None
