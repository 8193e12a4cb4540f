"""Marks across the pages of a PDF: where they lie, what is left as it is, what cannot be marked."""

import io
import math
import os
import re
import subprocess
import sys

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream

from web.marking import MARK, CannotMark, mark
from web.watermark import MARKER, marked

TEXT = "王小明 X07 2023年9月25日 09:00"


@pytest.fixture
def make(tmp_path):
    """Write a PDF and give its path; ``pages``: what each page is made with."""

    def made(*pages, **saving):
        pdf = pikepdf.new()
        for page in pages:
            blank = pdf.add_blank_page(page_size=page.get("size", (595, 842)))
            blank.obj.Contents = Stream(pdf, b"0.2 g 10 10 20 20 re f")
            for name, value in page.get("with_", {}).items():
                blank.obj[name] = value
        pdf.save(tmp_path / "in.pdf", **saving)
        return tmp_path / "in.pdf"

    return made


def read(path):
    target = io.BytesIO()
    mark(path, target, text=TEXT)
    return pikepdf.open(target)


def drawn(page):
    """What is drawn on a page, one part after another."""
    return [part.read_bytes() for part in page.obj.Contents]


def starts(page):
    """Where each mark begins and in which direction it runs, as the reader sees the page: before the page is turned."""
    numbers = [[float(one) for one in found.split()] for found in re.findall(rb"q ([-0-9. ]+) cm /ReaderMark Do Q", drawn(page)[-1])]
    return [((a, b), (e, f)) for a, b, _, _, e, f in numbers]


def turned(page):
    """The matrix from the page as it is seen to the page as it is drawn."""
    return [float(one) for one in re.search(rb"\nq\n([-0-9. ]+) cm", drawn(page)[-1])[1].split()]


def test_each_page_has_the_text_and_its_own_drawing_between(make):
    with read(make({}, {})) as pdf:
        assert len(pdf.pages) == 2
        for page in pdf.pages:
            line = page.Resources.XObject[MARK]
            assert TEXT.encode("utf-16-be").hex().encode() in line.read_bytes()
            assert line.Resources.Font.Song.Encoding == "/UniGB-UCS2-H"
            before, own, after = drawn(page)
            assert (before, own) == (b"q\n", b"0.2 g 10 10 20 20 re f")
            assert after.split()[0] == b"Q"
            assert after.count(b"q ") == after.count(b" Q")
            assert len(starts(page)) > 10


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90, 450])
def test_the_marks_rise_from_left_to_right_before_the_reader_however_the_page_is_turned(make, turn):
    with read(make({"with_": {"/Rotate": turn}})) as pdf:
        page = pdf.pages[0]
        quarter = math.radians(turn)
        a, b, c, d, e, f = turned(page)
        # Turning the page clockwise takes the direction "to the right" of what is drawn back to the reader's right.
        assert (a, b) == pytest.approx((math.cos(quarter), math.sin(quarter)))
        assert all(x > 0 and y > 0 for (x, y), _ in starts(page))
        seen = [(a * x + c * y + e, b * x + d * y + f) for _, (x, y) in starts(page)]
        assert sum(0 <= x <= 595 and 0 <= y <= 842 for x, y in seen) > 10


def test_what_is_cut_off_is_not_counted_as_page(make):
    with read(make({"with_": {"/CropBox": Array([100, 200, 500, 600])}})) as pdf:
        assert turned(pdf.pages[0])[4:] == [100, 200]


@pytest.mark.parametrize(
    "box", [[0, 0, 0, 0], [900, 900, 950, 950], [1, 2], [500, 600, 100, 200], [0, 0, 1e12, 1e-3], [0, 0, 1, 14400]], ids=str
)
def test_odd_boxes_are_marked_too(make, box):
    with read(make({"with_": {"/CropBox": Array(box), "/MediaBox": Array(box)}})) as pdf:
        assert 0 < len(starts(pdf.pages[0])) < 2000


def test_what_a_page_has_from_above_stays_and_is_joined(make, tmp_path):
    path = make({}, {})
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root.Pages.Resources = Dictionary(Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
        pdf.Root.Pages.Rotate = 90
        for page in pdf.pages:
            del page.obj.Resources
        pdf.save(path)

    with read(path) as pdf:
        assert all("/F1" in page.resources.Font and MARK in page.resources.XObject for page in pdf.pages)
        assert turned(pdf.pages[1])[:4] == [0, 1, -1, 0]


def test_drawings_in_parts_and_pages_without_any_are_marked(make):
    path = make({}, {}, {})
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].obj.Contents = pdf.make_indirect(Array([Stream(pdf, b"0 0 m"), Stream(pdf, b"9 9 l S")]))
        del pdf.pages[1].obj.Contents
        pdf.pages[2].obj.Contents = Array()
        pdf.save(path)

    with read(path) as pdf:
        assert [drawn(page)[1:-1] for page in pdf.pages] == [[b"0 0 m", b"9 9 l S"], [], []]
        assert all(starts(page) for page in pdf.pages)


def test_a_sign_that_the_font_does_not_know_is_stood_in_for(make):
    target = io.BytesIO()
    mark(make({}), target, text="𠮷 X07")
    with pikepdf.open(target) as pdf:
        assert "〓 X07".encode("utf-16-be").hex().encode() in pdf.pages[0].Resources.XObject[MARK].read_bytes()


def test_a_thousand_pages_share_their_marks(make):
    path = make(*[{}] * 1000)
    with read(path) as pdf:
        assert len({page.obj.Contents[2].objgen for page in pdf.pages}) == 1
        assert len({page.obj.Contents[0].objgen for page in pdf.pages}) == 1
        assert len({page.Resources.XObject[MARK].objgen for page in pdf.pages}) == 1


def test_an_encrypted_file_is_not_marked(make):
    for password in ("", "secret"):
        with pytest.raises(CannotMark):
            mark(make({}, encryption=pikepdf.Encryption(owner="owner", user=password)), io.BytesIO(), text=TEXT)


def test_a_file_that_can_only_be_guessed_at_is_not_marked(make):
    path = make({})
    for content in (b"%PDF-1.7 no more", path.read_bytes()[:-200], b"", path.read_bytes().replace(b"xref", b"xxxx")):
        path.write_bytes(content)
        with pytest.raises(CannotMark):
            mark(path, io.BytesIO(), text=TEXT)


def test_the_marked_copy_is_a_file_without_a_name(make, tmp_path):
    path = make({})
    before, stored = sorted(tmp_path.iterdir()), path.read_bytes()
    with marked(path, text=TEXT, beside=tmp_path) as copy:
        assert sorted(tmp_path.iterdir()) == before
        content = copy.read()
        assert len(content) == os.fstat(copy.fileno()).st_size
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert MARK in pdf.pages[0].Resources.XObject
    assert path.read_bytes() == stored


def test_what_cannot_be_marked_is_said_with_its_reason(make, tmp_path, caplog):
    path = make({}, encryption=pikepdf.Encryption(owner="owner", user="secret"))
    assert marked(path, text=TEXT, beside=tmp_path) is None
    assert path.name in caplog.text
    assert "assword" in caplog.text
    assert TEXT not in caplog.text


def test_the_pages_of_the_house_do_without_the_library_until_a_pdf_is_marked():
    code = "import sys, web.watermark; sys.exit('pikepdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert MARKER.is_file()
