"""Reads mail templates and renders them once to plain text. Queues nothing, sends nothing.

A template is one text file: header lines, an empty line, the Chinese text, a line ``-- en --``, the English text.

    Subject: 【{{ season_title }}】{{ experience }}已受理
    Subject-en: {{ experience }} received
    Variables: experience, receipt
    Optional: due          (may be missing: ask with {% if due %})
    Result: yes            (only for mails that wait for the release of a result)

A value may say the same in both languages, ``{"zh": …, "en": …}``; and what a season has an English word for (`Template.words`) reads so in
English letters: its title, its units, what its diagrams call a task.

Templates are season data, not code: a closed list of constructs (values, filters of ours, if, one level of for), rendered in
Jinja2's immutable sandbox without globals, on plain data only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2 import Template as Compiled
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications.errors import MailIncomplete, MailTemplateInvalid
from notifications.glossary import ALWAYS, KNOWN
from notifications.moments import FILTERS
from selection.errors import Problem

LANGUAGES = ("zh", "en")
SPOKEN = {"zh": "中文", "en": "英文"}
SEPARATOR = "-- en --"
HEADERS = {"Subject", "Subject-en", "Variables", "Optional", "Result"}
FOLDER = "mails/"
LONGEST_SUBJECT = 150
LONGEST_BODY = 100_000
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Filter,
    nodes.For, nodes.If, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.List, nodes.Not, nodes.CondExpr,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Template:
    """One mail of a season: subjects and texts by language, the variables it needs, whether it tells a result."""

    name: str
    subjects: Mapping[str, str]
    bodies: Mapping[str, str]
    variables: frozenset[str]
    optional: frozenset[str] = frozenset()
    is_result: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """Subject (one line) and text of one mail, ready to store."""

    subject: str
    body: str


def read_templates(files: Mapping[str, bytes]) -> dict[str, Template]:
    """All templates of a season folder's files (``mails/<nn>_<name>.txt``), by file name without ending.

    The number is the row of the rule book §9.3. Raises MailTemplateInvalid at the first bad one.
    """
    return {
        (name := path.removeprefix(FOLDER).removesuffix(".txt")): read_template(name=name, text=content.decode("utf-8"))
        for path, content in sorted(files.items())
        if path.startswith(FOLDER) and path.endswith(".txt")
    }


@lru_cache(maxsize=500)  # some 45 letters; a folder is read when it is looked at, when it is deployed and when it is used
def read_template(*, name: str, text: str) -> Template:
    """A template from its text, the same for the same text.

    Raises MailTemplateInvalid naming every fault: missing parts, bad syntax, unknown or undeclared variables.
    """
    headers, bodies, problems = _split(text.removeprefix("\ufeff"))  # some editors begin a file with a byte order mark
    subjects = {"zh": headers.get("Subject", ""), "en": headers.get("Subject-en", "")}
    needed, optional = _words(headers.get("Variables", "")), _words(headers.get("Optional", ""))
    problems += [_lacks(part, language) for part, texts in (("subject", subjects), ("text", bodies))
                 for language in LANGUAGES if not texts.get(language, "").strip()]  # fmt: skip
    problems += _variable_problems(declared=needed | optional, subjects=subjects, bodies=bodies)
    if problems:
        raise MailTemplateInvalid(name, problems)
    return Template(
        name=name, subjects=subjects, bodies=bodies, variables=needed, optional=optional, is_result=headers.get("Result", "") == "yes"
    )


def render(*, template: Template, values: Mapping[str, object], language: str) -> Rendered:
    """Subject and text of a mail in `language` ("zh" or "en").

    In: values of the template's variables and of those every mail has (`glossary.ALWAYS`), plain data, datetimes aware.
    Raises MailIncomplete when a value is missing, is no plain data, or the text grows beyond 100,000 characters.
    """
    missing = sorted((template.variables | (ALWAYS.keys() & _used(template))) - values.keys())
    if missing:
        raise MailIncomplete(template.name, ", ".join(missing))
    plain = dict.fromkeys(template.optional) | {key: _plain(value, template=template, language=language) for key, value in values.items()}
    try:
        subject = _compiled(template.subjects[language]).render(plain)
        body = _compiled(template.bodies[language]).render(plain)
    except (TemplateError, SecurityError, ArithmeticError, TypeError, ValueError) as error:
        raise MailIncomplete(template.name, str(error)) from error
    if len(body) > LONGEST_BODY:
        raise MailIncomplete(template.name, f"text of {len(body)} characters")
    return Rendered(subject=one_line(subject)[:LONGEST_SUBJECT], body=body.replace("\x00", "").strip() + "\n")


def one_line(text: str) -> str:
    """`text` without line breaks, control characters and doubled blanks: safe for a header."""
    return " ".join("".join(" " if not character.isprintable() else character for character in text).split())


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, cache_size=500)
    environment.globals.clear()
    # Only what a letter needs: Jinja2's own filters include some that grow text without bound.
    environment.filters = {name: environment.filters[name] for name in ("length", "join", "first", "last")} | FILTERS
    return environment


_ENVIRONMENT = _environment()


def _split(text: str) -> tuple[dict[str, str], dict[str, str], list[Problem]]:
    head, _, rest = text.replace("\r\n", "\n").partition("\n\n")
    headers: dict[str, str] = {}
    problems: list[Problem] = []
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        if colon and key in HEADERS:
            headers[key] = value.strip()
        else:
            known = ", ".join(sorted(HEADERS))
            zh = f"开头的这一行应以 {known} 之一加半角冒号开始，开头与正文之间空一行：{line[:60]}"
            problems.append(Problem(path=line[:20], zh=zh, en=f"header line {line[:60]!r} is not one of {known}"))
    chinese, _, english = rest.partition(f"\n{SEPARATOR}\n")
    return headers, {"zh": chinese, "en": english}, problems


def _lacks(part: str, language: str) -> Problem:
    line = {"zh": "Subject: …", "en": "Subject-en: …"}[language]
    meant = f"缺少{SPOKEN[language]}主题（{line}）" if part == "subject" else f"缺少{SPOKEN[language]}正文（中文正文在前，单独一行 {SEPARATOR} 之后是英文）"
    return Problem(path=line if part == "subject" else SEPARATOR, zh=meant, en=f"no {part} for {language}")


def _variable_problems(*, declared: frozenset[str], subjects: Mapping[str, str], bodies: Mapping[str, str]) -> list[Problem]:
    used: set[str] = set()
    problems: list[Problem] = []
    for language, part, text in ((one, part, texts[one]) for part, texts in (("主题", subjects), ("正文", bodies)) for one in LANGUAGES):
        place = f"{SPOKEN[language]}{part}"
        try:
            tree = _ENVIRONMENT.parse(text)
        except TemplateSyntaxError as error:
            zh = f"第{error.lineno}行无法识别，请检查 {{{{ }}}} 和 {{% %}} 是否成对：{_line(text, error.lineno)}"
            problems.append(Problem(path=place, zh=zh, en=f"cannot be read: line {error.lineno}: {error.message}"))
            continue
        faults = [replace(problem, path=place) for problem in _construct_problems(tree)]
        problems += faults
        # Looking for variables compiles, and compiling works out constants: never before the constructs are known to be harmless.
        used |= set() if faults else meta.find_undeclared_variables(tree)
    for name in sorted((used | declared) - KNOWN.keys()):
        near = get_close_matches(name, KNOWN, n=1)
        zh, en = (f"，是否为 {near[0]}？", f", did you mean {near[0]!r}?") if near else ("", "")
        problems.append(Problem(path=name, zh=f"没有变量“{name}”{zh}", en=f"unknown variable {name!r}{en}"))
    problems += [
        Problem(path=name, zh=f"用到了变量“{name}”，请写入开头的 Variables 一行", en=f"variable {name!r} is used but not named under Variables")
        for name in sorted(used & KNOWN.keys() - declared - ALWAYS.keys())
    ]
    problems += [
        Problem(path=name, zh=f"Variables 或 Optional 列有“{name}”，但文中没有用到，请删去", en=f"variable {name!r} is named under Variables but not used")
        for name in sorted(declared - used)
    ]
    return problems


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number - 1].strip()[:60] if 0 < number <= len(lines) else ""


def _construct_problems(tree: nodes.Template) -> Iterator[Problem]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            yield _of_line(node, "有邮件中不能使用的写法，只能用 {{ 变量 }}、{% if %} 和一层 {% for %}", f"{type(node).__name__} is not allowed here")
    for loop in tree.find_all(nodes.For):
        for inner in loop.find_all(nodes.For):
            yield _of_line(inner, "{% for %} 之内不能再有 {% for %}", "a loop within a loop")
    for filtered in tree.find_all(nodes.Filter):
        if filtered.name not in _ENVIRONMENT.filters:
            listed = ", ".join(sorted(_ENVIRONMENT.filters))
            yield _of_line(filtered, f"没有“| {filtered.name}”，可用的有：{listed}", f"the filter {filtered.name} does not exist; there are {listed}")


def _of_line(node: nodes.Node, zh: str, en: str) -> Problem:
    return Problem(path="", zh=f"第{node.lineno}行{zh}", en=f"line {node.lineno}: {en}")


@lru_cache(maxsize=500)  # a season has some 45 letters of four texts each; compiling one costs more than rendering it a hundred times
def _compiled(text: str) -> Compiled:
    return _ENVIRONMENT.from_string(text)


@lru_cache(maxsize=500)
def _names_in(text: str) -> frozenset[str]:
    return frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse(text)))


def _used(template: Template) -> frozenset[str]:
    return frozenset().union(*(_names_in(text) for text in (*template.subjects.values(), *template.bodies.values())))


def _plain(value: object, *, template: Template, language: str) -> Any:
    if isinstance(value, str):
        return template.words.get(value, value) if language == "en" else value
    if value is None or isinstance(value, (int, float, datetime, date)):
        return value
    if isinstance(value, Mapping) and value.keys() == set(LANGUAGES):
        return _plain(value[language], template=template, language=language)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, template=template, language=language) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner, template=template, language=language) for inner in value]
    raise MailIncomplete(template.name, f"a value of type {type(value).__name__} is no plain data")
