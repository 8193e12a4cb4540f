"""A `cn-2023` database in mid-season, made by the simulation: applications wait for their unit's review (N03a). Measures nothing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import select

from app.memory import settle
from app.settings import Settings
from app.simulate.answers.base import ANSWERS, Play
from app.simulate.play import Wish, empty_house, first_moment, prepare, run
from app.wiring import House, build
from engine import Actor
from store.engine.tables import instance, task, task_candidate
from store.selection.tables_people import role_grant

FOLDER = Path("processes/cn-2023")
APPLICATIONS = 40
SMALL_FORM = "N03a"  # 初步审核: two fields, a listener that writes two facts
ANSWER = {"opinion": "材料齐全，内容真实，成效显著，同意推荐参加本年度全国质量标杆遴选。", "outcome": "accept"}
STOP = "单位受理截止"


@dataclass(frozen=True)
class Waiting:
    """An open task and somebody who may do it."""

    task: str
    root: str
    actor: Actor


@dataclass(frozen=True)
class MidSeason:
    """The folder in which databases lie; the one in mid-season is made at its first use, each measurement works on a copy."""

    folder: Path

    @cached_property
    def made(self) -> Path:
        """The database's file, with nobody at it."""
        house = new_house(self.folder / "season", folder=FOLDER, durable=False)
        try:
            play_until(prepare(house, Wish(folder=FOLDER, applications=APPLICATIONS)), stop=STOP, leave=SMALL_FORM)
        finally:
            house.close()
        return self.folder / "season" / "house.db"

    def copy(self, name: str) -> Settings:
        """The settings of a house on a copy of it."""
        home = self.folder / name
        home.mkdir()
        shutil.copy(self.made, home / "house.db")
        return settings_in(home)

    @contextmanager
    def house(self, name: str) -> Iterator[House]:
        """A house on a copy of it, in a process that has settled as one that serves; closed afterwards."""
        house = build(self.copy(name))
        settle()
        try:
            yield house
        finally:
            house.close()


def settings_in(home: Path) -> Settings:
    """The settings of a house whose database and files lie in a folder."""
    return Settings(database_url=f"sqlite:///{home / 'house.db'}", files_folder=home / "files", mail_folder=home / "mail")


def new_house(home: Path, *, folder: Path, durable: bool = True) -> House:
    """A house on an empty database, some days before the season of ``folder`` begins; one that is not ``durable`` waits for no disk."""
    home.mkdir(parents=True)
    return empty_house(settings_in(home), start=first_moment(folder), durable=durable)


def play_until(play: Play, *, stop: str, leave: str | None = None) -> None:
    """Play a season up to a named deadline; the tasks at the element ``leave`` are left open."""
    answer = ANSWERS.get(leave or "")
    if leave is not None:
        ANSWERS[leave] = lambda play, task: False  # noqa: ARG005 - the signature of an answer
    try:
        run(play, until=play.plan[stop])
    finally:
        if leave is not None and answer is not None:
            ANSWERS[leave] = answer


def waiting(house: House, element: str = SMALL_FORM) -> list[Waiting]:
    """The open tasks at an element, each with a person of one of its candidate groups."""
    with house.database.read() as connection:
        found = connection.execute(
            select(task.c.id, task.c.root, task_candidate.c.who)
            .join(task_candidate, task_candidate.c.task == task.c.id)
            .where(task.c.element == element, task.c.state == "open", task_candidate.c.who.startswith("g:"))
            .order_by(task.c.id)
        ).all()
        grants = connection.execute(select(role_grant.c.person, role_grant.c.role, role_grant.c.organisation)).all()
    held = {f"g:{role}@{organisation}": person for person, role, organisation in grants}
    known = {row.id: (row.root, row.who) for row in found if row.who in held}
    return [Waiting(key, root, Actor(id=held[who], name=held[who], groups=frozenset({who[2:]}))) for key, (root, who) in known.items()]


def states(house: House, process: str) -> list[int]:
    """The sizes in bytes of the stored states of a process's running instances."""
    with house.database.read() as connection:
        rows = connection.execute(select(instance.c.state).where(instance.c.process == process, instance.c.status == "running"))
        return [len(state) for (state,) in rows]
