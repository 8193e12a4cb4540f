"""Facts of the defence and the site visits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store.selection import tables_review as t
from store.selection.subject import Fact, Subject


class DefenceFacts(Subject):
    """Slots, attendance, visits."""

    def give_slot(self, *, application: str, group: str, starts: datetime, place: str, order: int) -> int:
        """Give a time to an application; a new date is a new round. Returns the round."""
        slots = self.slots(application)
        if slots and slots[-1].state in ("invited", "confirmed"):
            turn = slots[-1].round
            self._set(t.defence_slot, {"application": application, "round": turn}, starts=starts, place=place, order=order)
            return int(turn)
        turn = len(slots) + 1
        self._add(
            t.defence_slot, application=application, round=turn, group=group, starts=starts, place=place, order=order, state="invited"
        )
        return turn

    def slots(self, application: str) -> list[Fact]:
        """All slots of an application, oldest first."""
        return self._all(t.defence_slot, order=("round",), application=application)

    def slot(self, application: str) -> Fact | None:
        """The present slot."""
        rows = self.slots(application)
        return rows[-1] if rows else None

    def of_group(self, group: str) -> list[Fact]:
        """The present slot of each application of a group, in order."""
        last = {row.application: row for row in self._all(t.defence_slot, order=("round",), group=group)}
        return sorted(last.values(), key=lambda row: (row.starts, row.order, row.application))

    def change_slot(self, *, application: str, turn: int, **values: object) -> None:
        """Change columns of a slot (reply, attendance)."""
        self._set(t.defence_slot, {"application": application, "round": turn}, **values)

    def order_visit(
        self, *, season: str, group: str, application: str, leader: str, team: Sequence[str], doubts: Sequence[str], at: datetime,
        clerk: str | None = None,
    ) -> str:
        """Decide a site visit (现场考察) with its list of doubts; returns its id."""
        visit = self.next_id("V")
        self._add(
            t.site_visit,
            id=visit,
            season=season,
            group=group,
            application=application,
            leader=leader,
            team=list(team),
            doubts=list(doubts),
            decided_at=at,
            clerk=clerk,
        )
        return visit

    def visit(self, visit: str) -> Fact | None:
        """One visit."""
        return self._one(t.site_visit, id=visit)

    def visits(self, *, season: str, group: str | None = None, application: str | None = None) -> list[Fact]:
        """Visits of the season, a group or an application."""
        where = {name: value for name, value in (("group", group), ("application", application)) if value is not None}
        return self._all(t.site_visit, order=("id",), season=season, **where)

    def report_visit(self, *, visit: str, conclusion: str, report: Mapping[str, Any], at: datetime) -> None:
        """Keep the report of a visit."""
        self._set(t.site_visit, {"id": visit}, conclusion=conclusion, report=dict(report), reported_at=at)
