"""保密承诺和回避声明: what an expert undertakes before any file opens, and conflicts of interest, declared then or found while reading."""

from engine.contract import Context
from handlers.common import Data, found, outcome, rows, season_of, seat_of
from handlers.notify import tell
from handlers.scores import void_scores
from selection.conflict import declared
from selection.errors import Conflict, Refused
from store.selection.subject import Fact


def sign(ctx: Context, data: Data) -> None:
    """N05c 签署保密承诺和回避声明, before any file opens. Data: secrecy, conflicts, outcome (sign, decline)."""
    decision = outcome(data, "sign", "decline")
    seat = seat_of(ctx)
    if decision == "sign" and data.get("secrecy") is not True:
        raise Refused("declaration.secrecy", zh="请勾选保密承诺；不能承诺的，请选择“不参加”", en="undertake secrecy, or decline")
    if ctx.facts.reviews.declaration(season=ctx.instance.tenant, expert=seat.expert, seat=seat.id) is not None:
        raise Conflict(
            "declaration.recorded",
            zh="办公室已根据您的纸质声明代为录入，无需再次签署",
            en="the office has recorded your paper declaration; there is nothing left to sign",
        )
    declare(ctx, seat, data)


def declare(ctx: Context, seat: Fact, data: Data, *, recorded_by: str | None = None) -> None:
    """Keep what the expert of a seat undertakes and declares. Data: as N05c; ``recorded_by``: who of the office recorded it from paper (代录)."""
    ctx.facts.reviews.declare(
        season=ctx.instance.tenant, expert=seat.expert, seat=seat.id, outcome=str(data["outcome"]), data=data, at=ctx.now, recorded_by=recorded_by
    )
    for row in rows(data, "conflicts"):
        take_off(ctx, seat, application=str(row["application"]), kind=str(row.get("kind")), detail=str(row.get("detail") or ""))


def declare_conflict(ctx: Context, data: Data) -> None:
    """Act `conflict.declare`: found while reading; the scores given are void (§14)."""
    take_off(ctx, seat_of(ctx), application=str(data["application"]), kind=str(data["kind"]), detail=str(data.get("detail") or ""))


def take_off(ctx: Context, seat: Fact, *, application: str, kind: str, detail: str) -> None:
    """A declared conflict: noted, the application taken from the seat, its scores void, the office told to seat another expert."""
    if not ctx.facts.reviews.is_assigned(seat=seat.id, application=application):
        found(None, what="申报")
    conflict = declared(season=season_of(ctx), kind=kind, detail=detail)
    ctx.facts.reviews.note_conflict(
        season=ctx.instance.tenant,
        expert=seat.expert,
        application=application,
        kind=kind,
        source="declared",
        detail={"zh": conflict.zh, "en": conflict.en},
        at=ctx.now,
        by=ctx.actor.id,
    )
    ctx.facts.reviews.unassign(seat=seat.id, application=application)
    void_scores(ctx, expert=seat.expert, application=application)
    group = found(ctx.facts.reviews.group(seat.group), what="专业组")
    expert = found(ctx.facts.people.expert(seat.expert), what="专家")
    tell(ctx, "22_conflict_declared", "office_clerk@caq", about=application, expert=expert.name, group=group.name)
    if len(ctx.facts.reviews.readers_of(application)) < season_of(ctx).experts.desk_min:
        # Too few readers are left: the whole seat goes to another expert, who reads this application as well.
        ctx.send("seat.replace", key=seat.id, payload={"application": application})


LISTENERS = {"declaration.sign": sign, "conflict.declare": declare_conflict}
