"""The title of a Word document: real packages, with style and without, cut short, hostile."""

import io
import zipfile

import pytest

from app.simulate.papers import docx
from web.docx import LONGEST, title_of

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def package(body, *, head="", name="word/document.xml"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, f'{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
    return buffer.getvalue()


def paragraph(*runs, style=""):
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{styled}{''.join(f'<w:r><w:t>{run}</w:t></w:r>' for run in runs)}</w:p>"


def title(content):
    stream = io.BytesIO(content)
    found = title_of(stream)
    assert stream.tell() == 0
    return found


def test_the_first_paragraph_that_is_not_empty_is_the_title():
    assert title(docx("某公司实施六西格玛设计的经验")) == "某公司实施六西格玛设计的经验"
    assert title(package(paragraph() + paragraph(" ") + paragraph("某公司", "实施经验") + paragraph("正文"))) == "某公司实施经验"


def test_a_paragraph_styled_as_title_goes_before_what_stands_above_it():
    assert title(package(paragraph("附件2") + paragraph("某公司实施经验", style="Title"))) == "某公司实施经验"


def test_only_the_beginning_is_read():
    assert title(package(paragraph("题目") + paragraph("甲" * 3_000_000))) == "题目"
    assert title(package("".join(paragraph() for _ in range(60)) + paragraph("太远"))) == ""
    assert len(title(package(paragraph("长" * 1000)))) == LONGEST


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x05\x06",
        docx("题目")[:200],
        package(paragraph("题目"), name="word/other.xml"),
        package("", head="no xml"),
        package(paragraph("&x;"), head='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    ],
)
def test_what_cannot_be_read_has_no_title(content):
    assert title(content) == ""


def test_entities_are_not_expanded():
    bomb = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10 if n else "哈" * 10}">' for n in range(9))
    assert "哈" not in title(package(paragraph("&x8;"), head=f"<!DOCTYPE d [{bomb}]>"))
