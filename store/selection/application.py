"""Facts of the application: its row, form versions, findings, the unit's review."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, func, insert, or_, select, update

from selection.stages import STAGES, before, refuse_move
from store.prepared import Prepared
from store.selection import tables_application as t
from store.selection.subject import Fact, Subject

GONE = ("withdrawn", "lapsed", "discarded", "terminated", "not_nominated", "form_rejected", "not_shortlisted", "not_selected", "removed")
BROKEN_OFF = ("withdrawn", "terminated")


class FindingLike(Protocol):
    """What `selection.findings.Finding` offers."""

    id: str
    severity: str
    verdict: str
    zh: str
    en: str
    inputs: Mapping[str, object]


_next_round = select(func.coalesce(func.max(t.ru_review.c.round), 0) + 1).where(t.ru_review.c.application == bindparam("of_application"))
_add_ru_review = Prepared(
    insert(t.ru_review)
    .values(**{name: bindparam(name) for name in ("application", "unit", "outcome", "data", "at", "by")}, round=_next_round.scalar_subquery())
    .returning(t.ru_review.c.round)
)
_moved = (
    update(t.application)
    .where(t.application.c.id == bindparam("of_application"))
    .values(state=bindparam("state"), state_at=bindparam("state_at"), reason=bindparam("reason"))
)
_known = {code: _moved.where(or_(*(t.application.c.state == one for one in sorted({code, *before(code)} - set(BROKEN_OFF))))) for code in STAGES}
_moves = {code: Prepared(move) for code, move in _known.items()}
_moves_of_unit = {code: Prepared(move.where(t.application.c.unit == bindparam("of_unit"))) for code, move in _known.items()}


class ApplicationFacts(Subject):
    """Applications, their forms and findings."""

    def open(self, *, season: str, enterprise: str, at: datetime) -> str:
        """A new application with an id of its own and its draft row; the process is started with this id as business key."""
        application = self.reserve()
        self.draft(application, season=season, enterprise=enterprise, at=at)
        return application

    def reserve(self) -> str:
        """The id of an application that is about to begin (business key of its process)."""
        return self.next_id("A")

    def is_reserved(self, application: str) -> bool:
        """Whether this id was given to somebody who is about to begin: nobody makes up an id."""
        number = application.removeprefix("A")
        return application.startswith("A") and number.isascii() and number.isdigit() and int(number) <= self.last_number("A")

    def draft(self, application: str, *, season: str, enterprise: str, at: datetime) -> None:
        """Keep the draft row of an application that begins."""
        self._add(
            t.application, id=application, season=season, enterprise=enterprise, state="draft", state_at=at, created_at=at, late=False
        )

    def get(self, application: str) -> Fact | None:
        """One application."""
        return self._one(t.application, id=application)

    def of_season(self, season: str, **where: object) -> list[Fact]:
        """Applications of a season; ``where``: equal columns, or lists of values."""
        return self._all(t.application, order=("id",), season=season, **where)

    def count(self, season: str, **where: object) -> int:
        """How many applications of a season; ``where``: equal columns, or lists of values."""
        return self._count(t.application, season=season, **where)

    def of_enterprise(self, enterprise: str, *, season: str | None = None) -> list[Fact]:
        """Applications of one enterprise."""
        return self._all(t.application, order=("id",), enterprise=enterprise, **({} if season is None else {"season": season}))

    def others_of_enterprise(self, application: Fact) -> list[Fact]:
        """Living applications of the same enterprise in the same season, without drafts and without this one."""
        rows = self.of_enterprise(application.enterprise, season=application.season)
        return [row for row in rows if row.id != application.id and row.state not in (*GONE, "draft")]

    def change(self, application: str, **values: object) -> None:
        """Change columns of an application."""
        self._set(t.application, {"id": application}, **values)

    def move(self, application: str, *, state: str, at: datetime, reason: str | None = None, unit: str | None = None) -> bool:
        """Move an application (of this unit, if one is named) to a state of the rule book's §9.1. Out: whether it moved.

        Not if it was withdrawn or terminated meanwhile, or went to another unit. Raises Conflict for any other move that §9.1 does not know.

        One statement: a withdrawal that commits while somebody else's act is under way is seen by it and stays.
        """
        values = {"of_application": application, "state": state, "state_at": at, "reason": reason}
        move = _moves[state] if unit is None else _moves_of_unit[state]
        if move.run(self.connection, values if unit is None else values | {"of_unit": unit}) > 0:
            return True
        now = self.get(application)
        if now is not None and now.state not in BROKEN_OFF and unit in (None, now.unit):
            refuse_move(before=now.state, after=state)
        return False

    def move_all(self, applications: Sequence[str], *, state: str, at: datetime) -> None:
        """Move several at once, each as `move` does."""
        rows = [{"of_application": one, "state": state, "state_at": at, "reason": None} for one in applications]
        if _moves[state].run(self.connection, rows) < len(rows):
            for one in applications:
                self.move(one, state=state, at=at)

    def give_number(self, *, application: str, season: str, year: int) -> str:
        """The application's number in its season (`2023-0007`), given once."""
        row = self.get(application)
        if row is not None and row.number:
            return str(row.number)
        number = f"{year}-{self.next_number(f'number:{season}'):04d}"
        self.change(application, number=number)
        return number

    # forms
    def save_form(
        self, *, application: str, data: Mapping[str, Any], digest: str, state: str, documents: Mapping[str, Any], at: datetime, by: str
    ) -> int:
        """Keep a version of the form (``checked`` or ``submitted``) with the hashes of its documents; returns its number."""
        version = len(self.forms(application)) + 1
        self._add(
            t.form_submission,
            application=application,
            version=version,
            data=dict(data),
            hash=digest,
            state=state,
            documents=dict(documents),
            at=at,
            by=by,
        )
        return version

    def forms(self, application: str) -> list[Fact]:
        """All versions of the form, oldest first."""
        return self._all(t.form_submission, order=("version",), application=application)

    def form(self, application: str, *, state: str | None = None) -> Fact | None:
        """The last version of the form (of a state)."""
        rows = [row for row in self.forms(application) if state in (None, row.state)]
        return rows[-1] if rows else None

    # findings
    def note_findings(self, *, application: str, moment: str, findings: Iterable[FindingLike], at: datetime) -> None:
        """Keep the verdicts of the checks with what they were decided from."""
        self._add_all(
            t.finding,
            [
                {
                    "application": application,
                    "moment": moment,
                    "rule": finding.id,
                    "severity": finding.severity,
                    "verdict": finding.verdict,
                    "zh": finding.zh,
                    "en": finding.en,
                    "inputs": dict(finding.inputs),
                    "at": at,
                }
                for finding in findings
            ],
        )

    def findings(self, application: str, *, moment: str | None = None) -> list[Fact]:
        """Findings of an application."""
        return self._all(t.finding, order=("id",), application=application, **({} if moment is None else {"moment": moment}))

    # the unit's review
    def add_ru_review(self, *, application: str, unit: str, outcome: str, data: Mapping[str, Any], at: datetime, by: str) -> int:
        """Keep a review by the unit; returns its round."""
        values = {
            "application": application,
            "of_application": application,
            "unit": unit,
            "outcome": outcome,
            "data": dict(data),
            "at": at,
            "by": by,
        }
        return int(_add_ru_review.value(self.connection, values))

    def ru_reviews(self, application: str) -> list[Fact]:
        """The unit's reviews, oldest first."""
        return self._all(t.ru_review, order=("round",), application=application)
