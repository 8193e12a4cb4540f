"""What the REST interface calls the type of an activity: an element's own, an event's by what it waits for or does, as Camunda 7 names it."""

from collections.abc import Mapping

MULTI = "multiInstanceBody"
_KINDS: Mapping[str, Mapping[str, str]] = {
    "startEvent": {
        "timer": "startTimerEvent",
        "message": "messageStartEvent",
        "signal": "signalStartEvent",
        "conditional": "conditionalStartEvent",
        "error": "errorStartEvent",
        "escalation": "escalationStartEvent",
        "compensate": "compensationStartEvent",
    },
    "intermediateCatchEvent": {
        "timer": "intermediateTimer",
        "message": "intermediateMessageCatch",
        "signal": "intermediateSignalCatch",
        "conditional": "intermediateConditional",
        "link": "intermediateLinkCatch",
    },
    "intermediateThrowEvent": {
        "none": "intermediateNoneThrowEvent",
        "message": "intermediateMessageThrowEvent",
        "signal": "intermediateSignalThrow",
        "escalation": "intermediateEscalationThrowEvent",
        "compensate": "intermediateCompensationThrowEvent",
    },
    "boundaryEvent": {
        "timer": "boundaryTimer",
        "message": "boundaryMessage",
        "signal": "boundarySignal",
        "conditional": "boundaryConditional",
        "error": "boundaryError",
        "escalation": "boundaryEscalation",
        "compensate": "compensationBoundaryCatch",
        "cancel": "cancelBoundaryCatch",
    },
    "endEvent": {
        "none": "noneEndEvent",
        "message": "messageEndEvent",
        "signal": "signalEndEvent",
        "error": "errorEndEvent",
        "escalation": "escalationEndEvent",
        "compensate": "compensationEndEvent",
        "terminate": "terminateEndEvent",
        "cancel": "cancelEndEvent",
    },
}
NAMES: Mapping[tuple[str, str], str] = {(element, kind): name for element, kinds in _KINDS.items() for kind, name in kinds.items()}


def activity_type(element: str, event: str) -> str:
    """The type of an activity: its element's, or that of an event of its kind. What has no name of its own (an event of several kinds) is its element's."""
    return NAMES.get((element, event), element)
