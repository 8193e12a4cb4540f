"""Long lists: fifty rows a page with the search kept, and as many statements for fifty rows as for five."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from store.selection import tables_application as applications
from store.selection import tables_people as people
from store.selection.accounts import Accounts
from store.selection.mail import mail

MANY, FEW = 60, 5


def clerk(house, browser, person):
    person("clerk", "office_clerk@caq", "office_director@caq")
    one = browser()
    one.sign_in("clerk")
    return one


def more_people(house: Any, numbers: range) -> None:
    def work(connection: Any) -> None:
        accounts = Accounts(connection)
        for number in numbers:
            new = accounts.add_person(login=f"person{number:03d}", name=f"人员{number:03d}", mail=None, at=house.clock.now())
            accounts.give(person=new, role="ru_officer", organisation="RU-LN", at=house.clock.now(), by="test")

    house.database.run(work)


def more_mails(house: Any, numbers: range) -> None:
    now = house.clock.now()
    rows = [
        {"id": f"m{n}", "tenant": "cn-2023", "template": "01_notice", "dedupe_key": f"d{n}", "message_id": f"<{n}@b.invalid>", "recipient": "p",
         "recipient_name": f"收件人{n:03d}", "address": "a@b.invalid", "language": "zh", "subject": f"第{n:03d}封", "body": "正文", "state": "sent",
         "created_at": now + timedelta(seconds=n), "due_at": now}
        for n in numbers
    ]  # fmt: skip
    house.database.run(lambda connection: connection.execute(insert(mail), rows))


def more_cases(house: Any, numbers: range) -> None:
    now = house.clock.now()
    firms = [{"id": f"F{n:03d}", "name": f"企业{n:03d}", "uscc": f"91{n:016d}", "bound_by": "test", "bound_at": now} for n in numbers]
    cases = [
        {"id": f"A{n:03d}", "season": "cn-2023", "enterprise": f"F{n:03d}", "state": "draft", "state_at": now, "created_at": now, "late": False,
         "unit": "RU-LN", "submitted_at": now}
        for n in numbers
    ]  # fmt: skip

    def work(connection: Any) -> None:
        connection.execute(insert(people.enterprise), firms)
        connection.execute(insert(applications.application), cases)

    house.database.run(work)


def more_experts(house: Any, numbers: range) -> None:
    def work(connection: Any) -> None:
        for number in numbers:
            Accounts(connection).add_expert(
                name=f"专家{number}", employer="单位", fields=["质量方法"], industries=["34"], employer_uscc=None, mail=None, region=None, available=True
            )  # fmt: skip

    house.database.run(work)


def statements(house: Any, work: Any) -> int:
    """How many statements a piece of work takes."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    try:
        answer = work()
    finally:
        event.remove(house.database.engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.text[:300]
    assert seen
    return len(seen)


LISTS = {
    "/office/people": more_people,
    "/office/mails": more_mails,
    "/office/enterprises": more_cases,
    "/office/experts": more_experts,
    "/cases": more_cases,
    "/unit/RU-LN": more_cases,
    "/unit": more_cases,
}


@pytest.mark.parametrize("path", LISTS)
def test_fifty_rows_take_no_more_statements_than_five(house, browser, person, season, path):
    one = clerk(house, browser, person)
    LISTS[path](house, range(FEW))
    one.get(path)  # the first visit reads what later ones remember
    few = statements(house, lambda: one.get(path))
    LISTS[path](house, range(FEW, MANY))
    assert statements(house, lambda: one.get(path)) == few


@pytest.mark.parametrize(("path", "fill", "word"), [
    ("/office/people", more_people, "人员"), ("/office/mails", more_mails, "收件人"), ("/office/enterprises", more_cases, "企业"),
    ("/cases", more_cases, "企业"),
])  # fmt: skip
def test_a_long_list_has_pages_and_keeps_the_search(house, browser, person, season, path, fill, word):
    one = clerk(house, browser, person)
    fill(house, range(MANY))
    found: list[str] = []
    address = f"{path}?search={word}0"
    pages = 0
    while address:
        text = one.get(address).text
        rows = [f"{word}{number:03d}" for number in range(MANY) if f"{word}{number:03d}<" in text]
        assert 0 < len(rows) <= 50
        found += rows
        pages += 1
        link = text.partition('rel="next"')[0].rpartition('<a href="')[2].partition('"')[0] if 'rel="next"' in text else ""
        assert not link or "search=" in link
        address = path + link.replace("&amp;", "&") if link else ""
    assert pages == 2
    assert sorted(found) == [f"{word}{number:03d}" for number in range(MANY)]
    assert 'rel="prev"' in text
    assert one.get(f"{path}?start=-5").status_code == 200
    assert one.get(f"{path}?start=99999999999").status_code == 404
