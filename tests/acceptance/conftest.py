"""Worlds for stories: each story gets its own copy of the house at a stage of the season."""

import pytest

from tests.acceptance.stages import Album, open_copy
from tests.acceptance.world import World
from tests.portal import portal  # noqa: F401 - a fixture of every file


@pytest.fixture(scope="session")
def album(tmp_path_factory):
    """One played season, photographed at its stages."""
    taken = Album(tmp_path_factory.mktemp("season"))
    taken.take()
    return taken


@pytest.fixture
def world_at(album, tmp_path):
    """`world_at("形式审查")`: a world of its own at that stage."""
    houses = []

    def open_at(stage):
        house, play = open_copy(album.pictures[stage], tmp_path / f"house{len(houses)}")
        houses.append(house)
        return World(house, play)

    yield open_at
    for house in houses:
        house.close()
