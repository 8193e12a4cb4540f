"""Every word of a page has its English beside it, and no English is left over."""

import re
import tomllib
from pathlib import Path

import pytest

from web import cases, inbox, meetings, naming, navigation, office, pages, people, public, review, roles, telling, unit
from web.i18n import english, word

WEB = Path(__file__).parents[2] / "web"
SAID = re.compile(r"""_\(\s*(?:"([^"]+)"|'([^']+)')""")
IN_CODE = re.compile(r'word\(\w+(?:\.\w+)?, "([^"]+)"')
IN_SHEETS = re.compile(r'(?:Column|sheet)\("([^"]+)"')
TOLD = re.compile(r'\("([\u4e00-\u9fff]+)", ')
DATA = [
    *inbox.VIEWS.values(), *naming.BATCHES.values(), *unit.REVIEWS.values(),
    *public.OBJECTION_STATES.values(), *telling.PARTS.values(), *telling.CHANNELS.values(), *telling.PROPOSALS.values(), *telling.APPROVALS.values(),
    *meetings.DECISIONS.values(), *people.INVITATIONS.values(), *office.HELD.values(), *meetings.STATES.values(), *roles.ORGANISATIONS.values(),
    *review.STATES.values(), *meetings.KINDS.values(), *meetings.OFFICES.values(), *meetings.CHOICES.values(),
    *cases.KINDS.values(), *office.STATES.values(), *office.MAILS.values(), *roles.ROLES.values(), *pages.SAYINGS.values(),
    *(words for _, words, _ in navigation.ENTRIES), *(words for _, words in navigation.PUBLIC),
]  # fmt: skip


def words_of_pages():
    found = set(DATA)
    for template in (WEB / "templates").rglob("*.html"):
        if {"forms", "print"} & set(template.parts):
            continue
        found |= {one or other for one, other in SAID.findall(template.read_text("utf-8"))}
    for module in WEB.glob("*.py"):
        found |= set(IN_CODE.findall(module.read_text("utf-8"))) | set(IN_SHEETS.findall(module.read_text("utf-8")))
    found |= set(TOLD.findall((WEB / "telling.py").read_text("utf-8")))
    return found


def test_every_word_of_a_page_has_its_english():
    assert sorted(words_of_pages() - english().keys()) == []


def test_every_step_stage_and_deadline_of_a_season_has_its_english():
    for folder in (WEB.parent / "processes").iterdir():
        diagrams = [path.read_text("utf-8") for path in folder.glob("*.bpmn")]
        if not (folder / "season.toml").exists():
            continue
        names = {name for text in diagrams for name in re.findall(r'<bpmn:userTask [^>]*?name="([^"]+)"', text)}
        names |= {name for text in diagrams for name in re.findall(r'name="(?:stage|public_stage)" value="([^"$]+)"', text)}
        names |= {name for text in diagrams for name in re.findall(r'<bpmn:process [^>]*?name="([^"]+)"', text)}
        names |= {row["name"] for row in tomllib.loads((folder / "season.toml").read_text("utf-8"))["deadlines"]}
        assert sorted(names - english().keys()) == []


def test_places_in_words_are_the_same_in_both_languages():
    for zh, en in english().items():
        assert sorted(re.findall(r"\{\w+\}", zh)) == sorted(re.findall(r"\{\w+\}", en)), zh


def test_words_are_filled_in():
    assert word("zh", "还有 {days} 天", days=3) == "还有 3 天"
    assert word("en", "还有 {days} 天", days=3) == "3 days left"


@pytest.mark.parametrize(("days", "said"), [(1, "1 day left"), (2, "2 days left"), (0, "0 days left")])
def test_english_words_count(days, said):
    assert word("en", "还有 {days} 天", days=days) == said


def test_the_wording_of_a_season_has_its_english():
    for folder in (WEB.parent / "processes").iterdir():
        if (folder / "season.toml").exists():
            rules = tomllib.loads((folder / "season.toml").read_text("utf-8"))
            guides = [item["guide"] for name in ("items", "uncounted") for item in rules["rubric"][name]]
            wording = {*rules["eligibility"]["labels"].values(), *guides}
            assert sorted(wording - english().keys()) == []
