"""What namespaces of other tools say within a process: named by one warning each, refused where it says that it must be understood."""

import pytest

from engine.checks import check
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
DROOLS = "http://www.jboss.org/drools"


def said(ext="", attrs="", top="", executable=True):
    user = DRAW.user("u", attrs=f'camunda:formKey="a.json" {attrs}', ext=ext)
    xml = DRAW.diagram(DRAW.start(), user, DRAW.end(), DRAW.flows("s-u-e"), executable=executable)
    xml = xml.replace(b"<definitions ", f'<definitions xmlns:d="{DROOLS}" xmlns:x="urn:x" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '.encode(), 1)
    return check({"a.bpmn": xml.replace(b"<process", top.encode() + b"<process", 1)}, profile="generic")


SCRIPT = '<d:onEntry-script scriptFormat="java"><d:script>x = 1</d:script></d:onEntry-script>'


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"ext": SCRIPT + SCRIPT.replace("Entry", "Exit")}, ["onEntry-script, onExit-script"]),
        ({"attrs": 'd:taskName="x"', "ext": "<x:note/>"}, ["taskName", "note"]),
        ({"ext": "<zeebe:taskHeaders/>"}, ["taskHeaders"]),
        ({"ext": '<zeebe:assignmentDefinition assignee="ann"/>'}, []),
        ({"ext": SCRIPT, "executable": False}, []),
        ({"attrs": 'xml:lang="en"'}, []),
    ],
)
def test_one_warning_names_what_a_namespace_says(given, names):
    found = [each for each in said(**given) if each.code == "BPMN-IGNORED"]
    assert [each.en.rpartition(": ")[2] for each in found] == names
    assert all((each.severity, each.element, each.line > 0) == ("warning", "u", True) for each in found)


def test_what_is_said_of_a_message_is_named_too():
    told = '<message id="told" name="told"><extensionElements><x:payload>a + b</x:payload></extensionElements></message>'
    assert [(each.code, each.element, each.en.rpartition(": ")[2]) for each in said(top=told)] == [("BPMN-IGNORED", "told", "payload")]
    keyed = '<message id="told" name="told"><extensionElements><zeebe:subscription correlationKey="=k"/></extensionElements></message>'
    assert said(top=keyed) == said(top=told, executable=False) == []


@pytest.mark.parametrize(("must", "refused"), [("true", True), ("1", True), ("false", False)])
def test_an_extension_that_must_be_understood_is_refused(must, refused):
    found = [each for each in said(top=f'<extension definition="x:note" mustUnderstand="{must}"/>') if each.severity == "error"]
    assert [(each.code, "x:note" in each.en) for each in found] == ([("BPMN-UNSUPPORTED", True)] if refused else [])
