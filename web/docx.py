"""Reads the title of a Word document that is being uploaded: of its text no more than the beginning, and nothing of it is unpacked to disk."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from lxml import etree

MOST_BYTES = 1_000_000  # of the text's XML: a title stands at the beginning
MOST_PARAGRAPHS = 50
LONGEST = 200
TEXT = "word/document.xml"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TITLE = "Title"
UNREADABLE = (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, ValueError, OSError, EOFError, zlib.error, struct.error)


def title_of(stream: BinaryIO) -> str:
    """The paragraph styled as title among the first ones, else the first that is not empty; "" when there is none or nothing can be read.

    The stream is left at its beginning. Entities, DTDs and the network are never followed.
    """
    stream.seek(0)
    try:
        found = _title(_beginning(stream))
    except UNREADABLE:
        found = ""
    stream.seek(0)
    return found[:LONGEST]


def _beginning(stream: BinaryIO) -> bytes:
    with zipfile.ZipFile(stream) as package, package.open(TEXT) as text:
        return text.read(MOST_BYTES)


def _title(content: bytes) -> str:
    first = ""
    for style, words in _paragraphs(content):
        if words and style == TITLE:
            return words
        first = first or words
    return first


def _paragraphs(content: bytes) -> Iterator[tuple[str, str]]:
    """Style and words of the first paragraphs; what follows a fault, or the end of what was read, is left."""
    parser = etree.XMLPullParser(("end",), tag=f"{WORD}p", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    with suppress(etree.XMLSyntaxError):
        parser.feed(content)
    for _, (__, paragraph) in zip(range(MOST_PARAGRAPHS), parser.read_events(), strict=False):
        assert isinstance(paragraph, etree._Element)  # noqa: S101, SLF001 - an end is an element's
        style = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
        words = "".join(one.text or "" for one in paragraph.iter(f"{WORD}t"))
        yield ("" if style is None else style.get(f"{WORD}val", "")), " ".join(words.split())
