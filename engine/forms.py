"""Forms: JSON Schema with layout hints (docs/reference/forms.md), read once per version, checked on every act of a person.

`read_form` reads, `Form.clean` checks, `parse` reads what a browser sends. Rendering is web's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema_rs import Draft202012Validator

from engine.errors import EngineError
from engine.forms_changes import Words, after, called, new_values, parts, rows, rows_to_come, values, within
from engine.forms_check import compiled, found_in
from engine.forms_clean import applies, completed, empty, hidden_paths, left, normalised
from engine.forms_field import Field, Path, dotted, grow, undotted, value_at, walk
from engine.forms_parse import flatten, parse
from engine.forms_problems import FormProblem, problems_of
from engine.forms_schema import BrokenForm, load
from engine.forms_sentences import FieldError, error

__all__ = ["BrokenForm", "FieldError", "Form", "FormProblem", "InvalidForm", "Progress", "Section", "flatten", "parse", "read_form"]

Lists = Mapping[str, Sequence[object]]


class InvalidForm(EngineError):
    """What was sent does not fit the form. `errors` names each field, `details["ids"]` the rules that these state; nothing was changed."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        """In: the errors, at least one."""
        super().__init__(
            "invalid_form",
            f"有 {len(errors)} 处需要修改：" + " ".join(one.zh for one in errors[:3]),
            f"{len(errors)} things need your attention: " + " ".join(one.en for one in errors[:3]),
            422,
            fields=[{"path": one.path, "code": one.code, "zh": one.zh, "en": one.en} for one in errors],
            ids=tuple(dict.fromkeys(one.rule for one in errors if one.rule)),
        )
        self.errors = errors


@dataclass(frozen=True)
class Section:
    """A part of the form with a heading. `fields` are the top-level fields in it."""

    id: str
    texts: Mapping[str, Any]
    fields: tuple[Field, ...]

    def text(self, key: str, lang: str = "zh") -> str:
        """A text of the section (`title`, `description`, `x-note`) in `lang`."""
        return Field(self.id, self.texts, "group").text(key, lang)


@dataclass(frozen=True)
class Progress:
    """How far a section is: required fields that apply now, and those of them that are filled and fit."""

    section: Section
    required: int
    filled: int
    faults: int

    @property
    def done(self) -> bool:
        """Whether nothing is missing and nothing is wrong."""
        return self.filled == self.required and not self.faults


@dataclass(frozen=True)
class Form:
    """A form as read: immutable, shared by all who use the version."""

    schema: Mapping[str, Any]
    root: Field

    @cached_property
    def rules(self) -> Draft202012Validator:
        """What the schema says by itself, built at the first use."""
        return compiled(self.schema)

    def clean(self, data: Mapping[str, Any], *, names: Mapping[str, object] | None = None, lists: Lists | None = None) -> dict[str, Any]:
        """The data as it may be kept; raises InvalidForm.

        `names` fills `${year-3}` in the sentences; `lists` gives the values of dynamic choices (`x-enum-from`), checked only then.
        """
        result, errors = self._judged(data, lists)
        if errors:
            raise InvalidForm(tuple(one.filled(names or {}) for one in errors))
        return result

    def check(
        self, data: Mapping[str, Any], *, names: Mapping[str, object] | None = None, lists: Lists | None = None
    ) -> tuple[FieldError, ...]:
        """The errors that `clean` would raise, in the order of the form; () when the data fit."""
        return tuple(one.filled(names or {}) for one in self._judged(data, lists)[1])

    def filled(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data as `clean` would keep them, whether they fit or not: with rows' numbers, unticked boxes and fields taken from others."""
        return self._judged(data, None)[0]

    def _judged(self, data: Mapping[str, Any], lists: Lists | None) -> tuple[dict[str, Any], list[FieldError]]:
        broken: list[tuple[Path, str]] = []
        plain = normalised(self.root, data, (), broken) if isinstance(data, Mapping) else None
        if plain is None:
            return {}, [error(self.root, (), "type", "object")]
        kept = left(self.root, plain)
        counts = None if kept is None else frozenset(kept)  # before what a box computes for itself is put in
        result = plain if kept is None else kept
        hidden = hidden_paths(self.root, result)
        if completed(self.root, result, hidden):
            hidden = hidden_paths(self.root, result)
        errors = [error(self.root, path, code, None) for path, code in broken]
        spoilt = {one.path for one in errors}
        errors += [one for one in found_in(self.root, self.rules, result, hidden=hidden, lists=lists) if one.path not in spoilt]
        if counts is not None:
            result = {name: value for name, value in result.items() if name in counts}
            errors = [one for one in errors if (undotted(one.path) or ("",))[0] in result]
        if not errors:
            return result, []
        order = {dotted(path): place for place, (path, _, _) in enumerate(walk(self.root, result))}
        return result, sorted(errors, key=lambda one: order.get(one.path, len(order)))

    def parts(self, *, without: Collection[str] = (), lang: str = "zh") -> dict[str, str]:
        """What may be asked to change: fields of groups, tables and their rows; part -> its name. `without`: names of fields."""
        return parts(self.root, without=without, lang=lang)

    def called(self, name: str, *, names: Mapping[str, object] | None = None, lang: str = "zh") -> str:
        """What people call a single value or a part in a language (`zh` or `en`): the titles on the way to it."""
        return called(self.root, name, names=names, lang=lang)

    def values(self, data: Mapping[str, Any], *, words: Words) -> dict[str, str]:
        """Every single value asked for, by its name, as people write it ("" where it is empty). `words`: lists of dynamic choices."""
        return values(self.root, data, words=words)

    def values_asked(self, data: Mapping[str, Any], asked: Collection[str], *, words: Words) -> dict[str, str]:
        """Those of them that belong to the parts asked for."""
        return {name: text for name, text in self.values(data, words=words).items() if within(name, asked)}

    def new_values(self, data: Mapping[str, Any], asked: Sequence[str]) -> tuple[str, ...]:
        """The names of the single values of rows that may be added to the tables among the parts asked for."""
        return new_values(self.root, data, asked)

    def rows_to_come(self, data: Mapping[str, Any], asked: Sequence[str]) -> tuple[str, ...]:
        """Those of the rows that are asked for as rows (`competitors[#]`)."""
        return rows_to_come(self.root, data, asked)

    def rows_asked(self, data: Mapping[str, Any], asked: Collection[str], *, words: Words) -> dict[str, str]:
        """The rows of those tables, which may be taken away: name -> what stands in them."""
        return rows(self.root, data, asked, words=words)

    def changed(
        self, data: Mapping[str, Any], changes: Mapping[str, str], *, words: Words, names: Mapping[str, object] | None = None,
        removed: Collection[str] = (),
    ) -> tuple[dict[str, Any], tuple[FieldError, ...]]:  # fmt: skip
        """Data that was kept, with single values changed (name -> text as people write it), and the errors that were not there before.

        ``removed``: names of rows that go (`competitors[0]`).
        """
        closing = {} if self.buttons is None else {self.buttons.name: self.buttons.choices()[0][0]}
        before = {(one.path, one.code) for one in self._judged({**after(self, data, {}, words=words), **closing}, None)[1]}
        result, errors = self._judged({**after(self, data, changes, words=words, removed=removed), **closing}, None)
        own = {name: value for name, value in data.items() if name not in self.root.by_name}
        found = tuple(one.filled(names or {}) for one in errors if (one.path, one.code) not in before)
        return own | {name: value for name, value in result.items() if name not in closing}, found

    def initial(self) -> dict[str, Any]:
        """The data an empty form starts with: the definition's defaults."""
        data: dict[str, Any] = {}
        for path, one, _ in walk(self.root, {}):
            if "default" in one.schema and all(isinstance(step, str) for step in path):
                owner = data
                for step in path[:-1]:
                    owner = owner.setdefault(str(step), {})
                owner[one.name] = one.schema["default"]
        return data

    def progress(self, data: Mapping[str, Any], *, files: Collection[str] = ()) -> tuple[Progress, ...]:
        """How far each section is, for a draft of any shape. `files`: the document slots (`x-document`) that hold a file."""
        result, errors = self._judged(data, None)
        hidden = hidden_paths(self.root, result)
        asked = {
            dotted(path) for path, one, _ in walk(self.root, result) if path not in hidden and self._is_required_leaf(one, path, result)
        }
        missing = {one.path for one in errors if one.code in {"required", "accept"}}
        slots = self._needed_slots(result, hidden)
        asked |= {dotted(path) for path in slots}
        missing |= {dotted(path) for path, slot in slots.items() if slot not in files}
        faulty = {one.path for one in errors} - missing
        return tuple(self._progress(section, asked | missing, missing, faulty) for section in self.sections)

    def missing_files(self, data: Mapping[str, Any], *, files: Collection[str] = ()) -> tuple[FieldError, ...]:
        """The needed document slots that hold no file, as errors; of a form that is sent, said beside what `check` finds. `files`: as in `progress`."""
        result, _ = self._judged(data, None)
        slots = self._needed_slots(result, hidden_paths(self.root, result))
        return tuple(error(self.root, path, "required") for path, slot in slots.items() if slot not in files)

    def _needed_slots(self, data: Mapping[str, Any], hidden: Collection[Path]) -> dict[Path, str]:
        return {path: str(one.hint("document")) for path, one, _ in walk(self.root, data) if one.hint("needed") and path not in hidden}

    def _is_required_leaf(self, one: Field, path: Path, data: Mapping[str, Any]) -> bool:
        owner = value_at(data, path[:-1]) if len(path) > 1 else data
        required = one.required or applies(self.root, one, path, data, required=True)
        return (
            required
            and isinstance(owner, Mapping)
            and one.kind not in {"object", ""}
            and one.widget not in {"buttons", "sequence"}
            and not one.hint("from")
        )

    @staticmethod
    def _progress(section: Section, asked: set[str], missing: set[str], faulty: set[str]) -> Progress:
        mine = {one.name for one in section.fields}

        def inside(paths: set[str]) -> set[str]:
            return {path for path in paths if (undotted(path) or ("",))[0] in mine}

        required = inside(asked)
        return Progress(section, len(required), len(required - missing), len(inside(faulty)))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections in order; one with everything when the form names none. Buttons stand in no section."""
        asked = [one for one in self.root.children if one.widget != "buttons"]
        listed = self.schema.get("x-sections")
        if not isinstance(listed, list):
            return (Section("all", {}, tuple(asked)),)
        return tuple(
            Section(str(part.get("id", "")), part, tuple(one for name in part.get("fields", ()) for one in asked if one.name == name))
            for part in listed
            if isinstance(part, dict)
        )

    @property
    def buttons(self) -> Field | None:
        """The field whose choices close the form; None when the form has one plain button."""
        return next((one for one in self.root.children if one.widget == "buttons"), None)

    @property
    def title(self) -> str:
        """The Chinese name."""
        return self.root.text("title")

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The fields that become process variables: names or paths (`x-variables`)."""
        return tuple(str(name) for name in self.schema.get("x-variables") or ())

    @cached_property
    def _variable_paths(self) -> tuple[Path, ...]:
        return tuple(path for name in self.variables if (path := undotted(name)))

    @cached_property
    def acts(self) -> tuple[str, ...]:
        """The acts this form is for (`x-act`); () for a form that completes its task."""
        named = self.schema.get("x-act") or ()
        return (named,) if isinstance(named, str) else tuple(str(name) for name in named)

    def variables_of(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The process variables in cleaned data: the last step of each path of `x-variables`, where it has a value."""
        pairs = ((path, value_at(data, path)) for path in self._variable_paths)
        return {str(path[-1]): value for path, value in pairs if not empty(value)}

    def problems(self, *, owned: Collection[str] = ()) -> tuple[FormProblem, ...]:
        """What is wrong with the definition; a version with any is not deployed. ``owned``: functions of expressions beside the built-in ones."""
        return problems_of(self.root, owned=owned)


def read_form(data: bytes) -> Form:
    """The form in a file's bytes; raises BrokenForm. Ask `problems()` before deploying it."""
    schema = load(data)
    return Form(schema, grow("", schema))
