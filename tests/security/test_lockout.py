"""Who is locked out by whom: strangers' guesses, the browser an account knows, links asked for in another's name, invitations. Both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from store.selection import tables_people as people
from store.selection.mail import mail
from store.selection.people import PeopleFacts
from web.passwords import hash_password

PASSWORD, OTHER = "a sentence that people remember", "another sentence to remember"
HASH = hash_password(PASSWORD)
MAILBOX = "clerk@example.invalid"


@pytest.fixture
def clerk(empty):
    return empty.person(MAILBOX, "office_clerk@caq", mail=MAILBOX, password_hash=HASH)


def sign_in(visitor, password=PASSWORD, login=MAILBOX):
    return visitor.post("/login", {"login": login, "password": password}).status_code == 303


def passes(empty, **time):
    empty.house.clock.move_to(empty.house.clock.now() + timedelta(**time))


def known_browser(empty):
    """A browser in which the clerk has signed in and out again: what stays is the cookie by which the account knows it."""
    own = empty.visitor(None)
    assert sign_in(own)
    kept = own.client.cookies["browser"]
    new = empty.visitor(None)
    new.client.cookies.set("browser", kept)
    return new


def strangers_lock(empty):
    """A stranger guesses until nobody gets in by guessing."""
    stranger = empty.visitor(None)
    for n in range(8):
        sign_in(stranger, f"wrong guess number {n}")
        passes(empty, seconds=20)
    return stranger


def letters(empty, template):
    return [row["body"].partition("https://selection.example.invalid")[2].split()[0] for row in letter_rows(empty, template)]


def letter_rows(empty, template):
    return empty.rows(select(mail).where(mail.c.template == template).order_by(mail.c.created_at, mail.c.id))


def test_strangers_cannot_lock_an_account_s_own_browser_out(empty, clerk):
    own = known_browser(empty)
    stranger = strangers_lock(empty)
    assert not sign_in(stranger)  # also the right password: the account is locked for browsers it does not know
    assert sign_in(own)
    # Its success is none of the stranger's: the lock stands.
    assert not sign_in(stranger)
    assert not sign_in(empty.visitor(None))


def test_the_known_browser_has_a_lock_of_its_own(empty, clerk):
    own = known_browser(empty)
    for n in range(5):
        assert not sign_in(own, f"wrong guess number {n}")
        passes(empty, seconds=20)
    assert not sign_in(own)
    assert sign_in(empty.visitor(None))  # the account itself was not guessed at
    passes(empty, minutes=15)
    assert sign_in(own)


def test_a_known_browser_gets_no_more_guesses_than_a_stranger(empty, clerk):
    own = known_browser(empty)
    hour = empty.house.clock.now() + timedelta(hours=1)
    looked_at, before = 0, 0
    while empty.house.clock.now() < hour:
        passes(empty, minutes=1)
        sign_in(own, "a wrong password of many")
        now = empty.rows(select(people.known_browser.c.failures))[0]["failures"]
        looked_at, before = looked_at + (now > before), now
    assert looked_at <= 10


def test_a_browser_is_known_to_its_own_account_only(empty, clerk):
    empty.person("other@example.invalid", "auditor@caq", password_hash=HASH)
    own = known_browser(empty)
    for n in range(5):
        assert not sign_in(own, f"wrong guess number {n}", login="other@example.invalid")
        passes(empty, seconds=20)
    assert not sign_in(own, login="other@example.invalid")
    assert not sign_in(empty.visitor(None), login="other@example.invalid")  # counted on the account, as everybody's
    assert sign_in(own)


def test_the_cookie_is_a_secret_that_changes_and_is_kept_as_a_hash(empty, clerk):
    own = empty.visitor(None)
    seen = set()
    for _ in range(3):
        answer = own.post("/login", {"login": MAILBOX, "password": PASSWORD})
        (cookie,) = [line for line in answer.headers.get_list("set-cookie") if line.startswith("browser=")]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        seen.add(own.client.cookies["browser"])
        own.client.cookies.delete("session")
    assert len(seen) == 3
    (row,) = empty.rows(select(people.known_browser))
    assert row["hash"] not in seen
    assert min(len(secret) for secret in seen) >= 43
    thief = empty.visitor(None)
    thief.client.cookies.set("browser", min(seen - {own.client.cookies["browser"]}))
    strangers_lock(empty)
    assert not sign_in(thief)


def test_a_wrong_password_gives_no_cookie_and_says_nothing(empty, clerk):
    known, unknown = empty.visitor(None), empty.visitor(None)
    first = known.post("/login", {"login": MAILBOX, "password": "not the password at all"})
    second = unknown.post("/login", {"login": "clerq@example.invalid", "password": "not the password at all"})
    assert first.text.replace("clerk@", "clerq@") == second.text
    assert [sorted(dict(answer.headers)) for answer in (first, second)] == [sorted(dict(first.headers))] * 2
    assert "browser" not in known.client.cookies


def test_a_new_password_forgets_all_browsers_but_the_one_in_which_it_was_set(empty, clerk):
    stolen = known_browser(empty)
    own = empty.visitor(None)
    own.post("/password", {"login": MAILBOX})
    (link,) = letters(empty, "reset")
    assert own.post(link, {"password": OTHER, "again": OTHER}).status_code == 303
    strangers_lock(empty)
    assert not sign_in(stolen, OTHER)
    assert sign_in(own, OTHER)  # whoever proved the mailbox here is not locked out either


def test_a_browser_not_used_for_half_a_year_is_forgotten(empty, clerk):
    own = known_browser(empty)
    passes(empty, days=181)
    known_browser(empty)  # another one
    strangers_lock(empty)
    assert not sign_in(own)


@pytest.mark.parametrize("path", ["/password", "/register"])
def test_three_links_at_most_live_in_a_mailbox_and_the_answer_is_the_same(empty, clerk, path):
    asking = {"/password": lambda box: {"login": box}, "/register": lambda box: {"name": "张三", "mail": box}}[path]
    answers = [empty.visitor(None).post(path, asking(MAILBOX)) for _ in range(6)]
    unknown = [empty.visitor(None).post(path, asking("nobody@example.invalid")) for _ in range(6)]
    assert {(answer.status_code, answer.text) for answer in (*answers, *unknown)} == {(200, answers[0].text)}
    sent = empty.rows(select(mail.c.address, func.count().label("n")).group_by(mail.c.address))
    assert {row["address"]: row["n"] for row in sent} == {MAILBOX: 3} | ({"nobody@example.invalid": 3} if path == "/register" else {})
    passes(empty, minutes=30)
    empty.visitor(None).post(path, asking(MAILBOX))
    assert len(letter_rows(empty, "reset")) == 4


def test_links_of_both_kinds_and_of_several_accounts_count_for_the_mailbox(empty, clerk):
    empty.person("second", mail=MAILBOX, password_hash=HASH)
    for asked in ({"login": MAILBOX}, {"login": "second"}, {"login": "second"}, {"login": MAILBOX}):
        empty.visitor(None).post("/password", asked)
    empty.visitor(None).post("/register", {"name": "张三", "mail": MAILBOX})
    assert len(empty.rows(select(mail))) == 3


def test_a_registration_makes_an_account_when_the_mailbox_is_proved_and_not_before(empty):
    """Somebody registers a mailbox in a name of their choice; the owner registers afterwards in the own name."""
    empty.visitor(None).post("/register", {"name": "冒名者", "mail": "new@example.invalid"})
    passes(empty, seconds=1)
    empty.visitor(None).post("/register", {"name": "王一", "mail": "new@example.invalid"})
    assert empty.rows(select(people.person)) == []
    own = empty.visitor(None)
    assert own.post(letters(empty, "mailbox")[1], {"password": OTHER, "again": OTHER}).status_code == 303
    assert [(row["login"], row["name"]) for row in empty.rows(select(people.person))] == [("new@example.invalid", "王一")]
    assert sign_in(own, OTHER, login="new@example.invalid")


INVITED = {"name": "李二", "role": "office_clerk", "organisation": "caq"}
AT = {"ru_officer": "RU-LN", "expert": "X001", "office_clerk": "caq", "applicant_editor": "E001"}


@pytest.fixture
def peopled(empty):
    """A house that knows a unit, an expert and an enterprise."""
    firm = empty.person("firm")

    def work(connection):
        facts = PeopleFacts(connection)
        facts.add_unit(season="cn-2023", code="RU-LN", name="辽宁省工业和信息化厅", kind="province", base=3, widened=5)
        assert facts.add_expert(name="甲", employer="乙", fields=[], industries=[]) == AT["expert"]
        bound = facts.bind_enterprise(uscc="91350100M000100Y43", name="某企业", by=firm, at=empty.house.clock.now())
        assert bound == AT["applicant_editor"]

    empty.house.database.run(work)
    return empty


def test_an_invitation_never_tells_whether_a_mailbox_has_an_account(peopled):
    """The administrator may not know who reviews: an expert's, an officer's and a new mailbox are invited alike, and the list stays as it was."""
    empty, admin = peopled, peopled.visitor(peopled.person("admin", "season_admin@caq"))
    empty.person("judge@example.invalid", "expert@X001", mail="judge@example.invalid", password_hash=HASH)
    empty.person("unit@example.invalid", "ru_officer@RU-LN", mail="unit@example.invalid")
    boxes = ("judge@example.invalid", "unit@example.invalid", "new@example.invalid")
    told = []
    for box in boxes:
        seen = set()
        for role, place in AT.items():
            answer = admin.post("/office/people", {**INVITED, "mail": box, "role": role, "organisation": place})
            seen.add((answer.status_code, answer.headers["location"], answer.text))
        rows = [part for part in admin.get("/office/people").text.split("尚未接受的邀请")[1].split("<tr>") if box in part]
        told.append((seen, {row.partition("</tr>")[0].replace(box, "") for row in rows}))
    assert told[0] == told[1] == told[2]
    assert len(told[0][0]) == 1
    invited = admin.get("/office/people").text.split("尚未接受的邀请")[1]
    assert [invited.count(box) for box in boxes] == [3, 3, 3]  # those to review and decide are not the administrator's to see
    assert sorted(row["address"] for row in letter_rows(empty, "invitation")) == sorted(4 * boxes)


def test_an_invitation_gives_its_role_when_it_is_opened(empty):
    admin = empty.visitor(empty.person("admin", "season_admin@caq"))
    admin.post("/office/people", {**INVITED, "mail": "New@Example.invalid"})
    assert [row["login"] for row in empty.rows(select(people.person))] == ["admin"]
    own = empty.visitor(None)
    assert own.post(letters(empty, "invitation")[0], {"password": OTHER, "again": OTHER}).status_code == 303
    assert sign_in(own, OTHER, login="new@example.invalid")
    account = own.get("/account").text
    assert "李二" in account
    assert "caq" in account


def test_roles_that_do_not_go_together_are_refused_to_whoever_opens_the_link(peopled):
    empty = peopled
    admin = empty.visitor(empty.person("admin", "season_admin@caq"))
    judge = empty.person("judge@example.invalid", "expert@X001", mail="judge@example.invalid", password_hash=HASH)
    admin.post("/office/people", {**INVITED, "mail": "judge@example.invalid", "role": "applicant_editor", "organisation": "E001"})
    own = empty.visitor(None)
    answer = own.post(letters(empty, "invitation")[0], {"password": OTHER, "again": OTHER})
    assert answer.status_code == 422
    held = empty.rows(select(people.role_grant.c.role).where(people.role_grant.c.person == judge))
    assert [row["role"] for row in held] == ["expert"]
    assert sign_in(own, login="judge@example.invalid")  # the password, too, is as it was


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("ru_officer", "RU-XX"), ("ru_officer", "caq"), ("expert", "X999"), ("applicant_editor", "91350100M000100Y43"), ("office_clerk", "CAQ"),
        ("miit_approver", "caq"), ("group_leader", "G7"), ("committee_member", "caq"),
    ],
)  # fmt: skip
def test_a_role_at_an_organisation_that_is_not_there_is_refused_with_what_to_write(peopled, role, place):
    admin = peopled.visitor(peopled.person("admin", "season_admin@caq"))
    answer = admin.post("/office/people", {**INVITED, "mail": "new@example.invalid", "role": role, "organisation": place})
    assert answer.status_code == 422
    assert "单位代码应为" in answer.text
    assert letters(peopled, "invitation") == []


@pytest.mark.parametrize("name", ["王" * 101, "=1\n2", ""])
def test_an_invitation_to_a_long_mailbox_goes_out_and_an_odd_name_is_refused(empty, name):
    admin = empty.visitor(empty.person("admin", "season_admin@caq"))
    box = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.invalid"
    assert admin.post("/office/people", {**INVITED, "mail": box}).status_code == 303
    assert empty.visitor(None).post("/register", {"name": "王" * 100, "mail": box}).status_code == 200
    assert admin.post("/office/people", {**INVITED, "mail": box, "name": name}).status_code == 422
    assert admin.post("/office/people", {**INVITED, "mail": box, "organisation": "x" * 41}).status_code == 422
    assert [row["address"] for row in empty.rows(select(mail))] == [box, box]


def test_the_administrator_s_page_says_normal_or_backlog_and_no_number(empty, clerk):
    """How many letters wait could tell how many experts are written to."""
    admin = empty.visitor(empty.person("admin", "season_admin@caq"))
    quiet = admin.get("/admin").text
    pages = []
    for _ in range(3):
        empty.visitor(None).post("/password", {"login": MAILBOX})
        pages.append(admin.get("/admin").text)
    assert pages == [quiet] * 3
    passes(empty, minutes=16)
    assert len(letter_rows(empty, "reset")) == 3
    late = admin.get("/admin").text
    assert quiet.replace("<b>正常</b>待发送邮件", "<b>积压</b>待发送邮件") == late.replace("10:16", "10:00") != quiet
    empty.house.outbox.deliver_due()
    assert admin.get("/admin").text.replace("10:16", "10:00") == quiet


def test_guesses_lock_nobody_who_does_not_exist(empty):
    """Unknown names cost a row that is one for all of them."""
    before = empty.rows(select(people.last_number))
    for n in range(10):
        assert not sign_in(empty.visitor(None), login=f"nobody{n}")
    rows = empty.rows(select(people.last_number))
    assert len(rows) == len(before) + 1
