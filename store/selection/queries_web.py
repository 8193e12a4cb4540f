"""Named reads for the pages: lists that join the engine's projections with the selection's rows.

Each takes who asks where that matters. No rights beyond that: what somebody may open is decided by `selection.rights`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, or_, select, union_all

from store.engine import queries as engine_queries
from store.engine.tables import called, instance, submission, subscription, task, task_candidate, timer
from store.selection.mail import mail
from store.selection.publicity import PublicityFacts
from store.selection.tables_application import application, document, nomination, ru_review
from store.selection.tables_people import enterprise, expert, invitation, person, season, unit, working_year
from store.selection.tables_result import batch, batch_item, objection, publication, release, title
from store.selection.tables_review import (
    assignment,
    attendance,
    conflict,
    declaration,
    meeting,
    meeting_item,
    minutes,
    recusal,
    review_group,
    score,
    seat,
    stage_score,
    vote,
)

Rows = Sequence[RowMapping]
PAGE = 50
_ABOUT = (
    instance.c.business_key,
    instance.c.process.label("root_process"),
    instance.c.version,
    instance.c.status,
    application.c.number,
    application.c.experience_name,
    enterprise.c.name.label("enterprise_name"),
    func.coalesce(unit.c.name, review_group.c.name).label("about"),
)


def _with_case(found: Select[Any]) -> Select[Any]:
    joined = task.join(instance, instance.c.root == task.c.root).outerjoin(application, application.c.id == instance.c.business_key)
    joined = joined.outerjoin(enterprise, enterprise.c.id == application.c.enterprise)
    joined = joined.outerjoin(unit, unit.c.season + "/" + unit.c.code == instance.c.business_key)
    group_key = review_group.c.season + "/" + review_group.c.id
    return found.select_from(joined.outerjoin(review_group, instance.c.business_key.in_((group_key, group_key + "/defence"))))


def _matching(search: str) -> ColumnElement[bool]:
    columns = (task.c.name, instance.c.business_key, application.c.number, application.c.experience_name, enterprise.c.name)
    return or_(*(column.icontains(search, autoescape=True) for column in columns))


def my_tasks(connection: Connection, *, actor: str, search: str = "", limit: int = PAGE) -> Rows:
    """Open tasks that the person has claimed or was given, the earliest due first."""
    named = select(task_candidate.c.task).where(task_candidate.c.who == f"u:{actor}", task_candidate.c.taken.is_(False))
    found = _with_case(select(task, *_ABOUT)).where(task.c.state == "open", or_(task.c.assignee == actor, task.c.id.in_(named)))
    if search:
        found = found.where(_matching(search))
    return connection.execute(found.order_by(task.c.due.is_(None), task.c.due, task.c.id).limit(limit)).mappings().all()


def group_tasks(connection: Connection, *, groups: Collection[str], search: str = "", limit: int = PAGE) -> Rows:
    """Open tasks that nobody of the person's groups has claimed yet, the earliest due first. Each group's head is read from an index."""
    if not groups:
        return ()
    heads = [
        select(task_candidate.c.task)
        .where(task_candidate.c.who == f"g:{group}", task_candidate.c.taken.is_(False))
        .order_by(task_candidate.c.due, task_candidate.c.task)
        .limit(None if search else limit)
        .subquery()
        for group in sorted(groups)
    ]
    found = _with_case(select(task, *_ABOUT)).where(task.c.id.in_(union_all(*(select(head) for head in heads))), task.c.state == "open")
    if search:
        found = found.where(_matching(search))
    return connection.execute(found.order_by(task.c.due.is_(None), task.c.due, task.c.id).limit(limit)).mappings().all()


def done_tasks(connection: Connection, *, actor: str, search: str = "", limit: int = PAGE) -> Rows:
    """Tasks that the person has completed, the latest first."""
    found = _with_case(select(task, *_ABOUT)).where(task.c.state == "completed", task.c.closed_by == actor)
    if search:
        found = found.where(_matching(search))
    return connection.execute(found.order_by(task.c.closed_at.desc(), task.c.id).limit(limit)).mappings().all()


def task_by_id(connection: Connection, task_id: str) -> RowMapping | None:
    """One task with its case."""
    return connection.execute(_with_case(select(task, *_ABOUT)).where(task.c.id == task_id)).mappings().one_or_none()


def who_takes_part(connection: Connection, *, root: str, actor: str) -> bool:
    """Whether the person has completed a task of the instance (and may therefore look back at it)."""
    found = select(task.c.id).where(task.c.root == root, task.c.closed_by == actor).limit(1)
    return connection.execute(found).first() is not None


# ---- cases

_CASE = (
    application,
    enterprise.c.name.label("enterprise_name"),
    enterprise.c.uscc,
    unit.c.name.label("unit_name"),
    instance.c.root,
    instance.c.stage,
    instance.c.public_stage,
    instance.c.status,
    instance.c.changed_at,
)


def _cases() -> Select[Any]:
    cased = application.join(enterprise, enterprise.c.id == application.c.enterprise)
    cased = cased.outerjoin(unit, and_(unit.c.season == application.c.season, unit.c.code == application.c.unit))
    cased = cased.outerjoin(instance, and_(instance.c.business_key == application.c.id, instance.c.process == "application"))
    return select(*_CASE).select_from(cased)


def cases(
    connection: Connection, *, of_season: str, search: str = "", stage: str = "", of_unit: str = "", limit: int = PAGE, offset: int = 0
) -> Rows:
    """Applications of a season with enterprise, unit and stage, by number."""
    found = _cases().where(application.c.season == of_season)
    if search:
        columns = (application.c.id, application.c.number, application.c.experience_name, enterprise.c.name, enterprise.c.uscc)
        found = found.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if stage:
        found = found.where(instance.c.stage == stage)
    if of_unit:
        found = found.where(application.c.unit == of_unit)
    ordered = found.order_by(application.c.number.is_(None), application.c.number, application.c.id)
    return connection.execute(ordered.limit(limit).offset(offset)).mappings().all()


def case(connection: Connection, application_id: str) -> RowMapping | None:
    """One application with enterprise, unit, instance and stages."""
    return connection.execute(_cases().where(application.c.id == application_id)).mappings().first()


def cases_of_enterprises(connection: Connection, enterprises: Collection[str]) -> Rows:
    """All applications of some enterprises, the latest first."""
    found = _cases().where(application.c.enterprise.in_(sorted(enterprises))).order_by(application.c.created_at.desc(), application.c.id)
    return connection.execute(found).mappings().all()


def case_of_root(connection: Connection, root: str) -> RowMapping | None:
    """The application whose life an instance is."""
    return connection.execute(_cases().where(instance.c.root == root)).mappings().first()


def documents_of(connection: Connection, *, owner: str) -> Rows:
    """All files of a case in the order of their codes and versions, also replaced and removed ones."""
    found = select(document, person.c.name.label("by_name")).outerjoin(person, person.c.id == document.c.by).where(document.c.owner == owner)
    return connection.execute(found.order_by(document.c.code, document.c.version.desc())).mappings().all()


def own_submissions(connection: Connection, *, roots: Collection[str], actor: str) -> Rows:
    """What the person sent in these instances: task name, act, when it was received. Receipts for the portal."""
    found = (
        select(submission.c.id, submission.c.root, submission.c.act, submission.c.element, submission.c.received, task.c.name)
        .outerjoin(task, task.c.id == submission.c.task)
        .where(submission.c.root.in_(sorted(roots)), submission.c.actor == actor, submission.c.taken_back.is_(False), submission.c.act == "complete")
        .order_by(submission.c.received.desc())
    )
    return connection.execute(found).mappings().all()


# ---- the season


def seasons(connection: Connection) -> Rows:
    """All seasons, the latest first."""
    return connection.execute(select(season).order_by(season.c.year.desc(), season.c.id)).mappings().all()


def newest_season(connection: Connection) -> RowMapping | None:
    """The season that pages speak of when none is named."""
    return connection.execute(select(season).order_by(season.c.year.desc(), season.c.id).limit(1)).mappings().first()


def season_by_id(connection: Connection, season_id: str) -> RowMapping | None:
    """One season."""
    return connection.execute(select(season).where(season.c.id == season_id)).mappings().first()


def public_units(connection: Connection, season_id: str) -> Rows:
    """The recommending units of the season: code and name."""
    return connection.execute(select(unit.c.code, unit.c.name, unit.c.kind).where(unit.c.season == season_id).order_by(unit.c.code)).mappings().all()


def units_at_work(connection: Connection, season_id: str) -> Rows:
    """The season's units with how many applications name them and where their list stands (for the office)."""
    counted = select(application.c.unit, func.count().label("applications")).where(application.c.season == season_id, application.c.unit.is_not(None))
    grouped = counted.group_by(application.c.unit).subquery()
    found = select(unit, func.coalesce(grouped.c.applications, 0).label("applications")).outerjoin(grouped, grouped.c.unit == unit.c.code)
    return connection.execute(found.where(unit.c.season == season_id).order_by(unit.c.code)).mappings().all()


def overdue_tasks(connection: Connection, *, tenant: str, now: datetime, limit: int = PAGE) -> Rows:
    """Open tasks of the season whose time is over, the oldest first (for 催办)."""
    found = _with_case(select(task, *_ABOUT)).where(task.c.tenant == tenant, task.c.state == "open", task.c.due <= now)
    return connection.execute(found.order_by(task.c.due, task.c.id).limit(limit)).mappings().all()


def open_task_counts(connection: Connection, *, tenant: str) -> Rows:
    """Open tasks of the season by name, with how many are there."""
    found = select(task.c.name, func.count().label("number")).where(task.c.tenant == tenant, task.c.state == "open")
    return connection.execute(found.group_by(task.c.name).order_by(func.count().desc(), task.c.name)).mappings().all()


def released(connection: Connection, *, season_id: str) -> Rows:
    """What has been released, the latest first."""
    del season_id  # releases are few; their subjects belong to one season each
    return connection.execute(select(release.c.kind, func.count().label("number"), func.max(release.c.at).label("at")).group_by(release.c.kind)).mappings().all()


# ---- review


def groups_of(connection: Connection, *, of_season: str, ids: Collection[str] | None = None) -> Rows:
    """Review groups with the leader's name; all of the season or some."""
    found = select(review_group, expert.c.name.label("leader_name")).outerjoin(expert, expert.c.id == review_group.c.leader)
    if ids is not None:
        found = found.where(review_group.c.id.in_(sorted(ids)))
    return connection.execute(found.where(review_group.c.season == of_season).order_by(review_group.c.id)).mappings().all()


def group_ranking(connection: Connection, *, group: str, stage: str) -> Rows:
    """The applications of a group with the stage's score, by application number. For those who may see scores only."""
    scored = and_(stage_score.c.application == application.c.id, stage_score.c.stage == stage)
    cased = application.join(enterprise, enterprise.c.id == application.c.enterprise).outerjoin(stage_score, scored)
    columns = (application.c.id, application.c.number, application.c.experience_name, application.c.focus_area)
    found = select(*columns, enterprise.c.name.label("enterprise_name"), stage_score.c.mean, stage_score.c.alert, stage_score.c.detail)
    return connection.execute(found.select_from(cased).where(application.c.group == group).order_by(application.c.number)).mappings().all()


# ---- the public


def public_batches(connection: Connection, *, kind: str) -> Rows:
    """Batches of publicity or announcement that have really been published: the latest first, with the place and time of publication."""
    first = (
        select(publication.c.subject, func.min(publication.c.at).label("published_at"))
        .where(publication.c.confirmed_by.is_not(None))
        .group_by(publication.c.subject)
        .subquery()
    )
    found = select(batch.c.id, batch.c.season, batch.c.state, batch.c.hash, first.c.published_at, season.c.title.label("season_title"))
    joined = batch.join(first, first.c.subject == batch.c.id).join(season, season.c.id == batch.c.season)
    return connection.execute(found.select_from(joined).where(batch.c.kind == kind).order_by(first.c.published_at.desc())).mappings().all()


def public_items(connection: Connection, batch_id: str) -> Rows:
    """The lines of a published list in their order, as they were printed: no scores, no contacts."""
    found = select(batch_item.c.application, batch_item.c.seq, batch_item.c.row, batch_item.c.starts, batch_item.c.ends)
    return connection.execute(found.where(batch_item.c.batch == batch_id, batch_item.c.state != "listed").order_by(batch_item.c.seq)).mappings().all()


def publications_of(connection: Connection, subject: str) -> Rows:
    """Where and when a list was published."""
    found = select(publication.c.channel, publication.c.url, publication.c.at).where(publication.c.subject == subject, publication.c.confirmed_by.is_not(None))
    return connection.execute(found.order_by(publication.c.at)).mappings().all()


def public_titles(connection: Connection, *, state: str | None = None, search: str = "") -> Rows:
    """Titles that were announced: number, holder, experience, year, state; the latest first."""
    columns = (title.c.id, title.c.holder, title.c.experience_name, title.c.year, title.c.state, title.c.granted_at, title.c.revoked_at)
    found = select(*columns).order_by(title.c.year.desc(), title.c.id)
    if state is not None:
        found = found.where(title.c.state == state)
    if search:
        found = found.where(or_(title.c.holder.icontains(search, autoescape=True), title.c.experience_name.icontains(search, autoescape=True)))
    return connection.execute(found).mappings().all()


def reserve_objection(connection: Connection) -> str:
    """A fresh identifier for an objection that is about to be lodged."""
    return PublicityFacts(connection).reserve_objection()


def enterprise_of(connection: Connection, application_id: str) -> str:
    """The enterprise of an application."""
    return str(connection.execute(select(application.c.enterprise).where(application.c.id == application_id)).scalar_one())


def receipt_of(connection: Connection, objection_id: str) -> str:
    """The receipt number of a lodged objection."""
    return connection.execute(select(objection.c.receipt).where(objection.c.id == objection_id)).scalar_one()


def objection_by_receipt(connection: Connection, receipt: str) -> RowMapping | None:
    """What the holder of a receipt may know: when it came in, whether it is closed, the answer to the objector."""
    found = select(objection.c.receipt, objection.c.received_at, objection.c.closed_at, objection.c.state, objection.c.reply)
    return connection.execute(found.where(objection.c.receipt == receipt)).mappings().first()


def deadlines_of(connection: Connection, season_id: str) -> dict[str, datetime]:
    """The season's named deadlines: name -> exclusive end, aware UTC."""
    return engine_queries.deadlines(connection, tenant=season_id)


# ---- inside a case


def standing(connection: Connection, root: str) -> dict[str, list[str]]:
    """Where an instance stands: process -> elements with a token (tasks, jobs, awaited messages and times of the main line)."""
    waits = union_all(
        select(task.c.process, task.c.element).where(task.c.root == root, task.c.state == "open"),
        select(subscription.c.process, subscription.c.element).where(subscription.c.root == root, subscription.c.kind == "message"),
        select(timer.c.process, timer.c.element).where(timer.c.root == root),
    )
    found: dict[str, list[str]] = {}
    for process, element in connection.execute(waits):
        found.setdefault(process, []).append(element)
    return found


def processes_of(connection: Connection, root: str) -> list[str]:
    """The processes that run in an instance: its own, then those it has called and not left."""
    main = connection.execute(select(instance.c.process).where(instance.c.root == root)).scalars()
    inner = connection.execute(select(called.c.process).where(called.c.root == root).order_by(called.c.entered_at)).scalars()
    return list(dict.fromkeys([*main, *inner]))


def instances_of_season(connection: Connection, *, tenant: str, search: str = "", limit: int = 200) -> Rows:
    """The root instances of a season that still run, with process, business key and stage."""
    columns = (instance.c.root, instance.c.process, instance.c.business_key, instance.c.stage, instance.c.status, instance.c.changed_at)
    found = select(*columns).where(instance.c.tenant == tenant, instance.c.status.in_(("running", "suspended")))
    if search:
        found = found.where(or_(instance.c.business_key.icontains(search, autoescape=True), instance.c.process.icontains(search, autoescape=True)))
    return connection.execute(found.order_by(instance.c.process, instance.c.business_key).limit(limit)).mappings().all()


# ---- reviewers, meetings


def seats_of(connection: Connection, *, experts: Collection[str]) -> Rows:
    """The seats of some experts with their group and whether the declaration is signed."""
    signed = and_(declaration.c.seat == seat.c.id, declaration.c.expert == seat.c.expert, declaration.c.outcome == "sign")
    found = select(seat.c.id, seat.c.expert, review_group.c.id.label("group"), review_group.c.name, review_group.c.state, declaration.c.at.label("signed_at"))
    joined = seat.join(review_group, review_group.c.id == seat.c.group).outerjoin(declaration, signed)
    return connection.execute(found.select_from(joined).where(seat.c.expert.in_(sorted(experts))).order_by(seat.c.id)).mappings().all()


def readings(connection: Connection, *, seat_id: str, expert_id: str, stage: str) -> Rows:
    """The applications of a seat with the expert's own sheet (nobody else's) and whether a conflict takes them away."""
    own = and_(score.c.application == application.c.id, score.c.expert == expert_id, score.c.stage == stage)
    barred = and_(conflict.c.application == application.c.id, conflict.c.expert == expert_id)
    columns = (application.c.id, application.c.number, application.c.experience_name, application.c.focus_area, application.c.season)
    found = select(*columns, enterprise.c.name.label("enterprise_name"), score.c.state.label("sheet_state"), score.c.sheet, score.c.total, conflict.c.kind)
    joined = assignment.join(application, application.c.id == assignment.c.application).join(enterprise, enterprise.c.id == application.c.enterprise)
    joined = joined.outerjoin(score, own).outerjoin(conflict, barred)
    return connection.execute(found.select_from(joined).where(assignment.c.seat == seat_id).order_by(application.c.number)).mappings().all()


def tasks_at(connection: Connection, *, tenant: str, elements: Collection[str], business_key: str = "") -> Rows:
    """Open tasks of the season at some elements, the oldest first."""
    found = _with_case(select(task, *_ABOUT)).where(task.c.tenant == tenant, task.c.state == "open", task.c.element.in_(sorted(elements)))
    if business_key:
        found = found.where(instance.c.business_key == business_key)
    return connection.execute(found.order_by(task.c.created_at, task.c.id)).mappings().all()


def meetings_of(connection: Connection, *, of_season: str, experts: Collection[str] | None = None) -> Rows:
    """The committee's meetings of the season; only those to which some experts are called, if given."""
    found = select(meeting).where(meeting.c.season == of_season)
    if experts is not None:
        found = found.where(meeting.c.id.in_(select(attendance.c.meeting).where(attendance.c.member.in_(sorted(experts)))))
    return connection.execute(found.order_by(meeting.c.created_at, meeting.c.id)).mappings().all()


def agenda_of(connection: Connection, meeting_id: str) -> Rows:
    """What a meeting decides about, with enterprise, experience, group, the desk and defence scores, proposal and decision."""
    desk, defence = stage_score.alias("desk"), stage_score.alias("defence")
    joined = meeting_item.join(application, application.c.id == meeting_item.c.application).join(enterprise, enterprise.c.id == application.c.enterprise)
    joined = joined.outerjoin(desk, and_(desk.c.application == application.c.id, desk.c.stage == "desk"))
    joined = joined.outerjoin(defence, and_(defence.c.application == application.c.id, defence.c.stage == "defence"))
    columns = (application.c.number, application.c.experience_name, application.c.focus_area, application.c.group, enterprise.c.name.label("enterprise_name"))
    found = select(meeting_item, *columns, desk.c.mean.label("desk"), defence.c.mean.label("defence")).select_from(joined)
    ordered = found.where(meeting_item.c.meeting == meeting_id).order_by(meeting_item.c.rank.is_(None), meeting_item.c.rank, application.c.number)
    return connection.execute(ordered).mappings().all()


def roll_of(connection: Connection, meeting_id: str) -> Rows:
    """Who is called to a meeting and who is there."""
    found = select(attendance, expert.c.name).join(expert, expert.c.id == attendance.c.member).where(attendance.c.meeting == meeting_id)
    return connection.execute(found.order_by(attendance.c.office, attendance.c.member)).mappings().all()


def votes_of(connection: Connection, meeting_id: str) -> Rows:
    """The votes of a meeting counted by item and choice."""
    found = select(vote.c.item, vote.c.choice, func.count().label("number")).where(vote.c.meeting == meeting_id)
    return connection.execute(found.group_by(vote.c.item, vote.c.choice)).mappings().all()


def recusals_of(connection: Connection, meeting_id: str) -> Rows:
    """Who left for which item."""
    found = select(recusal, expert.c.name).outerjoin(expert, expert.c.id == recusal.c.member).where(recusal.c.meeting == meeting_id)
    return connection.execute(found.order_by(recusal.c.item, recusal.c.member)).mappings().all()


def minutes_of(connection: Connection, meeting_id: str) -> RowMapping | None:
    """The signed minutes."""
    return connection.execute(select(minutes).where(minutes.c.meeting == meeting_id)).mappings().first()


# ---- the unit's desk


def unit_row(connection: Connection, *, season_id: str, code: str) -> RowMapping | None:
    """One unit of the season."""
    return connection.execute(select(unit).where(unit.c.season == season_id, unit.c.code == code)).mappings().first()


def unit_cases(connection: Connection, *, season_id: str, code: str) -> Rows:
    """The applications that name a unit, with the unit's own review and ranking (never another's)."""
    rounds = select(ru_review.c.application, func.max(ru_review.c.round).label("round")).where(ru_review.c.unit == code).group_by(ru_review.c.application).subquery()
    last = and_(ru_review.c.application == rounds.c.application, ru_review.c.round == rounds.c.round)
    ranked = and_(nomination.c.application == application.c.id, nomination.c.unit == code)
    joined = application.join(enterprise, enterprise.c.id == application.c.enterprise).outerjoin(nomination, ranked)
    joined = joined.outerjoin(rounds, rounds.c.application == application.c.id).outerjoin(ru_review, last)
    columns = (application.c.id, application.c.number, application.c.experience_name, application.c.focus_area, application.c.submitted_at)
    found = select(*columns, enterprise.c.name.label("enterprise_name"), ru_review.c.outcome, nomination.c.rank, nomination.c.state.label("nomination"))
    ordered = found.select_from(joined).where(application.c.season == season_id, application.c.unit == code, application.c.submitted_at.is_not(None))
    return connection.execute(ordered.order_by(nomination.c.rank.is_(None), nomination.c.rank, application.c.submitted_at)).mappings().all()


# ---- the office's desk


def outbox(connection: Connection, *, state: str = "", search: str = "", limit: int = 200) -> Rows:
    """Mails, the newest first, without their text."""
    columns = [column for column in mail.c if column.name != "body"]
    found = select(*columns).order_by(mail.c.created_at.desc(), mail.c.id).limit(limit)
    if state:
        found = found.where(mail.c.state == state)
    if search:
        found = found.where(or_(*(column.icontains(search, autoescape=True) for column in (mail.c.recipient_name, mail.c.address, mail.c.subject))))
    return connection.execute(found).mappings().all()


def mail_by_id(connection: Connection, mail_id: str) -> RowMapping | None:
    """One mail."""
    return connection.execute(select(mail).where(mail.c.id == mail_id)).mappings().first()


def mail_counts(connection: Connection) -> dict[str, int]:
    """How many mails are in each state."""
    return {state: number for state, number in connection.execute(select(mail.c.state, func.count()).group_by(mail.c.state))}


def held_releases(connection: Connection) -> Rows:
    """The releases that result mails wait for, with their number."""
    found = select(mail.c.tenant, mail.c.hold, func.count().label("number")).where(mail.c.state == "held").group_by(mail.c.tenant, mail.c.hold)
    return connection.execute(found.order_by(mail.c.hold)).mappings().all()


def experts_listed(connection: Connection, *, of_season: str) -> Rows:
    """The pool with the season's invitation of each."""
    invited = and_(invitation.c.expert == expert.c.id, invitation.c.season == of_season)
    found = select(expert, invitation.c.state.label("invitation"), invitation.c.at.label("invited_at")).outerjoin(invitation, invited)
    return connection.execute(found.order_by(expert.c.id)).mappings().all()


def enterprises_listed(connection: Connection, *, search: str = "", limit: int = 500) -> Rows:
    """The bound enterprises with their contact."""
    found = select(enterprise, person.c.name.label("contact_name")).outerjoin(person, person.c.id == enterprise.c.contact)
    if search:
        found = found.where(or_(enterprise.c.name.icontains(search, autoescape=True), enterprise.c.uscc.icontains(search, autoescape=True)))
    return connection.execute(found.order_by(enterprise.c.name, enterprise.c.id).limit(limit)).mappings().all()


def document_by_id(connection: Connection, document_id: str) -> RowMapping | None:
    """One document's row."""
    return connection.execute(select(document).where(document.c.id == document_id)).mappings().first()


def working_years(connection: Connection) -> Rows:
    """The calendar's years with their status and source."""
    return connection.execute(select(working_year).order_by(working_year.c.year.desc())).mappings().all()


def titles_of(connection: Connection, enterprises: Collection[str]) -> Rows:
    """The titles of some enterprises."""
    found = select(title.c.id, title.c.experience_name, title.c.year, title.c.state).where(title.c.enterprise.in_(sorted(enterprises)))
    return connection.execute(found.order_by(title.c.year.desc(), title.c.id)).mappings().all()


def tasks_of_case(connection: Connection, *, root: str, actor: str, groups: Collection[str]) -> Rows:
    """The open tasks of an instance that are the person's own or their groups'."""
    who = [f"u:{actor}", *(f"g:{group}" for group in sorted(groups))]
    offered = select(task_candidate.c.task).where(task_candidate.c.who.in_(who), task_candidate.c.taken.is_(False))
    found = select(task).where(task.c.root == root, task.c.state == "open", or_(task.c.assignee == actor, task.c.id.in_(offered)))
    return connection.execute(found.order_by(task.c.created_at, task.c.id)).mappings().all()
