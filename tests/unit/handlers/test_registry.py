import re
from pathlib import Path

import pytest

from engine.xml import parse_xml
from handlers import registry

SEASON = Path("processes/cn-2023")
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def elements():
    for path in sorted(SEASON.glob("*.bpmn")):
        yield from ((path.name, element) for element in parse_xml(path.read_bytes(), file=path.name).iter() if isinstance(element.tag, str))


def test_every_topic_and_listener_of_the_diagrams_is_registered():
    made = registry()
    topics = {element.get(f"{CAMUNDA}topic") for _, element in elements()} - {None}
    listeners = {element.get("class") for _, element in elements() if element.tag == f"{CAMUNDA}taskListener"}
    checks = {element.get("value") for _, element in elements() if element.tag == f"{CAMUNDA}property" and element.get("name") == "check"}
    assert topics - made.handlers.keys() == set()
    assert (listeners | checks) - made.listeners.keys() == set()


def test_nothing_is_registered_that_no_diagram_names():
    made = registry()
    text = "".join(path.read_text(encoding="utf-8") for path in SEASON.glob("*.bpmn"))
    named = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)?)"', text))
    assert made.handlers.keys() - named == set()
    assert made.listeners.keys() - named == set()


def test_the_reference_lists_every_name():
    made = registry()
    page = Path("docs/reference/handlers.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)?)`", page))
    assert {*made.handlers, *made.listeners, *made.jobs} - named == set()


@pytest.mark.parametrize("path", sorted(SEASON.glob("*.bpmn")), ids=lambda path: path.stem)
def test_papers_can_be_attached_wherever_a_form_asks_for_them(path):
    lacking = []
    for task in parse_xml(path.read_bytes(), file=path.name).iter(f"{BPMN}userTask"):
        form = SEASON / task.get(f"{CAMUNDA}formKey")
        acts = {listener.get("event") for listener in task.iter(f"{CAMUNDA}taskListener")}
        if "x-document" in form.read_text(encoding="utf-8") and "act:file.attach" not in acts:
            lacking.append(task.get("id"))
    assert lacking == []
