"""One simulated season, photographed at the moments an attacker likes: copies of its database that each test opens as a house of its own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from app.settings import Settings
from app.simulate.answers.base import ANSWERS
from app.simulate.play import Wish, empty_house, first_moment, prepare, run
from app.simulate.world import World
from app.wiring import House, build
from store.selection import tables_people as people
from store.selection.tokens import hashed
from tests.portal import portal  # noqa: F401 - a fixture of every file
from tests.security.moved import move
from web.app import create_app
from web.visitors import token_for

FOLDER = Path("processes/cn-2023")
APPLICATIONS = 20
# photograph -> (element, n): taken when somebody is about to do the task for the n-th time.
MOMENTS = {
    "filing": ("N02b", 3),
    "units": ("N03c", 2),
    "desk": ("N06a", 5),
    "summary": ("N06d", 1),
    "meeting": ("N07c", 1),
    "decided": ("N07d", 1),
    "released": ("N08b", 1),
    "defence": ("N08c", 2),
    "award": ("N07c", 2),
    "objection": ("N12a", 1),
    "approval": ("N13", 1),
}
ROLES = ("season_admin", "office_clerk", "office_director", "meeting_secretary", "caq_approver", "auditor")


@dataclass
class Season:
    """The played season: where its photographs lie, and its people (ids are the same in all of them)."""

    folder: Path
    play: Any
    taken: dict[str, Path] = field(default_factory=dict)

    def photograph(self, name: str) -> None:
        """Copy the database as it is now, and whatever documents there are."""
        target = self.folder / f"{name}.db"
        with self.play.world.house.database.engine.connect() as connection:
            copy = sqlite.connect(target)
            connection.connection.dbapi_connection.backup(copy)
            copy.close()
        self.taken[name] = target

    def signed(self, name: str) -> Path:
        """A photograph in which everybody is signed in, made at its first use."""
        target = self.folder / f"{name}-signed.db"
        if not target.exists():
            shutil.copyfile(self.taken[name], target)
            sign_everybody_in(target, persons=sorted(self.world.cast.persons))
        return target

    @property
    def world(self) -> World:
        """The simulated people's hands."""
        found: World = self.play.world
        return found


def settings_for(database: Path, files: Path, *, url: str = "") -> Settings:
    return Settings(
        database_url=url or f"sqlite:///{database}",
        files_folder=files,
        mail_folder=database.parent / "mail",
        web_public_url="https://selection.example.invalid",
    )


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """The season, played to its end once for all tests of this folder."""
    folder = tmp_path_factory.mktemp("season")
    house = empty_house(settings_for(folder / "season.db", folder / "files"), start=first_moment(FOLDER))
    season = Season(folder, prepare(house, Wish(folder=FOLDER, applications=APPLICATIONS, seed=1)))
    with watched(season):
        run(season.play)
    season.photograph("end")
    yield season
    house.close()


@contextmanager
def watched(season: Season) -> Iterator[None]:
    """Each answer takes its photograph first, when it is the one waited for."""
    kept, counts = dict(ANSWERS), dict.fromkeys(kept_elements(), 0)

    def watching(element: str, answer: Callable[..., bool]) -> Callable[..., bool]:
        def first_look(play: Any, task: Any) -> bool:
            counts[element] += 1
            if element == "N03b" and "ranking" not in season.taken and play.world.now >= play.plan["推荐截止"] - timedelta(hours=40):
                season.photograph("ranking")
            for name in [name for name, moment in MOMENTS.items() if moment == (element, counts[element])]:
                season.photograph(name)
            return answer(play, task)

        return first_look

    ANSWERS.update({element: watching(element, kept[element]) for element in counts})
    try:
        yield
    finally:
        ANSWERS.update(kept)


def kept_elements() -> set[str]:
    return {"N03b", *(element for element, _ in MOMENTS.values())}


def secret_of(person: str) -> str:
    return f"session of {person}"


def sign_everybody_in(database: Path, *, persons: list[str]) -> None:
    """Session rows for these people, so that a test need not prove passwords again and again."""
    house = build(settings_for(database, database.parent / "files"))
    now = house.clock.now()

    def work(connection: Any) -> None:
        for person in persons:
            row = {
                "hash": hashed(secret_of(person)),
                "person": person,
                "created_at": now,
                "seen_at": now,
                "expires": now + timedelta(hours=9),
            }
            connection.execute(insert(people.web_session).values(**row))

    house.database.run(work)
    house.close()


@pytest.fixture
def at(played: Season, tmp_path: Path) -> Iterator[Callable[..., "Scene"]]:
    """Opens a copy of a photograph as a house with pages; ``url``: on that PostgreSQL database."""
    opened: list[Scene] = []

    def open_scene(moment: str, *, name: str = "scene", alter: Callable[[Path], None] | None = None, url: str = "") -> Scene:
        target = tmp_path / f"{name}.db"
        shutil.copyfile(played.signed(moment), target)
        if alter is not None:
            alter(target)
        if url:
            move(target, url)
        shutil.copytree(played.folder / "files", tmp_path / "files", dirs_exist_ok=True)
        house = build(settings_for(target, tmp_path / "files", url=url))
        house = replace(house, wall=house.clock)  # one time for all, stepped by hand
        # The same version in every photograph: read once.
        house.engine.home.versions._loaded.update(played.world.house.engine.home.versions._loaded)
        opened.append(Scene(house, played))
        return opened[-1]

    yield open_scene
    for scene in opened:
        scene.house.close()


@dataclass
class Visitor:
    """A signed-in person (or a stranger) with a browser; unsafe requests carry the right token unless told otherwise."""

    client: TestClient
    secret: str
    person: str | None

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, follow_redirects=False, **more)

    def post(self, path: str, data: Any = None, **more: Any) -> Any:
        token = {"form_token": token_for(self.secret)}
        return self.client.post(path, data={**token, **(data or {})}, follow_redirects=False, **more)


@dataclass
class Scene:
    """One house, its pages, its people."""

    house: House
    season: Season

    def __post_init__(self) -> None:
        self.app = create_app(self.house)

    def visitor(self, person: str | None) -> Visitor:
        client = TestClient(self.app, base_url="https://selection.example.invalid", raise_server_exceptions=False)
        secret = secret_of(person) if person else "a stranger's visit"
        client.cookies.set("session" if person else "visit", secret)
        return Visitor(client, secret, person)

    def holder(self, role: str, organisation: str | None = None) -> str:
        """Somebody who holds the role (for the organisation)."""
        found = select(people.role_grant.c.person).where(people.role_grant.c.role == role)
        if organisation is not None:
            found = found.where(people.role_grant.c.organisation == organisation)
        return str(self.one(found.order_by(people.role_grant.c.person).limit(1)))

    def rows(self, statement: Any) -> list[Any]:
        with self.house.database.read() as connection:
            return list(connection.execute(statement).mappings())

    def stored(self, table: Any) -> list[Any]:
        """All rows of a table as they are stored, to be compared with those of later."""
        with self.house.database.read() as connection:
            return list(connection.exec_driver_sql(str(select(table))).cursor.fetchall())

    def one(self, statement: Any) -> Any:
        with self.house.database.read() as connection:
            return connection.execute(statement).scalars().first()

    def all(self, statement: Any) -> list[Any]:
        with self.house.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def run(self, work: Callable[[Any], Any]) -> Any:
        return self.house.database.run(work)


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Any]:
    """A small house without a season, once on each database."""
    from tests.security.house import SmallScene, small_house

    house = small_house(database_url, tmp_path)
    yield SmallScene(house)
    house.close()


@pytest.fixture
def desk(empty: Any) -> Visitor:
    """The administrator of the small house, before the deployment page."""
    found: Visitor = empty.visitor(empty.person("admin", "season_admin@caq"))
    return found
