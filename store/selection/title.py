"""Facts of titles: granted or imported, their duties, reports against them and their revocation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from selection.calendar import local_day
from selection.eligibility import Title
from store.selection import tables_result as t
from store.selection.subject import Fact, Subject


class TitleFacts(Subject):
    """Titles and revocations."""

    def grant(
        self, *, title: str, season: str, enterprise: str | None, application: str | None, holder: str, experience_name: str, uscc: str | None,
        year: int, at: datetime | None, imported: bool = False, revoked_at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Keep a title; an application has at most one. ``revoked_at``: when it was revoked before the house knew it; None: it stands."""
        self._add(
            t.title,
            id=title,
            season=season,
            enterprise=enterprise,
            application=application,
            holder=holder,
            experience_name=experience_name,
            uscc=uscc,
            year=year,
            granted_at=at,
            imported=imported,
            state="active" if revoked_at is None else "revoked",
            revoked_at=revoked_at,
        )

    def get(self, title: str) -> Fact | None:
        """One title."""
        return self._one(t.title, id=title)

    def of_application(self, application: str) -> Fact | None:
        """The title of an application."""
        return self._one(t.title, application=application)

    def of_uscc(self, uscc: str) -> tuple[Title, ...]:
        """All titles of an enterprise, of whatever year, as E16 and E17 look at them."""
        return tuple(
            Title(year=row.year, experience_name=row.experience_name, revoked=local_day(row.revoked_at).year if row.revoked_at else None)
            for row in self._all(t.title, order=("year", "id"), uscc=uscc)
        )

    def of_season(self, season: str, *, state: str | None = None) -> list[Fact]:
        """The titles of a season."""
        return self._all(t.title, order=("id",), season=season, **({} if state is None else {"state": state}))

    def change(self, title: str, **values: object) -> None:
        """Change columns of a title."""
        self._set(t.title, {"id": title}, **values)

    def propose_change(self, **values: object) -> None:
        """Keep what somebody proposes to change of a title: title, kind, wrong and right (field → text), reason, by, at."""
        self._add(t.title_change, **values)

    def changes(self, title: str, *, kind: str) -> list[Fact]:
        """The changes of a kind that were proposed of a title, the first first."""
        return self._all(t.title_change, order=("id",), title=title, kind=kind)

    def close_change(self, change: int, *, state: str, second: str, at: datetime, comment: str = "") -> None:
        """Keep what the second person decided: ``state`` is `done` or `refused`."""
        self._set(t.title_change, {"id": change}, state=state, second=second, closed_at=at, comment=comment or None)

    def report(self, *, title: str, data: Mapping[str, Any], at: datetime) -> str:
        """Keep a report against a title; returns the id of the case."""
        case = self.next_id("R", digits=1)
        self._add(t.revocation, id=case, title=title, state="reported", report=dict(data), at=at)
        return case

    def case(self, title: str) -> Fact | None:
        """The last case against a title."""
        rows = self._all(t.revocation, order=("at", "id"), title=title)
        return rows[-1] if rows else None

    def open_case(self, title: str) -> Fact | None:
        """The case that is being dealt with."""
        row = self.case(title)
        return row if row is not None and row.closed_at is None else None

    def change_case(self, case: str, **values: object) -> None:
        """Change columns of a case."""
        self._set(t.revocation, {"id": case}, **values)
