"""移除文件 (a state secret, somebody else's paper): one of the office proposes, another agrees; the bytes go, hash, reason and both names stay.

It is the papers of one case that lose the file: the same content may be another enterprise's own.
"""

from engine.contract import Context
from handlers.common import Data, found, need, outcome, refuse_same_person, refuse_unless_office, variable
from selection.errors import Conflict
from store.selection.subject import Fact


def propose(ctx: Context, data: Data) -> None:
    """Start check `removal.propose`. Data: document, reason. A file that is gone already is refused."""
    refuse_unless_office(ctx)
    need(data, "reason", zh="请填写移除文件的理由", en="give the reason for removing the file")
    document = found(ctx.facts.documents.get(str(data.get("document"))), what="文件")
    if document.season != ctx.instance.tenant:
        found(None, what="文件")
    if document.removed_at is not None:
        raise Conflict("document.removed", zh="该文件已经移除", en="the file has been removed already")


def check(ctx: Context, data: Data) -> None:
    """N18 复核移除文件 by somebody else than who proposed it (§14). Data: comment, outcome (agree, disagree)."""
    outcome(data, "agree", "disagree")
    refuse_same_person(ctx, ctx.facts.tasks.started_by(root=ctx.instance.root))


def bury(ctx: Context, _: Data) -> None:
    """Topic: the case's papers with this content are marked; from now on nobody opens it there or hands it in there again."""
    document = _document(ctx)
    content = {"season": document.season, "owner": document.owner, "sha256": document.sha256}
    if ctx.facts.documents.removal(**content) is not None:
        return  # a second proposal of the same content
    ctx.facts.documents.bury(
        **content,
        reason=variable(ctx, "reason"),
        at=ctx.now,
        by=str(ctx.facts.tasks.started_by(root=ctx.instance.root)),
        second=ctx.facts.tasks.done_by(root=ctx.instance.root, element="N18") or ctx.actor.id,  # once N18 is done; else in its own act
    )


def erase(ctx: Context, _: Data) -> None:
    """Topic, outside: the bytes go from the store, unless the papers of another case hold the same content. Safe to repeat."""
    sha256 = _document(ctx).sha256
    if not ctx.facts.documents.holds(sha256):
        ctx.facts.files.remove(sha256)


def _document(ctx: Context) -> Fact:
    return found(ctx.facts.documents.get(variable(ctx, "document")), what="文件")


HANDLERS = {"removal.bury": bury}
OUTSIDE = {"removal.erase": erase}
LISTENERS = {"removal.propose": propose, "removal.check": check}
