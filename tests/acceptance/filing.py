"""What enterprises and units do on paper: begin, fill in, attach, sign, submit; review, rank, seal."""

import io
from copy import deepcopy
from datetime import date

from app.simulate import papers
from app.simulate.answers.base import words

SCAN = papers.pdf("signed and sealed")
LABELS = {
    "D1.docx": "申报书（可编辑文档）",
    "D1.scan": "申报书（盖章扫描件）",
    "D2": "典型经验材料",
    "D3": "证实性材料（单独整理成一个文件）",
    "D3.finance": "财务部门证明",
    "D3.environment": "环保、资源利用指标的证实性材料",
    "D3.iso9001": "ISO 9001 质量管理体系认证证书",
    "D3.survey": "调查分析报告",
}


def book(world, number, **changes):
    """The 申报书 of an enterprise as typed: changes are "section__field" = value."""
    data = deepcopy(world.play.parts[number - 1].form)
    data["cover"] = {"application_date": data["cover"]["application_date"]}
    for row in data["competitors"]:
        row.pop("seq", None)
    for path, value in changes.items():
        *sections, name = path.split("__")
        inner = data
        for section in sections:
            inner = inner[section]
        inner[name] = value
    return data


def begins(world, number):
    """An enterprise begins an application; in comes the id of it."""
    person = world.as_(f"enterprise {number}")
    person.goes("/portal")
    page = person.sends("/portal/applications", {})
    assert not page.refused, page.text
    person.application = page.path.removeprefix("/portal/")
    return person


def attaches_papers(person, *, without=()):
    """All files of a complete filing; the task's page is open."""
    for code, name, content in papers.filing():
        if code in LABELS and code not in without:
            answer = person.attaches(LABELS[code], name, content)
            assert not answer.refused, (code, answer.complaints, answer.text[:300])


def takes_off(person, name):
    """Take a file off the slot that shows it; the task's page is open."""
    (button,) = person.page.doc.xpath(f"//*[@name='_remove'][ancestor::li[contains(., '{name}')]]")
    return person.sends(button.get("formaction"), {"_remove": button.get("value"), "_slot": ""})


def fills(world, number, **changes):
    """Begin and fill in everything up to the 承诺书."""
    person = begins(world, number)
    person.opens("填报申报材料")
    attaches_papers(person)
    person.does("填报申报材料", book(world, number, **changes))
    return person


def promise(world, **changes):
    """The 承诺书 as filled in."""
    data = papers.commitment(signatory="张总", signed_on=date.fromisoformat(f"{world.now:%Y-%m-%d}"), undertakings=5)
    return data | changes


SEAL = [("承诺书（签字盖章扫描件）", "承诺书.pdf", SCAN)]


def signs(world, number):
    """An enterprise that has filled in everything seals and submits."""
    person = world.as_(f"enterprise {number}")
    person.does("签署承诺并提交", promise(world), files=SEAL)
    person.application = world.application(number)
    return person


def stream(octets):
    """Bytes that look like a PDF and have a size."""
    return io.BytesIO(papers.pdf("large").ljust(octets, b" "))


REVIEW = {"opinion": words("材料齐全，同意推荐"), "outcome": "accept"}
