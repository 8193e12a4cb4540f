"""Several processes at once on the same thing: joins never stick, one claim wins, the last finisher is always seen, timers fire once."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from engine.commands.outgoing import Outbox
from engine.contract import SYSTEM
from engine.errors import EngineError
from store.engine import queries
from store.engine.tables import instance, job, task
from tests.small_engine import race


def in_child(engine, work, prefix):
    """The same engine as another process would have it."""

    def run():
        engine.home.database.forked()
        numbers = iter(range(1, 1000))
        engine.home.ids = lambda: f"{prefix}{next(numbers):04}"
        return work()

    return run


def racing(engine, *works):
    engine.home.database.close()
    return race(*(in_child(engine, work, f"p{number}-") for number, work in enumerate(works)))


def outcome(act):
    try:
        act()
    except EngineError as error:
        return error.code
    return "ok"


def test_parallel_branches_completed_at_once_never_stick(engine, deploy, people, rows):
    deploy("fork")
    roots = [engine.start(process="fork", business_key=str(n), variables={}, tenant="t", actor=people.ann) for n in range(25)]
    with engine.home.database.read() as connection:
        tasks = [[row["id"] for row in queries.tasks_of(connection, root)] for root in roots]

    def branch(number):
        return lambda: [outcome(lambda key=keys[number]: engine.complete(task=key, data={}, actor=people.ann)) for keys in tasks]

    results = racing(engine, branch(0), branch(1), branch(2))
    assert results == [["ok"] * 25] * 3
    assert sorted(row["root"] for row in rows(task, element="last", state="open")) == sorted(roots)
    assert engine.check() == {}


def test_one_of_many_claims_wins(engine, deploy, people, rows):
    deploy("fork")
    for n in range(10):
        engine.start(process="fork", business_key=str(n), variables={}, tenant="t", actor=people.ann)
    keys = [row["id"] for row in rows(task)]

    def claims(actor):
        return lambda: [outcome(lambda key=key: engine.claim(task=key, actor=actor)) for key in keys]

    ann, bob = racing(engine, claims(people.ann), claims(people.bob))
    assert all(sorted(pair) == ["already_claimed", "ok"] for pair in zip(ann, bob, strict=True))
    assert engine.check() == {}


def test_a_double_click_counts_once(engine, deploy, people, rows):
    deploy("fork")
    for n in range(10):
        engine.start(process="fork", business_key=str(n), variables={}, tenant="t", actor=people.ann)
    keys = [row["id"] for row in rows(task)]

    def click():
        return [outcome(lambda key=key: engine.complete(task=key, data={}, actor=people.ann)) for key in keys]

    first, second = racing(engine, click, click)
    assert all(sorted(pair) == ["already_done", "ok"] for pair in zip(first, second, strict=True))
    assert engine.check() == {}


def test_the_last_two_finishers_are_both_seen(engine, registry, deploy, people, rows, database):
    """Each writes its fact and asks for one progress job; however they meet, a job runs after both facts can be seen."""
    with database.write() as connection:
        connection.execute(text("CREATE TABLE fact (pair text)"))
        connection.execute(text("CREATE TABLE counting (pair text, seen integer)"))

    def finish(ctx, data):
        pair = ctx.instance.business_key
        ctx.facts.execute(text("INSERT INTO fact VALUES (:pair)"), {"pair": pair})
        ctx.later("count", payload={"pair": pair, "lock": data["top"]}, dedupe=f"count:{pair}")

    def count(ctx, payload):
        found = ctx.facts.execute(text("SELECT count(*) FROM fact WHERE pair = :pair"), payload).scalar_one()
        ctx.facts.execute(text("INSERT INTO counting VALUES (:pair, :seen)"), {"pair": payload["pair"], "seen": found})

    registry.listener("first.check")(finish)
    registry.job("count")(count)
    engine.home.facts = lambda connection: connection
    deploy("two_steps")

    def start(key):
        return engine.start(process="two_steps", business_key=key, variables={}, tenant="t", actor=people.ann)

    top = start("top")
    pairs = [(start(f"pair{n}"), start(f"pair{n}")) for n in range(20)]

    def finisher(number):
        return lambda: [engine.complete(task=f"{pair[number]}.2", data={"top": top}, actor=people.ann).seq > 0 for pair in pairs]

    def worker():
        return sum(engine.work() for _ in range(60))

    racing(engine, finisher(0), finisher(1), worker)
    while engine.work():
        pass
    with database.read() as connection:
        best = dict(connection.execute(text("SELECT pair, max(seen) FROM counting GROUP BY pair")).all())
    assert best == {f"pair{n}": 2 for n in range(20)}
    assert rows(job) == []


def test_each_timer_fires_once_with_several_workers(engine, registry, deploy, people, rows, clock, database):
    with database.write() as connection:
        connection.execute(text("CREATE TABLE fired (root text)"))
    registry.handler("mark")(
        lambda ctx, inputs: ctx.facts.execute(text("INSERT INTO fired VALUES (:r)"), {"r": ctx.instance.root}) and None
    )
    engine.home.facts = lambda connection: connection
    deploy("pause")
    roots = [engine.start(process="pause", business_key=str(n), variables={}, tenant="t", actor=people.ann) for n in range(120)]
    clock.instant += timedelta(days=7)

    def sweep():
        done = 0
        while (more := engine.work(limit=30)) or engine.next_due() is not None:
            done += more
        return done

    done = racing(engine, sweep, sweep, sweep)
    assert sum(done) == 120
    with database.read() as connection:
        assert sorted(root for (root,) in connection.execute(text("SELECT root FROM fired"))) == sorted(roots)
    assert {row["status"] for row in rows(instance)} == {"running"}
    assert engine.check() == {}


ONLY_POSTGRESQL = pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)


@ONLY_POSTGRESQL  # SQLite lets one writer in at a time: this cannot happen there
def test_a_progress_job_waits_for_a_finisher_who_has_asked_for_it_but_not_committed(engine, registry, database):
    with database.write() as connection:
        connection.execute(text("CREATE TABLE fact (who text)"))
    seen = []
    registry.job("count")(lambda ctx, payload: seen.append(ctx.facts.execute(text("SELECT count(*) FROM fact")).scalar_one()))
    engine.home.facts = lambda connection: connection

    def finish(connection, who):
        connection.execute(text("INSERT INTO fact VALUES (:who)"), {"who": who})
        asked = Outbox(now=engine.home.clock.now(), actor=SYSTEM, root=None, tenant="t")
        asked.later("count", payload={}, tenant="t", dedupe="count", due=None)
        asked.flush(connection, engine.home.versions)

    with database.write() as first:
        finish(first, "first")
    with database.write() as second:
        finish(second, "second")  # the job is there already: nothing is added
        assert (engine.work(), seen) == (0, [])
    assert (engine.work(), seen) == (1, [2])
    assert engine.work() == 0


@ONLY_POSTGRESQL
def test_a_crash_of_the_database_server_loses_nothing_acknowledged(engine, deploy, people, rows, cluster):
    deploy("fork")
    roots = [engine.start(process="fork", business_key=str(n), variables={}, tenant="t", actor=people.ann) for n in range(5)]
    engine.home.database.close()
    cluster.crash()
    assert [row["root"] for row in rows(instance)] == roots
    engine.complete(task=f"{rows(task)[0]['id']}", data={}, actor=people.ann)
    assert engine.check() == {}
