"""Named reads behind the checks of a form, live and at its submission: what the house knows of an application besides what is being typed.

No rights here: what somebody may open is decided by `selection.rights`; lists that depend on the person take the person.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from selection.examination import Known
from selection.season import Season
from store.selection.application import ApplicationFacts
from store.selection.people import PeopleFacts
from store.selection.subject import Fact
from store.selection.title import TitleFacts


def known_of(connection: Connection, application: Fact, papers: Sequence[Fact], *, season: Season) -> Known:
    """What the house knows of an application with these papers of its own."""
    enterprise = PeopleFacts(connection).enterprise(application.enterprise)
    experience = season.form.slots["experience_document"]
    return Known(
        documents=tuple((row.code, row.name) for row in papers),
        other_applications=tuple(row.id for row in ApplicationFacts(connection).others_of_enterprise(application)),
        titles=TitleFacts(connection).of_uscc(enterprise.uscc) if enterprise else (),
        document_titles={row.code: str(row.title) for row in papers if row.title},
        measures=next((dict(row.measures) for row in reversed(papers) if row.code == experience and row.measures), {}),
    )


def kept_form(connection: Connection, application_id: str, *, state: str | None = None) -> dict[str, object]:
    """The last version of the 申报书 that was kept (``checked`` or ``submitted``, None: of either); empty when there is none."""
    kept = ApplicationFacts(connection).form(application_id, state=state)
    return dict(kept.data) if kept else {}
