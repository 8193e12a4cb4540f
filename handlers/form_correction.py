"""补正 of the 申报书 itself: the office names fields, tables or rows of it; just these are changed, checked anew and kept beside what they said."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

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
Form: TypeAlias = Any  # the version's `engine.forms.Form`
Names: TypeAlias = Mapping[str, object]


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
    """N04d: put the changes in and keep the form. Data: changes [{field, value}], removed [{row}]. Out: what was changed: field, words, was, now.

    Raises Refused where something was not asked for, does not fit the form, or lets the application fail its checks.
    """
    form = ctx.forms.get(FORM)
    wanted = [(str(row["field"]), str(row.get("value") or "")) for row in rows(data, "changes")]
    removed = tuple(dict.fromkeys(str(row["row"]) for row in rows(data, "removed")))
    if form is None or not (wanted or removed):
        return []
    before = found(ctx.facts.applications.form(application.id, state="submitted"), what="申报书").data
    words, names = choice_words(ctx.settings), named_values(ctx.settings)
    said = form.values(before, words=words)
    changed = {name: text for name, text in wanted if text.strip() != said.get(name, "").strip()}
    parts = asked_parts(items)
    standing, new = form.rows_asked(before, parts, words=words), form.new_values(before, parts)
    _refuse_not_asked(form, changed, known={*form.values_asked(before, parts, words=words), *new}, names=names)
    _refuse_not_asked(form, removed, known=standing, names=names)
    _refuse_both(form, changed, removed, names=names)
    if not (changed or removed):
        return []
    _refuse_without_pages(ctx, application)
    corrected, errors = form.changed(before, changed, words=words, names=names, removed=removed)
    if errors:
        raise Refused("correction.form", zh="；".join(one.zh for one in errors), en="; ".join(one.en for one in errors))
    keep_corrected(ctx, application, corrected)
    edited = [_line(form, name, names, was=said.get(name, ""), now=text) for name, text in changed.items() if name not in new]
    added = _added(form, {name: text for name, text in changed.items() if name in new}, names)
    return [*edited, *added, *(_line(form, name, names, was=standing[name], mark="（删去）") for name in removed)]


def _refuse_not_asked(form: Form, wanted: Iterable[str], *, known: Collection[str], names: Names) -> None:
    for name in wanted:
        if name not in known:
            text = form.called(name, names=names)
            raise Refused("correction.field", zh=f"补正通知未列明“{text}”，只能补正列明的内容", en=f"{name} is not among what is to be corrected")


def _refuse_both(form: Form, changed: Iterable[str], removed: Iterable[str], *, names: Names) -> None:
    """A row is either changed or taken away."""
    for row in removed:
        if any(name.startswith(f"{row}.") for name in changed):
            text = form.called(row, names=names)
            raise Refused("correction.row", zh=f"“{text}”已选择删去，请不要同时更改其内容", en=f"{row} is to go; do not change it as well")


def _line(form: Form, name: str, names: Names, *, was: str = "", now: str = "", mark: str = "") -> dict[str, str]:
    return {"field": name, "words": form.called(name, names=names) + mark, "was": was, "now": now}


def _added(form: Form, texts: Mapping[str, str], names: Names) -> list[dict[str, str]]:
    """One line for each row that was added, whole."""
    whole: dict[str, list[str]] = {}
    for name, text in texts.items():
        whole.setdefault(name[: name.rindex("].") + 1], []).append(text.strip())
    return [_line(form, row, names, now="；".join(filter(None, parts)), mark="（新增）") for row, parts in whole.items()]


def _refuse_without_pages(ctx: Context, application: Fact) -> None:
    if not ctx.facts.documents.living(season=application.season, owner=application.id, code=PAGES):
        raise Refused(
            "correction.pages",
            zh="更改了申报书内容，请同时上传重新盖章的申报书页",
            en="what the form says was changed; upload its pages, sealed anew, too",
        )
