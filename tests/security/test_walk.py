"""Every route of the running application, over HTTP, as everybody: the answer is the table's; of another's thing one is told what is told of none."""

import pytest

from tests.security.route_answers import PEOPLE, expected
from tests.security.walking import Walk, told, word
from tests.web.test_routes import routes, rule_of
from web.tokens import make_token

INSIDE = {"clerk", "director", "auditor"}  # they see the season's desk and may know what there is


@pytest.fixture
def walk(at):
    walk = Walk(at("defence"))
    yield walk
    walk.close()


def test_every_route_answers_everybody_as_the_table_says(walk):
    table, found, wrong, alike = expected(), [], [], 0
    for route in routes(walk.scene.house):
        for method in route.methods:
            found.append(row := f"{method} {route.path}")
            for name in PEOPLE:
                answer = walk.asks(name, method, route.path)
                if row in table and word(answer) != table[row][name]:
                    wrong.append(f"{row}: {name} is told {word(answer)} instead of {table[row][name]}")
                if answer.status_code != 404 or "{" not in route.path or name in INSIDE:
                    continue
                if walk.let_in(name, rule_of(route)[0]):
                    alike += 1
                    if told(answer) != told(walk.asks(name, method, route.path, there=False)):
                        wrong.append(f"{row}: {name} can tell that it is there")
    assert not wrong, "\n".join(wrong)
    assert sorted(found) == sorted(table), "a new route needs its row, one that went takes its row along"
    assert alike > 100


def test_the_table_would_show_a_thing_that_is_not_another_s(walk):
    """Negative control: what somebody may see does not look like what is not there."""
    assert told(walk.asks("unit", "GET", "/unit/{code}")) != told(walk.asks("unit", "GET", "/unit/{code}", there=False))


def rest_calls(scene):
    """Every route of the REST interface, with ids of the house's own things in it."""
    (mounted,) = (route for route in scene.app.routes if getattr(route, "path", "") == "/engine-rest")
    for path, verbs in mounted.app.whole.openapi()["paths"].items():
        for verb in verbs:
            yield verb.upper(), path


def test_the_rest_interface_is_the_administrator_s_and_holds_nothing_of_the_season(walk):
    """A stranger is asked to sign in (401), everybody else sees nothing (404), whatever the route; a page's session opens nothing there."""
    scene, task = walk.scene, walk.things["task"]
    things = {"task": task, "instance": task.partition(".")[0], "incident": walk.things["incident"], "deployment": "1", "definition": "1"}
    secrets = {name: make_token(scene.house, person=who.person, name="walk", valid=scene.house.settings.session_absolute, by=who.person)[1]
               for name, who in walk.people.items() if who.person}  # fmt: skip
    calls, before = list(rest_calls(scene)), walk.state()
    assert len(calls) > 60
    for verb, path in calls:
        address = "/engine-rest" + path.replace("{", "{0[").replace("}", "]}").format(Things(things))
        refusals = set()
        for name in PEOPLE:
            headers = {"authorization": f"Bearer {secrets[name]}"} if name in secrets else {}
            answer = walk.people[name].client.request(verb, address, headers=headers, json=None if verb == "GET" else {})
            if name == "stranger":
                assert answer.status_code == 401, address
            elif name == "admin":
                assert answer.status_code not in {401, 403}, (address, answer.text)
                assert "cn-2023" not in answer.text, address
            else:
                refusals.add((answer.status_code, answer.content))
        assert {status for status, _ in refusals} == {404}, address
        assert len(refusals) == 1, address
    assert walk.people["clerk"].client.get("/engine-rest/version").status_code == 401
    assert walk.state() == before


class Things(dict):
    """Ids by the name of a path's parameter."""

    def __missing__(self, name):
        return "nothing"
