"""Subscribers on both databases: one row per mailbox, forgotten whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from store.selection.accounts import Accounts
from store.selection.mail import mail
from store.selection.subscribers import PURPOSE, Subscribers
from store.selection.tables_people import token

NOW = datetime(2023, 9, 1, 1, tzinfo=UTC)
READER = "reader@people.invalid"


def confirmed(database, address=READER, language="zh", way="way out", at=NOW):
    def work(connection):
        Subscribers(connection).confirm(address=address, language=language, secret=way, at=at)
        return Subscribers(connection).everybody()

    return database.run(work)


def letter(database, name, *, to, template="32_publicity_started", address=READER, at=NOW):
    row = {
        "id": name, "tenant": "cn-2023", "template": template, "dedupe_key": name, "message_id": name, "recipient": to, "recipient_name": "订阅者",
        "address": address, "language": "zh", "subject": "s", "body": "b", "state": "new", "created_at": at, "due_at": at,
    }  # fmt: skip
    database.run(lambda connection: connection.execute(insert(mail).values(row)))


def asked(database, address, at):
    def work(connection):
        Accounts(connection).add_token(digest=address, purpose=PURPOSE, person=None, mail=address, grants=[], at=at, expires=at + timedelta(days=1))

    database.run(work)


def left_over(database):
    with database.read() as connection:
        return sorted(connection.execute(select(mail.c.id)).scalars()), sorted(connection.execute(select(token.c.mail)).scalars())


def test_a_mailbox_subscribes_once_and_keeps_the_way_out_of_its_old_letters(database):
    confirmed(database)
    (reader,) = confirmed(database, language="en", way="another", at=NOW + timedelta(days=1))
    assert (reader.mail, reader.language, reader.secret, reader.confirmed_at) == (READER, "en", "way out", NOW)


def test_who_leaves_is_forgotten_with_all_letters_and_nobody_else(database):
    (reader,) = confirmed(database)
    confirmed(database, address="other@people.invalid", way="other")
    letter(database, "theirs", to=reader.id)
    letter(database, "proof", to="mailbox", template=PURPOSE)
    letter(database, "an account's", to="P0001")
    asked(database, READER, NOW)

    assert database.run(lambda connection: Subscribers(connection).leave(secret="way out"))
    assert not database.run(lambda connection: Subscribers(connection).leave(secret="way out"))

    assert left_over(database) == (["an account's"], [])
    with database.read() as connection:
        assert [row.mail for row in Subscribers(connection).listed(limit=9)] == ["other@people.invalid"]
        assert Subscribers(connection).count() == 1


@pytest.mark.parametrize("way", [{"secret": ""}, {"name": ""}, {"secret": "no such"}, {"name": "U999"}])
def test_an_unknown_way_out_forgets_nobody(database, way):
    confirmed(database)
    assert not database.run(lambda connection: Subscribers(connection).leave(**way))
    with database.read() as connection:
        assert Subscribers(connection).count() == 1


def test_what_was_never_proved_is_forgotten_after_its_time(database):
    confirmed(database)
    for address, at in ((READER, NOW), ("stranger@people.invalid", NOW), ("new@people.invalid", NOW + timedelta(days=1))):
        asked(database, address, at)
        letter(database, address, to="mailbox", template=PURPOSE, address=address, at=at)

    database.run(lambda connection: Subscribers(connection).forget_unproved(before=NOW + timedelta(hours=1)))

    assert left_over(database) == (["new@people.invalid", READER], ["new@people.invalid"])


def test_the_same_mailbox_confirmed_at_once_is_one_subscriber(database):
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda number: confirmed(database, way=f"way {number}"), range(4)))
    with database.read() as connection:
        assert Subscribers(connection).count() == 1
