"""The times of the diagrams are the season's settings: another number in season.toml is another due instant, without a new diagram."""

import re
import tomllib
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from engine.commands.scope import bind
from engine.expressions import Context, evaluate
from handlers.functions import FUNCTIONS
from selection.calendar import Calendar, day_end, local_day, working_days_after

SEASON = Path("processes/cn-2023")
SETTINGS = tomllib.loads((SEASON / "season.toml").read_text(encoding="utf-8"))
CALENDAR = Calendar.from_settings([tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(SEASON.glob("calendar-*.toml"))])
NOW = datetime(2023, 11, 7, 2, tzinfo=UTC)
DUE = "{http://camunda.org/schema/1.0/bpmn}dueDate"
# What the steps are due by (rule book §9.3, NAMES): the element, the setting, and how far the due instant lies after today.
STEPS = {
    ("N02c", "corrections.return_working_days"): 3, ("N02d", "unit_rules.confirm_working_days"): 2,
    ("N03e", "unit_rules.widening_working_days"): 2, ("N04d", "corrections.working_days"): 3, ("N05b", "experts.reply_working_days"): 3,
    ("N06a", "experts.read_working_days"): 3, ("N07c", "meeting.minutes_working_days"): 2, ("N12a", "objection.acknowledge"): 2,
    ("N12c", "objection.answer"): 5, ("N12f", "objection.investigate"): 15, ("N12g", "objection.investigate"): 15,
    ("N07a", "objection.committee"): 5, ("N12e", "objection.reply"): 2, ("N16a", "title_rules.investigate_working_days"): 15,
    ("N16b", "title_rules.hearing_working_days"): 5, ("N16c", "title_rules.proposal_working_days"): 5,
    ("N16e", "title_rules.proposal_working_days"): 5, ("N16d", "title_rules.notice_working_days"): 1,
}  # fmt: skip


def dues():
    """Pairs (element, due expression) of all diagrams."""
    for path in sorted(SEASON.glob("*.bpmn")):
        for element in etree.parse(path).iter():
            if isinstance(element.tag, str) and element.get(DUE):
                yield element.get("id"), element.get(DUE)


def due(text, settings, *, named):
    """What the expression gives now; ``named`` stands for every named deadline."""
    scope = SimpleNamespace(settings=settings, facts=SimpleNamespace(calendar=SimpleNamespace(calendar=lambda: CALENDAR)))
    scope.deadline = lambda context, name: named
    variables = {"kind": "objection", "asked": day_end(local_day(NOW)).isoformat()}
    return evaluate(text, Context(variables, now=NOW, zone=ZoneInfo("Asia/Shanghai"), functions=bind(FUNCTIONS, scope)))


def changed(path, by):
    settings = deepcopy(SETTINGS)
    section, _, name = path.partition(".")
    settings[section][name] += by
    return settings


@pytest.mark.parametrize(("element", "path"), sorted(STEPS))
def test_a_step_is_due_as_its_setting_says(element, path):
    texts = [text for each, text in dues() if each == element and path in text]
    assert texts
    for text in texts:
        # A named deadline beside the setting bounds it: it is put where it does not.
        named = datetime(2000, 1, 1, tzinfo=UTC) if "max(" in text else datetime(2099, 1, 1, tzinfo=UTC)
        for more in (0, 4):
            last = working_days_after(local_day(NOW), STEPS[element, path] + more, calendar=CALENDAR)
            assert due(text, changed(path, more), named=named) == day_end(last)


def test_the_video_is_due_as_its_setting_says():
    (text,) = (text for element, text in dues() if element == "N15a")
    days = [local_day(due(text, changed("title_rules.video_days", more), named=NOW)) - local_day(NOW) for more in (0, 5)]
    assert [found.days for found in days] == [31, 36]  # the exclusive end of the thirtieth day


def test_no_step_whose_time_is_a_setting_says_the_number_itself():
    named = {element for element, _ in STEPS}
    literal = [(element, text) for element, text in dues() if element in named and re.search(r"working_days_after\(\d+\)", text)]
    assert literal == []
