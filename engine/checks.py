"""Checks of diagrams at deployment: everything that cannot run or would be misread is named, with code, place and hint.

Two profiles: *season* (strict: also what would only fail later is an error) and *generic* (diagrams of others: the same codes as warnings,
unless the engine would misread).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.definitions import Diagrams, is_diagram, read_diagrams
from engine.checks_compensation import check_compensation
from engine.checks_context import check_calls, check_context, check_ids, check_references
from engine.checks_dates import check_dates
from engine.checks_decisions import check_decisions
from engine.checks_desks import check_desks
from engine.checks_events import check_events
from engine.checks_foreign import check_foreign
from engine.checks_listeners import check_listener_names, check_listeners
from engine.checks_problem import KnownNames, Problem, Profile
from engine.checks_rivals import check_message_starts, check_rivals
from engine.checks_standard import check_standard
from engine.checks_structure import check_structure, duplicate_problems
from engine.checks_support import check_attributes, check_support
from engine.checks_texts import check_names, check_texts
from engine.dmn import is_decision_file
from engine.errors import EngineError
from engine.expressions import FunctionTable

__all__ = ["KnownNames", "Problem", "Profile", "check", "check_diagrams"]


def check(
    files: Mapping[str, bytes],
    *,
    profile: Profile = "season",
    known: KnownNames | None = None,
    functions: FunctionTable | None = None,
) -> list[Problem]:
    """All problems of a deployment's diagrams, errors first.

    In: path -> bytes; `known` the names that exist, `functions` those that expressions may call beside the built-in ones.
    """
    readable: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path, content in files.items():
        if is_diagram(path) or is_decision_file(path):
            try:
                read_diagrams({path: content}, functions=functions)
                readable[path] = content
            except EngineError as error:
                line = error.details.get("line", 0)
                problems.append(Problem("BPMN-XML", "error", path, "", line if isinstance(line, int) else 0, error.zh, error.en))
    problems += check_diagrams(read_diagrams(readable, functions=functions), profile=profile, known=known, functions=functions or {})
    return sorted(problems, key=lambda problem: (problem.severity, problem.file, problem.line, problem.element, problem.code))


def check_diagrams(
    diagrams: Diagrams,
    *,
    profile: Profile,
    known: KnownNames | None = None,
    functions: FunctionTable,
) -> Iterator[Problem]:
    """The problems of diagrams that could be read; processes that are not executable are not looked into."""
    if diagrams.duplicates:  # of two elements of one name one was lost: what is inside what cannot be told, and might go round in a circle
        yield from duplicate_problems(diagrams.duplicates)
        return
    yield from diagrams.faults
    if not diagrams.processes and diagrams.roots:
        path = next(iter(diagrams.roots))
        yield Problem("BPMN-EMPTY", "error", path, "", 0, "文件中没有流程", "there is no process in the file")
    executable = [process for process in diagrams.processes.values() if process.executable]
    for path, root in diagrams.roots.items():
        if any(process.file == path for process in executable):
            yield from check_attributes(root, path)
            yield from check_standard(root, path, profile)
            yield from check_foreign(root, path)
            yield from check_ids(root, path)
            yield from check_references(root, path, profile)
    yield from check_calls({process.key: process for process in executable}, profile)
    yield from check_message_starts(executable)
    for process in executable:
        yield from check_structure(process, profile)
        yield from check_support(process, profile)
        yield from check_events(process, profile)
        yield from check_dates(process)
        yield from check_compensation(process)
        yield from check_rivals(process, profile)
        yield from check_decisions(process, diagrams.decisions, profile)
        yield from check_texts(process, functions)
        yield from check_desks(process, profile)
        yield from check_listeners(process, functions)
        yield from check_context(process, {each.key: each for each in executable})
        yield from check_listener_names(process, known or KnownNames())
        yield from check_names(process, known or KnownNames(), {each.key for each in executable}, profile)
