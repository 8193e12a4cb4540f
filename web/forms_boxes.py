"""What a page shows of a form, before any markup: one box per field with its words, value, errors and choices. No rules, no HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from engine.forms import FieldError, Form
from engine.forms_clean import applies
from engine.forms_field import Field, Path, dotted, fill, resolve, undotted
from engine.forms_parse import shown
from web.i18n import sentence

WIDE = frozenset({"textarea", "row", "group", "table", "grid", "cards", "file", "tick", "ticks", "static", "multiselect"})
ROW_TO_COME = "#"
LONG_CHOICES = 4
LONG_WORDS = 28  # characters that half a line does not hold


@dataclass(frozen=True)
class Choice:
    """One entry of a dynamic list: its value and its label in both languages."""

    value: str
    zh: str
    en: str = ""


@dataclass(frozen=True)
class FileLink:
    """A stored document as a slot shows it. `size` in bytes; `url` opens it, "" when it cannot be opened here."""

    id: str
    name: str
    size: int = 0
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class FormContext:
    """What the page hands in: language, names for `${year-3}`, dynamic lists, files by slot, hidden inputs, addresses."""

    lang: Literal["zh", "en"] = "zh"
    names: Mapping[str, object] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    files: Mapping[str, Sequence[FileLink]] = field(default_factory=dict)
    takes: Mapping[str, tuple[Sequence[str], int]] = field(default_factory=dict)
    """What the season takes by code of document: formats, and MB of a file."""
    hidden: Mapping[str, str] = field(default_factory=dict)
    upload_url: str = ""
    remove_url: str = ""
    checks_url: str = ""
    within: str = ""
    """The act whose form it is; "" for the page's main form. Two forms of one page never share an id."""
    settled: frozenset[str] = frozenset()
    """Paths of the fields that the page itself has settled (the application whose sheet it is) or that are another's to fill in: they are not asked."""
    outcomes: frozenset[str] | None = None
    """The outcomes offered here; None: all that the form has."""
    mark: str = ""
    """What lies across the printed page: who reads it, and when; "" where nothing does."""

    def pick(self, zh: str, en: str) -> str:
        """The words of the visitor's language."""
        return en if self.lang == "en" else zh


@dataclass(frozen=True)
class Box:
    """One field as shown. `name` is the input's name, `id` its id; `show_if` is the condition for the browser as JSON."""

    field: Field
    name: str
    id: str
    title: str
    value: str
    context: FormContext
    required: bool = False
    errors: tuple[str, ...] = ()
    hidden: bool = False
    show_if: str = ""
    choices: tuple[tuple[str, str, bool], ...] = ()
    parts: tuple[Box, ...] = ()
    rows: tuple[Box, ...] = ()
    next_row: Box | None = None
    spare: Box | None = None
    """One empty row more, for browsers without JavaScript; the script takes it away."""
    number: int = 0
    beside: Box | None = None
    """What is asked next to it: the comment beside the points."""

    @property
    def widget(self) -> str:
        """What the field is asked with."""
        return self.field.widget

    @property
    def wide(self) -> bool:
        """Whether the field takes the whole width."""
        spoken = any(len(words) > LONG_WORDS for _, words, _ in self.choices) if self.widget == "select" else False
        return self.widget in WIDE or spoken or (self.widget == "radio" and len(self.choices) >= LONG_CHOICES)

    @property
    def bare(self) -> bool:
        """Whether it is a row of which nothing is asked now."""
        return self.widget == "row" and bool(self.parts) and all(part.hidden for part in self.parts)

    @property
    def cells(self) -> tuple[Box, ...]:
        """The boxes of a table row that are columns."""
        return tuple(part for part in self.parts if not part.field.hint("cell"))

    @property
    def others(self) -> tuple[Box, ...]:
        """The boxes of a table row that are asked under its heading."""
        return tuple(part for part in self.parts if part.field.hint("cell"))

    @property
    def labelled(self) -> str:
        """The value in words: the choice's label, yes or no, else the value."""
        if self.field.kind == "boolean" and self.value in {"true", "false"}:
            yes = self.value == "true"
            return self.context.pick("是" if yes else "否", "yes" if yes else "no")
        chosen = [label for _, label, here in self.choices if here]
        if self.widget in {"date", "datetime"}:
            return spoken_time(self.value, lang=self.context.lang)
        return self.context.pick("、", ", ").join(chosen) if chosen else self.value

    @property
    def files(self) -> Sequence[FileLink]:
        """The documents in this slot."""
        return self.context.files.get(str(self.field.hint("document")), ())

    @property
    def takes(self) -> tuple[Sequence[str], int]:
        """The formats that this slot takes, narrower than the season's where the form says so, and the MB of a file (0: nothing is said)."""
        formats, most = self.context.takes.get(str(self.field.hint("document")).partition(".")[0], ((), 0))
        named = [one.strip(" .") for one in str(self.field.hint("accept") or "").split(",") if one.strip(" .")]
        return named or formats, most

    @property
    def texts(self) -> Sequence[str]:
        """The texts of `ticks`, in the visitor's language."""
        return (self.context.lang == "en" and self.field.hint("texts-en")) or self.field.hint("texts") or ()

    def own(self, part: str) -> str:
        """What the trade calls a table row instead (`label`) or measures it in (`unit`); "" where nothing else was given."""
        return next((one.value for one in self.others if one.field.hint("cell") == part), "")

    def said(self, key: str) -> str:
        """A text of the definition in the visitor's language, `${…}` filled; "" without one."""
        return fill(self.field.text(key, self.context.lang), self.context.names)

    @property
    def described(self) -> str:
        """The ids of what explains the input, for `aria-describedby`."""
        ids = [f"{self.id}-about"] if self.said("description") else []
        return " ".join([*ids, f"{self.id}-error"])


@dataclass(frozen=True)
class View:
    """One showing of a form: the form, the data typed so far, what does not fit."""

    form: Form
    data: Mapping[str, Any]
    errors: Mapping[str, tuple[str, ...]]
    context: FormContext

    def boxes(self, fields: Sequence[Field]) -> tuple[Box, ...]:
        """The boxes of top-level fields; those of a group that stands beside another are in that one's boxes."""
        shown_alone = (one for one in fields if one not in self._neighbours.values())
        return tuple(self.box(one, (one.name,), self.data.get(one.name)) for one in shown_alone if self._asked((one.name,)))

    @cached_property
    def _neighbours(self) -> Mapping[str, Field]:
        """The groups whose fields are asked beside those of another, by the name of that one."""
        return {str(one.hint("beside")): one for one in self.form.root.children if one.hint("beside")}

    def _beside(self, path: Path) -> Box | None:
        """The box that stands beside that of `path`: the field of the same name in the neighbouring group, called by both names."""
        group = self._neighbours.get(str(path[0])) if len(path) == len(("group", "field")) else None
        other = group.child(path[1]) if group else None
        if group is None or other is None or not self._asked((group.name, other.name)):
            return None
        given = self.data.get(group.name)
        box = self.box(other, (group.name, other.name), given.get(other.name) if isinstance(given, Mapping) else None)
        return replace(box, title=f"{fill(group.text('title', self.context.lang), self.context.names)} · {box.title}")

    def _asked(self, path: Path) -> bool:
        return dotted(path) not in self.context.settled

    def box(self, one: Field, path: Path, value: object) -> Box:
        """The box of the field at `path`, whatever shape the value has."""
        name = dotted(path)
        rows, coming = self._rows(one, path, value)
        inner = value if isinstance(value, Mapping) else {}
        parts = tuple(self.box(child, (*path, child.name), inner.get(child.name)) for child in one.children if self._asked((*path, child.name)))
        return Box(
            field=one,
            name=name,
            id=html_id(name, within=self.context.within),
            title=fill(one.text("title", self.context.lang), self.context.names),
            value="" if isinstance(value, Mapping | list) else shown(value),
            context=self.context,
            required=one.required or bool(one.hint("needed")) or applies(self.form.root, one, path, self.data, required=True),
            errors=self.errors.get(name, ()),
            hidden=not applies(self.form.root, one, path, self.data),
            show_if=self._condition(one, path),
            choices=self._choices(one, value),
            parts=tuple(replace(part, number=at) for at, part in enumerate(parts, start=1)) if one.hint("numbered") else parts,
            rows=rows,
            next_row=coming,
            spare=self._spare(one, path, len(rows)),
            number=path[-1] + 1 if path and isinstance(path[-1], int) else 0,
            beside=self._beside(path),
        )

    def _rows(self, one: Field, path: Path, value: object) -> tuple[tuple[Box, ...], Box | None]:
        """The rows of a list and the row that the browser copies for a new one."""
        if one.item is None or one.widget not in {"grid", "cards", "ticks"}:
            return (), None
        given = value if isinstance(value, list) else []
        least = len(one.hint("texts") or ()) if one.widget == "ticks" else int(one.schema.get("minItems", 0))
        entries = [*given, *(None for _ in range(len(given), least))]
        rows = tuple(self.box(one.item, (*path, number), entry) for number, entry in enumerate(entries))
        return rows, None if one.widget == "ticks" else self.box(one.item, (*path, ROW_TO_COME), None)

    def _spare(self, one: Field, path: Path, rows: int) -> Box | None:
        if one.item is None or one.widget not in {"grid", "cards"} or rows >= int(one.schema["maxItems"]):
            return None
        return self.box(one.item, (*path, rows), None)

    def _choices(self, one: Field, value: object) -> tuple[tuple[str, str, bool], ...]:
        source = one.item if one.widget == "multiselect" and one.item is not None else one
        values = value if isinstance(value, list) else [value]
        chosen = {shown(each) for each in values if each is not None}
        listed = [
            (each.value, self.context.pick(each.zh, each.en or each.zh))
            for each in self.context.lists.get(str(source.hint("enum-from")), ())
        ]
        known = [(shown(each), fill(label, self.context.names)) for each, label in source.choices(self.context.lang)]
        return tuple((each, label, each in chosen) for each, label in listed or known)

    def _condition(self, one: Field, path: Path) -> str:
        if one.show_if is None:
            return ""
        tree = one.show_if.renamed(lambda name: dotted(resolve(self.form.root, path, name)))
        return json.dumps(tree, ensure_ascii=False)


def view(form: Form, data: Mapping[str, Any], errors: Sequence[FieldError], context: FormContext) -> View:
    """The view of a form with what was typed and what does not fit."""
    by_path: dict[str, tuple[str, ...]] = {}
    for one in errors:
        words = fill(sentence(one.en) if context.lang == "en" else one.zh, context.names)
        by_path[one.path] = (*by_path.get(one.path, ()), words)
    return View(form, data, by_path, context)


def place(form: Form, name: str) -> tuple[int, ...]:
    """Where a field stands in the form as it is asked, section after section: a key to sort by. What the form does not have comes last."""
    top = [one.name for section in form.sections for one in section.fields]
    found: list[int] = []
    one: Field | None = form.root
    for step in undotted(name) or ("",):
        names = top if not found else [child.name for child in one.children] if one else []
        found.append(step if isinstance(step, int) else names.index(step) if step in names else len(names))
        one = one.child(step) if one else None
    return tuple(found)


def spoken_time(text: str, *, lang: str) -> str:
    """A day or a local date and time as people write it; what is none stays as it was typed."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return text
    exact = f" {local:%H:%M}" if "T" in text else ""
    return f"{local:%Y-%m-%d}{exact}" if lang == "en" else f"{local.year}年{local.month}月{local.day}日{exact}"


def html_id(path: str, *, within: str = "") -> str:
    """The id of the input of a path in a form; rows still to come keep `#`, which the browser replaces."""
    return "f-" + re.sub(r"[.\[\]]+", "-", f"{within}.{path}").strip("-")
