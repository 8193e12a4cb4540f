"""Column types of ours: instants as integers, values as compact JSON, bytes as they are. Knows nothing of any table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since the epoch of an aware datetime. Raises ValueError for a naive one: its zone would be a guess."""
    if moment.tzinfo is None:
        message = f"naive datetime {moment!r}: hand in an aware one"
        raise ValueError(message)
    return (moment - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    """The aware UTC datetime of microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=value)


def encode(value: object) -> str:
    """A value as canonical JSON text: sorted keys, instants in ISO 8601, no blanks; the same value always gives the same text."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()


def decode(text: str) -> Any:
    """The value of JSON text."""
    return orjson.loads(text)


def _plain(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value)


class Instant(TypeDecorator[datetime]):
    """An instant: aware UTC datetime outside, integer microseconds inside (SQLite would drop the zone of its own date type)."""

    impl = BigInteger
    cache_ok = True

    @staticmethod
    def stored(value: datetime | None) -> int | None:
        """To microseconds."""
        return None if value is None else micros(value)

    @staticmethod
    def restored(value: int | None) -> datetime | None:
        """From microseconds."""
        return None if value is None else moment(value)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - given by SQLAlchemy
        """To microseconds."""
        return self.stored(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - given by SQLAlchemy
        """From microseconds."""
        return self.restored(value)


class Json(TypeDecorator[Any]):
    """Any JSON value as text; None is SQL's NULL."""

    impl = Text
    cache_ok = True

    @staticmethod
    def stored(value: object) -> str | None:
        """To JSON text."""
        return None if value is None else encode(value)

    @staticmethod
    def restored(value: str | None) -> Any:
        """From JSON text."""
        return None if value is None else decode(value)

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002 - given by SQLAlchemy
        """To JSON text."""
        return self.stored(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - JSON holds anything
        """From JSON text."""
        return self.restored(value)


Blob = LargeBinary
# A growing number: SQLite counts only an INTEGER PRIMARY KEY by itself.
Counter = BigInteger().with_variant(Integer, "sqlite")
