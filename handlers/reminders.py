"""Reminders drawn in diagrams (§9.3): which letter each one is, and what that letter needs to know of the case."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from engine.contract import Context
from handlers.common import Data, deadline, letter_of, season_of
from handlers.notify import names_of, tell, words_about
from handlers.scores import unscored
from selection import documents, quota
from selection import objection as objections
from selection.calendar import local_day
from selection.deadlines import last_day
from selection.errors import Problem
from selection.form import completeness

# What a diagram's reminder asks for -> the letter.
REMINDERS = {
    "application_draft": "03_draft_reminder",
    "application_returned": "43_task_reminder",
    "correction": "18_correction_reminder",
    "declaration": "20_declaration_reminder",
    "defence_slides": "28_defence_reminder",
    "expert_invited": "19_expert_reminder",
    "minutes": "30_minutes",
    "objection_due": "34_objection_reminder",
    "objection_statement": "43_task_reminder",
    "reconciliation": "43_task_reminder",
    "reminder": "43_task_reminder",
    "review_due": "23_review_reminder",
    "title_hearing": "43_task_reminder",
    "unit_ranking": "06_unit_reminder",
    "unit_review": "06_unit_reminder",
    "unit_seal": "06_unit_reminder",
    "video_due": "38_video_reminder",
    "visit_report": "29_visit_report_reminder",
}

# What the office reads instead of the reminder when the time is over (§9.3, 23 and 38).
OVERDUE = {"review_due": "23_review_overdue", "video_due": "38_video_overdue"}


def remind(ctx: Context, inputs: Data) -> None:
    """Topic `notify`: a reminder drawn in a diagram. Inputs: template, to, copy, eve_copy (comma lists; the last reads only that of the day
    before the last one), task (its name). When the time is over the office alone reads it, which telephones or decides (§14).
    """
    if ctx.facts.letters is None:
        return
    task = str(inputs.get("task") or "")
    due = ctx.facts.tasks.due(root=ctx.instance.root, name=task, groups=names_of(inputs.get("to") or "")) or ctx.now
    overdue = ctx.now >= due
    asked = str(inputs["template"])
    template = OVERDUE.get(asked, "43_task_overdue") if overdue else REMINDERS[asked]
    letter = letter_of(ctx, template)
    needs = letter.variables | letter.optional
    values = {name: find(ctx) for name, find in FINDERS.items() if name in needs} | {"due": due, "answer_due": due, "task": task}
    about = str(ctx.instance.variables.get("application") or "")
    people = [*names_of(inputs.get("to") or ""), *names_of(inputs.get("copy") or "")]
    if local_day(ctx.now) == last_day(due) - timedelta(days=1):
        people += names_of(inputs.get("eve_copy") or "")
    if overdue:
        people = [one for one in people if one.endswith("@caq")] or ["office_clerk@caq"]
    tell(ctx, template, people, about=about, cause=f"remind:{ctx.instance.root}:{task}:{inputs.get('to')}:{ctx.now.isoformat()}", **values)


def _var(name: str) -> Callable[[Context], str]:
    return lambda ctx: str(ctx.instance.variables.get(name) or "")


def _unit_name(ctx: Context) -> str:
    unit = ctx.facts.people.unit(season=ctx.instance.tenant, code=str(ctx.instance.variables.get("unit")))
    return unit.name if unit else ""


def _waiting(ctx: Context) -> int:
    unit = ctx.instance.variables.get("unit")
    return int(ctx.facts.applications.count(ctx.instance.tenant, unit=unit, state=["submitted", "under_nominator_review"]))


def _places_left(ctx: Context) -> int:
    """The unit's places that what it has chosen leaves (§9.3, 6)."""
    code = str(ctx.instance.variables.get("unit"))
    unit = ctx.facts.people.unit(season=ctx.instance.tenant, code=code)
    if unit is None:
        return 0
    nominations = ctx.facts.nominations.of_unit(season=ctx.instance.tenant, unit=code)
    states = [(row.state, ctx.facts.applications.get(row.application).enterprise) for row in nominations]
    used = quota.used(unit=season_of(ctx).quota.unit, nominations=states)
    return quota.left(places=int(unit.widened if unit.is_widened else unit.base), used=used)


def _unread(ctx: Context) -> int:
    seat = ctx.facts.reviews.seat(str(ctx.instance.variables.get("seat") or ""))
    return len(unscored(ctx, seat, "desk")) if seat else _waiting(ctx)


def _visited(ctx: Context) -> str:
    visit = ctx.facts.defences.visit(str(ctx.instance.variables.get("visit")))
    return str(words_about(ctx, visit.application)["enterprise"]) if visit else ""


def _enterprise(ctx: Context) -> str:
    row = ctx.facts.people.enterprise(str(ctx.instance.variables.get("enterprise")))
    return row.name if row else _visited(ctx)


def _experience(ctx: Context) -> str:
    row = ctx.facts.applications.get(str(ctx.instance.variables.get("application")))
    title = ctx.facts.titles.get(str(ctx.instance.variables.get("title")))
    return (row.experience_name if row else title.experience_name if title else "") or ""


def _application(ctx: Context) -> str:
    row = ctx.facts.applications.get(str(ctx.instance.variables.get("application")))
    return (row.number or row.id) if row else ""


def _missing(ctx: Context) -> list[dict[str, str]]:
    """What the application still lacks, as far as it was ever checked (§9.3, 3)."""
    row = ctx.facts.applications.get(str(ctx.instance.variables.get("application")))
    if row is None:
        return []
    kept = ctx.facts.applications.form(row.id)
    present = tuple((paper.code, paper.name) for paper in ctx.facts.documents.living(season=row.season, owner=row.id))
    season = season_of(ctx)
    lacking = list(documents.missing(season=season, stage="apply", present=present))
    if kept is None:
        return [{"zh": "申报书尚未填写完整", "en": "the application form is not filled in"}, *map(_in_both, lacking)]
    return [_in_both(problem) for problem in [*completeness(season=season, form=kept.data, documents=present), *lacking]]


def _in_both(problem: Problem) -> dict[str, str]:
    return {"zh": problem.zh, "en": problem.en}


def _expert_name(ctx: Context) -> str:
    row = ctx.facts.people.expert(str(ctx.instance.variables.get("expert")))
    return row.name if row else ""


def _group_name(ctx: Context) -> str:
    row = ctx.facts.reviews.group(str(ctx.instance.variables.get("group")))
    return row.name if row else ""


def _meeting_name(ctx: Context) -> str:
    row = ctx.facts.meetings.get(str(ctx.instance.variables.get("meeting")))
    return season_of(ctx).meeting.kinds.get(row.kind, "") if row else ""


def _objection_number(ctx: Context) -> str:
    row = ctx.facts.publicity.objection(str(ctx.instance.variables.get("objection")))
    return objections.number(row.receipt) if row else ""


def _answer_due(ctx: Context) -> datetime:
    return deadline(ctx, "专家遴选截止")


FINDERS: dict[str, Callable[[Context], Any]] = {
    "application": _application,
    "experience": _experience,
    "enterprise": _enterprise,
    "unit": _unit_name,
    "count": _unread,
    "quota_left": _places_left,
    "items": _missing,
    "group": _group_name,
    "expert": _expert_name,
    "meeting": _meeting_name,
    "objection": _objection_number,
    "title": _var("title"),
    "answer_due": _answer_due,
}

HANDLERS = {"notify": remind}
