from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from engine.contract import Actor, InstanceView, TaskView
from engine.expressions.context import Context
from handlers.functions import FUNCTIONS
from handlers.policy import HousePolicy
from selection.calendar import Calendar
from selection.errors import Forbidden, NotFound
from tests.unit.handlers.conftest import SETTINGS

CLOSE = datetime(2023, 9, 15, 16, tzinfo=UTC)
NOW = datetime(2023, 9, 28, 3, tzinfo=UTC)
YEAR = {
    "year": 2023,
    "status": "official",
    "off": [[date(2023, 9, 29), date(2023, 10, 6)]],
    "working": [date(2023, 10, 7), date(2023, 10, 8)],
}


@pytest.fixture
def call():
    calendar = Calendar.from_settings([YEAR])
    facts = SimpleNamespace(calendar=SimpleNamespace(calendar=lambda: calendar))

    def call(name, *args, now=NOW):
        context = Context({}, now=now, zone=None, functions={})
        asked = lambda inner, deadline: inner.depends.add(deadline) or CLOSE  # noqa: E731 - what the engine's scope does
        return FUNCTIONS[name](SimpleNamespace(settings=SETTINGS, facts=facts, deadline=asked), context, *args), context

    return call


def test_a_deadline_is_noted_and_moved_by_days_hours_and_working_days(call):
    found, context = call("deadline", "申报截止")
    assert (found, context.depends) == (CLOSE, {"申报截止"})
    assert call("deadline", "申报截止", "-2d")[0] == CLOSE - timedelta(days=2)
    assert call("deadline", "申报截止", "+4h")[0] == CLOSE + timedelta(hours=4)
    assert call("deadline", "申报截止", "-5wd")[0] == datetime(2023, 9, 8, 16, tzinfo=UTC)
    with pytest.raises(ValueError, match="offset"):
        call("deadline", "申报截止", "soon")


def test_working_days_skip_the_national_day_and_keep_the_made_up_ones(call):
    assert call("working_days_after", 2)[0] == datetime(2023, 10, 8, 16, tzinfo=UTC)
    assert call("days_after", 30)[0] == datetime(2023, 10, 28, 16, tzinfo=UTC)


def test_a_ladder_climbs_at_nine_and_leaves_out_what_is_past(call):
    rungs = call("ladder", "standard", CLOSE, now=datetime(2023, 9, 10, tzinfo=UTC))[0]
    assert [str(rung)[:16] for rung in rungs] == ["2023-09-12 01:00", "2023-09-14 01:00", "2023-09-15 01:00", "2023-09-18 01:00"]
    with pytest.raises(ValueError, match="ladder"):
        call("ladder", "unknown", CLOSE)


def test_a_setting_is_the_seasons_own(call):
    assert call("setting", "objection.reply")[0] == SETTINGS["objection"]["reply"]
    for unknown in ("objection.nothing", "objection.reply.more", "nothing"):
        with pytest.raises(ValueError, match=unknown):
            call("setting", unknown)


def instance(process):
    return InstanceView("", process, "", "cn-2023", 0)


@pytest.mark.parametrize(
    ("groups", "verb", "subject", "answer"),
    [
        ({"applicant_editor@E1"}, "start", instance("application"), None),
        ({"ru_officer@RU-LN"}, "start", instance("application"), NotFound),
        (set(), "start", instance("objection"), None),
        ({"applicant_editor@E1"}, "correlate", instance("application.withdraw"), None),
        ({"applicant_editor@E1"}, "correlate", instance("application.terminate"), NotFound),
        ({"office_clerk@caq"}, "correlate", instance("application.terminate"), Forbidden),
        ({"office_director@caq"}, "set_deadline", instance("申报截止"), None),
        ({"season_admin@caq"}, "deploy", instance(""), None),
        ({"season_admin@caq"}, "start", InstanceView("", "theirs", "", "", 0), None),
        ({"office_director@caq"}, "start", InstanceView("", "theirs", "", "", 0), Forbidden),
        ({"expert@X1"}, "complete", TaskView("t", "r", "", "p", "N", "n", "k"), NotFound),
        ({"expert@X1"}, "assign", TaskView("t", "r", "s", "p", "N", "n", "k"), NotFound),
        ({"office_clerk@caq"}, "complete", TaskView("t", "r", "s", "p", "N", "n", "k", candidate_groups=("expert@X1",)), Forbidden),
    ],
)
def test_the_table_of_rights_decides_what_assignment_does_not(groups, verb, subject, answer):
    actor = Actor("P1", "甲", frozenset(groups))
    if answer is None:
        assert HousePolicy().may(actor, verb, subject) is None
    else:
        with pytest.raises(answer):
            HousePolicy().may(actor, verb, subject)


def test_a_deadline_lengthens_what_is_due_only_where_it_was_put_off(call):
    found, context = call("extended", "计划发布")  # of 1 August, here as late as 15 September
    assert (found, context.depends) == (CLOSE, {"计划发布"})
    assert call("extended", "申报截止")[0] == call("extended", "补正截止")[0] == NOW
