"""Facts of people and organisations: accounts, grants, enterprises, units, experts, the committee."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, false, or_, select

from selection.errors import Refused
from selection.rights import OF_A_SEASON
from store.selection import tables_people as t
from store.selection.subject import Fact, Subject


@dataclass(frozen=True)
class Address:
    """Where somebody gets mail: id, name, address, language."""

    id: str
    name: str
    mail: str
    language: str = "zh"


class PeopleFacts(Subject):
    """Accounts, grants, enterprises, units and experts."""

    # accounts
    def add_person(
        self, *, login: str, name: str, mail: str | None, at: datetime, password_hash: str | None = None, phone: str | None = None
    ) -> str:
        """Add an account and return its id. Logins are unique."""
        person = self.next_id("P", digits=4)
        self._add(
            t.person,
            id=person,
            login=login,
            name=name,
            mail=mail,
            phone=phone,
            password_hash=password_hash,
            created_at=at,
            locale="zh",
            active=True,
        )
        return person

    def person(self, person: str) -> Fact | None:
        """An account by id."""
        return self._one(t.person, id=person)

    def person_by_login(self, login: str) -> Fact | None:
        """An account by login."""
        return self._one(t.person, login=login)

    def logins(self) -> list[str]:
        """The logins of all accounts, the oldest first."""
        return list(self.connection.execute(select(t.person.c.login).order_by(t.person.c.id)).scalars())

    def change_person(self, person: str, **values: object) -> None:
        """Change columns of an account."""
        self._set(t.person, {"id": person}, **values)

    def give(self, *, person: str, role: str, organisation: str, at: datetime, by: str) -> None:
        """Grant ``role@organisation`` (nothing happens if granted already)."""
        if self._one(t.role_grant, person=person, role=role, organisation=organisation) is None:
            self._add(t.role_grant, person=person, role=role, organisation=organisation, granted_at=at, granted_by=by)

    def refuse_unknown_season(self, *, role: str, organisation: str) -> None:
        """Raise Refused for a committee's role that names no season: each season has a committee of its own (办法 §13)."""
        if role in OF_A_SEASON and self._one(t.season, id=organisation) is None:
            raise Refused(
                "people.season",
                zh=f"评审委员会按年度组建，单位代码请填写活动代号（如 cn-2023），没有“{organisation[:40]}”",
                en=f"a committee belongs to a season: name one (such as cn-2023), there is no {organisation[:40]!r}",
            )

    def take(self, *, person: str, role: str, organisation: str) -> None:
        """Take a grant back."""
        table = t.role_grant
        where = (table.c.person == person, table.c.role == role, table.c.organisation == organisation)
        self.connection.execute(delete(table).where(*where))

    def groups_of(self, person: str) -> frozenset[str]:
        """All ``role@organisation`` of a person."""
        return frozenset(f"{row.role}@{row.organisation}" for row in self._all(t.role_grant, person=person))

    def members_of(self, *groups: str) -> list[Fact]:
        """Active accounts with one of the grants ``role@organisation``, each once."""
        named = [group.partition("@")[::2] for group in groups]
        granted = (and_(t.role_grant.c.role == role, t.role_grant.c.organisation == organisation) for role, organisation in named)
        holders = select(t.role_grant.c.person).where(or_(false(), *granted))
        return list(self.connection.execute(select(t.person).where(t.person.c.id.in_(holders), t.person.c.active).order_by(t.person.c.id)))

    def addresses(self, to: str) -> list[Address]:
        """Who is meant by a person's id, an expert's or enterprise's id, or a group ``role@organisation``; empty when nobody has a mailbox."""
        if "@" in to:
            found = [Address(row.id, row.name, row.mail, row.locale) for row in self.members_of(to) if row.mail]
            return found or self._organisation_address(to.partition("@")[2])
        person = self.person(to)
        return [Address(person.id, person.name, person.mail, person.locale)] if person and person.mail else self._organisation_address(to)

    def _organisation_address(self, organisation: str) -> list[Address]:
        for table in (t.enterprise, t.expert):
            row = self._one(table, id=organisation)
            if row is not None and row.mail:
                return [Address(row.id, row.name, row.mail)]
        units = [row for row in self._all(t.unit, code=organisation) if row.mail]
        return [Address(row.code, row.name, row.mail) for row in units[:1]]

    # tokens and sessions: only hashes are kept
    def add_token(
        self, *, digest: str, purpose: str, person: str | None, mail: str | None, grants: Sequence[str], at: datetime, expires: datetime,
        name: str = "", by: str = "",
    ) -> None:  # fmt: skip
        """Keep an invitation, reset or mailbox proof; ``name`` and ``grants`` (given ``by`` somebody) are the account's once it is used."""
        self._add(
            t.token, hash=digest, purpose=purpose, person=person, mail=mail, name=name, grants=list(grants), by=by, created_at=at,
            expires=expires,
        )  # fmt: skip

    def live_tokens(self, *, purposes: Collection[str], now: datetime, mail: str | None = None) -> list[Fact]:
        """What was mailed (to a mailbox) and can still be used, oldest first."""
        token = t.token.c
        live = select(t.token).where(token.purpose.in_(sorted(purposes)), token.used_at.is_(None), token.expires > now)
        mailed = live if mail is None else live.where(token.mail == mail)
        return list(self.connection.execute(mailed.order_by(token.created_at, token.hash)))

    def live_token(self, *, digest: str, purpose: str, now: datetime) -> Fact | None:
        """The token; None when unknown, used or expired."""
        row = self._one(t.token, hash=digest, purpose=purpose, used_at=None)
        return row if row is not None and row.expires > now else None

    def use_token(self, *, digest: str, purpose: str, now: datetime) -> Fact | None:
        """The token, used up by this call; None when unknown, used or expired."""
        row = self.live_token(digest=digest, purpose=purpose, now=now)
        return row if row is not None and self._set(t.token, {"hash": digest, "used_at": None}, used_at=now) else None

    def add_session(self, *, digest: str, person: str, at: datetime, expires: datetime) -> None:
        """Begin a session."""
        self._add(t.web_session, hash=digest, person=person, created_at=at, seen_at=at, expires=expires)

    def session(self, *, digest: str, now: datetime) -> Fact | None:
        """The live session of a cookie."""
        row = self._one(t.web_session, hash=digest)
        return row if row is not None and row.expires > now else None

    def end_sessions(self, person: str) -> None:
        """End all sessions of a person (password changed, account closed)."""
        self.connection.execute(delete(t.web_session).where(t.web_session.c.person == person))

    # enterprises
    def bind_enterprise(
        self,
        *,
        uscc: str,
        name: str,
        by: str,
        at: datetime,
        group_name: str | None = None,
        contact: str | None = None,
        mail: str | None = None,
    ) -> str:
        """Bind a USCC to an account and return the enterprise's id; the unique key refuses a second binding."""
        enterprise = self.next_id("E")
        self._add(
            t.enterprise, id=enterprise, uscc=uscc, name=name, group_name=group_name, contact=contact, mail=mail, bound_by=by, bound_at=at
        )
        return enterprise

    def enterprise(self, enterprise: str) -> Fact | None:
        """An enterprise by id."""
        return self._one(t.enterprise, id=enterprise)

    def lock_enterprise(self, enterprise: str) -> None:
        """Lock the enterprise's row until the commit: of two submissions at once the later sees the earlier (E13)."""
        self.connection.execute(select(t.enterprise.c.id).where(t.enterprise.c.id == enterprise).with_for_update())

    def enterprise_by_uscc(self, uscc: str) -> Fact | None:
        """An enterprise by its unified social credit code."""
        return self._one(t.enterprise, uscc=uscc)

    def change_enterprise(self, enterprise: str, **values: object) -> None:
        """Change columns of an enterprise."""
        self._set(t.enterprise, {"id": enterprise}, **values)

    def dispute_uscc(self, *, uscc: str, person: str, statement: str, at: datetime) -> str:
        """Note that somebody else claims a bound USCC; the office decides."""
        dispute = self.next_id("D")
        self._add(t.uscc_dispute, id=dispute, uscc=uscc, person=person, statement=statement, state="open", at=at)
        return dispute

    def disputes(self, *, state: str = "open") -> list[Fact]:
        """Disputes about a USCC."""
        return self._all(t.uscc_dispute, order=("at",), state=state)

    def decide_dispute(self, *, dispute: str, state: str, reason: str, by: str, at: datetime) -> None:
        """Decide a dispute (``granted`` or ``refused``)."""
        self._set(t.uscc_dispute, {"id": dispute}, state=state, reason=reason, decided_by=by, decided_at=at)

    # units
    def add_unit(self, *, season: str, code: str, name: str, kind: str | None, base: int, widened: int, mail: str | None = None) -> None:
        """Put a recommending unit on the season's list, or correct its name and places."""
        values = {"name": name, "kind": kind, "base": base, "widened": widened} | ({"mail": mail} if mail else {})
        self._put(t.unit, {"season": season, "code": code}, **values)

    def unit(self, *, season: str, code: str) -> Fact | None:
        """One unit of the season."""
        return self._one(t.unit, season=season, code=code)

    def lock_unit(self, *, season: str, code: str) -> Fact | None:
        """One unit, its row locked until the commit: places are counted alone."""
        where = (t.unit.c.season == season, t.unit.c.code == code)
        return self.connection.execute(select(t.unit).where(*where).with_for_update()).first()

    def units(self, season: str) -> list[Fact]:
        """The season's list of units."""
        return self._all(t.unit, order=("code",), season=season)

    def change_unit(self, *, season: str, code: str, **values: object) -> None:
        """Change columns of a unit (own intake deadline, widened, delivered)."""
        self._set(t.unit, {"season": season, "code": code}, **values)

    def preregister(self, *, season: str, unit: str, uscc: str, experience_name: str, enterprise_name: str, at: datetime, by: str) -> None:
        """Add to the unit's own list of experiences chosen before they are filed."""
        where: dict[str, object] = {"season": season, "unit": unit, "uscc": uscc, "experience_name": experience_name}
        self._put(t.preregistered, where, enterprise_name=enterprise_name, at=at, by=by)

    def preregistered(self, *, season: str, unit: str) -> list[Fact]:
        """The unit's own list."""
        return self._all(t.preregistered, order=("uscc",), season=season, unit=unit)

    def sealed_lines(self, *, season: str, uscc: str) -> list[Fact]:
        """The lines of all units' own lists that name an enterprise."""
        return self._all(t.preregistered, order=("unit",), season=season, uscc=uscc)

    # experts and committee
    def add_expert(self, *, name: str, employer: str, fields: Iterable[str], industries: Iterable[str], **more: object) -> str:
        """Put an expert into the pool and return the id."""
        expert = self.next_id("X")
        self._add(t.expert, id=expert, name=name, employer=employer, fields=list(fields), industries=list(industries), **more)
        return expert

    def expert(self, expert: str) -> Fact | None:
        """One expert."""
        return self._one(t.expert, id=expert)

    def experts(self, ids: Iterable[str] | None = None) -> list[Fact]:
        """The pool, or those named."""
        return self._all(t.expert, order=("id",)) if ids is None else self._all(t.expert, order=("id",), id=list(ids))

    def change_expert(self, expert: str, **values: object) -> None:
        """Change columns of an expert."""
        self._set(t.expert, {"id": expert}, **values)

    def set_invitation(
        self, *, season: str, expert: str, state: str, at: datetime, turn: int | None = None, reason: str | None = None,
        recorded_by: str | None = None,
    ) -> None:  # fmt: skip
        """Move an expert's invitation on: picked, invited, accepted, declined, lapsed.

        ``recorded_by``: who of the office recorded the reply from the expert's paper (代录).
        """
        values: dict[str, object] = {"state": state, "at": at, "reason": reason, "recorded_by": recorded_by}
        values |= {} if turn is None else {"round": turn}
        self._put(t.invitation, {"season": season, "expert": expert}, **values)

    def invitation(self, *, season: str, expert: str) -> Fact | None:
        """An expert's invitation."""
        return self._one(t.invitation, season=season, expert=expert)

    def invitations(self, season: str, *, state: str | None = None) -> list[Fact]:
        """Invitations of the season."""
        return self._all(t.invitation, order=("expert",), season=season, **({} if state is None else {"state": state}))

    def seat_committee(self, *, season: str, offices: Mapping[str, str]) -> None:
        """Put together the committee: expert → chair, vice_chair or member."""
        self.connection.execute(delete(t.committee_seat).where(t.committee_seat.c.season == season))
        self._add_all(t.committee_seat, [{"season": season, "expert": expert, "office": office} for expert, office in offices.items()])

    def join_committee(self, *, season: str, expert: str, by: str, at: datetime) -> None:
        """An expert who takes a confirmed seat is of the committee, too (nothing happens if already)."""
        if self._one(t.committee_seat, season=season, expert=expert) is None:
            self._add(t.committee_seat, season=season, expert=expert, office="member", confirmed_at=at, confirmed_by=by)

    def confirm_committee(self, *, season: str, at: datetime, by: str) -> None:
        """Note the director's confirmation."""
        self._set(t.committee_seat, {"season": season}, confirmed_at=at, confirmed_by=by)

    def committee(self, season: str) -> list[Fact]:
        """The season's committee."""
        return self._all(t.committee_seat, order=("expert",), season=season)
