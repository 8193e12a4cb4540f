"""What is counted over the history of foreign diagrams: how long instances and tasks lasted, how many tasks were done, what happened at each element.

For the REST interface. The database counts; no row of what is counted is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, and_, case, func, not_, select, type_coerce

from store.engine.arrivals import ARRIVALS, END_EVENT, IT, OVER
from store.engine.cases import CASES
from store.engine.listing import Listing, Wanted, narrowed
from store.engine.past import TASKS
from store.engine.tables import incident

Rows = Sequence[RowMapping]
MONTHS = {"month": 1, "quarter": 3}  # how many months a period has
_THOUSAND = 1000  # microseconds of a millisecond
_DECEMBER = 12


def lengths(connection: Connection, listing: Listing, wanted: Wanted, *, ends: tuple[str, str], unit: str, zone: ZoneInfo) -> Rows:
    """The shortest, longest and average length in milliseconds of what is over, by the period of a year (`month`, `quarter`) in which it began.

    ``ends``: the columns of its begin and end; ``zone``: in which a month begins.
    """
    it = narrowed(connection, listing, wanted).subquery().c
    begun, over = (it[name] for name in ends)
    first, last = connection.execute(select(func.min(begun), func.max(begun)).where(over.is_not(None))).one()
    if first is None:
        return []
    period = case(*((begun < until, number) for until, number in _periods(first.astimezone(zone), last, MONTHS[unit])))
    lasted = (type_coerce(over, BigInteger) - type_coerce(begun, BigInteger)) // _THOUSAND
    figures = (func.min(lasted).label("minimum"), func.max(lasted).label("maximum"), func.avg(lasted).label("average"))
    found = select(period.label("period"), *figures).where(over.is_not(None)).group_by(period).order_by(period)
    return connection.execute(found).mappings().all()


def _periods(first: datetime, last: datetime, months: int) -> Iterator[tuple[datetime, int]]:
    """Each period from that of the first instant to that of the last: when it is over, and which of its year it is."""
    year, number = first.year, (first.month - 1) // months + 1
    until = first
    while until <= last:
        year, month = (year + 1, 1) if number * months == _DECEMBER else (year, number * months + 1)
        until = datetime(year, month, 1, tzinfo=first.tzinfo)
        yield until, number
        number = (month - 1) // months + 1


def done_tasks(connection: Connection, wanted: Wanted, *, by_name: bool) -> Rows:
    """How many tasks are over of each definition (`process`, `standing`), or of each name of each."""
    it = narrowed(connection, TASKS, Wanted((*wanted.filters, ("finished", True)))).subquery().c
    what = (it.process, func.coalesce(it.defined_in, it.root_version).label("standing"), *((it.name,) if by_name else ()))
    return connection.execute(select(*what, func.count().label("number")).group_by(*what).order_by(*what)).mappings().all()


def activities(connection: Connection, cases: Wanted) -> Rows:
    """Of each element (`activity`) at which tokens of these instances stood: how many stand there still (`running`), were taken away, ended, ended all."""
    one = narrowed(connection, CASES, cases).subquery().c
    what: Mapping[str, ColumnElement[bool]] = {
        "running": not_(OVER),
        "canceled": IT.next == "cancelled",
        "finished": OVER,
        "complete": and_(IT.next == "left", END_EVENT),
    }
    arrived = ARRIVALS.source.add_columns(*(case((test, 1), else_=0).label(name) for name, test in what.items()))
    roots = dict(cases.filters).get("roots")  # names are carried into the history that is looked at, a query is not
    it = arrived.where(IT.root.in_(select(one.root) if roots is None else sorted(roots))).subquery().c
    here = select(it.activity, *(func.sum(it[name]).label(name) for name in what))
    meant = and_(it.root == one.root, it.within == one.within)
    return connection.execute(here.where(meant).group_by(it.activity).order_by(it.activity)).mappings().all()


def troubles(connection: Connection, cases: Wanted) -> Rows:
    """The incidents of the roots of these instances: how many of each element and `resolution` (None: open)."""
    one = narrowed(connection, CASES, cases).subquery().c
    what: tuple[Any, ...] = (incident.c.element, incident.c.resolution)
    theirs = incident.c.root.in_(select(one.root)), incident.c.process.in_(select(one.process))
    return connection.execute(select(*what, func.count().label("number")).where(*theirs).group_by(*what)).mappings().all()
