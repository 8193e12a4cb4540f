"""A Word document as it is measured: sections, looks through styles and themes, tables, text boxes, what is hostile or cut short."""

import io
import tomllib
from pathlib import Path

import pytest

from selection.season import Season
from tests.archives import zipped
from tests.word import A4, FIGURE, LETTER, WORD, document, experience, par, table
from web.docx_blocks import measured

SEASON = Season.from_settings(tomllib.loads(Path("processes/cn-2023/season.toml").read_text(encoding="utf-8")))
THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:fontScheme><a:minorFont>'
    '<a:ea typeface=""/><a:font script="Hans" typeface="宋体"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>'
)


def measure(content):
    stream = io.BytesIO(content)
    found = measured(stream, season=SEASON)
    assert stream.tell() == 0
    return found


def test_a_document_in_good_order():
    found = measure(experience("某公司实施六西格玛设计的经验"))

    assert found["lengths"] == {"abstract": 100, "profile": 200, "application": 405, "effects": 300}
    assert found["shown"] == {"application": 1, "effects": 1}
    assert found["years"] == [2020, 2021, 2022]
    assert found["pages"] == [[11906, 16838]]
    assert (found["title"]["font"], found["title"]["size"], found["title"]["align"]) == ("黑体", 36, "center")
    assert found["body"][0][:3] == ["宋体", 28, 240]
    assert [(one["kind"], one["number"], one["placed"], one["bold"], one["size"]) for one in found["captions"]] == [
        ("figure", 1, True, True, 24), ("table", 1, True, True, 24),
    ]  # fmt: skip
    assert found["skips"] == []


def test_tables_captions_contents_and_text_boxes_are_no_running_text():
    box = f"<w:p><w:r><w:t>成</w:t><w:txbxContent>{par('框内')}</w:txbxContent></w:r></w:p>"
    found = measure(
        document(par("题"), par("一、实施成效 3", style="TOC1"), par("一、实施成效"), box, par("表1 对比"), table("甲" * 50), par("成效"))
    )
    assert found["lengths"] == {"effects": 3}


@pytest.mark.parametrize(
    ("run", "styles", "theme", "look"),
    [
        ('<w:rFonts w:eastAsia="SimSun"/><w:sz w:val="28"/>', "", "", ["宋体", 28]),
        ('<w:rFonts w:eastAsiaTheme="minorEastAsia"/>', "", THEME, ["宋体", 0]),
        ('<w:rStyle w:val="r"/>', '<w:style w:styleId="r"><w:rPr><w:rFonts w:eastAsia="楷体_GB2312"/></w:rPr></w:style>', "", ["楷体", 0]),
        ("", '<w:style w:styleId="x"><w:basedOn w:val="y"/></w:style><w:style w:styleId="y"><w:basedOn w:val="x"/></w:style>', "", ["", 0]),
        ('<w:sz w:val="99999999999999999999"/>', "", "", ["", 0]),
    ],
)
def test_how_characters_are_set(run, styles, theme, look):
    found = measure(document(par("题"), par("正文的文字。", style="x", run=run), styles=styles, theme=theme))
    assert found["body"] == [[*look, 240, 6]]


def test_line_spacing_fixed_heights_and_papers():
    fixed, wide = '<w:spacing w:line="400" w:lineRule="exact"/>', '<w:spacing w:line="360"/>'
    other = f"<w:sectPr><w:pgSz {LETTER}/></w:sectPr>"
    found = measure(document(par("题"), par("正文。", inside=fixed), par("正文。", inside=wide + other), styles=""))
    assert {line for _, _, line, _ in found["body"]} == {0, 360}
    assert found["pages"] == [[11906, 16838], [15840, 12240]]


def test_captions_astray_and_levels_left_out():
    found = measure(document(par("题"), par("图1 在图上方"), FIGURE, table("甲"), par("表3 在表下方"), par("一、推进"), par("（1）跳级")))
    assert [(one["number"], one["placed"]) for one in found["captions"]] == [(1, False), (3, False)]
    assert found["skips"] == ["（1）跳级"]


@pytest.mark.parametrize(
    "content",
    [b"", experience("题")[:300], zipped({"word/other.xml": "x"}), zipped({"word/document.xml": "no xml"})],
)
def test_what_cannot_be_read_has_no_text(content):
    found = measure(content)
    assert not found or (found["lengths"] == {} and found["title"] is None)


def test_entities_are_not_expanded_and_a_fault_ends_the_reading():
    head = '<!DOCTYPE d [<!ENTITY x "哈哈哈">]>'
    broken = f'{head}<w:document xmlns:w="{WORD}"><w:body>{par("题")}{par("一、实施成效")}{par("前文&x;")}{par("完整。")}<w:p></w:body>'
    found = measure(zipped({"word/document.xml": broken}))
    assert "哈" not in str(found)
    assert found["title"]["text"] == "题"


def test_what_is_kept_of_a_document_is_small():
    many = [par(f"图{n} 标题", run=f'<w:rFonts w:eastAsia="{"字" * 100}{n}"/>') for n in range(500)]
    found = measure(document(par("题"), *many, *(par("正文。", run=f'<w:sz w:val="{n}"/>') for n in range(500)), page=A4))
    assert len(str(found)) < 60_000
