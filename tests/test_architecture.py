"""The import law of docs/architecture.md, kept transitively; sizes of files and functions; one clock."""

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from store.database import Database
from tests.schema import ADVICE, make_anew, shape

ROOMS = ("app", "engine", "handlers", "notifications", "rest", "selection", "store", "web")
FILES = [*sorted(path for room in ROOMS for path in Path(room).rglob("*.py")), Path("run_engine.py")]

# Which modules each room may reach, directly or through others. A name covers the module and all below it.
LAW = {
    "selection": ("selection",),
    "store.trouble": ("store.trouble",),
    "store.database": ("store.database", "store.trouble"),
    "store.types": ("store.types",),
    "store.prepared": ("store.prepared", "store.types"),
    "store.files": ("store.files", "selection"),
    "store.engine": ("store.engine", "store.database", "store.prepared", "store.trouble", "store.types"),
    "store.selection": ("store.selection", "store.engine", "store.database", "store.prepared", "store.trouble", "store.types", "selection"),
    "store.migrations": ("store",),
    "engine": ("engine", "store.engine", "store.database", "store.prepared", "store.trouble", "store.types"),
    "notifications": ("notifications", "selection", "store"),
    "handlers": ("handlers", "selection", "store", "notifications", "engine"),
    "rest": ("rest", "engine", "selection", "store"),
    "web": ("web", "rest", "engine", "selection", "store", "notifications"),
}
# What a room may name itself, beyond what it may reach: the engine's insides stay the engine's.
DIRECT = {
    "handlers": ("handlers", "selection", "store", "notifications", "engine.contract", "engine.errors"),
}
# Libraries that belong to one place only.
LIBRARIES = {
    "SpiffWorkflow": ("engine",),
    "sqlalchemy": ("store", "engine", "rest", "web", "app", "notifications", "handlers"),
    "alembic": ("store.migrations",),
    "fastapi": ("rest", "web"),
    "starlette": ("rest", "web"),
    "jinja2": ("web", "notifications"),
    "aiosmtplib": ("notifications",),
    "pikepdf": ("web.marking",),
    "typer": ("app",),
    "apscheduler": ("app", "engine.ticker"),
}
# sqlalchemy outside the store: only the type of a connection that is handed on, never a statement.
SQL_WORDS = {"Connection", "Engine", "RowMapping"}
# The engine's verbs write what they lock (hot statements stand in store.engine.hot); simulation and doctor look at every row from outside.
SQL_STORES = ("store", "engine.commands", "app.simulate", "app.doctor")

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
# Reasoned exceptions: (file or file::function, why).
LONG: dict[str, str] = {
    "store/engine/tables.py": "a list of tables, read from top to bottom",
}


def module_of(path: Path) -> str:
    parts = list(path.with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def within(module: str, names: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imported(path: Path) -> tuple[tuple[str, int], ...]:
    """Every module that a file names in an import, wherever it stands, but for those under TYPE_CHECKING."""
    typing_only = {id(node) for guard in ast.walk(tree(path)) if is_typing_guard(guard) for each in guard.body for node in ast.walk(each)}
    return tuple(name for node in ast.walk(tree(path)) if id(node) not in typing_only for name in names(node))


def names(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The modules that one statement names, each with its line."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, node.lineno) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield (inner if inner in MODULES else node.module), node.lineno


def is_typing_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def walked(module: str, steps: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """Every module of ours that the steps lead to, the first among them."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        current = waiting.pop()
        if current in MODULES and current not in seen:
            seen.add(current)
            waiting += steps(current)
    return frozenset(seen)


@cache
def reached(module: str) -> frozenset[str]:
    """Every module of ours that loading `module` may load."""
    return walked(module, lambda name: [inner for inner, _ in imported(MODULES[name])]) - {module}


def subject_to(module: str) -> str | None:
    return next((room for room in sorted(LAW, key=len, reverse=True) if within(module, (room,))), None)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_each_module_reaches_only_what_its_room_may(module):
    room = subject_to(module)
    if room is None:
        assert module == "store" or within(module, ("app", "run_engine")), f"{module} stands in no room of the law"
        return
    # A package's __init__ of a room above (store, for store.engine) holds nothing and binds nobody.
    wrong = sorted(name for name in reached(module) if not within(name, LAW[room]) and name != "store")
    assert wrong == [], f"{module} ({room}) reaches {', '.join(wrong)}"


@pytest.mark.parametrize("module", sorted(module for module in MODULES if subject_to(module) in DIRECT))
def test_a_room_names_only_the_doors_of_another(module):
    allowed = DIRECT[subject_to(module) or ""]
    ours = [name for name, _ in imported(MODULES[module]) if name.partition(".")[0] in ROOMS]
    assert [name for name in ours if not within(name, allowed)] == []


def test_nobody_imports_the_composition_room():
    users = [
        module for module in MODULES if not within(module, ("app", "run_engine")) if any(within(name, ("app",)) for name in reached(module))
    ]
    assert users == []


def test_only_data_stands_under_processes():
    assert list(Path("processes").rglob("*.py")) == []


@pytest.mark.parametrize("module", sorted(MODULES))
def test_each_library_stays_in_its_place(module):
    used = {name.partition(".")[0] for name, _ in imported(MODULES[module])}
    assert [library for library, rooms in LIBRARIES.items() if library in used and not within(module, rooms)] == []


@pytest.mark.parametrize("module", sorted(module for module in MODULES if not within(module, SQL_STORES)))
def test_statements_are_written_in_the_store_only(module):
    nodes = [
        node
        for node in ast.walk(tree(MODULES[module]))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
    ]
    words = {alias.name for node in nodes for alias in node.names}
    assert {word for word in words if word not in SQL_WORDS and not word.endswith("Error")} == set()


def loaded(module: str) -> frozenset[str]:
    """Every module of ours that loading `module` does load: by imports outside of functions."""
    return walked(module, lambda name: [inner for node in tree(MODULES[name]).body for inner, _ in names(node)])


def test_the_first_page_does_not_wait_for_the_interface_of_programmes():
    assert "web.tasks" in loaded("web.app")
    assert {module for module in loaded("web.app") if within(module, ("rest",))} == set()


CLOCK_WORDS = {"now", "utcnow", "today", "time", "time_ns", "fromtimestamp"}
CLOCK_OWNERS = {"datetime", "date", "dt", "time"}
MAY_READ_CLOCK = {Path("app/clock.py")}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_only_the_clock_reads_the_clock(path):
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    readings = [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in calls
        if node.func.attr in CLOCK_WORDS and isinstance(node.func.value, ast.Name) and node.func.value.id in CLOCK_OWNERS
    ]
    assert path in MAY_READ_CLOCK or readings == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_files_and_functions_stay_readable(path):
    lines = path.read_text("utf-8").count("\n")
    long = [] if lines <= LONGEST_FILE or str(path) in LONG else [f"{path} has {lines} lines"]
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node)
            if length > LONGEST_FUNCTION and f"{path}::{node.name}" not in LONG:
                long.append(f"{path}::{node.name} has {length} lines")
    assert long == []


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return (first.end_lineno or 0) - first.lineno + 1 if is_text else 0


def test_every_exception_from_the_sizes_is_still_needed():
    for name in LONG:
        path, _, function = name.partition("::")
        assert Path(path).exists(), name
        if not function:
            assert Path(path).read_text("utf-8").count("\n") > LONGEST_FILE, name


def test_the_steps_of_the_schema_make_the_tables_of_the_code(sqlite_url):
    database = Database(sqlite_url)
    migrated = shape(database)
    make_anew(database)
    made = shape(database)
    database.close()
    assert migrated == made, ADVICE
