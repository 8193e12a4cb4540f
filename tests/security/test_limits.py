"""How much strangers may send from one address, people who are signed in from their account; whom guesses delay. Both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from store.selection import tables_people as people
from store.selection.allowance import Allowances
from store.selection.mail import mail
from tests.security.conftest import Visitor, secret_of
from tests.security.house import NOW, SITE
from tests.security.test_lockout import HASH, MAILBOX, PASSWORD, clerk, passes, sign_in  # noqa: F401 - `clerk` is a fixture
from tests.web.test_routes import routes
from web import passwords
from web.limits import LIMITED, place_of

HERE, THERE = "192.0.2.7", "198.51.100.9"
WRONG = "a wrong password of many"
MANY = 6  # guesses from everywhere, in place of a hundred


def visitor_at(scene, address, person=None):
    """A browser at an address."""
    client = TestClient(scene.app, base_url=SITE, raise_server_exceptions=False, client=(address, 5000))
    secret = secret_of(person) if person else "a stranger's visit"
    client.cookies.set("session" if person else "visit", secret)
    return Visitor(client, secret, person)


def limited(scene, **limits):
    """The house as its operator set it."""
    for name, most in limits.items():
        object.__setattr__(scene.house.settings, f"limit_{name}", most)


def registers(scene, address, number):
    return visitor_at(scene, address).post("/register", {"name": "张三", "mail": f"new{number}@example.invalid"})


def test_one_address_asks_for_thirty_mails_an_hour_and_is_told_when_to_go_on(empty):
    assert {registers(empty, HERE, n).status_code for n in range(30)} == {200}
    sent = empty.rows(select(func.count().label("n")).select_from(mail))
    answer = registers(empty, HERE, 30)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "120"
    assert "2 分钟后" in answer.text
    assert "没有保存" in answer.text
    assert visitor_at(empty, HERE).post("/password", {"login": MAILBOX}).status_code == 429  # the same mails
    assert empty.rows(select(func.count().label("n")).select_from(mail)) == sent
    assert registers(empty, THERE, 31).status_code == 200
    passes(empty, minutes=2)
    assert registers(empty, HERE, 32).status_code == 200
    assert registers(empty, HERE, 33).status_code == 429


def test_mails_to_subscribe_are_mails_and_three_live_ones_to_a_mailbox_are_enough(empty):
    limited(empty, mails=6)
    sends = [visitor_at(empty, HERE).post("/public/subscription", {"mail": "reader@example.invalid"}) for _ in range(7)]
    assert [answer.status_code for answer in sends] == [200] * 6 + [429]
    assert len({answer.text for answer in sends[:6]}) == 1, "who asks does not learn that nothing more was sent"
    assert len(empty.rows(select(mail.c.id).where(mail.c.address == "reader@example.invalid"))) == 3
    visitor_at(empty, THERE).post("/password", {"login": "reader@example.invalid"})
    assert registers(empty, THERE, 1).status_code == 200, "the links of another kind are not used up by them"


LISTS = ("/public/publicity", "/public/announcements", "/public/revocations", "/public/exchanges")


def test_sheets_and_files_of_public_pages_are_downloads_and_the_pages_are_not(empty, clerk):  # noqa: F811 - the fixture
    limited(empty, downloads=3)
    stranger, colleague = visitor_at(empty, HERE), visitor_at(empty, HERE, clerk)
    files = ["/public/library/CN-2023-001/files/F00001", "/public/notice/cn-2023/files/F00001"]
    asked = [stranger.get(f"{LISTS[0]}?form=xlsx"), *(stranger.get(path) for path in files)]
    assert [answer.status_code for answer in asked] == [200, 404, 404], "what is not there is asked for, too"

    refused = [stranger.get(path) for path in (*(f"{path}?form=xlsx" for path in LISTS), *files)]

    assert {answer.status_code for answer in refused} == {429}
    assert refused[0].headers["retry-after"] == "1200"
    assert "请在 20 分钟后再试" in refused[0].text
    assert "没有保存" not in refused[0].text
    assert {stranger.get(path).status_code for path in LISTS} == {200}, "the pages are read on"
    assert [colleague.get(f"{LISTS[0]}?form=xlsx").status_code for _ in range(4)] == [200, 200, 200, 429], "an account has its own count"
    assert visitor_at(empty, THERE).get(f"{LISTS[0]}?form=xlsx").status_code == 200


def test_the_answer_is_in_the_visitor_s_language(empty):
    limited(empty, mails=1)
    own = visitor_at(empty, HERE)
    own.client.cookies.set("language", "en")
    for n in range(2):
        answer = own.post("/register", {"name": "Ann", "mail": f"new{n}@example.invalid"})
    assert answer.status_code == 429
    assert "submit again in 60 min" in answer.text


def test_what_is_refused_writes_nothing(empty):
    limited(empty, mails=2)
    assert [registers(empty, HERE, n).status_code for n in range(3)] == [200, 200, 429]
    before = empty.rows(select(people.allowance))
    assert registers(empty, HERE, 4).status_code == 429
    assert empty.rows(select(people.allowance)) == before


def test_an_office_behind_a_full_address_works_on(empty, clerk):  # noqa: F811 - the fixture
    limited(empty, mails=1, signins=2)
    stranger, colleague = visitor_at(empty, HERE), visitor_at(empty, HERE, clerk)
    assert [stranger.post("/login", {"login": "nobody", "password": WRONG}).status_code for _ in range(3)] == [422, 422, 429]
    assert [registers(empty, HERE, n).status_code for n in range(2)] == [200, 429]
    assert not sign_in(stranger)
    assert colleague.get("/inbox").status_code == 200
    assert colleague.post("/password", {"login": MAILBOX}).status_code == 200
    assert sign_in(colleague)


def test_zero_is_no_limit_and_this_machine_is_nobody_s_neighbour(empty):
    limited(empty, mails=1)
    assert {registers(empty, "127.0.0.1", n).status_code for n in range(3)} == {200}
    limited(empty, mails=0)
    assert {registers(empty, HERE, n).status_code for n in range(3)} == {200}


@pytest.mark.parametrize(("one", "other", "same"), [
    ("2001:db8:1:2::7", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::7", "2001:db8:1:3::7", False), ("192.0.2.7", "::ffff:192.0.2.7", True),
    ("192.0.2.7", "192.0.2.8", False), ("127.0.0.1", "::1", True),
])  # fmt: skip
def test_an_ipv6_subscriber_is_one_place(one, other, same):
    class Asked:
        def __init__(self, host):
            self.client = type("Client", (), {"host": host})

    assert (place_of(Asked(one)) == place_of(Asked(other))) is same


def test_every_limited_route_is_there(empty):
    known = {(method, route.path) for route in routes(empty.house) for method in route.methods}
    assert LIMITED.keys() <= known


def test_an_allowance_comes_back_evenly_and_leaves_no_row(empty):
    def take(at, subject="s"):
        return empty.house.database.run(lambda connection: Allowances(connection).take(subject, most=3, per=timedelta(hours=1), now=at))

    waits = [take(NOW) for _ in range(4)]
    assert waits == [timedelta(), timedelta(), timedelta(), timedelta(minutes=20)]
    assert take(NOW + timedelta(minutes=19)) == timedelta(minutes=1)
    assert take(NOW + timedelta(minutes=20)) == timedelta()
    take(NOW + timedelta(hours=3), "another")
    assert [row["subject"] for row in empty.rows(select(people.allowance))] == ["another"]


def test_strangers_elsewhere_keep_nobody_from_signing_in(empty, clerk):  # noqa: F811 - the fixture
    """A known login, guessed at without end from one address: its owner signs in from another, in a browser that is new."""
    for n in range(12):
        assert not sign_in(visitor_at(empty, HERE), f"{WRONG} {n}")
        passes(empty, minutes=1)
    assert not sign_in(visitor_at(empty, HERE))
    assert sign_in(visitor_at(empty, THERE))
    assert not sign_in(visitor_at(empty, HERE))  # the owner's success is none of the stranger's


def test_guesses_from_everywhere_leave_the_known_browsers_and_the_mail(empty, clerk, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setattr(passwords, "FAILURES_EVERYWHERE", MANY)
    own = visitor_at(empty, THERE)
    assert sign_in(own)
    own.client.cookies.delete("session")
    for n in range(MANY):
        sign_in(visitor_at(empty, f"203.0.113.{n}"), WRONG)
    looked_at = empty.rows(select(people.person.c.failures))
    assert [row["failures"] for row in looked_at] == [MANY]
    assert not sign_in(visitor_at(empty, "192.0.2.200"))
    assert empty.rows(select(people.person.c.failures)) == looked_at
    assert sign_in(own)
    passes(empty, minutes=15)
    assert sign_in(visitor_at(empty, "192.0.2.200"))


def test_guesses_of_yesterday_are_forgotten(empty, clerk):  # noqa: F811 - the fixture
    for n in range(4):
        sign_in(visitor_at(empty, HERE), f"{WRONG} {n}")
        passes(empty, seconds=20)
    passes(empty, days=1)
    assert not sign_in(visitor_at(empty, HERE), WRONG)
    assert sign_in(visitor_at(empty, HERE))
    assert len(empty.rows(select(people.guess))) == 1
