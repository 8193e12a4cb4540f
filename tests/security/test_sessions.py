"""Passwords, sessions and mailed links under attack: guesses at once, guesses by name, headers of mails, host headers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from store.selection import tables_people as people
from store.selection.accounts import Accounts
from store.selection.mail import mail
from web.passwords import hash_password

PASSWORD = "a sentence that people remember"


@pytest.fixture
def scene(at):
    scene = at("filing")
    hashed = hash_password(PASSWORD)
    scene.run(lambda connection: Accounts(connection).change_person(scene.holder("office_clerk"), login="clerk", password_hash=hashed))
    return scene


def guess(scene, password, login="clerk"):
    return scene.visitor(None).post("/login", {"login": login, "password": password}).status_code == 303


def test_guesses_at_once_are_all_counted(scene):
    """Twenty guesses together, the right one among the last: no more of them are looked at than one after the other."""
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: guess(scene, f"wrong guess number {n}"), range(20)))
    ((failures, locked),) = (row.values() for row in scene.rows(select(people.guess.c.failures, people.guess.c.locked_until)))
    assert locked > scene.house.clock.now()
    assert failures >= 2
    assert not guess(scene, PASSWORD)


def test_of_many_guesses_in_an_hour_few_are_looked_at(scene):
    looked_at = 0
    for minute in range(60):
        scene.house.clock.move_to(scene.house.clock.now() + timedelta(minutes=1))
        before = scene.one(select(people.person.c.failures).where(people.person.c.login == "clerk"))
        for n in range(3):
            guess(scene, f"wrong guess {minute} {n}")
        looked_at += scene.one(select(people.person.c.failures).where(people.person.c.login == "clerk")) - before
    assert looked_at <= 10


def test_the_lock_opens_by_time_and_by_the_mailbox(scene):
    for n in range(5):
        guess(scene, f"wrong guess {n}")
        scene.house.clock.move_to(scene.house.clock.now() + timedelta(seconds=20))
    assert not guess(scene, PASSWORD)
    scene.house.clock.move_to(scene.house.clock.now() + timedelta(minutes=15))
    assert guess(scene, PASSWORD)


def test_unknown_locked_and_wrong_cost_the_same_writes(scene):
    def writes(login):
        with scene.house.database.engine.connect() as connection:
            before = connection.exec_driver_sql("PRAGMA data_version").scalar()
        statements = []
        from sqlalchemy import event

        def note(_connection, _cursor, statement, *_rest):
            if statement.startswith(("UPDATE", "INSERT", "DELETE")):
                statements.append(statement)

        event.listen(scene.house.database.engine, "before_cursor_execute", note)
        guess(scene, "a wrong password of twenty", login=login)
        event.remove(scene.house.database.engine, "before_cursor_execute", note)
        del before
        return len(statements) > 0

    assert writes("clerk")
    assert writes("nobody at all")
    scene.run(
        lambda connection: connection.execute(
            update(people.person)
            .where(people.person.c.login == "clerk")
            .values(locked_until=scene.house.clock.now() + timedelta(minutes=9))
        )
    )
    assert writes("clerk")


def test_a_locked_account_s_sessions_end_at_once(scene):
    clerk = scene.visitor(scene.holder("office_clerk"))
    admin = scene.visitor(scene.holder("season_admin"))
    assert clerk.get("/account").status_code == 200
    assert admin.post(f"/office/people/{clerk.person}/active", {"active": "no"}).status_code == 303
    assert clerk.get("/account").status_code == 303


def test_taking_a_role_away_counts_with_the_next_request(scene):
    clerk = scene.visitor(scene.holder("office_clerk"))
    assert clerk.get("/office").status_code == 200
    scene.run(lambda connection: Accounts(connection).take(person=clerk.person, role="office_clerk", organisation="caq"))
    assert clerk.get("/office").status_code == 404


EVIL = [
    "a@example.invalid\r\nBcc: victim@example.invalid",
    "a@example.invalid, victim@example.invalid",
    '"Zhang, San" <a@b.invalid>, v@x.invalid',
    "a\0@example.invalid",
    "a@example.invalid\u2028",
    "a@exa mple.invalid",
    "@",
    "a" * 400 + "@example.invalid",
]


@pytest.mark.parametrize("address", EVIL)
def test_a_mailbox_is_one_mailbox(scene, address):
    before = len(scene.rows(select(mail)))
    answer = scene.visitor(None).post("/register", {"name": "张三", "mail": address})
    written = scene.rows(select(mail))[before:]
    assert answer.status_code in {200, 422}
    assert answer.status_code == 422 or len(written) == 1
    assert all(len(row["address"].splitlines()) == 1 and row["address"].count("@") == 1 and "," not in row["address"] for row in written)


@pytest.mark.parametrize(
    "name", ["张三\r\nBcc: victim@example.invalid", "Zhang, San", "a\0b", "\u2028\u202e", "<b>𠮷</b>", "=HYPERLINK(1)"]
)
def test_a_name_is_never_a_header(scene, name):
    answer = scene.visitor(None).post("/register", {"name": name, "mail": "new@example.invalid"})
    assert answer.status_code in {200, 422}
    for row in scene.rows(select(mail).where(mail.c.address == "new@example.invalid")):
        assert len(row["subject"].splitlines()) == 1
        assert "\n" not in row["recipient_name"]
        scene.house.outbox.deliver_due()
    files = list(scene.house.settings.mail_folder.rglob("*.eml"))
    for path in files:
        head = path.read_bytes().partition(b"\n\n")[0].lower()
        assert b"\nbcc:" not in head


def test_the_link_in_a_mail_is_never_made_of_the_request_s_host(scene):
    scene.run(lambda connection: Accounts(connection).change_person(scene.holder("office_clerk"), mail="clerk@example.invalid"))
    evil = {"host": "evil.invalid", "x-forwarded-host": "evil.invalid", "forwarded": "host=evil.invalid"}
    for headers in evil.items():
        scene.visitor(None).client.post("/password", data={"login": "clerk"}, headers=dict([headers]))
    scene.visitor(None).post(
        "/password", {"login": "clerk"}, headers={"x-forwarded-host": "evil.invalid", "forwarded": "host=evil.invalid"}
    )
    letters = scene.rows(select(mail.c.body).where(mail.c.template == "reset"))
    assert letters
    assert not [row for row in letters if "evil.invalid" in row["body"]]
