"""One application in a real browser, from the registration of its enterprise to the revocation of its title. Each step is clicked once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.settings import Settings
from app.simulate import play as plays
from app.simulate.answers.base import ANSWERS
from app.simulate.play import Wish
from store.selection.accounts import Accounts
from tests.browser.company import ClickingWorld, everybody_plain, goes_on
from tests.browser.story import PASSWORD, Story, begins, fills_in, registers, signs
from tests.browser.story_public import a_day_passes, is_announced, is_answered, is_published_by_two, loses_the_title, objects
from web.passwords import hash_password

pytestmark = pytest.mark.browser
FOLDER = Path("processes/cn-2023")
OTHERS = (95.0, 93.0, 91.0, 89.0, 75.0, 60.0, 67.0)
YEARS = timedelta(days=2000)


@pytest.fixture
def season(tmp_path):
    """The season before its first day, with seven other enterprises."""
    settings = Settings.load(
        environment={}, database_url=f"sqlite:///{tmp_path / 'house.db'}", files_folder=tmp_path / "files", mail_folder=tmp_path / "mail"
    )
    settings = replace(settings, session_idle=YEARS, session_absolute=YEARS)
    house = plays.empty_house(settings, start=plays.first_moment(FOLDER))
    play = plays.prepare(house, Wish(folder=FOLDER, applications=len(OTHERS)))
    everybody_plain(play, qualities=OTHERS)
    world = play.world
    play.world = ClickingWorld(house=house, season=world.season, random=world.random, cast=world.cast)
    hashed = hash_password(PASSWORD)
    house.database.run(lambda connection: [Accounts(connection).set_password(one, password_hash=hashed) for one in world.cast.persons])
    yield play
    house.close()


ACTS = """
N01a N01b N05a N05b N03a N03b N03c N04a N04b N04c N05d N05e N05c N06a N06d N07a N07b N07c N07d N08a N08b N08e N08c N10b
N11a N11b N11c N12a N12b N12c N12f N12e N13a N13 N14 N14b N15a N16a N16b N16c N16d N16e N16f
"""


def test_from_registration_to_revocation(season, chromium, serve, monkeypatch):
    world = season.world
    with serve(world.house) as address:
        story = Story(season, chromium, address)
        world.house.engine.start(
            process="season", business_key=world.season, variables={"season": world.season}, tenant=world.season, actor=plays.SYSTEM
        )
        goes_on(season, until=lambda: world.now >= season.plan["申报开始"] + timedelta(hours=1))
        hands = registers(story)
        begins(story, hands)
        world.work()
        fills_in(story, hands)
        world.work()
        signs(story, hands)

        with monkeypatch.context() as nobody_confirms:
            nobody_confirms.setitem(ANSWERS, "N11c", lambda _play, _task: False)
            goes_on(season, until=lambda: bool(world.open_tasks("N11c")))
            is_published_by_two(story)
        goes_on(season, until=lambda: story.state() == "publicity")
        receipt = objects(story)
        world.work()
        goes_on(season, until=lambda: world.now >= season.plan["公示开始"] + timedelta(days=16), step=lambda: a_day_passes(story))
        is_answered(story, receipt)
        goes_on(season, until=lambda: story.title() is not None and ("N15a", "") in world.clicked)
        is_announced(story)
        loses_the_title(story)

        assert set(ACTS.split()) - {element for element, _ in world.clicked} == set()
        assert [said for each in (story.public, *story.windows.values()) for said in each.faults] == []
