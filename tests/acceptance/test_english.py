"""English mode, walked by every role: whatever stands on a page in Chinese was typed by somebody or is a proper name."""

import re
import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.simulate import play as plays
from selection.english import english_words
from store.engine.tables import deadline_change, submission
from store.selection.base import metadata as facts
from store.selection.mail import mail
from store.selection.tables_people import person
from tests.acceptance.stages import FOLDER
from web import people, titles

CHINESE = re.compile(r"[\u4e00-\u9fff]")
APART = re.compile(r"[·：:、，,;|（）()\[\]“”/\s]+")
SAID = "//*[not(self::script or self::style)]/text() | //@placeholder | //@aria-label | //@title | //@alt | //@data-ask"
ROLES = (
    "clerk", "second clerk", "director", "secretary", "approver", "auditor", "administrator", "unit", "enterprise 1", "enterprise 2",
    *(f"expert {number}" for number in range(1, 7)),
)  # fmt: skip
PER_KIND = 2
NO_PAGE = ("/files/", "/static/", "/diagrams/")
# The name of the other language, and the headings that a sheet to import must carry word for word.
OURS = {"中文", "日期", "类型", "休", "班", *people.PEOPLE_SHEET, *people.EXPERT_SHEET, *titles.OLD_SHEET}


def typed(world):
    """Everything that people typed or that is a name: the values of facts and of what was sent."""
    found = set()

    def collect(value):
        if isinstance(value, str):
            found.update(part.strip() for part in [value, *value.splitlines()] if CHINESE.search(part))
        elif isinstance(value, dict):
            for one in value.values():
                collect(one)
        elif isinstance(value, list | tuple):
            for one in value:
                collect(one)

    with world.house.database.read() as connection:
        for table in (one for one in facts.tables.values() if one.name != "mail"):
            for row in connection.execute(select(table)):
                collect(tuple(row))
        for column in (submission.c.data, deadline_change.c.reason):
            collect(list(connection.execute(select(column)).scalars()))
    # The season's own words: an administrator writes them, in Chinese, and pages show them word for word.
    collect(tomllib.loads(Path("processes/cn-2023/season.toml").read_text("utf-8")))
    return frozenset(found)


def kind_of(href, words):
    """Addresses that look alike are one page; each sort of task is a page of its own."""
    path = re.sub(r"/([0-9a-f]{20}\.\d+|[A-Z]{1,2}\d+|RU-\w+|\d+|[0-9a-f]{32}|[^/]*[\u4e00-\u9fff%][^/]*)(?=/|$)", "/X", href.split("?")[0])
    query = "".join(sorted(re.findall(r"(?:^|&)(\w+=?(?:mine|groups|done)?)", href.partition("?")[2])))
    return path, query, words if path == "/tasks/X" else ""


def walked(person):
    """The pages that links lead a person to, in English, a few of each kind."""
    person.goes("/")
    person.sends("/language", {"language": "en", "then": "/"})
    todo, seen, count = [("/", ""), ("/account", ""), ("/seasons", ""), ("/public/notice", ""), ("/public/publicity", ""), ("/public/objection", "")], set(), {}
    while todo:
        href, words = todo.pop(0)
        kind = kind_of(href, words)
        if href in seen or count.get(kind, 0) >= PER_KIND or "form=xlsx" in href or href.startswith(NO_PAGE) or href.endswith(("/package", ".docx")):
            continue
        seen.add(href)
        count[kind] = count.get(kind, 0) + 1
        page = person.goes(href)
        assert page.status == 200, (person.login, href)
        if not page.answer.headers["content-type"].startswith("text/html"):
            continue  # a file, such as the package of an application
        yield page
        for one in page.doc.xpath("//a[@href]"):
            link = one.get("href")
            target = f"{page.path}{link}" if link.startswith("?") else link
            if target.startswith("/"):
                todo.append((target, " ".join(one.text_content().split())))


def left_over(text, known):
    """The Chinese parts of a text that nobody typed."""
    whole = " ".join(text.split())
    if whole in known:
        return []
    for value in sorted((one for one in known if len(one) > 1 and one in whole), key=len, reverse=True):
        whole = whole.replace(value, " ")
    return [part for part in APART.split(whole) if CHINESE.search(part) and part not in known | OURS]


@pytest.mark.parametrize("stage", ["初审", "资料评审", "公示", "已公告"])
def test_nothing_but_names_and_what_people_typed_is_chinese_in_english(world_at, stage):
    world = world_at(stage)
    known = typed(world)
    fine = cache(lambda text: tuple(left_over(text, known)))
    found = {}
    for who in ROLES:
        for page in walked(world.as_(who)):
            if page.path.startswith(("/office/mails", "/office/release", "/messages")) or "/print/" in page.path:
                continue  # letters and papers are written in their own language
            for text in page.doc.xpath(SAID):
                if CHINESE.search(text):
                    for part in fine(str(text)):
                        found.setdefault(part, f"{who} {page.path}")
    assert found == {}


def test_letters_to_who_reads_english_have_no_chinese_but_names_and_what_people_typed(world_at):
    """§9.3, one template per language: from the filing to the announcement, every letter to accounts that read English."""
    world = world_at("申报")
    with world.house.database.write() as connection:
        connection.execute(update(person).values(locale="en"))
    plays.go_on(world.play, until=world.play.plan["公告"] + timedelta(days=60))
    known = typed(world) - english_words({name: (FOLDER / name).read_bytes() for name in ("english.toml", "season.toml")}).keys()
    with world.house.database.read() as connection:
        rows = connection.execute(select(mail.c.template, mail.c.subject, mail.c.body).where(mail.c.language == "en")).all()
    left = {(name, part) for name, *texts in rows for text in texts for line in text.splitlines() for part in left_over(line, known)}
    assert {name[:2] for name, *_ in rows} >= {"02", "04", "06", "09", "17", "19", "21", "23", "25", "26", "27", "28", "32", "36", "37"}
    assert left == set()


def test_mails_and_lists_have_english_headings(world_at):
    clerk = world_at("公示").as_("clerk")
    clerk.goes("/")
    clerk.sends("/language", {"language": "en", "then": "/"})
    for path in ("/office/mails", "/office/people", "/cases", "/messages"):
        page = clerk.goes(path)
        assert not CHINESE.search(" ".join(page.doc.xpath("//h1//text() | //th//text() | //button[not(@lang)]//text() | //label//text()"))), path
