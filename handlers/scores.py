"""评分表: saved, handed in, revised. One sheet per expert, application and stage; every version stays."""

from engine.contract import Context
from handlers.common import Data, application_of, found, need, numbered, season_of, seat_of, variable
from selection import scoring
from selection.errors import Conflict, Forbidden, Refused
from store.selection.subject import Fact


def stage_of(ctx: Context) -> str:
    """The stage a sheet belongs to: `defence` in that diagram, else `desk`."""
    return "defence" if ctx.task is not None and ctx.task.element == "N08c" else "desk"


def save(ctx: Context, data: Data) -> None:
    """Act `score.save`: a draft, as it is."""
    _keep(ctx, data, state="draft")


def submit(ctx: Context, data: Data) -> None:
    """Act `score.submit`: complete and final."""
    sheet = scoring.Sheet.from_form(data)
    scoring.refuse_invalid(season=season_of(ctx), sheet=sheet, stage=stage_of(ctx))
    _keep(ctx, data, state="final")


def _keep(ctx: Context, data: Data, *, state: str) -> None:
    seat, stage = seat_of(ctx), stage_of(ctx)
    application = application_of(ctx, str(data.get("application")))
    if stage == "desk":
        _refuse_undeclared(ctx, seat)
    refuse_unassigned(ctx, seat, application.id)
    before = ctx.facts.reviews.score(expert=seat.expert, application=application.id, stage=stage)
    if before is not None and before.state == "final" and state == "draft":
        raise Conflict("score.final", zh="该项评分已提交，不能再改为草稿", en="this sheet is final; it cannot become a draft again")
    write(ctx, seat, application.id, stage, data, state=state, reason=None)


def write(
    ctx: Context, seat: Fact, application: str, stage: str, data: Data, *, state: str, reason: str | None, recorded_by: str | None = None
) -> None:
    """Keep a sheet of a seat as its expert's; ``recorded_by``: who of the office recorded it from paper (代录)."""
    sheet = scoring.Sheet.from_form(data)
    ctx.facts.reviews.save_score(
        expert=seat.expert,
        application=application,
        stage=stage,
        seat=seat.id,
        state=state,
        sheet={name: value for name, value in data.items() if name not in ("application", "reason", "outcome", "scan")},
        total=str(scoring.total(season=season_of(ctx), sheet=sheet)) if state == "final" else None,
        at=ctx.received,
        by=recorded_by or ctx.actor.id,
        reason=reason,
        recorded_by=recorded_by,
    )


def complete(ctx: Context, _: Data) -> None:
    """N06a / N08c: done when every application of the seat has a final sheet."""
    seat, stage = seat_of(ctx), stage_of(ctx)
    if stage == "desk":
        ctx.facts.reviews.lock_group(seat.group)  # what joins the group at this moment is read as well
    missing = numbered(ctx, unscored(ctx, seat, stage))
    if missing:
        raise Refused(
            "scores.missing", zh=f"还有{len(missing)}项未提交评分：{'、'.join(missing)}", en=f"not yet scored: {', '.join(missing)}"
        )
    if stage == "desk":
        ctx.facts.reviews.change_seat(seat.id, done_at=ctx.now)


def to_score(ctx: Context, seat: Fact, stage: str) -> list[str]:
    """The applications a seat has to score: at the defence only those that were there."""
    assigned = [row.application for row in ctx.facts.reviews.assigned(seat.id)]
    if stage == "desk":
        living = {row.id for row in ctx.facts.applications.of_season(ctx.instance.tenant, group=seat.group, state="desk_review")}
        return [name for name in assigned if name in living]
    present = {row.application for row in ctx.facts.defences.of_group(seat.group) if row.state == "present"}
    return [name for name in assigned if name in present]


def unscored(ctx: Context, seat: Fact, stage: str) -> list[str]:
    """The applications of a seat whose sheet is not handed in yet."""
    handed_in = {row.application for row in ctx.facts.reviews.scores_of(expert=seat.expert, stage=stage) if row.state == "final"}
    return [name for name in to_score(ctx, seat, stage) if name not in handed_in]


def revise(ctx: Context, data: Data) -> None:
    """Act `score.revise` at the reconciliation: an expert's own sheet, with a reason; the old value is kept (§6.4)."""
    reason = need(data, "reason", zh="请填写修改评分的理由", en="give the reason for changing the score")
    group = variable(ctx, "group")
    mine = {group_.partition("@")[2] for group_ in ctx.actor.groups if group_.startswith("expert@")}
    seats = [seat for seat in ctx.facts.reviews.seats(group) if seat.expert in mine]
    if not seats:
        raise Forbidden("score.foreign", zh="只能修改本人的评分", en="only your own score can be changed")
    application = str(data.get("application"))
    refuse_unassigned(ctx, seats[0], application)
    before = found(ctx.facts.reviews.score(expert=seats[0].expert, application=application, stage="desk"), what="评分表")
    data = {**before.sheet, **data}  # what the revision does not ask (the recommendation, the site visit) stays as it was
    scoring.refuse_invalid(season=season_of(ctx), sheet=scoring.Sheet.from_form(data), stage="desk")
    write(ctx, seats[0], application, "desk", data, state="final", reason=reason)


def refuse_unassigned(ctx: Context, seat: Fact, application: str) -> None:
    """An application that is not the seat's own looks as if it did not exist."""
    if not ctx.facts.reviews.is_assigned(seat=seat.id, application=application):
        found(None, what="申报")


def _refuse_undeclared(ctx: Context, seat: Fact) -> None:
    declaration = ctx.facts.reviews.declaration(season=ctx.instance.tenant, expert=seat.expert, seat=seat.id)
    if declaration is None or declaration.outcome != "sign":
        raise Forbidden("declaration.missing", zh="请先签署保密承诺和回避声明", en="sign the undertaking of secrecy first")


def void_scores(ctx: Context, *, expert: str, application: str) -> None:
    """A conflict was found: the scores given are void, and kept as such (§14)."""
    for stage in ("desk", "defence"):
        row = ctx.facts.reviews.score(expert=expert, application=application, stage=stage)
        if row is not None and row.state != "void":
            ctx.facts.reviews.put_out(row, state="void", reason="回避", at=ctx.now, by=ctx.actor.id)


LISTENERS = {"score.save": save, "score.submit": submit, "scores.complete": complete, "score.revise": revise}
