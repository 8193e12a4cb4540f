"""代录评分表 (§14): an expert has scored on paper; one of the office records the sheet with its scan, another compares, then it is the expert's.

What was recorded rests in what N20a sent until the second person agrees; the expert's own drafts stay in the versions of the sheet. A record that turns out
wrong is made anew in the same way, with another scan and a reason, until the group's scores are put together; the earlier sheet stays a version.
"""

from engine.contract import Context
from handlers.common import (
    Data,
    application_of,
    found,
    need,
    outcome,
    refuse_same_person,
    refuse_without_file,
    season_of,
    seat_of,
    variable,
)
from handlers.notify import tell
from handlers.scores import refuse_unassigned, unscored, write
from selection import scoring
from selection.errors import Conflict, Forbidden
from store.selection.subject import Fact
from store.selection.tasks import SCORING

RECORDERS = frozenset({"office_clerk@caq", "meeting_secretary@caq"})


def propose(ctx: Context, data: Data) -> None:
    """Start check `score_record.propose`: a clerk or the meeting's secretary, while the expert's step is open. Data: seat, application, stage, reason."""
    if not ctx.actor.groups & RECORDERS and ctx.actor.kind != "system":
        raise Forbidden("record.office", zh="代录由办公室经办人或会议秘书办理", en="a clerk of the office or the meeting's secretary records")
    need(data, "reason", zh="请填写代录的理由", en="give the reason for recording on the expert's behalf")
    _refuse_unless_open(ctx, _seat(ctx, data), application=str(data.get("application")), stage=str(data.get("stage")))


def _seat(ctx: Context, data: Data) -> Fact:
    """The seat that is asked for, if it is one of this season."""
    seat = found(ctx.facts.reviews.seat(str(data.get("seat"))), what="评审席位")
    group = found(ctx.facts.reviews.group(seat.group), what="专业组")
    return found(seat if group.season == ctx.instance.tenant else None, what="评审席位")


def _refuse_unless_open(ctx: Context, seat: Fact, *, application: str, stage: str) -> None:
    """The application is the seat's own; it still scores at that stage and has not handed the sheet in, or the office recorded it before."""
    refuse_unassigned(ctx, seat, application)
    if stage in SCORING and _was_recorded(ctx, seat, application=application, stage=stage):
        _refuse_counted(ctx, seat, stage)
        return
    if stage not in SCORING or not ctx.facts.tasks.scores(season=ctx.instance.tenant, group=seat.group, expert=seat.expert, stage=stage):
        raise Conflict(
            "record.closed",
            zh="该专家现在没有待办的评分任务（未签署声明、已完成或已更换），不能代录",
            en="the expert has no open scoring task (declaration not signed, done, or replaced)",
        )
    if application not in unscored(ctx, seat, stage):
        raise Conflict("record.final", zh="该项评分已提交或不在评分范围，无需代录", en="that sheet is handed in already, or is not to be scored")


def _was_recorded(ctx: Context, seat: Fact, *, application: str, stage: str) -> bool:
    before = ctx.facts.reviews.score(expert=seat.expert, application=application, stage=stage)
    return before is not None and before.state == "final" and before.recorded_by is not None


def _refuse_counted(ctx: Context, seat: Fact, stage: str) -> None:
    """What the group's scores are put together from does not change behind the committee's back."""
    if ctx.facts.reviews.stage_scores(group=seat.group, stage=stage):
        raise Conflict(
            "record.counted",
            zh="本组评分已汇总，不能再更正代录的评分表",
            en="the group's scores are put together already; a recorded sheet cannot be corrected any more",
        )


def enter(ctx: Context, data: Data) -> None:
    """N20a 代录评分表. Data: as a sheet, outcome (record, drop); the scan is a D12.scores file of this record."""
    if outcome(data, "record", "drop") == "drop":
        return
    stage = variable(ctx, "stage")
    _refuse_unless_open(ctx, seat_of(ctx), application=variable(ctx, "application"), stage=stage)
    scoring.refuse_invalid(season=season_of(ctx), sheet=scoring.Sheet.from_form(data), stage=stage)
    refuse_without_file(
        ctx, owner=variable(ctx, "record"), code="D12.scores", zh="请上传纸质评分表扫描件（D12）", en="upload the scan of the sheet (D12)"
    )


def check(ctx: Context, data: Data) -> None:
    """N20b 代录评分复核 by somebody else than who recorded. Data: comment, outcome (agree, disagree)."""
    refuse_same_person(ctx, ctx.facts.tasks.done_by(root=ctx.instance.root, element="N20a"))
    if outcome(data, "agree", "disagree") == "agree":
        _refuse_unless_open(ctx, seat_of(ctx), application=variable(ctx, "application"), stage=variable(ctx, "stage"))


def keep(ctx: Context, _: Data) -> None:
    """Topic: the sheet counts as the expert's, marked as recorded; who has no sheet left to hand in is done (message `scores.recorded`)."""
    seat, stage, application = seat_of(ctx), variable(ctx, "stage"), application_of(ctx)
    ctx.facts.reviews.lock_group(seat.group)
    sheet = ctx.facts.tasks.sent(root=ctx.instance.root, element="N20a")
    recorder = ctx.facts.tasks.done_by(root=ctx.instance.root, element="N20a") or ctx.actor.id
    again = _was_recorded(ctx, seat, application=application.id, stage=stage)
    write(ctx, seat, application.id, stage, sheet, state="final", reason=variable(ctx, "reason"), recorded_by=recorder)
    if not again and not unscored(ctx, seat, stage):
        if stage == "desk":
            ctx.facts.reviews.change_seat(seat.id, done_at=ctx.now)
        ctx.send("scores.recorded", key=f"{seat.id}/{stage}")
    tell(ctx, "23_score_recorded", f"expert@{seat.expert}", about=application.id, cause=f"recorded:{ctx.instance.root}", when=ctx.now)


HANDLERS = {"score_record.keep": keep}
LISTENERS = {"score_record.propose": propose, "score_record.enter": enter, "score_record.check": check}
