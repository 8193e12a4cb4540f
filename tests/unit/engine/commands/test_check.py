"""Each invariant of the store notices its violation, by name; a whole database violates none."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import delete, insert, select, text, update

from store.engine.chain import GENESIS, link_unnamed
from store.engine.tables import anchor, history, incident, instance, job, submission, subscription, task, task_candidate, timer
from store.types import micros


@pytest.fixture
def life(engine, registry, deploy, people, clock):
    """A database with a bit of everything: open and completed tasks, timers, a subscription, an incident, an anchor."""
    registry.listener("first.check")(lambda ctx, data: None)
    registry.listener("word.check")(lambda ctx, data: None)
    registry.handler("mark", outside=True)(lambda ctx, inputs: None)
    deploy("two_steps", "pause", "listener", "served")
    root = {}
    for process in ("two_steps", "pause", "listener", "served"):
        root[process] = engine.start(process=process, business_key="K", variables={}, tenant="t", actor=people.ann)
    engine.complete(task=f"{root['two_steps']}.2", data={"x": 1}, actor=people.ann)
    engine.complete(task=f"{root['served']}.2", data={}, actor=people.ann)  # no handler: an incident
    engine.anchor()
    assert engine.check() == {}
    return root


def plant(database, *statements):
    with database.write() as connection:
        for statement in statements:
            connection.execute(statement)


PLANTED = {
    "chain_whole": lambda root: [update(history).where(history.c.root == root["pause"], history.c.seq == 2).values(actor="mallory")],
    "chain_whole (name)": lambda root: [update(history).where(history.c.root == root["pause"], history.c.seq == 2).values(actor_name="张三")],
    "chain_whole (data)": lambda root: [update(history).where(history.c.root == root["pause"], history.c.seq == 1).values(data={"x": 2})],
    "chain_whole (gap)": lambda root: [delete(history).where(history.c.root == root["pause"], history.c.seq == 2)],
    "head_is_last_entry": lambda root: [update(instance).where(instance.c.root == root["pause"]).values(seq=99)],
    "anchors_hold": lambda root: [update(anchor).values(heads={"nobody": [1, "0"]})],
    "waiting_rows_have_live_roots": lambda root: [update(instance).where(instance.c.root == root["pause"]).values(status="ended")],
    "running_instances_wait": lambda root: [delete(timer).where(timer.c.root == root["pause"])],
    "candidates_match_tasks": lambda root: [delete(task_candidate)],
    "one_completion_per_task": lambda root: [update(submission).values(taken_back=True)],
    "troubles_counted": lambda root: [delete(incident)],
    "ended_instances_are_dated": lambda root: [
        update(instance).where(instance.c.root == root["pause"]).values(ended_at=instance.c.started_at)
    ],
    "held_work_has_a_reason": lambda root: [update(timer).values(ready=False)],
    "state_is_projected": lambda root: [delete(subscription)],
    "state_is_projected (due)": lambda root: [text("UPDATE timer SET due = due + 1")],
}


@pytest.mark.parametrize("planted", PLANTED)
def test_each_violation_is_named(engine, life, database, planted):
    plant(database, *PLANTED[planted](life))
    assert planted.split(" ")[0] in engine.check()


CHAINED = ("revision", "at", "actor", "actor_name", "kind", "process", "element", "digest", "hash")


def tampered(chance, rows):
    """What somebody with the database in hand does to the history: change, exchange, take out, push on."""
    row, other = chance.sample(rows, 2)
    here = (history.c.root == row.root) & (history.c.seq == row.seq)
    one = chance.choice(CHAINED)
    value = row.at + timedelta(microseconds=chance.randint(1, 10**9)) if one == "at" else getattr(row, one) + (1 if one == "revision" else "x")
    return chance.choice([
        update(history).where(here).values({one: value}),
        update(history).where(here).values(data={"forged": chance.random()}),
        update(history).where(here).values(root=other.root, seq=10_000 + chance.randrange(99)),
        delete(history).where(history.c.root == row.root, history.c.seq >= row.seq),
        delete(history).where(here),
    ])  # fmt: skip


def test_none_of_several_tamperings_with_the_history_goes_unseen(engine, life, database):
    """A24: also the last entries, which nothing follows: the instance and the anchors know them."""
    chance = Random(24)
    with database.read() as connection:
        rows = connection.execute(select(history).order_by(history.c.root, history.c.seq)).all()
    for _ in range(8):
        change = tampered(chance, rows)
        plant(database, change)
        assert engine.check() != {}, str(change.compile(compile_kwargs={"literal_binds": False}))
        plant(database, delete(history), *(insert(history).values(**row._mapping) for row in rows))
    assert engine.check() == {}


def test_entries_of_before_the_name_counted_are_followed_by_those_where_it_does(engine, life, database, people, clock):
    """A history that an older programme wrote stays whole, goes on, and tells from then on who was renamed."""
    root = life["pause"]
    with database.read() as connection:
        rows = connection.execute(select(history).where(history.c.root == root).order_by(history.c.seq)).all()
    head = GENESIS
    for row in rows:
        told = (row.root, row.seq, row.revision, micros(row.at), row.actor, row.kind, row.process, row.element, row.digest)
        head = link_unnamed(head, *told)
        plant(database, update(history).where(history.c.root == root, history.c.seq == row.seq).values(hash=head))
    plant(database, update(instance).where(instance.c.root == root).values(head=head), delete(anchor))
    assert engine.check() == {}
    engine.suspend(root=root, reason="a pause", actor=people.chief)
    assert engine.check() == {}
    plant(database, update(history).where(history.c.root == root, history.c.seq == len(rows) + 1).values(actor_name="Mallory"))
    assert set(engine.check()) == {"chain_whole"}


def test_an_orphan_job_is_seen(engine, life, database, people, clock):
    row = {
        "kind": "service",
        "name": "x",
        "tenant": "t",
        "root": life["pause"],
        "wait": "77",
        "payload": {},
        "due": clock.now() + timedelta(1),
    }
    plant(database, insert(job).values(**row, attempt=0, failures=0, ready=True, created_at=clock.now()))
    assert "state_is_projected" in engine.check()
    engine.cancel(root=life["pause"], reason="x", actor=people.chief)
    assert "waiting_rows_have_live_roots" in engine.check()


def test_removed_data_leave_the_chain_whole(engine, life, rows, people):
    before = rows(history, root=life["two_steps"], seq=1)[0]
    engine.redact(root=life["two_steps"], seq=1, reason="by law", actor=people.chief)
    after = rows(history, root=life["two_steps"], seq=1)[0]
    assert (after["data"], after["hash"]) == (None, before["hash"])
    assert engine.check() == {}


def test_an_anchor_sees_a_history_that_was_written_anew(engine, life, database, rows):
    """Somebody with all rights cuts the last entry off and moves the head back: only the anchor remembers."""
    root = life["pause"]
    entries = rows(history, root=root)
    last, before = max(entries, key=lambda row: row["seq"]), sorted(row["seq"] for row in entries)[-2]
    head = next(row["hash"] for row in entries if row["seq"] == before)
    plant(
        database,
        delete(history).where(history.c.root == root, history.c.seq == last["seq"]),
        update(instance).where(instance.c.root == root).values(seq=before, head=head),
    )
    assert set(engine.check()) == {"anchors_hold"}
    assert rows(task)
