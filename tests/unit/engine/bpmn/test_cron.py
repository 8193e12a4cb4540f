"""Cron expressions in timers, on the wall clock of the zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.bpmn import DiagramErrors
from engine.bpmn.cron import parse_cron
from engine.expressions import ExpressionError

ZONE = ZoneInfo("Asia/Shanghai")


def dues(text, count=3, start="2023-05-01T00:00"):
    instant, found = datetime.fromisoformat(start).replace(tzinfo=ZONE), []
    for _ in range(count):
        instant = parse_cron(text).after(instant, ZONE)
        found.append(instant.astimezone(ZONE).strftime("%m-%d %H:%M:%S"))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 0/20 * * * ?", ["05-01 00:20:00", "05-01 00:40:00", "05-01 01:00:00"]),
        ("0 0 9 ? * MON-FRI", ["05-01 09:00:00", "05-02 09:00:00", "05-03 09:00:00"]),
        ("0 30 8,17 ? * 2", ["05-01 08:30:00", "05-01 17:30:00", "05-08 08:30:00"]),
        ("15,45 59 23 31 * ?", ["05-31 23:59:15", "05-31 23:59:45", "07-31 23:59:15"]),
        ("0 0 0 29 FEB ? *", ["02-29 00:00:00", "02-29 00:00:00", "02-29 00:00:00"]),
        ("0 9 * * 1", ["05-01 09:00:00", "05-08 09:00:00", "05-15 09:00:00"]),
        ("0 9 3 * 0", ["05-03 09:00:00", "05-07 09:00:00", "05-14 09:00:00"]),
        ("0 0 12 1 1-6/2 ?", ["05-01 12:00:00", "01-01 12:00:00", "03-01 12:00:00"]),
    ],
)
def test_the_instants_of_an_expression(text, expected):
    assert dues(text) == expected


@pytest.mark.parametrize(
    "text", ["0 60 * * * ?", "0 0 0 L * ?", "0 0 * * MON#1", "a b c d e", "*/0 * * * *", "5-1 * * * *", "0 0 0 1 1 ? 99999", "* * * * 8"]
)
def test_what_is_no_cron_expression_is_refused(text):
    with pytest.raises(ExpressionError):
        parse_cron(text)


def test_years_come_to_an_end():
    assert parse_cron("0 0 0 1 1 ? 2022").after(datetime(2023, 5, 1, tzinfo=UTC), ZONE) is None


def test_a_boundary_timer_by_cron_fires_again_and_again_and_misses_fire_once(draw, story, day):
    xml = draw.diagram(
        draw.start(),
        draw.user("u"),
        draw.boundary("b", "u", "cycle:0 0 9 * * ?", interrupting=False),
        draw.user("w"),
        draw.end(),
        draw.flows("s-u-e", "b-w-e"),
    )
    told = story(xml)
    assert told.wait("b").due == datetime(2023, 5, 1, 1, tzinfo=UTC)
    told.fire("b")
    told.now += 10 * day
    told.fire("b")
    assert told.at.count("w") == 2
    assert told.wait("b").due == datetime(2023, 5, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0 0 0 1 1 ? 1999", "0 0 25 * * ?"])
def test_a_timer_that_never_comes_is_refused_at_deployment(draw, story, text):
    with pytest.raises(DiagramErrors):
        story(draw.diagram(draw.start(), draw.catch("c", f"cycle:{text}"), draw.flows("s-c")))
