"""An engine on either database, with a small foreign diagram and people of ``tests.small_engine``."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import Engine, Limits
from engine.contract import SYSTEM, Registry
from tests.small_engine import FOLDER, HandClock, Nobody, People


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
        given = {
            "database": database,
            "registry": registry,
            "policy": Nobody(),
            "clock": clock,
            "ids": lambda: f"{prefix}{next(numbers):06}",
        }
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
        with database.read() as connection:
            return [dict(row) for row in connection.execute(select(table).filter_by(**where)).mappings()]

    return read
