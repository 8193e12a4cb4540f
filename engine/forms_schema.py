"""Reading a form's JSON: duplicate keys refused, `$ref` resolved, objects closed, sizes bounded. Judging it is forms_problems' part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.errors import EngineError

LARGEST = 1_000_000
"""Bytes of a form file."""
LONGEST_LINE, LONGEST_TEXT, MOST_ROWS = 2_000, 20_000, 20_000
"""Limits of texts and lists whose definition gives none; a list may have a row for each of 10,000 cases, and as many again."""
DEEPEST = 12
LOCAL = "#/$defs/"


class BrokenForm(EngineError):
    """A file that is no form at all."""

    def __init__(self, zh: str, en: str) -> None:
        """In: what is wrong, in two languages."""
        super().__init__("broken_form", zh, en, 422)


def load(data: bytes) -> dict[str, Any]:
    """The schema in `data` with references resolved; raises BrokenForm."""
    if len(data) > LARGEST:
        raise BrokenForm("表单文件超过 1 MB，请精简。", "The form file is larger than 1 MB; please make it smaller.")
    try:
        raw = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BrokenForm(_place(error), f"The form file is not proper JSON: {error}.") from error
    except UnicodeDecodeError as error:
        raise BrokenForm("表单文件不是 UTF-8 编码，请在编辑器中另存为 UTF-8。", f"The form file is not UTF-8: {error}.") from error
    except (ValueError, RecursionError) as error:
        raise BrokenForm(f"表单文件不是正确的 JSON：{error}。", f"The form file is not proper JSON: {error}.") from error
    if not isinstance(raw, dict) or raw.get("type") != "object" or not isinstance(raw.get("properties"), dict):
        raise BrokenForm("表单最外层须为 type: object 并带 properties。", "A form's outermost level must be type: object with properties.")
    definitions = raw.get("$defs") if isinstance(raw.get("$defs"), dict) else {}
    schema = _resolved({key: value for key, value in raw.items() if key != "$defs"}, definitions or {}, 0)
    return dict(closed(schema))


def _place(error: json.JSONDecodeError) -> str:
    """Where the file stops being JSON, and what is usually wrong there."""
    lines = error.doc.splitlines()
    shown = lines[error.lineno - 1].strip()[:60] if error.lineno <= len(lines) else ""
    usual = "请检查这一行和上一行的逗号、冒号、括号和英文引号，最后一项之后不能有逗号"
    return f"表单文件不是正确的 JSON，读到第{error.lineno}行第{error.colno}个字符时停下：{usual}（该行：{shown}）。"


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key!r} stands twice in one object")
        found[key] = value
    return found


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is not a JSON number")


def _resolved(node: Any, definitions: Mapping[str, Any], depth: int) -> Any:
    """`node` with every local `$ref` replaced by its piece; what stands beside `$ref` wins."""
    if depth > 4 * DEEPEST:
        raise BrokenForm("表单的 $ref 互相引用或层次过深。", "The form's $refs go round in circles or it is nested too deeply.")
    if isinstance(node, list):
        return [_resolved(part, definitions, depth + 1) for part in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        piece = definitions.get(reference.removeprefix(LOCAL)) if reference.startswith(LOCAL) else None
        if not isinstance(piece, dict):
            raise BrokenForm(f"表单引用了不存在的 {reference}。", f"The form refers to {reference}, which does not exist.")
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _resolved({**piece, **beside}, definitions, depth + 1)
    return {key: _resolved(value, definitions, depth + 1) for key, value in node.items()}


def closed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """`schema` with every object closed and every text and list bounded."""
    result = dict(schema)
    match schema.get("type"):
        case "object":
            result.setdefault("additionalProperties", False)
            inner = schema.get("properties")
            if isinstance(inner, dict):
                result["properties"] = {name: closed(part) if isinstance(part, dict) else part for name, part in inner.items()}
        case "array":
            result.setdefault("maxItems", MOST_ROWS)
            if isinstance(schema.get("items"), dict):
                result["items"] = closed(schema["items"])
        case "string" if "enum" not in schema:
            result.setdefault("maxLength", LONGEST_TEXT if schema.get("x-widget") == "textarea" else LONGEST_LINE)
    return result
