"""Which settings of a season are read by somebody: watched while a season is played and its pages are opened, else found in the source.

A setting counts as read when the product takes its value; that the season's own checks look at it is not enough, but for those that
hold a constant of the rules (`CONSTANTS`).
"""

import dataclasses
import re
import sys
import typing
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from pathlib import Path
from types import SimpleNamespace

from handlers.functions import FUNCTIONS
from selection import grouping
from selection.deadlines import instant_of
from selection.rights import separation_problems
from selection.season import Season
from store.selection.facts import Facts
from tests.security.house import SmallScene
from web.choices import Asked, lists_for
from web.rules import rules_of_season
from web.telling_rules import RULE_TELLERS

# Read in years with other rules than 2023's only, or when a document is uploaded (the simulation's are no real ones); each by a place of its own.
SELDOM = {
    "Aggregation.normalise": r"rules\.normalise\b|aggregation\.normalise\b", "MinimumPeriod.why": r"too_short\(",
    "SizeClass.codes": r"\.codes\b", "SizeClass.employees": r"\.employees\b", "SizeClass.revenue": r"\.revenue\b", "SizeClass.assets": r"\.assets\b",
    "Eligibility.similarity": r"eligibility\.similarity\b", "Writing.headings": r"writing\.headings\b",
}  # fmt: skip
CONSTANTS = {"Season.fee", "Season.timezone", "Season.template"}  # one value is lawful: the season's check refuses any other
GROUND = {"Ground.en"}  # read straight from the parsed file, see `Row`
CHECKS = re.compile(r"selection/(season|reading)\.py$")
READERS = ("selection", "handlers", "web", "app", "store")
OWN = {"season.py", "season_parts.py", "review_parts.py", "reading.py"}


def parts(cls: type) -> Iterator[tuple[type, str]]:
    """Every leaf of the settings: the class that holds it and the field's name."""
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        inner = next((one for one in (hints[field.name], *typing.get_args(hints[field.name])) if dataclasses.is_dataclass(one)), None)
        if inner is None:
            yield cls, field.name
        else:
            yield from parts(inner)


LEAVES = sorted({f"{cls.__name__}.{name}": (cls, name) for cls, name in parts(Season)})
CLASSES = {cls for cls, _ in parts(Season)}


def _in_a_check() -> bool:
    frame = sys._getframe(2)
    return bool(CHECKS.search(frame.f_code.co_filename.replace("\\", "/"))) and frame.f_code.co_name.startswith("_")


class Row(dict[str, str]):
    """A row of the parsed file that remembers which of its values were asked for: choices read it as it is."""

    def __init__(self, **values: str) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.asked.add(f"Ground.{name}")
        return super().get(name, default)


@contextmanager
def watched() -> Iterator[set[str]]:
    """The settings that are read meanwhile, as `Class.field`; those that a diagram names, as their path."""
    reads: set[str] = set()
    originals = {cls: cls.__getattribute__ for cls in CLASSES}

    def watcher(cls: type) -> typing.Callable[[object, str], object]:
        names = {field.name for field in dataclasses.fields(cls)}

        def get(self: object, name: str) -> object:
            if name in names and not _in_a_check():
                reads.add(f"{cls.__name__}.{name}")
            return object.__getattribute__(self, name)

        return get

    ask = FUNCTIONS["setting"]

    def asked(scope: object, context: object, path: str) -> object:
        reads.add(path)
        return ask(scope, context, path)

    FUNCTIONS["setting"] = asked
    for cls in CLASSES:
        cls.__getattribute__ = watcher(cls)  # type: ignore[method-assign]
    try:
        yield reads
    finally:
        FUNCTIONS["setting"] = ask
        for cls, original in originals.items():
            cls.__getattribute__ = original  # type: ignore[method-assign]


def other_years(rules: Season) -> None:
    """Ways that 2023 has no occasion for: a group above the size in which everybody reads everything, a deadline with a clock time."""
    crowd = [grouping.Candidate(str(number), "", "34") for number in range(rules.groups.max_size + 1)]
    grouping.assign(season=rules, applications=crowd, seats=[grouping.Seat(expert="X1")])
    assert separation_problems(["ru_officer@RU-BJ", "expert@X1"], apart=rules.separation)
    instant_of(dataclasses.replace(rules.deadlines[0], edge="time", at=time(17, 30)))


def open_pages(house: object, *, season: str) -> None:
    """What people see of the season's rules when it is over: public pages, portal, a unit's desk, the cards of tasks, choices."""
    scene = SmallScene(house)  # type: ignore[arg-type]
    with house.database.read() as connection:  # type: ignore[attr-defined]
        facts = Facts(connection)
        title = next(row for row in facts.titles.of_season(season, state="active") if row.application)
        batch = facts.publicity.batches(season, kind="publicity")[0].id
        group = facts.reviews.groups(season)[0].id
        row = facts.applications.get(title.application)
    officer, firm = scene.person("a-unit", f"ru_officer@{row.unit}"), scene.person("a-firm", f"applicant_editor@{title.enterprise}")
    public = ("/public/notice", f"/public/publicity/{batch}", f"/public/publicity/{batch}/{title.application}/objection")
    pages = [*((None, path) for path in public), (officer, "/unit"), (firm, f"/portal/{title.application}")]
    for person, path in pages:
        visitor = scene.visitor(person)
        visitor.client.cookies.set("language", "en")
        answer = visitor.client.get(path)
        assert answer.status_code == 200, (path, answer.text[:300])
    variables = {"application": title.application, "enterprise": title.enterprise, "group": group}
    with house.database.read() as connection:  # type: ignore[attr-defined]
        rules = rules_of_season(house, connection, season)  # type: ignore[arg-type]
        for element, teller in RULE_TELLERS.items():
            seen = SimpleNamespace(row={"root": "", "element": element, "tenant": season, "business_key": title.application}, variables=variables)
            for language in ("zh", "en"):
                assert isinstance(teller(connection, seen, language, rules), tuple)  # type: ignore[arg-type]
        other_years(rules)  # type: ignore[arg-type]
        grounds = [Row(code="a", zh="甲", en="first")]
        asked = Asked(connection, season, settings={"title_rules": {"grounds": grounds}}, language="en")
        assert lists_for(frozenset({"title_grounds"}), asked) == {"title_grounds": {"a": "first"}}
        assert grounds[0].asked >= GROUND


def unread(reads: set[str]) -> set[str]:
    """The settings that nobody reads: not watched, named by no diagram, and no word of their own in the source."""
    sections = {field.name: field.type for field in dataclasses.fields(Season)}
    named = {f"{str(sections[section]).rpartition('.')[2]}.{name}" for section, _, name in (one.partition(".") for one in reads) if section in sections}
    left = {leaf for leaf in LEAVES if leaf not in reads | CONSTANTS | GROUND | named}
    names = Counter(leaf.partition(".")[2] for leaf in LEAVES)
    source = "\n".join(
        path.read_text("utf-8")
        for folder in READERS
        for ending in ("py", "html")
        for path in Path(folder).rglob(f"*.{ending}")
        if not (folder == "selection" and path.name in OWN)
    )
    # A word of its own: no other setting has it, and it is long enough to be nothing else's.
    own = {leaf for leaf in left if names[name := leaf.partition(".")[2]] == 1 and "_" in name and re.search(rf"\.{name}\b", source)}
    return left - own - {leaf for leaf in left if leaf in SELDOM and re.search(SELDOM[leaf], source)}
