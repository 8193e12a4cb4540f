"""Named listeners of the house are called within the act: with its facts, in its transaction, and what they throw or refuse counts."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from engine.bpmn.definitions import DiagramErrors
from engine.contract import BpmnError
from engine.errors import EngineError
from store.engine import queries
from store.engine.tables import history, incident, instance
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()


def named(event, name, kind="execution", inner=""):
    return f'<camunda:{kind}Listener event="{event}" delegateExpression="{name}">{inner}</camunda:{kind}Listener>'


def timer(text):
    return f"<timerEventDefinition><timeDuration>{text}</timeDuration></timerEventDefinition>"


@pytest.fixture
def heard(registry):
    """What the listener `note` was told: event, task, holder."""
    told = []

    @registry.listener("note")
    def note(ctx, data):
        told.append((ctx.task.element if ctx.task else None, ctx.task.assignee if ctx.task else None, dict(ctx.instance.variables)))
        return {"noted": len(told)}

    @registry.listener("bad")
    def bad(ctx, data):
        ctx.later("never", payload={})
        raise BpmnError("E1", "so it is")

    return told


@pytest.fixture
def begin(engine, people):
    def start(*parts, variables=None):
        engine.deploy(name="t", files={"p.bpmn": DRAW.diagram(*parts)}, actor=people.system)
        return engine.start(process="p", business_key="K", variables=variables or {}, tenant="t", actor=people.ann)

    return start


def tasks(database, root):
    with database.read() as connection:
        return queries.tasks_of(connection, root)


def variables(engine, root):
    return engine.look(root=root).variables()


def test_the_process_an_element_and_a_flow_tell_a_listener_of_the_house(engine, begin, heard):
    flow = f'<sequenceFlow id="f" sourceRef="s" targetRef="u">{DRAW.ext(named("take", "note"))}</sequenceFlow>'
    ext = named("start", "note")
    root = begin(
        DRAW.ext(named("start", "note")),
        DRAW.start(ext=ext),
        DRAW.user("u", ext=ext),
        DRAW.end(),
        flow,
        DRAW.flows("u-e"),
        variables={"a": 1},
    )
    assert [element for element, _, _ in heard] == [None, "s", "u", "u"]
    assert heard[-1][2] == {"a": 1, "noted": 3}
    assert variables(engine, root) == {"a": 1, "noted": 4}
    assert engine.check() == {}


def test_a_business_error_of_a_listener_goes_to_the_boundary_and_nothing_it_asked_for_stays(engine, begin, database, heard, people, rows):
    first = DRAW.user("u", 'camunda:candidateGroups="clerk@office"')
    bad = DRAW.user("v", ext=named("start", "bad")) + DRAW.boundary("b", "v", "error")
    root = begin(DRAW.start(), first, bad, DRAW.user("w"), DRAW.flows("s-u-v", "b-w"))
    engine.claim(task=tasks(database, root)[0]["id"], actor=people.ann)
    engine.complete(task=tasks(database, root)[0]["id"], data={}, actor=people.ann)
    assert [task["element"] for task in tasks(database, root) if task["state"] == "open"] == ["w"]
    assert engine.work() == 0
    assert engine.check() == {}


def test_an_error_that_nobody_catches_refuses_the_act_and_behind_a_handler_it_is_an_incident(
    engine, registry, begin, heard, people, rows, database
):
    @registry.handler("t")
    def work(ctx, inputs):
        return {}

    with pytest.raises(EngineError) as refused:
        begin(DRAW.start(), DRAW.user("v", ext=named("start", "bad")), DRAW.flows("s-v"))
    assert refused.value.code == "uncaught"
    assert rows(instance) == []
    root = begin(DRAW.start(), DRAW.service("h"), DRAW.user("v", ext=named("start", "bad")), DRAW.flows("s-h-v"))
    assert [(row["element"], row["code"]) for row in rows(incident, root=root)] == [("h", "uncaught")]


def test_a_timeout_tells_who_holds_the_task_and_a_cancelled_task_tells_that_it_goes(engine, begin, database, heard, people, clock):
    ext = named("timeout", "note", "task", timer("PT1H")) + named("delete", "note", "task")
    root = begin(DRAW.start(), DRAW.user("u", 'camunda:candidateGroups="clerk@office"', ext=ext), DRAW.end(), DRAW.flows("s-u-e"))
    engine.claim(task=tasks(database, root)[0]["id"], actor=people.ann)
    clock.forward(hours=2)
    assert engine.work() == 1
    assert [(element, who) for element, who, _ in heard] == [("u", "ann")]
    assert engine.check() == {}
    engine.cancel(root=root, reason="enough", actor=people.chief)
    assert [(element, who) for element, who, _ in heard] == [("u", "ann")] * 2


def test_a_task_tells_whenever_its_holder_changes(engine, begin, database, heard, people):
    root = begin(
        DRAW.start(),
        DRAW.user("u", 'camunda:candidateGroups="clerk@office"', ext=named("update", "note", "task")),
        DRAW.end(),
        DRAW.flows("s-u-e"),
    )
    task = tasks(database, root)[0]["id"]
    engine.claim(task=task, actor=people.ann)
    engine.unclaim(task=task, actor=people.ann)
    assert [who for _, who, _ in heard] == ["ann", None]
    assert variables(engine, root) == {"noted": 2}


def test_a_script_that_listens_to_an_assignment_assigns(engine, begin, database, people, rows):
    ext = '<camunda:taskListener event="assignment"><camunda:script scriptFormat="x">given = true</camunda:script></camunda:taskListener>'
    root = begin(DRAW.start(), DRAW.user("u", 'camunda:candidateGroups="clerk@office"', ext=ext), DRAW.end(), DRAW.flows("s-u-e"))
    engine.claim(task=tasks(database, root)[0]["id"], actor=people.ann)
    assert variables(engine, root) == {"given": True}
    assert [row["data"]["name"] for row in rows(history, root=root, kind="variable")] == ["given"]


def test_a_script_of_a_completion_sees_what_was_handed_in(engine, begin, database, people):
    ext = '<camunda:taskListener event="complete"><camunda:script scriptFormat="x">b = a + 1</camunda:script></camunda:taskListener>'
    root = begin(DRAW.start(), DRAW.user("u", 'camunda:assignee="ann"', ext=ext), DRAW.user("v"), DRAW.flows("s-u-v"))
    engine.complete(task=tasks(database, root)[0]["id"], data={"a": 1}, actor=people.ann)
    assert variables(engine, root) == {"a": 1, "b": 2}


def test_diagrams_of_others_have_scripts_but_no_listeners_of_the_house(engine, heard, people):
    def deploy(listener):
        xml = DRAW.diagram(DRAW.start(ext=listener), DRAW.end(), DRAW.flows("s-e"))
        return engine.publish(title="m", source="", files={"m.bpmn": xml}, actor=people.system)

    with pytest.raises(DiagramErrors, match="note"):
        deploy(named("start", "note"))
    script = '<camunda:executionListener event="start"><camunda:script scriptFormat="x">a = 1</camunda:script></camunda:executionListener>'
    assert deploy(script).created


def test_a_rehearsal_calls_no_listener(engine, heard, begin, people, database):
    adhoc = lambda inner: f'<adHocSubProcess id="sub">{inner}</adHocSubProcess>'  # noqa: E731 - twice the same frame
    root = begin(DRAW.start(), adhoc(DRAW.user("u")), DRAW.end(), DRAW.flows("s-sub-e"))
    more = DRAW.diagram(DRAW.start(), adhoc(DRAW.user("u") + DRAW.user("v", ext=named("start", "note"))), DRAW.end(), DRAW.flows("s-sub-e"))
    engine.deploy(name="t", files={"p.bpmn": more}, actor=people.system)
    plan = engine.migration_plan(source=1, target=2)
    assert [report.outcome for report in engine.rehearse(plan=plan, roots=[root], actor=people.chief)] == ["moved"]
    assert heard == []
    engine.migrate(plan=plan, roots=[root], reason="more", actor=people.chief)
    assert [element for element, _, _ in heard] == ["v"]
    with database.read() as connection:
        assert connection.execute(select(instance.c.version).where(instance.c.root == root)).scalar_one() == 2


def test_a_task_whose_deadline_moves_tells_that_it_is_updated_with_the_new_instant(engine, begin, database, registry, people):
    told = []

    @registry.listener("note")
    def note(ctx, data):
        told.append((ctx.task.element, ctx.task.due))
        return {"moved": len(told)}

    before, after = datetime(2023, 7, 1, 9, tzinfo=UTC), datetime(2023, 8, 1, 9, tzinfo=UTC)
    engine.set_deadline(tenant="t", name="closing", at=before, reason="plan", actor=people.chief)
    script = '<camunda:taskListener event="update"><camunda:script scriptFormat="expression">seen = moved + 1</camunda:script></camunda:taskListener>'
    due = 'camunda:dueDate="${deadline(\'closing\')}"'
    watch = DRAW.boundary("b", "u", "when:${moved == 1}", interrupting=False)
    parts = (DRAW.user("u", due, ext=named("update", "note", "task") + script), watch, DRAW.user("w", due), DRAW.flows("s-u", "b-w"))
    root = begin(DRAW.start(), *parts, variables={"moved": 0})
    engine.set_deadline(tenant="t", name="other", at=after, reason="no matter", actor=people.chief)
    engine.set_deadline(tenant="t", name="closing", at=before, reason="the same", actor=people.chief)
    assert told == []
    engine.set_deadline(tenant="t", name="closing", at=after, reason="later", actor=people.chief)
    assert told == [("u", after)]
    assert variables(engine, root) == {"moved": 1, "seen": 2}
    assert {(task.element, task.due) for task in tasks(database, root)} == {("u", after), ("w", after)}
    assert engine.check() == {}
