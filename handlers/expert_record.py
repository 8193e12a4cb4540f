"""代录专家回执或声明 (§14): an expert has answered the invitation, or signed secrecy and conflicts, on paper; one of the office records it with its scan,
another compares, then it is the expert's own answer.

What was recorded rests in what N21a sent until the second person agrees. The expert's own step stays open meanwhile: who answers there first is heard.
"""

from engine.contract import Context
from handlers.common import (
    Data,
    found,
    need,
    outcome,
    refuse_same_person,
    refuse_without_file,
    variable,
)
from handlers.declaration import declare
from handlers.experts import is_asked
from handlers.notify import tell
from selection.errors import Conflict, Forbidden, Refused
from store.selection.subject import Fact

SCAN = "D12.answer"
# The expert's own step that each paper stands for, and what may be answered there.
STEPS = {"reply": "确认参评", "declaration": "签署保密承诺和回避声明"}
OUTCOMES = {"reply": ("accept", "decline"), "declaration": ("sign", "decline")}


def propose(ctx: Context, data: Data) -> None:
    """Start check `expert_record.propose`: a clerk, while the expert's own step is open. Data: kind (reply, declaration), expert, seat, reason."""
    if "office_clerk@caq" not in ctx.actor.groups and ctx.actor.kind != "system":
        raise Forbidden("record.office", zh="代录由办公室经办人办理", en="a clerk of the office records")
    need(data, "reason", zh="请填写代录的理由", en="give the reason for recording on the expert's behalf")
    kind = str(data.get("kind"))
    if kind not in OUTCOMES:
        raise Refused("record.kind", zh="请选择代录参评回执还是声明", en="record a reply or a declaration")
    _refuse_unless_open(ctx, kind=kind, expert=str(data.get("expert")), seat=str(data.get("seat") or ""))


def _refuse_unless_open(ctx: Context, *, kind: str, expert: str, seat: str) -> None:
    """The expert has been asked and has not answered, here or through another record."""
    season = ctx.instance.tenant
    group = _seated(ctx, expert=expert, seat=seat).group if kind == "declaration" else ""
    asked = is_asked(ctx, expert) if kind == "reply" else ctx.facts.reviews.declaration(season=season, expert=expert, seat=seat) is None
    if not asked or not ctx.facts.tasks.awaits(kind, season=season, group=group, expert=expert):
        raise Conflict(
            "record.closed",
            zh="该专家现在没有待办的回执或声明（已答复、已逾期或已更换），不能代录",
            en="the expert has nothing open to answer (answered, lapsed or replaced)",
        )


def _seated(ctx: Context, *, expert: str, seat: str) -> Fact:
    """The seat that is asked for, if it is one of this season and the expert's."""
    row = found(ctx.facts.reviews.seat(seat), what="评审席位")
    group = found(ctx.facts.reviews.group(row.group), what="专业组")
    return found(row if group.season == ctx.instance.tenant and row.expert == expert else None, what="评审席位")


def _still_open(ctx: Context) -> str:
    """Out: which paper it is. Raises Conflict when the expert has answered meanwhile."""
    kind = variable(ctx, "kind")
    _refuse_unless_open(ctx, kind=kind, expert=variable(ctx, "expert"), seat=variable(ctx, "seat"))
    return kind


def enter(ctx: Context, data: Data) -> None:
    """N21a 代录专家回执或声明. Data: as on the paper, outcome (accept or sign, decline, drop); the scan is a D12.answer file of this record."""
    kind = variable(ctx, "kind")
    if outcome(data, *OUTCOMES[kind], "drop") == "drop":
        return
    _still_open(ctx)
    refuse_without_file(ctx, owner=variable(ctx, "record"), code=SCAN, zh="请上传纸质原件扫描件（D12）", en="upload the scan of the paper (D12)")


def check(ctx: Context, data: Data) -> None:
    """N21b 代录专家答复复核 by somebody else than who recorded. Data: comment, outcome (agree, disagree)."""
    refuse_same_person(ctx, ctx.facts.tasks.done_by(root=ctx.instance.root, element="N21a"))
    if outcome(data, "agree", "disagree") == "agree":
        _still_open(ctx)


def keep(ctx: Context, _: Data) -> None:
    """Topic: the answer counts as the expert's, marked as recorded; the expert's own step ends (`reply.recorded`, `declaration.recorded`)."""
    kind, expert, season = variable(ctx, "kind"), variable(ctx, "expert"), ctx.instance.tenant
    sent = ctx.facts.tasks.sent(root=ctx.instance.root, element="N21a")
    recorder = ctx.facts.tasks.done_by(root=ctx.instance.root, element="N21a") or ctx.actor.id
    if kind == "reply":
        state = "accepted" if sent["outcome"] == "accept" else "declined"
        reason = str(sent.get("reason") or "") or None
        ctx.facts.people.set_invitation(season=season, expert=expert, state=state, at=ctx.now, reason=reason, recorded_by=recorder)
        ctx.send("reply.recorded", key=f"{season}/{expert}")
    else:
        seat = _seated(ctx, expert=expert, seat=variable(ctx, "seat"))
        declare(ctx, seat, sent, recorded_by=recorder)
        ctx.send("declaration.recorded", key=f"{seat.id}/{expert}", payload={"outcome": sent["outcome"]})
    tell(ctx, "19_answer_recorded", f"expert@{expert}", cause=f"recorded:{ctx.instance.root}", task=STEPS[kind], when=ctx.now)


HANDLERS = {"expert_record.keep": keep}
LISTENERS = {"expert_record.propose": propose, "expert_record.enter": enter, "expert_record.check": check}
