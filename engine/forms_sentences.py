"""What is said when a field does not fit: one plain sentence in Chinese and English that names the field and says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.forms_field import Field, Path, dotted, field_at, fill

LEADING = {
    "select": "选择",
    "radio": "选择",
    "multiselect": "选择",
    "boolean": "选择",
    "buttons": "选择",
    "file": "上传",
    "grid": "填写",
    "cards": "填写",
}
LEADING_EN = {"选择": "choose", "上传": "upload", "填写": "fill in"}
EXPECTED = {
    "number": ("数字（只写数字，不写单位）", "a number (digits only, without the unit)"),
    "integer": ("整数", "a whole number"),
    "boolean": ("“是”或“否”", "yes or no"),
    "string": ("文字", "text"),
    "array": ("列表", "a list"),
    "object": ("一组字段", "a group of fields"),
}
FORMATS = {
    "date": ("日期，如 2023-09-15", "a date such as 2023-09-15"),
    "local-date-time": ("日期和时间，如 2023-11-06 09:00", "a date and time such as 2023-11-06 09:00"),
    "email": ("电子邮箱，如 name@company.com", "an e-mail address such as name@company.com"),
    "uri": ("网址，以 http:// 或 https:// 开头", "an address that begins with http:// or https://"),
}


PLAIN = {
    "unknown": ("本表单没有□这一项，请删除。", "This form has no field □; please remove it."),
    "not_applicable": (
        "按当前填写情况，□不需要填写，请清空。",
        "With what is filled in now, □ is not asked for; please empty it.",
    ),
    "accept": ("请阅读并勾选□。", "Please read and tick □."),
    "choice": ("□只能从所列选项中选择，请重新选择。", "□ must be one of the choices shown; please choose again."),
    "unique": ("□中有重复的内容，请删去重复项。", "□ has the same entry twice; please remove one."),
    "same": ("□应与所依据的字段一致，不需要另行填写。", "□ always equals the field it is taken from; please do not send another value."),
    "characters": (
        "□含有不能保存的字符（如控制字符、换行），请删去后重新填写。",
        "□ has characters that cannot be kept (control characters, line breaks); please remove them.",
    ),
}
LARGEST = "1,000,000,000,000,000"


@dataclass(frozen=True)
class FieldError:
    """One thing that does not fit: the field's path, a code for programs, a sentence in two languages for people.

    `rule`: the id of the rule that the field states (`x-rule`), "" without one.
    """

    path: str
    code: str
    zh: str
    en: str
    rule: str = ""

    def filled(self, names: Mapping[str, object]) -> FieldError:
        """The same with `${year-3}` and the like filled from `names`."""
        return replace(self, zh=fill(self.zh, names), en=fill(self.en, names))


def error(root: Field, path: Path, code: str, limit: object = None, keyword: str = "") -> FieldError:
    """The error `code` of the field at `path`; `keyword` and `limit` are the schema's demand that was not met."""
    field = field_at(root, path)
    zh, en = _sentence(field, code, keyword, limit)
    zh, en = zh.replace("□", f"「{trail(root, path, 'zh')}」"), en.replace("□", f'"{trail(root, path, "en")}"')
    return FieldError(dotted(path), code, zh, en, str((field.hint("rule") if field else None) or ""))


def trail(root: Field, path: Path, lang: str) -> str:
    """The name of the field at `path` as people know it: the titles on the way, without the section's; unknown steps by their own name."""
    parts: list[str] = []
    field: Field | None = root
    for depth, step in enumerate(path):
        field = field.child(step) if field else None
        if isinstance(step, int):
            parts.append(f"第{step + 1}项" if lang == "zh" else f"no. {step + 1}")
        elif depth or len(path) == 1 or (field and field.kind == "array"):
            parts.append((field.text("title", lang) if field else "") or str(step))
    return " · ".join(parts) or root.text("title", lang)


def _sentence(field: Field | None, code: str, keyword: str, limit: object) -> tuple[str, str]:
    match code:
        case "required":
            verb = LEADING.get(field.widget if field else "", "填写")
            return f"请{verb}□。", f"Please {LEADING_EN[verb]} □."
        case "type":
            zh, en = EXPECTED.get(str(limit), ("规定的内容", "what is asked for"))
            return f"□应为{zh}，请改正。", f"□ must be {en}; please correct it."
        case "range":
            return _range(field, keyword, limit)
        case "length" | "rows":
            return _size(keyword, limit, code, field)
        case "format":
            return _format(field)
    return PLAIN[code]


def _range(field: Field | None, keyword: str, limit: object) -> tuple[str, str]:
    words = {
        "minimum": ("不小于", "at least"),
        "maximum": ("不大于", "at most"),
        "exclusiveMinimum": ("大于", "more than"),
        "exclusiveMaximum": ("小于", "less than"),
        "multipleOf": ("是其整数倍：", "a multiple of"),
    }
    zh, en = words.get(keyword, ("不大于", "at most"))
    unit, unit_en = (field.text("x-unit"), field.text("x-unit", "en")) if field else ("", "")
    most = LARGEST if limit is None else limit
    return f"□应{zh} {most}{unit}，请核对。", f"□ must be {en} {most}{' ' + unit_en if unit_en else ''}; please check."


def _size(keyword: str, limit: object, code: str, field: Field | None) -> tuple[str, str]:
    least = keyword.startswith("min")
    if code == "length":
        what, what_en = "个字", "characters"
    else:
        what, what_en = ("个文件", "files") if field and field.widget == "file" else ("项", "entries")
    if least:
        return f"□至少需要 {limit} {what}，请补充。", f"□ needs at least {limit} {what_en}; please add to it."
    return f"□最多 {limit} {what}，请删减。", f"□ may have at most {limit} {what_en}; please shorten it."


def _format(field: Field | None) -> tuple[str, str]:
    if field and field.hint("error"):
        return f"□{field.text('x-error')}", f"□: {field.text('x-error', 'en')}"
    zh, en = FORMATS.get(str(field.schema.get("format") if field else ""), ("规定的格式", "of the form asked for"))
    return f"□应为{zh}，请改正。", f"□ must be {en}; please correct it."
