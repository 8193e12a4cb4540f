"""Facts of the library: what of a title is shown to everybody. Every act stays; the last one of a title counts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select

from store.selection import tables_result as t
from store.selection.subject import Subject
from store.selection.tables_application import application, document

Rows = Sequence[RowMapping]


class LibraryFacts(Subject):
    """Published and withdrawn entries."""

    def publish(self, *, title: str, summary: str, documents: Sequence[str], reason: str, at: datetime, by: str, second: str) -> None:
        """Keep that a title's entry is shown from now on, and by which two persons. ``documents``: ids of the files that are shown."""
        self._note(title=title, act="published", summary=summary, documents=list(documents), reason=reason, at=at, by=by, second=second)

    def withdraw(self, *, title: str, reason: str, at: datetime, by: str) -> None:
        """Keep that a title's entry is not shown any more."""
        self._note(title=title, act="withdrawn", summary="", documents=[], reason=reason, at=at, by=by)

    def _note(self, **values: object) -> None:
        self._add(t.library_act, **values)


def _entries() -> Select[tuple[object, ...]]:
    """What is shown: entries whose last act published them, of titles that stand."""
    last = select(func.max(t.library_act.c.id)).group_by(t.library_act.c.title)
    columns = (
        t.title.c.id, t.title.c.holder, t.title.c.experience_name, t.title.c.year, t.title.c.season, application.c.focus_area,
        t.library_act.c.summary, t.library_act.c.documents, t.library_act.c.at,
    )  # fmt: skip
    joined = t.library_act.join(t.title, t.title.c.id == t.library_act.c.title).outerjoin(application, application.c.id == t.title.c.application)
    shown = and_(t.library_act.c.id.in_(last), t.library_act.c.act == "published", t.title.c.state == "active")
    return select(*columns).select_from(joined).where(shown)


def entries(connection: Connection, *, search: str = "", limit: int, offset: int = 0) -> Rows:
    """A page of what is shown, the latest year first."""
    found = _found(search).order_by(t.title.c.year.desc(), t.title.c.id).limit(limit).offset(offset)
    return connection.execute(found).mappings().all()


def count(connection: Connection, *, search: str = "") -> int:
    """How many of them there are on all pages."""
    return int(connection.execute(select(func.count()).select_from(_found(search).subquery())).scalar_one())


def _found(search: str) -> Select[tuple[object, ...]]:
    if not search:
        return _entries()
    words = (t.title.c.holder, t.title.c.experience_name, t.library_act.c.summary)
    return _entries().where(or_(*(column.icontains(search, autoescape=True) for column in words)))


def entry(connection: Connection, title: str) -> RowMapping | None:
    """What is shown of one title."""
    return connection.execute(_entries().where(t.title.c.id == title)).mappings().first()


def last_act(connection: Connection, title: str) -> RowMapping | None:
    """The last act on a title's entry, withdrawn or not, for those who keep it."""
    found = select(t.library_act).where(t.library_act.c.title == title).order_by(t.library_act.c.id.desc()).limit(1)
    return connection.execute(found).mappings().first()


def files_shown(connection: Connection, documents: Sequence[str]) -> Rows:
    """The files among these that were not removed for good, in their order."""
    found = select(document).where(document.c.id.in_(list(documents)), document.c.removed_at.is_(None))
    return connection.execute(found.order_by(document.c.code, document.c.id)).mappings().all()
