"""What other tools write, in our words.

Camunda 7's `execution` in expressions, Camunda 8's extensions and FEEL texts, Activiti's and Flowable's namespaces, bpmn-engine's `environment`,
XPath's data objects, `implementation`.

The stored file stays as it was.
Only what has the same meaning is taken over; conditions that cannot be read stay literal and are refused by the checks.
"""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from engine.bpmn.dialects_activiti import ACTIVITI, adopt
from engine.bpmn.dialects_camunda8 import QUOTED, correlation_keys, feel, say_extensions, say_texts, set_ours
from engine.bpmn.dialects_data import holder_of, quoted, say_data
from engine.bpmn.dialects_events import say_events
from engine.bpmn.dialects_scripts import LANGUAGES, computes, in_our_words, language_of
from engine.bpmn.elements import BPMN, CAMUNDA
from engine.bpmn.reader import FLOW_NODES
from engine.bpmn.reading import say_booleans
from engine.expressions import ExpressionError
from engine.expressions.compiler import compile_expression as compile_ours
from engine.xml import Xml

_WORKING = frozenset(BPMN + name for name in ("serviceTask", "sendTask", "businessRuleTask"))
_SENDING = _WORKING | {BPMN + "messageEventDefinition"}
_ELEMENTS = [BPMN + name for name in sorted(FLOW_NODES)] + [BPMN + "multiInstanceLoopCharacteristics"]
_BEAN = re.compile(r"^[$#]\{\s*(\w+)\s*\}$")
_DATA_OBJECT = re.compile(r"""(?:\w+:)?getDataObject\(\s*(["'])([^"'\\]+)\1\s*\)""")
_EXECUTION = re.compile(r"\b(?:execution|task|delegateTask|externalTask|environment)\.")
_ENVIRONMENT = re.compile(r"\b(?:this\.)?environment\.variables\.([^\W\d]\w*)")  # of bpmn-engine
_NEXT = re.compile(r"^next\(\s*null\s*,\s*(.+)\)$", re.DOTALL)
_VARIABLE = re.compile(r"\b(?:execution|task|delegateTask)\.getVariable\(")
_OF_EXECUTION = {  # what is asked of `execution`, as a property or as a method, and our function that says it
    "processBusinessKey": "business_key()",
    "businessKey": "business_key()",
    "processInstanceId": "instance_id()",
    "currentActivityId": "element_id()",
    "currentActivityName": "element_name()",
}
_PROPERTY = re.compile(r"\bexecution\.(?:get)?([pbcPBC]\w+)\b(\(\))?")
_HAS = re.compile(r"\bexecution\.hasVariable\(")
_OF_WORKER = re.compile(r"\bexternalTask\.get([A-Z])(\w*)\(\)")
_SET = re.compile(r"""^\s*[$#]\{\s*(?:execution|task|delegateTask)\.setVariable\(\s*(["'])([^\W\d]\w*)\1\s*,\s*(.+)\)\s*\}\s*$""", re.DOTALL)
_SCRIPTS = frozenset({BPMN + "script", CAMUNDA + "script"})
_LISTENERS = frozenset({CAMUNDA + "taskListener", CAMUNDA + "executionListener"})
_REFERENCES = ("messageRef", "signalRef", "errorRef", "escalationRef", "activityRef", "attachedToRef", "sourceRef", "targetRef")
_EQUALS = re.compile(r"""("[^"]*"|'[^']*')|(?<![<>!=])=(?!=)""")
# Steps, predicates, names with - or . in them, div and mod, functions: what FEEL and our language would read as something else or not at all.
_BEYOND_COMPARING = re.compile(r"[/@|:*\[\]$,]|\w-|[^\W\d]\.|\.\.|\b(?:div|mod)\b|\bnot\s*\([^()]*\)\s*[=!<>]|\b(?!(?:not|and|or)\b)[^\W\d]\w*\s*\(")


def translate(root: Xml) -> None:
    """Rewrite the tree of a diagram that has just been parsed."""
    adopt(root)
    say_booleans(root)
    _of_this_file(root)
    _apart(root)
    say_events(root)
    say_data(root)
    _of_execution(root)
    say_texts(root)
    default = root.get("expressionLanguage")
    for node in root.iter(BPMN + "conditionExpression", BPMN + "condition"):
        language = (node.get("language") or "").lower()
        if language in LANGUAGES:
            node.text = _scripted(node.text or "")
        elif node.tag == BPMN + "conditionExpression" and not _is_more_of_xpath(node.text or "", language or (default or "").lower()):
            node.text = _condition(node.text or "", foreign=default is not None or bool(language))
    keys = {ref: key for ref, key in correlation_keys(root) if ref}
    for node in root.iter(*_ELEMENTS):
        _element(node, keys)
        _attributes(node)


def _of_this_file(root: Xml) -> None:
    """References are qualified names: a prefix that stands for the file's own namespace says no more than none."""
    own = {prefix for prefix, space in root.nsmap.items() if prefix and space == root.get("targetNamespace")}
    for node in root.iter(etree.Element) if own else ():
        for name in _REFERENCES:
            prefix, _, bare = node.get(name, "").partition(":")
            if prefix in own and bare:
                node.set(name, bare)


def _apart(root: Xml) -> None:
    """Of several flows without an id between the same two elements each but the first gets one: a flow is known by its id or else its ends."""
    between: Counter[str] = Counter()
    for flow in root.iter(BPMN + "sequenceFlow"):
        ends = f"{flow.get('sourceRef')}->{flow.get('targetRef')}"
        if not flow.get("id"):
            between[ends] += 1
            if between[ends] > 1:
                flow.set("id", f"{ends} {between[ends]}")


def _of_execution(root: Xml) -> None:
    """What expressions ask of Camunda's `execution`; a call that sets a variable becomes what assigns it."""
    for node in root.iter(etree.Element):
        if node.tag in _SCRIPTS and node.text:
            node.text = _in_its_language(node)
        if node.text and not _only_prose(node) and _EXECUTION.search(node.text):
            node.text = _asked(node.text)
        for name, text in [(str(name), str(text)) for name, text in node.attrib.items()]:
            if _EXECUTION.search(text):
                node.set(name, _asked(text))
        _assignment(node)


def _only_prose(node: Xml) -> bool:
    """What documents an element; of a user task it is the task's description, which may hold expressions."""
    around = node.getparent()
    return node.tag == BPMN + "documentation" and (around is None or around.tag != BPMN + "userTask")


def _in_its_language(script: Xml) -> str:
    language, text, around = language_of(script), script.text or "", script.getparent()
    if language != "juel" or around is None:
        return in_our_words(text, language)
    kept = around.tag not in _LISTENERS and (around.tag != BPMN + "scriptTask" or around.get(CAMUNDA + "resultVariable") is not None)
    return computes(text, kept=kept)


def _asked(text: str) -> str:
    known = _HAS.sub("has_variable(", _VARIABLE.sub("variable(", _PROPERTY.sub(_function, text)))
    known = _ENVIRONMENT.sub(r"variable('\1')", known)
    return _OF_WORKER.sub(lambda found: f"externalTask.{found[1].lower()}{found[2]}", known)


def _function(found: re.Match[str]) -> str:
    """`execution.processInstanceId`, `execution.getProcessInstanceId()`: what they say; anything else stays."""
    return _OF_EXECUTION.get(found[1][0].lower() + found[1][1:], found[0])


def _assignment(node: Xml) -> None:
    """`${execution.setVariable('x', value)}`: of a listener a script, of a task a result variable."""
    if node.tag in _LISTENERS:
        found = _SET.match(node.get("expression", ""))
        if found is not None:
            del node.attrib["expression"]
            etree.SubElement(node, CAMUNDA + "script", scriptFormat="expression").text = f"{found[2]} = {found[3]}"
    elif node.tag in _SENDING and node.get(CAMUNDA + "resultVariable") is None:
        found = _SET.match(node.get(CAMUNDA + "expression", ""))
        if found is not None:
            node.set(CAMUNDA + "expression", "${" + found[3] + "}")
            node.set(CAMUNDA + "resultVariable", found[2])


def _scripted(text: str) -> str:
    """A condition in a script language: comparisons and the like are written as ours are; what does not compile stays and is refused."""
    ours = text.strip().removeprefix("return ").rstrip("; \r\n").replace("===", "==").replace("!==", "!=")
    given = _NEXT.match(ours)
    ours = ours if given is None else given[1].strip()
    try:
        compile_ours(ours)
    except ExpressionError:
        return text
    return "${" + ours + "}"


def _condition(text: str, *, foreign: bool) -> str:
    """A condition in another language: XPath's `getDataObject`, FEEL, or near it (`Service Level == 'Premium'`)."""
    bare = text.strip()
    if "${" in bare or "#{" in bare:
        return text
    if _DATA_OBJECT.search(bare):
        named = _DATA_OBJECT.sub(lambda found: f"variable({quoted(found[2])})", bare)
        return "${" + _EQUALS.sub(lambda found: found[1] or "==", named) + "}"
    if not (foreign or bare.startswith("=")):
        return text
    source = bare.removeprefix("=").strip()
    return feel(source) or feel(source.replace("==", "=").replace("'", '"')) or text


def _is_more_of_xpath(text: str, language: str) -> bool:
    """Whether a condition in XPath does more than compare names and values; what would be read otherwise here is refused, not guessed at."""
    bare = QUOTED.sub("", _DATA_OBJECT.sub("x", text).replace("'", '"'))
    return "xpath" in language and "${" not in text and "#{" not in text and _BEYOND_COMPARING.search(bare) is not None


def _element(node: Xml, keys: dict[str, str]) -> None:
    """The extensions of one element, and the correlation key of the message that it names."""
    say_extensions(node)
    named = [node, *node.iterchildren(BPMN + "messageEventDefinition")]
    for ref in (each.get("messageRef") for each in named):
        if ref in keys:
            properties = etree.SubElement(holder_of(node), CAMUNDA + "properties")
            etree.SubElement(properties, CAMUNDA + "property", name="correlation", value=keys[ref])


def _attributes(node: Xml) -> None:
    """An implementation of another kind is work for a worker of that name."""
    bean = _BEAN.match(node.get(ACTIVITI + "delegateExpression", ""))
    ours = any(node.get(CAMUNDA + name) for name in ("topic", "expression", "class", "delegateExpression", "decisionRef"))
    implementation = bean[1] if bean else node.get("implementation", "")
    if node.tag in _WORKING and not ours and implementation and not implementation.startswith("##") and node.get("messageRef") is None:
        set_ours(node, "type", "external")
        set_ours(node, "topic", implementation)


