"""Tells people by mail: puts letters into the outbox in the act's own transaction, results held until their release.

`tell` never fails the act for want of a mailbox; who has none is simply not written to (the office sees that list).
"""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from engine.contract import Context
from handlers.common import Data, deadline, season_of
from handlers.scores import unscored
from notifications.outbox import SUBSCRIBER, Recipient, queue, queue_public
from selection import documents, quota
from selection import objection as objections
from selection.calendar import local_day
from selection.deadlines import last_day
from selection.form import completeness
from store.selection.mail import MailRepository

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


MAILBOX = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")

# What the office reads instead of the reminder when the time is over (§9.3, 23 and 38).
OVERDUE = {"review_due": "23_review_overdue", "video_due": "38_video_overdue"}


def tell(
    ctx: Context, template: str, to: str | Iterable[str], *, hold: str = "", about: str = "", cause: str | None = None,
    told: set[str] | None = None, **facts: Any,
) -> int:  # fmt: skip
    """Queue one letter to everybody meant by ``to`` (ids, groups, `name <address>` pairs are not taken).

    ``hold``: the release a result waits for; ``cause``: what makes the letter unique (default: the process and this instant); ``told``: where
    the mailboxes that it goes to are noted, for `tell_subscribers`.
    Returns how many were queued; 0 in a house without letters.
    """
    if ctx.facts.letters is None:
        return 0
    letter = ctx.facts.letters[template]
    values = _always(ctx) | _about(ctx, about) | facts
    reason = cause or f"{ctx.instance.root}:{ctx.now.isoformat()}"
    people = {address.mail: address for name in _names(to) for address in ctx.facts.people.addresses(name)}
    if told is not None:
        told.update(mailbox.lower() for mailbox in people)
    mails = MailRepository(ctx.facts.connection)
    return sum(
        queue(
            mails,
            template=letter,
            recipient=Recipient(id=one.id, name=one.name, address=one.mail, language=one.language),
            values=values,
            dedupe=f"{reason}:{about}",
            now=ctx.now,
            tenant=ctx.instance.tenant,
            about=about,
            hold=hold if letter.is_result else "",
        )
        for one in people.values()
    )


def tell_stranger(ctx: Context, template: str, *, name: str, contact: str, cause: str, language: str = "zh", **facts: Any) -> int:
    """Queue one letter to somebody without an account, at the contact given and nowhere else; a contact that is no mailbox gets none."""
    if ctx.facts.letters is None or not MAILBOX.fullmatch(contact.strip()):
        return 0
    return queue(
        MailRepository(ctx.facts.connection),
        template=ctx.facts.letters[template],
        recipient=Recipient(id=cause, name=name or "异议人", address=contact.strip(), language=language),
        values=_always(ctx) | facts,
        dedupe=cause,
        now=ctx.now,
        tenant=ctx.instance.tenant,
    )


def tell_subscribers(
    ctx: Context, template: str, *, page: str, cause: str, hold: str = "", told: Collection[str] = (), **facts: Any
) -> int:
    """Queue one letter to everybody who asked for the public ones (§9.3: 1, 32, 37, 39); each carries its own way out.

    ``page``: the public page that it points to; ``told``: mailboxes that hear of it already. Out: how many were queued; 0 in a house without letters.
    """
    if ctx.facts.letters is None:
        return 0
    letter, way_out = ctx.facts.letters[template], f"{ctx.facts.site}/public/unsubscribe"
    return queue_public(
        MailRepository(ctx.facts.connection),
        template=letter,
        readers=[
            (Recipient(id=one.id, name=SUBSCRIBER[one.language], address=one.mail, language=one.language), f"{way_out}/{one.secret}")
            for one in ctx.facts.subscribers.everybody()
            if one.mail not in told
        ],
        values=_always(ctx) | facts | {"link": f"{ctx.facts.site}{page}"},
        dedupe=cause,
        now=ctx.now,
        tenant=ctx.instance.tenant,
        hold=hold if letter.is_result else "",
    )


def release(ctx: Context, hold: str) -> int:
    """Let the held letters of a release go."""
    return MailRepository(ctx.facts.connection).release(hold, now=ctx.now)


def drop_results(ctx: Context, *, about: str, reason: str) -> None:
    """No result is told of an application that goes no further: what was held for a release is given up, visibly."""
    MailRepository(ctx.facts.connection).drop_held(tenant=ctx.instance.tenant, about=about, reason=reason)


def recipients_of(ctx: Context, hold: str) -> list[str]:
    """Who the letters held for a release are for: the list that is shown before the act and kept with it."""
    return sorted({row.recipient for row in MailRepository(ctx.facts.connection).held(hold)})


def remind(ctx: Context, inputs: Data) -> None:
    """Topic `notify`: a reminder drawn in a diagram. Inputs: template, to, copy, eve_copy (comma lists; the last reads only that of the day
    before the last one), task (its name).
    """
    if ctx.facts.letters is None:
        return
    task = str(inputs.get("task") or "")
    due = ctx.facts.tasks.due(root=ctx.instance.root, name=task, groups=_names(inputs.get("to") or "")) or ctx.now
    overdue = ctx.now >= due
    asked = str(inputs["template"])
    template = OVERDUE.get(asked, "43_task_overdue") if overdue else REMINDERS[asked]
    needs = {*ctx.facts.letters[template].variables, *ctx.facts.letters[template].optional}
    values = {name: find(ctx) for name, find in FINDERS.items() if name in needs} | {"due": due, "answer_due": due, "task": task}
    about = str(ctx.instance.variables.get("application") or "")
    people = [*_names(inputs.get("to") or ""), *_names(inputs.get("copy") or "")]
    if local_day(ctx.now) == last_day(due) - timedelta(days=1):
        people += _names(inputs.get("eve_copy") or "")
    if overdue and asked in OVERDUE:
        people = ["office_clerk@caq"]
    tell(ctx, template, people, about=about, cause=f"remind:{ctx.instance.root}:{task}:{ctx.now.isoformat()}", **values)


def _names(to: object) -> list[str]:
    listed = to.split(",") if isinstance(to, str) else [str(name) for name in to]  # type: ignore[attr-defined]
    return [name.strip() for name in listed if name.strip()]


def _always(ctx: Context) -> dict[str, Any]:
    season = season_of(ctx)
    return {
        "season_title": season.title,
        "office_name": season.contact.office,
        "office_phone": season.contact.phone,
        "office_mail": season.contact.mail,
        "link": ctx.facts.site,
    }


def _about(ctx: Context, application: str) -> dict[str, Any]:
    row = ctx.facts.applications.get(application) if application else None
    if row is None:
        return {"application": "", "experience": "", "enterprise": "", "unit": ""}
    enterprise = ctx.facts.people.enterprise(row.enterprise)
    unit = ctx.facts.people.unit(season=row.season, code=row.unit) if row.unit else None
    return {
        "application": row.number or row.id,
        "experience": row.experience_name or "",
        "enterprise": enterprise.name if enterprise else "",
        "unit": unit.name if unit else "",
    }


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
    return str(_about(ctx, visit.application)["enterprise"]) if visit else ""


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


def _missing(ctx: Context) -> list[str]:
    """What the application still lacks, as far as it was ever checked (§9.3, 3)."""
    row = ctx.facts.applications.get(str(ctx.instance.variables.get("application")))
    if row is None:
        return []
    kept = ctx.facts.applications.form(row.id)
    present = tuple((paper.code, paper.name) for paper in ctx.facts.documents.living(season=row.season, owner=row.id))
    season = season_of(ctx)
    lacking = list(documents.missing(season=season, stage="apply", present=present))
    if kept is None:
        return ["申报书尚未填写完整", *(problem.zh for problem in lacking)]
    return [problem.zh for problem in [*completeness(season=season, form=kept.data, documents=present), *lacking]]


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
