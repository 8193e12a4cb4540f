"""Messages, signals, timers and deadlines."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.refusals import NobodyWaits, UnknownDeadline
from store.engine import queries
from store.engine.tables import history, incident, instance, message, task, timer

CLOSING = datetime(2023, 6, 11, 16, 0, tzinfo=UTC)


@pytest.fixture
def word(registry, deploy):
    class Refused(Exception):
        pass

    def check(ctx, payload):
        if payload.get("rude"):
            raise Refused("mind your words")

    registry.listener("word.check")(check)
    deploy("listener")
    return Refused


def hear(engine, people, key="K"):
    return engine.start(process="listener", business_key=key, variables={}, tenant="t", actor=people.ann)


def say(engine, people, key="K", **more):
    return engine.correlate(
        message="word", key=key, payload=more.pop("payload", {}), tenant=more.pop("tenant", "t"), actor=people.ann, **more
    )


def test_a_message_reaches_the_instance_that_waits_for_its_key(engine, word, people, rows):
    one, two = hear(engine, people, "1"), hear(engine, people, "2")
    assert say(engine, people, "2", payload={"said": "好"}).root == two
    assert [row["root"] for row in rows(task, state="open")] == [two]
    assert [(row["state"], row["to_root"]) for row in rows(message)] == [("delivered", two)]
    assert one != two
    assert engine.check() == {}


def test_nobody_waits_is_said_at_once(engine, word, people, rows):
    hear(engine, people)
    for given in ({"key": "other"}, {"tenant": "elsewhere"}):
        with pytest.raises(NobodyWaits):
            say(engine, people, **given)
    assert rows(message) == []


def test_a_check_may_refuse_a_message(engine, word, people, rows):
    hear(engine, people)
    with pytest.raises(word, match="mind"):
        say(engine, people, payload={"rude": True})
    assert (rows(message), rows(task)) == ([], [])


def test_a_stored_message_waits_for_its_catcher(engine, word, people, rows):
    assert say(engine, people, ttl=timedelta(days=1)).root == ""
    assert engine.work() == 0
    root = hear(engine, people)
    assert engine.next_due() == engine.home.clock.now()
    assert engine.work() == 1
    assert [row["root"] for row in rows(task)] == [root]
    assert engine.check() == {}


def test_a_message_lapses_after_its_time(engine, word, people, rows, clock):
    say(engine, people, ttl=timedelta(days=1))
    clock.forward(days=2)
    hear(engine, people)
    assert engine.work() == 0
    assert engine.expire() == 1
    assert rows(message)[0]["state"] == "expired"


def test_the_same_dedupe_counts_once(engine, word, people, rows):
    for key in ("1", "2"):
        hear(engine, people, key)
        say(engine, people, key, dedupe="once")
    assert len(rows(task)) == 1


def test_a_message_that_cannot_be_taken_becomes_an_incident(engine, word, people, rows, clock):
    say(engine, people, payload={"rude": True}, ttl=timedelta(days=99))
    hear(engine, people)
    for _ in range(9):
        engine.work()
        clock.forward(hours=2)
    assert [(row["kind"], row["code"]) for row in rows(incident)] == [("message", "Refused")]
    engine.skip(incident=rows(incident)[0]["id"], actor=people.chief, reason="let it be")
    assert rows(message)[0]["state"] == "expired"


def test_a_message_starts_a_process(engine, deploy, people, rows):
    deploy("started")
    engine.correlate(message="begin", key="K9", payload={"x": 1}, tenant="t", actor=people.ann)
    assert engine.work() == 1
    assert [(row["business_key"], row["status"]) for row in rows(instance)] == [("K9", "running")]


def test_a_signal_reaches_all_of_its_tenant(engine, deploy, people, rows):
    deploy("alarm")
    ours = [engine.start(process="alarm", business_key=str(n), variables={}, tenant="t", actor=people.ann) for n in range(3)]
    engine.start(process="alarm", business_key="x", variables={}, tenant="elsewhere", actor=people.ann)
    engine.broadcast(signal="fire", payload={}, tenant="t", actor=people.chief)
    assert engine.work() == 3
    assert sorted(row["root"] for row in rows(task)) == sorted(ours)
    assert engine.check() == {}


def test_a_timer_fires_once_when_it_is_due(engine, registry, deploy, people, clock, rows):
    fired = []
    registry.handler("mark")(lambda ctx, inputs: fired.append(ctx.now))
    deploy("pause")
    engine.start(process="pause", business_key="K", variables={}, tenant="t", actor=people.ann)
    assert engine.work() == 0
    assert engine.next_due() == clock.now() + timedelta(hours=1)
    clock.forward(days=7)
    assert (engine.work(), engine.work()) == (1, 0)
    assert fired == [clock.now()]
    assert rows(timer) == []
    assert engine.check() == {}


@pytest.fixture
def timed(engine, registry, deploy, people, clock):
    registry.handler("remind")(lambda ctx, inputs: None)
    deploy("timed")
    engine.set_deadline(tenant="t", name="closing", at=CLOSING, reason="plan", actor=people.chief)
    return [engine.start(process="timed", business_key=f"K{n}", variables={}, tenant="t", actor=people.ann) for n in range(3)]


def test_a_reminder_rings_and_the_limit_interrupts(engine, timed, clock, rows):
    rung = []
    while (due := engine.next_due()) is not None and len(rung) < 50:
        clock.instant = max(clock.instant, due)
        while engine.work():
            rung.append(due)
    elements = [row["element"] for row in rows(history, kind="timer", root=timed[0])]
    assert elements == ["remind", "remind", "limit"]
    assert {(row["element"], row["state"]) for row in rows(task)} == {("do", "cancelled"), ("late", "open")}
    assert engine.check() == {}


def test_a_new_deadline_moves_timers_and_due_dates_in_one_act(engine, timed, people, rows, clock):
    later = CLOSING + timedelta(days=7)
    preview = engine.preview_deadline(tenant="t", name="closing", at=later)
    assert {row["due"] for row in rows(timer, element="limit")} == {CLOSING}
    touched = engine.set_deadline(tenant="t", name="closing", at=later, reason="many asked", actor=people.chief)
    assert touched == preview
    assert sorted(touched.roots) == sorted(timed)
    assert {(each.kind, each.before, each.due) for each in touched.moved} == {("task", CLOSING, later), ("timer", CLOSING, later)}
    assert {row["due"] for row in rows(timer, element="limit")} == {later}
    assert {row["due"] for row in rows(task)} == {later}
    clock.instant = CLOSING
    while engine.work():
        pass
    assert rows(task, element="late") == []
    assert engine.check() == {}
    with engine.home.database.read() as connection:
        changes = queries.deadline_changes(connection, tenant="t")
    assert [(row["before"], row["at"], row["reason"]) for row in changes] == [(None, CLOSING, "plan"), (CLOSING, later, "many asked")]


def test_a_deadline_brought_forward_fires_at_once(engine, timed, people, rows, clock):
    engine.set_deadline(tenant="t", name="closing", at=clock.now(), reason="over", actor=people.chief)
    while engine.work():
        pass
    assert len(rows(task, element="late")) == 3


def test_a_deadline_that_the_season_does_not_have_is_refused(engine, registry, deploy, people, rows):
    deploy("timed")
    with pytest.raises(UnknownDeadline):
        engine.start(process="timed", business_key="K", variables={}, tenant="t", actor=people.ann)
    assert rows(instance) == []


def test_a_suspended_case_s_timers_wait(engine, timed, people, clock, rows):
    engine.suspend(root=timed[0], reason="check", actor=people.chief)
    clock.instant = CLOSING
    while engine.work():
        pass
    assert len(rows(task, element="late")) == 2
    assert engine.check() == {}
    engine.resume(root=timed[0], reason="fine", actor=people.chief)
    while engine.work():
        pass
    assert len(rows(task, element="late")) == 3
    assert engine.check() == {}
