"""Who takes part in a simulated season, written as facts: the office, units, enterprises, experts. Nobody has a password."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from app.simulate import names
from engine import Actor

OFFICE = "caq"


@dataclass(frozen=True)
class Enterprise:
    """An applicant: its id, name, USCC and the person who acts for it."""

    id: str
    name: str
    uscc: str
    unit: str
    person: Actor


@dataclass(frozen=True)
class Expert:
    """An expert of the pool and the account that acts."""

    id: str
    name: str
    employer_uscc: str | None
    person: Actor


@dataclass
class Cast:
    """All persons by the group they hold; ``holder`` finds somebody who may do a task."""

    enterprises: list[Enterprise] = field(default_factory=list)
    experts: list[Expert] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    persons: dict[str, Actor] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)

    def add(self, person: str, name: str, groups: Iterable[str]) -> Actor:
        """Remember a person with groups."""
        actor = Actor(id=person, name=name, groups=frozenset(groups))
        self.persons[person] = actor
        for group in actor.groups:
            self.groups.setdefault(group, []).append(person)
        return actor

    def give(self, person: str, group: str) -> None:
        """Somebody gets one more group (as facts gave it)."""
        old = self.persons[person]
        if group not in old.groups:
            self.add_again(Actor(id=old.id, name=old.name, groups=old.groups | {group}), group)

    def add_again(self, actor: Actor, group: str) -> None:
        """Replace a person's groups."""
        self.persons[actor.id] = actor
        self.groups.setdefault(group, []).append(actor.id)

    def holder(self, groups: Iterable[str], *, but_not: Iterable[str] = ()) -> Actor | None:
        """The first person who holds one of the groups and is not excluded (a second person is wanted)."""
        excluded = frozenset(but_not)
        for group in groups:
            for person in self.groups.get(group, ()):
                if person not in excluded:
                    return self.persons[person]
        return None

    def one(self, role: str, organisation: str = OFFICE) -> Actor:
        """Somebody with the role; KeyError when nobody has it."""
        return self.persons[self.groups[f"{role}@{organisation}"][0]]


_STAFF = (
    ("season_admin", "活动管理员", 1),
    ("office_clerk", "办公室经办人", 3),
    ("office_director", "办公室负责人", 1),
    ("meeting_secretary", "会议秘书", 1),
    ("caq_approver", "批准人", 1),
    ("auditor", "监督人员", 1),
)


class Casting:
    """Writes the people of a season as facts and remembers them."""

    def __init__(self, *, facts: Any, season: str, now: datetime, random: Random) -> None:
        """``facts`` of the transaction in which the people are written."""
        self.facts, self.season, self.now, self.random = facts, season, now, random
        self.cast = Cast()

    def everybody(self, *, units: list[dict[str, Any]], enterprises: int, experts: int, base: int, widened: int, approvers: Sequence[str] = ()) -> Cast:
        """The office, one officer per unit, the enterprises spread over the units, the experts, whoever else approves the result, a subscriber."""
        self.office()
        for unit in units:
            self.unit(unit, base=base, widened=widened)
        for number in range(1, enterprises + 1):
            self.enterprise(number, unit=units[(number - 1) % len(units)]["code"])
        for number in range(1, experts + 1):
            self.expert(number)
        for number, group in enumerate(approvers, 1):
            role, organisation = group.split("@")
            self._person(f"approver{number}", names.person(self.random), [(role, organisation)])
        self.facts.subscribers.confirm(address=names.mailbox("subscriber"), language="zh", secret=secrets.token_urlsafe(24), at=self.now)
        return self.cast

    def _person(self, login: str, name: str, groups: list[tuple[str, str]]) -> Actor:
        person = self.facts.people.add_person(login=login, name=name, mail=names.mailbox(login), at=self.now)
        for role, organisation in groups:
            self.facts.people.give(person=person, role=role, organisation=organisation, at=self.now, by="simulate")
        return self.cast.add(person, name, [f"{role}@{organisation}" for role, organisation in groups])

    def office(self) -> None:
        """The people of the association's office."""
        for role, _title, count in _STAFF:
            for number in range(1, count + 1):
                self._person(f"{role}{number}", names.person(self.random), [(role, OFFICE)])

    def unit(self, unit: dict[str, Any], *, base: int, widened: int) -> None:
        """A recommending unit with its mailbox and one officer."""
        self.facts.people.add_unit(
            season=self.season,
            code=unit["code"],
            name=unit["name"],
            kind=unit["kind"],
            base=base,
            widened=widened,
            mail=names.mailbox(unit["code"]),
        )
        self._person(f"officer-{unit['code'].lower()}", names.person(self.random), [("ru_officer", unit["code"])])
        self.cast.units.append(unit["code"])

    def leader(self, unit: str) -> None:
        """The leader of a unit, who reads along where the unit does not have its leader sign off (`leader_signs`)."""
        self._person(f"leader-{unit.lower()}", names.person(self.random), [("ru_leader", unit)])

    def enterprise(self, number: int, *, unit: str) -> None:
        """An enterprise bound to the person who acts for it."""
        name, uscc = names.enterprise(self.random, number), names.uscc(number)
        login = f"applicant{number:04d}"
        person = self.facts.people.add_person(login=login, name=names.person(self.random), mail=names.mailbox(login), at=self.now)
        bound = self.facts.people.bind_enterprise(uscc=uscc, name=name, by=person, at=self.now, mail=names.mailbox(login))
        if number > 1:  # the first one's contact has yet to answer the letter (§4.2)
            self.facts.contacts.confirm(groups=[f"contact@{bound}"], mail=names.mailbox("contact", bound), at=self.now)
        groups = []
        for role in ("applicant_editor", "applicant_signatory"):
            self.facts.people.give(person=person, role=role, organisation=bound, at=self.now, by="simulate")
            groups.append(f"{role}@{bound}")
        actor = self.cast.add(person, name, groups)
        self.cast.enterprises.append(Enterprise(id=bound, name=name, uscc=uscc, unit=unit, person=actor))

    def expert(self, number: int) -> None:
        """An expert of the pool with an account."""
        name = names.person(self.random)
        expert = self.facts.people.add_expert(
            name=name,
            employer=f"模拟研究院{number:03d}",
            fields=["质量方法", "质量管理"] if number % 2 else ["行业技术"],
            industries=["34", "35", "38"],
            employer_uscc=names.uscc(900_000 + number),
            mail=names.mailbox(f"expert{number:04d}"),
        )
        actor = self._person(f"expert{number:04d}", name, [("expert", expert)])
        self.cast.experts.append(Expert(id=expert, name=name, employer_uscc=names.uscc(900_000 + number), person=actor))
