"""收回: a step taken back by its maker before anybody goes on from it (§14); what was done stays in the history.

The engine brings the state before back and refuses when something has followed. Here facts are undone that would mislead until the step is done anew.
"""

from engine.contract import Context
from handlers.common import Data, found, variable
from handlers.objection import show_in_case
from selection.errors import Conflict


def step(_: Context, __: Data) -> None:
    """N01a, N03x, N05d, N06b, N11b, N11e, N14, N16d, N19b: a second person was to look at it; doing it anew writes the facts anew."""


def ranking(ctx: Context, _: Data) -> None:
    """N03b: the list may be put in order anew until it is delivered; that a unit recommends nobody is told at once and stays."""
    unit = found(ctx.facts.people.unit(season=ctx.instance.tenant, code=variable(ctx, "unit")), what="推荐单位")
    if unit.delivered_at is not None:
        raise Conflict("take_back.told", zh="推荐结果已送出，不能收回，请与办公室联系", en="the result has gone out and cannot be taken back; ask the office")


def intake(ctx: Context, _: Data) -> None:
    """N12a: the objection waits for its intake again."""
    case = found(ctx.facts.publicity.objection(variable(ctx, "objection")), what="异议")
    ctx.facts.publicity.change_objection(case.id, state="open", intake=None)
    show_in_case(ctx, case)


def proposal(ctx: Context, _: Data) -> None:
    """N16c: nothing is proposed about the title, and nothing dropped."""
    case = found(ctx.facts.titles.case(variable(ctx, "title")), what="线索")
    ctx.facts.titles.change_case(case.id, state="hearing", proposal=None, closed_at=None)


LISTENERS = {
    "step.take_back": step,
    "recommendation.take_back": ranking,
    "objection.take_back": intake,
    "title.take_back": proposal,
}
