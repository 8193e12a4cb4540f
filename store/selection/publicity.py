"""Facts of publicity, objections, approval and announcement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import delete

from store.selection import tables_result as t
from store.selection.subject import Fact, Subject


def digest(printed: Mapping[str, Any]) -> str:
    """The SHA-256 of a list as it is printed: application → row."""
    return sha256(orjson.dumps(printed, option=orjson.OPT_SORT_KEYS)).hexdigest()


class PublicityFacts(Subject):
    """Batches, publications, objections, approvals, releases."""

    # batches
    def open_batch(
        self, *, season: str, kind: str, applications: Mapping[str, Mapping[str, Any]], at: datetime, parent: str | None = None
    ) -> str:
        """Make a batch of applications with the rows that will be printed; returns its id."""
        batch = self.next_id("B", digits=1)
        self._add(t.batch, id=batch, season=season, kind=kind, parent=parent, state="open", created_at=at)
        lines = enumerate(applications.items(), start=1)
        self._add_all(
            t.batch_item,
            [{"batch": batch, "application": one, "seq": seq, "state": "listed", "row": dict(row)} for seq, (one, row) in lines],
        )
        return batch

    def batch(self, batch: str) -> Fact | None:
        """One batch."""
        return self._one(t.batch, id=batch)

    def batches(self, season: str, *, kind: str | None = None) -> list[Fact]:
        """The season's batches."""
        return self._all(t.batch, order=("created_at", "id"), season=season, **({} if kind is None else {"kind": kind}))

    def change_batch(self, batch: str, **values: object) -> None:
        """Change columns of a batch."""
        self._set(t.batch, {"id": batch}, **values)

    def items(self, batch: str, *, state: str | None = None) -> list[Fact]:
        """The items of a batch."""
        return self._all(t.batch_item, order=("seq",), batch=batch, **({} if state is None else {"state": state}))

    def item(self, *, batch: str, application: str) -> Fact | None:
        """One item of a batch."""
        return self._one(t.batch_item, batch=batch, application=application)

    def change_item(self, *, batch: str, application: str, **values: object) -> None:
        """Change columns of an item."""
        self._set(t.batch_item, {"batch": batch, "application": application}, **values)

    def sum_up(self, batch: str) -> None:
        """Keep the check sum (名单校验值) of the lines of a list that were ever public, as they are printed now."""
        self.change_batch(batch, hash=digest({item.application: item.row for item in self.items(batch) if item.starts is not None}))

    # publication
    def register(self, *, subject: str, channel: str, url: str, at: datetime, by: str, screenshot: str | None = None) -> None:
        """Register a real publication: where and when it appeared."""
        self._put(t.publication, {"subject": subject, "channel": channel, "url": url}, at=at, by=by, screenshot=screenshot)

    def forget_unconfirmed(self, subject: str) -> None:
        """What was registered and no second person found right gives way to what is registered anew."""
        self.connection.execute(delete(t.publication).where(t.publication.c.subject == subject, t.publication.c.confirmed_by.is_(None)))

    def publications(self, subject: str) -> list[Fact]:
        """The publications of a batch, announcement or title."""
        return self._all(t.publication, order=("at", "id"), subject=subject)

    def confirm_publications(self, *, subject: str, by: str) -> None:
        """Note the second person."""
        self._set(t.publication, {"subject": subject}, confirmed_by=by)

    # objections
    def reserve_objection(self) -> str:
        """The id of an objection that is about to be lodged (business key of its process)."""
        return self.next_id("O", digits=1)

    def lodge(self, *, objection: str, **values: object) -> None:
        """Keep an objection as it was received."""
        self._add(t.objection, id=objection, state="open", extensions=0, **values)

    def objection(self, objection: str) -> Fact | None:
        """One objection."""
        return self._one(t.objection, id=objection)

    def objections(self, *, batch: str | None = None, application: str | None = None, season: str | None = None) -> list[Fact]:
        """Objections of a batch, an application or a season."""
        given = (("batch", batch), ("application", application), ("season", season))
        return self._all(t.objection, order=("received_at", "id"), **{name: value for name, value in given if value is not None})

    def open_objections(self, *, batch: str) -> list[Fact]:
        """Objections of a batch that are not concluded."""
        return self._all(t.objection, order=("id",), batch=batch, closed_at=None)

    def change_objection(self, objection: str, **values: object) -> None:
        """Change columns of an objection."""
        self._set(t.objection, {"id": objection}, **values)

    # approval, re-check, release, corrections
    def approve(self, *, subject: str, outcome: str, reason: str | None, by: str, by_proxy: bool, at: datetime) -> None:
        """Keep a decision of the approver."""
        self._add(t.approval, subject=subject, outcome=outcome, reason=reason, by=by, by_proxy=by_proxy, at=at)

    def approvals(self, subject: str) -> list[Fact]:
        """Decisions on a batch or a revocation."""
        return self._all(t.approval, order=("id",), subject=subject)

    def keep_recheck(self, *, subject: str, moment: str, data: Mapping[str, Any], by: str, at: datetime) -> None:
        """Keep a re-check of credit and excluding facts (信用与否决项复核)."""
        self._add(t.recheck, subject=subject, moment=moment, data=dict(data), by=by, at=at)

    def rechecks(self, subject: str) -> list[Fact]:
        """The re-checks of a list."""
        return self._all(t.recheck, order=("id",), subject=subject)

    def release(self, *, kind: str, subject: str, at: datetime, by: str, recipients: Sequence[str]) -> bool:
        """Release a result; False when it was released before. Outsiders learn results through this row alone."""
        if self.released(kind=kind, subject=subject):
            return False
        self._add(t.release, kind=kind, subject=subject, at=at, by=by, recipients=list(recipients))
        return True

    def released(self, *, kind: str, subject: str) -> bool:
        """Whether a result was released."""
        return self._one(t.release, kind=kind, subject=subject) is not None

    def propose_correction(self, **values: object) -> None:
        """Keep a correction (更正) that somebody proposes: batch, application, wrong and right (field → text), reason, by, at."""
        self._add(t.correction_notice, **values)

    def corrections(self, batch: str, *, application: str | None = None) -> list[Fact]:
        """The corrections of a published list, or of one item of it, the first first."""
        return self._all(t.correction_notice, order=("id",), batch=batch, **({} if application is None else {"application": application}))

    def change_correction(self, correction: int, **values: object) -> None:
        """Change columns of a correction."""
        self._set(t.correction_notice, {"id": correction}, **values)
