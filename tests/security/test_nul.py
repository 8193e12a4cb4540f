"""A NUL in an address, a field, a file's name or a cookie: PostgreSQL keeps none. A clear answer, and nothing happens."""

import re

import pytest
from sqlalchemy import select

from store.selection import tables_people as people
from tests.security.hostile import GOOD
from tests.security.house import SmallScene, small_house
from tests.security.test_bodies import KIND, multipart
from tests.web.test_routes import routes

pytestmark = pytest.mark.postgresql


@pytest.fixture
def scene(postgresql_url, tmp_path):
    house = small_house(postgresql_url, tmp_path)
    yield SmallScene(house)
    house.close()


@pytest.fixture
def visitors(scene):
    return [scene.visitor(None), scene.visitor(scene.person("everything", "office_director@caq", "season_admin@caq", "auditor@caq"))]


def test_an_address_with_one_leads_nowhere(scene, visitors):
    for route in routes(scene.house):
        filled = re.sub(r"{[^}]*}", "a%00b", route.path)
        asked = "&".join(f"{one.alias}=%00" for one in route.dependant.query_params)
        for path in {filled, f"{filled}?{asked}"} if "GET" in route.methods else ():
            for visitor in visitors:
                answer = visitor.get(path)
                assert answer.status_code == 404 or "%00" not in path, path
                assert answer.status_code < 500, path


def test_a_form_with_one_is_refused_and_nothing_is_kept(scene, visitors):
    before = scene.rows(select(people.person))
    for route in routes(scene.house):
        path = re.sub(r"{[^}]*}", "a", route.path)
        for sent in ({"a\0": "x", "name": "x"}, {"name": "王\0一"}):
            for visitor in visitors if "POST" in route.methods else ():
                answer = visitor.post(path, sent)
                assert answer.status_code in {303, 422}, (path, answer.status_code)
                assert answer.status_code == 422 or answer.headers["location"].startswith("/login"), path
    assert scene.rows(select(people.person)) == before


def test_a_file_of_such_a_name_is_refused(visitors):
    admin = visitors[1]
    for name in ("a\0.bpmn", "\0"):
        answer = admin.client.post("/admin/deploy", content=multipart(admin, GOOD, name=name), headers=KIND)
        assert answer.status_code in {400, 422}
        assert "没有保存" in answer.text


def test_a_cookie_with_one_is_none_of_ours(scene, visitors):
    for visitor in visitors:
        cookies = "; ".join(rf'{name}="a\000"' for name in ("season", "language", "visit", "session", "browser"))
        answer = visitor.client.get("/", headers={"cookie": cookies})
        assert answer.status_code == 200
