"""申报材料压缩包 (D4): made by the system, for whoever may open the papers; what is in it is listed with its hashes."""

import hashlib
import io
import zipfile

import openpyxl
import pytest

from app.simulate import papers
from app.simulate.answers.base import words
from tests.acceptance.filing import book, takes_off


@pytest.fixture
def world(world_at):
    return world_at("初审")


def package(world, who, number=1):
    return world.as_(who).goes(f"/portal/{world.application(number)}/package")


def test_the_enterprise_and_its_unit_take_the_papers_as_one_zip_named_after_the_enterprise(world):
    person = world.as_("enterprise 1")
    person.goes(f"/portal/{world.application(1)}")

    answer = person.clicks("下载申报材料压缩包").answer

    assert answer.headers["content-disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS.txt").decode().splitlines())
        assert {name: hashlib.sha256(archive.read(name)).hexdigest() for name in sums} == sums
        listed = openpyxl.load_workbook(io.BytesIO(archive.read("材料清单.xlsx"))).active
    assert sorted(names) == sorted([*sums, "SHA256SUMS.txt", "材料清单.xlsx"])
    assert [row[0] for row in listed.iter_rows(min_row=2, values_only=True)] == list(sums)
    for kind in ("D1", "D2", "D3", "D11"):
        assert any(name.startswith(f"{kind} ") for name in sums), kind
    assert not any(".." in name or name.startswith("/") for name in names)
    assert package(world, "unit").status == 200


def names_in(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name.partition("/")[2] for name in archive.namelist() if "/" in name}


def test_what_is_not_handed_in_yet_changes_nothing_for_those_who_check_and_review(world):
    """§14: returned for change, the earlier submission stays valid until a new one is made; so do its papers."""
    person, unit = world.as_("enterprise 1"), world.as_("unit")
    before = names_in(package(world, "unit").answer)
    (old,) = (name for name in before if name.endswith(".docx") and "经验" in name)
    unit.does("初步审核", {"opinion": words("请补充近三年对比数据"), "faults": ["experience"], "outcome": "return"}, about=world.enterprise(1))
    world.days_pass(0.5)

    person.opens("修改退回材料")
    takes_off(person, old)
    person.opens("修改退回材料")
    assert not person.attaches("典型经验材料", "经验（修改稿）.docx", papers.docx("经验")).refused
    world.days_pass(0.1)

    assert names_in(package(world, "unit").answer) == before
    assert "经验（修改稿）" not in unit.goes(f"/portal/{world.application(1)}").text
    assert "经验（修改稿）.docx" in person.opens("修改退回材料").text
    person.does("修改退回材料", book(world, 1))

    assert names_in(package(world, "unit").answer) == before - {old} | {"经验（修改稿）.docx"}


def test_the_package_is_as_secret_as_the_papers_and_each_is_noted_as_opened(world):
    for who in ("enterprise 2", "other unit", "expert 1", "secretary", "administrator"):
        assert package(world, who).status == 404, who
    assert package(world, "enterprise 1", 2).status == 404

    assert package(world, "clerk").status == 200

    shown = world.as_("clerk").goes(f"/cases/{world.application(1)}").text
    assert shown.partition("查阅记录")[2].count("·") >= 4
