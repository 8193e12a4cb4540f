"""Facts of the recommending unit's choice: ranking, nomination, widening of places."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from store.selection import tables_application as t
from store.selection.subject import Fact, Subject


class NominationFacts(Subject):
    """Ranking, nomination, widening."""

    def save_ranking(self, *, season: str, unit: str, ranks: Mapping[str, int | None], at: datetime, by: str) -> None:
        """Replace the unit's ranking; nominations that were delivered stay."""
        for row in self.of_unit(season=season, unit=unit):
            if row.state not in ("nominated", "not_nominated"):
                self._set(t.nomination, {"application": row.application}, rank=None)
        for application, rank in ranks.items():
            values = {"season": season, "unit": unit, "rank": rank, "state": "ranked", "at": at, "by": by}
            self._put(t.nomination, {"application": application}, **values)

    def decide(
        self, *, application: str, season: str, unit: str, state: str, at: datetime, by: str, opinion: str | None = None, reason: str | None = None,
        by_proxy: bool = False, attested: Mapping[str, bool | str] | None = None,
    ) -> None:  # fmt: skip
        """Nominate an application, or not (``nominated`` / ``not_nominated``); the rank stays."""
        values: dict[str, object] = {
            "season": season,
            "unit": unit,
            "state": state,
            "opinion": opinion,
            "reason": reason,
            "by_proxy": by_proxy,
            "at": at,
            "by": by,
        }
        values |= {} if attested is None else {"attested": dict(attested)}
        self._put(t.nomination, {"application": application}, **values)

    def release_place(self, application: str) -> None:
        """Forget the rank of an application that left its unit (withdrawn, named another unit)."""
        self._set(t.nomination, {"application": application}, rank=None, state="not_nominated")

    def get(self, application: str) -> Fact | None:
        """The nomination of an application."""
        return self._one(t.nomination, application=application)

    def of_unit(self, *, season: str, unit: str, state: str | None = None) -> list[Fact]:
        """The unit's ranking, best first."""
        rows = self._all(t.nomination, season=season, unit=unit, **({} if state is None else {"state": state}))
        return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.application))

    def lock_chosen(self, *, season: str, unit: str) -> list[Fact]:
        """What the unit has chosen, best first, locked until the commit: what is withdrawn meanwhile is not among it."""
        mine = (t.nomination.c.season == season, t.nomination.c.unit == unit, t.nomination.c.state == "chosen")
        rows = self.connection.execute(select(t.nomination).where(*mine).order_by(t.nomination.c.application).with_for_update())
        return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.application))

    def ask_widening(self, *, season: str, unit: str, evidence: Mapping[str, Any], at: datetime, by: str) -> str:
        """Keep a request for more places; returns its id."""
        widening = self.next_id("W")
        self._add(t.widening, id=widening, season=season, unit=unit, evidence=dict(evidence), asked_at=at, asked_by=by)
        return widening

    def widenings(self, *, season: str, unit: str) -> list[Fact]:
        """The unit's requests, oldest first."""
        return self._all(t.widening, order=("asked_at", "id"), season=season, unit=unit)

    def decide_widening(self, *, widening: str, decision: str, reason: str, at: datetime, by: str) -> None:
        """Keep the director's decision."""
        self._set(t.widening, {"id": widening}, decision=decision, reason=reason, decided_at=at, decided_by=by)
