"""Parses the bytes of a diagram: no DOCTYPE, no entities, no network, bounded size and depth."""

from __future__ import annotations

from lxml import etree

from engine.errors import EngineError

MAX_BYTES = 4_000_000
MAX_ELEMENTS = 20_000
Xml = etree._Element  # noqa: SLF001 - lxml has no public name for an element


def parse_xml(content: bytes, *, file: str) -> Xml:
    """The root element of a diagram. Raises EngineError `xml` with file and line."""
    if len(content) > MAX_BYTES:
        raise _refuse(file, f"文件超过 {MAX_BYTES // 1_000_000} MB", f"the file is larger than {MAX_BYTES} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, dtd_validation=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _refuse(file, f"不是格式正确的 XML（第 {error.lineno} 行）", f"not well-formed XML: {error.msg}", error.lineno) from None
    except ValueError as error:
        raise _refuse(file, "不是格式正确的 XML", f"not well-formed XML: {error}") from None
    if bool(getattr(root.getroottree().docinfo, "doctype", "")):
        raise _refuse(file, "不允许 DOCTYPE 声明", "a DOCTYPE is not allowed", 1)
    if sum(1 for _ in zip(root.iter(), range(MAX_ELEMENTS + 1), strict=False)) > MAX_ELEMENTS:
        raise _refuse(file, f"元素超过 {MAX_ELEMENTS} 个", f"more than {MAX_ELEMENTS} elements")
    return root


def _refuse(file: str, zh: str, en: str, line: int | None = None) -> EngineError:
    return EngineError("xml", f"{file}：{zh}", f"{file}: {en}", 400, file=file, line=line or 0)


def line_of(node: Xml) -> int:
    """The line an element stands in."""
    line = node.sourceline
    return line if isinstance(line, int) else 0
