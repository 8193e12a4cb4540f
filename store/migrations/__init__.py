"""The schema's history: Alembic migrations, run from the programme itself (no alembic.ini). Alembic is only loaded where it migrates."""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from store.database import Database

_VERSION = table("alembic_version", column("version_num"))


def head() -> str:
    """The revision that this programme's schema has: the last of those that it knows."""
    return max(_revisions())


def is_newer(database: Database) -> bool:
    """Whether a later programme has made the database's schema: this one knows no way from it."""
    revision = current(database)
    return revision is not None and revision not in _revisions()


def _revisions() -> set[str]:
    """The revisions by which the files of `versions` are named."""
    return {path.name.partition("_")[0] for path in (Path(__file__).parent / "versions").glob("[0-9]*_*.py")}


def current(database: Database) -> str | None:
    """The revision of a database; None if it has no schema of ours."""
    with database.read() as connection:
        if not inspect(connection).has_table(_VERSION.name):
            return None
        return connection.execute(select(_VERSION.c.version_num)).scalar()


def is_current(database: Database) -> bool:
    """Whether the database's schema is the programme's; otherwise point to ``migrate``."""
    return current(database) == head()


def upgrade(database: Database, *, to: str = "head") -> None:
    """Bring the schema up to date, all steps in one transaction: either the old or the new schema, never half of one.

    ``to``: the revision to stop at, for a database as an earlier programme left it.
    """
    from alembic import command  # noqa: PLC0415 - most starts migrate nothing
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")

    def migrate(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, to)

    database.run(migrate)
