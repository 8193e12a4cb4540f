"""The one MetaData of the selection's tables, and short words for their columns. No table here."""

from sqlalchemy import Column, MetaData, Text

from store.types import Instant, Json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str) -> Column[str]:
    """A part of the primary key."""
    return Column(name, Text, primary_key=True)


def text(name: str, *, unique: bool = False, default: str | None = None) -> Column[str]:
    """A text that must be there."""
    return Column(name, Text, nullable=False, unique=unique, default=default)


def maybe(name: str) -> Column[str]:
    """A text that may be missing."""
    return Column(name, Text)


def instant(name: str, *, needed: bool = False) -> Column[object]:
    """An instant (aware UTC)."""
    return Column(name, Instant, nullable=not needed)


def json(name: str) -> Column[object]:
    """Any JSON value; SQL's NULL for None."""
    return Column(name, Json)
