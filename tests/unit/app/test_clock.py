from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.clock import ManualClock, SystemClock

START = datetime(2023, 9, 15, tzinfo=UTC)


def test_the_system_clock_is_aware():
    assert SystemClock().now().tzinfo is UTC


def test_a_manual_clock_stands_until_it_is_moved_and_says_so():
    kept = []
    clock = ManualClock(START, keep=kept.append)
    assert clock.now() == START
    clock.step(timedelta(days=1))
    clock.move_to(datetime(2023, 9, 17, 8, tzinfo=timezone(timedelta(hours=8))))
    assert clock.now() == datetime(2023, 9, 17, tzinfo=UTC)
    assert kept == [START + timedelta(days=1), datetime(2023, 9, 17, tzinfo=UTC)]


def test_time_is_never_turned_back():
    clock = ManualClock(START)
    with pytest.raises(ValueError, match="never turned back"):
        clock.move_to(START - timedelta(seconds=1))


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        ManualClock(datetime(2023, 9, 15))  # noqa: DTZ001 - that is the mistake
