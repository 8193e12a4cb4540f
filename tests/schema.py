"""What a database looks like, told so that two databases of one product can be compared."""

from sqlalchemy import inspect
from sqlalchemy.schema import MetaData

from store.database import Database
from store.engine.tables import metadata as engine_tables
from store.selection.tables import metadata as selection_tables

OF_THE_CODE = (engine_tables, selection_tables)
ADVICE = "the tables of the code changed: add a step to store/migrations/versions that brings a database of before to them"


def shape(database: Database) -> dict[str, object]:
    """Tables with their columns, keys, references, checks and indexes. Left out: a column's default, which a step may need for old rows."""
    with database.read() as connection:
        seen = inspect(connection)
        return {table: _table(seen, table, small=database.is_sqlite) for table in seen.get_table_names() if table != "alembic_version"}


def make_anew(database: Database) -> None:
    """Put the tables of the code in place of those there are."""
    with database.write() as connection:
        old = MetaData()
        old.reflect(connection)
        old.drop_all(connection)
        for each in OF_THE_CODE:
            each.create_all(connection, checkfirst=False)


def _table(seen, table, *, small):
    return {
        "columns": {each["name"]: (_type(each["type"], small=small), each["nullable"]) for each in seen.get_columns(table)},
        "primary": seen.get_pk_constraint(table)["constrained_columns"],
        "references": _sorted((each["constrained_columns"], each["referred_table"]) for each in seen.get_foreign_keys(table)),
        "unique": _sorted(each["column_names"] for each in seen.get_unique_constraints(table)),
        "checks": _sorted(each["sqltext"] for each in seen.get_check_constraints(table)),
        "indexes": _sorted((each["name"], each["column_names"], bool(each["unique"])) for each in seen.get_indexes(table)),
    }


def _type(kind, *, small) -> str:
    return "INTEGER" if small and str(kind) == "BIGINT" else str(kind)  # SQLite keeps both alike


def _sorted(found) -> list[str]:
    return sorted(map(str, found))
