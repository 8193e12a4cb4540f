"""单位受理截止: each unit sets its own day, after which no new application may name it (§14)."""

from datetime import datetime
from typing import Any

from engine.contract import Context
from handlers.common import Data, deadline, end_of, found, need, season_of, variable
from handlers.notify import tell
from selection.deadlines import refuse_bad_intake


def set_intake(ctx: Context, data: Data) -> None:
    """Act `intake.set` of the unit's officer. Data: until, the last day that counts. Who has begun an application to this unit is told."""
    code = variable(ctx, "unit")
    until = end_of(need(data, "until", zh="请选择受理的最后一天", en="choose the last day"))
    unit = found(ctx.facts.people.lock_unit(season=ctx.instance.tenant, code=code), what="推荐单位")
    refuse_bad_intake(until=until, now=ctx.received, recommendation=deadline(ctx, "推荐截止"))
    ctx.facts.people.change_unit(season=ctx.instance.tenant, code=code, intake_until=until)
    _tell_beginners(ctx, code=code, name=unit.name, until=until)


def _tell_beginners(ctx: Context, *, code: str, name: str, until: datetime) -> None:
    planned = season_of(ctx).deadline("单位受理截止")
    words: dict[str, Any] = {"deadline_name": f"{name}{planned.name}", "deadline_en": f"{name}: {planned.en}", "new_due": until}
    reason = {"zh": f"{name}自行确定", "en": "set by the unit itself"}
    for row in ctx.facts.applications.of_season(ctx.instance.tenant, unit=code, state=["draft"]):
        people = f"applicant_editor@{row.enterprise}"
        tell(ctx, "42_deadline_changed", people, cause=f"intake:{code}:{until.isoformat()}", reason=reason, **words)


LISTENERS = {"intake.set": set_intake}
