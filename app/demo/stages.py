"""The seasons of the demonstration: one folder under several ids, its plan moved so that at one common instant each stands at another stage.

`cn-2023` itself keeps its plan; the rehearsals (演示) take their days from it, moved by working days, so that every minimum period of the plan is
kept whatever holidays lie between. Data and text only, nothing is deployed here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from selection.calendar import Calendar, working_days_after, working_days_before

PRESENT = datetime(2023, 9, 26, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, the second day of the desk review of cn-2023
START = datetime(2023, 5, 15, 1, 0, tzinfo=UTC)  # a working morning before the first day of the earliest plan
OFFICERS = ("RU-LN", "RU-JS", "RU-GD", "RU-CMIF", "RU-SD", "RU-ZJ")  # units with an officer; a rehearsal has no others
_DAY = re.compile(r"\bday = (\d{4}-\d{2}-\d{2})")
_UNIT = re.compile(r'^ *\{ code = "(RU-\w+)".*\n', re.MULTILINE)


@dataclass(frozen=True)
class Rest:
    """A task that is left: for ever (it waits for the visitor), or until some time before the present instant.

    `fates`: of which applications; empty means of all.
    """

    element: str
    fates: tuple[str, ...] = ()
    until: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One season of the demonstration.

    `days`: by how many working days its plan is moved (negative: earlier). `fates`: one application each, the first is that of the enterprise whose contact
    is a demonstration account. `per_unit`: how many of them file with the same unit.
    `groups`: how many groups of experts; the first half of the fates goes to the first group.
    """

    id: str
    title: str
    title_en: str
    days: int
    fates: tuple[str, ...]
    per_unit: int = 2
    groups: int = 1
    rests: tuple[Rest, ...] = field(default=())


DAY = timedelta(days=1)
STAGES = (
    Stage(
        id="cn-2023",
        title="2023年全国质量标杆",
        title_en="National Quality Benchmarks 2023",
        days=0,
        # a 补正 due, one to be checked; the others are in the group that reads and in the one that reconciles
        fates=("correction_waits", "correction_answered", "plain", "plain", "plain", "plain", "apart", "returned", "plain", "withdrawn"),
        groups=2,
        rests=(
            Rest("N04a", ("correction_waits", "correction_answered"), until=4 * DAY),
            Rest("N04d", ("correction_waits",)),
            Rest("N04d", ("correction_answered",), until=DAY),
            Rest("N05d", until=3 * DAY),
            Rest("N05c", until=DAY),
            Rest("N06c"),
        ),
    ),
    Stage(
        id="cn-2023-r1",
        title="2023年全国质量标杆（演示：申报阶段）",
        title_en="National Quality Benchmarks 2023 (demonstration: application)",
        days=16,
        fates=("draft", "sealing", "submitted", "return_waits", "plain", "plain", "two_units_first", "two_units_second", "withdrawn"),
        per_unit=6,
        rests=(
            Rest("N02a", ("draft",)),
            Rest("N02b", ("sealing",)),
            Rest("N02b", ("two_units_second",), until=DAY),
            Rest("N02c", ("return_waits",)),
            Rest("N02d", ("two_units_second",)),
            Rest("N03a", ("submitted",)),
            Rest("N03a", ("return_waits",), until=DAY),
            Rest("N03b"),
        ),
    ),
    Stage(
        id="cn-2023-r2",
        title="2023年全国质量标杆（演示：答辩阶段）",
        title_en="National Quality Benchmarks 2023 (demonstration: defence)",
        days=-16,
        fates=("defence_waits", "plain", "defence_waits", "plain", "visit_untrue", "plain", "weak", "plain"),
        groups=2,
        rests=(Rest("N08b", ("defence_waits",)), Rest("N09b")),
    ),
    Stage(
        id="cn-2023-r3",
        title="2023年全国质量标杆（演示：公示阶段）",
        title_en="National Quality Benchmarks 2023 (demonstration: publicity)",
        days=-31,
        fates=("statement_waits", "objection_upheld", "objection_meeting", "objection_open", "plain", "plain", "weak", "plain"),
        rests=(
            Rest("N12c", ("statement_waits",)),
            Rest("N12f", ("objection_open", "statement_waits")),
            Rest("N07b", ("objection_meeting",)),
        ),
    ),
    Stage(
        id="cn-2023-r4",
        title="2023年全国质量标杆（演示：公告与动态管理阶段）",
        title_en="National Quality Benchmarks 2023 (demonstration: announcement and after)",
        days=-51,
        fates=("hearing", "revoked", "objection_held_over", "video_missing", "plain", "plain", "weak", "plain"),
        rests=(
            Rest("N13", ("objection_held_over",)),
            Rest("N15a", ("hearing", "video_missing")),
            Rest("N16b", ("hearing",)),
            Rest("N16a", ("imported",)),
        ),
    ),
)


def files_of(stage: Stage, folder: Mapping[str, bytes]) -> dict[str, bytes]:
    """The season folder's files for a stage: as they are for `cn-2023`; for a rehearsal with another id, title, plan and list of units."""
    settings = folder["season.toml"].decode("utf-8")
    if tomllib.loads(settings)["id"] == stage.id:
        return dict(folder)
    named = re.sub(r'^id = ".*"$', f'id = "{stage.id}"', settings, count=1, flags=re.MULTILINE)
    named = re.sub(r'^title = ".*"$', f'title = "{stage.title}"', named, count=1, flags=re.MULTILINE)
    named = re.sub(r'^title_en = ".*"$', f'title_en = "{stage.title_en}"', named, count=1, flags=re.MULTILINE)
    # Titles are numbered in one row for the whole house: a rehearsal's are marked.
    named = re.sub(r'^number = "', f'number = "{stage.id.rpartition("-")[2].upper()}-', named, count=1, flags=re.MULTILINE)
    calendar = Calendar.from_settings(years := [tomllib.loads(folder[path].decode()) for path in folder if path.startswith("calendar-")])
    last = date(max(year["year"] for year in years), 12, 31)  # beyond it no notice says which days are off
    moved = _DAY.sub(lambda found: f"day = {min(last, _moved(date.fromisoformat(found[1]), stage.days, calendar))}", named)
    return {**folder, "season.toml": _UNIT.sub(_kept, moved).encode()}


def _moved(day: date, count: int, calendar: Calendar) -> date:
    """A day of the plan so many working days on (negative: back), counted from the last working day that is not after it."""
    worked = next(one for one in (day - DAY * back for back in range(31)) if calendar.is_working_day(one))
    step = working_days_after if count > 0 else working_days_before
    return step(worked, abs(count), calendar=calendar)


def _kept(found: re.Match[str]) -> str:
    return found[0] if found[1] in OFFICERS else ""


def settings_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The season's settings among the files."""
    return tomllib.loads(files["season.toml"].decode("utf-8"))
