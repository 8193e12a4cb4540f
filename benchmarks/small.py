"""An engine on a database of its own with one small diagram of nobody's season. Measures nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.clock import SystemClock
from engine import Engine
from engine.contract import SYSTEM, Registry
from store import migrations
from store.database import Database


@dataclass
class HandClock:
    """A clock that stands where it is put."""

    instant: datetime

    def now(self) -> datetime:
        """Where it stands."""
        return self.instant


class Nobody:
    """A policy for a deployment in which only the system acts."""

    def may(self, actor: object, verb: str, subject: object) -> None:
        """Everything: nobody else is there."""


def small_engine(home: Path, *, diagram: str, clock: HandClock | SystemClock) -> tuple[Database, Engine]:
    """The diagram deployed under the name `foreign`, in a new database in the folder ``home``, which must not be there."""
    home.mkdir()
    database = Database(f"sqlite:///{home / 'small.db'}")
    migrations.upgrade(database)
    engine = Engine(database=database, registry=Registry(), policy=Nobody(), clock=clock)
    engine.deploy(name="foreign", files={"small.bpmn": diagram.encode()}, actor=SYSTEM)
    return database, engine
