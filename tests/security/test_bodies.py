"""Requests that come twice, late, cut off or huge, and what their time tells: a small house on both databases, on a real server where it matters."""

import json
import os
import socket
from pathlib import Path
from statistics import median
from time import process_time
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from sqlalchemy import func, select

from engine.contract import SYSTEM
from store.engine import tables as engine_tables
from store.selection.mail import mail
from tests.security.conftest import secret_of
from tests.security.hostile import DRAW, around
from tests.security.test_races import served, together
from web.passwords import hash_password
from web.visitors import token_for

FORM = {
    "type": "object",
    "title": "核对",
    "properties": {
        "comment": {"type": "string", "title": "意见", "maxLength": 200},
        "outcome": {"type": "string", "title": "结果", "enum": ["pass"], "x-widget": "buttons", "x-enum-names": ["通过"]},
    },
    "required": ["outcome"],
    "x-variables": ["outcome", "comment"],
}
TASK = DRAW.user("x", attrs='camunda:formKey="forms/a.json" camunda:candidateGroups="office_clerk@caq"')
TYPED = "写到一半的意见"


@pytest.fixture
def clerk(empty):
    return empty.visitor(empty.person("clerk", "office_clerk@caq"))


@pytest.fixture
def task(empty):
    files = {"d.bpmn": around(TASK, DRAW.user("y"), flows=("s-x-y-e",)), "forms/a.json": json.dumps(FORM).encode()}
    empty.house.engine.deploy(name="small", files=files, actor=SYSTEM)
    empty.house.engine.start(process="p", business_key="1", variables={}, tenant="foreign", actor=SYSTEM)
    return empty.rows(select(engine_tables.task.c.id))[0]["id"]


def kept(empty):
    tables = (engine_tables.history, engine_tables.submission, engine_tables.task, engine_tables.instance)
    return [empty.rows(select(table)) for table in tables], sorted(empty.house.files.everything())


def open_files():
    """Temporary files that this process holds open: they have no name any more."""
    links = [path for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return sorted(str(path.readlink()) for path in links if "(deleted)" in str(path.readlink()))


# ---- what no browser sends


def test_half_a_sign_spelled_in_an_odd_character_set_is_refused_and_nothing_is_kept(empty, clerk, task):
    before, half = kept(empty), b"+2AA-"  # UTF-7: the first half of a pair
    for path in ("draft", "complete"):
        for fields in ({"comment": half, "outcome": b"pass"}, {"outcome": b"pass", "form_token": half}, {half.decode(): b"pass"}):
            parts = {"form_token": token_for(clerk.secret).encode()} | fields
            told = b"".join(b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value) for name, value in parts.items())
            kind = {"content-type": "multipart/form-data; boundary=b; charset=utf-7"}
            answer = clerk.client.post(f"/tasks/{task}/{path}", content=told + b"--b--\r\n", headers=kind)
            assert answer.status_code == (403 if fields.get("form_token") else 422), answer.text[-300:]
    assert kept(empty) == before


def test_an_endless_number_of_what_was_seen_is_no_failure(clerk, task):
    assert clerk.post(f"/tasks/{task}/complete", {"outcome": "pass", "_seen": "9" * 5000}).status_code < 500


def test_the_page_of_a_failure_is_guarded_like_every_other(empty, clerk):
    good = clerk.get("/account").headers
    with empty.house.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE task_candidate RENAME TO elsewhere")
    failed = clerk.get("/inbox")
    assert failed.status_code == 500
    assert {**good, **failed.headers, "content-length": ""} == {**failed.headers, "content-length": ""}


# ---- twice, and late


def test_a_completed_task_sent_again_is_told_so_and_changes_nothing(empty, clerk, task):
    data = {"outcome": "pass", "comment": TYPED}
    assert clerk.post(f"/tasks/{task}/complete", data).status_code == 303
    before = kept(empty)
    for again in (data, {**data, "comment": "另一意见"}, {"outcome": "pass", "_seen": "1"}):
        answer = clerk.post(f"/tasks/{task}/complete", again)
        assert answer.status_code == 409
        assert "已" in answer.text
    for act in ("claim", "release"):
        assert clerk.post(f"/tasks/{task}/{act}").status_code in {403, 404, 409}
    assert kept(empty) == before


def test_a_stale_page_keeps_what_was_typed_and_changes_nothing(empty, clerk, task):
    before = kept(empty)
    answer = clerk.post(f"/tasks/{task}/complete", {"outcome": "pass", "comment": TYPED, "_seen": "999"})
    assert answer.status_code == 409
    assert TYPED in answer.text
    assert kept(empty) == before
    assert clerk.post(f"/tasks/{task}/complete", {"outcome": "pass", "comment": TYPED}).status_code == 303


def test_of_many_claims_one_wins_on_either_database(empty, task):
    crowd = [empty.person(f"clerk{n}", "office_clerk@caq") for n in range(6)]
    with served(empty) as address:
        answers = together(address, *((person, f"/tasks/{task}/claim", {}) for person in crowd))
    assert sorted(answer.status_code for answer in answers) == [303, *[409] * 5]
    winner = crowd[[answer.status_code for answer in answers].index(303)]
    row = empty.rows(select(engine_tables.task.c.assignee).where(engine_tables.task.c.id == task))[0]
    assert row["assignee"] == winner
    claims = select(func.count().label("n")).select_from(engine_tables.history).where(engine_tables.history.c.kind == "claim")
    assert empty.rows(claims)[0]["n"] == 1


# ---- cut off


def multipart(visitor, content, *, end=b"\r\n--b--\r\n", name="d.bpmn"):
    """A form with its token and one file, as bytes."""
    token = f'--b\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token_for(visitor.secret)}\r\n'
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    return token.encode() + head.encode() + content + end


KIND = {"content-type": "multipart/form-data; boundary=b"}
CUT = {
    "in the content": lambda visitor, content: multipart(visitor, content, end=b""),
    "in the head": lambda visitor, content: multipart(visitor, content)[:260],
    "in the token": lambda visitor, content: multipart(visitor, content)[:80],
    "another boundary": lambda visitor, content: multipart(visitor, content).replace(b"--b", b"--c"),
    "nothing": lambda visitor, content: b"",
}


@pytest.mark.parametrize("kind", CUT)
def test_a_form_that_is_cut_off_gets_an_answer_and_leaves_nothing(empty, desk, kind):
    before, held = kept(empty), open_files()
    answer = desk.client.post("/admin/deploy", content=CUT[kind](desk, around(TASK)), headers=KIND)
    assert answer.status_code == 400
    assert "没有保存任何内容" in answer.text
    assert kept(empty) == before
    assert empty.rows(select(engine_tables.version)) == []
    assert open_files() == held


def test_a_sender_that_goes_away_in_the_middle_leaves_nothing(empty, desk):
    before, held = kept(empty), open_files()
    with served(empty) as address:
        for sent in (0, 1_000, 3_000_000):
            body = multipart(desk, b"x" * 5_000_000)
            head = (
                f"POST /admin/deploy HTTP/1.1\r\nHost: {urlsplit(address).netloc}\r\nCookie: session={secret_of(desk.person).replace(' ', '%20')}\r\n"
                f"Content-Type: {KIND['content-type']}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port), timeout=30) as line:
                line.sendall(head.encode() + body[:sent])
        assert httpx.get(f"{address}/healthz", timeout=30).status_code == 200
    assert kept(empty) == before
    assert open_files() == held


# ---- huge

SIZE, PIECE, MOST_GROWTH = 500_000_000, 2_000_000, 200_000_000


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_half_a_gigabyte_is_never_held_in_memory(sqlite_url, tmp_path):
    """The server and the sender share this process: what grows is what either holds."""
    from tests.security.house import SmallScene, small_house

    scene = SmallScene(small_house(sqlite_url, tmp_path))
    desk = scene.visitor(scene.person("admin", "season_admin@caq"))
    begin, seen, held = resident(), [], open_files()

    def flood():
        yield multipart(desk, b"", end=b"", name="folder.zip")
        piece = b"x" * PIECE
        for _ in range(SIZE // PIECE):
            seen.append(resident())
            yield piece
        yield b"\r\n--b--\r\n"

    with served(scene) as address, httpx.Client(base_url=address, cookies={"session": desk.secret}, timeout=300) as client:
        answer = client.post("/admin/deploy", content=flood(), headers=KIND)
        seen.append(resident())
    assert len(seen) == SIZE // PIECE + 1  # all of it was sent
    assert answer.status_code == 422
    assert "30 MB" in answer.text
    assert max(seen) - begin <= MOST_GROWTH
    assert open_files() == held
    scene.house.close()


# ---- what the time tells: processor time, so that a busy machine does not matter

PAIRS = 15


def cost(work):
    begun = process_time()
    work()
    return process_time() - begun


def ratio(one, other):
    """Medians of work done in turns."""
    one(), other()
    pairs = [(cost(one), cost(other)) for _ in range(PAIRS)]
    return median(pair[0] for pair in pairs) / median(pair[1] for pair in pairs)


@pytest.fixture
def known(empty):
    return empty.person(
        "known@example.invalid", mail="known@example.invalid", password_hash=hash_password("a sentence that people remember")
    )


def test_the_time_of_a_sign_in_tells_nobody_s_name(empty, known):
    stranger = empty.visitor(None)

    def tries(login):
        return lambda: stranger.post("/login", {"login": login, "password": "not the password at all"})

    assert 0.7 < ratio(tries("known@example.invalid"), tries("nobody@example.invalid")) < 1.4


def test_the_time_of_asking_for_a_link_tells_nobody_s_name(empty, known):
    stranger = empty.visitor(None)

    def asks(login):
        return lambda: stranger.post("/password", {"login": login})

    assert 0.6 < ratio(asks("known@example.invalid"), asks("nobody@example.invalid")) < 1.7
    assert len(empty.rows(select(mail))) == 3  # and most of these asked in vain: the mailbox was full


def test_the_time_of_not_yours_and_not_there_is_alike(empty, task):
    outsider = empty.visitor(empty.person("auditor of nothing", "applicant_editor@E001"))

    def opens(path):
        return lambda: outsider.get(path)

    assert outsider.get(f"/tasks/{task}").status_code == outsider.get("/tasks/nothing.1").status_code == 404
    assert 0.5 < ratio(opens(f"/tasks/{task}"), opens("/tasks/nothing.1")) < 2.0
