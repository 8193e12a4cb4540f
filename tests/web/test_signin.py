from dataclasses import replace
from datetime import timedelta

from starlette.testclient import TestClient

from store.selection.mail import MailRepository
from tests.web.conftest import Browser
from web.app import create_app


def link_in(house, number=0):
    with house.database.read() as connection:
        body = MailRepository(connection).find()[number].body
    assert "https://selection.example.invalid/password/" in body
    return body.partition("https://selection.example.invalid")[2].split()[0]


def test_a_person_signs_in_and_out(browser, person):
    person("clerk", "office_clerk@caq")
    ann = browser()

    answer = ann.sign_in("clerk")

    assert answer.status_code == 200
    assert "退出" in ann.get("/account").text
    ann.post("/logout")
    assert ann.get("/account", follow_redirects=False).headers["location"] == "/login?then=/account"


def test_the_session_id_is_new_at_each_sign_in_and_dead_after_signing_out(browser, person):
    person("clerk")
    ann = browser()
    ann.sign_in("clerk")
    first = ann.client.cookies["session"]
    ann.sign_in("clerk")
    second = ann.client.cookies["session"]

    thief = browser()
    thief.client.cookies.set("session", first)

    assert first != second
    assert thief.get("/account", follow_redirects=False).status_code == 303
    ann.post("/logout")
    thief.client.cookies.set("session", second)
    assert thief.get("/account", follow_redirects=False).status_code == 303


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(browser, person):
    person("clerk")
    ann = browser()

    wrong = ann.sign_in("clerk", "not the password at all")
    unknown = ann.sign_in("klerc", "not the password at all")

    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace("clerk", "klerc") == unknown.text


def test_after_five_wrong_passwords_the_right_one_works_a_quarter_of_an_hour_later(browser, person, house):
    person("clerk")
    ann = browser()
    for _ in range(5):
        assert ann.sign_in("clerk", "not the password at all").status_code == 422
        house.clock.at += timedelta(seconds=30)

    assert ann.sign_in("clerk").status_code == 422
    house.clock.at += timedelta(minutes=15)
    assert ann.sign_in("clerk").url.path == "/inbox"


def test_who_is_locked_out_is_told_how_long_and_what_helps_at_once(browser, person, house):
    person("clerk", mail="clerk@example.invalid")
    ann = browser()
    for _ in range(5):
        ann.sign_in("clerk", "not the password at all")
        house.clock.at += timedelta(seconds=30)
    locked = ann.sign_in("clerk")
    assert locked.status_code == 422
    assert "输错五次须等待十五分钟，等待期间输入正确的密码也不能登录" in locked.text
    assert 'href="/password"' in locked.text
    ann.client.cookies.set("language", "en")
    assert "wait a quarter of an hour" in ann.sign_in("clerk").text

    ann.post("/password", {"login": "clerk"})
    new = "another sentence that people remember"
    ann.post(link_in(house), {"password": new, "again": new})
    assert ann.sign_in("clerk", new).url.path == "/inbox"


def test_an_idle_session_ends(browser, person, house):
    person("clerk")
    ann = browser()
    ann.sign_in("clerk")

    house.clock.at += timedelta(minutes=29)
    assert ann.get("/account").url.path == "/account"
    house.clock.at += timedelta(minutes=31)
    assert ann.get("/account").url.path == "/login"


def test_a_session_ends_after_its_longest_time_however_busy(browser, person, house):
    person("clerk")
    ann = browser()
    ann.sign_in("clerk")

    for _ in range(30):
        house.clock.at += timedelta(minutes=20)
        last = ann.get("/account")

    assert last.url.path == "/login"


def test_a_new_password_by_mail_works_once_and_ends_all_sessions(browser, person, house):
    person("clerk", mail="clerk@example.invalid")
    ann = browser()
    ann.sign_in("clerk")
    browser().post("/password", {"login": "clerk"}, headers={"x-forwarded-host": "evil.invalid"})
    link = link_in(house)

    new = {"password": "another sentence to remember", "again": "another sentence to remember"}
    assert browser().post(link, new).url.path == "/login"

    assert ann.get("/account").url.path == "/login"
    assert ann.sign_in("clerk").status_code == 422
    assert ann.sign_in("clerk", new["password"]).status_code == 200
    assert browser().post(link, new).status_code == 422


def test_a_mailed_link_expires_after_half_an_hour(browser, person, house):
    person("clerk", mail="clerk@example.invalid")
    browser().post("/password", {"login": "clerk"})
    link = link_in(house)

    house.clock.at += timedelta(minutes=30)

    new = {"password": "another sentence to remember", "again": "another sentence to remember"}
    assert browser().post(link, new).status_code == 422
    assert browser().sign_in("clerk").status_code == 200


def test_asking_for_a_new_password_never_tells_who_has_an_account(browser, person):
    person("clerk", mail="clerk@example.invalid")

    known = browser().post("/password", {"login": "clerk"})
    unknown = browser().post("/password", {"login": "nobody"})

    def without_tokens(text):
        return [line for line in text.splitlines() if "token" not in line.lower()]

    assert without_tokens(known.text) == without_tokens(unknown.text)


def test_people_are_only_led_to_pages_of_this_site(browser, person):
    person("clerk")
    for evil in ("//evil.invalid", "/\\evil.invalid", "/%09/evil".replace("%09", "\t"), "https:evil.invalid", "javascript:alert(1)"):
        answer = browser().post(
            "/login", {"login": "clerk", "password": "a sentence that people remember", "then": evil}, follow_redirects=False
        )
        assert answer.headers["location"] == "/inbox"


def test_the_language_is_switched_and_remembered(browser, person):
    person("clerk")
    ann = browser()
    ann.sign_in("clerk")

    ann.post("/language", {"language": "en", "then": "/account"})

    assert 'lang="en"' in ann.get("/account").text
    ann.client.cookies.delete("language")
    assert 'lang="en"' in ann.get("/account").text


def test_every_cookie_is_out_of_reach_of_scripts_and_other_sites_and_stays_on_tls(house, person):
    """A site over TLS, from the first visit to the sign-out; cookies that prove who one is are locked to the host."""
    person("clerk", "office_clerk@caq")
    house.settings = replace(house.settings, secure_cookies=True)
    ann = Browser(TestClient(create_app(house), base_url="https://testserver"))
    answers = [ann.get("/login", follow_redirects=False), ann.sign_in("clerk"), ann.post("/language", {"language": "zh", "then": "/account"})]
    answers += [ann.post("/office/people", {"name": "王一", "mail": "one@example.invalid", "role": "auditor", "organisation": "caq"}), ann.post("/logout")]
    set_there = [cookie for answer in answers for one in (*answer.history, answer) for cookie in one.headers.get_list("set-cookie")]
    assert {cookie.partition("=")[0] for cookie in set_there} >= {"__Host-session", "__Host-visit", "__Host-browser", "__Host-language"}
    for cookie in set_there:
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "path=/", "samesite=lax"} <= flags, cookie
        assert "httponly" in flags or "max-age=0" in flags, cookie
        assert not any(flag.startswith("domain") for flag in flags), cookie


def test_a_session_that_somebody_else_chose_is_never_taken_over(browser, person):
    """Fixation: an id planted before the sign-in, known or made up, is nobody's afterwards."""
    person("clerk")
    ann, thief = browser(), browser()
    ann.client.cookies.set("session", "planted")
    ann.client.cookies.set("visit", "planted too")
    ann.sign_in("clerk")
    assert ann.get("/account").url.path == "/account"
    for name in ("session", "visit", "browser"):
        for value in ("planted", "planted too"):
            thief.client.cookies.clear()
            thief.client.cookies.set(name, value)
            assert thief.get("/account", follow_redirects=False).status_code == 303


def test_pages_and_letters_about_accounts_name_the_office_of_the_house(house, person):
    """A provincial association sets its own name, telephone and mailbox."""
    person("clerk", mail="clerk@example.invalid")
    house.settings = replace(house.settings, office_name="辽宁省质量协会", office_phone="024-12345678", office_mail="office@ln.invalid")
    ann = Browser(TestClient(create_app(house)))
    ann.post("/password", {"login": "clerk"})

    with house.database.read() as connection:
        letter = MailRepository(connection).find()[0].body
    for text in (ann.get("/login").text, ann.get("/no/such/page").text, letter):
        for said in ("辽宁省质量协会", "024-12345678", "office@ln.invalid"):
            assert said in text
