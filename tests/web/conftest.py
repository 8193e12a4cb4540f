"""A house with a real database and a clock that stands still, and browsers without a window."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from engine import Engine
from engine.contract import Registry
from store.database import Database
from store.selection import tables_people as people
from store.selection.accounts import Accounts
from tests.portal import portal  # noqa: F401 - a fixture of every file
from tests.small_engine import Nobody
from web.app import create_app
from web.passwords import hash_password

NOW = datetime(2023, 9, 1, 2, 0, tzinfo=UTC)
PASSWORD = "a sentence that people remember"


@dataclass
class StillClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Settings:
    public_url: str = "https://selection.example.invalid"
    secure_cookies: bool = False
    office_name: str = "全国质量标杆工作办公室"
    office_phone: str = "010-68416386"
    office_mail: str = "qmb@caq.org.cn"
    session_idle: timedelta = timedelta(minutes=30)
    session_absolute: timedelta = timedelta(hours=10)
    upload_limit: int = 20_000_000
    limit_signins: int = 300
    limit_mails: int = 30
    limit_objections: int = 10
    limit_lookups: int = 120
    limit_downloads: int = 600
    limit_uploads: int = 600


@dataclass
class House:
    database: Database
    clock: StillClock = field(default_factory=StillClock)
    settings: Any = field(default_factory=Settings)
    engine: Any = None
    files: Any = None
    outbox: Any = None

    @property
    def wall(self) -> StillClock:
        """One time for all here."""
        return self.clock

    def tell(self, hook: str, *, actor: Any, season: str = "", **told: Any) -> int:
        """No season is deployed here, so there is nobody to tell."""
        return 0


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    database, clock = Database(sqlite_url), StillClock()
    yield House(database=database, clock=clock, engine=Engine(database=database, registry=Registry(), policy=Nobody(), clock=clock))
    database.close()


@dataclass
class Browser:
    """One person's browser: follows redirects, sends the token that its last page carried."""

    client: TestClient

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def token(self, page: str = "/login") -> str:
        """What the forms of its pages carry, the same until somebody signs in."""
        return str(self.client.get(page, follow_redirects=True).text.partition('name="form_token" value="')[2].partition('"')[0])

    def post(self, path: str, data: Any = None, **more: Any) -> Any:
        found = self.token("/healthz" if more.pop("blind", False) else "/login")
        return self.client.post(path, data={"form_token": found, **(data or {})}, **more)

    def sign_in(self, login: str, password: str = PASSWORD) -> Any:
        return self.post("/login", {"login": login, "password": password})


@pytest.fixture
def browser(house: House) -> Callable[[], Browser]:
    app = create_app(house)
    return lambda: Browser(TestClient(app, base_url="http://testserver", raise_server_exceptions=False))


@pytest.fixture
def person(house: House) -> Callable[..., str]:
    hashed = hash_password(PASSWORD)

    def add(login: str, *groups: str, mail: str | None = None) -> str:
        def work(connection: Any) -> str:
            accounts = Accounts(connection)
            new = accounts.add_person(login=login, name=login, mail=mail, at=house.clock.now(), password_hash=hashed)
            for group in groups:
                role, _, organisation = group.partition("@")
                accounts.give(person=new, role=role, organisation=organisation, at=house.clock.now(), by="test")
            return new

        return house.database.run(work)

    return add


@pytest.fixture
def season(house: House) -> str:
    def work(connection: Any) -> None:
        connection.execute(insert(people.season).values(id="cn-2023", year=2023, title="2023年全国质量标杆", state="open"))
        people_facts = Accounts(connection)
        people_facts.add_unit(season="cn-2023", code="RU-LN", name="辽宁省工业和信息化厅", kind="province", base=3, widened=5)

    house.database.run(work)
    return "cn-2023"
