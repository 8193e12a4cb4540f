"""Facts of the form check: its rounds and the corrections that were asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from selection.documents import Sealed
from store.selection import tables_application as t
from store.selection.subject import Fact, Subject


class FormCheckFacts(Subject):
    """Rounds of the form check, corrections."""

    def begin(self, *, application: str, proposal: str, items: Sequence[Mapping[str, Any]], reason: str | None, at: datetime, by: str) -> int:
        """Keep a first check (初核); returns its round."""
        round_ = len(self.rounds(application)) + 1
        self._add(
            t.form_check,
            application=application,
            round=round_,
            proposal=proposal,
            items=list(items),
            reason=reason,
            first_by=by,
            first_at=at,
        )
        return round_

    def rounds(self, application: str) -> list[Fact]:
        """All rounds, oldest first."""
        return self._all(t.form_check, order=("round",), application=application)

    def last(self, application: str) -> Fact | None:
        """The present round."""
        rows = self.rounds(application)
        return rows[-1] if rows else None

    def change(self, *, application: str, turn: int, **values: object) -> None:
        """Keep what the second person or the director says."""
        self._set(t.form_check, {"application": application, "round": turn}, **values)

    def ask_correction(self, *, application: str, items: Sequence[Mapping[str, Any]], at: datetime, due: datetime) -> int:
        """Keep a request for corrections (补正) with its due instant; returns its round."""
        round_ = len(self.corrections(application)) + 1
        self._add(t.correction, application=application, round=round_, items=list(items), asked_at=at, due=due)
        return round_

    def corrections(self, application: str) -> list[Fact]:
        """All corrections, oldest first."""
        return self._all(t.correction, order=("round",), application=application)

    def answer_correction(
        self, *, application: str, turn: int, data: Mapping[str, Any], documents: Sealed, due: datetime, at: datetime, by: str
    ) -> None:
        """Keep the applicant's answer with the hashes of the papers that are handed in with it, and the instant it was due by in the end."""
        where = {"application": application, "round": turn}
        self._set(t.correction, where, data=dict(data), documents=dict(documents), due=due, answered_at=at, answered_by=by)
