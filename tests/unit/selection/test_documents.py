"""Formats, sizes and names of documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.documents import (
    FORBIDDEN,
    NAME_MAX_BYTES,
    archive_name,
    counts,
    label,
    may_upload,
    missing,
    owner_variable,
    refuse_unfit,
    safe_name,
)
from selection.errors import NotFound, Refused
from selection.season import Season

MB = 1_000_000


OLD, NEW = "a" * 64, "b" * 64
SEALED = {"D2": [["经验.docx", OLD]], "D3.finance": [["审计报告.pdf", OLD]]}


@pytest.mark.parametrize(
    ("code", "name", "sha256", "is_living", "expected"),
    [
        ("D2", "经验.docx", OLD, True, True),
        ("D2", "经验.docx", OLD, False, True),
        ("D2", "经验.docx", NEW, True, False),
        ("D2", "经验（修改稿）.docx", OLD, True, False),
        ("D3.finance", "审计报告.pdf", OLD, False, True),
        ("D3.iso9001", "证书.pdf", OLD, True, False),
        ("D8", "答辩材料.pptx", NEW, True, True),
        ("D8", "答辩材料.pptx", OLD, False, False),
    ],
)
def test_what_came_or_went_after_the_seal_counts_only_once_it_is_handed_in(
    season: Season, code: str, name: str, sha256: str, is_living: bool, expected: bool
) -> None:
    paper = {"season": season, "code": code, "name": name, "sha256": sha256, "is_living": is_living}
    assert counts(**paper, sealed=SEALED) is expected
    assert counts(**paper, sealed=None) is is_living


@pytest.mark.parametrize(
    ("code", "filename", "size", "kind"),
    [
        ("D1", "申报书.DOCX", 50 * MB, "docx"),
        ("D1", "申报书.pdf", 1, "pdf"),
        ("D3.finance", "证明.pdf", 1, None),
        ("D4", "包.rar", 500 * MB, "rar"),
        ("D8", "答辩.pptx", 100 * MB, "zip"),
        ("D10", "视频.mp4", MB, "mp4"),
        ("D11", "承诺.jpeg", MB, "jpg"),
    ],
)
def test_fitting_files_pass(season: Season, code: str, filename: str, size: int, kind: str | None) -> None:
    refuse_unfit(season=season, code=code, filename=filename, size=size, kind=kind)


@pytest.mark.parametrize(
    ("code", "filename", "size", "kind", "answer"),
    [
        ("D1", "申报书.doc", 1, None, "document.format"),
        ("D1", "docx", 1, None, "document.format"),
        ("D1", ".docx", 1, None, "document.format"),
        ("D2", "经验.pdf", 1, None, "document.format"),
        ("D1", "申报书.pdf", 0, None, "document.empty"),
        ("D1", "申报书.pdf", 50 * MB + 1, None, "document.size"),
        ("D4", "包.zip", 500 * MB + 1, None, "document.size"),
        ("D1", "申报书.pdf", 1, "exe", "document.content"),
        ("D2", "经验.docx", 1, "pdf", "document.content"),
    ],
)
def test_unfitting_files_are_refused_with_the_reason(
    season: Season, code: str, filename: str, size: int, kind: str | None, answer: str
) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_unfit(season=season, code=code, filename=filename, size=size, kind=kind)
    assert refusal.value.code == answer


def test_an_unknown_code_is_not_found(season: Season) -> None:
    with pytest.raises(NotFound):
        refuse_unfit(season=season, code="D99", filename="a.pdf", size=1)


def test_both_the_editable_book_and_its_scan_are_wanted(season: Season) -> None:
    present = [("D1", "a.pdf"), ("D2", "b.docx"), ("D3.finance", "c.pdf"), ("D11", "d.pdf")]
    assert [problem.path for problem in missing(season=season, stage="apply", present=present)] == ["D1"]
    assert missing(season=season, stage="apply", present=[*present, ("D1", "a.docx")]) == ()


def test_who_hands_in_what(season: Season) -> None:
    assert may_upload(season=season, code="D2", uploader="applicant")
    assert not may_upload(season=season, code="D2", uploader="unit")
    assert may_upload(season=season, code="D5", uploader="unit")
    assert may_upload(season=season, code="D5", uploader="office")
    assert may_upload(season=season, code="D13", uploader="applicant")


def test_g38_the_package_bears_the_full_name(season: Season) -> None:
    assert archive_name(season=season, enterprise="某某机械有限公司") == "某某机械有限公司.zip"


@given(text=st.text(max_size=300))
def test_a_safe_name_is_safe_everywhere(text: str) -> None:
    name = safe_name(text)
    assert name
    assert name == safe_name(name)
    assert len(name.encode()) <= NAME_MAX_BYTES
    assert not set(name) & set(FORBIDDEN)
    assert name.strip(" .") == name


def test_papers_of_a_step_belong_to_what_the_step_is_about() -> None:
    assert owner_variable("N03c") == "unit"
    assert owner_variable("N12c") == "objection"
    assert owner_variable("N02a") == owner_variable("") == "application"


def test_a_document_has_a_name_for_people(season: Season) -> None:
    assert label(season, "D5.letter") == label(season, "D5")
    assert label(season, "D5")[0] != "D5"
    assert label(season, "D99") == ("D99", "D99")
