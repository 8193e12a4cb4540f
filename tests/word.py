"""Word documents for tests: an experience document as 编写说明 asks for it, and any other of given paragraphs."""

from tests.archives import zipped

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:eastAsia="SimSun"/><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:rPr><w:sz w:val="28"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:basedOn w:val="a"/><w:pPr><w:jc w:val="center"/></w:pPr>'
    '<w:rPr><w:rFonts w:eastAsia="黑体"/><w:sz w:val="36"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="caption"><w:basedOn w:val="a"/><w:pPr><w:jc w:val="center"/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="24"/></w:rPr></w:style>'
)
A4, LETTER = 'w:w="11906" w:h="16838"', 'w:w="15840" w:h="12240" w:orient="landscape"'
FIGURE = "<w:p><w:r><w:drawing/></w:r></w:p>"


def par(text, *, style="", inside="", run=""):
    """A paragraph; ``inside`` its own settings, ``run`` those of its characters."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{inside}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def table(*cells):
    """A table of one row."""
    return f"<w:tbl><w:tr>{''.join(f'<w:tc>{par(cell)}</w:tc>' for cell in cells)}</w:tr></w:tbl>"


def document(*body, styles=STYLES, page=A4, theme=""):
    """The bytes of a Word document with these paragraphs and tables."""
    end = f"<w:sectPr><w:pgSz {page}/></w:sectPr>" if page else ""
    files = {"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{"".join(body)}{end}</w:body></w:document>'}
    files |= {"word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>'} if styles else {}
    return zipped(files | ({"word/theme/theme1.xml": theme} if theme else {}))


def experience(title, *, effects=300, abstract=100, profile=200, application=400, styles=STYLES):
    """An experience document in good order but for the lengths given (字数)."""
    return document(
        par(title, style="Title"),
        par("摘要"),
        par("摘" * abstract),
        par("一、企业概况"),
        par("企" * profile),
        par("二、质量管理方法的推进和应用情况"),
        par("（一）推进"),
        par("推" * application),
        FIGURE,
        par("图1 推进路线", style="caption"),
        par("三、实施成效"),
        par("成" * effects),
        par("表1 近三年对比", style="caption"),
        table("指标", "2020年", "2021年", "2022年", "标杆"),
        styles=styles,
    )
