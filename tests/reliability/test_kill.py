"""kill -9 at random moments against real commands: no acknowledged act is lost or doubled, chains whole, rows say what states say."""

import os
import random
import signal
import time

import pytest
from sqlalchemy import text

from engine.errors import EngineError
from store.engine import queries
from store.engine.tables import instance, submission, task

WORKERS = 3


@pytest.fixture
def busy(engine, registry, deploy, people, database):
    """An engine with forks, services that leave a trace, and timers; everything it needs is in memory before the first fork."""
    with database.write() as connection:
        connection.execute(text("CREATE TABLE effect (root text)"))

    def leave_trace(ctx, inputs):
        ctx.facts.execute(text("INSERT INTO effect VALUES (:root)"), {"root": ctx.instance.root})

    registry.handler("serve")(leave_trace)
    registry.handler("mark", outside=True)(lambda ctx, inputs: {"token": ctx.attempt})
    engine.home.facts = lambda connection: connection
    deploy("fork", "served", "pause")
    for process in ("fork", "served", "pause"):
        engine.start(process=process, business_key="warm", variables={}, tenant="t", actor=people.ann)
    return engine


def work_until_killed(engine, people, seed, ack):
    dice = random.Random(seed)
    engine.home.database.forked()
    engine.home.ids = lambda: f"{dice.getrandbits(64):016x}"
    engine.home.clock.instant = engine.home.clock.instant.replace(year=2024)  # all timers are due
    while True:
        try:
            act(engine, people, dice, ack)
        except EngineError:
            continue  # another worker was faster


def act(engine, people, dice, ack):
    choice = dice.random()
    if choice < 0.2:
        process = dice.choice(["fork", "served", "pause"])
        root = engine.start(process=process, business_key="k", variables={}, tenant="t", actor=people.ann)
        os.write(ack, f"started {root}\n".encode())
    elif choice < 0.4:
        engine.work(limit=3)
    else:
        with engine.home.database.read() as connection:
            offered = queries.offered(connection, user="ann", groups=people.ann.groups, limit=20)
        if offered:
            key = dice.choice(offered)["id"]
            engine.complete(task=key, data={"n": dice.randrange(100)}, actor=people.ann)
            os.write(ack, f"completed {key}\n".encode())


def spawn(engine, people, ack):
    seed = random.getrandbits(64)  # in the parent: a child's own dice would be a copy of its brother's
    pid = os.fork()
    if pid == 0:
        try:
            work_until_killed(engine, people, seed, ack)
        except BaseException as error:  # noqa: BLE001 - a child must end here, whatever happens
            os.write(2, f"worker: {error!r}\n".encode())
        os._exit(3)
    return pid


def read_all(pipe):
    said = b""
    try:
        while block := os.read(pipe, 1 << 20):
            said += block
    except BlockingIOError:
        pass
    return said


def rampage(engine, people, kills):
    """Kill random workers at random moments; what they had acknowledged, and how many ended by themselves."""
    out, ack = os.pipe()
    os.set_blocking(out, False)
    engine.home.database.close()
    workers, said, fell = [spawn(engine, people, ack) for _ in range(WORKERS)], b"", 0
    for _ in range(kills):
        time.sleep(random.uniform(0.005, 0.09))  # the moment must be any moment
        victim = random.randrange(WORKERS)
        os.kill(workers[victim], signal.SIGKILL)
        fell += os.WIFEXITED(os.waitpid(workers[victim], 0)[1])
        said += read_all(out)
        workers[victim] = spawn(engine, people, ack)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    said += read_all(out)
    os.close(ack)
    os.close(out)
    return said.decode().split("\n")[:-1], fell


def test_nothing_acknowledged_is_lost_or_doubled(busy, people, rows, kills, database):
    acknowledged, fell = rampage(busy, people, kills)
    assert fell == 0
    acks = [line.split() for line in acknowledged if line.count(" ") == 1]
    started = {key for verb, key in acks if verb == "started"}
    completed = [key for verb, key in acks if verb == "completed"]
    assert len(completed) > kills / 4, "the workers hardly got to work"
    assert len(completed) == len(set(completed))
    assert started <= {row["root"] for row in rows(instance)}
    assert set(completed) <= {row["id"] for row in rows(task, state="completed")}
    assert len(rows(submission)) == len(rows(task, state="completed"))
    with database.read() as connection:
        effects = [root for (root,) in connection.execute(text("SELECT root FROM effect"))]
    served = {row["root"] for row in rows(task, element="after")}
    assert sorted(effects) == sorted(served)
    assert busy.check() == {}
