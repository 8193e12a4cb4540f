"""Every route × every role, strangers among them: let in, led to the sign-in page (303) or as if nothing were there (404)."""

import asyncio

import pytest
from starlette.requests import Request

from engine.contract import Actor
from selection.errors import NotFound
from tests.web.route_matrix import LETS_IN
from tests.web.test_routes import ORGANISATION, routes, rule_of
from web.roles import ROLES
from web.visitors import PUBLIC, SignInFirst, Visitor

STRANGER, NOBODY = "stranger", "no role"
IN, SIGN_IN, NOT_THERE = 200, 303, 404
TABLE = {line.strip(): who for who, lines in LETS_IN.items() for line in lines.strip().splitlines()}


def visitor(role):
    if role == STRANGER:
        return Visitor(actor=PUBLIC, language="zh", csrf="x")
    groups = frozenset() if role == NOBODY else frozenset({f"{role}@{ORGANISATION.get(role, 'caq')}"})
    return Visitor(actor=Actor(id="P1", name="", groups=groups), language="zh", csrf="x", session="s")


def expected(who, role):
    if who == "everybody" or (who == "signed in" and role != STRANGER) or role in who.split():
        return IN
    return SIGN_IN if role == STRANGER else NOT_THERE


def answered(rule, method, path, role):
    """What the rule of the route itself says to a visitor."""
    request = Request({
        "type": "http", "method": method, "path": path, "headers": [], "query_string": b"", "state": {"visitor": visitor(role)},
    })  # fmt: skip
    try:
        asyncio.run(rule(request))
    except SignInFirst:
        return SIGN_IN
    except NotFound as refusal:
        return refusal.status
    return IN


@pytest.fixture
def found(house):
    return {(method, route.path): rule_of(route)[0] for route in routes(house) for method in route.methods}


def test_the_table_names_every_route_once_and_no_other(found):
    lines = [line.strip() for lines in LETS_IN.values() for line in lines.strip().splitlines()]
    assert len(lines) == len(set(lines))
    assert sorted(f"{method} {path}" for method, path in found) == sorted(lines)


@pytest.mark.parametrize("role", [STRANGER, NOBODY, *sorted(ROLES)])
def test_every_route_answers_the_role_as_the_table_says(found, role):
    wrong = [
        f"{method} {path}: {answered(rule, method, path, role)}"
        for (method, path), rule in found.items()
        if answered(rule, method, path, role) != expected(TABLE[f"{method} {path}"], role)
    ]
    assert wrong == []


def test_the_table_knows_the_roles_and_every_role_is_kept_out_somewhere(found):
    named = {word for who in LETS_IN if who not in {"everybody", "signed in"} for word in who.split()}
    assert named <= set(ROLES)
    for role in ROLES:
        assert NOT_THERE in {expected(TABLE[f"{method} {path}"], role) for method, path in found}
