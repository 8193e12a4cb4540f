"""Named reads behind the live checks of a form: what the house knows of an application besides what is being typed.

No rights here: what somebody may open is decided by `selection.rights`; lists that depend on the person take the person.
"""

from sqlalchemy import Connection

from selection.examination import Known
from store.selection.application import ApplicationFacts
from store.selection.documents import DocumentFacts
from store.selection.people import PeopleFacts
from store.selection.title import TitleFacts


def known_of(connection: Connection, application_id: str) -> Known | None:
    """What is known of an application; None if there is none."""
    applications = ApplicationFacts(connection)
    row = applications.get(application_id)
    if row is None:
        return None
    enterprise = PeopleFacts(connection).enterprise(row.enterprise)
    files = DocumentFacts(connection).living(season=row.season, owner=application_id)
    return Known(
        documents=tuple((file.code, file.name) for file in files),
        other_applications=tuple(other.id for other in applications.others_of_enterprise(row)),
        titles=TitleFacts(connection).of_uscc(enterprise.uscc) if enterprise else (),
        document_titles={file.code: file.title for file in files if file.title},
        measures=next((file.measures for file in reversed(files) if file.measures), {}),
    )


def kept_form(connection: Connection, application_id: str, *, state: str | None = None) -> dict[str, object]:
    """The last version of the 申报书 that was kept (``checked`` or ``submitted``, None: of either); empty when there is none."""
    kept = ApplicationFacts(connection).form(application_id, state=state)
    return dict(kept.data) if kept else {}
