# ruff: noqa: S608 - statements of a test, made of the tables' own names
"""Markup, formulas and turned text behind everything that people have written in a photograph of the season, and what must not come of it."""

import json
import re
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from lxml import html

from store.types import Json
from tests.schema import OF_THE_CODE

MARK = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script></textarea></title><a href=\"javascript:alert(3)\">{{7*7}}${7*7}\u202e"
FORMULA = "=cmd|' /C calc'!A0"
WRITTEN = re.compile("[一-鿿]")
# What is written in Chinese but by us: names of deadlines and stages, models, what is hashed.
OURS = {"version", "version_file", "history", "decision", "deadline", "job", "timer", "property"}
PLANTED = (
    "//*[@*[starts-with(name(), 'on')]] | //img[@src='x'] | //script[not(@src)] | //iframe"
    " | //*[@*[contains('href src action formaction data-diagram', name()) and starts-with(normalize-space(), 'javascript:')]]"
)


def mark(path: Path) -> int:
    """Write the marks; how many texts bear one."""
    marked = 0
    with sqlite.connect(path) as database:
        for table in (table for metadata in OF_THE_CODE for table in metadata.sorted_tables if table.name not in OURS):
            keys = {column.name for column in table.primary_key} | {key.parent.name for key in table.foreign_keys}
            for column in (column for column in table.columns if column.name not in keys):
                database.create_function("marked", 1, _json if isinstance(column.type, Json) else _text)
                marked += database.execute(f'UPDATE "{table.name}" SET "{column.name}" = marked("{column.name}") '
                                           f"WHERE typeof(\"{column.name}\") = 'text'").rowcount  # fmt: skip
    return marked


def _text(value: str) -> str:
    return f"{FORMULA}{value}{MARK}" if WRITTEN.search(value) else value


def _json(value: str) -> str:
    return json.dumps(_walk(json.loads(value)), ensure_ascii=False)


def _walk(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _walk(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_walk(one) for one in value]
    return _text(value) if isinstance(value, str) else value


def planted(page: str) -> list[str]:
    """What of the marks became part of a page."""
    return [html.tostring(one, encoding="unicode")[:200] for one in html.document_fromstring(page).xpath(PLANTED)]
