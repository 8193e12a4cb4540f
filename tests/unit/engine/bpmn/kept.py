"""The database behind the stories: what each command leaves is written, read back cold and compared with what is shown of it."""

from itertools import count

from sqlalchemy import insert, select

from engine import Engine
from engine.bpmn.compensation import is_record
from engine.bpmn.scopes import COUNTERS
from engine.bpmn.walk import BODY, called_processes, places
from engine.commands.audit import unlike
from engine.commands.home import Transaction
from engine.commands.service import run_on
from engine.commands.turn import Turn
from engine.commands.versions import GENERIC, Loaded
from engine.contract import SYSTEM, Registry
from store.database import Database
from store.engine.chain import GENESIS
from store.engine.tables import history, instance, version
from tests.small_engine import HandClock, Nobody


class House:
    """An engine on a database in which every story has an instance of its own."""

    def __init__(self, url):
        numbers = count(1)
        self.clock = HandClock()
        ids = (f"r{number:06}" for number in numbers)
        self.engine = Engine(database=Database(url), registry=Registry(), policy=Nobody(), clock=self.clock, ids=lambda: next(ids))
        self.home = self.engine.home

    def close(self):
        self.home.database.close()


class _Watched(Turn):
    """A turn that lets its effects be seen."""

    def step(self):
        self.effects = super().step()
        return self.effects


class Kept:
    """One story's instance in the database. Nothing of it stays in memory between two commands."""

    def __init__(self, house, story, key):
        self.house, self.story, self.key = house, story, key
        self.root, self.waits, self.first = house.home.ids(), (), story.definitions
        self.read, self.open_ones, self.told = 0, {}, {}  # of the history
        about = {"name": self.root, "number": 1, "digest": self.root, "profile": GENERIC, "deployed_at": story.now, "deployed_by": "system"}
        with house.home.database.write() as connection:
            made = insert(version).values(**about, processes=[], message_starts={}).returning(version.c.id)
            self.version = connection.execute(made).scalar_one()

    def command(self, execution):
        """Run an execution on which somebody has acted to its next wait states, write that down, and read it back; the effects and what was read."""
        story, home = self.story, self.house.home
        self.house.clock.instant = story.now
        loaded = Loaded(self.version, self.root, 1, story.definitions, {}, {}, {}, GENERIC)
        home.versions._loaded[self.version] = loaded

        def work(tx):
            new = tx.connection.execute(select(instance.c.root).where(instance.c.root == self.root)).first() is None
            turn = _Watched(tx, self._new() if new else tx.lock_root(self.root), actor=SYSTEM)
            turn.host = story.host()
            turn.before = self.waits
            turn.begin(execution)
            run_on(turn)
            turn.save(new=new)
            return turn.effects

        effects = home.transact(work)
        home.live.drop(self.root)
        with home.database.read() as connection:
            tx = Transaction(home, connection, story.now)
            turn = Turn(tx, tx.read_root(self.root), actor=SYSTEM, apart=True)
            turn.host = story.host()
            assert list(unlike(turn)) == []
            self._history_tells(connection, turn)
            self.waits = turn.execution.waits()
            return effects, turn.execution

    def _new(self):
        nothing = dict.fromkeys(("stage", "public_stage", "dedupe", "previous", "previous_task", "previous_sent", "ended_at"))
        where = {"root": self.root, "process": self.key, "business_key": "BK", "tenant": self.root, "version": self.version}
        at = {"started_at": self.story.now, "started_by": "system", "changed_at": self.story.now}
        return {**nothing, **where, **at, "status": "running", "revision": 0, "seq": 0, "head": GENESIS, "troubles": 0}

    def _history_tells(self, connection, turn):
        """The history's open arrivals are where the tokens stand, its last settings are what the variables are."""
        columns = (history.c.seq, history.c.kind, history.c.element, history.c.data)
        entries = select(*columns).where(history.c.root == self.root, history.c.seq > self.read).order_by(history.c.seq)
        open_ones, told = self.open_ones, self.told
        for self.read, kind, element, data in connection.execute(entries):
            if kind == "entered":
                assert data["token"] not in open_ones, f"{element} is entered twice"
                open_ones[data["token"]] = element
            elif kind in {"left", "cancelled"}:
                assert self._same(open_ones.pop(data["token"], None), element), f"{element} is {kind} and had not been entered"
            elif kind == "variable":
                told[data["scope"], data["name"]] = data["new"]
        running = turn.execution.instance
        there = {place.id: place.element.removesuffix(BODY) for place in _all_places(running) if _has_entered(running.index.get(place.id))}
        assert there.keys() == open_ones.keys(), (there, open_ones)
        assert all(self._same(open_ones[token], element) for token, element in there.items()), (there, open_ones)
        for scope, values in running.scopes.held.items():
            own = _bookkeeping(running, scope)
            assert {name: told.get((scope, name)) for name in values if name not in own} == {
                name: value for name, value in values.items() if name not in own
            }

    def _same(self, told, element):
        """Whether a token that entered one element may stand at another: only if it was moved to another diagram."""
        return told == element or (told is not None and self.story.definitions is not self.first)


def _has_entered(token):
    """A token that waits to be joined has not entered its gateway; what is undone (of a loop only its instances are kept) is entered no second time."""
    return token is not None and not is_record(token) and not token.task_spec.watches(token)


def _bookkeeping(running, scope):
    """What a loop counts and collects until it is done is the engine's own."""
    loop = getattr(running.index[scope].task_spec, "loop", None) if scope in running.index else None
    return COUNTERS | ({loop.output} if loop is not None else set())


def _all_places(running):
    """Every token that is at an element, also those in which others stand."""
    level = [place for within in ("", *(each.token for each in called_processes(running))) for place in places(running, within)]
    while level:
        yield from level
        level = [child for place in level for child in place.children]
