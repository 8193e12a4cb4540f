"""补正 of the 申报书 itself: the office names fields, tables or rows of it; just these are changed, checked anew and kept beside what they said."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.contract import Context
from handlers.common import Data, found, rows
from handlers.submission import keep_corrected
from selection.errors import Refused
from selection.form import BOUND
from selection.reading import choice_words, named_values
from store.selection.subject import Fact

FORM = "forms/application.json"
PAGES = "D1.correction"
Items = Sequence[Mapping[str, Any]]


def refuse_unknown_parts(ctx: Context, items: Items) -> None:
    """N04a: what is to be corrected in the form stands in it, and is not what account and case are bound to."""
    known = ctx.forms[FORM].parts(without=BOUND) if asked_parts(items) else {}
    for part in asked_parts(items):
        if part not in known:
            raise Refused("correction.part", zh=f"申报书没有可补正的“{part}”，请从列表中选择", en=f"the form has no {part!r} to correct; choose from the list")


def asked_parts(items: Items) -> tuple[str, ...]:
    """The parts of the form that a 补正 names (`economic_benefit.total_profit`)."""
    return tuple(str(item["field"]) for item in items if item.get("field"))


def demands(ctx: Context, items: Items, parts: Mapping[str, str]) -> list[str]:
    """The points of a 补正 as its letter lists them. ``parts``: what people call the parts of an application."""
    names = named_values(ctx.settings)

    def line(item: Mapping[str, Any]) -> str:
        part = parts.get(item["part"], str(item["part"]))
        return f"{part}（{ctx.forms[FORM].called(str(item['field']), names=names)}）" if item.get("field") else part

    return [f"{line(item)}：{item['demand']}" for item in items]


def correct(ctx: Context, application: Fact, *, items: Items, data: Data) -> list[dict[str, str]]:
    """N04d: put the changes in and keep the form. Data: changes [{field, value}]. Out: what was changed: field, words, was, now.

    Raises Refused where something was not asked for, does not fit the form, or lets the application fail its checks.
    """
    form = ctx.forms.get(FORM)
    wanted = [(str(row["field"]), str(row.get("value") or "")) for row in rows(data, "changes")]
    if form is None or not wanted:
        return []
    before = found(ctx.facts.applications.form(application.id, state="submitted"), what="申报书").data
    words, names = choice_words(ctx.settings), named_values(ctx.settings)
    said = form.values(before, words=words)
    changed = {name: text for name, text in wanted if text.strip() != said.get(name, "").strip()}
    asked = form.values_asked(before, asked_parts(items), words=words)
    for name in changed:
        if name not in asked:
            text = form.called(name, names=names)
            raise Refused("correction.field", zh=f"补正通知未列明“{text}”，只能补正列明的内容", en=f"{name} is not among what is to be corrected")
    if not changed:
        return []
    _refuse_without_pages(ctx, application)
    corrected, errors = form.changed(before, changed, words=words, names=names)
    if errors:
        raise Refused("correction.form", zh="；".join(one.zh for one in errors), en="; ".join(one.en for one in errors))
    keep_corrected(ctx, application, corrected)
    return [{"field": name, "words": form.called(name, names=names), "was": said.get(name, ""), "now": text} for name, text in changed.items()]


def _refuse_without_pages(ctx: Context, application: Fact) -> None:
    if not ctx.facts.documents.living(season=application.season, owner=application.id, code=PAGES):
        raise Refused(
            "correction.pages",
            zh="更改了申报书内容，请同时上传重新盖章的申报书页",
            en="what the form says was changed; upload its pages, sealed anew, too",
        )
