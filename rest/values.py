"""Values in and out: typed variables, instants and lengths of time as Camunda writes them."""

import base64
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.bpmn.values import Declared
from rest.bodies import is_text
from rest.errors import invalid
from rest.shapes import Variables, VariableValueDto

JSON_FORMAT = "application/json"
_WHOLE = {"integer": 2**31, "long": 2**63, "short": 2**15}
_KEPT = {"long": "Long", "short": "Short", "date": "Date", "json": "Json", "bytes": "Bytes"}  # types that a value alone does not tell
_OBJECT = "Object "  # a declared type: this and the name of the class
_OBJECTS = {"object", "json", "map", "list"}
_FILE = "File "  # a declared type: this and what is told of the file, as JSON
_FILES = {"bytes", "file"}  # their bytes in base64
_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def variables_in(given: object) -> dict[str, Any]:
    """Plain values of `{name: {"value", "type"}}`; None gives none. Raises RestError 400 naming the variable."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise invalid("variables: an object of typed values is needed")
    if not all(name and is_text(name) for name in given):
        raise invalid("variables: a name is a text")
    return {name: value_in(name, typed) for name, typed in given.items()}


def declared_in(given: object) -> dict[str, Any]:
    """The same, each value with its declared type where the value alone would come back as another: to be kept with a variable."""
    return {name: _declared(value, (given or {})[name]) for name, value in variables_in(given).items()}  # type: ignore[index]


def _declared(value: Any, typed: Mapping[str, Any]) -> Any:
    kind, info = (typed.get("type") or "").lower(), typed.get("valueInfo")
    if value is None:
        return None
    if kind in _KEPT and value_out(value)["type"] != _KEPT[kind]:
        return Declared(value, _KEPT[kind])
    if kind == "file":
        return Declared(value, f"{_FILE}{json.dumps(_about_file(info), ensure_ascii=False, sort_keys=True)}")
    java = info.get("objectTypeName") if isinstance(info, Mapping) else None
    if kind == "object" and isinstance(java, str) and is_text(java) and java != value_out(value)["valueInfo"].get("objectTypeName"):
        return Declared(value, f"{_OBJECT}{java}")
    return value


def _about_file(info: object) -> dict[str, str]:
    """What is told of a file. Raises RestError 400 without a name."""
    told = {name: info[name] for name in ("filename", "mimeType", "encoding") if info.get(name)} if isinstance(info, Mapping) else {}
    if "filename" not in told or not all(isinstance(each, str) and is_text(each) for each in told.values()):
        raise invalid("valueInfo: a file needs a filename; mimeType and encoding are texts, too")
    return told


def value_in(name: str, typed: object) -> Any:
    """The plain value of one typed value. Raises RestError 400."""
    if not isinstance(typed, Mapping) or not isinstance(typed.get("type", ""), str | None):
        raise invalid(f"Cannot use the variable '{name}': an object with value and type is needed")
    value, kind = typed.get("value"), (typed.get("type") or "").lower()
    if value is None or kind == "null":
        return None
    if kind in _OBJECTS:
        return _object(name, value)
    if kind in {"", "string"}:
        if kind == "string" and not isinstance(value, str):
            raise _wrong(name, value, "String")
        return value
    if kind in _FILES:
        return _bytes(name, value)
    return _simple(name, value, kind)


def _simple(name: str, value: Any, kind: str) -> Any:
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind in _WHOLE and not isinstance(value, bool):
        whole = _whole(value)
        if whole is not None and -_WHOLE[kind] <= whole < _WHOLE[kind]:
            return whole
    if kind == "double" and not isinstance(value, bool):
        number = _float(value)
        if number is not None:
            return number
    if kind == "date" and isinstance(value, str):
        return instant_in(value).isoformat()
    raise _wrong(name, value, kind.capitalize())


def _bytes(name: str, value: Any) -> str:
    """Bytes stay what they came as: base64."""
    try:
        return base64.b64encode(base64.b64decode(value, validate=True)).decode()
    except (TypeError, ValueError):
        raise _wrong(name, "(bytes)", "Bytes") from None


def plain_of(value: Any) -> Any:
    """A value without the type that was declared for it."""
    return value.value if isinstance(value, Declared) else value


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value):
        return int(value)
    return value if isinstance(value, int) else int(value) if isinstance(value, float) and value.is_integer() else None


def _float(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _object(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise _wrong(name, "(text)", "Object") from None


def _wrong(name: str, value: Any, kind: str) -> Exception:
    return invalid(f"Cannot convert the variable '{name}': {str(value)[:80]!r} is no value of the type '{kind}'")


def variables_out(variables: Mapping[str, Any], *, deserialize: bool = True) -> Variables:
    """Typed values of plain ones."""
    return {name: value_out(value, deserialize=deserialize) for name, value in variables.items()}


def value_out(value: Any, *, deserialize: bool = True) -> VariableValueDto:
    """One typed value: lists and maps are objects with a JSON value, or with JSON text if they are not to be deserialized; declared types are kept."""
    if isinstance(value, Declared):
        return _declared_out(value.value, value.type, deserialize=deserialize)
    if isinstance(value, list | dict):
        kind = "java.util.ArrayList" if isinstance(value, list) else "java.util.LinkedHashMap"
        info = {"objectTypeName": kind, "serializationDataFormat": JSON_FORMAT}
        return {"value": value if deserialize else json.dumps(value, ensure_ascii=False), "type": "Object", "valueInfo": info}
    return {"value": value, "type": _type_of(value), "valueInfo": {}}


def _declared_out(value: Any, kind: str, *, deserialize: bool) -> VariableValueDto:
    if kind.startswith(_OBJECT):
        info = {"objectTypeName": kind.removeprefix(_OBJECT), "serializationDataFormat": JSON_FORMAT}
        return {"value": value if deserialize else json.dumps(value, ensure_ascii=False), "type": "Object", "valueInfo": info}
    if kind.startswith(_FILE):  # its bytes are not sent unasked
        return {"value": None, "type": "File", "valueInfo": json.loads(kind.removeprefix(_FILE))}
    if kind == "Json":
        value = json.dumps(value, ensure_ascii=False)
    if kind == "Date":
        value = instant_out(instant_in(value))
    return {"value": value, "type": kind, "valueInfo": {}}


def _type_of(value: Any) -> str:
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Integer" if -(2**31) <= value < 2**31 else "Long"
    return "Double" if isinstance(value, float) else "String"


def instant_out(moment: datetime | None) -> str | None:
    """`2024-01-31T09:00:00.000+0000`; None stays None."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}+0000"


def length_out(begun: datetime, ended: datetime | None) -> int | None:
    """The milliseconds between two instants; None while it lasts."""
    return None if ended is None else (ended - begun) // timedelta(milliseconds=1)


def instant_in(text: object) -> datetime:
    """An instant of any offset, UTC without one. Raises RestError 400."""
    try:
        moment = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", str(text).strip()))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid(f"{str(text)[:40]!r} is no date: yyyy-MM-dd'T'HH:mm:ss.SSSZ") from None
