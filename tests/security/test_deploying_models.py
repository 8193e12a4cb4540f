"""Hostile models at the deployment page: code wherever an expression may stand, models that never rest, forms that claim names of ours."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.contract import SYSTEM, Actor
from engine.errors import EngineError
from store.engine import tables as engine_tables
from tests.archives import zipped
from tests.security.hostile import DRAW, GOOD, MOST_SECONDS, TASK, around, kept, refused, runs, seen, sends

# ---- A3: code wherever an expression may stand

CANARY = "/tmp/canary-of-hostile-code"
CODE = [
    f"__import__('os').system('touch {CANARY}')",
    f"open('{CANARY}', 'w')",
    "().__class__.__base__.__subclasses__()",
    "[c for c in ().__class__.__mro__[1].__subclasses__()]",
    "(lambda: 1)()",
    "getattr(1, '__class__')",
    "'{0.__class__}'.format(1)",
    f"exec('open(\\'{CANARY}\\', \\'w\\')')",
    "globals()",
    "a.b.c()",
    "9**9**9",
    "'a' * 10**9",
]
B_END = DRAW.end("e2"), DRAW.flows("b-e2")


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


PLACES = {
    "script": lambda code: around(DRAW.script("x", code)),
    "script in python": lambda code: around(DRAW.script("x", code).replace('scriptFormat="expression"', 'scriptFormat="python"')),
    "flow": lambda code: around(TASK, DRAW.gate("g"), DRAW.end("e2"), flows=("s-x-g", f"g-e {code}", "g-e2 default")),
    "duration": lambda code: around(TASK, DRAW.boundary("b", "x", f"duration:{code}"), *B_END),
    "date": lambda code: around(TASK, DRAW.boundary("b", "x", f"timer:{code}"), *B_END),
    "cycle": lambda code: around(TASK, DRAW.boundary("b", "x", f"cycle:{code}", interrupting=False), *B_END),
    "condition": lambda code: around(TASK, DRAW.boundary("b", "x", f"when:{code}"), *B_END),
    "cardinality": lambda code: around(DRAW.user("x", inner=DRAW.multi(count=code))),
    "completion": lambda code: around(DRAW.user("x", inner=DRAW.multi(count="2", until=code))),
    "collection": lambda code: around(DRAW.user("x", inner=DRAW.multi(over=code, element="one"))),
    "loop": lambda code: around(
        DRAW.user("x", inner=f"<standardLoopCharacteristics><loopCondition>{code}</loopCondition></standardLoopCharacteristics>")
    ),
    "input": lambda code: around(DRAW.service("x", topic="notify", ext=DRAW.inputs(a=code))),
    "output": lambda code: around(DRAW.service("x", topic="notify", ext=DRAW.outputs(a=code))),
    "assignee": lambda code: around(DRAW.user("x", attrs=f'camunda:assignee="{code}"')),
    "due": lambda code: around(DRAW.user("x", attrs=f'camunda:dueDate="{code}"')),
    "correlation": lambda code: around(DRAW.catch("x", "message", ext=DRAW.props(correlation=code))),
    "java class": lambda code: around(f'<serviceTask id="x" camunda:class="{code}"/>'),
    "java expression": lambda code: around(f'<serviceTask id="x" camunda:expression="{code}"/>'),
    "listener script": lambda code: around(
        DRAW.user("x", ext=f'<camunda:taskListener event="complete"><camunda:script scriptFormat="python">{code}</camunda:script></camunda:taskListener>')
    ),
    "execution listener": lambda code: around(DRAW.user("x", ext=f'<camunda:executionListener event="start" expression="{code}"/>')),
    "foreign extension": lambda code: around(
        DRAW.user("x", ext=f'<spiff:preScript xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core">{code}</spiff:preScript>')
    ),
    "mapping": lambda code: around(DRAW.call("x", "q", ext=f'<camunda:in sourceExpression="{code}" target="a"/>')),
    "called": lambda code: around(DRAW.call("x", code)),
}  # fmt: skip


@pytest.mark.parametrize("place", sorted(PLACES.keys() - {"foreign extension"}))
def test_code_is_refused_with_the_file_it_stands_in(empty, desk, place):
    for text in CODE:
        written = f"${{{text}}}"
        refused(empty, desk, ("d.bpmn", PLACES[place](written if place == "flow" else escaped(written))), tells=">d.bpmn</td>")
    assert not Path(CANARY).exists()


@pytest.mark.parametrize("place", PLACES)
def test_code_without_the_marks_of_an_expression_is_refused_or_only_words(empty, desk, place):
    for text in CODE[:4]:
        before = kept(empty)
        answer, _ = sends(desk, [("d.bpmn", PLACES[place](text if place == "flow" else escaped(text)))])
        assert answer.status_code in {303, 422}, answer.text[-600:]
        assert seen == []
        if answer.status_code == 303:
            runs(empty)
        else:
            assert kept(empty) == before
    assert not Path(CANARY).exists()


# ---- A4: models that would never rest


LOOP = DRAW.diagram(
    DRAW.start(), DRAW.gate("g"), DRAW.script("x", "a = 1"), DRAW.end(), DRAW.flows("s-g", "g-e ${a == 2}", "g-x default", "x-g")
)
RESTLESS = {
    "a loop without a wait": LOOP,
    "a call of itself": around(DRAW.call("x", "p")),
    "two that call each other": (
        around(DRAW.call("x", "q")),
        DRAW.diagram(DRAW.start("s2"), DRAW.call("y", "p"), DRAW.end("e3"), DRAW.flows("s2-y-e3"), key="q"),
    ),
    "a timer without pause": around(TASK, DRAW.boundary("b", "x", "cycle:R/PT0S", interrupting=False), *B_END),
    "a million at once": around(DRAW.user("x", inner=DRAW.multi(count="1000000000"))),
    "a power of a power": around(DRAW.script("x", "a = 9**9**9")),
}


@pytest.mark.parametrize("kind", RESTLESS)
def test_a_model_that_would_never_rest_is_refused_or_stopped_and_others_go_on(empty, desk, kind):
    drawn = RESTLESS[kind] if isinstance(RESTLESS[kind], tuple) else (RESTLESS[kind],)
    before = kept(empty)
    answer, seconds = sends(desk, [(f"d{n}.bpmn", xml) for n, xml in enumerate(drawn)])
    assert seconds < MOST_SECONDS
    if answer.status_code == 303:
        runs(empty)
        assert sends(desk, [("good.bpmn", GOOD)])[0].status_code == 303
        empty.house.engine.start(process="p", business_key="2", variables={}, tenant="foreign", actor=SYSTEM)
        assert "2" in {row["business_key"] for row in empty.rows(select(engine_tables.instance))}
        assert "x" in {row["element"] for row in empty.rows(select(engine_tables.task).where(engine_tables.task.c.state == "open"))}
    else:
        assert answer.status_code == 422
        assert kept(empty) == before


SEASON = Path("processes/cn-2023/season.toml").read_bytes()


@pytest.mark.parametrize(
    ("kind", "code", "element"),
    [
        ("a loop without a wait", "BPMN-LOOP", "g"),
        ("a call of itself", "BPMN-RECURSION", "x"),
        ("two that call each other", "BPMN-RECURSION", "x"),
        ("a timer without pause", "BPMN-TIMER", "b"),
        ("a million at once", "BPMN-MULTI", "x"),
    ],
)
def test_in_a_season_it_is_refused_with_code_element_and_hint(empty, desk, kind, code, element):
    drawn = RESTLESS[kind] if isinstance(RESTLESS[kind], tuple) else (RESTLESS[kind],)
    folder = {f"d{n}.bpmn": xml for n, xml in enumerate(drawn)} | {"season.toml": SEASON}
    answer = refused(empty, desk, ("folder.zip", zipped(folder)), tells=code)
    assert "d0.bpmn" in answer.text
    faults = [fault for fault in empty.house.faults(folder) if fault.code == code]
    assert [fault.element for fault in faults] == [element]
    assert faults[0].line > 0
    assert kind == "a loop without a wait" or faults[0].hint


@pytest.mark.parametrize(("kind", "element"), [("a loop without a wait", {"g", "x"}), ("a call of itself", {"x"})])
def test_elsewhere_it_is_stopped_at_run_with_an_incident_that_tells_where(empty, desk, kind, element):
    assert sends(desk, [("d.bpmn", RESTLESS[kind])])[0].status_code == 303
    root = empty.house.engine.start(process="p", business_key="1", variables={"a": 1}, tenant="foreign", actor=SYSTEM)
    (incident,) = empty.rows(select(engine_tables.incident))
    assert (incident["root"], incident["code"]) == (root, "limit")
    assert any(f"停在 {each}）" in incident["message"] for each in element)
    (instance,) = empty.rows(select(engine_tables.instance))
    assert (instance["status"], instance["troubles"], len(instance["state"]) < 10_000) == ("running", 1, True)


# ---- A5: forms that claim names of ours


@pytest.mark.parametrize(
    "name",
    [
        "__builtins__",
        "__class__",
        "deadline",
        "len",
        "working_days_after",
        "due",
        "now",
        "loopCounter",
        "nrOfInstances",
        "timerDue",
        "null",
    ],
)
def test_a_form_may_not_declare_a_name_of_ours(empty, desk, name):
    form = {"type": "object", "properties": {name: {"type": "string", "title": "值"}}}
    task = DRAW.user("x", attrs='camunda:formKey="forms/a.json" camunda:candidateGroups="office_clerk@caq"')
    folder = zipped({"d.bpmn": around(task), "forms/a.json": json.dumps(form)})
    answer = refused(empty, desk, ("folder.zip", folder), tells="form.reserved")
    assert "forms/a.json" in answer.text
    assert name in answer.text
    inner = {
        "type": "object",
        "properties": {"row": {"type": "object", "title": "行", "properties": {name: {"type": "string", "title": "值"}}}},
    }
    held = json.dumps(inner | {"x-variables": [f"row.{name}"]})
    refused(empty, desk, ("folder.zip", zipped({"d.bpmn": around(task), "forms/a.json": held})), tells="form.reserved")


@pytest.mark.parametrize("name", ["__builtins__", "__class__", "deadline", "len", "working_days_after", "due", "now", "loopCounter"])
def test_a_form_s_field_never_stands_for_a_name_of_the_language(empty, desk, name):
    """Either the form is refused, or the field is a variable and nothing else: the gateway behind it decides as drawn."""
    form = {"type": "object", "properties": {name: {"type": "string", "title": "值"}}, "x-variables": [name]}
    task = DRAW.user("x", attrs='camunda:formKey="forms/a.json" camunda:candidateGroups="office_clerk@caq"')
    xml = DRAW.diagram(
        DRAW.start(), task, DRAW.gate("g"), DRAW.user("right"), DRAW.user("wrong"), DRAW.end(),
        DRAW.flows("s-x-g", "g-right ${len('abc') == 3 and now() != null}", "g-wrong default", "right-e", "wrong-e"),
    )  # fmt: skip
    answer, _ = sends(desk, [("folder.zip", zipped({"d.bpmn": xml, "forms/a.json": json.dumps(form)}))])
    assert answer.status_code in {303, 422}
    if answer.status_code == 422:
        assert "forms/a.json" in answer.text
        return
    clerk, engine = Actor(id="clerk", name="", groups=frozenset({"office_clerk@caq"})), empty.house.engine
    engine.start(process="p", business_key="1", variables={}, tenant="foreign", actor=SYSTEM)
    (task_id,) = [row["id"] for row in empty.rows(select(engine_tables.task))]
    with suppress(EngineError):
        engine.complete(task=task_id, data={name: "999"}, actor=clerk)
    elements = {row["element"] for row in empty.rows(select(engine_tables.task).where(engine_tables.task.c.state == "open"))}
    assert elements in ({"right"}, {"x"})
