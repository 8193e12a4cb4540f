"""Writes a PDF with a line of text across each page: a programme of its own, for the file is a stranger's and reading it takes processor time.

Run as ``python marking.py FILE`` with the text on standard input; the marked PDF goes to standard output, which must be a file.
Ends with 0, or with 1 and one line of reason. `web.watermark` runs it; nothing of ours is imported here, so that it begins quickly.
"""

import math
import resource
import sys
from functools import cache
from pathlib import Path
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

MOST_SECONDS, MOST_BYTES = 5, 2_000_000_000  # processor time and address space (the file is mapped into it); 200 MB of scans take 0.2 s
TILT = math.radians(30)
LINES = 50  # a square page is as high as so many lines of the mark
ROOM = 1.5, 7  # from one mark to the next: times its length along the line, times its height across
MOST_IN_A_ROW = 40  # of marks on a page of odd proportions
LARGEST = 2_000_000  # points; a page is not larger, whatever its box says
DEEPEST = 50  # of a tree of pages
LAST_SIGN = "\uffff"  # that the font's encoding knows
MARK = Name("/ReaderMark")

Box = tuple[float, float, float, float]


class CannotMark(Exception):
    """The file is not one that can be marked."""


def mark(source: Path, target: BinaryIO, *, text: str) -> None:
    """Write ``source`` with ``text`` across each page to ``target`` (a file).

    Raises CannotMark for an encrypted file and for one that can only be read by guessing what is broken in it: a guess may lose pages.
    """
    try:
        with pikepdf.open(source, attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise CannotMark("encrypted")
            _mark_pages(pdf, text)
            # Streams are handed on as they are: packing a scan anew costs seconds and gains nothing.
            pdf.save(target, min_version="1.4", compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise CannotMark(f"{type(error).__name__}: {error}") from error


def _mark_pages(pdf: Pdf, text: str) -> None:
    line, before = pdf.make_indirect(_line(pdf, text)), pdf.make_indirect(Stream(pdf, b"q\n"))

    @cache
    def across(box: Box, turn: int) -> Object:
        return pdf.make_indirect(Stream(pdf, _placed(box, turn, length=_length(text))))

    for page in pdf.pages:
        _offer(pdf, page, line)
        own = page.obj.get(Name.Contents, Array())
        parts = list(own) if isinstance(own, Array) else [own]
        page.obj.Contents = Array([before, *parts, across(_box(page), _turn(page))])


def _inherited(page: Page, name: str) -> Object | None:
    """A page's attribute, or that of the nearest branch above it that has it."""
    node: Object | None = page.obj
    for _ in range(DEEPEST):
        if node is None or name in node:
            break
        node = node.get("/Parent")
    return None if node is None else node.get(name)


def _offer(pdf: Pdf, page: Page, line: Object) -> None:
    """The line under its name among what the page may draw. Pages that share their resources share it."""
    resources = _inherited(page, "/Resources")
    if resources is None:
        page.obj.Resources = resources = pdf.make_indirect(Dictionary())
    if Name.XObject not in resources:
        resources.XObject = Dictionary()
    resources.XObject[MARK] = line


def _box(page: Page) -> Box:
    """What is seen of a page: the crop box within the media box; of one that leaves nothing, A4."""
    whole = _inherited(page, "/MediaBox")
    media = _corners(whole) or (0, 0, 595, 842)
    seen = _corners(_inherited(page, "/CropBox")) or media
    low, high = (max(media[0], seen[0]), max(media[1], seen[1])), (min(media[2], seen[2]), min(media[3], seen[3]))
    return (*low, *high) if low[0] < high[0] and low[1] < high[1] else media


def _corners(box: Object | None) -> Box | None:
    """A box from its lower left to its upper right corner; None for what is none."""
    if box is None or len(box) != 4:  # noqa: PLR2004 - two corners
        return None
    a, b, c, d = (max(-LARGEST, min(LARGEST, float(number))) for number in box)
    return (min(a, c), min(b, d), max(a, c), max(b, d)) if a != c and b != d else None


def _turn(page: Page) -> int:
    """By how many quarters of a circle the page is turned clockwise when it is shown."""
    return int(_inherited(page, "/Rotate") or 0) // 90 % 4


def _placed(box: Box, turn: int, *, length: float) -> bytes:
    """The drawing of the marks, upright for who reads. The page's own drawing is ended first (it began with ``q``)."""
    left, low, right, high = box
    wide, tall = (right - left, high - low) if turn % 2 == 0 else (high - low, right - left)
    # From the page as it is shown to the page as it is drawn.
    shown = ((1, 0, 0, 1, left, low), (0, 1, -1, 0, right, low), (-1, 0, 0, -1, right, high), (0, -1, 1, 0, left, high))[turn]
    size = math.sqrt(wide * tall) / LINES
    step, rise = max(length * size * ROOM[0] * math.cos(TILT), wide / MOST_IN_A_ROW), max(size * ROOM[1], tall / MOST_IN_A_ROW)
    cos, sin = size * math.cos(TILT), size * math.sin(TILT)
    found = [b"\nQ\n/Artifact <</Type /Pagination /Subtype /Watermark>> BDC\nq", b"%s cm" % _numbers(*shown)]
    for row in range(math.ceil(tall / rise)):
        for place in range(-1, math.ceil(wide / step)):
            start = (place + 0.25) * step, (row + 0.25) * rise
            found.append(b"q %s cm %s Do Q" % (_numbers(cos, sin, -sin, cos, *start), str(MARK).encode()))
    return b"\n".join([*found, b"Q\nEMC\n"])


def _numbers(*values: float) -> bytes:
    return " ".join(f"{value:.4f}" for value in values).encode()


def _length(text: str) -> float:
    """How long a line is, in its own height: half for a Latin sign, one for a Chinese one."""
    return sum(0.5 if sign.isascii() else 1 for sign in text)


def _line(pdf: Pdf, text: str) -> Stream:
    """The text as a drawing of its own, one unit high: grey, mostly transparent, to be seen on white and on dark."""
    # 〓 is the printers' sign for one that is missing.
    signs = "".join(sign if sign <= LAST_SIGN else "〓" for sign in text).encode("utf-16-be").hex()
    drawn = f"/Faint gs 0.5 g BT /Song 1 Tf <{signs}> Tj ET"
    line = Stream(pdf, drawn.encode())
    line.Type, line.Subtype = Name.XObject, Name.Form
    line.BBox = Array([-1, -1, math.ceil(_length(text)) + 1, 2])
    line.Resources = Dictionary(
        Font=Dictionary(Song=pdf.make_indirect(_font(pdf))),
        ExtGState=Dictionary(Faint=Dictionary(Type=Name.ExtGState, ca=0.4, BM=Name.Normal)),
    )
    return line


def _font(pdf: Pdf) -> Dictionary:
    """The Song face that each reader of Chinese PDFs has or replaces: nothing is embedded."""
    named = Name("/STSong-Light")
    look = Dictionary(
        Type=Name.FontDescriptor, FontName=named, Flags=6, FontBBox=Array([-25, -254, 1000, 880]),
        ItalicAngle=0, Ascent=880, Descent=-120, CapHeight=880, StemV=93,
    )  # fmt: skip
    face = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType0, BaseFont=named, DW=1000, FontDescriptor=pdf.make_indirect(look),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"GB1", Supplement=2),
        W=Array([1, 95, 500]),
    )  # fmt: skip
    return Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/STSong-Light-UniGB-UCS2-H"), Encoding=Name("/UniGB-UCS2-H"),
        DescendantFonts=Array([pdf.make_indirect(face)]),
    )  # fmt: skip


def main() -> int:
    """Mark the file that is named; see the module's text."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    try:
        mark(Path(sys.argv[1]), sys.stdout.buffer, text=sys.stdin.buffer.read().decode())
    except (CannotMark, MemoryError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
