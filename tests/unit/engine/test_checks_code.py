"""No place in which a diagram may hold an expression takes code: what cannot be one of ours is refused at deployment."""

import pytest

from engine.checks import check
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
CODE = ("__import__('os').system('x')", "().__class__.__bases__", "open('/etc/passwd')")


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def around(*parts):
    return DRAW.diagram(DRAW.start(), *parts, DRAW.end(), DRAW.flows("s-x-e"))


def listener(kind, event, inner):
    return f'<camunda:{kind}Listener event="{event}">{inner}</camunda:{kind}Listener>'


def script(code):
    return f'<camunda:script scriptFormat="x">{code}</camunda:script>'


def timeout(code):
    return f"<timerEventDefinition><timeDuration>${{{code}}}</timeDuration></timerEventDefinition>"


def parameter(inner):
    return f'<camunda:inputOutput><camunda:inputParameter name="a">{inner}</camunda:inputParameter></camunda:inputOutput>'


def signal(code):
    passes = DRAW.ext(f'<camunda:in sourceExpression="${{{code}}}" target="a"/>')
    return around(f'<intermediateThrowEvent id="x"><signalEventDefinition signalRef="sig">{passes}</signalEventDefinition></intermediateThrowEvent>')


def error(code):
    xml = DRAW.diagram(DRAW.start(), DRAW.end("x", "error"), DRAW.flows("s-x"))
    return xml.replace(b'errorCode="E1"', f'errorCode="E1" camunda:errorMessage="${{{code}}}"'.encode())


def call(code):
    tagged = f'<callActivity camunda:calledElementBinding="versionTag" camunda:calledElementVersionTag="${{{code}}}"'
    return around(DRAW.call("x", "q").replace("<callActivity", tagged))


PLACES = {
    "script of an execution listener": lambda code: around(DRAW.user("x", ext=listener("execution", "start", script(f"a = {code}")))),
    "script of a task listener": lambda code: around(DRAW.user("x", ext=listener("task", "create", script(f"a = {code}")))),
    "call in an execution listener": lambda code: around(
        DRAW.user("x", ext=f"<camunda:executionListener event=\"end\" expression=\"${{execution.setVariable('a', {code})}}\"/>")
    ),
    "call in a service task": lambda code: around(f"<serviceTask id=\"x\" camunda:expression=\"${{execution.setVariable('a', {code})}}\"/>"),
    "call in a script": lambda code: around(DRAW.script("x", f"execution.setVariable('a', {code})")),
    "timeout": lambda code: around(DRAW.user("x", ext=listener("task", "timeout", script("a = 1") + timeout(code)))),
    "script of an input": lambda code: around(DRAW.user("x", ext=parameter(script(code)))),
    "list in a map of an input": lambda code: around(
        DRAW.user(
            "x",
            ext=parameter(
                f'<camunda:map><camunda:entry key="k"><camunda:list><camunda:value>${{{code}}}</camunda:value></camunda:list></camunda:entry></camunda:map>'
            ),
        )
    ),
    "what a signal carries": signal,
    "what an error says": error,
    "version tag": call,
    "condition in a script language": lambda code: DRAW.diagram(
        DRAW.start(),
        DRAW.user("x"),
        f'<sequenceFlow id="f" sourceRef="s" targetRef="x"><conditionExpression language="python">{code}</conditionExpression></sequenceFlow>',
    ),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("code", CODE)
def test_code_is_refused_wherever_it_stands(place, code):
    problems = check({"d.bpmn": PLACES[place](escaped(code))}, profile="generic")
    assert any(problem.severity == "error" and problem.code in {"BPMN-EXPRESSION", "BPMN-SCRIPT", "BPMN-CONDITION", "BPMN-LISTENER"} for problem in problems)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_an_expression_of_ours_is_taken(place):
    problems = [problem.code for problem in check({"d.bpmn": PLACES[place]("1 == n")}, profile="generic") if problem.severity == "error"]
    assert problems == []
