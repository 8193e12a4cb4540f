"""Moves a photograph of the season, a SQLite file, into a PostgreSQL database: the same rows, so that the same attacks can be tried there."""

from pathlib import Path

from sqlalchemy import func, select, text

from store.database import Database
from tests.schema import OF_THE_CODE


def move(path: Path, url: str) -> None:
    """Copy every row of the file into the migrated, empty database."""
    source, target = Database(f"sqlite:///{path}"), Database(url)
    with source.read() as reading, target.write() as writing:
        for table in (table for each in OF_THE_CODE for table in each.sorted_tables):
            writing.execute(table.delete())  # what the migrations put there
            rows = [dict(row) for row in reading.execute(select(table)).mappings()]
            if rows:
                writing.execute(table.insert(), rows)
            for column in (column for column in table.primary_key.columns if column is table.autoincrement_column):
                highest = writing.execute(select(func.max(column))).scalar()
                if highest is not None:
                    writing.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), {int(highest)})"))
    source.close()
    target.close()
