import json
from pathlib import Path

import pytest

from app.check import check_files, warnings_of
from app.cli import main
from engine.contract import Registry

SEASON = Path("processes/cn-2023")
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="x">
  <process id="p" name="p" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
    <userTask id="t" name="t" camunda:formKey="forms/notice.json" camunda:candidateGroups="office_clerk@caq">
      <extensionElements><camunda:taskListener event="complete" class="notice.draft"/></extensionElements>
    </userTask><sequenceFlow id="f2" sourceRef="t" targetRef="n"/>
    <serviceTask id="n" name="n" camunda:type="external" camunda:topic="notify">
      <extensionElements><camunda:inputOutput>
        <camunda:inputParameter name="template">reminder</camunda:inputParameter>
      </camunda:inputOutput></extensionElements>
    </serviceTask><sequenceFlow id="f3" sourceRef="n" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>"""
MAIL = "Subject: 提醒\nSubject-en: Reminder\n\n{{ recipient }}\n\n-- en --\n\n{{ recipient }}\n"
FORM = '{"type": "object", "title": "通知", "x-title-en": "Notice", "properties": {}, "required": [], "additionalProperties": false}'


@pytest.fixture
def registry():
    registry = Registry()
    registry.handler("notify")(lambda ctx, inputs: None)
    registry.listener("notice.draft")(lambda ctx, data: None)
    return registry


@pytest.fixture
def faults(registry):
    def check(*changes, **files):
        diagram = DIAGRAM
        for change in changes:
            assert change[0] in diagram
            diagram = diagram.replace(*change)
        folder = {"p.bpmn": diagram, "forms/notice.json": FORM, "mails/43_task_reminder.txt": MAIL} | files
        encoded = {path: content.encode() for path, content in folder.items()}
        found = check_files(encoded, registry=registry, functions={}, reminders={"reminder": "43_task_reminder"})
        return [(fault.code, fault.file, fault.place, fault.en) for fault in found]

    return check


def test_a_whole_folder_has_no_fault(faults):
    assert faults() == []


@pytest.mark.parametrize(
    ("change", "code", "place", "said"),
    [
        (('topic="notify"', 'topic="notfy"'), "unknown.topic", "n", "did you mean notify?"),
        (('class="notice.draft"', 'class="notice.darft"'), "unknown.listener", "t", "did you mean notice.draft?"),
        (("forms/notice.json", "forms/notise.json"), "unknown.form", "t", "did you mean forms/notice.json?"),
        ((">reminder<", ">remainder<"), "unknown.mail", "n", "did you mean reminder?"),
    ],
)
def test_an_unknown_name_is_a_fault_with_a_suggestion(faults, change, code, place, said):
    (fault,) = faults(change)
    assert fault[:3] == (code, "p.bpmn", place)
    assert said in fault[3]


def test_a_mail_with_a_variable_nobody_knows_is_a_fault(faults):
    (fault,) = faults(**{"mails/43_task_reminder.txt": MAIL.replace("{{ recipient }}\n\n--", "{{ recipiant }}\n\n--")})
    assert fault[:2] == ("mail.template", "mails/43_task_reminder.txt")
    assert "did you mean 'recipient'" in fault[3]


def test_a_setting_that_the_season_does_not_have_is_a_fault(faults):
    found = faults(('<userTask id="t"', '<userTask id="t" camunda:dueDate="${now() + setting(\'objection.replly\')}"'), **{"season.toml": ""})
    assert ("unknown.setting", "p.bpmn", "t") in [fault[:3] for fault in found]


@pytest.mark.parametrize(
    ("asked", "code"), [("ladder('offise', due)", "unknown.ladder"), ("deadline('公 示')", "unknown.deadline"), ("extended('公 示')", "unknown.deadline")]
)
def test_a_ladder_or_deadline_that_the_season_does_not_have_is_a_fault(faults, asked, code):
    changed = ('<userTask id="t"', f'<userTask id="t" camunda:dueDate="${{{asked}}}"')
    found = faults(changed, **{"season.toml": ""})
    assert (code, "p.bpmn", "t") in [fault[:3] for fault in found]
    assert [fault[:2] for fault in faults(changed) if fault[0].split(".")[0] in {"missing", "unknown"}] == [("missing.season", "p.bpmn")]


@pytest.mark.parametrize(("table", "place"), [('"甲" = 3', "甲"), ('"甲" = " "', "甲"), ('"甲"', ""), ('["甲"]\n"乙" = "b"', "甲")])
def test_an_english_table_holds_texts_and_nothing_else(faults, table, place):
    (fault,) = faults(**{"english.toml": table})
    assert fault[:3] == ("english", "english.toml", place)


def test_a_file_that_is_no_form_is_a_fault(faults):
    assert [fault[1] for fault in faults(**{"forms/notice.json": "{"})] == ["forms/notice.json"] * 1


def test_a_diagram_that_is_no_xml_is_a_fault(faults):
    assert [fault[0] for fault in faults(**{"p.bpmn": "<definitions"})] == ["BPMN-XML"]


def test_a_plan_that_does_not_fit_is_a_fault(registry):
    files = {path.name: path.read_bytes() for path in SEASON.glob("*.toml")}
    assert check_files(files, registry=registry, functions={}, reminders={}) == ()
    late = files["season.toml"].replace(
        'name = "推荐截止", en = "recommendations close", day = 2023-09-15'.encode(),
        'name = "推荐截止", en = "recommendations close", day = 2023-10-30'.encode(),
    )
    assert late != files["season.toml"]
    found = check_files(files | {"season.toml": late}, registry=registry, functions={}, reminders={})
    assert {fault.code for fault in found} == {"season.plan"}


@pytest.fixture
def told(registry):
    """What is said, in Chinese, of the season's toml files after a change: (code, file, line, text)."""
    files = {path.name: path.read_bytes() for path in SEASON.glob("*.toml")}

    def check(file, *change, **more):
        content = files.get(file, b"")
        if change:
            assert change[0].encode() in content
            content = content.replace(*(one.encode() for one in change), 1)
        changed = files | {file: content} | {path: text.encode() for path, text in more.items()}
        found = check_files({path: text for path, text in changed.items() if text}, registry=registry, functions={}, reminders={})
        return [(fault.code, fault.file, fault.line, fault.zh) for fault in found]

    return check


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("base = 3", "base = ３"), "全角字符 ３"), (('id = "cn-2023"', "id = “cn-2023”"), "全角字符 “ ”"), (("widened = 5", "base = 5"), "写了两次"),
        (("day = 2023-09-15", "day = 2023-09-31"), "日期或时刻不存在"), (("day = 2023-09-15", "day = 2023/9/15"), "日期应如 2024-09-15"),
        (('approvers = ["CAQ"]', 'approvers = ["CAQ"'), "方括号没有成对"), (("at = 09:00:00", "at = 9:00"), "时刻应如 09:00:00"),
        (('notice = "', "notice = "), "文字须加英文引号"), (("[quota]", "名额"), "不是“名称 = 值”"), (("fee = 0", "fee 0"), "缺少等号"),
        (("[quota]", "[contact]"), "同一个小节"), (('legal_basis = "', 'legal_basis = "\x01'), "引号没有成对"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_by_line_and_in_words_of_who_typed_it(told, change, words):
    ((code, file, line, said),) = told("season.toml", *change)
    assert (code, file) == ("season.toml", "season.toml")
    assert line > 0
    assert said.startswith(f"第{line}行：")
    assert words in said


@pytest.mark.parametrize("file", ["season.toml", "calendar-2023.toml", "english.toml"])
@pytest.mark.parametrize(("as_saved", "words"), [("utf-8-sig", "带有 BOM 的 UTF-8"), ("gbk", "不是 UTF-8 编码")])
def test_a_file_saved_in_another_encoding_is_told_how_to_be_saved(registry, file, as_saved, words):
    files = {path.name: path.read_bytes() for path in SEASON.glob("*.toml")}
    text = files[file].decode() if as_saved == "utf-8-sig" else "# 节假日\n"
    (fault, *_) = check_files(files | {file: text.encode(as_saved)}, registry=registry, functions={}, reminders={})
    assert fault.file == file
    assert words in fault.zh


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("calendar-2023.toml", ("2023-04-05,", "2022-04-05,"), "不是2023年的日期"), ("calendar-2023.toml", ("year = 2023", "year = 2032"), "文件名应为"),
        ("calendar-2023.toml", ('"official"', '"正式"'), "provisional"), ("calendar-2023.toml", ("working =", "work ="), "没有这一项"),
        ("calendar-2023.toml", ("2023-04-23", "2023-04-24"), "本是工作日"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_calendar_is_told_of_the_calendar(told, file, change, words):
    (code, where, _, said), *_ = told(file, *change)
    assert (code, where) == ("calendar", file)
    assert words in said


def test_a_year_without_a_calendar_is_asked_for_and_a_provisional_one_only_warned_of(registry):
    """The State Council's notice comes in autumn: a season that is prepared before reaches into a year without one."""
    files = {path.name: path.read_bytes() for path in SEASON.glob("*.toml")}
    del files["calendar-2024.toml"]
    (fault,) = check_files(files, registry=registry, functions={}, reminders={})
    assert (fault.code, fault.file) == ("calendar.missing", "calendar-2024.toml")
    assert 'status = "provisional"' in fault.zh
    files["calendar-2024.toml"] = b'year = 2024\nstatus = "provisional"\n'
    assert check_files(files, registry=registry, functions={}, reminders={}) == ()
    (warning,) = warnings_of(files, functions={})
    assert (warning.code, warning.file, warning.severity) == ("calendar.provisional", "calendar-2024.toml", "warning")


@pytest.mark.parametrize(
    ("file", "change", "place"),
    [
        ("forms/scores.json", ('"maximum": 18', '"maximum": 20'), "scores.C2"),
        ("forms/scores.json", ('"C2": {', '"C9": {'), "scores.C9"),
        ("forms/score_record.json", ('"maximum": 18', '"maximum": 20'), "scores.C2"),
        ("forms/application.json", ('"民营企业"', '"私营企业"'), "enterprise_type"),
        ("forms/application.json", ("农副食品加工业", "食品加工业"), "industry_code"),
        ("forms/visit_report.json", ('"基本属实"', '"大体属实"'), "conclusion"),
        ("forms/opinion.json", ('"minLength": 50', '"minLength": 60'), "opinion.minLength"),
        ("forms/application.json", ('"D3.finance", "x-accept": ".pdf,', '"D3.finance", "x-accept": ".jpg,'), "finance_certificate.x-accept"),
        ("forms/application.json", ('"x-document": "D3.finance"', '"x-document": "D33.finance"'), "finance_certificate"),
        ("forms/application.json", ("industry_code < '13'", "industry_code < '14'"), "economic_extra_rows"),
        ("forms/publicity_signoff.json", ("${publicity.working_days}", "${publicity.workdays}"), "publicity.workdays"),
        ("season.toml", ('table_rows_fixed_for = "13-43"', 'table_rows_fixed_for = "13-46"'), "economic_benefit.rework_rate"),
        ("season.toml", ('missing_profit = "fail"', 'missing_profit = "warn"'), "total_profit"),
        ("season.toml", ("undertakings = 5", "undertakings = 6"), "commitment_accepted"),
        ("season.toml", ("video_parts = [2, 28]", "video_parts = [1, 28, 1]"), "minutes"),
        ("season.toml", ("微信公众号", "视频号"), "channel"),
        ("season.toml", ('{ key = "postcode"', '{ key = "zipcode"'), "zipcode"),
        ("season.toml", ('"rework_rate", "energy', '"rework", "energy'), "rework"),
        ("season.toml", ("may_return = true", "may_return = false"), "outcome"),
        ("forms/ru_review.json", ('["accept", "return", "refuse"]', '["accept", "refuse"]'), "outcome"),
        ("season.toml", ('widening_proof = "document"', 'widening_proof = "declaration"'), "evidence"),
        ("season.toml", ("defence_max = 7", "defence_max = 9"), "experts.maxItems"),
    ],
)
def test_what_forms_and_settings_both_say_agrees(registry, file, change, place):
    files = {path.name: path.read_bytes() for path in SEASON.glob("*.toml")}
    forms = {f"forms/{path.name}": path.read_bytes() for path in SEASON.glob("forms/*.json")}

    def said(changed):
        found = check_files(files | changed, registry=registry, functions={}, reminders={})
        return [fault.place for fault in found if fault.code == "season.form"]

    assert said(forms) == []
    text = (files | forms)[file].decode()
    assert change[0] in text
    assert place in said(forms | {file: text.replace(*change).encode()})


OTHERS = (
    DIAGRAM.replace('<endEvent id="e"/>', '<endEvent id="e"/>\n    <task id="stray"/>')
    .replace(' camunda:type="external" camunda:topic="notify"', ' camunda:expression="${1}"')
    .replace(' camunda:formKey="forms/notice.json"', "")
    .replace('<camunda:taskListener event="complete" class="notice.draft"/>', "")
)


@pytest.mark.parametrize("as_json", [True, False])
def test_what_is_only_warned_of_is_told_with_its_severity_and_does_not_fail(tmp_path, capsys, as_json):
    (tmp_path / "p.bpmn").write_text(OTHERS, encoding="utf-8")
    assert main(["check", str(tmp_path), *(["--json"] if as_json else [])]) == 0
    told = capsys.readouterr()
    if as_json:
        (row,) = json.loads(told.out)
        assert (row["code"], row["severity"], row["place"], row["line"]) == ("BPMN-UNREACHABLE", "warning", "stray", 14)
        assert row["zh"]
        assert row["en"] == "no path leads here"
    else:
        assert "ok, 1 warnings" in told.err
        assert "p.bpmn:14 stray [BPMN-UNREACHABLE] warning: " in told.out.replace("\n", " ")


def test_one_diagram_is_checked_alone(tmp_path, capsys):
    (tmp_path / "p.bpmn").write_text(OTHERS, encoding="utf-8")
    (tmp_path / "broken.bpmn").write_text("<definitions", encoding="utf-8")
    assert main(["check", str(tmp_path / "p.bpmn"), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["file"], row["code"], row["severity"]) == ("p.bpmn", "BPMN-UNREACHABLE", "warning")
    assert main(["check", str(tmp_path / "broken.bpmn")]) == 1
    assert main(["check", str(tmp_path / "none.bpmn")]) != 0


def test_what_is_refused_is_an_error(tmp_path, capsys):
    (tmp_path / "p.bpmn").write_text(OTHERS.replace('id="stray"', 'id="e"'), encoding="utf-8")
    assert main(["check", str(tmp_path), "--json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["code"], row["severity"], row["place"]) == ("BPMN-DUPLICATE", "error", "e")
