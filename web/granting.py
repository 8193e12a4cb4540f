"""Who gets a role, by whichever door: an invitation's link, the binding of an enterprise, a settled dispute, the command line. One check for all (A-03)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from selection.errors import Refused
from selection.rights import separation_problems
from selection.season_parts import SEPARATION, Apart
from store.selection import queries_public as public_queries
from store.selection.people import PeopleFacts
from web.house import House
from web.rules import rules_of_season

OVER = ("archived", "cancelled")  # seasons in which nobody holds a duty any more


def give(connection: Connection, *, house: House, person: str, groups: Collection[str], now: datetime, by: str) -> None:
    """Grant ``groups`` (``role@organisation``) to an account. Raises Refused, and grants nothing, when they do not go with what it holds."""
    people = PeopleFacts(connection)
    refuse_joined(connection, house=house, groups={*people.groups_of(person), *groups})
    for group in groups:
        role, _, organisation = group.partition("@")
        people.give(person=person, role=role, organisation=organisation, at=now, by=by)


def refuse_joined(connection: Connection, *, house: House, groups: Collection[str]) -> None:
    """Raise Refused when one person may not hold all these groups in the seasons that are not over."""
    problems = separation_problems(groups, apart=_duties_apart(house, connection))
    if problems:
        raise Refused("people.separation", zh="；".join(one.zh for one in problems), en="; ".join(one.en for one in problems))


def _duties_apart(house: House, connection: Connection) -> tuple[Apart, ...]:
    """The pairs of roles that nobody may join in a season that is not over; the usual ones while there is none."""
    going = (row["id"] for row in public_queries.seasons(connection) if row["state"] not in OVER)
    known = [rules for season in going if (rules := rules_of_season(house, connection, season)) is not None]
    return tuple(dict.fromkeys(pair for rules in known for pair in rules.separation)) if known else SEPARATION
