"""All tables of the selection under one name; importing this module fills `metadata`. No statements here."""

from store.selection import mail
from store.selection import tables_application as application
from store.selection import tables_people as people
from store.selection import tables_result as result
from store.selection import tables_review as review
from store.selection import tables_views as views
from store.selection.base import metadata

__all__ = ["application", "mail", "metadata", "people", "result", "review", "views"]
