"""What the season's diagrams call: every topic, listener and job by its name, named openly in each module's tables."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from engine.contract import Registry
from handlers import (
    announcement,
    application,
    correction,
    declaration,
    defence,
    delivery,
    documents,
    expert_record,
    experts,
    form_check,
    intake,
    late,
    meeting,
    objection,
    progress,
    publicity,
    recommendation,
    reminders,
    removal,
    review,
    score_record,
    scores,
    season,
    shortlist,
    signoff,
    taking_back,
    title,
    title_change,
    visits,
    widening,
)

MODULES: tuple[ModuleType, ...] = (
    announcement,
    application,
    correction,
    declaration,
    defence,
    delivery,
    documents,
    expert_record,
    experts,
    form_check,
    intake,
    late,
    meeting,
    objection,
    progress,
    publicity,
    recommendation,
    reminders,
    removal,
    review,
    score_record,
    scores,
    season,
    shortlist,
    signoff,
    taking_back,
    title,
    title_change,
    visits,
    widening,
)


def registry() -> Registry:
    """A registry with everything that the selection's diagrams may name. A name given twice raises ValueError."""
    made = Registry()
    for module in MODULES:
        for name, function in _table(module, "HANDLERS").items():
            made.handler(name)(function)
        for name, function in _table(module, "OUTSIDE").items():
            made.handler(name, outside=True)(function)
        for name, function in _table(module, "LISTENERS").items():
            made.listener(name)(function)
        for name, function in _table(module, "JOBS").items():
            made.job(name)(function)
        for code, function in _table(module, "REFUSALS").items():
            made.refusal(code)(function)
    return made


def _table(module: ModuleType, name: str) -> dict[str, Callable[..., Any]]:
    return getattr(module, name, {})
