"""What is wrong with a form's definition: named at deployment, with the place and what to do, so that no person meets it later."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from jsonschema_rs import ValidationError

from engine.bpmn.scopes import COUNTERS
from engine.expressions.functions import BUILT_IN
from engine.expressions.tokens import KEYWORDS as KEYWORDS_OF_EXPRESSIONS
from engine.forms_check import FORMATS, compiled
from engine.forms_conditions import BrokenCondition, read_condition
from engine.forms_field import Field, Path, dotted, field_at, resolve, undotted

WIDGETS: dict[str, frozenset[str]] = {
    "string": frozenset({"text", "textarea", "email", "tel", "url", "date", "datetime", "radio", "select", "buttons"}),
    "number": frozenset({"number", "percent"}),
    "integer": frozenset({"integer", "number", "sequence", "radio", "select"}),
    "boolean": frozenset({"boolean", "tick"}),
    "array": frozenset({"multiselect", "grid", "cards", "file", "ticks"}),
    "object": frozenset({"row", "group", "table"}),
    "": frozenset({"static"}),
}
KEYWORDS = frozenset({
    "title", "description", "default", "type", "properties", "required", "additionalProperties", "items", "enum", "const",
    "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minItems", "maxItems", "uniqueItems", "if", "then", "else", "allOf", "$schema", "$id", "$comment",
})  # fmt: skip
HINTS = frozenset({
    "title-en", "description-en", "help", "help-en", "note", "note-en", "placeholder", "placeholder-en", "unit",
    "unit-en", "error", "error-en",
    "widget", "show-if", "required-if", "from", "readonly", "enum-names", "enum-names-en", "enum-from", "confirm", "confirm-en", "leaves",
    "cell", "code", "document", "accept", "needed", "numbered", "official", "texts", "texts-en", "sections", "variables", "act", "rule", "beside",
})  # fmt: skip
# Names of the expression language and of the variables that the engine itself sets.
OWNED = frozenset({*BUILT_IN, *KEYWORDS_OF_EXPRESSIONS, *COUNTERS, "due", "timerDue", "timerRung"})
SIMPLE = frozenset({"string", "number", "integer", "boolean"})


@dataclass(frozen=True)
class FormProblem:
    """One thing wrong with a definition: where, a code, what to do in two languages."""

    path: str
    code: str
    zh: str
    en: str


def problems_of(root: Field, *, owned: Collection[str] = ()) -> tuple[FormProblem, ...]:
    """Everything wrong with a form, in the order of its fields."""
    try:
        compiled(root.schema)
    except ValidationError as error:
        place = dotted(tuple(error.instance_path))
        return (FormProblem(place, "schema", f"不是正确的 JSON Schema：{error.message}。", f"This is not proper JSON Schema: {error.message}."),)
    fields = (one for path, field in _fields(root, ()) for one in _of_field(root, path, field))
    return (*fields, *_of_form(root), *_of_names(root, OWNED.union(owned)))


def _fields(field: Field, path: Path) -> Iterator[tuple[Path, Field]]:
    yield path, field
    if field.item is not None:
        yield from _fields(field.item, (*path, 0))
    for child in field.children:
        yield from _fields(child, (*path, child.name))


def _of_field(root: Field, path: Path, field: Field) -> Iterator[FormProblem]:
    say = _sayer(dotted(path))
    for key in field.schema:
        if key not in KEYWORDS and key.removeprefix("x-") not in HINTS and key != "$defs":
            yield say(
                "keyword", f"不支持的关键字 {key}，请删除或改用说明中的写法。", f"The keyword {key} is not supported; please remove it."
            )
    if field.kind not in WIDGETS:
        yield say("type", f"不支持的类型 {field.kind}。", f"The type {field.kind} is not supported.")
    elif path and field.widget not in WIDGETS[field.kind]:
        yield say(
            "widget",
            f"控件 {field.widget} 与类型 {field.kind} 不符。",
            f"The widget {field.widget} does not fit the type {field.kind or '(none)'}.",
        )
    if field.schema.get("additionalProperties") not in {None, False}:
        yield say("open", "对象须封闭：请删除 additionalProperties。", "Every object is closed; please remove additionalProperties.")
    if path and isinstance(path[-1], str) and not field.text("title") and field.widget != "static":
        yield say("title", "缺少标题 title。", "The title is missing.")
    if path and not re.fullmatch(r"\w+", str(path[-1])):
        yield say("name", "字段名只能用字母、数字和下划线。", "A field's name is made of letters, digits and underscores.")
    yield from _of_choices(field, say)
    yield from _of_shape(field, say)
    yield from _of_limits(field, say)
    yield from _of_references(root, path, field, say)


Sayer = Callable[[str, str, str], FormProblem]


def _sayer(place: str) -> Sayer:
    return lambda code, zh, en: FormProblem(place, code, f"{place or '表单'}：{zh}", f"{place or 'form'}: {en}")


def _of_choices(field: Field, say: Sayer) -> Iterator[FormProblem]:
    values = field.schema.get("enum")
    for key in ("enum-names", "enum-names-en"):
        names = field.hint(key)
        if names is not None and (not isinstance(names, list) or len(names) != len(values or ())):
            yield say("names", f"x-{key} 与 enum 的个数不同。", f"x-{key} and enum differ in length.")
    holder = field.item if field.widget == "multiselect" else field
    chosen = field.widget in {"radio", "select", "buttons", "multiselect"}
    if chosen and (holder is None or ("enum" not in holder.schema and not holder.hint("enum-from"))):
        yield say("choices", "缺少选项：请写 enum 或 x-enum-from。", "There is nothing to choose; give enum or x-enum-from.")
    leaves = field.hint("leaves")
    if leaves is not None and (not isinstance(leaves, dict) or not set(leaves) <= set(values or ())):
        yield say("leaves", "x-leaves 只能列出 enum 中的结果。", "x-leaves may only name outcomes of enum.")


def _of_shape(field: Field, say: Sayer) -> Iterator[FormProblem]:
    match field.widget:
        case "row" if any(child.kind not in SIMPLE for child in field.children):
            yield say("shape", "row 只能包含简单字段。", "A row holds simple fields only.")
        case "table":
            columns = {tuple(child.name for child in row.children) for row in field.children}
            if len(columns) != 1 or any(row.kind != "object" for row in field.children):
                yield say("shape", "table 的各行须为对象且列相同。", "The rows of a table must be objects with the same columns.")
        case "grid" if field.item is None or any(child.kind not in SIMPLE for child in field.item.children):
            yield say(
                "shape",
                "grid 的行须为只含简单字段的对象；较大的内容请用 cards。",
                "A grid's rows are objects of simple fields; use cards for more.",
            )
        case "cards" if field.item is None or field.item.kind != "object":
            yield say("shape", "cards 的 items 须为对象。", "The items of cards must be objects.")
        case "file" if field.item is None or field.item.kind != "string" or not field.hint("document"):
            yield say("shape", "file 须为文字列表并写明 x-document。", "A file field is an array of strings with x-document.")
        case "file" if field.required or "minItems" in field.schema:
            yield say("needed", "file 不能列入 required，请改用 x-needed。", "A file field cannot be required; use x-needed.")
        case "ticks" if field.item is None or field.item.kind != "boolean" or not isinstance(field.hint("texts"), list):
            yield say("shape", "ticks 须为布尔值列表并写明 x-texts。", "A field of ticks is an array of booleans with x-texts.")


def _of_limits(field: Field, say: Sayer) -> Iterator[FormProblem]:
    if field.schema.get("format") not in {None, *FORMATS}:
        yield say(
            "format",
            f"不检查的 format：{field.schema['format']}。",
            f"The format {field.schema['format']} is not checked; please remove it.",
        )
    names = {child.name for child in field.children}
    for name in field.schema.get("required") or ():
        if name not in names:
            yield say("required", f"required 中的 {name} 不存在。", f"required names {name}, which does not exist.")


def _of_references(root: Field, path: Path, field: Field, say: Sayer) -> Iterator[FormProblem]:
    for key in ("x-show-if", "x-required-if"):
        text = field.schema.get(key)
        if text is None:
            continue
        try:
            used = read_condition(str(text)).names
        except BrokenCondition as error:
            yield say("condition", f"{key} 无法识别：{error}。", f"{key} cannot be read: {error}.")
            continue
        for name in sorted(used):
            if field_at(root, resolve(root, path, name)) is None:
                yield say("condition", f"{key} 引用了不存在的字段 {name}。", f"{key} names the field {name}, which does not exist.")
    yield from _of_neighbour(root, path, field, say)
    source = field.hint("from")
    if source is not None and field_at(root, resolve(root, path, str(source))) is None:
        yield say("from", f"x-from 引用了不存在的字段 {source}。", f"x-from names the field {source}, which does not exist.")


def _of_neighbour(root: Field, path: Path, field: Field, say: Sayer) -> Iterator[FormProblem]:
    """A group whose fields stand beside those of another has no field that would stand nowhere."""
    host = field.hint("beside")
    if host is None:
        return
    other = root.child(str(host))
    pair = len(path) == 1 and other is not None and other is not field and {field.widget, other.widget} == {"group"}
    if not pair or other is None or not {child.name for child in field.children} <= set(other.by_name):
        yield say(
            "beside",
            f"x-beside 须写在最外层的 group 上，并引用另一个含有全部同名字段的 group（现为 {host}）。",
            f"x-beside stands on an outermost group and names another one that has a field for each of its own (it names {host}).",
        )


def _of_names(root: Field, owned: frozenset[str]) -> Iterator[FormProblem]:
    """What people type never goes by a name that expressions, or the engine's own bookkeeping, use."""
    variables = [path[-1] for path in (undotted(str(name)) for name in root.hint("variables") or ()) if path]
    for name in dict.fromkeys([*(child.name for child in root.children), *map(str, variables)]):
        if name in owned or name.startswith("__"):
            say = _sayer(name)
            yield say("reserved", "该名称由系统使用，请改用别的字段名。", "The system owns this name; please give the field another one.")


def _of_form(root: Field) -> Iterator[FormProblem]:
    say = _sayer("")
    for name in root.hint("variables") or ():
        if field_at(root, undotted(str(name)) or ("",)) is None:
            yield say("variables", f"x-variables 中的 {name} 不存在。", f"x-variables names {name}, which does not exist.")
    sections = root.hint("sections")
    if sections is None:
        return
    if not isinstance(sections, list) or not all(isinstance(part, dict) and part.get("id") and part.get("title") for part in sections):
        yield say("sections", "x-sections 的每一部分须有 id 和 title。", "Each part of x-sections needs an id and a title.")
        return
    placed = [name for part in sections for name in part.get("fields", ())]
    asked = [child.name for child in root.children if child.widget != "buttons"]
    for name in sorted({*placed, *asked}):
        if placed.count(name) != asked.count(name):
            yield say("sections", f"字段 {name} 须在 x-sections 中恰好出现一次。", f"The field {name} must stand in exactly one section.")
