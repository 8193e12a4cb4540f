"""Invariants of accounts, their roles and the numbers given out, each a named function that gives its violations as sentences. Reads only."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Table, exists, select

from selection.rights import separation_problems
from store.engine.tables import task
from store.selection import tables_application as a
from store.selection import tables_people as p
from store.selection import tables_result as r
from store.selection import tables_review as v

Violations = Iterator[str]
Check = Callable[[Connection], Violations]
# What the organisation of a role is the id of; of other roles it is a house that has no row.
OF = {
    "applicant_editor": p.enterprise.c.id, "applicant_signatory": p.enterprise.c.id, "ru_officer": p.unit.c.code, "ru_leader": p.unit.c.code,
    "expert": p.expert.c.id, "group_leader": v.review_group.c.id, "group_member": v.review_group.c.id, "committee_chair": p.season.c.id,
    "committee_vice_chair": p.season.c.id, "committee_member": p.season.c.id,
}  # fmt: skip
NUMBERED: dict[str, Table] = {
    "A": a.application, "B": r.batch, "D": p.uscc_dispute, "E": p.enterprise, "F": a.document, "G": v.review_group, "K": p.access_token,
    "M": v.meeting, "O": r.objection, "P": p.person, "R": r.revocation, "U": p.subscriber, "V": v.site_visit, "W": a.widening, "X": p.expert,
}  # fmt: skip


def roles_are_of_what_is_there(connection: Connection) -> Violations:
    """Each role is held by an account, at an enterprise, unit, group, season or expert that there is."""
    grant = p.role_grant.c
    lost = select(grant.person, grant.role, grant.organisation).where(~exists().where(p.person.c.id == grant.person))
    yield from (f"{row.role}@{row.organisation} is held by {row.person}, who is not there" for row in connection.execute(lost))
    for role, place in OF.items():
        stray = select(grant.person, grant.organisation).where(grant.role == role, ~exists().where(place == grant.organisation))
        yield from (f"{row.person} is {role} of {row.organisation}, which is not there" for row in connection.execute(stray))


def applicants_serve_one_enterprise(connection: Connection) -> Violations:
    """An applicant's account belongs to one enterprise (A-03)."""
    held: defaultdict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(p.role_grant).where(p.role_grant.c.role.startswith("applicant_"))):
        held[row.person].add(f"{row.role}@{row.organisation}")
    yield from (f"{person} applies for several enterprises" for person, groups in held.items() if separation_problems(groups, apart=()))


def locked_accounts_are_signed_out(connection: Connection) -> Violations:
    """Nobody is signed in with an account that is locked or is not there."""
    active = exists().where(p.person.c.id == p.web_session.c.person, p.person.c.active)
    for person in connection.execute(select(p.web_session.c.person).where(~active).distinct()).scalars():
        yield f"{person} is signed in, yet locked or gone"


def tasks_are_held_by_people(connection: Connection) -> Violations:
    """Whoever holds an open task of a season has an account: nobody else could ever do it."""
    seasons, people = select(p.season.c.id), select(p.person.c.id)
    lost = select(task.c.id, task.c.assignee).where(task.c.state == "open", task.c.tenant.in_(seasons), task.c.assignee.not_in(people))
    yield from (f"task {row.id} is held by {row.assignee}, who is not there" for row in connection.execute(lost))


def numbers_run_ahead(connection: Connection) -> Violations:
    """What counts identifiers stands at the highest that was given out, or beyond: the next one is new."""
    last = {row.kind: row.last for row in connection.execute(select(p.last_number))}
    for letter, table in NUMBERED.items():
        given = (name[1:] for name in connection.execute(select(table.c.id)).scalars() if name[:1] == letter)
        highest = max((int(digits) for digits in given if digits.isascii() and digits.isdigit()), default=0)
        if highest > last.get(letter, 0):
            yield f"{table.name} {letter}{highest} was given out, the count stands at {last.get(letter, 0)}"


CHECKS: tuple[Check, ...] = (
    roles_are_of_what_is_there,
    applicants_serve_one_enterprise,
    locked_accounts_are_signed_out,
    tasks_are_held_by_people,
    numbers_run_ahead,
)
