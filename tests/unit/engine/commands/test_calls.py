"""Processes that are called from another version: rows, forms, checks and names are those of the version they run in."""

import json
from types import SimpleNamespace

import pytest

from engine.forms import InvalidForm
from engine.refusals import NotFound, UnknownAct
from store.engine import queries
from store.engine.tables import called, instance, task
from tests.unit.engine.bpmn.conftest import Draw
from web.elements import element_name
from web.looking import look
from web.visitors import Visitor

DRAW = Draw()


def form(name, act=""):
    schema = {"title": name, "type": "object", "properties": {name: {"type": "string", "title": name}}, "required": [name]}
    return json.dumps({**schema, "x-variables": [name]} if not act else {**schema, "x-act": act}).encode()


def inner(user):
    attrs = f'name="{user} name" camunda:formKey="forms/f.json"'
    listeners = "".join(
        f'<camunda:taskListener event="{event}" delegateExpression="{name}"/>' for event, name in (("complete", f"check.{user}"), ("act:note", f"note.{user}"))
    )
    return DRAW.diagram(DRAW.start("s2"), DRAW.user(user, attrs, ext=listeners), DRAW.end("e2"), DRAW.flows(f"s2-{user}-e2"), key="q")


@pytest.fixture
def began(engine, registry, people):
    """A case of version 1 that has called the process q of version 2."""
    heard = []
    for user in ("old", "new"):
        registry.listener(f"check.{user}")(lambda ctx, data, user=user: heard.append(("check", user)))
        registry.listener(f"note.{user}")(lambda ctx, data, user=user: heard.append(("note", user)))
    call = DRAW.call("c", "${which}", '<camunda:in businessKey="${which}-1"/>')
    caller = DRAW.diagram(DRAW.start(), call, DRAW.user("last"), DRAW.end(), DRAW.flows("s-c-last-e"))
    first = {"p.bpmn": caller, "q.bpmn": inner("old"), "forms/f.json": form("alt"), "forms/n.json": form("an", "note")}
    second = {"q.bpmn": inner("new"), "forms/f.json": form("neu"), "forms/n.json": form("nn", "note")}
    engine.deploy(name="t", files=first, actor=people.system)
    number = engine.deploy(name="t", files=second, actor=people.system).id
    root = engine.start(process="p", business_key="K", variables={"which": "q"}, tenant="t", actor=people.ann)
    return SimpleNamespace(root=root, version=number, heard=heard)


def test_the_row_of_a_called_process_has_its_key_not_what_the_diagram_writes(began, rows):
    assert [(row["process"], row["element"], row["business_key"]) for row in rows(called)] == [("q", "c", "q-1")]


def test_an_act_in_a_called_process_is_taken_back_and_the_process_runs_again(engine, people, began, rows, clock):
    (first,), before = rows(task), rows(called)
    clock.forward(minutes=5)
    engine.complete(task=first["id"], data={"neu": "x"}, actor=people.chief)
    assert rows(called) == []  # it ended with its only task

    engine.take_back(task=first["id"], reason="a slip", actor=people.chief)

    assert [{**row, "entered_at": None} for row in rows(called)] == [{**row, "entered_at": None} for row in before]
    assert engine.check() == {}
    engine.complete(task=first["id"], data={"neu": "y"}, actor=people.chief)
    assert engine.check() == {}


def test_form_act_and_checks_are_those_of_the_version_that_runs(engine, people, began, rows):
    (row,) = rows(task)
    with pytest.raises(InvalidForm):
        engine.complete(task=row["id"], data={"alt": "x"}, actor=people.chief)
    with pytest.raises(InvalidForm):
        engine.act(task=row["id"], name="note", data={"an": "x"}, actor=people.chief)
    with pytest.raises(UnknownAct):
        engine.act(task=row["id"], name="other", data={}, actor=people.chief)
    engine.act(task=row["id"], name="note", data={"nn": "x"}, actor=people.chief)
    engine.complete(task=row["id"], data={"neu": "x"}, actor=people.chief)
    assert began.heard == [("note", "new"), ("check", "new")]
    assert [each["element"] for each in rows(task, state="open")] == ["last"]
    assert rows(called) == []
    assert engine.check() == {}


def test_the_page_of_a_task_finds_element_and_form_open_and_done(engine, database, people, began, rows):
    (row,) = rows(task)
    engine.claim(task=row["id"], actor=people.chief)
    house, visitor = SimpleNamespace(engine=engine), Visitor(actor=people.chief, language="zh", csrf="")
    for state in ("open", "completed"):
        with database.read() as connection:
            seen = look(house, connection, task=row["id"], visitor=visitor)
            card = queries.instance_card(connection, began.root)
            entries = queries.history_of(connection, began.root, kinds=("entered",))
            names = {entry["element"]: element_name(house, connection, card["version"], entry) for entry in entries}
        assert (seen.form.schema["title"], seen.act_names, names["new"]) == ("neu", ("note",), "new name")
        if state == "open":
            assert engine.sight(task=row["id"]).version.id == began.version
            engine.complete(task=row["id"], data={"neu": "x"}, actor=people.chief)
    with pytest.raises(NotFound):
        engine.sight(task=row["id"])


def test_a_name_that_no_version_has_is_no_name(engine, database, began, rows):
    (case,) = rows(instance)
    house = SimpleNamespace(engine=engine)
    with database.read() as connection:
        assert element_name(house, connection, None, {}) == ""
        assert element_name(house, connection, case["version"], {"process": "p", "element": ""}) == ""
        assert element_name(house, connection, case["version"], {"process": "gone", "element": "x"}) == ""
