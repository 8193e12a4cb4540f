"""Checks a season's folder against what the house asks of it: processes, messages, forms and letters that the code names, roles that people hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from app.check_variables import variable_faults
from app.diagram_elements import BPMN, CAMUNDA, elements, place_of
from app.faults import Fault
from notifications.compose import FOLDER, read_template
from notifications.errors import MailTemplateInvalid
from notifications.shelf import house_templates
from selection.rights import ROLES
from selection.season import APPROVERS

if TYPE_CHECKING:
    from handlers.needs import Needs

SEASON = "season.toml"
HOUSE = frozenset(group.partition("@")[2] for group in APPROVERS.values())  # organisations that are no unit, enterprise, expert, group or season
DOERS = ("candidateGroups", "candidateUsers", "assignee")
READERS = ("to", "copy", "eve_copy")
READ = re.compile(r"season\.toml|english\.toml|calendar-[^/]*|[^/]+\.(bpmn|dmn)|forms/[^/]+\.json|mails/[^/]+\.txt")
KINDS = {"process": ("流程", "process"), "message": ("消息", "message"), "form": ("表单", "form"), "mail": ("邮件", "mail")}


def need_faults(files: Mapping[str, bytes], needs: Needs) -> Iterator[Fault]:
    """What a season's folder lacks although the house asks for it by name, and what its letters expect although nobody gives it."""
    if SEASON not in files:
        return
    found = list(elements(files))
    processes, messages = _named(found, "process", "id"), _named(found, "message", "name")
    yield from _missing("process", needs.processes, processes, place="*.bpmn")
    yield from _missing("message", needs.messages, messages, place="*.bpmn")
    yield from _missing("form", (f"forms/{name}.json" for name in needs.forms), [path for path in files if path.startswith("forms/")], place="forms/")
    letters = {path for path in files if path.startswith(FOLDER)}
    asked = sorted(f"{FOLDER}{name}.txt" for name in needs.letters if name not in house_templates())
    yield from _missing("mail", asked, letters, place=FOLDER)
    yield from _task_faults(found)
    yield from _role_faults(found)
    yield from variable_faults(files, given=needs.variables)
    yield from _letter_faults(files, needs)


def need_warnings(files: Mapping[str, bytes], needs: Needs) -> Iterator[Fault]:
    """What stands in a season's folder and has no effect: files nobody reads, letters nobody sends, messages nobody sends."""
    if SEASON not in files:
        return
    for path in sorted(files):
        name = path.removeprefix(FOLDER).removesuffix(".txt")
        if not READ.fullmatch(path):
            yield _idle(path, "", "程序不读取此文件，请检查文件名和所在文件夹", "this file is not read; look at its name and folder")
        elif path.startswith(FOLDER) and name not in needs.letters:
            yield _idle(path, "", "没有环节使用这封邮件，请检查文件名", "no step sends this letter; look at the file's name")
    found = list(elements(files))
    thrown = {reference for _, element in found for reference in _throws(element)}
    for file, element in found:
        if element.tag == f"{BPMN}message" and element.get("name") not in needs.messages and element.get("id") not in thrown:
            zh, en = f"没有环节发送消息“{element.get('name')}”，除非由外部系统经接口发送", f"no step sends {element.get('name')!r}, unless another system does"
            yield _idle(file, place_of(element), zh, en)


def _idle(file: str, place: str, zh: str, en: str) -> Fault:
    return Fault(code="unused", file=file, place=place, zh=zh, en=en, severity="warning")


def _named(found: Iterable[tuple[str, Any]], tag: str, attribute: str) -> set[str]:
    return {str(element.get(attribute)) for _, element in found if element.tag == f"{BPMN}{tag}"}


def _throws(element: Any) -> Iterator[str]:
    """The messages that an element sends: of a send task, an event that throws, an end."""
    if element.tag == f"{BPMN}sendTask" and element.get("messageRef"):
        yield element.get("messageRef")
    if element.tag in {f"{BPMN}intermediateThrowEvent", f"{BPMN}endEvent"}:
        yield from (definition.get("messageRef") for definition in element.iter(f"{BPMN}messageEventDefinition"))


def _missing(kind: str, wanted: Iterable[str], there: Collection[str], *, place: str) -> Iterator[Fault]:
    for name in wanted:
        if name not in there:
            zh, en = KINDS[kind]
            near = get_close_matches(name, there, n=1)
            hint_zh, hint_en = (f"（是否误写为 {near[0]}？）", f" (is {near[0]} meant?)") if near else ("", "")
            yield Fault(
                code=f"missing.{kind}", file=place, place=name, zh=f"缺少{zh} {name}，程序要用到它，请恢复{hint_zh}",
                en=f"the {en} {name} is missing, and the house needs it; bring it back{hint_en}",
            )  # fmt: skip


def _task_faults(found: Iterable[tuple[str, Any]]) -> Iterator[Fault]:
    """A person's task is somebody's, and has a form: else nobody sees it, or nobody can do it."""
    for file, element in found:
        if element.tag == f"{BPMN}userTask":
            if not any(element.get(f"{CAMUNDA}{name}") for name in DOERS):
                zh = "没有人能办理此任务：请填写候选组（candidateGroups），如 office_clerk@caq"
                yield Fault(code="task.nobody", file=file, place=place_of(element), zh=zh, en="nobody can do this task: say who, such as office_clerk@caq")
            if not element.get(f"{CAMUNDA}formKey"):
                zh = "任务没有表单：请填写表单（formKey），如 forms/notice.json"
                yield Fault(code="task.form", file=file, place=place_of(element), zh=zh, en="the task has no form: name one, such as forms/notice.json")


def _role_faults(found: Iterable[tuple[str, Any]]) -> Iterator[Fault]:
    """Groups written out (`office_clerk@caq`) have a role that people hold, and where the organisation is written out, one of the house."""
    for file, element in found:
        for group in _groups(element):
            role, at, organisation = group.partition("@")
            if "，" in group or not at:
                zh, en = "应写作 角色@机构，如 office_clerk@caq；几个之间用半角逗号", "write role@organisation, several with commas between"
                yield Fault(code="unknown.group", file=file, place=place_of(element), zh=f"“{group}”{zh}", en=f"{group!r}: {en}")
            elif "${" not in role and role not in ROLES:
                yield _unknown_part(file, element, group, role, ROLES, "角色", "role")
            elif "${" not in group and organisation not in HOUSE:
                yield _unknown_part(file, element, group, organisation, sorted(HOUSE), "机构", "organisation")


def _groups(element: Any) -> list[str]:
    said = element.get(f"{CAMUNDA}candidateGroups") or ""
    if element.tag == f"{CAMUNDA}inputParameter" and element.get("name") in READERS:
        said = element.text or ""
    return [group.strip() for group in said.split(",") if "@" in group or (group.strip() and not group.strip().startswith("${"))]


def _unknown_part(file: str, element: Any, group: str, part: str, known: Iterable[str], zh: str, en: str) -> Fault:
    listed = list(known)
    near = (get_close_matches(part, listed, n=1) or [""])[0]
    hint_zh, hint_en = (f"，是否为 {near}？", f"; did you mean {near}?") if near else (f"，可用的有：{'、'.join(listed)}", f"; known are: {', '.join(listed)}")
    said_zh, said_en = f"“{group}”中没有名为“{part}”的{zh}{hint_zh}", f"{group!r} names no {en} of ours{hint_en}"
    return Fault(code="unknown.group", file=file, place=place_of(element), zh=said_zh, en=said_en)


def _letter_faults(files: Mapping[str, bytes], needs: Needs) -> Iterator[Fault]:
    """A letter asks for no more than it is given: what another letter has is not at hand."""
    for path, content in files.items():
        name = path.removeprefix(FOLDER).removesuffix(".txt")
        if not path.startswith(FOLDER) or name not in needs.letters:
            continue
        try:
            template = read_template(name=name, text=content.decode("utf-8"))
        except (MailTemplateInvalid, UnicodeDecodeError):
            continue  # said of the letter already
        given = needs.letters[name]
        for variable in sorted((template.variables | template.optional) - given):
            listed = "、".join(sorted(given)) or "无"
            zh = f"这封邮件没有变量“{variable}”；除通用变量外可用的有：{listed}"
            yield Fault(code="mail.variable", file=path, place=variable, zh=zh, en=f"this letter is not given {variable!r}; it has: {', '.join(sorted(given))}")
