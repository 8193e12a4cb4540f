"""`serve --manual-clock` on a database that holds nothing makes it one whose clock is stepped by hand."""

from types import SimpleNamespace

from app.cli_serve import prepare_trial
from store import migrations
from store.database import Database
from store.engine import queries


def test_an_empty_database_becomes_a_trial_and_an_existing_one_is_left_alone(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"
    prepare_trial(SimpleNamespace(database_url=url))
    database = Database(url)
    assert migrations.is_current(database)
    with database.read() as connection:
        first = queries.manual_clock(connection)
    assert first is not None
    prepare_trial(SimpleNamespace(database_url=url))
    with database.read() as connection:
        assert queries.manual_clock(connection) == first
    database.close()
