"""Facts of the review by experts: groups, seats, declarations, conflicts, scores, summaries, defence, visits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from store.selection import tables_review as t
from store.selection.subject import Fact, Subject


class ReviewFacts(Subject):
    """Groups and scores."""

    # groups, seats, assignment
    def form_group(self, *, season: str, name: str, leader: str) -> str:
        """Add a group (专业组) with its leader; returns its id."""
        group = self.next_id("G", digits=1)
        self._add(t.review_group, id=group, season=season, name=name, leader=leader, state="formed")
        return group

    def forget_groups(self, season: str) -> None:
        """Undo a grouping that was not confirmed, to make it anew."""
        for group in self.groups(season):
            seats = [seat.id for seat in self.seats(group.id)]
            self.connection.execute(delete(t.assignment).where(t.assignment.c.seat.in_(seats)))
            self.connection.execute(delete(t.seat).where(t.seat.c.group == group.id))
            self.connection.execute(delete(t.review_group).where(t.review_group.c.id == group.id))

    def groups(self, season: str) -> list[Fact]:
        """The season's groups."""
        return self._all(t.review_group, order=("id",), season=season)

    def group(self, group: str) -> Fact | None:
        """One group."""
        return self._one(t.review_group, id=group)

    def lock_group(self, group: str) -> None:
        """Lock the group's row until the commit: who gives a seat of it, adds an application to it or has read everything does so alone."""
        self.connection.execute(select(t.review_group.c.id).where(t.review_group.c.id == group).with_for_update())

    def change_group(self, group: str, **values: object) -> None:
        """Change columns of a group."""
        self._set(t.review_group, {"id": group}, **values)

    def add_seat(self, *, group: str, expert: str, leads: bool) -> str:
        """Seat an expert; returns the seat's id (`G1/X001`). The seat keeps its id when its expert is replaced."""
        seat = f"{group}/{expert}"
        self._add(t.seat, id=seat, group=group, expert=expert, leads=leads, former=[])
        return seat

    def seats(self, group: str) -> list[Fact]:
        """The seats of a group."""
        return self._all(t.seat, order=("id",), group=group)

    def seat(self, seat: str) -> Fact | None:
        """One seat."""
        return self._one(t.seat, id=seat)

    def seats_of_expert(self, expert: str) -> list[Fact]:
        """All seats an expert holds."""
        return self._all(t.seat, order=("id",), expert=expert)

    def change_seat(self, seat: str, **values: object) -> None:
        """Change columns of a seat (proposed replacement)."""
        self._set(t.seat, {"id": seat}, **values)

    def replace_expert(self, *, seat: str, expert: str) -> None:
        """Give the seat to another expert; the former one is remembered."""
        row = self.seat(seat)
        if row is None:
            return
        self._set(t.seat, {"id": seat}, expert=expert, former=[*(row.former or []), row.expert], proposed=None, proposed_by=None, done_at=None)
        if row.leads:
            self._set(t.review_group, {"id": row.group}, leader=expert)

    def assign(self, *, seat: str, applications: Sequence[str]) -> None:
        """Give applications to a seat (those it has already stay)."""
        known = {row.application for row in self.assigned(seat)}
        self._add_all(t.assignment, [{"seat": seat, "application": one} for one in applications if one not in known])

    def unassign(self, *, seat: str, application: str) -> None:
        """Take an application from a seat (conflict of interest)."""
        self.connection.execute(delete(t.assignment).where(t.assignment.c.seat == seat, t.assignment.c.application == application))

    def assigned(self, seat: str) -> list[Fact]:
        """The applications of a seat."""
        return self._all(t.assignment, order=("application",), seat=seat)

    def is_assigned(self, *, seat: str, application: str) -> bool:
        """Whether a seat reads an application."""
        return self._one(t.assignment, seat=seat, application=application) is not None

    def readers_of(self, application: str) -> list[Fact]:
        """The seats that read an application."""
        statement = select(t.seat).join(t.assignment, t.assignment.c.seat == t.seat.c.id).where(t.assignment.c.application == application)
        return list(self.connection.execute(statement.order_by(t.seat.c.id)))

    # declarations and conflicts
    def declare(
        self, *, season: str, expert: str, seat: str, outcome: str, data: Mapping[str, Any], at: datetime, recorded_by: str | None = None
    ) -> None:
        """Keep the undertaking of secrecy and the declaration of conflicts (回避声明).

        ``recorded_by``: who of the office recorded it from the expert's paper (代录).
        """
        where: dict[str, object] = {"season": season, "expert": expert, "seat": seat}
        self._put(t.declaration, where, outcome=outcome, data=dict(data), at=at, recorded_by=recorded_by)

    def declaration(self, *, season: str, expert: str, seat: str) -> Fact | None:
        """What the expert of a seat declared."""
        return self._one(t.declaration, season=season, expert=expert, seat=seat)

    def note_conflict(
        self, *, season: str, expert: str, application: str, kind: str, source: str, detail: Mapping[str, Any], at: datetime, by: str
    ) -> None:
        """Keep a conflict of interest, found or declared."""
        where: dict[str, object] = {"season": season, "expert": expert, "application": application}
        self._put(t.conflict, where, kind=kind, source=source, detail=dict(detail), at=at, by=by)

    def conflicts(self, *, season: str, expert: str | None = None) -> list[Fact]:
        """Conflicts of the season (of an expert)."""
        return self._all(t.conflict, order=("expert", "application"), season=season, **({} if expert is None else {"expert": expert}))

    # scores
    def save_score(
        self, *, expert: str, application: str, stage: str, seat: str, state: str, sheet: Mapping[str, Any], total: str | None, at: datetime,
        by: str, reason: str | None = None, recorded_by: str | None = None,
    ) -> int:  # fmt: skip
        """Keep a score sheet; every version stays. ``state``: draft, final, void (conflict), aside (unfinished when replaced).

        ``recorded_by``: who of the office recorded it from the expert's paper (代录).
        """
        where: dict[str, object] = {"expert": expert, "application": application, "stage": stage}
        before = self._one(t.score, **where)
        version = 1 if before is None else before.version + 1
        values = {"version": version, "state": state, "sheet": dict(sheet), "total": total, "at": at}
        self._put(t.score, where, seat=seat, recorded_by=recorded_by, **values)
        self._add(t.score_version, **where, **values, reason=reason, by=by)
        return version

    def put_out(self, score: Fact, *, state: str, reason: str, at: datetime, by: str) -> None:
        """A sheet counts no longer (``state``: void or aside); what was written in it stays."""
        self.save_score(
            expert=score.expert, application=score.application, stage=score.stage, seat=score.seat, state=state, sheet=score.sheet,
            total=score.total, at=at, by=by, reason=reason,
        )  # fmt: skip

    def score(self, *, expert: str, application: str, stage: str) -> Fact | None:
        """One expert's sheet for one application."""
        return self._one(t.score, expert=expert, application=application, stage=stage)

    def scores(self, *, application: str, stage: str, state: str = "final") -> list[Fact]:
        """All sheets of an application in a stage. Only for the group after it closed, the committee and the office."""
        return self._all(t.score, order=("expert",), application=application, stage=stage, state=state)

    def scores_of(self, *, expert: str, stage: str) -> list[Fact]:
        """An expert's own sheets."""
        return self._all(t.score, order=("application",), expert=expert, stage=stage)

    def score_versions(self, *, expert: str, application: str, stage: str) -> list[Fact]:
        """All versions of a sheet."""
        return self._all(t.score_version, order=("version",), expert=expert, application=application, stage=stage)

    def keep_stage_score(
        self, *, application: str, stage: str, group: str, mean: str, alert: bool, detail: Mapping[str, Any], at: datetime
    ) -> None:
        """Keep the aggregate of an application's sheets."""
        self._put(
            t.stage_score, {"application": application, "stage": stage}, group=group, mean=mean, alert=alert, detail=dict(detail), at=at
        )

    def stage_score(self, *, application: str, stage: str) -> Fact | None:
        """The aggregate of an application's sheets."""
        return self._one(t.stage_score, application=application, stage=stage)

    def stage_scores(self, *, group: str, stage: str) -> list[Fact]:
        """The aggregates of everybody in a group."""
        return self._all(t.stage_score, order=("application",), group=group, stage=stage)

    # the group's words
    def reconcile(self, *, group: str, data: Mapping[str, Any], at: datetime, by: str) -> None:
        """Keep the record of a reconciliation (分歧复议)."""
        self._put(t.reconciliation, {"group": group}, data=dict(data), at=at, by=by)

    def reconciliation(self, group: str) -> Fact | None:
        """The group's reconciliation."""
        return self._one(t.reconciliation, group=group)

    def summarise(
        self, *, group: str, application: str, rank: int | None, comment: str, at: datetime, by: str, visit: str | None = None
    ) -> None:
        """Keep the leader's summary of one application; ``visit``: his doubts where he suggests a site visit."""
        values = {"rank": rank, "comment": comment, "at": at, "by": by, "visit": visit}
        self._put(t.group_summary, {"group": group, "application": application}, **values)

    def summaries(self, group: str) -> list[Fact]:
        """The group's summaries by rank."""
        return self._all(t.group_summary, order=("rank", "application"), group=group)
