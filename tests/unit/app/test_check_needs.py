"""A season's folder is checked against what the house asks of it, and what the house asks is written down completely."""

import ast
import re
from pathlib import Path

import pytest

from app.check import check_files, warnings_of
from app.check_needs import need_faults, need_warnings
from app.wiring import read_folder
from handlers.needs import NEEDS
from notifications.compose import read_templates
from notifications.shelf import house_templates
from selection.stages import STEPS

SEASON = Path("processes/cn-2023")
FILES = read_folder(SEASON)
LETTER = re.compile(r"\d\d_[a-z_]+")
CODE = [ast.parse(path.read_text("utf-8")) for room in ("handlers", "web") for path in Path(room).glob("*.py") if path.name != "needs.py"]


def changed(file, old="", new=""):
    """The folder with one file changed; without `old` the file is not there."""
    if not old:
        return {path: content for path, content in FILES.items() if path != file}
    text, number = re.subn(old, new, FILES[file].decode(), count=1, flags=re.DOTALL)
    assert number, old
    return FILES | {file: text.encode()}


def test_the_season_has_all_that_is_asked_of_it_and_nothing_idle():
    assert list(need_faults(FILES, NEEDS)) == []
    assert list(need_warnings(FILES, NEEDS)) == []


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (changed("objection.bpmn"), ("missing.process", "*.bpmn", "objection", "请恢复")),
        (
            changed("application.bpmn", 'name="application.withdraw"', 'name="application.withdrawn"'),
            ("missing.message", "*.bpmn", "application.withdraw", "是否误写为 application.withdrawn"),
        ),
        (changed("forms/vote.json"), ("missing.form", "forms/", "forms/vote.json", "请恢复")),
        (changed("mails/33_objection_receipt.txt"), ("missing.mail", "mails/", "mails/33_objection_receipt.txt", "请恢复")),
        (changed("recommendation.bpmn", "ru_officer@", "ru_oficer@"), ("unknown.group", "recommendation.bpmn", "N03b", "是否为 ru_officer")),
        (changed("form_check.bpmn", 'office_clerk@caq"', 'office_clerk@cqa"'), ("unknown.group", "form_check.bpmn", "N04a", "是否为 caq")),
        (changed("form_check.bpmn", 'Groups="office_clerk@caq"', 'Groups="office_clerk"'), ("unknown.group", "form_check.bpmn", "N04a", "角色@机构")),
        (changed("form_check.bpmn", 'Groups="office_clerk@caq"', 'Groups="office_clerk@caq，caq"'), ("unknown.group", "form_check.bpmn", "N04a", "半角逗号")),
        (changed("form_check.bpmn", 'camunda:candidateGroups="[^"]*"'," "), ("task.nobody", "form_check.bpmn", "N04a", "候选组")),
        (changed("form_check.bpmn", 'camunda:formKey="[^"]*"', " "), ("task.form", "form_check.bpmn", "N04a", "formKey")),
        (changed("form_check.bpmn", r"\$\{outcome ==", "${outcme =="), ("unknown.variable", "form_check.bpmn", "", "是否为 outcome")),
        (
            changed("mails/05_returned.txt", "Variables: (.*?)\\{\\{ reason", r"Variables: quota, \1{{ quota }}{{ reason"),
            ("mail.variable", "mails/05_returned.txt", "quota", "application、due、experience、reason、unit"),
        ),
    ],
)  # fmt: skip
def test_what_would_stop_a_case_later_is_told_before(files, told):
    code, file, place, words = told
    found = [fault for fault in need_faults(files, NEEDS) if fault.code == code]
    assert [(fault.file, fault.severity) for fault in found][:1] == [(file, "error")]
    assert place in found[0].place
    assert words in found[0].zh
    assert found[0].en


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("mails/05_returned.docx", b"", "不读取此文件"), ("mail/05_returned.txt", b"", "不读取此文件"), ("season (2).toml", b"", "不读取此文件"),
        ("mails/99_new.txt", b"", "没有环节使用这封邮件"),
        ("application.bpmn", FILES["application.bpmn"].replace(b"<bpmn:message ", b'<bpmn:message id="m" name="own"/><bpmn:message ', 1), "没有环节发送消息"),
    ],
)  # fmt: skip
def test_what_has_no_effect_is_warned_of(file, content, words):
    (warning,) = need_warnings(FILES | {file: content}, NEEDS)
    assert (warning.file, warning.severity) == (file, "warning")
    assert words in warning.zh


def test_a_message_that_the_diagrams_send_themselves_is_theirs():
    sent = b'<bpmn:message id="more" name="own"/><bpmn:process id="own"><bpmn:sendTask id="s" messageRef="more"/></bpmn:process>'
    head, _, rest = FILES["application.bpmn"].partition(b"<bpmn:message ")
    assert rest
    assert list(need_warnings(FILES | {"application.bpmn": head + sent + b"<bpmn:message " + rest}, NEEDS)) == []



def test_a_folder_of_other_diagrams_owes_the_house_nothing():
    files = {path: content for path, content in FILES.items() if path.endswith("objection.bpmn")}
    assert list(need_faults(files, NEEDS)) == []
    assert list(need_warnings(files, NEEDS)) == []


def test_the_whole_check_asks_for_it_where_it_is_told_to():
    files = changed("forms/vote.json")
    found = check_files(files, registry=registry_of(), functions={}, reminders={}, needs=NEEDS)
    assert "missing.form" in {fault.code for fault in found}
    assert "missing.form" not in {fault.code for fault in check_files(files, registry=registry_of(), functions={}, reminders={})}
    assert "unused" in {fault.code for fault in warnings_of(FILES | {"note.md": b""}, functions={}, needs=NEEDS)}


def registry_of():
    from handlers import registry

    return registry()


# what the house asks is written down


def calls():
    return [node for tree in CODE for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)]


def texts(call, keyword):
    """The text that a call gives by this keyword, or first."""
    given = [entry.value for entry in call.keywords if entry.arg == keyword] or call.args[:1]
    return {node.value for node in given if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_process_that_the_house_starts_is_asked_for():
    assert {name for call in calls() if getattr(call.func, "attr", "") == "start" for name in texts(call, "process")} == set(NEEDS.processes)


def test_every_message_that_the_house_sends_is_asked_for():
    sent = {name for call in calls() if getattr(call.func, "attr", "") == "send" for name in texts(call, "message")}
    told = {entry.value.value for call in calls() for entry in call.keywords if entry.arg == "message" and isinstance(entry.value, ast.Constant)}
    assert sent | told | {f"season.{name}" for name in STEPS} == set(NEEDS.messages)


def test_every_letter_that_the_house_sends_is_asked_for_with_the_variables_that_it_has():
    named = {node.value for tree in CODE for node in ast.walk(tree) if isinstance(node, ast.Constant) and LETTER.fullmatch(str(node.value))}
    assert named | house_templates().keys() == set(NEEDS.letters)  # the house's own may be sent by the rooms around, too
    for name, template in (house_templates() | read_templates(FILES)).items():
        assert template.variables | template.optional <= NEEDS.letters[name], name


def test_every_form_that_no_diagram_names_is_asked_for():
    drawn = {name for content in FILES.values() for name in re.findall(rb"forms/([a-z_]+)\.json", content)}
    own = {path.removeprefix("forms/").removesuffix(".json") for path in FILES if path.startswith("forms/")}
    assert own - {name.decode() for name in drawn} <= set(NEEDS.forms) <= own
