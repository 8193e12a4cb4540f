"""The log of who opened which file: written with every download, read by the office and the supervision."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from store.selection.tables_application import document
from store.selection.tables_people import person
from store.selection.tables_views import file_view


def note_view(connection: Connection, *, document_id: str, by: str, at: datetime) -> None:
    """Somebody opens a file."""
    connection.execute(insert(file_view).values(document=document_id, person=by, at=at))


def views_of(connection: Connection, *, owner: str) -> list[tuple[str, str, str, datetime]]:
    """Who opened which file of a case and when: (file, person's id, person's name, instant), the latest first."""
    found = (
        select(document.c.name, file_view.c.person, person.c.name, file_view.c.at)
        .join(document, document.c.id == file_view.c.document)
        .outerjoin(person, person.c.id == file_view.c.person)
        .where(document.c.owner == owner)
        .order_by(file_view.c.id.desc())
    )
    return [(file, by, name or by, at) for file, by, name, at in connection.execute(found)]
