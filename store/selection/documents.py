"""Facts of documents: which files belong to what, by code and version. The bytes lie in `store.files`."""

from collections.abc import Mapping
from datetime import datetime

from selection.documents import Sealed, counts
from selection.season import Season
from store.selection import tables_application as t
from store.selection.subject import Fact, Subject


class DocumentFacts(Subject):
    """Files of applications, units, meetings, batches, objections, titles."""

    def attach(
        self,
        *,
        season: str,
        owner: str,
        code: str,
        name: str,
        size: int,
        type: str,  # noqa: A002 - the file's type
        sha256: str,
        at: datetime,
        by: str,
        replaces: bool = False,
        title: str = "",
        measures: Mapping[str, object] | None = None,
    ) -> str:
        """Add a file; one of the same code and name is replaced (and kept); with ``replaces`` one of the same code and type. Returns the document's id."""
        document = self.next_id("F", digits=5)  # first: who else adds a file at this moment waits here, and counts this one then
        earlier = self._all(t.document, season=season, owner=owner, code=code)
        for row in earlier:
            if row.replaced_at is None and (row.name == name or (replaces and row.type == type)):
                self._set(t.document, {"id": row.id}, replaced_at=at)
        self._add(
            t.document,
            id=document,
            season=season,
            owner=owner,
            code=code,
            version=len(earlier) + 1,
            sha256=sha256,
            name=name,
            size=size,
            type=type,
            title=title or None,
            measures=dict(measures) if measures else None,
            at=at,
            by=by,
        )
        return document

    def get(self, document: str) -> Fact | None:
        """One document."""
        return self._one(t.document, id=document)

    def living(self, *, season: str, owner: str, code: str | None = None) -> list[Fact]:
        """The documents of an owner that count: neither replaced nor removed."""
        where: dict[str, object] = {"season": season, "owner": owner}
        where |= {} if code is None else {"code": code}
        return self._all(t.document, order=("code", "version"), replaced_at=None, removed_at=None, **where)

    def counting(self, *, rules: Season, season: str, owner: str) -> list[Fact]:
        """The papers of an application that count (`selection.documents.counts`): a change that is not handed in yet changes nothing."""
        sealed = self._sealed(owner)
        found = {
            (row.code, row.name, row.sha256): row  # of one that was handed in twice the later
            for row in self._all(t.document, order=("code", "version"), removed_at=None, season=season, owner=owner)
            if counts(season=rules, code=row.code, name=row.name, sha256=row.sha256, is_living=row.replaced_at is None, sealed=sealed)
        }
        return list(found.values())

    def _sealed(self, application: str) -> Sealed | None:
        """What lay under the seal of the last submission, or of the last answered 补正; None before. Requests overlap: no instant tells it."""
        answered = [row for row in self._all(t.correction, order=("round",), application=application) if row.answered_at is not None]
        submitted = self._all(t.form_submission, order=("version",), application=application, state="submitted")
        last = [*submitted, *answered][-1:]
        return last[0].documents if last else None

    def titles(self, *, season: str, owner: str) -> dict[str, str]:
        """The titles that were read from the living documents of an owner, by their codes."""
        return {row.code: str(row.title) for row in self.living(season=season, owner=owner) if row.title}

    def measures(self, *, season: str, owner: str, code: str) -> Mapping[str, object]:
        """What was measured in the living document of a code; empty when nothing could be."""
        return next((dict(row.measures) for row in reversed(self.living(season=season, owner=owner, code=code)) if row.measures), {})

    def all_of(self, *, season: str, owner: str) -> list[Fact]:
        """Every version of every document of an owner."""
        return self._all(t.document, order=("code", "version"), season=season, owner=owner)

    def detach(self, *, document: str, at: datetime) -> None:
        """Take a file off its owner; row and bytes stay for the record."""
        self._set(t.document, {"id": document}, replaced_at=at)

    def bury(self, *, season: str, owner: str, sha256: str, reason: str, at: datetime, by: str, second: str) -> None:
        """Note that a content was taken from an owner's papers for good, by two persons; each row of the owner with it is marked."""
        content = {"season": season, "owner": owner, "sha256": sha256}
        self._add(t.removal, **content, reason=reason, at=at, by=by, second=second)
        self._set(t.document, {**content}, removed_at=at)

    def removal(self, *, season: str, owner: str, sha256: str) -> Fact | None:
        """Why a content is gone from an owner's papers."""
        return self._one(t.removal, season=season, owner=owner, sha256=sha256)

    def holds(self, sha256: str) -> bool:
        """Whether any document still holds the content."""
        return self._one(t.document, sha256=sha256, removed_at=None) is not None
