"""Many rows of each list, written as the house keeps them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from store.engine import tables as engine
from store.selection import tables_application as applications
from store.selection import tables_people as people
from store.selection import tables_result as results
from store.selection import tables_review as review
from store.selection.accounts import Accounts
from store.selection.mail import mail

SEASON = "cn-2023"


def more_people(house: Any, numbers: range) -> None:
    def work(connection: Any) -> None:
        accounts = Accounts(connection)
        for number in numbers:
            new = accounts.add_person(login=f"person{number:03d}", name=f"人员{number:03d}", mail=None, at=house.clock.now())
            accounts.give(person=new, role="ru_officer", organisation="RU-LN", at=house.clock.now(), by="test")

    house.database.run(work)


def more_mails(house: Any, numbers: range, *, to: str = "p") -> None:
    now = house.clock.now()
    rows = [
        {"id": f"m{n}", "tenant": "cn-2023", "template": "01_notice", "dedupe_key": f"d{n}", "message_id": f"<{n}@b.invalid>", "recipient": to,
         "recipient_name": f"收件人{n:03d}", "address": "a@b.invalid", "language": "zh", "subject": f"第{n:03d}封", "body": "正文", "state": "sent",
         "created_at": now + timedelta(seconds=n), "due_at": now}
        for n in numbers
    ]  # fmt: skip
    house.database.run(lambda connection: connection.execute(insert(mail), rows))


def more_letters(house: Any, numbers: range) -> None:
    """Letters to the clerk who looks at the lists."""
    more_mails(house, numbers, to=person_of(house, "clerk"))


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


def more_tasks(house: Any, numbers: range, *, state: str = "open", holder: str | None = None) -> None:
    """Tasks of the office, each of a case of its own; nobody's, somebody's, or done by somebody."""
    now = house.clock.now()
    more_cases(house, numbers)
    cases = [
        {"root": f"r{n:03d}", "version": 1, "process": "application", "tenant": SEASON, "business_key": f"A{n:03d}", "status": "running",
         "revision": 1, "seq": 1, "head": "", "troubles": 0, "state": b"", "started_at": now, "started_by": "test", "changed_at": now}
        for n in numbers
    ]  # fmt: skip
    tasks = [
        {"id": f"r{n:03d}.1", "root": f"r{n:03d}", "wait": "1", "tenant": SEASON, "process": "form_check", "element": "N04a", "name": "形式审查（初核）",
         "within": "", "state": state, "assignee": holder, "users": [], "groups": ["office_clerk@caq"], "priority": 50, "depends": [],
         "revision": 1, "opened_seq": 1, "created_at": now, "due": now + timedelta(days=n + 1), "closed_at": None if state == "open" else now,
         "closed_by": None if state == "open" else holder}
        for n in numbers
    ]  # fmt: skip
    offered = [{"task": f"r{n:03d}.1", "who": "g:office_clerk@caq", "taken": holder is not None, "due": n} for n in numbers]
    version = {"id": 1, "name": "filler", "number": 1, "digest": "d", "deployed_at": now, "deployed_by": "test", "processes": [], "message_starts": {},
               "profile": "season"}  # fmt: skip

    def work(connection: Any) -> None:
        if not connection.execute(engine.version.select()).first():
            connection.execute(insert(engine.version).values(version))
        connection.execute(insert(engine.instance), cases)
        for one in tasks:
            connection.execute(insert(engine.task).values(one))
        if state == "open":
            connection.execute(insert(engine.task_candidate), offered)

    house.database.run(work)


def person_of(house: Any, login: str) -> str:
    """The id of an account."""
    found = house.database.run(lambda connection: Accounts(connection).by_login(login))
    return str(found.id)


def clerk_of(house: Any) -> str:
    """The id of the person who looks."""
    return person_of(house, "clerk")


def unit_task(house: Any, root: str, unit: str) -> None:
    """An open task becomes the ranking of a unit, offered to its officers, due after all others."""
    late = house.clock.now() + timedelta(days=400)
    ours = {"element": "N03b", "name": "排序并确定推荐名单", "process": "recommendation", "assignee": None, "groups": [f"ru_officer@{unit}"], "due": late}

    def work(connection: Any) -> None:
        connection.execute(engine.instance.update().where(engine.instance.c.root == root).values(business_key=f"{SEASON}/{unit}"))
        connection.execute(engine.task.update().where(engine.task.c.root == root).values(ours))

    house.database.run(work)


def more_own_tasks(house: Any, numbers: range) -> None:
    """Tasks that the clerk holds."""
    more_tasks(house, numbers, holder=clerk_of(house))


def more_done_tasks(house: Any, numbers: range) -> None:
    """Tasks that the clerk has done."""
    more_tasks(house, numbers, state="completed", holder=clerk_of(house))


def more_groups(house: Any, numbers: range) -> None:
    """Review groups, each led by an expert of its own."""
    more_experts(house, numbers)
    rows = [{"id": f"G{n:03d}", "season": SEASON, "name": f"第{n:03d}专业组", "leader": f"X{n}", "state": "formed"} for n in numbers]
    house.database.run(lambda connection: connection.execute(insert(review.review_group), rows))


def more_meetings(house: Any, numbers: range) -> None:
    """Meetings of the committee."""
    now = house.clock.now()
    about = {"season": SEASON, "kind": "award", "state": "planned", "created_at": now}
    rows = [{"id": f"M{n:03d}", "subject": f"S{n}", "parent": f"S{n}", **about} for n in numbers]
    house.database.run(lambda connection: connection.execute(insert(review.meeting), rows))


def more_titles(house: Any, numbers: range, *, state: str = "active") -> None:
    """Titles of earlier years."""
    now = house.clock.now()
    rows = [
        {"id": f"T{n:03d}", "season": SEASON, "holder": f"企业{n:03d}", "experience_name": "经验", "state": state, "imported": True, "year": 2020,
         "granted_at": now, "revoked_at": None if state == "active" else now}
        for n in numbers
    ]  # fmt: skip
    house.database.run(lambda connection: connection.execute(insert(results.title), rows))


def more_revoked(house: Any, numbers: range) -> None:
    """Titles that were revoked."""
    more_titles(house, numbers, state="revoked")


def more_batches(house: Any, numbers: range) -> None:
    """Published lists."""
    now = house.clock.now()
    rows = [{"id": f"B{n:03d}", "season": SEASON, "kind": "publicity", "state": "public", "created_at": now} for n in numbers]
    told = [{"subject": f"B{n:03d}", "channel": "website", "url": "https://x.invalid", "at": now, "by": "P1", "confirmed_by": "P2"} for n in numbers]

    def work(connection: Any) -> None:
        connection.execute(insert(results.batch), rows)
        connection.execute(insert(results.publication), told)

    house.database.run(work)


def more_items(house: Any, numbers: range) -> None:
    """Lines of one published list."""
    more_cases(house, numbers)
    if numbers.start == 0:
        more_batches(house, range(1))
    now = house.clock.now()
    rows = [
        {"batch": "B000", "application": f"A{n:03d}", "seq": n, "state": "public", "row": {"enterprise_name": f"企业{n:03d}"}, "starts": now, "ends": now}
        for n in numbers
    ]  # fmt: skip
    house.database.run(lambda connection: connection.execute(insert(results.batch_item), rows))
