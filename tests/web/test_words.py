"""Every word of a page has its English beside it, and no English is left over."""

import re
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import insert

from selection.english import FILE, english_words
from selection.nomination import SUMMARY_COLUMNS
from store.engine.tables import version, version_file
from web import (
    cases,
    inbox,
    labels,
    meetings,
    naming,
    navigation,
    office,
    pages,
    people,
    public,
    review,
    roles,
    telling,
    telling_corrections,
    unit,
)
from web.i18n import english, season_word, sentence, word
from web.tongue import Tongue

WEB = Path(__file__).parents[2] / "web"
SAID = re.compile(r"""_\(\s*(?:"([^"]+)"|'([^']+)')""")
IN_CODE = re.compile(r'word\(\w+(?:\.\w+)?, "([^"]+)"')
IN_SHEETS = re.compile(r'(?:Column|sheet)\("([^"]+)"')
TOLD = re.compile(r'\("([\u4e00-\u9fff]+)", ')
DATA = [
    *inbox.VIEWS.values(), *naming.BATCHES.values(), *unit.REVIEWS.values(),
    *public.OBJECTION_STATES.values(), *telling_corrections.PARTS.values(),
    *telling.CHANNELS.values(), *telling.PROPOSALS.values(), *telling.APPROVALS.values(),
    *meetings.DECISIONS.values(), *people.INVITATIONS.values(), *office.HELD.values(), *meetings.STATES.values(), *roles.ORGANISATIONS.values(),
    *review.STATES.values(), *meetings.KINDS.values(), *meetings.OFFICES.values(), *meetings.CHOICES.values(),
    *cases.KINDS.values(), *office.STATES.values(), *office.MAILS.values(), *roles.ROLES.values(), *pages.SAYINGS.values(), *SUMMARY_COLUMNS.values(),
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
    found |= {text for name in ("telling", "telling_corrections") for text in TOLD.findall((WEB / f"{name}.py").read_text("utf-8"))}
    return found


def test_every_word_of_a_page_has_its_english():
    assert sorted(words_of_pages() - english().keys()) == []


def test_every_step_stage_and_deadline_of_a_season_has_its_english():
    for folder in (WEB.parent / "processes").iterdir():
        diagrams = [path.read_text("utf-8") for path in folder.glob("*.bpmn")]
        if not (folder / "season.toml").exists():
            continue
        known = english().keys() | english_words({FILE: (folder / FILE).read_bytes()}).keys()
        names = {name for text in diagrams for name in re.findall(r'<bpmn:userTask [^>]*?name="([^"]+)"', text)}
        names |= {name for text in diagrams for name in re.findall(r'name="(?:stage|public_stage)" value="([^"$]+)"', text)}
        names |= {name for text in diagrams for name in re.findall(r'<bpmn:process [^>]*?name="([^"]+)"', text)}
        names |= {row["name"] for row in tomllib.loads((folder / "season.toml").read_text("utf-8"))["deadlines"]}
        names |= {name for text in diagrams for name in re.findall(r'<bpmn:\w+ [^>]*?name="([^"]*[\u4e00-\u9fff][^"]*)"', text)}
        assert sorted(names - known) == []


def test_places_in_words_are_the_same_in_both_languages():
    for zh, en in english().items():
        assert sorted(re.findall(r"\{\w+\}", zh)) == sorted(re.findall(r"\{\w+\}", en)), zh


def test_words_are_filled_in():
    assert word("zh", "还有 {days} 天", days=3) == "还有 3 天"
    assert word("en", "还有 {days} 天", days=3) == "3 days left"


def test_a_name_with_a_number_is_told_where_its_like_is_known():
    assert [word("en", zh) for zh in ("第2专业组", "第12专业组", "甲2组", "第1批第2组")] == ["Review group 2", "Review group 12", "甲2组", "第1批第2组"]
    assert word("zh", "第2专业组") == "第2专业组"


@pytest.mark.parametrize(("days", "said"), [(1, "1 day left"), (2, "2 days left"), (0, "0 days left")])
def test_english_words_count(days, said):
    assert word("en", "还有 {days} 天", days=days) == said


def test_the_wording_of_a_season_has_its_english():
    for folder in (WEB.parent / "processes").iterdir():
        if (folder / "season.toml").exists():
            rules = tomllib.loads((folder / "season.toml").read_text("utf-8"))
            guides = [item["guide"] for name in ("items", "uncounted") for item in rules["rubric"][name]]
            wording = {*rules["eligibility"]["labels"].values(), *guides}
            known = english().keys() | english_words({FILE: (folder / FILE).read_bytes()}).keys()
            assert sorted(wording - known) == []


def test_units_rules_and_titles_of_a_season_have_their_english():
    for folder in (WEB.parent / "processes").iterdir():
        if not (folder / "season.toml").exists():
            continue
        rules, known = tomllib.loads((folder / "season.toml").read_text("utf-8")), english_words({FILE: (folder / FILE).read_bytes()})
        quoted = [text for said in rules["texts"].values() for text in ([said] if isinstance(said, str) else said)]
        assert sorted({*(unit["name"] for unit in rules["units"]), *quoted, rules["writing"]["video_note"]} - known.keys()) == []
        diagrams = "".join(path.read_text("utf-8") for path in folder.glob("*.bpmn")) + str(rules)
        assert [zh for zh in known if zh not in diagrams] == [], "nobody says this any more"


def test_a_word_of_the_pages_and_of_a_season_reads_alike_in_both():
    """Letters know the season's words alone, so that one which they use stands there even where the pages have it."""
    for table in (WEB.parent / "processes").glob(f"*/{FILE}"):
        both = {zh: (en, english()[zh]) for zh, en in english_words({FILE: table.read_bytes()}).items() if zh in english()}
        assert {zh: pair for zh, pair in both.items() if pair[0] != pair[1]} == {}


def test_what_the_season_deployed_last_says_counts(house):
    """The folder's editors give the English; no programme is changed. Words that a page has stay the page's."""

    def deploys(number, name, **files):
        about = {"name": name, "number": number, "profile": "season", "deployed_at": house.clock.now(), "deployed_by": "test"}
        more = {"digest": f"{name}{number}", "processes": [], "message_starts": {}}

        def work(connection):
            key = connection.execute(insert(version).values(**about, **more).returning(version.c.id)).scalar_one()
            connection.execute(insert(version_file), [{"version": key, "path": f"{path}.toml", "content": text.encode()} for path, text in files.items()])

        house.database.run(work)

    def said(zh, language="en"):
        return word(Tongue.of(language, house), zh)

    assert said("甲单位") == "甲单位"
    deploys(1, "one", english='"甲单位" = "First"\n"乙单位" = "Second"\n"任务" = "Chore"', season='title = "某活动"\ntitle_en = "Some season"')
    assert (said("甲单位"), said("某活动"), said("任务"), said("甲单位", "zh")) == ("First", "Some season", "Task", "甲单位")
    deploys(1, "two", english='"甲单位" = "Unit 1"')
    assert (said("甲单位"), said("乙单位")) == ("Unit 1", "Second")
    deploys(2, "one", season='title = "某活动"')  # one without a table, as older ones are
    assert (said("乙单位"), said("某活动")) == ("乙单位", "某活动")
    assert season_word("en", "甲单位") is None


def test_a_diagram_is_told_in_english_where_somebody_said_it_and_stays_the_same_diagram():
    tongue = type("Known", (Tongue,), {"_words": {"是 & 否": "yes <or> no"}})("en")
    drawn = '<a name="stage" x:name="任务"/><b name="任务"/><c name="是 &amp; 否"/><d name="没人说过"/><e>name="任务"</e>'
    said = '<a name="stage" x:name="任务"/><b name="Task"/><c name="yes &lt;or&gt; no"/><d name="没人说过"/><e>name="任务"</e>'
    assert labels.named_in(drawn.encode(), tongue).decode() == said
    assert labels.named_in(b"\xff", tongue) == b"\xff"


@pytest.mark.parametrize(
    ("drawn", "moved"),
    [
        ((50, 202, 48, 13), (15, 202, 82, 13)),  # left of it: the words end where they ended
        ((133, 202, 48, 13), (133, 202, 82, 13)),  # right of it
        ((91, 232, 48, 13), (74, 232, 82, 13)),  # below it
        ((91, 185, 48, 13), (74, 171, 82, 13)),  # above it: two lines
        ((70, 232, 90, 13), (70, 232, 90, 13)),  # wide enough
    ],
)
def test_labels_drawn_for_chinese_signs_keep_their_side_of_an_event_with_longer_english_words(drawn, moved):
    tongue = type("Known", (Tongue,), {"_words": {"退回了": "Sent back for changes"}})("en")
    bounds = '<dc:Bounds x="{}" y="{}" width="{}" height="{}" />'.format
    shape = f'<bpmndi:BPMNShape id="s" bpmnElement="e">\n  {bounds(100, 200, 30, 30)}\n  <bpmndi:BPMNLabel>{{}}</bpmndi:BPMNLabel>'
    named = '<bpmn:endEvent id="e" name="{}" />' + shape
    assert labels.named_in(named.format("退回了", bounds(*drawn)).encode(), tongue).decode() == named.format("Sent back for changes", bounds(*moved))


def test_labels_of_flows_get_the_width_of_their_words():
    tongue = type("Known", (Tongue,), {"_words": {"退回": "Sent back for changes"}})("en")
    drawn = """<bpmn:sequenceFlow id="f" name="{}" /><bpmndi:BPMNEdge id="s" bpmnElement="f">
      <di:waypoint x="1" y="2" /><di:waypoint x="3" y="2" />
      <bpmndi:BPMNLabel><dc:Bounds x="{}" y="20" width="{}" height="13" /></bpmndi:BPMNLabel>"""
    assert labels.named_in(drawn.format("退回", 100, 24).encode(), tongue).decode() == drawn.format("Sent back for changes", 85.5, 82)


def test_a_refusal_begins_with_a_capital_where_a_page_shows_it():
    assert sentence("choose one of: a, b") == "Choose one of: a, b"
    tongue = type("Known", (Tongue,), {"_words": {"答辩开始": "Defence begins"}})("en")
    assert sentence("答辩开始 may not be before 无人说过", language=tongue) == "Defence begins may not be before 无人说过"
    for kept in ("season.toml has no field", "x-leaves may only name outcomes", "A person", "60 words", ""):
        assert sentence(kept) == kept
