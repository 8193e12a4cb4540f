"""Every place of a diagram or a decision in which somebody may write an expression, from the engine's own tables: a new place is tried once it is there."""

import re
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape, quoteattr

from engine.checks_extensions import ONLY_ON
from engine.checks_table import ATTRIBUTES, EXTENSIONS
from tests.security.hostile import DRAW, TASK, around
from tests.unit.engine.dmn.conftest import dmn, literal, table

Files = dict[str, bytes]
Place = Callable[[str], Files]
CODE = (
    "__import__('os').system('touch {canary}')", "open('{canary}', 'w')", "().__class__.__base__.__subclasses__()",
    "[c for c in ().__class__.__mro__[1].__subclasses__()]", "(lambda: 1)()", "getattr(1, '__class__')", "'{{0.__class__}}'.format(1)",
    "exec('open(\"{canary}\", \"w\")')", "globals()", "a.b.c()", "9**9**9", "'a' * 10**9", "execution.getClass()", "T(java.lang.Runtime)",
    "a if (b := 1) else c", "f'{{a}}'", "a.__dict__", "x.y.z.__globals__", "eval(a)", "await a", "not_known()",
)  # fmt: skip
HOSTS: dict[str, str] = {  # an element with a place for an attribute
    "userTask": '<userTask id="x" {}/>',
    "serviceTask": '<serviceTask id="x" {}/>',
    "businessRuleTask": '<businessRuleTask id="x" {}/>',
    "callActivity": '<callActivity id="x" calledElement="q" {}/>',
    "multiInstanceLoopCharacteristics": '<userTask id="x"><multiInstanceLoopCharacteristics {}/></userTask>',
    "errorEventDefinition": '<userTask id="x"/><boundaryEvent id="b" attachedToRef="x"><errorEventDefinition errorRef="err" {}/></boundaryEvent>',
    "escalationEventDefinition": (
        '<subProcess id="x"/><boundaryEvent id="b" attachedToRef="x"><escalationEventDefinition escalationRef="esc" {}/></boundaryEvent>'
    ),
    "conditionalEventDefinition": (
        '<userTask id="x"/><boundaryEvent id="b" attachedToRef="x">'
        "<conditionalEventDefinition {}><condition>${{1 == 2}}</condition></conditionalEventDefinition></boundaryEvent>"
    ),
    "error": '<subProcess id="x">{}</subProcess>',
    "signal": '<intermediateThrowEvent id="x"><signalEventDefinition signalRef="sig"/></intermediateThrowEvent>',
    "terminateEventDefinition": '<endEvent id="x"><terminateEventDefinition {}/></endEvent>',
    "scriptTask": '<scriptTask id="x" {}><script>a = 1</script></scriptTask>',
    "sendTask": '<sendTask id="x" {}/>',
    "exclusiveGateway": '<exclusiveGateway id="x" {}/>',
}
CALLED = {  # attributes of a call and the binding with which they count
    "calledElementBinding": "", "calledElementVersion": "version", "calledElementVersionTag": "versionTag", "calledElementTenantId": "",
    "variableMappingClass": "",
}  # fmt: skip
HOSTS |= {f"callActivity {way}": HOSTS["callActivity"].replace("{}", f'camunda:calledElementBinding="{way}" {{}}') for way in ("version", "versionTag")}
# Attributes that hold a name or a word of a list: whatever is written there is that word, or no such word.
WORDS = frozenset({
    "elementVariable", "errorCodeVariable", "errorMessageVariable", "escalationCodeVariable", "resultVariable", "initiator", "mapDecisionResult",
    "decisionRefBinding", "decisionRefVersion", "decisionRefVersionTag",
    "type", "variableName", "elementIndexVariable", "terminateAll", "terminateMultiInstance", "scope",
})  # fmt: skip
WORDS_TOO = frozenset({"decision: input values", "decision: annotation", "properties 0", "value 0", "value 1"})
NAME = re.compile(r"[\w.]+", re.ASCII)


def _hosts(name: str) -> frozenset[str]:
    if name in CALLED:
        return frozenset({f"callActivity {CALLED[name]}".strip()})
    anywhere = {"serviceTask", "exclusiveGateway"} if ATTRIBUTES[name][0] == "ignored" else {"serviceTask"}
    return frozenset(ONLY_ON[name] & set(HOSTS) if name in ONLY_ON else anywhere)


def may_hold_words(place: str, code: str) -> bool:
    """Whether code that is written there is taken for what it says: the attribute has no effect, or names something."""
    name = place.partition(" ")[0]
    if "Listener" in name:
        return NAME.fullmatch(code) is not None
    return place in WORDS_TOO or (name in ATTRIBUTES and (name in WORDS or ATTRIBUTES[name][0] == "ignored"))


THROWING = DRAW.start("i") + '<endEvent id="y"><errorEventDefinition errorRef="err"/></endEvent>' + DRAW.flows("i-y")


def _attribute(host: str, name: str) -> Place:
    if host == "error":  # stands beside the processes; an end event inside throws it
        thrown = around(HOSTS[host].format(THROWING))
        return lambda code: {"d.bpmn": thrown.replace(b'<error id="err"', f'<error id="err" camunda:{name}={quoteattr(code)}'.encode())}
    if host == "signal":
        signalled = around(HOSTS[host])
        return lambda code: {"d.bpmn": signalled.replace(b'<signal id="sig"', f'<signal id="sig" camunda:{name}={quoteattr(code)}'.encode())}
    return lambda code: {"d.bpmn": around(HOSTS[host].format(f"camunda:{name}={quoteattr(code)}"))}


def attributes() -> Iterator[tuple[str, Place]]:
    """Each attribute of the table on each element that may bear it."""
    for name in ATTRIBUTES:
        for host in sorted(_hosts(name)):
            yield f"{name} of {host}", _attribute(host, name)


def _extension(inner: str, host: str = "userTask") -> Place:
    tag = HOSTS[host].partition(" ")[0][1:]
    return lambda code: {"d.bpmn": around(f"<{tag} id='x' calledElement='q'>{DRAW.ext(inner.replace('CODE', escape(code, {chr(34): '&quot;'})))}</{tag}>")}


def _held(around_it: str) -> Place:
    """The first value of a data object, of the process or of a sub-process."""
    held = "<dataObject id='d' name='d'><extensionElements><camunda:value>CODE</camunda:value></extensionElements></dataObject>"
    return lambda code: {"d.bpmn": around(TASK, around_it.format(held).replace("CODE", escape(code)))}


IN = "<camunda:inputOutput><camunda:{0}Parameter name='a'>{1}</camunda:{0}Parameter></camunda:inputOutput>"
EXTENSION_PLACES: dict[str, tuple[Place, ...]] = {
    "properties": (_extension('<camunda:properties><camunda:property name="CODE" value="CODE"/></camunda:properties>'),),
    "inputOutput": tuple(
        _extension(IN.format(way, held), "serviceTask")
        for way in ("input", "output")
        for held in (
            "CODE",
            "<camunda:list><camunda:value>CODE</camunda:value></camunda:list>",
            "<camunda:map><camunda:entry key='k'>CODE</camunda:entry></camunda:map>",
        )
    ),
    "taskListener": tuple(
        _extension(f'<camunda:taskListener event="complete" {kind}="CODE"/>') for kind in ("delegateExpression", "expression", "class")
    ),
    "executionListener": tuple(
        _extension(f'<camunda:executionListener event="start" {kind}="CODE"/>') for kind in ("delegateExpression", "expression", "class")
    ),
    "in": tuple(_extension(f"<camunda:in {kind}/>", "callActivity") for kind in ('sourceExpression="CODE" target="a"', 'businessKey="CODE"')),
    "out": (_extension('<camunda:out sourceExpression="CODE" target="a"/>', "callActivity"),),
    "script": tuple(
        _extension(held.replace("SCRIPT", f'<camunda:script scriptFormat="{language}">{text}</camunda:script>'))
        for language, text in (("python", "CODE"), ("expression", "a = CODE"), ("groovy", "CODE"), ("juel", "CODE"))
        for held in (
            '<camunda:taskListener event="complete">SCRIPT</camunda:taskListener>',
            '<camunda:executionListener event="start">SCRIPT</camunda:executionListener>',
            IN.format("input", "SCRIPT"),
        )
    ),
    "value": (_held("{}"), _held("<subProcess id='y'>{}</subProcess>")),
    "connector": (_extension("<camunda:connector><camunda:connectorId>CODE</camunda:connectorId></camunda:connector>", "serviceTask"),),
    "field": (_extension('<camunda:field name="a" expression="CODE"/>', "serviceTask"),),
    "errorEventDefinition": (_extension('<camunda:errorEventDefinition errorRef="err" expression="CODE"/>', "serviceTask"),),
}  # fmt: skip


def extensions() -> Iterator[tuple[str, Place]]:
    """Each extension element of the table that is not ignored."""
    for name, (status, _) in EXTENSIONS.items():
        if status != "ignored":
            yield from ((f"{name} {number}", place) for number, place in enumerate(EXTENSION_PLACES[name]))


MESSAGE, SIGNAL = '<message id="message_m" name="m"/>', '<signal id="sig" name="sig"/>'
RULE = around('<businessRuleTask id="x" camunda:decisionRef="d" camunda:resultVariable="r"/>')
DECISIONS = {  # CODE stands where the code goes
    "input expression": table("1 | 2", inputs="CODE"),
    "input entry": table("CODE | 2"),
    "output entry": table("1 | CODE"),
    "output values": table("1 | 2", order="CODE", policy="PRIORITY"),
    "default output": table("1 | 2").replace("</output>", "<defaultOutputEntry><text>CODE</text></defaultOutputEntry></output>"),
    "input values": table("1 | 2").replace("</input>", "<inputValues><text>CODE</text></inputValues></input>"),
    "literal expression": literal("CODE"),
    "literal expression in juel": literal("${CODE}", language="juel"),
    "annotation": table("1 | 2").replace("</rule>", "<annotationEntry><text>CODE</text></annotationEntry></rule>"),
}


def decisions() -> Iterator[tuple[str, Place]]:
    """Each cell of a decision."""
    for name, drawn in DECISIONS.items():
        yield f"decision: {name}", lambda code, drawn=drawn: {"d.bpmn": RULE, "d.dmn": dmn(drawn.replace("CODE", escape(code)))}


BODIES: dict[str, Callable[[str], bytes]] = {  # the texts of BPMN itself
    "script": lambda code: around(DRAW.script("x", code)),
    "flow": lambda code: around(TASK, DRAW.gate("g"), DRAW.end("e2"), flows=("s-x-g", f"g-e {code}", "g-e2 default")),
    "duration": lambda code: around(TASK, DRAW.boundary("b", "x", f"duration:{code}")),
    "date": lambda code: around(TASK, DRAW.boundary("b", "x", f"timer:{code}")),
    "cycle": lambda code: around(TASK, DRAW.boundary("b", "x", f"cycle:{code}", interrupting=False)),
    "condition": lambda code: around(TASK, DRAW.boundary("b", "x", f"when:{code}")),
    "caught condition": lambda code: around(DRAW.catch("x", f"when:{code}")),
    "condition start": lambda code: DRAW.diagram(DRAW.start("s", f"when:{code}"), TASK, DRAW.end(), DRAW.flows("s-x-e")),
    "timer start": lambda code: DRAW.diagram(DRAW.start("s", f"timer:{code}"), TASK, DRAW.end(), DRAW.flows("s-x-e")),
    "cardinality": lambda code: around(DRAW.user("x", inner=DRAW.multi(count=code))),
    "completion": lambda code: around(DRAW.user("x", inner=DRAW.multi(count="2", until=code))),
    "collection by reference": lambda code: around(DRAW.user("x", inner="<multiInstanceLoopCharacteristics><loopDataInputRef>"
                                                             f"{code}</loopDataInputRef><inputDataItem name='one'/></multiInstanceLoopCharacteristics>")),
    "loop": lambda code: around(DRAW.user("x", inner=f"<standardLoopCharacteristics><loopCondition>{code}</loopCondition></standardLoopCharacteristics>")),
    "ad-hoc completion": lambda code: around(f'<adHocSubProcess id="x"><userTask id="y"/><completionCondition>{code}</completionCondition></adHocSubProcess>'),
    "activation": lambda code: around(f'<complexGateway id="x"><activationCondition>{code}</activationCondition></complexGateway>'),
    "called": lambda code: around(DRAW.call("x", code)),
    "name": lambda code: around(DRAW.user("x", attrs=f'name="{code}"')),
    "correlation": lambda code: around(DRAW.catch("x", "message", ext=DRAW.props(correlation=code))),
    "message's name": lambda code: around(DRAW.throw("x", "message")).replace(MESSAGE.encode(), MESSAGE.replace('"m"', f'"{code}"').encode()),
    "signal's name": lambda code: around(DRAW.throw("x", "signal")).replace(SIGNAL.encode(), SIGNAL.replace('name="sig"', f'name="{code}"').encode()),
}  # fmt: skip


def bodies() -> Iterator[tuple[str, Place]]:
    """Each text of BPMN itself that may be an expression."""
    for name, drawn in BODIES.items():
        kept = name == "flow"  # it writes what it is given into a CDATA section
        yield name, lambda code, drawn=drawn, kept=kept: {"d.bpmn": drawn(code if kept else escape(code, {chr(34): "&quot;"}))}
