"""Facts of the season: its state, named deadlines, working days, and what it has reached."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import bindparam, func, or_, select

from selection.calendar import Calendar
from store.engine.deadlines import own_name
from store.engine.tables import deadline as engine_deadline
from store.prepared import Found, Prepared
from store.selection import tables_people as t
from store.selection.subject import Fact, Subject
from store.types import decode

_deadline = Prepared(
    select(func.max(engine_deadline.c.at)).where(
        engine_deadline.c.tenant == bindparam("season"),
        or_(engine_deadline.c.name == bindparam("name"), engine_deadline.c.name == bindparam("own")),
    )
)
_years = Prepared(select(*t.working_year.c["year", "status", "off", "working"]).order_by(t.working_year.c.year), stored=True)


class CalendarFacts(Subject):
    """Season, deadlines and calendar."""

    def season(self, season: str) -> Fact | None:
        """The season's row."""
        return self._one(t.season, id=season)

    def open_season(self, *, season: str, year: int, title: str) -> None:
        """Note a new season (nothing happens if it is there already)."""
        if self.season(season) is None:
            self._add(t.season, id=season, year=year, title=title, state="planned")

    def lock_season(self, season: str) -> None:
        """Lock the season's row until the commit: whoever counts for it does so alone."""
        self.connection.execute(select(t.season.c.id).where(t.season.c.id == season).with_for_update())

    def set_season_state(self, *, season: str, state: str, at: datetime) -> None:
        """Move the season on (rule book §9.2)."""
        self._set(t.season, {"id": season}, state=state, state_at=at)

    def set_notice(self, *, season: str, notice: Mapping[str, object]) -> None:
        """Keep the text of the notice."""
        self._set(t.season, {"id": season}, notice=dict(notice))

    def deadline(self, *, season: str, name: str, case: str = "") -> datetime | None:
        """The live instant (UTC, exclusive) of a named deadline, for a case with a later one of its own that; None when the engine knows none."""
        at: datetime | None = _deadline.value(self.connection, {"season": season, "name": name, "own": own_name(name, case)})
        return at

    def calendar(self) -> Calendar:
        """The working-day calendar of all years that were imported."""
        return _calendar_of(tuple(_years.facts(self.connection, {})))

    def import_year(
        self, *, year: int, status: str, off: Sequence[object], working: Sequence[object], source: str, at: datetime, by: str
    ) -> None:
        """Keep one year's days off and make-up working days (调休); ``status`` official or provisional."""
        self._put(t.working_year, {"year": year}, status=status, off=_texts(off), working=_texts(working), source=source, at=at, by=by)

    def reach(self, *, season: str, name: str, at: datetime) -> bool:
        """Note that the season has reached something; False when it had before."""
        return self._add_new(t.progress, {"season": season, "name": name}, at=at)

    def has_reached(self, *, season: str, name: str) -> bool:
        """Whether the season has reached it."""
        return self._one(t.progress, season=season, name=name) is not None

    def add_exchange(self, *, season: str, name: str, held_on: str | None, data: Mapping[str, object], at: datetime, by: str) -> None:
        """Register an exchange event (经验交流活动)."""
        self._add(t.exchange, season=season, name=name, held_on=held_on, data=dict(data), at=at, by=by)

    def exchanges(self, season: str) -> list[Fact]:
        """The season's exchange events."""
        return self._all(t.exchange, order=("held_on", "id"), season=season)


def _texts(days: Sequence[object]) -> list[object]:
    return [[str(part) for part in day] if isinstance(day, list | tuple) else str(day) for day in days]


@lru_cache(maxsize=16)
def _calendar_of(years: tuple[Found, ...]) -> Calendar:
    """The calendar of rows as they are stored: they change once a year and are asked for with every act."""
    return Calendar.from_settings([_as_setting(*year) for year in years])


def _as_setting(year: int, status: str, off: str, working: str) -> dict[str, object]:
    return {"year": year, "status": status, "off": _dates(decode(off)), "working": _dates(decode(working))}


def _dates(days: Sequence[object]) -> list[object]:
    return [[date.fromisoformat(part) for part in day] if isinstance(day, list) else date.fromisoformat(str(day)) for day in days]
