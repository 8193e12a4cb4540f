"""站内消息: which letters of the outbox their readers find in the pages, whatever state they are in."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert

from store.selection.contacts import LETTER
from store.selection.mail import mail
from tests.web import many

HELD, TRIED = {"hold": "shortlist:cn-2023"}, {"attempt": 1}
SHOWN = {
    "waits for the next sweep": {"state": "new"},
    "is to be tried again": {"state": "new", "later": 1} | TRIED,
    "is being sent": {"state": "sending"} | TRIED,
    "was sent": {"state": "sent"} | TRIED,
    "was filed": {"state": "filed"} | TRIED,
    "was refused by the mail server": {"state": "dead"} | TRIED,
    "has no good address": {"state": "dead"},
    "a result that was released": {"state": "sent"} | HELD | TRIED,
    "a result that was refused by the mail server": {"state": "dead"} | HELD | TRIED,
}
NOT_SHOWN = {
    "a result that waits": {"state": "held"} | HELD,
    "a result that was dropped": {"state": "dead"} | HELD,
    "about an account": {"state": "sent", "tenant": "", "template": "reset"} | TRIED,
    "to confirm a mailbox": {"state": "sent", "template": LETTER} | TRIED,
    "to a subscriber": {"state": "sent", "unsubscribe": "https://selection.example.invalid/public/unsubscribe/x"} | TRIED,
}


@pytest.fixture
def reader(house, browser, person, season):
    person("reader", "ru_officer@RU-LN", "applicant_editor@E001", "expert@X001")
    one = browser()
    one.sign_in("reader")
    return one


def written(house, name="m", *, to=None, later=0, at=0, **more):
    """A letter to somebody, by default to the reader; ``later``: days until it is tried again, ``at``: seconds from now."""
    now = house.clock.now() + timedelta(seconds=at)
    row = {"id": name, "tenant": "cn-2023", "template": "17_correction", "dedupe_key": name, "message_id": name, "recipient_name": "某人",
           "recipient": to or many.person_of(house, "reader"), "address": "a@b.invalid", "language": "zh", "subject": f"主题{name}", "body": f"正文{name}",
           "created_at": now, "due_at": now + timedelta(days=later), "first_attempt_at": now if more.get("attempt") else None}  # fmt: skip
    house.database.run(lambda connection: connection.execute(insert(mail).values(**row | more)))


@pytest.mark.parametrize("what", SHOWN)
def test_a_letter_is_read_from_when_it_is_let_go(house, reader, what):
    written(house, **SHOWN[what])

    assert "主题m" in reader.get("/messages").text
    assert "正文m" in reader.get("/messages/m").text


@pytest.mark.parametrize("what", NOT_SHOWN)
def test_what_nobody_is_told_yet_or_holds_a_secret_is_not_there(house, reader, what):
    written(house, **NOT_SHOWN[what])

    assert "主题m" not in reader.get("/messages").text
    assert "还没有消息" in reader.get("/messages").text
    assert reader.get("/messages/m").status_code == 404


@pytest.mark.parametrize(("to", "there"), [("RU-LN", True), ("E001", True), ("X001", True), ("RU-HE", False), ("E002", False), ("P9999", False)])
def test_an_organisation_s_mailbox_is_read_by_who_answers_for_it(house, reader, to, there):
    written(house, to=to, state="sent", attempt=1)

    assert ("主题m" in reader.get("/messages").text) is there
    assert (reader.get("/messages/m").status_code == 200) is there


@pytest.mark.parametrize("role", ["ru_leader", "office_clerk", "season_admin"])
def test_other_roles_of_an_organisation_read_their_own_letters_only(house, browser, person, season, role):
    person("other", f"{role}@RU-LN")
    written(house, to="RU-LN", state="sent", attempt=1)
    one = browser()
    one.sign_in("other")

    assert "主题m" not in one.get("/messages").text


def test_the_newest_come_first_fifty_a_page_and_all_in_the_sheet(house, reader):
    for number in range(60):
        written(house, f"m{number:03d}", at=number, state="sent", attempt=1)
    first = reader.get("/messages").text

    assert first.index("主题m059") < first.index("主题m058") < first.index("主题m010")
    assert "主题m009" not in first
    assert "?start=50" in first
    assert "主题m009" in reader.get("/messages?start=50").text
    book = load_workbook(io.BytesIO(reader.get("/messages?form=xlsx").content))
    assert [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)] == [f"主题m{number:03d}" for number in reversed(range(60))]


def test_what_stands_in_a_letter_stays_text(house, reader):
    written(house, state="sent", attempt=1, subject="<b>主题</b>", body="第一行\n\n<script>alert(1)</script>")

    page = reader.get("/messages/m").text
    assert "<p>第一行</p>" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "<b>主题" not in reader.get("/messages").text


def test_the_case_is_shown_to_who_may_see_it(house, reader):
    many.more_cases(house, range(1))  # A000, of the reader's unit
    written(house, "own", state="sent", attempt=1, about="A000")
    written(house, "none", state="sent", attempt=1, about="A999")

    assert 'href="/portal/A000"' in reader.get("/messages/own").text
    assert "查看申报项目" not in reader.get("/messages/none").text
