"""A small house with a real database on either product, and people who are signed in: for attacks that need no season played."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app.clock import ManualClock
from app.settings import Settings
from app.wiring import House, build
from store.selection.accounts import Accounts
from store.selection.tokens import hashed
from tests.security.conftest import Visitor, secret_of
from web.app import create_app

NOW = datetime(2023, 9, 1, 2, 0, tzinfo=UTC)
SITE = "https://selection.example.invalid"


def small_house(database_url: str, folder: Path) -> House:
    """The house of an installation whose season was not deployed yet."""
    settings = Settings(database_url=database_url, files_folder=folder / "files", mail_folder=folder / "mail", web_public_url=SITE)
    return build(settings, clock=ManualClock(NOW))


@dataclass
class SmallScene:
    """One house and its pages."""

    house: House

    def __post_init__(self) -> None:
        self.app = create_app(self.house)

    def person(self, login: str, *groups: str, mail: str | None = None, password_hash: str | None = None) -> str:
        """A new account with its groups ``role@organisation`` and a session."""

        def work(connection: Any) -> str:
            accounts, now = Accounts(connection), self.house.clock.now()
            new = accounts.add_person(login=login, name=login, mail=mail, at=now, password_hash=password_hash)
            for group in groups:
                role, _, organisation = group.partition("@")
                accounts.give(person=new, role=role, organisation=organisation, at=now, by="test")
            accounts.add_session(digest=hashed(secret_of(new)), person=new, at=now, expires=now + timedelta(hours=9))
            return new

        return str(self.house.database.run(work))

    def visitor(self, person: str | None) -> Visitor:
        """A browser of a person, or of a stranger."""
        client = TestClient(self.app, base_url=SITE, raise_server_exceptions=False)
        secret = secret_of(person) if person else "a stranger's visit"
        client.cookies.set("session" if person else "visit", secret)
        return Visitor(client, secret, person)

    def rows(self, statement: Any) -> list[Any]:
        """What a statement finds."""
        with self.house.database.read() as connection:
            return list(connection.execute(statement).mappings())
