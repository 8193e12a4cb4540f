"""Lists as xlsx files that no spreadsheet takes for formulas, and people's xlsx files read back row by row."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from urllib.parse import quote

from fastapi import Response

from selection.errors import Refused
from web.i18n import moment, until, word
from web.uploads import kind_of

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_SHEET_NAME = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")  # what a worksheet's name may not hold
MOST_ROWS = 5000
MOST_COLUMNS = 100
MOST_BYTES = 5_000_000
MOST_UNPACKED = 10_000_000


@dataclass(frozen=True)
class Column:
    """A column: its heading and what it takes from a row (a key, or a function).

    ``ours``: a word of ours, told in the visitor's language; ``end``: an exclusive end, told by the last moment that counts.
    """

    title: str
    take: str | Callable[[Any], object]
    ours: bool = False
    end: bool = False

    def of(self, row: Any, *, language: str) -> object:
        """The row's value in this column, as the visitor reads it."""
        value = self.take(row) if callable(self.take) else row[self.take]
        if isinstance(value, datetime):
            return until(value, language=language) if self.end else moment(value, language=language)
        if isinstance(value, bool):
            return word(language, "是" if value else "否")
        return word(language, str(value)) if self.ours and value else value


def sheet(name: str, columns: Sequence[Column], rows: Iterable[Any], *, language: str = "zh", made: datetime | None = None) -> Response:
    """The list as an xlsx download. Texts are written as texts whatever they begin with; only numbers become numbers.

    ``made``: the instant that the file says it was made at, so that the same list is the same file; else the moment of its making.
    """
    import xlsxwriter  # noqa: PLC0415 - the server starts without it

    buffer = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, settings) as book:
        if made is not None:
            book.set_properties({"created": made})
        page = book.add_worksheet(_sheet_name(word(language, name)))
        bold = book.add_format({"bold": True, "bottom": 1})
        for index, column in enumerate(columns):
            page.write_string(0, index, word(language, column.title), bold)
            page.set_column(index, index, 18)
        page.freeze_panes(1, 0)
        for line, row in enumerate(rows, start=1):
            for index, column in enumerate(columns):
                _write(page, line, index, column.of(row, language=language))
    disposition = f"attachment; filename*=UTF-8''{quote(word(language, name))}.xlsx"
    return Response(buffer.getvalue(), media_type=TYPE, headers={"Content-Disposition": disposition})


def _sheet_name(name: str) -> str:
    """The name as a worksheet may have it: 31 units of UTF-16 at most, no signs of addresses, no quote at an end."""
    units = FORBIDDEN.sub(" ", name).strip().encode("utf-16-le")[: 2 * LONGEST_SHEET_NAME]
    return units.decode("utf-16-le", errors="ignore").strip()


def _write(page: Any, line: int, index: int, value: object) -> None:
    if value is None:
        return
    if isinstance(value, (int, float, Decimal)):
        page.write_number(line, index, value)
    else:
        page.write_string(line, index, str(value))


def read_sheet(content: bytes, *, headings: dict[str, str], needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows below the heading row of the first worksheet as {field: text}.

    ``headings``: heading without blanks -> field. Raises Refused when the file cannot be read, the headings are not found, or a cell that
    must be text (a long number) was typed as a number and has lost digits; also for an archive that grows too large when it is unpacked.
    """
    import openpyxl  # noqa: PLC0415 - few visits bring a spreadsheet

    _refuse_large(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        first = book.worksheets[0]
        first.reset_dimensions()  # what a sheet says of its own size is not believed
        lines = list(islice(first.iter_rows(max_col=MOST_COLUMNS, values_only=True), MOST_ROWS + 1))
    except Exception as error:
        raise _bad("文件不是可读取的 xlsx 表格", "the file is not a readable xlsx") from error
    if len(lines) > MOST_ROWS:
        raise _bad(f"表格超过 {MOST_ROWS} 行（空行也计入）", f"it has more than {MOST_ROWS} rows, empty ones included")
    at = next((n for n, line in enumerate(lines) if {headings.get(_plain(cell)) for cell in line} >= set(needed)), None)
    if at is None:
        wanted = "、".join(title for title, field in headings.items() if field in needed)
        raise _bad(f"没有找到表头，需要这些列：{wanted}", f"no heading row with the columns {wanted}")
    fields = [headings.get(_plain(cell)) for cell in lines[at]]
    return [row for number, line in enumerate(lines[at + 1 :], start=at + 2) if (row := _row(line, fields, number=number))]


def _refuse_large(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise _bad("文件过大", "the file is too large")
    kind_of(io.BytesIO(content), name="sheet.xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise _bad("文件展开后过大", "it grows too large when it is unpacked")


def _row(line: Sequence[object], fields: Sequence[str | None], *, number: int) -> dict[str, str]:
    row = {}
    for field, cell in zip(fields, line, strict=False):
        if field is None or cell is None:
            continue
        if isinstance(cell, float) or (isinstance(cell, int) and cell >= 10**15):
            raise _bad(
                f"第 {number} 行有按数字保存的长编码，请把该列设为文本后重新填写",
                f"row {number} holds a long code typed as a number; make it text",
            )
        row[field] = "".join(char for char in str(cell) if char.isprintable() or char in "\n\t").strip()
    return {field: text for field, text in row.items() if text}


def _plain(cell: object) -> str:
    return "".join(str(cell or "").split())


def _bad(zh: str, en: str) -> Refused:
    return Refused("sheet.unreadable", zh=f"{zh}，请核对后重新上传。", en=f"The sheet was not imported: {en}. Please check it and upload it again.")
