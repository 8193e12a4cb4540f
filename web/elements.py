"""What people call the element of a diagram that a row of an instance names."""

from sqlalchemy import Connection, RowMapping

from engine.errors import EngineError
from web.house import House


def element_name(house: House, connection: Connection, number: int | None, row: RowMapping) -> str:
    """The name of ``row["element"]`` in ``row["process"]``, as an instance of version ``number`` has it; "" where the row names no element of a diagram."""
    if number is None:
        return ""
    place = {"process": row["process"], "element": row["element"]}
    version = house.engine.home.versions.having(connection, number, **place)
    try:
        name: str = version.definitions.element(row["process"], row["element"]).name
    except EngineError:  # the case itself, not one of its elements
        return ""
    return name
