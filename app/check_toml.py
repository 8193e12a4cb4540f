"""Reads the folder's TOML for the check. What cannot be read is told with its line, in words of whoever typed it, not of the parser."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from typing import Any

from app.faults import Fault

WHERE = re.compile(r"\(at line (\d+), column \d+\)")
BOM = b"\xef\xbb\xbf"
SHOWN = 60
# How the parser's sentence begins -> what was typed wrongly.
KINDS = (
    ("Invalid date", "日期或时刻不存在，或格式不对：应如 2024-09-15、09:00:00", "no such date or time of day: write 2024-09-15, 09:00:00"),
    ("Unclosed array", "方括号没有成对：这一行之前的列表缺少 ] 或逗号", "a list before this line lacks its ] or a comma"),
    ("Unclosed inline table", "花括号内缺少逗号、} ，或有一个值写错了（日期应如 2024-09-15）", "between { and } a comma, the } or a proper value is missing"),
    ("Cannot overwrite", "同一个配置项写了两次，请只保留一个", "the same setting stands twice; keep one"),
    ("Cannot declare", "同一个小节 [ ] 写了两次，请合并为一个", "the same section [ ] stands twice; join them"),
    ("Duplicate", "同一个配置项写了两次，请只保留一个", "the same setting stands twice; keep one"),
    ("Unterminated string", "引号没有成对", "a quotation mark is missing"),
    ("Illegal character", "引号没有成对，或文字中夹有换行等控制字符", "a quotation mark is missing, or the text holds a control character"),
    ("Expected '='", "名称后面缺少等号，应为：名称 = 值", "write: name = value"),
    ("Expected newline", "值的后面有多余的内容；时刻应如 09:00:00，文字须加引号", "there is more after the value; texts need quotation marks"),
    ("Invalid value", "等号右边的值无法识别：文字须加英文引号，是否写 true 或 false", "no proper value: quote texts; write true or false"),
    ("Invalid statement", "不是“名称 = 值”、[小节] 或 # 注释", "neither name = value nor [section] nor # remark"),
)  # fmt: skip
ENCODING = ("文件不是 UTF-8 编码，请在编辑器中另存为 UTF-8", "the file is not UTF-8; save it as UTF-8")
MARKED = ("文件开头有 BOM 标记，请另存为“UTF-8”，不要选“带有 BOM 的 UTF-8”", "the file begins with a byte order mark; save it as UTF-8 without BOM")


def read_table(files: Mapping[str, bytes], path: str, *, code: str) -> tuple[dict[str, Any], Fault | None]:
    """The table of a file, empty where there is no such file, and the fault `code` when it cannot be read (the table is empty then)."""
    content = files.get(path, b"")
    line, zh, en = _problem(content)
    if zh:
        where_zh, where_en = (f"第{line}行：", f"line {line}: ") if line else ("", "")
        return {}, Fault(code=code, file=path, place="", zh=f"{where_zh}{zh}", en=f"{where_en}{en}", line=line)
    return tomllib.loads(content.decode("utf-8")), None


def _problem(content: bytes) -> tuple[int, str, str]:
    """Line, Chinese, English; the texts are empty where the content can be read."""
    if content.startswith(BOM):
        return 0, *MARKED
    try:
        tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        return 0, *ENCODING
    except tomllib.TOMLDecodeError as error:
        return _told(content.decode("utf-8"), str(error))
    return 0, "", ""


def _told(text: str, said: str) -> tuple[int, str, str]:
    lines, found = text.splitlines(), WHERE.search(said)
    line = int(found[1]) if found else len(lines)
    shown = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    zh, en = next(((zh, en) for begins, zh, en in KINDS if said.startswith(begins)), ("写法有误", said))
    wide = _wide(shown)
    if wide:
        zh, en = f"{zh}；这一行含有全角字符 {wide}，配置中的标点和数字须用半角", f"{en}; this line has full-width characters {wide}"
    return line, f"{zh}（该行：{shown[:SHOWN]}）", f"{en} (the line: {shown[:SHOWN]})"


def _wide(line: str) -> str:
    """Full-width signs outside quotation marks, where only half-width ones are understood; nothing after a remark begins."""
    bare = re.sub(r'"[^"]*"', "", line).partition("#")[0]
    return " ".join(sorted({sign for sign in bare if sign in "“”‘’【】。、" or (sign != unicodedata.normalize("NFKC", sign))}))

