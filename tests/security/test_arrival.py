"""Bodies that arrive slowly, late or for nothing: what counts is when the last byte is here, and what is refused is not read. Both databases."""

import asyncio
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from store.engine import tables as engine_tables
from tests.security.test_bodies import KIND, clerk, multipart, task  # noqa: F401 - fixtures
from tests.security.test_limits import HERE, limited, visitor_at
from web.visitors import token_for

PLAIN = {"content-type": "application/x-www-form-urlencoded"}


def sends(scene, path, pieces, *, headers, address=HERE):
    """Post a body piece by piece by the server's own interface; a piece that is an exception breaks the test. Gives the status."""
    answers, waiting = [], iter(pieces)

    async def receive():
        piece = next(waiting)
        if isinstance(piece, Exception):
            raise piece
        body, before = piece
        before()
        return {"type": "http.request", "body": body, "more_body": True} if body else {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        answers.append(message)

    raw = [(name.encode(), value.encode()) for name, value in {"host": "selection.example.invalid", **headers}.items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "https", "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "headers": raw, "client": (address, 5000), "server": ("selection.example.invalid", 443), "state": {},
    }  # fmt: skip
    asyncio.run(scene.app(scope, receive, send))
    return answers[0]["status"]


def at_once():
    """Nothing happens before the piece."""


@pytest.mark.parametrize("kind", ["form", "files"])
def test_what_counts_is_when_the_last_byte_was_here(empty, clerk, task, kind):  # noqa: F811 - fixtures
    """A21: begun before the end and here after it is after it, to the microsecond."""
    clock, begun = empty.house.clock, empty.house.clock.now()
    late = timedelta(hours=1, microseconds=1)
    whole = urlencode({"form_token": token_for(clerk.secret), "outcome": "pass"}).encode()
    if kind == "files":
        field = b'\r\n--b\r\nContent-Disposition: form-data; name="outcome"\r\n\r\npass'
        whole = multipart(clerk, b"x" * 5_000, end=field + b"\r\n--b--\r\n")
    half = len(whole) // 2
    pieces = [(whole[:half], at_once), (whole[half:], lambda: clock.move_to(begun + late)), (b"", at_once)]
    headers = (PLAIN if kind == "form" else KIND) | {"cookie": f"session={clerk.secret}"}
    assert sends(empty, f"/tasks/{task}/complete", pieces, headers=headers) == 303
    (row,) = empty.rows(select(engine_tables.submission))
    assert row["received"] == begun + late


def test_who_has_sent_too_much_is_refused_before_the_body_is_read(empty):
    """Else each refused request would cost as much memory as one that is taken."""
    limited(empty, mails=1)
    assert visitor_at(empty, HERE).post("/register", {"name": "张三", "mail": "new@example.invalid"}).status_code == 200
    unread = [AssertionError("the body was read")]
    assert sends(empty, "/register", unread, headers=PLAIN | {"content-length": "4000000"}) == 429


def test_a_body_that_says_it_is_too_large_is_not_read(empty):
    unread = [AssertionError("the body was read")]
    assert sends(empty, "/register", unread, headers=PLAIN | {"content-length": "5000001"}) == 413
    assert sends(empty, "/engine-rest/message", unread, headers=PLAIN | {"content-length": "9" * 30}) == 413
