"""The pages' own forms: what a browser would not let anybody type is refused by the house, too."""

import types
from typing import get_args

import pytest
from annotated_types import MaxLen
from sqlalchemy import select

from store.selection import tables_people as people
from tests.web.test_routes import routes

TURNED = "某某\u202e公司"


def is_text(parameter):
    kind = parameter.field_info.annotation
    return kind is str or (isinstance(kind, types.UnionType) and str in get_args(kind))


def test_every_text_that_a_form_sends_has_a_longest_length(house):
    texts = [(route.path, one) for route in routes(house) for one in route.dependant.body_params if is_text(one)]
    assert len(texts) > 30
    assert [(path, one.alias) for path, one in texts if not any(isinstance(each, MaxLen) for each in one.field_info.metadata)] == []


def test_a_text_that_is_too_long_is_refused_and_says_so(browser, house):
    stranger = browser()
    for path, field in (("/register", "name"), ("/login", "password"), ("/login", "then"), ("/password", "login"), ("/language", "then")):
        answer = stranger.post(path, {field: "长" * 2_001})
        assert answer.status_code == 422
        assert "超过了允许的长度" in answer.text
        assert "长长" not in answer.text


@pytest.mark.parametrize("name", [TURNED, "某某\n公司", "某某\r\nBcc: a@b.invalid", "某某\u200b公司", "某" * 101, "\u2028"])
def test_the_name_of_an_enterprise_is_one_line_of_signs_that_are_seen(browser, person, house, name):
    person("new@example.invalid")
    ann = browser()
    ann.sign_in("new@example.invalid")
    assert ann.post("/enterprise", {"name": name, "uscc": "91110000600037341L"}).status_code == 422
    with house.database.read() as connection:
        assert connection.execute(select(people.enterprise)).first() is None


def test_rare_characters_and_markup_may_stand_in_a_name(browser, person, house):
    person("new@example.invalid")
    ann = browser()
    ann.sign_in("new@example.invalid")
    name = "𠮷野𬭚㐂〇（北京）·<b>公司</b>　é"
    assert ann.post("/enterprise", {"name": name, "uscc": "91110000600037341L"}).url.path == "/portal"
    with house.database.read() as connection:
        assert connection.execute(select(people.enterprise.c.name)).scalar_one() == name
