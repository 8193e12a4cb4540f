"""Every route carries a rule (`Access`); every route answers every role as the rule says; a new route without one fails here."""

import pytest
from fastapi.routing import APIRoute

from selection.rights import grants
from web.app import create_app
from web.roles import ROLES
from web.visitors import Access

PARAMETERS = {
    "purpose": "reset", "secret": "x", "kind": "publicity", "batch_id": "B999", "application": "A999", "task": "nothing.1",
    "name": "score.save", "document_id": "F99999", "paper": "application",
    "title": "T999",
    "code": "RU-XX", "expert": "X999",
    "group": "G999", "place": "X999", "meeting": "M999", "version": "1", "process": "nothing",
    "mail": "nothing", "person": "P9999", "dispute": "D999", "season_id": "cn-0000", "subscriber": "U999", "incident": "nothing",
}  # fmt: skip
ORGANISATION = {
    "applicant_editor": "E001",
    "applicant_signatory": "E001",
    "ru_officer": "RU-LN",
    "ru_leader": "RU-LN",
    "expert": "X001",
    "group_leader": "G1",
    "group_member": "G1",
}


def routes(house):
    """The application's own table: FastAPI keeps each included router whole."""
    found = []
    for entry in create_app(house).routes:
        inner = getattr(entry, "original_router", None)
        found += [entry] if inner is None else inner.routes
    pages = [route for route in found if isinstance(route, APIRoute)]
    assert len(pages) > 60
    assert {getattr(route, "path", "") for route in found if not isinstance(route, APIRoute)} == {"/static", "/engine-rest"}
    return pages


def rule_of(route):
    return [dependency.call for dependency in route.dependant.dependencies if isinstance(dependency.call, Access)]


def test_every_route_carries_exactly_one_rule(house):
    bare = [route.path for route in routes(house) if len(rule_of(route)) != 1]
    assert bare == []


def test_every_rule_names_verbs_of_the_rights_table(house):
    unknown = {verb for route in routes(house) for rule in rule_of(route) for verb in rule.verbs if not grants(verb)}
    assert unknown == set()


def test_strangers_are_led_to_the_sign_in_page_from_everything_that_is_not_public(house, browser):
    stranger = browser()
    for route in routes(house):
        (rule,) = rule_of(route)
        if rule.public or "GET" not in route.methods:
            continue
        answer = stranger.get(route.path.format(**PARAMETERS), follow_redirects=False)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login"), route.path


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_is_kept_out_of_what_its_rule_does_not_grant(house, browser, person, role, season):
    person(role, f"{role}@{ORGANISATION.get(role, 'caq')}")
    visitor = browser()
    visitor.sign_in(role)
    nothing, proof = visitor.get("/no/such/page"), {"form_token": visitor.token()}
    for route in routes(house):
        (rule,) = rule_of(route)
        if rule.public or not rule.verbs or role in rule.roles or "anyone" in rule.roles:
            continue
        path = route.path.format(**PARAMETERS)
        sent = {"data": proof, "files": {"file": b""} if path.endswith("import") else None}
        answer = visitor.get(path) if "GET" in route.methods else visitor.client.post(path, **sent)
        assert answer.status_code == 404, route.path
        assert without_path(answer.text) == without_path(nothing.text), route.path


@pytest.mark.parametrize("role", sorted(ROLES))
def test_what_is_not_there_and_what_is_not_yours_look_the_same(house, browser, person, role, season):
    person(role, f"{role}@{ORGANISATION.get(role, 'caq')}")
    visitor = browser()
    visitor.sign_in(role)
    nothing = visitor.get("/no/such/page")
    for route in routes(house):
        (rule,) = rule_of(route)
        if (
            "{" not in route.path
            or "GET" not in route.methods
            or route.path.startswith("/password/")
            or not (set(rule.roles) & {role} or not rule.verbs)
        ):
            continue
        answer = visitor.get(route.path.format(**PARAMETERS))
        assert answer.status_code == 404, route.path
        assert without_path(answer.text) == without_path(nothing.text), route.path


def without_path(text):
    # The navigation marks the section one is in, and the language form leads back to the page: both come from the address that was asked for.
    lines = [line for line in text.splitlines() if 'name="then"' not in line]
    return [line.replace(' aria-current="page"', "") for line in lines]
