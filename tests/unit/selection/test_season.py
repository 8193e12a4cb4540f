"""Reading and checking a season's settings."""

from __future__ import annotations

import re
import tomllib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from selection.calendar import Calendar
from selection.errors import InvalidSettings, NotFound
from selection.season import Season, check_plan, settings_problems, uncertain_years
from tests.unit.selection.conftest import SETTINGS

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "season.md"
DEPLOYED = sorted((Path(__file__).parents[2] / "snapshots" / "seasons").glob("*.toml"))


def names_of(cls: Any, prefix: str = "") -> Iterator[str]:
    hints = typing.get_type_hints(cls)
    for entry in fields(cls):
        hint, name = hints[entry.name], prefix + entry.name
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin is tuple and is_dataclass(args[0]):
            yield from (f"{name}[]", *names_of(args[0], f"{name}[]."))
        elif origin is Mapping and is_dataclass(args[1]):
            yield from (f"{name}.*", *names_of(args[1], f"{name}.*."))
        elif is_dataclass(hint):
            yield from names_of(hint, f"{name}.")
        else:
            yield f"{name}.*" if origin is Mapping else name


def test_the_reference_describes_every_setting_and_no_other() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| [^|]+ \| [^|]+ \| [^|]+ \|$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(names_of(Season))


def test_g11_g12_48_units_without_the_organiser(season: Season) -> None:
    assert len(season.units) == 48
    with pytest.raises(NotFound):
        season.unit("RU-CAQ")
    assert season.unit("RU-SX").name == "山西省工业和信息化厅"
    assert season.unit("RU-XJBT").name == "新疆生产建设兵团工业和信息化厅"


def test_the_plan_of_2023_fits_its_own_periods(season: Season, calendar: Calendar) -> None:
    assert check_plan(season, calendar=calendar) == ()


def test_a_plan_too_short_for_its_periods_is_named(settings: dict[str, Any], calendar: Calendar) -> None:
    for entry in settings["deadlines"]:
        if entry["name"] == "公示截止":
            entry["day"] = date(2023, 11, 17)
    problems = check_plan(Season.from_settings(settings), calendar=calendar)
    assert [problem.path for problem in problems] == ["deadlines.公示截止"]
    assert "2023-11-20" in problems[0].zh


@pytest.mark.parametrize(
    ("setting", "at"),
    [
        ("defence.material_working_days", "答辩开始"), ("defence.invite_working_days", "答辩开始"), ("site_visit.notice_working_days", "考察开始"),
        ("corrections.working_days", "补正截止"), ("publicity.working_days", "公示截止"),
    ],
)  # fmt: skip
def test_a_period_that_a_setting_says_follows_the_setting(settings: dict[str, Any], calendar: Calendar, setting: str, at: str) -> None:
    part, _, name = setting.partition(".")
    settings[part][name] += 30
    assert {problem.path for problem in check_plan(Season.from_settings(settings), calendar=calendar)} == {f"deadlines.{at}"}


@pytest.mark.parametrize("setting", ["defence.nothing", "publicity.channels", "defence"])
def test_a_period_by_a_setting_that_is_not_there_is_named(settings: dict[str, Any], setting: str) -> None:
    settings["minimum_periods"][0] = {"after": "申报开始", "before": "申报截止", "setting": setting, "why": "准备"}
    assert [problem.path for problem in settings_problems(settings)] == ["minimum_periods"]


def test_a_deadline_that_rolls_over_is_checked_on_the_day_it_counts(settings: dict[str, Any], calendar: Calendar) -> None:
    """公示截止 on Sunday 19 November is a working day short; rolled over to Monday 20 it is not (A-18)."""
    next(entry for entry in settings["deadlines"] if entry["name"] == "公示截止")["day"] = date(2023, 11, 19)
    assert [one.path for one in check_plan(Season.from_settings(settings), calendar=calendar)] == ["deadlines.公示截止"]
    assert check_plan(Season.from_settings(settings | {"roll_over_if_holiday": True}), calendar=calendar) == ()


@pytest.mark.parametrize("name", [entry["name"] for entry in SETTINGS["deadlines"]])
@pytest.mark.parametrize("days", [-400, 400])
def test_a_day_typed_in_another_year_is_noticed_whichever_it_is(settings: dict[str, Any], calendar: Calendar, name: str, days: int) -> None:
    """All but the first one earlier and the last one later: the year of a date is easily left as it was."""
    next(entry for entry in settings["deadlines"] if entry["name"] == name)["day"] += timedelta(days=days)
    told = " ".join(problem.zh for problem in check_plan(Season.from_settings(settings), calendar=calendar))
    assert (f"“{name}”" in told) is ((name, days) not in {("计划发布", -400), ("归档", 400)})


def test_the_years_of_the_plan_without_a_notice_are_told(season: Season, calendar: Calendar) -> None:
    assert uncertain_years(season, calendar=calendar) == ()
    assert uncertain_years(season, calendar=Calendar.from_settings([])) == (2023, 2024)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("fee",), 100),
        (("quota", "base"), 6),
        (("rubric", "step"), "half"),
        (("aggregation", "weights", "desk"), 0.5),
        (("defence", "held"), "yes"),
        (("site_visit", "held"), 1),
        (("aggregation", "normalise"), "magic"),
        (("aggregation", "average"), "mode"),
        (("meeting", "quorum"), [3, 2]),
        (("eligibility", "severities", "E01"), "fatal"),
        (("meeting", "planned", "award"), "某日"),
        (("template",), "T-REC"),
        (("approvers",), ["MOF"]),
        (("quota", "unit"), "company"),
        (("timezone",), "Mars/Olympus"),
        (("experts", "desk_min"), 9),
        (("publicity", "working_days"), 0),
        (("publicity", "working_days"), True),
        (("year",), "2023"),
        (("industry", "open_ended"), "perhaps"),
        (("industry", "services"), []),
    ],
)
def test_wrong_settings_are_named_by_their_path(settings: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    table = settings
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value
    problems = settings_problems(settings)
    assert len(problems) == 1
    assert problems[0].path.startswith(path[0])


def test_a_season_without_defence_counts_the_desk_scores_alone(settings: dict[str, Any], calendar: Calendar) -> None:
    settings["defence"] |= {"held": False, "invite_working_days": 99}
    assert [problem.path for problem in settings_problems(settings)] == ["aggregation.weights"]
    settings["aggregation"]["weights"] = {"desk": 1, "defence": 0}
    assert settings_problems(settings) == ()
    assert check_plan(Season.from_settings(settings), calendar=calendar) == ()  # no time is kept free for an invitation


def test_a_season_without_visits_keeps_no_time_for_their_notice(settings: dict[str, Any], calendar: Calendar) -> None:
    settings["site_visit"]["notice_working_days"] = 99
    assert [problem.path for problem in check_plan(Season.from_settings(settings), calendar=calendar)] == ["deadlines.考察开始"]
    settings["site_visit"]["held"] = False
    assert check_plan(Season.from_settings(settings), calendar=calendar) == ()


def test_a_season_of_before_the_switches_holds_both(settings: dict[str, Any]) -> None:
    del settings["defence"]["held"], settings["site_visit"]["held"]
    season = Season.from_settings(settings)
    assert season.defence.held
    assert season.site_visit.held


def test_unknown_and_missing_settings_are_all_named_at_once(settings: dict[str, Any]) -> None:
    settings["colour"] = "red"
    settings["quota"]["extra"] = 1
    del settings["title"]
    del settings["publicity"]["working_days"]
    assert {problem.path for problem in settings_problems(settings)} == {"colour", "quota.extra", "title", "publicity.working_days"}


def test_double_codes_are_refused(settings: dict[str, Any]) -> None:
    settings["units"].append(settings["units"][0])
    with pytest.raises(InvalidSettings) as refusal:
        Season.from_settings(settings)
    assert refusal.value.problems[0].path == "units"


def test_rubric_must_add_up_to_100(settings: dict[str, Any]) -> None:
    settings["rubric"]["items"].pop()
    assert [problem.path for problem in settings_problems(settings)] == ["rubric.items"]


def test_a_deadline_at_a_time_needs_the_time(settings: dict[str, Any]) -> None:
    settings["deadlines"][4]["edge"] = "time"
    assert [problem.path for problem in settings_problems(settings)] == ["deadlines.申报截止.edge"]


@pytest.mark.parametrize("look_up", ["unit", "focus_item", "document", "deadline"])
def test_unknown_codes_are_not_found(season: Season, look_up: str) -> None:
    with pytest.raises(NotFound):
        getattr(season, look_up)("nothing")


def test_a_slot_belongs_to_its_document(season: Season) -> None:
    assert season.document("D3.finance").code == "D3"


@pytest.mark.parametrize("path", DEPLOYED, ids=lambda path: path.stem)
def test_a_season_deployed_by_an_earlier_programme_stays_readable(path):
    season = Season.from_settings(tomllib.loads(path.read_text("utf-8")))
    assert season.id == "cn-2023"
    assert season.aggregation.average == "mean"
