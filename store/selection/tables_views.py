"""The log of who opened which file: one row per download, never changed."""

from sqlalchemy import Column, Index, Table

from store.selection.base import instant, metadata, text
from store.types import Counter

file_view = Table(
    "file_view",
    metadata,
    Column("id", Counter, primary_key=True),
    text("document"),
    text("person"),
    instant("at", needed=True),
    Index(None, "document"),
    Index(None, "person"),
)
