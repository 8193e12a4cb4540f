"""The demonstration's accounts: one per role, each with a random password of its own, kept in a file beside the database that only its owner reads.

Whoever else does the same has the same password, so that one visitor can play all experts of a group, one after the other.
The database holds hashes only, as for everybody.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.wiring import House, part


@dataclass(frozen=True)
class Account:
    """A demonstration account: the role in the rule book's words, the login, the password."""

    role: str
    login: str
    password: str


def accounts_file(house: House) -> Path:
    """The file of the passwords: beside an embedded database, else in the folder that holds the documents."""
    if house.database.path is not None:
        return house.database.path.with_suffix(".accounts.json")
    name = urlsplit(house.database.url).path.strip("/") or "demo"
    return house.settings.files_folder.parent / f"{name}.accounts.json"


def read_accounts(house: House) -> tuple[Account, ...]:
    """The accounts as they were made with the database; none when their file is gone (then `user passwd` sets new passwords)."""
    path = accounts_file(house)
    if not path.exists():
        return ()
    return tuple(Account(**row) for row in json.loads(path.read_text("utf-8")))


def give_passwords(house: House, people: Iterable[tuple[str, str]]) -> None:
    """Give each person (role's name, login) a random password and write them down for the owner of the installation."""
    accounts = tuple(Account(role=role, login=login, password=secrets.token_urlsafe(12)) for role, login in people)
    path = accounts_file(house)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump([asdict(account) for account in accounts], file, ensure_ascii=False, indent=2)
    hash_password = part("web.passwords", "hash_password")
    hashes = {account.login: hash_password(account.password) for account in accounts}
    house.database.run(lambda connection: _set_hashes(connection, hashes))


def _set_hashes(connection: Any, hashes: dict[str, str]) -> None:
    people = part("store.selection.facts", "Facts")(connection).people
    alike = {_kind(login): hashed for login, hashed in reversed(hashes.items())}  # of several, the first
    for login in people.logins():
        hashed = hashes.get(login, alike.get(_kind(login)))
        if hashed is not None:
            people.change_person(people.person_by_login(login).id, password_hash=hashed)


def _kind(login: str) -> str:
    """What a login of the demonstration is called without its number or place: `expert0005` → `expert`, `officer-ru-ln` → `officer`."""
    return login.partition("-")[0].rstrip("0123456789")
