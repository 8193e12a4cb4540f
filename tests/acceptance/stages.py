"""One season, played once, photographed at its stages: a story begins where it needs to, on a copy of the house of that moment.

Eight applications: A001 to A006 name one recommending unit (places for three, five when widened), A007 and A008 another one.
Nothing is planted: whatever goes wrong, goes wrong in a story.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.settings import Settings
from app.simulate import play as plays
from app.simulate.answers.base import ANSWERS, Play
from app.simulate.script import QUOTA
from app.simulate.world import Task
from app.wiring import build
from store.database import Database
from store.selection import tables_people
from store.selection.accounts import Accounts
from web.passwords import hash_password

FOLDER = Path("processes/cn-2023")
PASSWORD = "a sentence that people remember"
CROWDED, SMALL = "RU-BJ", "RU-TJ"
QUALITY = {1: 95.0, 2: 93.0, 3: 91.0, 4: 89.0, 5: 75.0, 6: 60.0, 7: 92.0, 8: 67.0}


@dataclass(frozen=True)
class Stage:
    """A step that nobody has begun yet; not before a deadline of the plan and so much later."""

    step: str
    after: str = "申报开始"
    later: timedelta = timedelta()


# In the order of the season.
STAGES = {
    "申报": Stage("N05a"),
    "签署": Stage("N02b", later=timedelta(days=11)),
    "初审": Stage("N03a", later=timedelta(days=12)),
    "排序": Stage("N03b", after="推荐截止", later=-timedelta(hours=39)),
    "形式审查": Stage("N04a"),
    "分组": Stage("N05d"),
    "资料评审": Stage("N05c"),
    "汇总": Stage("N06d"),
    "合议": Stage("N07a"),
    "发布入围": Stage("N07d"),
    "答辩": Stage("N08a"),
    "第二次合议": Stage("N07a"),
    "公示": Stage("N11a"),
    "公告": Stage("N13a"),
    "已公告": Stage("N15a"),
}
PLANTS = (
    "second person", "conflict before scoring", "conflict after scoring", "no quorum", "sent back", "dispersion", "imported", "correction",
    "title correction", "paper sheet", "paper reply", "paper declaration",
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """The house at a stage: its folder and who takes part."""

    folder: Path
    play: Play


class Album:
    """The pictures of one played season."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pictures: dict[str, Picture] = {}
        self.waiting = list(STAGES)
        self.seen: dict[str, int] = {}

    def take(self) -> None:
        """Play the season and take every picture."""
        house = plays.empty_house(settings_of(self.folder / "original"), start=plays.first_moment(FOLDER))
        play = plays.prepare(house, plays.Wish(folder=FOLDER, applications=len(QUALITY)))
        cast_parts(play)
        give_passwords(play)
        with self.patience():
            plays.run(play, until=play.plan["公告"] + timedelta(days=2))
        house.close()
        assert not self.waiting, f"the season never came to {self.waiting}"

    def take_one(self, play: Play) -> None:
        """Take the picture of the stage that comes next."""
        folder = self.folder / f"stage{len(self.pictures)}"
        play.world.house.outbox.deliver_due()
        copy_house(self.folder / "original", folder)
        self.pictures[self.waiting.pop(0)] = Picture(folder, remembered(play))

    @contextmanager
    def patience(self) -> Iterator[None]:
        """A step whose picture is to be taken is left alone until everything else has come to rest."""
        before = dict(ANSWERS)

        def patient(answer: Callable[[Play, Task], bool]) -> Callable[[Play, Task], bool]:
            def ask(play: Play, task: Task) -> bool:
                if not self.waiting or task.element != STAGES[self.waiting[0]].step:
                    return answer(play, task)
                return self.hold(play, task)

            return ask

        ANSWERS.update({element: patient(answer) for element, answer in before.items()})
        try:
            yield
        finally:
            ANSWERS.update(before)

    def hold(self, play: Play, task: Task) -> bool:
        """Wait another round while somebody is still busy; then take the picture."""
        stage = STAGES[self.waiting[0]]
        if play.world.now < play.plan[stage.after] + stage.later:
            return False
        if self.seen.get(task.id) == play.world.transitions:
            self.take_one(play)
        self.seen[task.id] = play.world.transitions
        return True


def remembered(play: Play) -> Play:
    """Who takes part and what was done so far, without the house it was done in."""
    shared = {id(play.rules): play.rules, id(play.world.house): None}
    return deepcopy(play, shared)


def cast_parts(play: Play) -> None:
    """Everybody goes the ordinary way; the first six name one unit."""
    for part in play.parts:
        part.fate, part.quality = QUOTA if part.number == 1 else "plain", QUALITY[part.number]
        part.unit = CROWDED if part.number <= 6 else SMALL
        part.form["cover"]["recommending_unit_name"] = part.unit
        part.form["application_table"]["recommending_unit_id"] = part.unit
    play.marks.update(PLANTS)
    play.marks.update(f"sleeper G1/{expert.id}" for expert in play.world.cast.experts)


def give_passwords(play: Play) -> None:
    """Everybody of the cast can sign in."""
    hashed = hash_password(PASSWORD)

    def work(connection: object) -> None:
        for person in play.world.cast.persons:
            Accounts(connection).set_password(person, password_hash=hashed)

    play.world.house.database.run(work)


def settings_of(folder: Path, *, database_url: str | None = None) -> Settings:
    """The settings of a house in a folder; sessions outlast every story."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Settings.load(
        environment={},
        database_url=database_url or f"sqlite:///{folder / 'house.db'}",
        files_folder=folder / "files",
        mail_folder=folder / "mail",
    )
    return replace(
        made, session_idle=timedelta(days=2000), session_absolute=timedelta(days=2000), web_public_url="https://selection.example.invalid"
    )


def mailbox(house: Any, login: str) -> str:
    """The address of an account."""
    with house.database.read() as connection:
        return str(connection.execute(select(tables_people.person.c.mail).where(tables_people.person.c.login == login)).scalar_one())


def copy_house(source: Path, target: Path) -> None:
    """Copy a house, at rest or at work: its database as one snapshot, its files."""
    target.mkdir(parents=True)
    before = Database(f"sqlite:///{source / 'house.db'}")
    with closing(before.engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(target / "house.db"),))
    before.close()
    if (source / "files").exists():
        shutil.copytree(source / "files", target / "files")


def open_copy(picture: Picture, folder: Path) -> tuple[object, Play]:
    """A house of its own for a story, and the company that can go on playing in it."""
    copy_house(picture.folder, folder)
    house = build(settings_of(folder))
    play = remembered(picture.play)
    play.world.house = house
    return house, play
