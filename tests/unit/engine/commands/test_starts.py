"""Start events that begin instances by themselves, in the newest version of their process."""

import pytest

from engine.errors import EngineError
from store.engine.tables import instance, task
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()


def test_a_start_is_not_asked_by_the_check_of_an_event_sub_process(engine, registry, people):
    """The check belongs to the message that begins the event sub-process; whoever starts the process has nothing to do with it."""
    registry.listener("of.the.message")(lambda ctx, data: (_ for _ in ()).throw(AssertionError("asked at the start")))
    asked = DRAW.start("s2", "message", ext=DRAW.props(check="of.the.message"), attrs='isInterrupting="false"')
    inner = DRAW.sub("inner", asked, DRAW.user("v"), DRAW.flows("s2-v"), attrs='triggeredByEvent="true"')
    xml = DRAW.diagram(DRAW.start(), DRAW.user("u"), DRAW.end(), DRAW.flows("s-u-e"), inner)
    engine.deploy(name="t", files={"p.bpmn": xml}, actor=people.system)
    assert engine.start(process="p", business_key="K", variables={}, tenant="t", actor=people.ann)


def put(engine, people, kind, *, user="u", key="p", attrs=""):
    xml = DRAW.diagram(DRAW.start("s", kind, attrs=attrs), DRAW.user(user), DRAW.end(), DRAW.flows(f"s-{user}-e"), key=key)
    return engine.deploy(name="t", files={"p.bpmn": xml}, actor=people.system)


def test_a_timer_begins_an_instance_each_round_and_a_new_version_takes_over(engine, people, clock, rows):
    put(engine, people, "cycle:R3/PT1H")
    assert engine.work() == 0
    clock.forward(hours=1)
    assert engine.work() == 1
    put(engine, people, "cycle:R3/PT1H", user="v")
    clock.forward(hours=1)
    assert engine.work() == 1
    assert [row["element"] for row in rows(task)] == ["u", "v"]
    assert engine.check() == {}


def test_a_signal_begins_an_instance_with_its_payload_in_the_newest_version_only(engine, people, rows):
    put(engine, people, "signal")
    put(engine, people, "signal", user="v")
    engine.broadcast(signal="sig", payload={"n": 1}, tenant="t", actor=people.chief)
    assert engine.work() == 1
    assert [row["element"] for row in rows(task)] == ["v"]


def test_a_condition_begins_an_instance_where_it_holds(engine, people, rows):
    put(engine, people, "when:${n == 1}")
    start = {"tenant": "t", "actor": people.ann}
    assert engine.start_where_true(variables={"n": 2}, **start) == ()
    assert engine.start_where_true(variables={"other": 2}, **start) == ()
    (root,) = engine.start_where_true(variables={"n": 1}, **start)
    assert [row["root"] for row in rows(instance)] == [root]


@pytest.mark.parametrize(("condition", "given"), [("n", "true"), ("n", 1), ("not n", "false"), ("n and true", "true")])
def test_a_condition_that_says_neither_true_nor_false_refuses_whoever_hands_in_its_variables(engine, people, rows, condition, given):
    put(engine, people, f"when:${{{condition}}}")
    with pytest.raises(EngineError) as refused:
        engine.start_where_true(variables={"n": given}, tenant="t", actor=people.ann)
    assert refused.value.code == "condition.not_boolean"
    assert (refused.value.details["element"], rows(instance)) == ("s", [])


def test_the_initiator_is_who_starts_unless_a_variable_says_otherwise(engine, people, rows):
    xml = DRAW.diagram(
        DRAW.start(attrs='camunda:initiator="who"'), DRAW.user("u", 'camunda:assignee="${who}"'), DRAW.end(), DRAW.flows("s-u-e")
    )
    engine.deploy(name="t", files={"p.bpmn": xml}, actor=people.system)
    for variables in ({}, {"who": "bob"}):
        engine.start(process="p", business_key="K", variables=variables, tenant="t", actor=people.ann)
    assert sorted(row["assignee"] for row in rows(task)) == ["ann", "bob"]


def test_a_call_without_a_binding_calls_the_latest_version_and_deployment_its_own(engine, people, rows):
    caller = DRAW.diagram(DRAW.start("s1"), DRAW.call("c", "p"), DRAW.end("e1"), DRAW.flows("s1-c-e1"), key="main")
    bound = caller.replace(b'calledElement="p"', b'calledElement="p" camunda:calledElementBinding="deployment"').replace(
        b'"main"', b'"own"'
    )
    numbered = caller.replace(
        b'calledElement="p"', b'calledElement="p" camunda:calledElementBinding="version" camunda:calledElementVersion="1"'
    ).replace(b'"main"', b'"first"')
    old = DRAW.diagram(DRAW.start(), DRAW.user("old"), DRAW.end(), DRAW.flows("s-old-e"))
    engine.deploy(name="t", files={"p.bpmn": old, "a.bpmn": caller, "b.bpmn": bound, "c.bpmn": numbered}, actor=people.system)
    put(engine, people, "", user="new")
    for process, element in (("main", "new"), ("own", "old"), ("first", "old")):
        root = engine.start(process=process, business_key="K", variables={}, tenant="t", actor=people.ann)
        (row,) = rows(task, root=root)
        assert row["element"] == element
        engine.complete(task=row["id"], data={}, actor=people.chief)
        assert rows(instance, root=root)[0]["status"] == "ended"
