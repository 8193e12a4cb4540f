"""The closed table: what the engine honours, refuses and ignores. `docs/reference/bpmn.md` is generated from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

Status = Literal["honoured", "refused", "refused in seasons", "ignored"]

ELEMENTS: dict[str, tuple[Status, str]] = {
    "process": ("honoured", 'those with `isExecutable="true"` can be started; others are kept and not listed'),
    "startEvent": (
        "honoured",
        "none, message, signal, timer, conditional, several of a process; event sub-processes: error, escalation, compensation too",
    ),
    "endEvent": (
        "honoured",
        "none, message, signal, error (one that nobody catches is an incident), escalation, compensation, terminate, cancel",
    ),
    "intermediateCatchEvent": ("honoured", "message, signal, timer, conditional, link"),
    "intermediateThrowEvent": ("honoured", "none, message, signal, escalation, compensation, link"),
    "boundaryEvent": (
        "honoured",
        "message, signal, timer (date, duration, cycle, cron), conditional, error, escalation, cancel; interrupting and not; compensation",
    ),
    "userTask": ("honoured", "waits for a person; its `documentation`, which may hold `${…}`, is the task's description"),
    "serviceTask": ("honoured", "external topic, or an expression with a result variable"),
    "businessRuleTask": ("honoured", "a decision (`docs/reference/decisions.md`), an external topic, or an expression"),
    "sendTask": ("honoured", "throws its message; with a topic waits for a handler; with an expression evaluates it"),
    "receiveTask": ("honoured", "waits for its message; without one (not in seasons) until it is told to go on"),
    "scriptTask": ("honoured", "lines of `name = expression`, of `var name = expression` for names of the script's own"),
    "task": ("honoured", "the token passes"),
    "manualTask": ("honoured", "the token passes"),
    "callActivity": ("honoured", "a process by its key; binding latest, deployment, version, versionTag"),
    "subProcess": ("honoured", "embedded; with triggeredByEvent an event sub-process, interrupting or not, at every level"),
    "transaction": ("honoured", "a cancel end event undoes what is completed, then leaves by the cancel boundary event"),
    "adHocSubProcess": ("honoured", "all activities at once, or one after the other; completion condition; cancelRemainingInstances"),
    "exclusiveGateway": ("honoured", ""),
    "parallelGateway": ("honoured", ""),
    "inclusiveGateway": ("honoured", "joins by BPMN 2.0, 13.4.3: waits for who can come on a flow without a token and on none that has one"),
    "eventBasedGateway": ("honoured", "exclusive; before message, signal, timer and conditional events and receive tasks"),
    "complexGateway": ("honoured", "activation condition over `activationCount`; late tokens end here until all have come"),
    "multiInstanceLoopCharacteristics": (
        "honoured",
        "parallel, sequential; collection (also by a data input and its association), cardinality or both; completion condition; output",
    ),
    "standardLoopCharacteristics": ("honoured", "condition, maximum, testBefore"),
    "isForCompensation, compensateEventDefinition": (
        "honoured",
        (
            "handlers joined by an association, of each instance of a loop; thrown for a scope or one activity, newest first; waited for, unless"
            " `waitForCompletion` is false; handlers may have boundary events; called processes are not undone"
        ),
    ),
    "multiple event definitions": (
        "honoured",
        "any of them; `parallelMultiple` all of them, at intermediate events; throw and end events throw each",
    ),
    "lane, pool, data object, data state, data store, property, association, annotation, group, conversation, choreography": (
        "ignored",
        "carry no behaviour, need no warning; data objects and properties name variables",
    ),
}
ATTRIBUTES: dict[str, tuple[Status, str]] = {
    "assignee": ("honoured", "user tasks"),
    "candidateUsers": ("honoured", "user tasks; commas or a list"),
    "candidateGroups": ("honoured", "user tasks; commas or a list"),
    "dueDate": ("honoured", "user tasks; instant, day or duration"),
    "followUpDate": ("honoured", "user tasks"),
    "priority": ("honoured", "user tasks; whole number, 50 by default"),
    "formKey": ("honoured", "user tasks and start events"),
    "type": ("honoured", "`external` with a topic"),
    "topic": ("honoured", "what handler or worker does the work"),
    "expression": ("honoured", "service tasks"),
    "resultVariable": ("honoured", "service and script tasks"),
    "collection": ("honoured", "multi-instance"),
    "elementVariable": ("honoured", "multi-instance"),
    "errorCodeVariable": ("honoured", "error events"),
    "errorMessageVariable": ("honoured", "error events"),
    "escalationCodeVariable": ("honoured", "escalation events"),
    "errorMessage": ("honoured", "errors that end events throw"),
    "variableName": ("honoured", "conditional events: caught at each change of this variable at which the condition holds (decision 0011)"),
    "variableEvents": ("honoured", "conditional events: create, update, delete; as variableName"),
    "elementIndexVariable": ("honoured", "multi-instance, as Flowable has it: the number of the instance from 0"),
    "terminateAll": ("honoured", "terminate events, as Flowable has it: the whole instance with its callers ends"),
    "terminateMultiInstance": ("honoured", "terminate events, as Flowable has it: all instances of the loop around it end"),
    "scope": ("honoured", "signals, as Activiti has it: `processInstance` stays within its instance"),
    "class": ("refused", "Java is not run here: use an external topic"),
    "delegateExpression": ("refused", "Java is not run here: use an external topic"),
    "decisionRef": ("honoured", "business rule tasks; key of a decision"),
    "decisionRefBinding": ("honoured", "deployment; latest: so in a season too, else of the latest that has it; version, versionTag: not in a season"),
    "decisionRefVersion": ("honoured", "the n-th version that has the decision: a number or an expression; not in a season"),
    "mapDecisionResult": ("honoured", "singleEntry, singleResult, collectEntries, resultList; value: as Camunda 8 has it"),
    "calledElementBinding": ("honoured", "latest, deployment, version, versionTag; without: a season its own version, others the latest"),
    "calledElementVersion": ("honoured", "the n-th version that has the process"),
    "calledElementVersionTag": ("honoured", "the newest version whose process has this `versionTag`"),
    "calledElementTenantId": ("refused", "a called process belongs to the same tenant"),
    "variableMappingClass": ("refused", "use camunda:in and camunda:out"),
    "variableMappingDelegateExpression": ("refused", "use camunda:in and camunda:out"),
    "decisionRefVersionTag": ("honoured", "the newest version whose decision has this `versionTag`, also an expression; not in a season"),
    "decisionRefTenantId": ("refused", "a decision belongs to the same tenant"),
    "resource": ("refused", "a script or a condition stands in the diagram itself"),
    "caseRef": ("refused", "there are no cases of CMMN here"),
    "asyncBefore": ("ignored", "a service task with a topic is a job of its own"),
    "asyncAfter": ("ignored", "as asyncBefore"),
    "exclusive": ("ignored", "one command at a time per instance"),
    "jobPriority": ("ignored", ""),
    "taskPriority": ("honoured", "external tasks, processes for all of theirs; whole number, 0 by default"),
    "initiator": ("honoured", "the variable that holds who started the instance"),
    "historyTimeToLive": ("ignored", "history is kept"),
    "isStartableInTasklist": ("ignored", ""),
    "versionTag": ("honoured", "processes; for calls with the binding versionTag"),
    "candidateStarterGroups": ("ignored", "who may start is the host's policy"),
    "candidateStarterUsers": ("ignored", "as candidateStarterGroups"),
    "formRef": ("ignored", "use formKey"),
    "formRefBinding": ("ignored", "use formKey"),
    "diagramRelationId": ("ignored", ""),
    "modelerTemplate": ("ignored", ""),
    "modelerTemplateVersion": ("ignored", ""),
}
EXTENSIONS: dict[str, tuple[Status, str]] = {
    "properties": ("honoured", "of the element itself; `correlation`, `check`, `stage`, `public_stage`, `lifetime`, `holders`, `shared_acts` have a meaning"),
    "inputOutput": ("honoured", "texts, lists and maps, within one another; a script is one expression"),
    "taskListener": (
        "honoured",
        "create, assignment, complete, update (holder, due date), delete, timeout, `act:<name>`, take_back; names a listener of the house, or is a script",
    ),
    "executionListener": ("honoured", "start, end; take on flows; of elements, flows and processes; names a listener of the house, or is a script"),
    "in": ("honoured", "call activities: source, sourceExpression, variables=all; businessKey, local; thrown signals: what they carry, for whom"),
    "out": ("honoured", "call activities: source, sourceExpression, variables=all, local"),
    "script": ("honoured", "in listeners lines of `name = expression`, in parameters one expression; elsewhere refused"),
    "value": ("honoured", "data objects, as Activiti and Flowable have it: what the variable of its name holds at first"),
    "connector": ("refused", "use an external topic"),
    "field": ("refused", "use input parameters"),
    "formData": ("ignored", "use formKey"),
    "errorEventDefinition": ("honoured", "external tasks of others: thrown when a worker is done or has failed and the expression over `externalTask` holds"),
    "failedJobRetryTimeCycle": ("ignored", "retries are the handler's"),
    "potentialStarter": ("ignored", "who may start is the host's policy"),
}
# BPMN's own; attributes only with a value that is not the usual one.
STANDARD: dict[str, tuple[Status, str]] = {
    "transformation": ("refused", "data associations: use camunda:inputOutput; beside it only a warning"),
    "assignment": ("refused", "as transformation"),
    "association with a property": ("refused in seasons", "of the activity itself: use camunda:inputOutput"),
    "ioSpecification": ("ignored", "says what a loop is over and collects, nothing else; use camunda:inputOutput, camunda:in, camunda:out"),
    "dataInput": ("ignored", "events: use input parameters"),
    "dataOutput": ("ignored", "events: what a message carries is in the variables of its names"),
    "startQuantity": ("refused in seasons", "each token begins an activity: use a parallelGateway"),
    "completionQuantity": ("refused in seasons", "one token leaves an activity: draw several flows"),
    "instantiate": ("refused", "receive tasks, event-based gateways: use a startEvent for each message"),
    "eventGatewayType": ("refused", "Parallel: use an intermediateCatchEvent with parallelMultiple"),
    "behavior": ("refused", "multi-instance: use completionCondition, or throw the event within the activity"),
    "loop of an event sub-process": ("refused", "put the loop on an activity within"),
    "call of a global task": ("refused", "call a process that holds the task"),
    "ordering": ("refused", "of ad-hoc sub-processes: Parallel, Sequential"),
    "method": ("refused", "transactions: ##Compensate"),
    "eventDefinitionRef": ("refused", "to a definition that does not stand beside the processes of the file: write it within the event"),
    "messageRef, signalRef, errorRef, escalationRef, activityRef": ("refused", "as elements of an event definition: they are attributes"),
    "correlationSubscription": ("refused", 'use <camunda:property name="correlation" value="${…}"/>'),
    "correlationKey": ("refused", "of properties: as correlationSubscription"),
    "operationRef": ("ignored", "the message or the topic says what is sent or done"),
    "isImmediate": ("ignored", "false: flows are followed at once"),
    "isInterrupting": ("ignored", "has a meaning for event sub-processes only, as BPMN says"),
    "performer, resourceRole": ("ignored", "only user tasks have a humanPerformer and potentialOwners"),
    "resourceRef, resourceParameterBinding": ("refused in seasons", "user tasks: use resourceAssignmentExpression or camunda:candidateGroups"),
}
EVENTS: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"none", "message", "signal", "timer", "conditional"}),
    "event sub-process start": frozenset({"message", "signal", "timer", "error", "escalation", "conditional", "compensate"}),
    "endEvent": frozenset({"none", "message", "signal", "error", "escalation", "compensate", "terminate", "cancel"}),
    "intermediateCatchEvent": frozenset({"message", "signal", "timer", "conditional", "link"}),
    "intermediateThrowEvent": frozenset({"none", "message", "signal", "escalation", "compensate", "link"}),
    "boundaryEvent": frozenset({"message", "signal", "timer", "conditional", "error", "escalation", "compensate", "cancel"}),
    "behind an event-based gateway": frozenset({"message", "signal", "timer", "conditional"}),
}
_THROWN_TOGETHER = frozenset({"message", "signal", "escalation"})
_CAUGHT_TOGETHER = frozenset({"message", "signal", "timer", "conditional"})
SEVERAL: dict[str, frozenset[str]] = {
    "startEvent": _CAUGHT_TOGETHER | {"error", "escalation"},
    "boundaryEvent": _CAUGHT_TOGETHER | {"error", "escalation"},
    "intermediateCatchEvent": _CAUGHT_TOGETHER,
    "intermediateThrowEvent": _THROWN_TOGETHER,
    "endEvent": _THROWN_TOGETHER,
}


Proof = tuple[str, str]  # file under tests/unit/engine, test


def reference(proofs: Mapping[str, Sequence[Proof]], event_proofs: Mapping[str, Sequence[Proof]]) -> str:
    """The text of `docs/reference/bpmn.md`.

    In: the tests that prove each element and each kind of event. Raises KeyError for one that is honoured without a proof.
    """
    lines = [
        "# What the engine makes of BPMN",
        "",
        "Generated from `engine/checks_table.py` and `tests/unit/engine/proofs.py`; a test compares.",
        "*Honoured*: means here what BPMN 2.0 says, where it is silent what Camunda 7 does.",
        "*Refused*: a deployment that holds it is not accepted. *Ignored*: has no effect here, with a warning.",
        "*Refused in seasons*: elsewhere ignored with a warning, as models that tools exchange carry it by rote and Camunda 7 passes over it.",
        "What namespaces of other tools say within a process, or of messages, signals, errors and escalations, has no effect,",
        "with one warning that names it; an extension marked `mustUnderstand` is refused.",
        "Tests lie under `tests/unit/engine/`. Each story of `bpmn/` is told twice: by an execution that stays in memory, and by one that is written",
        "to a database at every wait state and read back cold;",
        "the rows that the interface lists (tasks, timers, subscriptions, external tasks, incidents, where tokens stand)",
        "and the history are compared with it (`bpmn/kept.py`).",
    ]
    lines += ["", "## Elements", "", "| name | status | remark | proven by |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {status} | {remark} | {_proof(proofs[name]) if status == 'honoured' else ''} |"
        for name, (status, remark) in ELEMENTS.items()
    ]
    for title, table in (
        ("BPMN's own attributes and elements that are not honoured", STANDARD),
        ("Attributes of the `camunda:` namespace", ATTRIBUTES),
        ("Extension elements of the `camunda:` namespace", EXTENSIONS),
    ):
        lines += ["", f"## {title}", "", "| name | status | remark |", "|---|---|---|"]
        lines += [f"| {name} | {status} | {remark} |" for name, (status, remark) in table.items()]
    lines += ["", "## Event definitions", "", "| where | kinds |", "|---|---|"]
    lines += [f"| {where} | {', '.join(sorted(kinds))} |" for where, kinds in EVENTS.items()]
    lines += ["", "| kind | proven by |", "|---|---|"]
    lines += [f"| {kind} | {_proof(event_proofs[kind])} |" for kind in sorted(frozenset().union(*EVENTS.values()))]
    return "\n".join(lines) + "\n"


def _proof(proofs: Sequence[Proof]) -> str:
    return "; ".join(f"`{file}` {test.removeprefix('test_').replace('_', ' ')}" for file, test in proofs)
