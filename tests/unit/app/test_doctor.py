"""The doctor on a simulated house: silent while it is whole, and naming exactly the invariant that was broken."""

import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import text

from app import doctor
from app.simulate import play as plays
from app.wiring import build
from store.files import Files
from tests.reliability.season import DESK_REVIEW, FOLDER, Stops, prepare, settings_in
from tests.unit.app.violations import PLANTS, ROWS

OF_FILES = ("stored_files_are_whole", "no_orphan_files")


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """A season of ten, in the middle of its desk review and at its end, each with an anchor."""
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        play = prepare(folder, f"sqlite:///{folder / 'house.db'}")
        house = play.world.house
        middle = folder.parent / "middle"

        def photograph(_play, _stop):
            house.engine.anchor()
            house.database.close()
            shutil.copytree(folder, middle)

        Stops(patch, [DESK_REVIEW], photograph)
        plays.run(play)
        house.engine.anchor()
    in_the_middle = build(settings_in(middle, f"sqlite:///{middle / 'house.db'}"))
    yield {"end": house, "middle": in_the_middle}
    house.close()
    in_the_middle.close()


class Uncommitted:
    """A database whose readers see what one open transaction has written."""

    def __init__(self, connection):
        self.connection = connection

    @contextmanager
    def read(self):
        yield self.connection


def named(house):
    return {found.invariant for found in doctor.examine(house)}


def test_every_invariant_has_its_violation():
    assert set(doctor.invariants()) == {*PLANTS, *OF_FILES}
    assert len(doctor.invariants()) >= 20


def test_the_reference_lists_the_invariants_in_their_order():
    (section,) = re.findall(r"## The doctor's invariants\n(.*)", (FOLDER.parents[1] / "docs/reference/reliability.md").read_text("utf-8"), re.DOTALL)
    listed = [name for line in section.splitlines() if line.startswith("| ") for name in re.findall(r"`(\w+)`", line)]
    assert listed == list(doctor.invariants())


@pytest.mark.parametrize("moment", ["middle", "end"])
def test_an_untouched_house_is_clean(houses, moment):
    assert doctor.examine(houses[moment]) == []


@pytest.mark.parametrize("invariant", PLANTS)
def test_a_planted_violation_is_named(houses, invariant):
    moment, statements, also = PLANTS[invariant]
    house = houses[moment]
    with house.database.engine.connect() as connection, connection.begin() as transaction:
        for statement in statements:
            for name, rows in ROWS.items():
                statement = statement.replace(name, rows)  # noqa: PLW2901 - names stand for rows
            assert connection.execute(text(statement)).rowcount > 0, statement
        found = named(replace(house, database=Uncommitted(connection)))
        transaction.rollback()
    assert found == {invariant, *also}


@pytest.fixture
def stored(houses):
    """The path of a stored content; it is whole again afterwards."""
    files = houses["end"].files
    path = files.path(next(files.everything()))
    content = path.read_bytes()
    yield path
    path.write_bytes(content)


def test_a_changed_file_is_named(houses, stored):
    stored.write_bytes(b"something else")
    assert named(houses["end"]) == {"stored_files_are_whole"}


def test_a_missing_file_is_named(houses, stored):
    stored.unlink()
    assert named(houses["end"]) == {"stored_files_are_whole"}


def test_what_an_upload_left_behind_is_named_after_a_day_and_swept(houses, tmp_path):
    house = houses["end"]
    content = tmp_path / "upload"
    content.write_bytes(b"refused")
    with content.open("rb") as stream:
        left = house.files.path(house.files.put(stream).sha256)
    assert named(house) == set()
    yesterday = (house.clock.now() - doctor.UPLOADING - timedelta(seconds=1)).timestamp()
    os.utime(left, (yesterday, yesterday))
    assert named(house) == {"no_orphan_files"}
    assert doctor.sweep(house) == 1
    assert not left.exists()
    assert named(house) == set()


def old_upload(house, content, name):
    """The paths of an upload of the day before yesterday that nothing names, and of one that broke off."""
    left = house.files.path(house.files.put(BytesIO(content)).sha256)
    broken = house.files.folder / f".new-{name}"
    broken.write_bytes(content)
    before = (house.clock.now() - 2 * doctor.UPLOADING).timestamp()
    for path in (left, broken):
        os.utime(path, (before, before))
    return left, broken


def test_what_is_being_uploaded_is_never_swept(houses):
    house = houses["end"]
    left, broken = old_upload(house, b"refused", "old")
    fresh = house.files.folder / ".new-fresh"
    fresh.write_bytes(b"half of a video")
    again = house.files.path(house.files.put(BytesIO(b"refused")).sha256)  # uploaded anew a moment ago
    assert doctor.sweep(house) == 0
    assert (again.exists(), broken.exists(), fresh.exists()) == (True, False, True)
    fresh.unlink()
    left.unlink()


def test_a_folder_of_another_installation_is_never_swept(houses, tmp_path, sqlite_url):
    house = houses["end"]
    left, _ = old_upload(house, b"somebody's only copy", "other")
    empty = build(settings_in(tmp_path, sqlite_url), clock=house.clock)
    assert doctor.sweep(replace(empty, files=house.files)) == 0
    empty.close()
    elsewhere = replace(house, files=Files(tmp_path / "elsewhere"))
    other, _ = old_upload(elsewhere, b"of a third", "third")
    assert doctor.sweep(elsewhere) == 0
    assert left.exists()
    assert other.exists()
    left.unlink()


@pytest.mark.parametrize("applications", [10, 34])
def test_a_house_is_clean_at_every_stage_of_its_season(tmp_path, applications):
    """With everything planted that a simulation of that size plants."""
    house = plays.empty_house(settings_in(tmp_path, f"sqlite:///{tmp_path / 'house.db'}"), start=plays.first_moment(FOLDER))
    play = plays.prepare(house, plays.Wish(folder=FOLDER, applications=applications))
    seen = {}

    def look(_):
        with house.database.read() as connection:
            stage = connection.execute(
                text("SELECT group_concat(stage) FROM (SELECT DISTINCT stage FROM instance ORDER BY stage)")
            ).scalar()
        if stage not in seen:
            seen[stage] = doctor.examine(house)

    plays.run(play, progress=look)
    assert len(seen) > 10
    assert [found for violations in seen.values() for found in violations] == []
    assert doctor.examine(house) == []
    house.close()
