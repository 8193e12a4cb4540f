"""Invariants of publicity, announcement, titles and releases, each a named function that gives its violations as sentences. Reads only."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from selection.stages import GROUPS_DONE, STEPS
from store.engine.tables import instance, job
from store.selection import tables_application as a
from store.selection import tables_people as p
from store.selection import tables_result as r
from store.selection import tables_review as v
from store.selection.publicity import digest

Violations = Iterator[str]
Check = Callable[[Connection], Violations]
# What a case shows outside only after that kind of release (§14: results only at 发布结果).
NEEDS = {
    "入围答辩": "shortlist",
    "未入围": "shortlist",
    "公示中": "award",
    "未入选": "award",
    "取消入选": "award",
    "已公告": "announcement",
}
OF_ITEMS = ("公示中", "取消入选", "已公告")
BEFORE_CLOSE = ("planned", "published", "open", "closed_applications")
SETTLED = ("announced", "follow_up", "archived")  # the first: a season that was settled before 跟踪管理 was a state


def untrue_never_awarded(connection: Connection) -> Violations:
    """No title was granted to an application whose site visit found 不实 (rule book §7)."""
    joined = select(r.title.c.id).join(v.site_visit, v.site_visit.c.application == r.title.c.application)
    found = connection.execute(joined.where(v.site_visit.c.conclusion == "不实")).scalars()
    yield from (f"title {title} although the visit found 不实" for title in found)


def upheld_never_awarded(connection: Connection) -> Violations:
    """No title was granted to an application against which an objection was upheld (办法 §22)."""
    joined = select(r.title.c.id).join(r.objection, r.objection.c.application == r.title.c.application)
    found = connection.execute(joined.where(r.objection.c.state == "upheld").distinct()).scalars()
    yield from (f"title {title} although an objection was upheld" for title in found)


def lists_have_their_sum(connection: Connection) -> Violations:
    """The check sum of a published list (名单校验值) is that of its lines: what everybody reads is what was decided and corrected."""
    printed: dict[tuple[str, str], dict[str, Any]] = {}
    joined = select(r.batch.c.id, r.batch.c.hash, r.batch_item.c.application, r.batch_item.c.row).join(r.batch_item, r.batch_item.c.batch == r.batch.c.id)
    for row in connection.execute(joined.where(r.batch.c.kind == "publicity", r.batch_item.c.starts.is_not(None))):
        printed.setdefault((row.id, row.hash), {})[row.application] = row.row
    yield from (f"list {batch} is not what its check sum says" for (batch, kept), lines in printed.items() if digest(lines) != kept)


def periods_follow_publication(connection: Connection) -> Violations:
    """An item's publicity period begins with a registered publication of its batch, and ends after it began (办法 §21)."""
    published = exists().where(r.publication.c.subject == r.batch_item.c.batch, r.publication.c.at <= r.batch_item.c.starts)
    begun = or_(r.batch_item.c.starts.is_not(None), r.batch_item.c.state == "public")
    whole = and_(published, r.batch_item.c.starts.is_not(None), r.batch_item.c.ends > r.batch_item.c.starts)
    odd = select(r.batch_item.c.batch, r.batch_item.c.application).where(begun, ~whole.is_(True))
    yield from (f"{row.application} in {row.batch} has a period without a publication" for row in connection.execute(odd))


def corrections_begin_a_period(connection: Connection) -> Violations:
    """A published correction was agreed to by a second person, and a published line's period began with the latest of them (A-68, §14)."""
    c, item = r.correction_notice.c, r.batch_item.c
    same = and_(item.batch == c.batch, item.application == c.application)
    begun = or_(item.starts.is_(None), item.starts >= c.published_at)  # a line of an announcement has no period
    agreed = and_(c.second.is_not(None), c.published_at.is_not(None), begun)
    odd = select(c.id, c.application).join(r.batch_item, same).where(c.state == "published", ~agreed.is_(True))
    yield from (f"correction {row.id} of {row.application} began no period" for row in connection.execute(odd))


def cleared_without_open_objection(connection: Connection) -> Violations:
    """No item is clear or announced while an objection to it is open (办法 §22)."""
    open_one = exists().where(
        r.objection.c.application == r.batch_item.c.application,
        r.objection.c.closed_at.is_(None),
        r.objection.c.state.in_(["open", "accepted"]),
    )
    odd = select(r.batch_item.c.application).where(r.batch_item.c.state.in_(["clear", "announced"]), open_one).distinct()
    yield from (f"{application} went on although an objection is open" for application in connection.execute(odd).scalars())


def objections_came_in_time(connection: Connection) -> Violations:
    """No objection was received at or after the end of its line's period (办法 §22)."""
    o, item = r.objection.c, r.batch_item.c
    late = select(o.id).join(r.batch_item, and_(item.batch == o.batch, item.application == o.application)).where(o.received_at >= item.ends)
    yield from (f"objection {each} came after the period" for each in connection.execute(late).scalars())


def closed_objections_have_a_verdict(connection: Connection) -> Violations:
    """An objection that is closed was rejected, merged, upheld or dismissed; one that waits has no verdict yet, unless the first one's (§8)."""
    o = r.objection.c
    closed = and_(o.closed_at.is_not(None), or_(o.verdict.is_(None), o.state.in_(["open", "accepted"]), o.closed_at < o.received_at))
    waiting = and_(o.closed_at.is_(None), o.state.in_(["open", "accepted"]), o.verdict.is_not(None))
    yield from (f"objection {each} is not closed as it says" for each in connection.execute(select(o.id).where(or_(closed, waiting))).scalars())


def objectors_stay_secret(connection: Connection) -> Violations:
    """The summary that the applicant reads does not name the objector (§14)."""
    for row in connection.execute(select(r.objection.c.id, r.objection.c.objector, r.objection.c.summary)):
        told = "".join(str((row.summary or {}).get("text", "")).split()).casefold()
        hidden = ["".join(str(value).split()).casefold() for value in ((row.objector or {}).get("name", ""), (row.objector or {}).get("contact", ""))]
        if any(secret and secret in told for secret in hidden):
            yield f"the summary of objection {row.id} gives the objector away"


def titles_only_of_announced_batches(connection: Connection) -> Violations:
    """Each title of the house's own season is an announced item of an announced batch."""
    announced = exists().where(
        r.batch_item.c.application == r.title.c.application,
        r.batch_item.c.state == "announced",
        r.batch.c.id == r.batch_item.c.batch,
        r.batch.c.kind == "announcement",
        r.batch.c.state == "announced",
    )
    bare = select(r.title.c.id).where(~r.title.c.imported, ~announced)
    yield from (f"title {title} was not announced" for title in connection.execute(bare).scalars())


def announced_have_titles(connection: Connection) -> Violations:
    """Each announced item has its title: none was lost."""
    granted = exists().where(r.title.c.application == r.batch_item.c.application)
    bare = select(r.batch_item.c.application).where(r.batch_item.c.state == "announced", ~granted)
    yield from (f"{application} was announced and has no title" for application in connection.execute(bare).scalars())


def titles_read_as_announced(connection: Connection) -> Violations:
    """Holder and experience of a title are those of its announced line, corrections and all (更正)."""
    item = r.batch_item.c
    joined = select(r.title.c.id, r.title.c.holder, r.title.c.experience_name, item.row).join(r.batch_item, item.application == r.title.c.application)
    for row in connection.execute(joined.where(~r.title.c.imported, item.state == "announced")):
        told = {"enterprise_name": row.holder, "experience_name": row.experience_name}
        if any((row.row or {}).get(name, text) != text for name, text in told.items()):
            yield f"title {row.id} does not read as it was announced"


def titles_were_approved(connection: Connection) -> Violations:
    """Each title of the house's own season rests on an approved batch (办法 §23)."""
    approved = exists().where(
        r.approval.c.subject == r.batch_item.c.batch, r.approval.c.outcome == "approve", r.batch_item.c.application == r.title.c.application
    )
    bare = select(r.title.c.id).where(~r.title.c.imported, ~approved)
    yield from (f"title {title} was granted without an approval" for title in connection.execute(bare).scalars())


def titles_after_publicity(connection: Connection) -> Violations:
    """No title was granted before the item's publicity was over (办法 §21)."""
    item = r.batch_item.c
    early = select(r.title.c.id).join(r.batch_item, item.application == r.title.c.application).where(item.ends > r.title.c.granted_at)
    yield from (f"title {title} was granted before its publicity was over" for title in connection.execute(early).scalars())


def revoked_titles_were_heard(connection: Connection) -> Violations:
    """A revoked title has a case with the time for 陈述申辩 given and the approver's decision (办法 §25)."""
    approved = exists().where(r.approval.c.subject == r.revocation.c.id, r.approval.c.outcome == "approve")
    heard = exists().where(r.revocation.c.title == r.title.c.id, r.revocation.c.heard_until.is_not(None), approved)
    known = or_(~r.title.c.imported, exists().where(r.revocation.c.title == r.title.c.id))  # others were revoked before the house knew them
    bare = select(r.title.c.id).where(r.title.c.state == "revoked", known, ~heard)
    yield from (f"title {title} was revoked without hearing and approval" for title in connection.execute(bare).scalars())


def results_shown_after_release(connection: Connection) -> Violations:
    """No case shows a result outside that was not released yet; what concerns one item of a list, not before that list."""
    releases = connection.execute(select(r.release.c.kind, r.release.c.subject)).all()
    seasons = {(row.kind, season_of(connection, row.kind, row.subject)) for row in releases}
    on_list = select(r.release.c.kind, r.batch_item.c.application).join(r.batch_item, r.batch_item.c.batch == r.release.c.subject)
    items = {(row.kind, row.application) for row in connection.execute(on_list)}
    shown = select(instance.c.business_key, instance.c.tenant, instance.c.public_stage)
    for case in connection.execute(shown.where(instance.c.process == "application", instance.c.public_stage.in_(NEEDS))):
        kind = NEEDS[case.public_stage]
        listed = case.public_stage not in OF_ITEMS or (kind, case.business_key) in items
        if (kind, case.tenant) not in seasons or not listed:
            yield f"{case.business_key} shows {case.public_stage} before its release"


def season_of(connection: Connection, kind: str, subject: str) -> str:
    """The season of what was released."""
    table = {"shortlist": v.meeting, "award": r.batch, "announcement": r.batch}.get(kind, r.title)
    return str(connection.execute(select(table.c.season).where(table.c.id == subject)).scalar() or "")


def season_goes_on(connection: Connection) -> Violations:
    """A season that has nothing left to wait for in a step has been told so: no step is stuck."""
    reached: dict[str, set[str]] = {}
    for row in connection.execute(select(p.progress.c.season, p.progress.c.name)):
        reached.setdefault(row.season, set()).add(row.name)
    for season, names in reached.items():
        reading = exists().where(v.review_group.c.season == season, v.review_group.c.state.not_in(GROUPS_DONE))
        for step in STEPS.values():
            waiting = exists().where(a.application.c.season == season, a.application.c.state.in_(step.states))
            busy = or_(waiting, reading) if step.reached == "reviewed" else waiting
            if step.after in names and step.reached not in names and _stuck(connection, season, busy):
                yield f"{season} waits for {step.reached} although nothing is left to do"


def seasons_show_how_far_they_are(connection: Connection) -> Violations:
    """A season's state (§9.2) agrees with what its process has reached: closed, settled, archived at its end and not before."""
    reached = {(row.season, row.name) for row in connection.execute(select(p.progress.c.season, p.progress.c.name))}
    own = and_(instance.c.tenant == p.season.c.id, instance.c.process == "season", instance.c.business_key == p.season.c.id)
    for row in connection.execute(select(p.season.c.id, p.season.c.state, instance.c.status).outerjoin(instance, own)):
        ended = row.status == "ended" and row.state != "archived"
        early = row.status != "ended" and row.state == "archived"
        open_still = (row.id, "recommendations_closed") in reached and row.state in BEFORE_CLOSE
        unsettled = (row.id, "settled") in reached and row.state not in SETTLED
        if ended or early or open_still or unsettled:
            yield f"{row.id} is {row.state}, its process has reached something else"


def _stuck(connection: Connection, season: str, waiting: ColumnElement[bool]) -> bool:
    asked = exists().where(job.c.tenant == season, job.c.name.startswith("progress."))
    return not connection.execute(select(or_(waiting, asked))).scalar_one()


CHECKS: tuple[Check, ...] = (
    untrue_never_awarded,
    upheld_never_awarded,
    lists_have_their_sum,
    periods_follow_publication,
    corrections_begin_a_period,
    cleared_without_open_objection,
    objections_came_in_time,
    closed_objections_have_a_verdict,
    objectors_stay_secret,
    titles_only_of_announced_batches,
    announced_have_titles,
    titles_read_as_announced,
    titles_were_approved,
    titles_after_publicity,
    revoked_titles_were_heard,
    results_shown_after_release,
    season_goes_on,
    seasons_show_how_far_they_are,
)
