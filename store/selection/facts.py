"""`Facts(connection)`: everything that handlers read and write of the selection, by subject. Opens and commits nothing."""

from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from store.selection.application import ApplicationFacts
from store.selection.calendar import CalendarFacts
from store.selection.contacts import Contacts
from store.selection.defence import DefenceFacts
from store.selection.documents import DocumentFacts
from store.selection.form_check import FormCheckFacts
from store.selection.library import LibraryFacts
from store.selection.meeting import MeetingFacts
from store.selection.nomination import NominationFacts
from store.selection.people import PeopleFacts
from store.selection.publicity import PublicityFacts
from store.selection.review import ReviewFacts
from store.selection.subscribers import Subscribers
from store.selection.tasks import TaskFacts
from store.selection.title import TitleFacts


class Facts:
    """The facts of the selection on the connection of one transaction.

    ``letters``: the parsed mail templates of a season's version (`app.letters.Letters`); the composition root hands them in, `handlers.notify`
    queues with them. None means a house that sends no mail at all. ``site``: the address of our pages, for the links in letters.
    ``files``: where bytes lie (`store.files`), for what happens outside the database; None where nothing does.
    """

    def __init__(
        self, connection: Connection, *, letters: Any = None, site: str = "http://localhost", files: Any = None
    ) -> None:
        """``connection``: inside a transaction that the caller commits."""
        self.files = files
        self.connection = connection
        self.site = site
        self.letters = letters

    @cached_property
    def calendar(self) -> CalendarFacts:
        """Season, named deadlines, working days."""
        return CalendarFacts(self.connection)

    @cached_property
    def tasks(self) -> TaskFacts:
        """The engine's tasks, as far as rules need them."""
        return TaskFacts(self.connection)

    @cached_property
    def people(self) -> PeopleFacts:
        """Accounts, enterprises, units, experts."""
        return PeopleFacts(self.connection)

    @cached_property
    def subscribers(self) -> Subscribers:
        """Who asked for the public letters."""
        return Subscribers(self.connection)

    @cached_property
    def contacts(self) -> Contacts:
        """Contact mailboxes that were confirmed."""
        return Contacts(self.connection)

    @cached_property
    def applications(self) -> ApplicationFacts:
        """Applications and their forms."""
        return ApplicationFacts(self.connection)

    @cached_property
    def documents(self) -> DocumentFacts:
        """Files."""
        return DocumentFacts(self.connection)

    @cached_property
    def nominations(self) -> NominationFacts:
        """The units' choice."""
        return NominationFacts(self.connection)

    @cached_property
    def form_checks(self) -> FormCheckFacts:
        """Form check and corrections."""
        return FormCheckFacts(self.connection)

    @cached_property
    def reviews(self) -> ReviewFacts:
        """Groups and scores."""
        return ReviewFacts(self.connection)

    @cached_property
    def defences(self) -> DefenceFacts:
        """Defence and site visits."""
        return DefenceFacts(self.connection)

    @cached_property
    def meetings(self) -> MeetingFacts:
        """The committee's meetings."""
        return MeetingFacts(self.connection)

    @cached_property
    def publicity(self) -> PublicityFacts:
        """Batches, objections, approval, releases."""
        return PublicityFacts(self.connection)

    @cached_property
    def library(self) -> LibraryFacts:
        """What of titles is shown to everybody."""
        return LibraryFacts(self.connection)

    @cached_property
    def titles(self) -> TitleFacts:
        """Titles and revocations."""
        return TitleFacts(self.connection)
