"""What people call a case that is no application: a batch, an objection, a title, a meeting, a season. Reads only, a few rows at a time."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Table, func, select, tuple_

from selection.objection import number
from store.selection.tables_application import application, ru_review
from store.selection.tables_people import enterprise, person, season, unit
from store.selection.tables_result import batch, batch_item, objection, title
from store.selection.tables_review import meeting, meeting_item, review_group


@dataclass(frozen=True)
class CaseName:
    """The parts of a case's name. ``kind``: `season`, `objection`, `title`, `batch.<kind>` or `meeting.<kind>`."""

    kind: str
    heading: str = ""  # the enterprise or the holder; of a season its title
    detail: str = ""  # the experience
    place: int = 0  # the how manieth of its kind in the season
    items: int = 0  # how many it holds
    number: str = ""  # what people quote instead of its id: of an objection that of its receipt


def case_names(connection: Connection, keys: Collection[str]) -> Mapping[str, CaseName]:
    """The names of those business keys that are a batch's, an objection's, a title's, a meeting's or a season's id."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    found: dict[str, CaseName] = {}
    for part in (_seasons, _objections, _titles):
        found.update(part(connection, wanted))
    found.update(_counted(connection, wanted, table=batch, items=batch_item, column="batch"))
    found.update(_counted(connection, wanted, table=meeting, items=meeting_item, column="meeting"))
    return found


def organisation_names(connection: Connection, groups: Iterable[str]) -> dict[str, str]:
    """The organisations in groups ``role@organisation`` -> their names: enterprises, units, review groups, seasons; others keep theirs."""
    wanted = sorted({group.partition("@")[2] for group in groups})
    asked = (
        select(enterprise.c.id, enterprise.c.name).where(enterprise.c.id.in_(wanted)),
        select(unit.c.code, unit.c.name).where(unit.c.code.in_(wanted)).order_by(unit.c.season),
        select(review_group.c.id, review_group.c.name).where(review_group.c.id.in_(wanted)),
        select(season.c.id, season.c.title).where(season.c.id.in_(wanted)),
    )
    return {key: name for each in asked for key, name in connection.execute(each)}


def person_names(connection: Connection, people: Iterable[str]) -> dict[str, str]:
    """Accounts -> the names of their people; ids of none stay out."""
    rows = connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(sorted(set(people)))))
    return {row.id: row.name for row in rows}


def holders_of(connection: Connection, tasks: Iterable[RowMapping]) -> dict[str, str]:
    """Who works on those of the tasks that somebody has taken: account -> name."""
    return person_names(connection, [task["assignee"] for task in tasks if task["assignee"]])


def inner_names(connection: Connection, applications: Iterable[str]) -> dict[str, dict[str, str]]:
    """Applications as the two lines of a task: the enterprise, the experience with its number."""
    asked = select(application.c.id, application.c.number, application.c.experience_name, enterprise.c.name)
    joined = asked.join_from(application, enterprise, enterprise.c.id == application.c.enterprise)
    found = connection.execute(joined.where(application.c.id.in_(sorted(set(applications)))))
    return {
        row.id: {"heading": row.name, "detail": " · ".join(part for part in (row.experience_name, row.number or row.id) if part)}
        for row in found
    }


def reviewed(connection: Connection, tasks: Iterable[RowMapping]) -> dict[str, str]:
    """Completed tasks of 初步审核 -> the application reviewed there: the review was written at the instant and by the person of the completion."""
    done = {(row["closed_by"], row["closed_at"]): str(row["id"]) for row in tasks}
    keys = tuple_(ru_review.c.by, ru_review.c.at)
    asked = select(ru_review.c.application, ru_review.c.by, ru_review.c.at).where(keys.in_(list(done)))
    return {done[row.by, row.at]: row.application for row in connection.execute(asked)}


def _seasons(connection: Connection, keys: list[str]) -> Iterator[tuple[str, CaseName]]:
    for row in connection.execute(select(season.c.id, season.c.title).where(season.c.id.in_(keys))):
        yield row.id, CaseName("season", row.title)


def _objections(connection: Connection, keys: list[str]) -> Iterator[tuple[str, CaseName]]:
    joined = objection.join(application, application.c.id == objection.c.application).join(
        enterprise, enterprise.c.id == application.c.enterprise
    )
    asked = select(objection.c.id, objection.c.receipt, enterprise.c.name, application.c.experience_name).select_from(joined)
    for row in connection.execute(asked.where(objection.c.id.in_(keys))):
        yield row.id, CaseName("objection", row.name, row.experience_name or "", number=number(row.receipt))


def _titles(connection: Connection, keys: list[str]) -> Iterator[tuple[str, CaseName]]:
    asked = select(title.c.id, title.c.holder, title.c.experience_name).where(title.c.id.in_(keys))
    for row in connection.execute(asked):
        yield row.id, CaseName("title", row.holder, row.experience_name or "")


def _counted(connection: Connection, keys: list[str], *, table: Table, items: Table, column: str) -> Iterator[tuple[str, CaseName]]:
    """Batches or meetings: numbered in their season and kind in the order of their making, with how many items they hold."""
    chosen = select(table.c.season).where(table.c.id.in_(keys))
    held = select(func.count()).where(items.c[column] == table.c.id).scalar_subquery()
    age = func.length(table.c.id)  # ids are a letter and a number that grows
    asked = select(table.c.id, table.c.season, table.c.kind, held.label("items")).where(table.c.season.in_(chosen))
    seen: dict[tuple[str, str], int] = {}
    for row in connection.execute(asked.order_by(age, table.c.id)):
        place = seen[row.season, row.kind] = seen.get((row.season, row.kind), 0) + 1
        if row.id in keys:
            yield row.id, CaseName(f"{column}.{row.kind}", place=place, items=row.items)
