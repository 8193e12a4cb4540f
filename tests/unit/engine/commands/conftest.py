"""A small foreign diagram, two people, a clock that is set by hand, and an engine on either database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import Engine, Limits
from engine.contract import SYSTEM, Actor, Registry
from engine.refusals import NotFound

FOLDER = Path(__file__).parent / "diagrams"


class HandClock:
    """A clock that stands still until it is set."""

    def __init__(self, now=datetime(2023, 6, 1, 1, 0, tzinfo=UTC)):
        self.instant = now

    def now(self):
        return self.instant

    def forward(self, **span):
        self.instant += timedelta(**span)


class Nobody:
    """A policy that allows nothing beyond assignment and candidacy, but to start, deploy, and send messages."""

    def may(self, actor, verb, subject):
        if verb not in {"start", "deploy", "correlate"} and actor.id != "chief":
            raise NotFound


ANN = Actor(id="ann", name="安", groups=frozenset({"clerk@office"}))
BOB = Actor(id="bob", name="波", groups=frozenset({"clerk@office"}))
EVE = Actor(id="eve", name="外人", groups=frozenset({"clerk@elsewhere"}))
CHIEF = Actor(id="chief", name="主管")


class People:
    ann, bob, eve, chief, system = ANN, BOB, EVE, CHIEF, SYSTEM


@pytest.fixture
def people():
    return People


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def make(database, registry, clock):
    """Make an engine on the test's database, as another process would have it."""

    def new(**changes):
        numbers = iter(range(1, 1_000_000))
        prefix = changes.pop("prefix", "r")
        given = {"database": database, "registry": registry, "policy": Nobody(), "clock": clock, "ids": lambda: f"{prefix}{next(numbers):06}"}
        return Engine(**{**given, **changes})

    return new


@pytest.fixture
def engine(make):
    return make(limits=Limits(backoff=timedelta(seconds=1)))


@pytest.fixture
def deploy(engine):
    def put(*names, name="foreign", extra=None):
        files = {f"{each}.bpmn": (FOLDER / f"{each}.bpmn").read_bytes() for each in names}
        return engine.deploy(name=name, files={**files, **(extra or {})}, actor=SYSTEM)

    return put


@pytest.fixture
def rows(database):
    """Read rows of a table as dictionaries."""

    def read(table, **where):
        from sqlalchemy import select

        with database.read() as connection:
            return [dict(row) for row in connection.execute(select(table).filter_by(**where)).mappings()]

    return read
