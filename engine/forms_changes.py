"""Single values and rows of a filled form: what may be asked to change, how people call and write it, and the form as it reads after the changes.

A value goes by its name in an HTML form (`economic_benefit.total_profit.y1`); a part is a name that values' names begin
with, or one more row of a table (`competitors[#]`), which leaves the others as they are; named several times, it is several rows. A row
(`competitors[0]`) that is not there yet is numbered on from the last; rows that go leave the numbers of the others as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from engine.forms_clean import hidden_paths
from engine.forms_field import Field, dotted, field_at, fill, undotted, walk
from engine.forms_parse import flatten, parse, shown
from engine.forms_schema import MOST_ROWS

Words: TypeAlias = Mapping[str, Mapping[str, str]]  # dynamic choices: list -> value -> what people call it
NEW_ROWS = 10  # as many may be added to a table at once
NEW = "[#]"  # after a table's name: one more row of it
SINGLE = frozenset({"string", "number", "integer", "boolean"})
NEVER_ASKED = frozenset({"buttons", "sequence", "static"})
YES_NO = {"true": "是", "false": "否"}


def parts(root: Field, *, without: Collection[str] = (), lang: str = "zh") -> dict[str, str]:
    """What may be asked to change: each field of a group, each table, one more row of it. Out: part -> its name. `without`: names of fields."""
    found = []
    for section in root.children:
        if section.kind not in {"object", "array"} or section.widget == "file":
            continue
        if section.widget != "group":
            found += _with_new_row(section, section.name)
        for child in section.children:
            if child.kind and not child.hint("from") and child.name not in without:
                found += _with_new_row(child, dotted((section.name, child.name)))
    return {name: called(root, name, lang=lang) for name in found}


def _with_new_row(field: Field, name: str) -> list[str]:
    return [name, f"{name}{NEW}"] if _has_rows(field) else [name]


def _has_rows(field: Field) -> bool:
    return field.item is not None and field.item.kind == "object"


def within(name: str, asked: Collection[str]) -> bool:
    """Whether a value belongs to one of the parts asked for."""
    return any(name == part or name.startswith((f"{part}.", f"{part}[")) for part in asked)


def called(root: Field, name: str, *, names: Mapping[str, object] | None = None, lang: str = "zh") -> str:
    """What people call a value or part in a language (`zh` or `en`): the titles on the way to it."""
    said: list[str] = []
    field: Field | None = root
    for step in undotted(name) or ():
        field = field.child(0 if step == "#" else step) if field else None
        said.append(_row_told(step, lang) or (field.text("title", lang) if field else ""))
    return fill(" · ".join(word for word in said if word) or name, names or {})


def _row_told(step: str | int, lang: str) -> str:
    if step == "#":
        return "a new row" if lang == "en" else "新增一行"
    return "" if isinstance(step, str) else f"no. {step + 1}" if lang == "en" else f"第{step + 1}项"


def values(root: Field, data: Mapping[str, Any], *, words: Words) -> dict[str, str]:
    """Every single value that a form asks for, by its name, as people write it; "" where it is empty."""
    return {dotted(path): written(field, value, words=words) for path, field, value in _single(root, data)}


def _tables(root: Field, data: Mapping[str, Any]) -> Iterator[tuple[str, Field, int, int]]:
    """The tables that are shown with this data (`x-show-if`): name, field, rows that are there, rows that there is room for."""
    hidden = hidden_paths(root, data)
    for path, field, value in walk(root, data):
        if _has_rows(field) and path not in hidden:
            there = len(value) if isinstance(value, list) else 0
            yield dotted(path), field, there, max(0, int(field.schema.get("maxItems", MOST_ROWS)) - there)


def rows(root: Field, data: Mapping[str, Any], asked: Collection[str], *, words: Words) -> dict[str, str]:
    """The rows that may be taken away, of tables that are asked for as a whole: name -> what stands in them."""
    single = values(root, data, words=words)
    names = [f"{table}[{number}]" for table, _, there, _ in _tables(root, data) if within(table, asked) for number in range(there)]
    return {name: "；".join(text for key, text in single.items() if key.startswith(f"{name}.") and text) for name in names}


def rows_to_come(root: Field, data: Mapping[str, Any], asked: Sequence[str]) -> tuple[str, ...]:
    """The names of the single values of the rows that are asked for as rows: so many of a table as its `[#]` is named."""
    return _blank(root, data, lambda table: list(asked).count(f"{table}{NEW}"))


def new_values(root: Field, data: Mapping[str, Any], asked: Sequence[str]) -> tuple[str, ...]:
    """The names of the single values of rows that may be added: to tables asked for as a whole, and those of `rows_to_come`."""
    return _blank(root, data, lambda table: NEW_ROWS if within(table, asked) else list(asked).count(f"{table}{NEW}"))


def _blank(root: Field, data: Mapping[str, Any], wanted: Callable[[str], int]) -> tuple[str, ...]:
    found: list[str] = []
    for table, field, there, room in _tables(root, data):
        if field.item is not None:
            single = [dotted(path) for path, _, _ in _single(field.item, {})]
            found += [f"{table}[{number}].{name}" for number in range(there, there + min(room, NEW_ROWS, wanted(table))) for name in single]
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
