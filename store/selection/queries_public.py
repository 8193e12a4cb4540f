"""Named reads for everybody: the season, published lists, titles, receipts of objections. Published fields only.

No rights here: what somebody may open is decided by `selection.rights`; lists that depend on the person take the person.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, case, func, or_, select

from store.engine import queries as engine_queries
from store.engine.tables import instance
from store.selection.publicity import PublicityFacts
from store.selection.tables_application import application, document
from store.selection.tables_people import exchange, season, unit
from store.selection.tables_result import batch, batch_item, correction_notice, objection, publication, title, title_change

Rows = Sequence[RowMapping]
NOTICE_FILE = "D12.notice"


def _seasons() -> Select[Any]:
    """Each season with its state (§9.2); one whose own process stands still, or was ended before its time, is suspended or cancelled.

    `issued`: whether its notice was published, whatever became of it since.
    """
    own = and_(instance.c.tenant == season.c.id, instance.c.process == "season", instance.c.business_key == season.c.id)
    status = select(instance.c.status).where(own).order_by(instance.c.started_at.desc()).limit(1).scalar_subquery()
    state = case((status.in_(("suspended", "cancelled")), status), else_=season.c.state).label("state")
    return select(*(column for column in season.c if column.name != "state"), state, (season.c.state != "planned").label("issued"))


_ORDERED = _seasons().order_by(season.c.year.desc(), season.c.id)
_NEWEST = _ORDERED.limit(1)
_BY_ID = _seasons().where(season.c.id == bindparam("season"))


def newest_season(connection: Connection) -> RowMapping | None:
    """The season that pages speak of when none is named."""
    return connection.execute(_NEWEST).mappings().first()


def seasons(connection: Connection) -> Rows:
    """All seasons, the newest first."""
    return connection.execute(_ORDERED).mappings().all()


def season_by_id(connection: Connection, season_id: str) -> RowMapping | None:
    """One season."""
    return connection.execute(_BY_ID, {"season": season_id}).mappings().first()


def taking_applications(connection: Connection, *, now: datetime, besides: str = "") -> dict[str, tuple[str, datetime]]:
    """The other seasons in which an enterprise may begin an application now: id -> (title, exclusive end)."""
    found = ((row["id"], row["title"], deadlines_of(connection, row["id"])) for row in seasons(connection) if row["state"] == "open" and row["id"] != besides)
    return {key: (title, plan["申报截止"]) for key, title, plan in found if plan.get("申报截止", now) > now}


def deadlines_of(connection: Connection, season_id: str) -> dict[str, datetime]:
    """The season's named deadlines: name -> exclusive end, aware UTC."""
    return engine_queries.deadlines(connection, tenant=season_id)


def public_units(connection: Connection, season_id: str) -> Rows:
    """The recommending units of the season: code and name."""
    return (
        connection.execute(select(unit.c.code, unit.c.name, unit.c.kind).where(unit.c.season == season_id).order_by(unit.c.code))
        .mappings()
        .all()
    )


def notice_files(connection: Connection, season_id: str) -> Rows:
    """The attachments of the season's notice, once it is issued: those that were neither replaced nor removed for good."""
    shown = and_(document.c.owner == season_id, document.c.code == NOTICE_FILE, document.c.replaced_at.is_(None), document.c.removed_at.is_(None))
    found = select(document).join(season, season.c.id == document.c.season).where(shown, season.c.state != "planned")
    return connection.execute(found.order_by(document.c.at, document.c.id)).mappings().all()


def public_exchanges(connection: Connection, *, limit: int, offset: int = 0) -> Rows:
    """经验交流活动 that the office registered: season, name, day, what was said of it (place, summary, titles); the latest first."""
    columns = (exchange.c.id, exchange.c.name, exchange.c.held_on, exchange.c.data, season.c.title.label("season_title"))
    found = select(*columns).join(season, season.c.id == exchange.c.season).order_by(exchange.c.held_on.desc().nulls_last(), exchange.c.id.desc())
    return connection.execute(found.limit(limit).offset(offset)).mappings().all()


def exchange_count(connection: Connection) -> int:
    """How many exchange activities there are."""
    return int(connection.execute(select(func.count()).select_from(exchange)).scalar_one())


def holders_of(connection: Connection, titles: Sequence[str]) -> dict[str, str]:
    """Who holds these titles still: number -> name as announced."""
    standing = select(title.c.id, title.c.holder).where(title.c.id.in_(list(titles)), title.c.state == "active")
    return {row.id: row.holder for row in connection.execute(standing)}


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
    """The lines of a published list in their order, as they were printed: no scores, no contacts.

    Who left the list before it was published never was on it: such a line has no period (公示) and no title (公告).
    """
    found = select(batch_item.c.application, batch_item.c.seq, batch_item.c.row, batch_item.c.starts, batch_item.c.ends)
    public = or_(batch_item.c.starts.is_not(None), batch_item.c.state == "announced")
    return connection.execute(found.where(batch_item.c.batch == batch_id, public).order_by(batch_item.c.seq)).mappings().all()


def corrections_of(connection: Connection, batch_id: str) -> Rows:
    """The corrections of a published list that were published themselves: the line, what it said and what it says, when; the latest first."""
    c, same = correction_notice.c, and_(batch_item.c.batch == correction_notice.c.batch, batch_item.c.application == correction_notice.c.application)
    found = select(c.wrong, c.right, c.published_at, batch_item.c.seq, batch_item.c.row, batch_item.c.ends).join(batch_item, same)
    listed = found.where(c.batch == batch_id, c.state == "published", batch_item.c.state != "removed")
    return connection.execute(listed.order_by(c.published_at.desc(), c.id.desc())).mappings().all()


def publications_of(connection: Connection, subject: str) -> Rows:
    """Where and when a list was published."""
    found = select(publication.c.channel, publication.c.url, publication.c.at).where(
        publication.c.subject == subject, publication.c.confirmed_by.is_not(None)
    )
    return connection.execute(found.order_by(publication.c.at)).mappings().all()


def public_titles(connection: Connection, *, state: str | None = None, search: str = "") -> Rows:
    """Titles that were announced: number, holder, experience, year, state; the latest first."""
    columns = (title.c.id, title.c.holder, title.c.experience_name, title.c.year, title.c.state, title.c.granted_at, title.c.revoked_at)
    found = select(*columns).order_by(title.c.year.desc(), title.c.id)
    if state is not None:
        found = found.where(title.c.state == state)
    if search:
        found = found.where(
            or_(title.c.holder.icontains(search, autoescape=True), title.c.experience_name.icontains(search, autoescape=True))
        )
    return connection.execute(found).mappings().all()


def titles_listed(connection: Connection, *, state: str = "", search: str = "", limit: int, offset: int = 0) -> Rows:
    """A page of all titles, for the office: the latest year first, with the USCC."""
    found = select(title).order_by(title.c.year.desc(), title.c.id).limit(limit).offset(offset)
    if state:
        found = found.where(title.c.state == state)
    if search:
        texts = (title.c.id, title.c.holder, title.c.experience_name)
        found = found.where(or_(*(column.icontains(search, autoescape=True) for column in texts)))
    return connection.execute(found).mappings().all()


def title_corrections(connection: Connection, titles: Collection[str]) -> dict[str, list[RowMapping]]:
    """What was corrected of the records of titles of earlier years, by title, the first first: wrong and right (field → text), and when."""
    found = select(title_change.c.title, title_change.c.wrong, title_change.c.right, title_change.c.closed_at)
    done = found.where(title_change.c.kind == "record", title_change.c.state == "done", title_change.c.title.in_(sorted(titles)))
    corrected: dict[str, list[RowMapping]] = {}
    for row in connection.execute(done.order_by(title_change.c.id)).mappings():
        corrected.setdefault(row["title"], []).append(row)
    return corrected


def known_titles(connection: Connection, numbers: Sequence[str]) -> set[str]:
    """Which of these numbers are titles already."""
    return set(connection.execute(select(title.c.id).where(title.c.id.in_(numbers))).scalars())


def reserve_objection(connection: Connection) -> str:
    """A fresh identifier for an objection that is about to be lodged."""
    return PublicityFacts(connection).reserve_objection()


def receipt_of(connection: Connection, objection_id: str) -> str:
    """The receipt number of a lodged objection."""
    return str(connection.execute(select(objection.c.receipt).where(objection.c.id == objection_id)).scalar_one())


def objection_by_receipt(connection: Connection, receipt: str) -> RowMapping | None:
    """What the holder of a receipt may know: what it is about as published, when it came in, how far it is, the answer. Never who objects."""
    printed = and_(batch_item.c.batch == objection.c.batch, batch_item.c.application == objection.c.application)
    columns = (objection.c.receipt, objection.c.received_at, objection.c.closed_at, objection.c.state, objection.c.reply)
    found = select(*columns, batch_item.c.row).outerjoin(batch_item, printed)
    return connection.execute(found.where(objection.c.receipt == receipt)).mappings().first()


def enterprise_of(connection: Connection, application_id: str) -> str:
    """The enterprise of an application."""
    return str(connection.execute(select(application.c.enterprise).where(application.c.id == application_id)).scalar_one())
