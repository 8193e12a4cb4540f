"""What a submission needs of the unit it names: the notice's deadline holds for everybody, a unit's own day for those who name it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers import submission
from selection.errors import Refused
from tests.unit.handlers.conftest import SETTINGS

FORM = {"application_table": {"recommending_unit_id": "RU-LN"}}
LATE_AT_THE_UNIT = datetime(2023, 9, 12, 1, tzinfo=UTC)  # after the default (five days before 推荐截止), before 申报截止
BINDING = {**SETTINGS, "unit_rules": {**SETTINGS["unit_rules"], "acceptance_binds": True}}


@pytest.fixture
def named(stage):
    """An application begun to a unit that has set no day of its own; in comes what it costs to name it on 12 September."""
    stage.unit()
    application = stage.facts.applications.get(stage.enterprise(state="draft").id)

    def name(settings=SETTINGS):
        ctx = replace(stage.context(now=LATE_AT_THE_UNIT, key=application.id), settings=settings)
        submission.refuse_unknown_unit(ctx, application, FORM)

    return name


def test_g01_the_units_default_day_refuses_nobody_before_the_deadline(named):
    named()


def test_a_season_may_let_the_default_day_bind(named):
    with pytest.raises(Refused) as refusal:
        named(BINDING)
    assert refusal.value.code == "unit.intake"


def test_a_day_that_the_unit_sets_itself_binds_in_every_season(stage, named):
    stage.facts.people.change_unit(season="cn-2023", code="RU-LN", intake_until=LATE_AT_THE_UNIT)
    with pytest.raises(Refused) as refusal:
        named()
    assert refusal.value.code == "unit.intake"


def test_what_a_unit_has_already_may_be_handed_in_to_it_after_its_own_day(stage, named):
    """§14: a returned application is changed until its own due day; the unit's 单位受理截止 is for those that are new to it."""
    stage.facts.people.change_unit(season="cn-2023", code="RU-LN", intake_until=LATE_AT_THE_UNIT)
    ctx = stage.context(now=LATE_AT_THE_UNIT)
    held = stage.enterprise(2)
    stage.facts.applications.change(held.id, submitted_at=LATE_AT_THE_UNIT - timedelta(days=9))
    submission.refuse_unknown_unit(ctx, stage.facts.applications.get(held.id), FORM)
