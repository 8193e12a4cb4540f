"""What people call the processes and elements that rows of instances name."""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping

from engine.errors import EngineError
from web.house import House


@dataclass(frozen=True)
class Place:
    """Where something stands, in people's words: the process and the element ("" where the diagram names none)."""

    process: str
    element: str


def process_names(house: House, connection: Connection, number: int) -> dict[str, str]:
    """The processes of a version -> their names; one without a name keeps its key."""
    processes = house.engine.home.versions.load(connection, number).definitions.processes
    return {key: one.name or key for key, one in processes.items()}


def place_of(house: House, connection: Connection, number: int | None, row: RowMapping) -> Place:
    """The place of ``row["element"]`` in ``row["process"]``, as an instance of version ``number`` has it."""
    if number is None:
        return Place(row["process"] or "", "")
    version = house.engine.home.versions.having(connection, number, process=row["process"], element=row["element"])
    known = version.definitions.processes.get(row["process"])
    return Place((known and known.name) or row["process"] or "", element_name(house, connection, number, row))


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
