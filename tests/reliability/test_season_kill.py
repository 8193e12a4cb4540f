"""kill -9 at random moments of a running season, on both databases: no acknowledged act lost or doubled, doctor clean, played to its end."""

import hashlib
import io
import os
import random
import signal
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from select import select as select_readable

from sqlalchemy import select, text

from app.doctor import examine
from app.simulate import play as plays
from app.simulate.answers import review
from app.simulate.answers.base import ANSWERS
from app.simulate.scores import sheet
from engine.errors import EngineError
from selection.errors import HouseError
from store.engine import tables
from store.selection import tables_application, tables_people, tables_review
from store.selection.mail import mail
from store.types import micros
from tests.reliability.season import DESK_REVIEW, FILING, FORM_CHECK, RECOMMENDATION, Stops, prepare

WORKERS = 3
STOPS = (FILING, RECOMMENDATION, FORM_CHECK, DESK_REVIEW)
COMMANDS = {"message": "correlate", "claim": "claim", "unclaim": "unclaim"}  # kind of history entry -> verb
SHEETS = ("score.save", "score.submit", "score.revise")


class Acknowledging:
    """A worker's engine: each act has an instant of receipt of its own, and is told to the pipe after its commit."""

    def __init__(self, engine, dice, pipe):
        self.engine, self.dice, self.pipe = engine, dice, pipe

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def _told(self, verb, about, mark):
        os.write(self.pipe, f"{verb} {about} {mark}\n".encode())

    def _received(self):
        return self.engine.home.clock.now() + timedelta(microseconds=self.dice.getrandbits(30))

    def complete(self, *, task, data, actor, received=None):
        received = received or self._received()
        result = self.engine.complete(task=task, data=data, actor=actor, received=received)
        self._told("complete", task, micros(received))
        return result

    def act(self, *, task, name, data, actor):
        received = self._received()
        result = self.engine.act(task=task, name=name, data=data, actor=actor, received=received)
        self._told(name, task, micros(received))
        return result

    def _command(self, verb, asked):
        result = getattr(self.engine, verb)(**asked)
        self._told(verb, result.root, result.revision if verb == "correlate" else result.seq)  # a claim moves no token: no revision
        return result

    def claim(self, **asked):
        return self._command("claim", asked)

    def unclaim(self, **asked):
        return self._command("unclaim", asked)

    def correlate(self, **asked):
        return self._command("correlate", asked)

    def start(self, **asked):
        root = self.engine.start(**asked)
        self._told("start", root, 0)
        return root


class Worker:
    """One process that plays on: people's acts, messages, the engine's work, the outbox; until it is killed."""

    def __init__(self, play, seed, pipe, pace):
        self.play, self.dice, self.pace = play, random.Random(seed), pace
        house = play.world.house
        house.database.forked()
        house.engine.home.ids = lambda: f"{self.dice.getrandbits(64):016x}"
        play.world.house = replace(house, engine=Acknowledging(house.engine, self.dice, pipe))

    def live(self):
        while True:
            try:
                self.step()
            except (EngineError, HouseError, LookupError, StopIteration):
                continue  # another worker was faster

    def step(self):
        world, choice = self.play.world, self.dice.random()
        if choice < 0.15:
            world.house.engine.work(limit=3)
        elif choice < 0.2:
            world.house.outbox.deliver_due()
        elif choice < 0.2 + self.pace:
            self.go_on()
        elif choice < 0.21 + self.pace:
            self.begin_or_withdraw()
        else:
            self.repeat()

    def go_on(self):
        task = self.dice.choice(self.play.world.open_tasks())
        ANSWERS[task.element](self.play, task)

    def begin_or_withdraw(self):
        part = self.dice.choice(self.play.parts[-3:])
        if part.application is not None:
            payload = {"reason": "经营计划调整"}
            self.play.world.send("application.withdraw", key=part.application, payload=payload, actor=part.enterprise.person)

    def repeat(self):
        """What people do again and again before they go on: upload another file, save a sheet, take a task and put it back."""
        task = self.dice.choice(self.play.world.open_tasks("N02a", "N02b", "N03a", "N03c", "N04a", "N06a"))
        if task.element in {"N02a", "N02b", "N03c"}:
            code = {"N02a": "D3", "N02b": "D11", "N03c": "D5.letter"}[task.element]
            self.upload(task, code, f"%PDF-1.7 {self.dice.random()}".encode())
        elif task.element == "N06a":
            self.save_sheet(task)
        else:
            self.play.world.house.engine.claim(task=task.id, actor=self.play.world.actor(task))
            self.play.world.house.engine.unclaim(task=task.id, actor=self.play.world.actor(task))

    def upload(self, task, code, content):
        stored = self.play.world.house.files.put(io.BytesIO(content))
        assert stored.sha256 == hashlib.sha256(content).hexdigest()
        data = {"code": code, "name": f"{code}.pdf", "size": stored.size, "type": "application/pdf", "sha256": stored.sha256}
        self.play.world.act(task, "file.attach", data)

    def save_sheet(self, task):
        with self.play.world.facts() as facts:
            mine = [row.application for row in facts.reviews.assigned(self.play.variable(task, "seat"))]
        drawn = sheet(season=self.play.rules, application=self.dice.choice(mine), total=self.dice.uniform(60, 95), stage="desk")
        self.play.world.act(task, "score.save", drawn)


class Rampage:
    """Kills workers at random moments and remembers what they had acknowledged."""

    def __init__(self, kills):
        self.kills, self.said, self.fell, self.done = kills, b"", 0, 0

    def __call__(self, play, stop):
        """Kill, put a new worker in the place of the dead, and at last kill all."""
        out, self.pipe = os.pipe()
        os.set_blocking(out, False)
        play.world.house.database.close()
        workers = [self.spawn(play) for _ in range(WORKERS)]
        for _ in range(self.kills):
            select_readable([out], [], [], 0.15)  # somebody got to work
            time.sleep(random.uniform(0, 0.06))  # the moment must be any moment
            victim = random.randrange(WORKERS)
            self.end(workers[victim])
            self.read(out)
            workers[victim] = self.spawn(play)
        for worker in workers:
            self.end(worker)
        self.read(out)
        os.close(self.pipe)
        os.close(out)
        self.done += self.kills + WORKERS
        come_to_rest(play.world.house.database)
        nothing_lost(play.world.house, self.acknowledged)
        assert examine(play.world.house) == [], stop.name
        review._learn_offices(play)

    def spawn(self, play):
        seed = random.getrandbits(64)  # in the parent: a child's own dice would be a copy of its brother's
        pid = os.fork()
        if pid == 0:
            try:
                Worker(play, seed, self.pipe, pace=min(0.4, 10 / self.kills)).live()
            except BaseException as error:  # noqa: BLE001 - a child must end here, whatever happens
                os.write(2, f"worker: {error!r}\n".encode())
            os._exit(3)
        return pid

    def end(self, worker):
        os.kill(worker, signal.SIGKILL)
        self.fell += os.WIFEXITED(os.waitpid(worker, 0)[1])

    def read(self, pipe):
        try:
            while block := os.read(pipe, 1 << 20):
                self.said += block
        except BlockingIOError:
            pass

    @property
    def acknowledged(self):
        return [tuple(line.split()) for line in self.said.decode().splitlines()]


def come_to_rest(database):
    """Wait until the server has noticed that the killed are gone (what they had begun to commit is committed or not)."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    until = time.monotonic() + 10
    while not database.is_sqlite and time.monotonic() < until:
        with database.read() as connection:
            if connection.execute(text(others)).scalar_one() == 0:
                return


def nothing_lost(house, acknowledged):
    """Each acknowledged act is there exactly once, and had each of its effects exactly once."""
    submission, history = tables.submission.c, tables.history.c
    with house.database.read() as connection:
        kept = Counter((row.act, row.task, str(micros(row.received))) for row in connection.execute(select(tables.submission)))
        completed = set(connection.execute(select(tables.task.c.id).where(tables.task.c.state == "completed")).scalars())
        roots = set(connection.execute(select(tables.instance.c.root)).scalars())
        commands = Counter(
            (COMMANDS[row.kind], row.root, str(row.revision if row.kind == "message" else row.seq))
            for row in connection.execute(select(tables.history).where(history.kind.in_(COMMANDS)))
        )
        acts = Counter(connection.execute(select(submission.act)).scalars())
        documents = len(connection.execute(select(tables_application.document.c.id)).all())
        sheets = len(connection.execute(select(tables_review.score_version.c.id)).all())
    # The play between the stops stands still at whole seconds: several of its acts share an instant.
    assert [key for key, number in kept.items() if number > 1 and not key[2].endswith("000000")] == []
    for verb, about, mark in acknowledged:
        if verb == "start":
            assert about in roots
        elif verb in COMMANDS.values():
            assert commands[verb, about, mark] == 1, (verb, about, mark)
        else:
            assert kept[verb, about, mark] == 1, (verb, about, mark)
            assert verb != "complete" or about in completed
    assert documents == acts["file.attach"]
    assert sheets == sum(acts[name] for name in SHEETS)


def standing(house):
    """Where a season stands that went no further: for whoever reads the failure."""
    application, instance, task = tables_application.application.c, tables.instance.c, tables.task.c
    with house.database.read() as connection:
        rows = {
            "applications": Counter(connection.execute(select(application.state)).scalars()),
            "reached": list(connection.execute(select(tables_people.progress.c.name)).scalars()),
            "instances": Counter(map(tuple, connection.execute(select(instance.process, instance.stage, instance.status)))),
            "tasks": Counter(connection.execute(select(task.element).where(task.state == "open")).scalars()),
            "jobs": list(map(tuple, connection.execute(select(tables.job.c.name, tables.job.c.due, tables.job.c.ready)))),
            "incidents": list(map(tuple, connection.execute(select(tables.incident.c.subject, tables.incident.c.message)))),
        }
    return rows | {"doctor": examine(house), "now": house.clock.now(), "next": house.engine.next_due()}


def deliver_all(house):
    while (sweep := house.outbox.deliver_due()).filed:
        pass
    assert sweep.dead == 0


def test_a_season_survives_kills_at_every_stage(database_url, kills, tmp_path, monkeypatch):
    play = prepare(tmp_path, database_url, applications=10)
    rampage = Rampage(max(1, kills // len(STOPS)))
    stops = Stops(monkeypatch, STOPS, rampage)
    plays.run(play)
    house = play.world.house
    assert stops.stops == [], standing(house)
    assert rampage.fell == 0
    verbs = Counter(verb for verb, _, _ in rampage.acknowledged)
    assert sum(verbs.values()) > kills, "the workers hardly got to work"
    print(f"\n{rampage.done} kills, {sum(verbs.values())} acknowledged: {dict(verbs)}")  # noqa: T201 - the figures of a long run (-s)
    deliver_all(house)
    with house.database.read() as connection:
        season = connection.execute(select(tables_people.season.c.state)).scalar_one()
        running = connection.execute(select(tables.instance.c.process).where(tables.instance.c.status == "running")).scalars().all()
        letters = connection.execute(select(mail.c.id, mail.c.state)).all()
    assert (season, set(running)) == ("archived", {"title"})  # a title is watched for as long as it lives
    assert {row.state for row in letters} == {"filed"}
    assert {path.stem for path in (tmp_path / "mail").glob("*.eml")} == {row.id for row in letters}
    assert examine(house) == []
    house.close()
