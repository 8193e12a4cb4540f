"""Reads the text of a regular expression into its parts (see `feel_patterns`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.expressions.errors import ExpressionError

_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
_COUNT = re.compile(r"\{(\d{1,3})(?:(,)(\d{1,3})?)?\}")
CLASSES = {"d": str.isdecimal, "w": lambda char: char.isalnum() or char == "_", "s": str.isspace}
Test = Callable[[str], bool]
Part = tuple[Any, ...]  # a part of a pattern: its kind and what that kind needs


def refused(pattern: str, zh: str, en: str) -> ExpressionError:
    """The refusal of a pattern."""
    return ExpressionError(f"正则表达式 {pattern[:40]}：{zh}", f"the pattern {pattern[:40]!r}: {en}", code="pattern")


class Reader:
    """Reads the text of a pattern."""

    def __init__(self, source: str, flags: str) -> None:
        """Begin at its first character."""
        self.source, self.flags, self.at, self.groups, self.depth = source, flags, 0, 0, 0

    def whole(self) -> Part:
        """All of it. Raises ExpressionError for what is not known."""
        found = self.alternatives()
        if self.at < len(self.source):
            raise self.wrong()
        return found

    def wrong(self) -> ExpressionError:
        """The refusal of the character here."""
        return refused(self.source, f"第 {self.at + 1} 个字符不认识", f"its character {self.at + 1} is not known here")

    def next(self, *chars: str) -> bool:
        """Step over one of these texts if it comes next."""
        char = next((each for each in chars if self.source.startswith(each, self.at)), None)
        self.at += len(char or "")
        return char is not None

    def alternatives(self) -> Part:
        """`a|b`."""
        found = [self.sequence()]
        while self.next("|"):
            found.append(self.sequence())
        return found[0] if len(found) == 1 else ("either", found)

    def sequence(self) -> Part:
        """One after the other."""
        found = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            if "x" in self.flags and self.source[self.at].isspace():
                self.at += 1
                continue
            found.append(self.repeated(self.one()))
        return ("all", found)

    def repeated(self, part: Part) -> Part:
        """What stands behind a part: `*`, `+`, `?`, `{m,n}`."""
        counted = _COUNT.match(self.source, self.at)
        if counted is not None:
            self.at = counted.end()
            least = int(counted[1])
            most = int(counted[3]) if counted[3] else None if counted[2] else least
            if most is not None and most < least:
                raise self.wrong()
        elif self.at < len(self.source) and self.source[self.at] in "*+?":
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[self.source[self.at]]
            self.at += 1
        else:
            return part
        lazy = self.next("?")
        if part[0] == "at" or (self.at < len(self.source) and self.source[self.at] in "*+?{"):
            raise self.wrong()
        return ("repeat", part, least, most, lazy)

    def one(self) -> Part:
        """A character, class, group or place."""
        char = self.source[self.at]
        if char in "*+?{":
            raise self.wrong()
        self.at += 1
        if char == "(":
            return self.group()
        if char in "^$":
            return ("at", char)
        if char == ".":
            return ("test", lambda each: each != "\n") if "s" not in self.flags else ("test", lambda _: True)
        if char == "[":
            return ("test", self.members())
        if char == "\\":
            return ("at", self.source[self.at - 1]) if self.next("b", "B") else ("test", self.escaped())
        return ("test", self.equal(char))

    def group(self) -> Part:
        """What stands in parentheses."""
        number = None
        if not self.next("?:"):
            if self.next("?"):
                raise refused(self.source, "不支持向前或向后查看", "looking ahead or behind is not supported")
            self.groups += 1
            number = self.groups
        self.depth += 1
        if self.depth > 20:  # noqa: PLR2004 - as deep as expressions of a table go
            raise refused(self.source, "括号嵌套过深", "its groups are nested too deep")
        inner = self.alternatives()
        self.depth -= 1
        if not self.next(")"):
            raise self.wrong()
        return inner if number is None else ("group", number, inner)

    def equal(self, char: str) -> Test:
        """A character as it is."""
        if "i" in self.flags:
            low = char.lower()
            return lambda each: each.lower() == low
        return lambda each: each == char

    def escaped(self) -> Test:
        """What follows a backslash."""
        if self.at >= len(self.source):
            raise self.wrong()
        char = self.source[self.at]
        self.at += 1
        if char.lower() in CLASSES:
            member = CLASSES[char.lower()]
            return member if char.islower() else lambda each: not member(each)
        if char.isalnum() and char not in _CONTROLS:
            raise refused(self.source, f"不支持 \\{char}", f"\\{char} is not supported")
        return self.equal(_CONTROLS.get(char, char))

    def members(self) -> Test:
        """A class: `[a-z_]`, `[^0-9]`."""
        opposite, tests = self.next("^"), list[Test]()
        while not (tests and self.next("]")):
            if self.at >= len(self.source):
                raise self.wrong()
            char = self.source[self.at]
            self.at += 1
            if char == "\\":
                tests.append(self.escaped())
            elif self.source.startswith("-", self.at) and not self.source.startswith("-]", self.at):
                tests.append(self.between(char))
            else:
                tests.append(self.equal(char))
        return lambda each: any(test(each) for test in tests) is not opposite

    def between(self, low: str) -> Test:
        """`a-z`."""
        high = self.source[self.at + 1 : self.at + 2]
        self.at += 2
        if high < low or high == "\\":
            raise self.wrong()
        if "i" in self.flags:
            return lambda each: low <= each.lower() <= high or low <= each.upper() <= high
        return lambda each: low <= each <= high
