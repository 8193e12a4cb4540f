"""Every template of the season and of the house can be read, rendered in both languages, and reads like a letter."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifications.compose import read_templates, render
from notifications.errors import MailIncomplete
from notifications.glossary import KNOWN
from notifications.shelf import Shelf, house_templates
from selection.errors import NotFound

SEASON = read_templates({f"mails/{path.name}": path.read_bytes() for path in Path("processes/cn-2023/mails").glob("*.txt")})
ALL = SEASON | house_templates()
INSTANTS = ["answer_due", "close_due", "due", "ends", "new_due", "new_start", "recommend_due", "starts", "when"]
VALUES = (
    {name: f"《{name}》" for name in KNOWN}
    | dict.fromkeys(INSTANTS, datetime(2023, 9, 15, 16, tzinfo=UTC))
    | {
        "items": ["营业执照"],
        "documents": [{"name": "申报书.pdf", "sha256": "ab12"}],
        "applications": [{"application": "A001", "experience": "精益管理的经验"}],
    }
)
ROWS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30} | set(range(32, 42))


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_mail_is_a_letter(name, language):
    rendered = render(template=ALL[name], values=VALUES, language=language)
    assert "\n" not in rendered.subject
    assert "{" not in rendered.subject + rendered.body
    assert not re.search(r"\n\n\n", rendered.body)
    assert rendered.body.startswith("《recipient》：" if language == "zh" else "Dear 《recipient》,")


@pytest.mark.parametrize("name", sorted(ALL))
def test_each_declared_variable_is_needed(name):
    for variable in ALL[name].variables:
        with pytest.raises(MailIncomplete, match=variable):
            render(template=ALL[name], values={key: value for key, value in VALUES.items() if key != variable}, language="zh")


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_optional_may_be_missing(name, language):
    needed = {key: value for key, value in VALUES.items() if key not in ALL[name].optional}
    assert "None" not in render(template=ALL[name], values=needed, language=language).body


def test_every_row_of_the_rule_book_that_this_season_needs_has_its_mail():
    files = [*Path("processes/cn-2023/mails").glob("*.txt"), *Path("notifications/texts").glob("*.txt")]
    rows = {int(path.name[:2]) for path in files}
    assert rows >= ROWS
    assert 31 not in rows, "nobody is told before publicity that he is on the list"


def test_what_tells_a_result_waits_for_its_release():
    assert {name for name, template in ALL.items() if template.is_result} == {
        "27_shortlisted",
        "27_not_shortlisted",
        "32_publicity_started",
        "32_not_selected",
        "37_announced_winner",
        "37_announced",
        "40_revoked",
    }


def test_the_shelf_prefers_the_season_and_names_near_templates():
    text = Path("notifications/texts/41_system.txt").read_text("utf-8").replace("系统需要处理", "本年度需要处理")
    shelf = Shelf({"one": {"mails/41_system.txt": text.encode()}, "two": {}}.__getitem__)
    assert shelf.template(version="one", name="41_system").subjects["zh"] == "本年度需要处理"
    assert shelf.template(version="two", name="41_system").subjects["zh"] == "系统需要处理"
    with pytest.raises(NotFound, match="41_system"):
        shelf.template(version="two", name="41_sistem")
