"""What hostile requests get: foreign forms, scripts in names, formulas in sheets, bodies that are too large, files that are traps."""

import io
import zipfile
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location

import openpyxl
import pytest

from selection.errors import Refused
from store.selection.accounts import Accounts
from store.selection.mail import MailRepository
from web import passwords
from web.passwords import check_password, hash_password
from web.sheets import Column, read_sheet, sheet
from web.uploads import kind_of

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_a_request_without_the_page_s_token_changes_nothing(browser, person):
    person("clerk")
    ann = browser()
    ann.sign_in("clerk")

    for headers in ({}, {"x-form-token": "0" * 64}):
        assert ann.client.post("/logout", headers=headers).status_code == 403

    assert ann.get("/account").url.path == "/account"


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.invalid"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "null"}]
)
def test_another_site_s_request_is_refused_even_with_the_token(browser, person, headers):
    person("clerk")
    ann = browser()
    ann.sign_in("clerk")

    assert ann.post("/logout", headers=headers).status_code == 403
    assert ann.get("/account").url.path == "/account"


def test_signing_in_cannot_be_done_by_another_site(browser, person):
    person("clerk")
    stranger = browser()
    answer = stranger.client.post("/login", data={"login": "clerk", "password": "a sentence that people remember"})
    assert answer.status_code == 403
    assert "session" not in stranger.client.cookies


def test_a_token_of_another_visitor_is_worth_nothing(browser, person):
    person("clerk")
    ann, eve = browser(), browser()
    ann.sign_in("clerk")
    token = eve.get("/login").text.partition('name="form_token" value="')[2].partition('"')[0]
    assert ann.client.post("/logout", data={"form_token": token}).status_code == 403


def test_every_answer_carries_the_strict_headers(browser):
    for path in ("/", "/login", "/no/such/page", "/healthz", "/static/house.css"):
        headers = browser().get(path).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert browser().get("/login").headers["cache-control"] == "no-store"


def test_search_engines_keep_what_was_published_and_nothing_else(browser):
    """A25: a receipt's address, a form for one person, what lies behind the sign-in."""
    stranger = browser()
    kept = {path: "X-Robots-Tag" not in stranger.get(path).headers for path in ("/", "/public/notice", "/public/publicity", "/public/revocations")}
    assert set(kept.values()) == {True}, kept
    hidden = ("/login", "/register", "/public/objection?receipt=2023-YY-0001&code=ABC", "/password/reset/secret", "/nowhere", "/files/1")
    assert {path: stranger.get(path).headers.get("X-Robots-Tag") for path in hidden} == dict.fromkeys(hidden, "noindex")


def test_what_people_write_is_shown_as_text(browser, person, house, season):
    person("clerk", "office_clerk@caq")
    house.database.run(
        lambda connection: Accounts(connection).add_person(
            login="evil@example.invalid", name=EVIL, mail="evil@example.invalid", at=house.clock.now()
        )
    )
    house.database.run(
        lambda connection: Accounts(connection).bind_enterprise(
            uscc="91110000600037341L", name=EVIL, by="P0001", at=house.clock.now(), contact="P0002"
        )
    )
    ann = browser()
    ann.sign_in("clerk")

    for path in ("/office/people", "/office/enterprises", "/office/people?search=%3Cscript%3E"):
        text = ann.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;" in ann.get("/office/people").text


def test_cells_of_a_sheet_are_never_formulas():
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://evil.invalid")', "http://evil.invalid", "{=1}"]
    answer = sheet("表", [Column("文本", "text"), Column("数", "number")], [{"text": text, "number": 3} for text in evil])

    page = openpyxl.load_workbook(io.BytesIO(answer.body)).active
    cells = [row[0] for row in page.iter_rows(min_row=2)]

    assert [cell.data_type for cell in cells] == ["s"] * len(evil)
    assert all(cell.hyperlink is None for cell in cells)
    assert [cell.data_type for cell in next(page.iter_cols(min_col=2, max_col=2, min_row=2))] == ["n"] * len(evil)


def book(*lines):
    made = openpyxl.Workbook()
    for line in lines:
        made.active.append(line)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_a_sheet_is_read_below_its_heading_row_wherever_that_is():
    content = book(
        ["人员名单"], [], ["姓 名", "邮箱", "备注"], ["王一", "one@example.invalid", "x"], [None, None], ["李二", "two@example.invalid"]
    )
    rows = read_sheet(content, headings={"姓名": "name", "邮箱": "mail"}, needed=("name", "mail"))
    assert rows == [{"name": "王一", "mail": "one@example.invalid"}, {"name": "李二", "mail": "two@example.invalid"}]


@pytest.mark.parametrize("content", [b"", b"no sheet", book(["别的", "列"]), book(["姓名"], [911100006000373411])])
def test_a_sheet_that_cannot_be_read_right_is_refused(content):
    with pytest.raises(Refused):
        read_sheet(content, headings={"姓名": "name"}, needed=("name",))


def test_people_come_in_from_a_sheet_all_or_nobody(browser, person, house, season):
    person("clerk", "office_clerk@caq")
    ann = browser()
    ann.sign_in("clerk")
    head = ["姓名", "邮箱", "角色", "单位代码"]
    good = book(head, ["王一", "one@example.invalid", "推荐单位经办人", "RU-LN"])
    bad = book(head, ["李二", "two@example.invalid", "推荐单位经办人", "RU-LN"], ["张三", "no mailbox", "评审专家", "X001"])

    assert ann.post("/office/people/import", files={"file": ("a.xlsx", good)}).status_code == 200
    assert ann.post("/office/people/import", files={"file": ("b.xlsx", bad)}).status_code == 422

    with house.database.read() as connection:
        letters = MailRepository(connection).find()
        assert [letter.address for letter in letters] == ["one@example.invalid"]
    link = letters[0].body.partition("https://selection.example.invalid")[2].split()[0]
    browser().post(link, {"password": "a sentence to remember", "again": "a sentence to remember"})
    with house.database.read() as connection:
        accounts = Accounts(connection)
        assert accounts.by_login("one@example.invalid").groups == {"ru_officer@RU-LN"}
        assert accounts.by_login("two@example.invalid") is None


def test_a_clerk_cannot_make_a_director(browser, person, house, season):
    person("clerk", "office_clerk@caq")
    ann = browser()
    ann.sign_in("clerk")
    for role in ("office_director", "season_admin", "caq_approver", "auditor"):
        answer = ann.post("/office/people", {"name": "王一", "mail": "one@example.invalid", "role": role, "organisation": "caq"})
        assert answer.status_code == 422
    with house.database.read() as connection:
        assert Accounts(connection).by_login("one@example.invalid") is None
        assert MailRepository(connection).find() == ()


def zipped(*names, content=b"x", packing=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name in names:
            archive.writestr(name, content)
    buffer.seek(0)
    return buffer


def test_a_document_is_taken_for_what_it_is():
    assert kind_of(io.BytesIO(b"%PDF-1.7 ..."), name="扫描件.PDF") == "pdf"
    assert kind_of(zipped("word/document.xml", "[Content_Types].xml"), name="申报书.docx") == "docx"
    assert kind_of(zipped("材料/一.txt"), name="材料.zip") == "zip"


@pytest.mark.parametrize(
    ("stream", "name"),
    [
        (io.BytesIO(b""), "empty.pdf"),
        (io.BytesIO(b"<html><script>alert(1)</script>"), "page.pdf"),
        (io.BytesIO(b"%PDF-1.7"), "picture.png"),
        (io.BytesIO(b"MZ\x90"), "tool.exe"),
        (io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "mark.svg"),
        (zipped("xl/workbook.xml"), "table.docx"),
        (zipped("word/document.xml", "word/vbaProject.bin"), "macro.docx"),
        (zipped("../../etc/passwd"), "paths.zip"),
        (zipped("C:\\windows\\x"), "paths.zip"),
        (zipped(*[f"{n}.txt" for n in range(1001)]), "many.zip"),
        (zipped("bomb.txt", content=b"0" * 50_000_000), "bomb.zip"),
        (io.BytesIO(b"PK\x03\x04 broken"), "broken.zip"),
    ],
)
def test_a_trap_is_refused(stream, name):
    with pytest.raises(Refused) as refused:
        kind_of(stream, name=name)
    assert refused.value.zh


def test_a_body_that_is_too_large_is_stopped_while_it_arrives(browser, house, person):
    person("clerk", "office_clerk@caq")
    ann = browser()
    ann.sign_in("clerk")
    answer = ann.post("/office/people/import", files={"file": ("a.xlsx", b"0" * 21_000_000)})
    assert answer.status_code == 413


@pytest.mark.parametrize(("target", "place"), [("f-letter", "#f-letter-error"), ("draft-status", None), ("f-a,body", None)])
def test_a_part_of_a_page_that_is_refused_gets_the_sentence_alone(browser, person, target, place):
    person("clerk", "office_clerk@caq")
    ann = browser()
    ann.sign_in("clerk")
    answer = ann.post("/tasks/nothing.1/draft", headers={"hx-request": "true", "hx-target": target})
    assert (answer.status_code, answer.headers.get("hx-retarget")) == (404, place)
    assert "没有找到该页面或材料" in answer.text
    assert "<html" not in answer.text


def test_weak_passwords_are_refused_and_hashes_fit_only_their_password():
    for weak in ("short", "aaaaaaaaaaaaaaaa", "x" * 300):
        with pytest.raises(Refused):
            hash_password(weak)
    kept = hash_password("a sentence that people remember")
    assert check_password(kept, "a sentence that people remember")
    assert not check_password(kept, "a sentence that people forget")
    assert not check_password(None, "nobody has this password")


def test_a_guess_costs_nineteen_megabytes_twice_over():
    module = module_from_spec(spec_from_file_location("passwords_as_they_are", passwords.__file__))
    module.__spec__.loader.exec_module(module)  # in tests, hashing is made cheap
    for made in (module.hash_password("a sentence that people remember"), module._dummy):
        assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_enterprise_registers_proves_its_mailbox_and_binds_one_code(browser, house, season):
    ann, eve = browser(), browser()
    ann.post("/register", {"name": "王一", "mail": "one@example.invalid"})
    set_password(ann, house)
    assert "/enterprise" in ann.get("/inbox").text  # where to go on from an empty inbox
    bound = ann.post("/enterprise", {"name": "某某有限公司", "uscc": "91110000600037341L"})
    assert bound.url.path == "/portal"
    assert ann.get("/enterprise").status_code == 404
    assert "/enterprise" not in ann.get("/inbox").text

    house.clock.at += timedelta(minutes=1)
    eve.post("/register", {"name": "李二", "mail": "two@example.invalid"})
    set_password(eve, house)
    assert eve.post("/enterprise", {"name": "某某有限公司", "uscc": "91110000600037341M"}).status_code == 422
    assert eve.post("/enterprise", {"name": "某某有限公司", "uscc": "91110000600037341L"}).status_code == 409
    eve.post("/enterprise", {"name": "某某有限公司", "uscc": "91110000600037341L", "statement": "本公司更换了联系人"})

    with house.database.read() as connection:
        accounts = Accounts(connection)
        assert accounts.by_login("one@example.invalid").groups == {"applicant_editor@E001"}
        assert accounts.by_login("two@example.invalid").groups == frozenset()
        assert [claim["statement"] for claim in accounts.claims()] == ["本公司更换了联系人"]


def set_password(visitor, house):
    from store.selection.mail import MailRepository

    with house.database.read() as connection:
        mail = MailRepository(connection).find()[0]
    link = mail.body.partition("https://selection.example.invalid")[2].split()[0]
    visitor.post(link, {"password": "another sentence to remember", "again": "another sentence to remember"})
    visitor.sign_in(mail.address, "another sentence to remember")


@pytest.mark.parametrize("path", ["/static/", "/static/vendor/", "/static/%2e%2e/app.py", "/.git/config", "/docs", "/openapi.json"])
def test_no_folder_lists_itself_and_nothing_describes_the_programme(browser, path):
    answer = browser().get(path)
    assert answer.status_code == 404
    assert answer.headers.keys().isdisjoint({"server", "x-powered-by"})


def test_a_breakdown_before_anybody_is_recognised_is_told_in_the_language_of_the_browser(house, browser, person):
    person("officer", "ru_officer@RU-LN")
    one = browser()
    one.sign_in("officer")
    one.post("/language", {"language": "en"})
    with house.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE web_session RENAME TO elsewhere")
    failed = one.get("/inbox")
    assert failed.status_code == 500
    assert "The system could not do this" in failed.text
    assert '<html lang="en">' in failed.text
