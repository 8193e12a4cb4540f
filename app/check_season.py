"""What a season says twice must agree: the choices, points, limits and industries of its forms with its settings, so that neither is changed alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from engine.forms_conditions import BrokenCondition, read_condition
from engine.forms_field import PLACEHOLDER
from selection import industry
from selection.errors import NotFound, Problem
from selection.form import YEAR_KEYS
from selection.publicity import channel_named
from selection.reading import named_values
from selection.season import Season

Field: TypeAlias = Mapping[str, Any]
Found: TypeAlias = Iterator[tuple[str, Problem]]
APPLICATION = "forms/application.json"
REVIEW = "forms/ru_review.json"
WIDENING = "forms/widening.json"
SHEETS = ("forms/scores.json", "forms/score_record.json", "forms/score_revision.json")
PUBLICATIONS = ("forms/publication.json", "forms/correction_publication.json")
CODE = "application_table.industry_code"
# Form, field, keyword, the setting that says the same; "<=" and ">=": the form may ask less than the setting, never more.
BOUNDS = (
    ("forms/opinion.json", "opinion", "minLength", "<=", "unit_rules.opinion_min"),
    ("forms/opinion.json", "opinion", "maxLength", ">=", "unit_rules.opinion_max"),
    ("forms/objection_lodge.json", "facts", "minLength", "<=", "objection.facts_min"),
    ("forms/grouping.json", "vice_chairs", "minItems", "<=", "committee.vice_chair_min"),
    ("forms/grouping.json", "vice_chairs", "maxItems", ">=", "committee.vice_chair_max"),
    ("forms/defence_schedule.json", "experts", "maxItems", ">=", "experts.defence_max"),
    (APPLICATION, "experience_name", "maxLength", ">=", "writing.limits.name"),
)


def form_problems(season: Season, files: Mapping[str, bytes]) -> Found:
    """Pairs (form, what is wrong with it). A form that cannot be read is said by the forms' own check; one that is not there is not missed here."""
    forms = dict(readable_forms(files))
    for rule in RULES:
        yield from rule(season, forms)


def text_problems(settings: Mapping[str, Any], files: Mapping[str, bytes]) -> Found:
    """Placeholders (`${publicity.working_days}`) in the forms' texts that name no setting of the season."""
    known = named_values(settings)
    for path, form in readable_forms(files):
        for text in _texts(form):
            for name in (match[1] for match in PLACEHOLDER.finditer(text)):
                if name not in known:
                    yield path, Problem(path=name, zh=f"season.toml 中没有“{name}”", en=f"season.toml has no {name!r}")


def readable_forms(files: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    """Pairs (path, JSON) of the forms that can be read; the others are said by the forms' own check."""
    for path, content in files.items():
        if path.startswith("forms/"):
            try:
                yield path, json.loads(content)
            except ValueError:
                continue


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    for inner in part.values() if isinstance(part, Mapping) else part if isinstance(part, list) else ():
        yield from _texts(inner)


def _fields(schema: Any) -> Iterator[tuple[str, Field]]:
    """Every field of a form with its name, however deep."""
    for name, field in schema.get("properties", {}).items() if isinstance(schema, Mapping) else ():
        yield name, field
        yield from _fields(field)
        yield from _fields(field.get("items"))


def _named(forms: Mapping[str, Any], form: str, name: str) -> Field:
    return next((field for key, field in _fields(forms.get(form)) if key == name), {})


def _choices(season: Season, forms: Mapping[str, Any]) -> Found:
    """Drop-down lists: those of the settings, the industries, what an expert recommends and a visit concludes."""
    lists = {**season.form.lists, "recommendation": season.rubric.recommendations, "conclusion": season.site_visit.conclusions}
    settings = {"recommendation": "rubric.recommendations", "conclusion": "site_visit.conclusions"}
    for path, form in forms.items():
        for name, field in _fields(form):
            choices = field.get("enum")
            if choices is None:
                continue
            if name in lists and tuple(choices) != lists[name]:
                yield path, _differs(settings.get(name, f"form.lists.{name}"), name)
            if name == "industry_code":
                labels = dict(zip(choices, field.get("x-enum-names", ()), strict=False))
                if {code: str(label).partition(" ")[2] for code, label in labels.items()} != dict(season.industry.names):
                    yield path, _differs("industry.names", name)


def _sheets(season: Season, forms: Mapping[str, Any]) -> Found:
    """The lines of the score sheets are the rubric's, with its points and its step."""
    items = {item.code: item for item in (*season.rubric.items, *season.rubric.uncounted)}
    for sheet in SHEETS:
        lines = _named(forms, sheet, "scores").get("properties", {})
        for code, line in lines.items():
            item = items.get(code)
            if item is None or float(item.max) != line.get("maximum") or float(season.rubric.step) != line.get("multipleOf"):
                yield sheet, _differs("rubric", f"scores.{code}")
        if lines and {item.code for item in season.rubric.items} - set(lines):
            yield sheet, _differs("rubric.items", "scores")


def _bounds(season: Season, forms: Mapping[str, Any]) -> Found:
    for form, name, keyword, sign, setting in BOUNDS:
        asked, wanted = _named(forms, form, name).get(keyword), _at(season, setting)
        if asked is not None and (asked > wanted if sign == "<=" else asked < wanted):
            yield form, _differs(f"{setting}（{wanted}）", f"{name}.{keyword}")


def _at(season: Season, path: str) -> Any:
    found: Any = season
    for name in path.split("."):
        found = found.get(name, 0) if isinstance(found, Mapping) else getattr(found, name)
    return found


def _counts(season: Season, forms: Mapping[str, Any]) -> Found:
    """As many undertakings as the settings want accepted, as many lengths as the video has parts."""
    undertakings = _named(forms, "forms/commitment.json", "commitment_accepted")
    if undertakings and len(undertakings.get("x-texts", ())) != season.form.undertakings:
        yield "forms/commitment.json", _differs("form.undertakings", "commitment_accepted")
    minutes = _named(forms, "forms/award_video.json", "minutes")
    if minutes and len(minutes.get("properties", {})) != len(season.title_rules.video_parts):
        yield "forms/award_video.json", _differs("title_rules.video_parts", "minutes")


def _channels(season: Season, forms: Mapping[str, Any]) -> Found:
    """Every channel of the season can be registered by one of the form's choices."""
    for form in PUBLICATIONS:
        choices = _named(forms, form, "channel").get("enum", ())
        reached = {channel_named(season=season, choice=choice) for choice in choices}
        for channel in season.publicity.channels if choices else ():
            if channel not in reached:
                zh = f"渠道选项（enum）中没有可登记“{channel}”的一项，请加上“{channel}”"
                yield form, Problem(path="channel", zh=zh, en=f"no choice registers {channel!r}: add it to enum, word for word")


def _slots(season: Season, forms: Mapping[str, Any]) -> Found:
    """Document slots have a rule, and a file dialogue offers only what that takes."""
    for path, form in forms.items():
        for name, field in _fields(form):
            slot = field.get("x-document")
            if slot is None:
                continue
            try:
                formats = season.document(slot).formats
            except NotFound:
                yield path, Problem(path=name, zh=f"season.toml 的 documents 中没有“{slot}”", en=f"documents of season.toml has no {slot!r}")
                continue
            offered = {end.strip().lstrip(".") for end in str(field.get("x-accept") or "").split(",")} - {""}
            if offered - set(formats):
                yield path, _differs(f"documents.{slot.partition('.')[0]}.formats", f"{name}.x-accept")


def _keys(season: Season, forms: Mapping[str, Any]) -> Found:
    """What the settings call required or directed stands in the 申报书."""
    if APPLICATION not in forms:
        return
    fields, rows = dict(_fields(forms[APPLICATION])), _named(forms, APPLICATION, "economic_benefit").get("properties", {})
    named = (
        ("form.required", [rule.key for rule in season.form.required], fields), ("form.higher_is_better", season.form.higher_is_better, rows),
        ("form.lower_is_better", season.form.lower_is_better, rows),
    )  # fmt: skip
    for setting, keys, known in named:
        for key in keys:
            if key not in known:
                yield APPLICATION, Problem(path=key, zh=f"没有 {setting} 所列的字段“{key}”", en=f"has no field {key!r}, which {setting} names")


def _fixed_rows(season: Season, forms: Mapping[str, Any]) -> Found:
    """Which industries must keep the rows of the economic table is said by the settings; the form's conditions hold for just these (经济效益表 注)."""
    rows = _named(forms, APPLICATION, "economic_benefit").get("properties", {})
    conditions = [(f"economic_benefit.{key}", row.get("x-required-if"), True) for key, row in rows.items()]
    conditions.append(("economic_extra_rows", _named(forms, APPLICATION, "economic_extra_rows").get("x-show-if"), False))
    for place, text, when_fixed in conditions:
        if text is None or CODE not in text:
            continue
        try:
            condition = read_condition(text)
        except BrokenCondition:
            continue  # said by the form's own check
        holds = {code for code in season.industry.names if condition.holds({CODE: code}.get)}
        fixed = {code for code in season.industry.names if industry.table_rows_fixed(code, industry=season.industry)}
        if holds != (fixed if when_fixed else set(season.industry.names) - fixed):
            yield APPLICATION, _differs("industry.table_rows_fixed_for", place)


def _young(season: Season, forms: Mapping[str, Any]) -> Found:
    """A season that lets a year of profit be missing (A-75) has a form that does not insist on it."""
    form = forms.get(APPLICATION, {})
    tables = [field for name, field in _fields(form) if name == "total_profit"]
    asked = [form.get("$defs", {}).get(str(field.get("$ref", "")).rpartition("/")[2], field).get("required", ()) for field in tables]
    if season.eligibility.missing_profit == "warn" and any(set(YEAR_KEYS) <= set(keys) for keys in asked):
        yield APPLICATION, _differs("eligibility.missing_profit", "total_profit")


def _unit_forms(season: Season, forms: Mapping[str, Any]) -> Found:
    """A unit is offered to return applications (A-09), and asked to prove its activity by a document (A-73), where the season says so and only there."""
    choices = _named(forms, REVIEW, "outcome").get("enum")
    if choices is not None and ("return" in choices) != season.unit_rules.may_return:
        yield REVIEW, _differs("unit_rules.may_return", "outcome")
    wanted = season.quota.widening_proof == "document"
    if WIDENING in forms and bool(_named(forms, WIDENING, "evidence").get("x-needed")) != wanted:
        yield WIDENING, _differs("quota.widening_proof", "evidence")


def _differs(setting: str, field: str) -> Problem:
    return Problem(
        path=field,
        zh=f"“{field}”与 season.toml 的 {setting} 不一致，请同时修改",
        en=f"{field} differs from {setting} of season.toml; change both",
    )


RULES: tuple[Callable[[Season, Mapping[str, Any]], Found], ...] = (
    _choices, _sheets, _bounds, _counts, _channels, _slots, _keys, _fixed_rows, _young, _unit_forms,
)  # fmt: skip
