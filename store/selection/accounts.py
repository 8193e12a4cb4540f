"""What signing in needs beyond `people`: accounts with their groups, live sessions, failures. No password is hashed and no cookie is made here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, bindparam, delete, or_, select, update

from store.selection import tables_people as t
from store.selection.people import PeopleFacts


@dataclass(frozen=True)
class Account:
    """A person who can sign in, with the groups ``role@organisation``."""

    id: str
    login: str
    name: str
    mail: str | None
    language: str
    active: bool
    password_hash: str | None
    failures: int
    locked_until: datetime | None
    groups: frozenset[str]


@dataclass(frozen=True)
class Counter:
    """Where wrong passwords are counted: the account's row of a browser that it knows, or of a place that it does not know."""

    table: Table
    person: ColumnElement[str]
    where: ColumnElement[bool]


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in, counted: the account, the wrong passwords in a row with this one, and the counter that holds them.

    ``everywhere``: those from all places together that the account does not know; 0 in a browser that it knows.
    """

    account: Account
    failures: int
    counter: Counter
    everywhere: int = 0


KNOWN_FOR = timedelta(days=180)
GUESSES_KEPT = timedelta(days=1)  # wrong passwords from a place are forgotten after this time
_by_id = select(t.person).where(t.person.c.id == bindparam("person"))  # asked with every request


class Accounts(PeopleFacts):
    """Reads and writes on one connection, inside the caller's transaction. Instants are aware UTC."""

    def by_login(self, login: str) -> Account | None:
        """The account of a login name (case does not matter)."""
        return self._account(t.person.c.login == login.strip().lower())

    def by_mail(self, mail: str) -> Account | None:
        """The first active account with a mailbox."""
        return self._account((t.person.c.mail == mail.strip().lower()) & t.person.c.active)

    def by_id(self, person: str) -> Account | None:
        """The account of a person."""
        row = self.connection.execute(_by_id, {"person": person}).mappings().first()
        return None if row is None else _account(row, self.groups_of(row["id"]))

    def everybody(self, *, search: str = "", limit: int = 500, offset: int = 0, without: Collection[str] = ()) -> tuple[Account, ...]:
        """All accounts by name, but those that hold a role of ``without``; ``search`` narrows by name, login or mail."""
        holders = select(t.role_grant.c.person).where(t.role_grant.c.role.in_(sorted(without)))
        statement = select(t.person).where(t.person.c.id.not_in(holders)).order_by(t.person.c.name, t.person.c.id)
        if search:
            statement = statement.where(
                or_(*(c.icontains(search, autoescape=True) for c in (t.person.c.name, t.person.c.login, t.person.c.mail)))
            )
        rows = self.connection.execute(statement.limit(limit).offset(offset)).mappings().all()
        groups = self._groups(row["id"] for row in rows)
        return tuple(_account(row, groups.get(row["id"], frozenset())) for row in rows)

    def set_password(self, person: str, *, password_hash: str) -> None:
        """Set the password, forget failures everywhere and known browsers, and end all sessions of the person."""
        self.change_person(person, password_hash=password_hash, failures=0, locked_until=None)
        for counted in (t.known_browser, t.guess):
            self.connection.execute(delete(counted).where(counted.c.person == person))
        self.end_sessions(person)

    def attempt(self, login: str, *, now: datetime, browser: str = "", place: str = "") -> Attempt | None:
        """Count an attempt to sign in, before the password is looked at: of many at once each counts. None: unknown or locked.

        ``browser`` is the digest of the browser's cookie: where the account knows it, it has a counter of its own. Elsewhere the counter is that
        of the account and the ``place`` (a hash of the address): who guesses in one place locks nobody out in another. Unknown names cost as much.
        """
        name, known = login.strip().lower(), t.known_browser
        knows = select(t.person.c.id).where(t.person.c.login == name, known.c.person == t.person.c.id, known.c.hash == browser)
        if person := self.connection.execute(knows).scalar():
            return self._counted(_browser_of(person, browser), now=now)
        person = self.connection.execute(select(t.person.c.id).where(t.person.c.login == name)).scalar() or ""
        self.connection.execute(delete(t.guess).where(t.guess.c.guessed_at <= now - GUESSES_KEPT))
        self._add_new(t.guess, {"place": place, "person": person}, failures=0, locked_until=None, guessed_at=now)
        attempt = self._counted(_place_of(person, place), now=now) if person else None
        if attempt is None:
            self.next_number("unknown login")
            return None
        free = or_(t.person.c.locked_until.is_(None), t.person.c.locked_until <= now)
        counted = update(t.person).where(t.person.c.id == person, free).values(failures=t.person.c.failures + 1)
        everywhere = self.connection.execute(counted.returning(t.person.c.failures)).scalar()
        return None if everywhere is None else replace(attempt, everywhere=everywhere)

    def _counted(self, counter: Counter, *, now: datetime) -> Attempt | None:
        free = or_(counter.table.c.locked_until.is_(None), counter.table.c.locked_until <= now)
        counted = update(counter.table).where(counter.where, free).values(failures=counter.table.c.failures + 1)
        found = self.connection.execute(counted.returning(counter.person, counter.table.c.failures)).first()
        account = self.by_id(found[0]) if found else None
        return None if found is None or account is None else Attempt(account=account, failures=found[1], counter=counter)

    def hold(self, attempt: Attempt, *, failures: int, until: datetime | None) -> None:
        """Set the counter that the attempt was counted on: wrong passwords in a row, and until when it takes none."""
        counter = attempt.counter
        self.connection.execute(update(counter.table).where(counter.where).values(failures=failures, locked_until=until))

    def hold_everywhere(self, attempt: Attempt, *, failures: int, until: datetime | None) -> None:
        """The same for all places together that the account does not know."""
        self.change_person(attempt.account.id, failures=failures, locked_until=until)

    def knows_browser(self, person: str, *, digest: str, since: datetime) -> bool:
        """Whether the account knows the browser (or a programme's address), and it was proved there after ``since``."""
        known = t.known_browser.c
        found = select(known.person).where(known.person == person, known.hash == digest, known.proved_at > since)
        return self.connection.execute(found).first() is not None

    def know_browser(self, person: str, *, digest: str, former: str, now: datetime) -> None:
        """Somebody proved this account in a browser: its cookie changes from ``former`` to ``digest``; those not used for long are forgotten."""
        known = t.known_browser
        self.connection.execute(delete(known).where(known.c.proved_at <= now - KNOWN_FOR))
        self.connection.execute(update(known).where(known.c.hash == former).values(hash=digest))
        self._put(known, {"hash": digest, "person": person}, failures=0, locked_until=None, proved_at=now)

    def live_session(self, digest: str, *, now: datetime, idle: timedelta) -> tuple[Account, datetime] | None:
        """The account of a live session and when it was last seen; None when it ended, idled out or the account is locked out."""
        row = self.session(digest=digest, now=now)
        if row is None or row.seen_at + idle <= now:
            return None
        account = self.by_id(row.person)
        return (account, row.seen_at) if account is not None and account.active else None

    def seen(self, digest: str, *, now: datetime) -> None:
        """The session was used."""
        self.connection.execute(update(t.web_session).where(t.web_session.c.hash == digest).values(seen_at=now))

    def close_session(self, digest: str) -> None:
        """Signed out."""
        self.connection.execute(delete(t.web_session).where(t.web_session.c.hash == digest))

    def claims(self) -> tuple[dict[str, Any], ...]:
        """Open disputes about a USCC with the present enterprise and the claimant, oldest first."""
        statement = (
            select(t.uscc_dispute, t.enterprise.c.name.label("enterprise_name"), t.enterprise.c.id.label("enterprise"))
            .add_columns(t.person.c.name.label("person_name"), t.person.c.mail)
            .outerjoin(t.enterprise, t.enterprise.c.uscc == t.uscc_dispute.c.uscc)
            .outerjoin(t.person, t.person.c.id == t.uscc_dispute.c.person)
            .where(t.uscc_dispute.c.state == "open")
            .order_by(t.uscc_dispute.c.at)
        )
        return tuple(dict(row) for row in self.connection.execute(statement).mappings())

    def _account(self, condition: ColumnElement[bool]) -> Account | None:
        row = self.connection.execute(select(t.person).where(condition).order_by(t.person.c.id)).mappings().first()
        return None if row is None else _account(row, self.groups_of(row["id"]))

    def _groups(self, persons: Iterable[str]) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for person, role, organisation in self.connection.execute(
            select(t.role_grant.c.person, t.role_grant.c.role, t.role_grant.c.organisation).where(t.role_grant.c.person.in_(list(persons)))
        ):
            found.setdefault(person, set()).add(f"{role}@{organisation}")
        return {person: frozenset(groups) for person, groups in found.items()}


def _place_of(person: str, place: str) -> Counter:
    return Counter(table=t.guess, person=t.guess.c.person, where=(t.guess.c.person == person) & (t.guess.c.place == place))


def _browser_of(person: str, digest: str) -> Counter:
    known = t.known_browser
    return Counter(table=known, person=known.c.person, where=(known.c.person == person) & (known.c.hash == digest))


def _account(row: RowMapping, groups: frozenset[str]) -> Account:
    kept = ("id", "login", "name", "mail", "active", "password_hash", "failures", "locked_until")
    return Account(language=row["locale"], groups=groups, **{name: row[name] for name in kept})
