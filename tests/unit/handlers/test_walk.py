"""One application after the other from the notice to the announcement, through the engine, on the real diagrams."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.settings import Settings
from app.simulate.play import Wish, empty_house, first_moment, prepare, run
from store.engine import tables
from store.selection.facts import Facts

FOLDER = Path("processes/cn-2023")


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walk")
    settings = Settings(database_url=f"sqlite:///{folder / 'walk.db'}", files_folder=folder / "files", mail_folder=folder / "mails")
    house = empty_house(settings, start=first_moment(FOLDER))
    play = prepare(house, Wish(folder=FOLDER, applications=3, seed=1))
    for part in play.parts:
        part.fate, part.quality = "plain", 90.0 + part.number
    run(play, until=play.plan["归档"])
    with house.database.read() as connection:
        yield play, connection, Facts(connection)
    house.close()


def test_every_ordinary_application_is_announced(walked):
    play, _, facts = walked
    assert {row.state for row in facts.applications.of_season(play.world.season)} == {"announced"}
    titles = facts.titles.of_season(play.world.season)
    assert sorted((row.imported, row.state) for row in titles) == [(False, "active")] * 3 + [(True, "revoked")]


def test_nothing_stands_still(walked):
    _, connection, _ = walked
    assert connection.execute(select(tables.incident.c.element, tables.incident.c.message)).all() == []


def test_the_public_stage_says_announced(walked):
    _, connection, _ = walked
    stages = connection.execute(select(tables.instance.c.public_stage).where(tables.instance.c.process == "application")).scalars().all()
    assert set(stages) == {"已公告"}


def test_no_score_comment_or_objector_is_ever_a_variable(walked):
    _, connection, _ = walked
    changes = connection.execute(select(tables.history.c.data).where(tables.history.c.kind == "variable")).scalars().all()
    secret = {
        "scores",
        "comments",
        "overall",
        "total",
        "recommendation",
        "votes_for",
        "votes_against",
        "ranking",
        "name",
        "contact",
        "facts",
    }
    assert {change["name"] for change in changes} & secret == set()
