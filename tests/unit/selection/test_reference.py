"""The reference of the rules names every module and only names that exist."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "reference" / "selection.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", TEXT, re.MULTILINE))
INTERNAL = {"__init__", "reading", "season_parts", "review_parts"}


def test_every_module_has_a_row_and_every_row_a_module() -> None:
    modules = {path.stem for path in (ROOT / "selection").glob("*.py")} - INTERNAL
    assert set(ROWS) == modules


@pytest.mark.parametrize("name", sorted(ROWS))
def test_what_a_row_names_exists(name: str) -> None:
    module = importlib.import_module(f"selection.{name}")
    members = {member for _, cls in inspect.getmembers(module, inspect.isclass) for member in dir(cls)}
    named = set(re.findall(r"(?<![\w:])\.?([A-Za-z_]\w+)\(", " ".join(re.findall(r"`([^`]+)`", ROWS[name]))))
    assert {word for word in named if not hasattr(module, word)} - members == set()


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_public_function_is_named_and_explained(name: str) -> None:
    module = importlib.import_module(f"selection.{name}")
    functions = [
        (word, value)
        for word, value in inspect.getmembers(module, inspect.isfunction)
        if value.__module__ == module.__name__ and word[0] != "_"
    ]
    assert [word for word, value in functions if not value.__doc__] == []
    assert [word for word, _ in functions if f"`{word}(" not in ROWS[name] and f" {word}(" not in ROWS[name]] == []
