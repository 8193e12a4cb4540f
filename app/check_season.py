"""What a season says twice must agree: the choices, points and industries of its forms with its settings, so that neither is changed alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from selection.errors import Problem
from selection.season import Season

SHEET = "forms/scores.json"


def form_problems(season: Season, files: Mapping[str, bytes]) -> Iterator[tuple[str, Problem]]:
    """Pairs (form, what is wrong with it). A form that cannot be read is said by the forms' own check."""
    for path, content in files.items():
        if not path.startswith("forms/"):
            continue
        try:
            form = json.loads(content)
        except ValueError:
            continue
        for name, field in _fields(form):
            yield from ((path, problem) for problem in _field(season, name, field))
    yield from ((SHEET, problem) for problem in _sheet(season, files))


def _fields(schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every field of a form with its name, however deep."""
    for name, field in schema.get("properties", {}).items() if isinstance(schema, Mapping) else ():
        yield name, field
        yield from _fields(field)
        yield from _fields(field.get("items"))


def _field(season: Season, name: str, field: Mapping[str, Any]) -> Iterator[Problem]:
    choices = field.get("enum")
    if choices is None:
        return
    if name in season.form.lists and tuple(choices) != season.form.lists[name]:
        yield _differs(f"form.lists.{name}", name)
    if name == "industry_code":
        labels = dict(zip(choices, field.get("x-enum-names", ()), strict=False))
        if {code: str(label).partition(" ")[2] for code, label in labels.items()} != dict(season.industry.names):
            yield _differs("industry.names", name)


def _sheet(season: Season, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """The lines of the score sheet are the rubric's, with its points and its step."""
    try:
        fields = dict(_fields(json.loads(files.get(SHEET, b"{}"))))
    except ValueError:
        return
    lines = fields.get("scores", {}).get("properties", {}) if SHEET in files else {}
    items = {item.code: item for item in (*season.rubric.items, *season.rubric.uncounted)}
    for code, line in lines.items():
        item = items.get(code)
        if item is None or float(item.max) != line.get("maximum") or float(season.rubric.step) != line.get("multipleOf"):
            yield _differs("rubric", f"scores.{code}")
    if lines and {item.code for item in season.rubric.items} - set(lines):
        yield _differs("rubric.items", "scores")


def _differs(setting: str, field: str) -> Problem:
    return Problem(
        path=field,
        zh=f"“{field}”与 season.toml 的 {setting} 不一致，请同时修改",
        en=f"{field} differs from {setting} of season.toml; change both",
    )
