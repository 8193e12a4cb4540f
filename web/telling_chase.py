"""电话催办: who is to be phoned, at which numbers, and what they are late with. Reads only."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, RowMapping

from store.selection.people import PeopleFacts
from store.selection.queries_checks import kept_form
from store.selection.queries_tasks import tasks_at
from store.selection.review import ReviewFacts
from web.i18n import until, word
from web.looking import Look
from web.told import Told, facts_of

CHASE = "_chase"
CONTACT = (("联系人", "contact_name"), ("电话", "contact_phone"), ("手机", "contact_mobile"), ("邮箱", "contact_email"))


def late(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """The late task, whom it waits for with their numbers; where an enterprise is late, the contact that its 申报书 names."""
    rows = _late(connection, seen)
    if not rows:
        return ()
    groups = {str(group) for row in rows for group in row["groups"]}
    people = PeopleFacts(connection).members_of(*sorted(groups))
    lines = tuple(tuple(str(part) for part in (one.name, one.phone, one.mail) if part) for one in people)
    contact = _contact(connection, seen) if any(group.startswith("applicant_") for group in groups) else {}
    facts = facts_of(
        language,
        ("任务", word(language, rows[0]["name"])),
        ("办理时限", until(min((row["due"] for row in rows if row["due"]), default=None), language=language)),
        *((words, contact.get(name)) for words, name in CONTACT),
    )
    return (Told(word(language, "催办对象"), facts=facts, lines=lines),)


def _late(connection: Connection, seen: Look) -> Sequence[RowMapping]:
    """The open tasks of the step that is chased; where several seats stand at one step, that of the seat which is chased."""
    element = seen.row["element"].removesuffix(CHASE)
    rows = tasks_at(connection, tenant=seen.row["tenant"], elements=(element,), business_key=seen.row["business_key"])
    seat = ReviewFacts(connection).seat(str(seen.variables["seat"])) if seen.variables.get("seat") else None
    return rows if seat is None else [row for row in rows if any(group.endswith(f"@{seat.expert}") for group in row["groups"])]


def _contact(connection: Connection, seen: Look) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", kept_form(connection, seen.owner).get("application_table") or {})
