"""The desks at work on a played season: ranking by buttons, bands of a group, evidence with an objection, names instead of codes."""

import json
import re

from sqlalchemy import select

from store.selection.tables_application import document
from tests.acceptance.stages import CROWDED


def order_on(page):
    return [one.get("id").removeprefix("rank-") for one in page.doc.xpath("//tr[starts-with(@id,'rank-')]")]


def test_an_officer_ranks_by_buttons_and_the_form_begins_with_that_order(world_at):
    world = world_at("排序")
    officer = world.as_("unit")
    first = order_on(officer.goes("/unit"))
    assert len(first) > 2
    for _ in range(2):
        page = officer.sends(f"/unit/{CROWDED}/ranking", {"up": first[2]})
        assert not page.refused, page.text
    expected = [first[2], first[0], first[1], *first[3:]]
    assert order_on(officer.goes("/unit")) == expected
    assert officer.sends(f"/unit/{CROWDED}/ranking", {"up": first[2]}).status == 200, "the top is a wall"
    assert order_on(officer.goes("/unit")) == expected
    officer.sends(f"/unit/{CROWDED}/ranking", {"top": expected[-1]})
    expected = [expected[-1], *expected[:-1]]
    assert order_on(officer.goes("/unit")) == expected
    officer.opens("排序并确定推荐名单")
    standing = dict(officer.form().standing())
    assert [standing[f"ranking[{n}].application"] for n in range(len(expected))] == expected
    assert [standing[f"ranking[{n}].rank"] for n in range(len(expected))] == [str(n + 1) for n in range(len(expected))]


def test_nobody_else_ranks(world_at):
    world = world_at("排序")
    first = order_on(world.as_("unit").goes("/unit"))
    for who in ("other unit", "clerk", "enterprise 1"):
        assert world.as_(who).sends(f"/unit/{CROWDED}/ranking", {"up": first[1]}).status == 404
    assert world.as_("unit").sends(f"/unit/{CROWDED}/ranking", {"up": "A999"}).status == 404
    assert order_on(world.as_("unit").goes("/unit")) == first


def test_a_group_sees_the_line_once_everything_is_scored(world_at):
    page = world_at("汇总").as_("clerk").goes("/group")
    shown = page.link("G1") if page.has_link("G1") else next(one.get("href") for one in page.doc.xpath("//a[starts-with(@href,'/group/')]"))
    clerk = world_at("汇总").as_("clerk")
    text = clerk.goes(shown).text
    assert "入围线内" in text
    assert text.index("入围线内") < (text.index("入围线外") if "入围线外" in text else len(text))


def test_files_of_the_application_have_names(world_at):
    world = world_at("形式审查")
    number = world.application(1)
    for who, path in (("clerk", f"/cases/{number}"), ("enterprise 1", f"/portal/{number}"), ("unit", f"/portal/{number}")):
        text = world.as_(who).goes(path).text
        assert "典型经验材料" in text, path
        assert not re.search(r"\bD\d+(\.\w+)? ·", text), path


def test_the_record_of_a_case_says_in_one_line_what_somebody_did_several_times(world_at):
    world = world_at("排序")
    page = world.as_("clerk").goes(f"/cases/{world.application(1)}")
    record = [" ".join(one.text_content().split()) for one in page.doc.xpath("//section[h2='办理记录']//li")]
    uploads = [line for line in record if line.startswith("填报申报材料 上传材料")]
    assert len(uploads) == 1
    assert re.search(r"上传材料 · \d+ 次", uploads[0])


def test_submitted_papers_print_for_those_who_may_read_them(world_at):
    world = world_at("形式审查")
    number = world.application(1)
    books = {world.as_(who).goes(f"/portal/{number}/print/application").text for who in ("enterprise 1", "unit", "clerk")}
    assert len({re.search(r"版本号 ([0-9A-F-]{14})", book)[1] for book in books}) == 1
    assert world.as_("other unit").goes(f"/portal/{number}/print/application").status == 404
    assert world.as_("unit").goes(f"/portal/{number}/print/opinions").status == 200
    assert world.as_("enterprise 1").goes(f"/portal/{number}/print/opinions").status == 404
    assert world.as_("unit").goes(f"/unit/{CROWDED}/print/opinions").status == 200
    assert world.as_("other unit").goes(f"/unit/{CROWDED}/print/opinions").status == 404


def test_evidence_comes_with_an_objection_and_stays_with_the_office(world_at):
    world = world_at("公示")
    director, clerk, second = world.as_("director"), world.as_("clerk"), world.as_("second clerk")
    director.does("签批公示", {"outcome": "approve", "signed_by": "某某"}, files=[("签批", "签批.pdf", b"%PDF-1.7 a")]) if director.finds(
        "签批公示"
    ) else None
    stranger = world.stranger()
    batches = stranger.goes("/public/publicity").doc.xpath("//a[starts-with(@href,'/public/publicity/')]")
    if not batches:
        now = f"{world.now:%Y-%m-%dT%H:%M}"
        clerk.does(
            "登记公示发布", {"published_at": now, "channels": [{"channel": one, "url": f"https://caq.example.invalid/{one}"} for one in ("website", "wechat")]},
            files=[("截图", "截图.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64)],
        )  # fmt: skip
        second.does("公示发布复核", {"outcome": "agree"})
        batches = stranger.goes("/public/publicity").doc.xpath("//a[starts-with(@href,'/public/publicity/')]")
    path = stranger.goes(batches[0].get("href")).doc.xpath("//a[contains(@href,'/objection')]")[0].get("href")
    said = {"name": "", "contact": "", "facts": "该企业申报的经济效益数据与其年度报告不一致，见附件。" * 3}
    stranger.goes(path)
    assert stranger.sends(path, said, files={"evidence": ("a.pdf", b"<html>")}).status == 422
    stranger.goes(path)
    answer = stranger.sends(path, said, files={"evidence": ("年度报告.pdf", b"%PDF-1.7 evidence")})
    assert "回执编号" in answer.text, answer.text
    with world.house.database.read() as connection:
        rows = connection.execute(select(document.c.id, document.c.name).where(document.c.code == "D13.objection")).all()
    assert [name for _, name in rows] == ["年度报告.pdf"]
    assert clerk.goes(f"/files/{rows[0].id}").status == 200
    for who in ("enterprise 1", "unit"):
        assert world.as_(who).goes(f"/files/{rows[0].id}").status == 404


def test_the_diagram_of_the_case_marks_the_step_that_was_called_and_the_step_marks_the_task(world_at):
    world = world_at("形式审查")
    page = world.as_("clerk").goes(f"/cases/{world.application(1)}")
    whole, step = (json.loads(one.get("data-marks"))["token"] for one in page.doc.xpath("//*[@data-diagram]"))
    assert any("form_check" in element for element in whole), whole
    assert any(element.startswith("N04") for element in step), step
