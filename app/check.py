"""Checks a folder before it is deployed: the plan, the diagrams, the forms, the mails, and the names they use of each other.

Each fault is a `Fault` with a code, the file, the place and what to do. Nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from app.check_needs import need_faults, need_warnings
from app.check_plan import english_faults, plan_faults, plan_warnings
from app.check_toml import ENCODING, read_table
from app.diagram_elements import CAMUNDA, elements, place_of
from app.faults import Fault
from engine.commands.scope import Scope, bind
from engine.commands.versions import strictness_of
from engine.contract import Registry
from engine.errors import EngineError
from engine.forms import read_form
from notifications.compose import FOLDER as MAILS
from notifications.compose import read_template
from notifications.errors import MailTemplateInvalid
from notifications.shelf import house_templates
from selection.errors import HouseError

if TYPE_CHECKING:
    from handlers.needs import Needs


class FolderRefused(HouseError):
    """A folder with faults is not deployed; `faults` names each."""

    status = 422

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep the faults; the text names the first of them."""
        self.faults = faults
        told = [f"{fault.file} {fault.place} [{fault.code}]" for fault in faults[:5]]
        super().__init__(
            "deploy.faults",
            zh="；".join(f"{place} {fault.zh}" for place, fault in zip(told, faults, strict=False)),
            en="; ".join(f"{place} {fault.en}" for place, fault in zip(told, faults, strict=False)),
        )


NAMED = re.compile(r"""\b(setting|deadline|extended|ladder)\(\s*['"]([^'"]+)['"]""")
NO_SEASON = (
    "此处要用 season.toml 的设置，但没有这个文件：请把它与流程图放在同一层文件夹，文件名须完全一致",
    "this uses settings of season.toml, and there is none: put it beside the diagrams",
)
NOBODY = datetime(2000, 1, 1, tzinfo=UTC)  # diagrams are read, not run: no expression sees this instant


def check_files(
    files: Mapping[str, bytes],
    *,
    registry: Registry,
    functions: Mapping[str, Callable[..., Any]],
    reminders: Mapping[str, str],
    needs: Needs | None = None,
) -> tuple[Fault, ...]:
    """All faults of a folder's files, in the order plan, diagrams, names, forms, mails, what is missing.

    In: `registry`, whose topics and listeners the diagrams may name; `functions` of expressions; `reminders`, the words by which a
    diagram's `notify` asks for a mail, to the mail's name; `needs`, what the house asks of a season by name (None: nothing).
    """
    return (
        *plan_faults(files),
        *english_faults(files),
        *_diagram_problems(files, functions, severity="error"),
        *_setting_faults(files),
        *_name_faults(files, registry, reminders),
        *_form_faults(files, functions),
        *_mail_faults(files),
        *(need_faults(files, needs) if needs else ()),
    )


def warnings_of(
    files: Mapping[str, bytes], *, functions: Mapping[str, Callable[..., Any]], needs: Needs | None = None
) -> tuple[Fault, ...]:
    """What is deployed all the same, but has no effect here, is easily misread or is not certain yet."""
    idle = need_warnings(files, needs) if needs else ()
    return (*plan_warnings(files), *_diagram_problems(files, functions, severity="warning"), *idle)


def _diagram_problems(files: Mapping[str, bytes], functions: Mapping[str, Callable[..., Any]], *, severity: str) -> Iterator[Fault]:
    """What of one severity the engine's check finds, as strictly as the deployment looks."""
    from engine.checks import check

    bound = bind(functions, Scope(now=NOBODY, tenant="", settings={}))
    for problem in check(files, profile=strictness_of(files), functions=bound):
        if problem.severity == severity:
            told = {name: getattr(problem, name) for name in ("code", "file", "zh", "en", "line", "hint", "severity")}
            yield Fault(place=problem.element, **told)


def _setting_faults(files: Mapping[str, bytes]) -> Iterator[Fault]:
    """`setting('…')`, `deadline('…')` and `ladder('…')` name what the folder's own season.toml has."""
    known, unreadable = read_table(files, "season.toml", code="season.toml")
    if unreadable or not isinstance(known.get("deadlines", []), list):
        return  # said of the plan already
    plan = {entry.get("name"): entry for entry in known.get("deadlines", ()) if isinstance(entry, dict)}
    held = {"setting": known, "ladder": known.get("ladders", {}), "deadline": plan}
    for file, element in elements(files):
        for text in (element.text or "", *element.values()):
            for function, name in NAMED.findall(str(text)):
                kind = "deadline" if function == "extended" else function
                if _at(held[kind], name.split(".") if kind == "setting" else [name]) is None:
                    place, where = place_of(element), "" if kind == "setting" else f" 的 {kind}s "
                    if "season.toml" not in files:
                        yield Fault(code="missing.season", file=file, place=place_of(element), zh=NO_SEASON[0], en=NO_SEASON[1])
                        return
                    yield Fault(code=f"unknown.{kind}", file=file, place=place, zh=f"season.toml{where}中没有“{name}”", en=f"no {kind} {name!r}")


def _at(settings: Any, path: Iterable[str]) -> Any:
    for name in path:
        settings = settings.get(name) if isinstance(settings, Mapping) else None
    return settings


def _name_faults(files: Mapping[str, bytes], registry: Registry, reminders: Mapping[str, str]) -> Iterator[Fault]:
    mails = {path.removeprefix(MAILS).removesuffix(".txt") for path in files if path.startswith(MAILS)} | house_templates().keys()
    for file, element in elements(files):
        place = place_of(element)
        topic = element.get(f"{CAMUNDA}topic")
        if topic:
            yield from _unknown("topic", topic, registry.handlers, file=file, place=place)
        form = element.get(f"{CAMUNDA}formKey")
        if form:
            yield from _unknown("form", form, [path for path in files if path.startswith("forms/")], file=file, place=place)
        listener = _listener(element)
        if listener:
            yield from _unknown("listener", listener, registry.listeners, file=file, place=place)
        if topic == "notify":
            yield from _unknown_mail(element, mails, reminders, file=file, place=place)


def _listener(element: Any) -> str | None:
    if element.tag != f"{CAMUNDA}taskListener":
        return None
    name = element.get("class") or element.get("delegateExpression") or element.get("expression")
    return None if name is None else str(name).removeprefix("${").removesuffix("}")


def _unknown_mail(element: Any, mails: Iterable[str], reminders: Mapping[str, str], *, file: str, place: str) -> Iterator[Fault]:
    for parameter in element.iter(f"{CAMUNDA}inputParameter"):
        word = (parameter.text or "").strip()
        if parameter.get("name") == "template" and not word.startswith("${"):
            known = {*mails, *reminders}
            yield from _unknown("mail", reminders.get(word, word), known, file=file, place=place)


def _unknown(kind: str, name: str, known: Iterable[str], *, file: str, place: str) -> Iterator[Fault]:
    known = list(known)
    if name in known or "${" in name:
        return
    near = get_close_matches(name, known, n=1)
    zh, en = (f"，是否为 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")
    yield Fault(
        code=f"unknown.{kind}", file=file, place=place, zh=f"没有名为 {name} 的{KINDS[kind]}{zh}", en=f"no {kind} is called {name}{en}"
    )


KINDS = {"topic": "服务主题", "listener": "监听器", "form": "表单", "mail": "邮件模板"}


def _form_faults(files: Mapping[str, bytes], functions: Mapping[str, Callable[..., Any]]) -> Iterator[Fault]:
    for file, content in files.items():
        if not (file.startswith("forms/") and file.endswith(".json")):
            continue
        try:
            problems: Iterable[Any] = read_form(content).problems(owned=functions.keys())
        except EngineError as refused:
            yield Fault(code=refused.code, file=file, place="", zh=refused.zh, en=refused.en)
            continue
        for problem in problems:
            yield Fault(code=f"form.{problem.code}", file=file, place=str(problem.path), zh=problem.zh, en=problem.en)


def _mail_faults(files: Mapping[str, bytes]) -> Iterator[Fault]:
    for file, content in files.items():
        if not (file.startswith(MAILS) and file.endswith(".txt")):
            continue
        try:
            read_template(name=file.removeprefix(MAILS).removesuffix(".txt"), text=content.decode("utf-8"))
        except MailTemplateInvalid as refused:
            for problem in refused.problems:
                yield Fault(code=refused.code, file=file, place=problem.path, zh=problem.zh, en=problem.en)
        except UnicodeDecodeError:
            yield Fault(code="mail.encoding", file=file, place="", zh=ENCODING[0], en=ENCODING[1])
