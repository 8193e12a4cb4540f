"""Whatever people wrote is text to all who read it: on every page, in every sheet, in every letter (in a browser: `tests/browser/test_public_forms.py`)."""

import email
import email.policy
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from store.engine import tables as engine_tables
from store.selection.mail import mail
from tests.security.marking import FORMULA, MARK, mark, planted
from tests.security.route_answers import expected
from tests.security.walking import Walk
from tests.web.test_routes import routes


@pytest.fixture
def walk(at):
    marked = []
    walk = Walk(at("defence", alter=lambda path: marked.append(mark(path))))
    assert marked[0] > 1000
    yield walk
    walk.close()


def asked(scene):
    """The pages that the table lets people read, and who reads them; each once as a sheet, too."""
    sheets = {route.path for route in routes(scene.house) if any(one.alias == "form" for one in route.dependant.query_params)}
    for row, answers in expected().items():
        method, _, path = row.partition(" ")
        for person, answer in answers.items() if method == "GET" else ():
            if answer == "ok":
                yield person, path
                yield from [(person, f"{path}?form=xlsx")] if path in sheets else []
                sheets.discard(path)


def test_it_is_text_on_every_page_and_in_every_sheet(walk):
    pages, cells = 0, 0
    for person, path in asked(walk.scene):
        answer = walk.asks(person, "GET", path)
        assert answer.status_code == 200, path
        kind = answer.headers["content-type"]
        if kind.startswith("text/html"):
            assert planted(answer.text) == [], path
            pages += "&lt;script&gt;alert(2)" in answer.text
        elif "spreadsheetml" in kind:
            found = [cell for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows() for cell in row]
            assert not [cell for cell in found if cell.data_type == "f" or cell.hyperlink], path
            cells += sum(str(cell.value).startswith(FORMULA) for cell in found)
        else:
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert kind.partition(";")[0] in {"application/octet-stream", "application/json", "application/xml"}, (path, kind)
    assert pages > 60
    assert cells > 30


def test_a_page_that_would_not_escape_is_noticed():
    assert len(planted(f"<html><p>{MARK}</p></html>")) == 3


def test_letters_about_it_are_plain_words_with_heads_of_one_line(walk):
    """The season goes on for a fortnight with these names: everything that happens, and every letter about it."""
    house = walk.scene.house
    before = len(walk.scene.rows(select(mail)))
    house.clock.move_to(house.clock.now() + timedelta(days=14))
    while house.engine.work():
        pass
    house.outbox.deliver_all()
    assert walk.scene.rows(select(engine_tables.incident.c.message).where(engine_tables.incident.c.id != "I1")) == []
    assert len(walk.scene.rows(select(mail))) > before
    letters = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in house.settings.mail_folder.rglob("*.eml")]
    assert letters
    for letter in letters:
        assert not letter.is_multipart()
        assert letter.get_content_type() == "text/plain"
        assert len(letter.get_all("to")) == len(letter["to"].addresses) == 1
        assert letter["bcc"] is letter["cc"] is None
        assert all("\n" not in str(value) and "\r" not in str(value) for value in letter.values())
    assert any(MARK[:20] in letter.get_content() for letter in letters)
