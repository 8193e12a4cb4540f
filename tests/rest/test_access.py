"""Who is let in: accounts by basic authentication with the rights of the pages; without accounts only a test at this machine."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.clock import SystemClock
from store.selection.accounts import Accounts
from store.selection.tables_people import access_token
from store.selection.tokens import AccessTokens
from web.app import create_app
from web.passwords import hash_password
from web.tokens import make_token

PASSWORD = "a sentence that people remember"


@pytest.fixture
def person(parts):
    def add(login, group):
        def work(connection):
            accounts = Accounts(connection)
            at = parts.clock.now()
            new = accounts.add_person(login=login, name=login, mail=None, at=at, password_hash=hash_password(PASSWORD))
            role, _, organisation = group.partition("@")
            accounts.give(person=new, role=role, organisation=organisation, at=at, by="test")
            return new

        return parts.database.run(work)

    return add


def test_the_administrator_signs_in_and_others_see_nothing(http, person):
    person("admin", "season_admin@caq")
    person("expert", "expert@X1")
    assert http.get("/engine-rest/version").status_code == 401
    assert http.get("/engine-rest/version", auth=("admin", "wrong")).status_code == 401
    assert http.get("/engine-rest/version", auth=("admin", PASSWORD)).json() == {"version": "7.24.0"}
    assert http.get("/engine-rest/task", auth=("expert", PASSWORD)).status_code == 404
    assert http.get("/engine-rest/version").headers["www-authenticate"].startswith("Basic")


def test_without_accounts_only_this_machine_is_served(parts):
    stranger = TestClient(create_app(parts), base_url="http://localhost", client=("192.0.2.7", 1234))
    assert stranger.get("/engine-rest/version").status_code == 401
    parts.settings.web_host = "0.0.0.0"  # noqa: S104 - what must not be open
    neighbour = TestClient(create_app(parts), base_url="http://localhost", client=("127.0.0.1", 1234))
    assert neighbour.get("/engine-rest/version").status_code == 401


def test_under_the_real_clock_nothing_is_open(parts):
    real = SimpleNamespace(**{**vars(parts), "clock": SystemClock()})
    client = TestClient(create_app(real), base_url="http://localhost", client=("127.0.0.1", 1234))
    assert client.post("/engine-rest/clock", json={"advance": "PT1H"}).status_code == 401


def test_pages_of_other_sites_are_refused(http):
    assert http.get("/engine-rest/version", headers={"origin": "https://evil.example"}).status_code == 403
    assert http.get("/engine-rest/version", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_no_cookie_is_set(http):
    assert "set-cookie" not in http.get("/engine-rest/version").headers


def bearer(secret):
    return {"authorization": f"Bearer {secret}"}


def test_a_token_lets_its_account_in_until_it_is_revoked_or_over(parts, http, person):
    admin, expert = person("admin", "season_admin@caq"), person("expert", "expert@X1")
    name, secret = make_token(parts, person=admin, name="worker", valid=timedelta(days=2), by="test")
    assert http.get("/engine-rest/version", headers=bearer(secret)).json() == {"version": "7.24.0"}
    assert http.get("/engine-rest/version", headers=bearer(name)).status_code == 401
    assert http.get("/engine-rest/version", headers=bearer("")).status_code == 401
    _, others = make_token(parts, person=expert, name="worker", valid=timedelta(days=2), by="test")
    assert http.get("/engine-rest/task", headers=bearer(others)).status_code == 404
    parts.clock.set_to(parts.clock.now() + timedelta(days=2))
    assert http.get("/engine-rest/version", headers=bearer(secret)).status_code == 401
    name, secret = make_token(parts, person=admin, name="worker", valid=timedelta(days=2), by="test")
    now = parts.clock.now()
    assert not parts.database.run(lambda connection: AccessTokens(connection).revoke(name, person=expert, now=now))
    assert parts.database.run(lambda connection: AccessTokens(connection).revoke(name, person=admin, now=now))
    assert not parts.database.run(lambda connection: AccessTokens(connection).revoke(name, person=admin, now=now))
    assert http.get("/engine-rest/version", headers=bearer(secret)).status_code == 401


def test_a_token_ends_with_its_account_and_is_kept_as_a_hash_only(parts, http, person):
    admin = person("admin", "season_admin@caq")
    _, secret = make_token(parts, person=admin, name="worker", valid=timedelta(days=2), by="test")
    with parts.database.read() as connection:
        (row,) = connection.execute(select(access_token)).all()
    assert secret not in str(row)
    parts.database.run(lambda connection: Accounts(connection).change_person(admin, active=False))
    assert http.get("/engine-rest/version", headers=bearer(secret)).status_code == 401
