r"""Regular expressions of FEEL's text functions, matched by walking all ways at once: time grows with text and pattern, never with their combinations.

Known are characters, `.`, classes, `\d \w \s` and their opposites, `\b`, `^ $`, groups, `|`, and `* + ? {m,n}`, greedy or lazy; flags `i s m x`.
What needs going back (references to groups, looking ahead or behind) is refused: it is what makes other matchers run away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.dmn.feel_patterns_reader import CLASSES, Part, Reader, Test, refused

MAX_PATTERN, MAX_CODE, MAX_STEPS = 500, 2_000, 300_000
Groups = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: `char` goes on over a character, `split` two ways (the first is preferred), `save` a place, `at` if the place fits, `end`."""

    kind: str
    test: Test | None = None
    where: str = ""
    ways: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was found: begin and end of the whole and of each group."""

    text: str
    places: Groups

    def group(self, number: int) -> str | None:
        """What a group matched; None: nothing. 0 is the whole."""
        begin, end = self.places[2 * number : 2 * number + 2]
        return None if begin is None or end is None else self.text[begin:end]

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.places) // 2 - 1

    @property
    def span(self) -> tuple[int, int]:
        """Begin and end of the whole."""
        return self.places[0] or 0, self.places[1] or 0


@lru_cache(maxsize=512)
def compiled(pattern: str, flags: str = "") -> Pattern:
    """The pattern, ready to be looked for. Raises ExpressionError for one that is wrong, too long or needs going back."""
    if len(pattern) > MAX_PATTERN or not set(flags) <= set("ismx"):
        raise refused(pattern, "过长或标志不对", "it is too long, or has flags that are not there")
    return Pattern(Reader(pattern, flags))


class Pattern:
    """A pattern that was read."""

    def __init__(self, reader: Reader) -> None:
        """Lay its steps out one after the other."""
        code: list[Step] = []
        _lay(("group", 0, reader.whole()), code, reader.source)
        self.code, self.places, self.many = [*code, Step("end")], 2 * reader.groups + 2, "m" in reader.flags

    def all(self, text: str) -> Iterator[Match]:
        """All places where it is found, from the left, none within another. Raises ExpressionError when that takes too long."""
        at, spent = 0, [0]
        while at <= len(text):
            found = self.find(text, at, spent)
            if found is None:
                return
            yield found
            begin, end = found.span
            at = end + (begin == end)

    def find(self, text: str, start: int = 0, spent: list[int] | None = None) -> Match | None:
        """The first place from `start` on, or None."""
        spent = [0] if spent is None else spent
        ways: dict[int, Groups] = {}
        seen = set[int]()
        found: Groups | None = None
        for at in range(start, len(text) + 1):
            if found is None:
                self._follow(0, (None,) * self.places, at, text, ways, seen)
            spent[0] += len(seen) + 1
            if spent[0] > MAX_STEPS:
                raise refused("", "匹配过于费时", "it takes too long to match")
            following: dict[int, Groups] = {}
            seen = set()
            for step, places in ways.items():
                code = self.code[step]
                if code.kind == "end":
                    found = places
                    break
                if at < len(text) and code.test is not None and code.test(text[at]):
                    self._follow(step + 1, places, at + 1, text, following, seen)
            ways = following
            if found is not None and not ways:
                break
        return None if found is None else Match(text, found)

    def _follow(self, step: int, places: Groups, at: int, text: str, ways: dict[int, Groups], seen: set[int]) -> None:
        """All steps that can be reached without a character, the preferred ones first, each once at a place."""
        todo = [(step, places)]
        while todo:
            step, places = todo.pop()
            if step in seen:
                continue
            seen.add(step)
            code = self.code[step]
            if code.kind == "split":
                todo += [(code.ways[1], places), (code.ways[0], places)]
            elif code.kind == "save":
                slot = code.ways[0]
                todo.append((step + 1, (*places[:slot], at, *places[slot + 1 :])))
            elif code.kind == "at":
                if _fits(code.where, text, at, many=self.many):
                    todo.append((step + 1, places))
            else:
                ways[step] = places


def _fits(where: str, text: str, at: int, *, many: bool) -> bool:
    if where == "^":
        return at == 0 or (many and text[at - 1] == "\n")
    if where == "$":
        return at == len(text) or (many and text[at] == "\n")
    before, after = (0 <= place < len(text) and CLASSES["w"](text[place]) for place in (at - 1, at))
    return (before != after) == (where == "b")


def _lay(node: Part, code: list[Step], source: str) -> None:
    """Write the steps of a part behind those that are there."""
    kind, *rest = node
    if len(code) > MAX_CODE:
        raise refused(source, "重复次数过多", "it repeats too much")
    if kind == "all":
        for part in rest[0]:
            _lay(part, code, source)
    elif kind == "test":
        code.append(Step("char", test=rest[0]))
    elif kind == "at":
        code.append(Step("at", where=rest[0]))
    elif kind == "group":
        code.append(Step("save", ways=(2 * rest[0], 0)))
        _lay(rest[1], code, source)
        code.append(Step("save", ways=(2 * rest[0] + 1, 0)))
    elif kind == "either":
        _either(rest[0], code, source)
    else:
        part, least, most, lazy = rest
        _repeated(part, least, most, lazy, code, source)


def _either(parts: list[Part], code: list[Step], source: str) -> None:
    ends = []
    for part in parts[:-1]:
        fork = len(code)
        code.append(Step("split"))
        _lay(part, code, source)
        ends.append(len(code))
        code.append(Step("split"))
        code[fork] = Step("split", ways=(fork + 1, len(code)))
    _lay(parts[-1], code, source)
    for end in ends:
        code[end] = Step("split", ways=(len(code), len(code)))


def _repeated(part: Part, least: int, most: int | None, lazy: bool, code: list[Step], source: str) -> None:  # noqa: FBT001 - one node's fields
    for _ in range(least):
        _lay(part, code, source)
    forks = []
    for _ in range(1 if most is None else most - least):
        forks.append(len(code))
        code.append(Step("split"))
        _lay(part, code, source)
    if most is None:
        code.append(Step("split", ways=(forks[0], forks[0])))
    for fork in forks:
        on, out = fork + 1, len(code)
        code[fork] = Step("split", ways=(out, on) if lazy else (on, out))
