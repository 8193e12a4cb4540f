"""签批公示: the list is signed before it is published; what the office records for who signed on paper is checked by a second person (§14)."""

from engine.contract import Context
from handlers.common import Data, Variables, need, outcome, refuse_same_person, refuse_without_file, variable


def sign_off(ctx: Context, data: Data) -> Variables:
    """N11a 签批公示. Data: signed_by, proxy, proxy_reason, comment, outcome (approve, return).

    → recorded: somebody else has signed on paper and the office records it; a second person checks it before it counts (§14).
    """
    decision = outcome(data, "approve", "return")
    batch = variable(ctx, "batch")
    if decision == "return":
        need(data, "comment", zh="请填写退回的理由", en="give the reason for sending it back")
        return {"recorded": False}
    recorded = data.get("proxy") is True
    if recorded:
        need(data, "proxy_reason", zh="代录须填写理由", en="give the reason for recording on somebody's behalf")
        refuse_without_file(ctx, owner=batch, code="D12.approval", zh="请上传签批件扫描件（D12）", en="upload the signed page (D12)")
    signed_by = str(data.get("signed_by") or ctx.actor.id)
    ctx.facts.publicity.change_batch(batch, signed_by=signed_by, signed_at=ctx.now, state="open" if recorded else "signed")
    return {"recorded": recorded}


def second(ctx: Context, data: Data) -> None:
    """N11g 代录复核 of a sign-off that was recorded, by somebody else than who recorded it. Data: comment, outcome (agree, disagree)."""
    refuse_same_person(ctx, ctx.facts.tasks.done_by(root=ctx.instance.root, element="N11a"))
    if outcome(data, "agree", "disagree") == "agree":
        ctx.facts.publicity.change_batch(variable(ctx, "batch"), state="signed")
    else:
        _unsign(ctx)


def _unsign(ctx: Context) -> None:
    ctx.facts.publicity.change_batch(variable(ctx, "batch"), signed_by=None, signed_at=None, state="open")


def take_back(ctx: Context, _: Data) -> None:
    """N11a taken back before anything is published: the list is not signed (§14)."""
    _unsign(ctx)


LISTENERS = {"publicity.signoff": sign_off, "publicity.second": second, "publicity.take_back": take_back}
