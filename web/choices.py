"""The lists that forms choose from (``x-enum-from``): name -> {value: words}. Reads only; each list is what the task's person may know."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from selection.form import BOUND
from selection.reading import choice_words, named_values
from store.selection import queries_choices as queries
from store.selection.form_check import FormCheckFacts
from store.selection.queries_checks import kept_form
from web.i18n import word
from web.rules import in_order_of

Choices = Mapping[str, str]
APPLICATION = "forms/application.json"
ROW_SHOWN = 60  # so much of a row of the form tells it from the others


@dataclass(frozen=True)
class Asked:
    """What the lists depend on: the season, the task's variables, the season's settings, who asks and in which language."""

    connection: Connection
    season: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    experts: tuple[str, ...] = ()
    forms: Mapping[str, Any] = field(default_factory=dict)
    language: str = "zh"

    @property
    def lang(self) -> str:
        """`en` or `zh`, as forms name their two languages."""
        return "en" if self.language == "en" else "zh"

    def text(self, *names: str) -> str:
        """The first of these variables that is there, as text."""
        return next((str(self.variables[name]) for name in names if self.variables.get(name)), "")


def lists_for(names: frozenset[str], asked: Asked) -> dict[str, Choices]:
    """The lists a form names; a name nobody knows gives an empty list, so that the form says that nothing can be chosen."""
    return {name: LISTS[name](asked) if name in LISTS else {} for name in sorted(names)}


def _setting(*path: str) -> Callable[[Asked], Choices]:
    """A list of the season's settings: rows with ``code`` (or ``key``), ``zh`` and ``en``."""

    def take(asked: Asked) -> Choices:
        rows: Any = asked.settings
        for name in path:
            rows = rows.get(name, {})
        return {str(row.get("code") or row["key"]): str((asked.language == "en" and row.get("en")) or row["zh"]) for row in rows}

    return take


def _units(asked: Asked) -> Choices:
    """The season's units in the order of the notice's list (推荐单位名录)."""
    found = queries.units(asked.connection, season=asked.season)
    listed = [row["code"] for row in asked.settings.get("units", ())]
    return {code: word(asked.language, found[code]) for code in in_order_of(listed, found)}


def _form_parts(asked: Asked) -> Choices:
    """What of the 申报书 the office may ask to correct (补正)."""
    form = asked.forms.get(APPLICATION)
    return {} if form is None else form.parts(without=BOUND, lang=asked.lang)


def _asked_values(asked: Asked) -> Choices:
    """The single values of the 申报书 that the applicant was asked to correct."""
    form, names = asked.forms.get(APPLICATION), named_values(asked.settings)
    if form is None:
        return {}
    parts, kept = _corrected_parts(asked.connection, asked.text("application"))
    there = {name: form.called(name, names=names, lang=asked.lang) for name in form.values_asked(kept, parts, words={})}
    return there | {name: f"{word(asked.language, '新增')} · {form.called(name, names=names, lang=asked.lang)}" for name in form.new_values(kept, parts)}


def _asked_rows(asked: Asked) -> Choices:
    """The rows of those tables of the 申报书 that the applicant was asked to correct, with what stands in them."""
    form, names = asked.forms.get(APPLICATION), named_values(asked.settings)
    if form is None:
        return {}
    parts, kept = _corrected_parts(asked.connection, asked.text("application"))
    listed = form.rows_asked(kept, parts, words=choice_words(asked.settings))
    return {name: f"{form.called(name, names=names, lang=asked.lang)}（{text[:ROW_SHOWN]}）" for name, text in listed.items()}


def _corrected_parts(connection: Connection, application: str) -> tuple[Sequence[str], Mapping[str, Any]]:
    """What of the 申报书 the last 补正 names, and the form as it was handed in; nothing of it when no part was named."""
    corrections = FormCheckFacts(connection).corrections(application)
    parts = [str(item["field"]) for item in corrections[-1].items if item.get("field")] if corrections else []
    return parts, kept_form(connection, application, state="submitted") if parts else {}


def asked_values(connection: Connection, form: Any, application: str, words: Mapping[str, Choices] | None = None) -> dict[str, str]:
    """What a 补正 asks of the 申报书, value by value: name -> how it reads now, written as people do (``words``: names of the season's choices).

    Rows that it asks for are there with all their columns, empty.
    """
    parts, kept = _corrected_parts(connection, application)
    if not parts:
        return {}
    return {**form.values_asked(kept, parts, words=words or {}), **dict.fromkeys(form.rows_to_come(kept, parts), "")}


LISTS: dict[str, Callable[[Asked], Choices]] = {
    "recommending_units": _units,
    "focus_areas": _setting("focus"),
    "form_parts": _form_parts,
    "asked_values": _asked_values,
    "asked_rows": _asked_rows,
    "conflict_kinds": _setting("experts", "conflicts"),
    "title_grounds": _setting("title_rules", "grounds"),
    "experts": lambda asked: queries.experts(asked.connection),
    "invited_experts": lambda asked: queries.experts_of_season(asked.connection, season=asked.season),
    "free_experts": lambda asked: queries.experts_without_seat(asked.connection, season=asked.season),
    "office_clerks": lambda asked: queries.office_clerks(asked.connection),
    "group_experts": lambda asked: queries.experts_of_group(asked.connection, group=asked.text("group")),
    "committee_members": lambda asked: queries.committee(asked.connection, season=asked.season),
    "chairs": lambda asked: queries.committee(asked.connection, season=asked.season, offices=("chair", "vice_chair")),
    "called_members": lambda asked: queries.called(asked.connection, meeting=asked.text("meeting")),
    "meeting_items": lambda asked: queries.meeting_items(asked.connection, meeting=asked.text("meeting")),
    "reading_groups": lambda asked: queries.reading_groups(asked.connection, season=asked.season),
    "passed_applications": lambda asked: queries.applications(asked.connection, season=asked.season, states=("form_passed",)),
    "unit_applications": lambda asked: queries.unit_applications(asked.connection, season=asked.season, unit=asked.text("unit")),
    "nominated_applications": lambda asked: queries.nominated(asked.connection, season=asked.season, unit=asked.text("unit")),
    "group_applications": lambda asked: queries.applications(asked.connection, season=asked.season, group=asked.text("group")),
    "dispersed_applications": lambda asked: queries.dispersed(asked.connection, group=asked.text("group")),
    "defence_to_schedule": lambda asked: queries.defence_to_schedule(asked.connection, group=asked.text("group")),
    "defence_awaited": lambda asked: queries.defence_awaited(asked.connection, group=asked.text("group")),
    "defence_applications": lambda asked: queries.defence_applications(asked.connection, group=asked.text("group")),
    "seat_applications": lambda asked: queries.seat_applications(asked.connection, seat=asked.text("seat")),
    "list_applications": lambda asked: queries.list_applications(asked.connection, season=asked.season, batch=asked.text("batch")),
    "other_objections": lambda asked: queries.other_objections(asked.connection, objection_id=asked.text("objection")),
    "titles": lambda asked: queries.titles(asked.connection, season=asked.season),
    "public_items": lambda asked: queries.public_items(asked.connection, batch=asked.text("batch")),
}
