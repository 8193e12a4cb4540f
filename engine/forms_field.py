"""A form's fields as a tree, and the paths that name them in data, errors and HTML. No checking and no rendering here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.forms_conditions import BrokenCondition, Condition, read_condition

Path = tuple[str | int, ...]
PLACEHOLDER = re.compile(r"\$\{(\w+(?:\.\w+)*)(?:([+-])(\d+))?\}")
STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,6}|#)\]")
SELF_FILLING = frozenset({"sequence", "tick", "ticks"})
BY_TYPE = {"string": "text", "number": "number", "integer": "integer", "boolean": "boolean", "object": "group"}


@dataclass(frozen=True)
class Field:
    """One field: its schema (references resolved), what it is asked with, and the fields inside it."""

    name: str
    schema: Mapping[str, Any]
    widget: str
    required: bool = False
    children: tuple[Field, ...] = ()
    item: Field | None = None
    show_if: Condition | None = None
    required_if: Condition | None = None

    @property
    def kind(self) -> str:
        """The JSON type; "" for static text."""
        return str(self.schema.get("type", ""))

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields inside, by name."""
        return {child.name: child for child in self.children}

    @cached_property
    def beyond(self) -> bool:
        """Whether more than JSON Schema says decides on it or on a field inside it: a condition, another field, what fills itself."""
        return (
            self.show_if is not None
            or self.required_if is not None
            or (self.kind == "object" and self.required)
            or self.widget in SELF_FILLING
            or bool(self.hint("from") or self.hint("enum-from"))
            or any(child.beyond for child in self.children)
            or (self.item is not None and self.item.beyond)
        )

    @cached_property
    def children_beyond(self) -> tuple[Field, ...]:
        """Those of the fields inside."""
        return tuple(child for child in self.children if child.beyond)

    def child(self, name: str | int) -> Field | None:
        """The field inside this one: by name in an object, any number in an array; None when there is none."""
        if isinstance(name, int):
            return self.item
        return self.by_name.get(name)

    def text(self, key: str, lang: str = "zh") -> str:
        """A text of the definition (`title`, `description`, `x-help`, …) in `lang`, Chinese where English is missing; "" without one."""
        english = key + "-en" if key.startswith("x-") else f"x-{key}-en"
        return str(self.schema[english] if lang == "en" and english in self.schema else self.schema.get(key) or "")

    def hint(self, key: str) -> Any:
        """The hint `x-<key>`, None when it is not given."""
        return self.schema.get("x-" + key)

    def choices(self, lang: str = "zh") -> tuple[tuple[Any, str], ...]:
        """The declared choices as (value, label)."""
        values = self.schema.get("enum") or []
        names = (lang == "en" and self.hint("enum-names-en")) or self.hint("enum-names") or values
        return tuple((value, str(name)) for value, name in zip(values, names, strict=False))


def grow(name: str, schema: Mapping[str, Any], *, required: bool = False) -> Field:
    """The tree of fields of a schema whose references are resolved. Unreadable conditions are left out; `problems` names them."""
    inner = schema.get("properties") if schema.get("type") == "object" else None
    needed = set(schema.get("required") or ())
    children = tuple(grow(key, value, required=key in needed) for key, value in (inner or {}).items() if isinstance(value, Mapping))
    items = schema.get("items") if schema.get("type") == "array" else None
    item = grow("", items) if isinstance(items, Mapping) else None
    return Field(
        name, schema, _widget(schema), required, children, item,
        _condition(schema.get("x-show-if")), _condition(schema.get("x-required-if")),
    )  # fmt: skip


def _condition(text: object) -> Condition | None:
    try:
        return read_condition(text) if isinstance(text, str) else None
    except BrokenCondition:
        return None


def _widget(schema: Mapping[str, Any]) -> str:
    if isinstance(schema.get("x-widget"), str):
        return str(schema["x-widget"])
    if schema.get("type") == "array":
        items = schema.get("items") or {}
        return "grid" if isinstance(items, Mapping) and items.get("type") == "object" else "multiselect"
    if "enum" in schema or "x-enum-from" in schema:
        return "select"
    if schema.get("format") in {"date", "email", "local-date-time", "uri"}:
        return {"date": "date", "email": "email", "local-date-time": "datetime", "uri": "url"}[schema["format"]]
    return BY_TYPE.get(str(schema.get("type")), "static")


def dotted(path: Path) -> str:
    """The written form of a path: `competitors[0].product_name`."""
    text = "".join(f"[{step}]" if isinstance(step, int) or step == "#" else f".{step}" for step in path)
    return text.removeprefix(".")


def undotted(text: str) -> Path | None:
    """The path of its written form; None when it is not one. `#` stands for the row that is still to come."""
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        if text[at] == "." and steps:
            at += 1
        match = STEP.match(text, at)
        if match is None:
            return None
        steps.append(match[1] or (int(match[2]) if match[2].isdigit() else "#"))
        at = match.end()
    return tuple(steps)


def value_at(data: object, path: Path) -> object:
    """What stands at `path` in `data`; None when nothing does, whatever shape the data has."""
    for step in path:
        if isinstance(step, str) and isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(step, int) and isinstance(data, list) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def field_at(root: Field, path: Path) -> Field | None:
    """The field that `path` names, None when the form has none. `#` counts as a row."""
    field: Field | None = root
    for step in path:
        field = field.child(0 if step == "#" else step) if field else None
    return field


def resolve(root: Field, at: Path, name: str) -> Path:
    """The path `name` means in a condition of the field at `at`: in the nearest surrounding object that has it, else from the form."""
    steps = tuple(name.split("."))
    for depth in range(len(at) - 1, 0, -1):
        owner = field_at(root, at[:depth])
        if owner is not None and owner.child(steps[0]) is not None:
            return at[:depth] + steps
    return steps


def walk(field: Field, data: object, path: Path = (), *, beyond: bool = False) -> Iterator[tuple[Path, Field, object]]:
    """Every field of the form with its path and its value in `data` (None where there is none); rows as often as there are.

    With ``beyond`` only fields on which more than JSON Schema decides, and those around them: in a long form a few.
    """
    if field.item is not None and isinstance(data, list) and (field.item.beyond or not beyond):
        for number, row in enumerate(data):
            yield (*path, number), field.item, row
            yield from walk(field.item, row, (*path, number), beyond=beyond)
    for child in field.children_beyond if beyond else field.children:
        value = data.get(child.name) if isinstance(data, Mapping) else None
        yield (*path, child.name), child, value
        yield from walk(child, value, (*path, child.name), beyond=beyond)


def fill(text: str, names: Mapping[str, object]) -> str:
    """`text` with `${year-3}` and the like filled from `names`; unknown names are left as they are."""

    def one(match: re.Match[str]) -> str:
        value = names.get(match[1])
        if value is None:
            return match[0]
        shift = int(match[2] + match[3]) if match[2] else 0
        return str(value + shift) if isinstance(value, int) else str(value)

    return PLACEHOLDER.sub(one, text)
