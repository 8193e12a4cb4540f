"""Programmes at the REST interface and strangers who guess: nobody locks a programme out, and nobody gets more guesses. Both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from store.selection import tables_people as people
from store.selection.accounts import Accounts
from tests.security.house import SITE, SmallScene
from web.passwords import hash_password

PASSWORD = "a sentence that programmes keep"
OTHER = "another sentence that is kept"
HASH = hash_password(PASSWORD)
LOGIN = "robot@example.invalid"
HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def robot(empty):
    return empty.person(LOGIN, "season_admin@caq", password_hash=HASH)


def asks(scene, address=HOME, password=PASSWORD, login=LOGIN):
    """The status that a programme at the address is given."""
    client = TestClient(scene.app, base_url=SITE, client=(address, 5000))
    return client.get("/engine-rest/version", auth=(login, password)).status_code


def started_anew(empty):
    """The same installation in a process that remembers nothing."""
    return SmallScene(empty.house)


def passes(empty, **time):
    empty.house.clock.move_to(empty.house.clock.now() + timedelta(**time))


def guesses(empty, address, *, times=8):
    for n in range(times):
        assert asks(empty, address, f"wrong guess number {n}") == 401
        passes(empty, seconds=20)


def failures(empty, table=people.person):
    return [row["failures"] for row in empty.rows(select(table.c.failures))]


def test_strangers_never_lock_a_programme_out_of_where_it_works(empty, robot):
    assert asks(empty) == 200
    guesses(empty, ELSEWHERE)
    assert asks(empty) == 200
    assert asks(started_anew(empty)) == 200
    assert asks(empty, ELSEWHERE) == 401  # the right password too: elsewhere the lock stands
    visitor = empty.visitor(None)
    for _ in range(8):  # nor by the sign-in page
        visitor.post("/login", {"login": LOGIN, "password": "wrong guess"})
        passes(empty, seconds=20)
    assert asks(started_anew(empty)) == 200


def test_wrong_passwords_from_its_own_place_delay_it_for_a_quarter_of_an_hour_and_no_longer(empty, robot):
    """Else whoever sits behind the same address could guess without end."""
    assert asks(empty) == 200
    guesses(empty, HOME)
    assert asks(empty) == 401
    assert asks(empty, ELSEWHERE) == 200
    passes(empty, minutes=15)
    assert asks(empty) == 200


def test_nobody_gets_more_guesses_by_the_interface(empty, robot):
    assert asks(empty) == 200
    for address, table in ((HOME, people.known_browser), (ELSEWHERE, people.person)):
        looked_at, before = 0, failures(empty, table)[0]
        for _ in range(60):
            passes(empty, minutes=1)
            asks(empty, address, "a wrong password of many")
            now = failures(empty, table)[0]
            looked_at, before = looked_at + (now > before), now
        assert 3 < looked_at <= 10, address


def test_who_tries_many_names_from_one_address_is_stopped_and_the_programme_there_works_on(empty, robot):
    """A10, A14: spraying. Beyond the hour's passwords a right one tells nothing either; an address that the account knows is not stopped."""
    object.__setattr__(empty.house.settings, "limit_signins", 5)
    assert asks(empty) == 200  # the first sign-in from an address counts
    assert [asks(empty, HOME, f"{n}", login=f"robot{n}@example.invalid") for n in range(6)] == [401] * 4 + [429] * 2
    assert asks(empty) == 200
    assert [asks(empty, ELSEWHERE, f"{n}", login=f"robot{n}@example.invalid") for n in range(5)] == [401] * 5
    assert asks(empty, ELSEWHERE) == 429
    passes(empty, minutes=15)
    assert asks(empty, ELSEWHERE) == 200


def test_its_place_is_written_down_once_a_day_and_forgotten_when_it_was_not_used_for_half_a_year(empty, robot):
    assert asks(empty) == 200
    (first,) = empty.rows(select(people.known_browser.c.proved_at))
    passes(empty, hours=23)
    assert asks(empty) == 200
    assert empty.rows(select(people.known_browser.c.proved_at)) == [first]
    passes(empty, days=181)
    assert asks(empty, ELSEWHERE) == 200
    assert len(empty.rows(select(people.known_browser))) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda accounts, person: accounts.set_password(person, password_hash=hash_password(OTHER)),
        lambda accounts, person: accounts.change_person(person, active=False),
    ],
    ids=["password", "locked"],
)
def test_a_new_password_or_a_locked_account_ends_it_at_once(empty, robot, change):
    assert asks(empty) == 200
    empty.house.database.run(lambda connection: change(Accounts(connection), robot))
    assert asks(empty) == 401


def test_a_role_that_is_taken_away_is_gone_at_once(empty, robot):
    assert asks(empty) == 200
    empty.house.database.run(lambda connection: Accounts(connection).take(person=robot, role="season_admin", organisation="caq"))
    assert asks(empty) == 404


def test_what_is_kept_of_a_place_is_a_hash(empty, robot):
    assert asks(empty) == 200
    (row,) = empty.rows(select(people.known_browser))
    assert HOME not in row["hash"]
    assert row["person"] == robot
