"""Single values and rows of a filled form: what may be asked to change, how people call and write it, and the form as it reads after the changes.

A value goes by its name in an HTML form (`economic_benefit.total_profit.y1`); a part is a name that values' names begin
with. A row (`competitors[0]`) that is not there yet is numbered on from the last; rows that go leave the numbers of the others as they were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from engine.forms_clean import hidden_paths
from engine.forms_field import Field, dotted, field_at, fill, undotted, walk
from engine.forms_parse import flatten, parse, shown
from engine.forms_schema import MOST_ROWS

Words: TypeAlias = Mapping[str, Mapping[str, str]]  # dynamic choices: list -> value -> what people call it
NEW_ROWS = 10  # as many may be added to a table at once
SINGLE = frozenset({"string", "number", "integer", "boolean"})
NEVER_ASKED = frozenset({"buttons", "sequence", "static"})
YES_NO = {"true": "是", "false": "否"}


def parts(root: Field, *, without: Collection[str] = ()) -> dict[str, str]:
    """What may be asked to change: each field of a group, each table and each of its rows. Out: part -> its Chinese name. `without`: names of fields."""
    found = {}
    for section in root.children:
        if section.kind not in {"object", "array"} or section.widget == "file":
            continue
        if section.widget != "group":
            found[section.name] = section.text("title") or section.name
        for child in section.children:
            if child.kind and not child.hint("from") and child.name not in without:
                path = (section.name, child.name)
                found[dotted(path)] = called(root, dotted(path))
    return found


def within(name: str, asked: Collection[str]) -> bool:
    """Whether a value belongs to one of the parts asked for."""
    return any(name == part or name.startswith((f"{part}.", f"{part}[")) for part in asked)


def called(root: Field, name: str, *, names: Mapping[str, object] | None = None) -> str:
    """What people call a value or part: the Chinese titles on the way to it."""
    said: list[str] = []
    field: Field | None = root
    for step in undotted(name) or ():
        field = field.child(step) if field else None
        said.append(f"第{step + 1}项" if isinstance(step, int) else field.text("title") if field else "")
    return fill(" · ".join(word for word in said if word) or name, names or {})


def values(root: Field, data: Mapping[str, Any], *, words: Words) -> dict[str, str]:
    """Every single value that a form asks for, by its name, as people write it; "" where it is empty."""
    return {dotted(path): written(field, value, words=words) for path, field, value in _single(root, data)}


def tables(root: Field, data: Mapping[str, Any], asked: Collection[str]) -> dict[str, tuple[int, int]]:
    """The tables in the parts asked for whose rows may be added and taken away: name -> rows that are there, rows that may be added.

    A table that is not shown with this data (`x-show-if`) is none of them.
    """
    hidden, found = hidden_paths(root, data), {}
    for path, field, value in walk(root, data):
        of_rows = field.item is not None and field.item.kind == "object"
        if of_rows and path not in hidden and within(dotted(path), asked):
            there = len(value) if isinstance(value, list) else 0
            most = int(field.schema.get("maxItems", MOST_ROWS))
            found[dotted(path)] = (there, max(0, min(NEW_ROWS, most - there)))
    return found


def rows(root: Field, data: Mapping[str, Any], asked: Collection[str], *, words: Words) -> dict[str, str]:
    """The rows that may be taken away: name -> what stands in them."""
    single = values(root, data, words=words)
    names = [f"{table}[{number}]" for table, (there, _) in tables(root, data, asked).items() for number in range(there)]
    return {name: "；".join(text for key, text in single.items() if key.startswith(f"{name}.") and text) for name in names}


def new_values(root: Field, data: Mapping[str, Any], asked: Collection[str]) -> tuple[str, ...]:
    """The names of the single values of rows that may be added to the tables asked for."""
    found: list[str] = []
    for table, (there, more) in tables(root, data, asked).items():
        field = field_at(root, undotted(table) or ())
        if field is not None and field.item is not None:
            blank = [dotted(path) for path, _, _ in _single(field.item, {})]
            found += [f"{table}[{number}].{name}" for number in range(there, there + more) for name in blank]
    return tuple(found)


def _single(root: Field, data: Mapping[str, Any]) -> Iterator[tuple[Any, Field, object]]:
    for path, field, value in walk(root, data):
        asked = field.kind in SINGLE and field.widget not in NEVER_ASKED and not field.hint("from")
        if asked and isinstance(path[-1], str):
            yield path, field, value


def _choices(field: Field | None, words: Words) -> Mapping[str, str]:
    if field is None:
        return {}
    if field.kind == "boolean":
        return YES_NO
    return {**{shown(value): label for value, label in field.choices()}, **words.get(str(field.hint("enum-from") or ""), {})}


def written(field: Field | None, value: object, *, words: Words) -> str:
    """A value as people write it: the name of a choice, 是 or 否, a number without exponent."""
    text = shown(value)
    return _choices(field, words).get(text, text)


def meant(field: Field | None, text: str, *, words: Words) -> str:
    """The reverse of `written`: the value of the choice that people call so, else the text itself."""
    return next((value for value, label in _choices(field, words).items() if label == text.strip()), text)


def after(
    form: Any, data: Mapping[str, Any], changes: Mapping[str, str], *, words: Words, removed: Collection[str] = ()
) -> dict[str, Any]:
    """The form's own data with changes (name -> text as people write it) put in, not judged yet; an empty text takes the value away.

    ``removed``: names of rows that go.
    """
    own = {name: value for name, value in data.items() if name in form.root.by_name}
    kept = [(name, text) for name, text in flatten(form, own) if name not in changes and not within(name, removed)]
    put = [(name, meant(field_at(form.root, undotted(name) or (name,)), text, words=words)) for name, text in changes.items()]
    return parse(form, [*kept, *put])
