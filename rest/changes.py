"""Instructions of a body: where tokens are cancelled and started, with which variables."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine.bpmn.modifying import Change, Kind
from engine.errors import EngineError
from rest.bodies import flag_of, needed_text, text_of
from rest.errors import executing, invalid
from rest.parts import split_instance
from rest.values import declared_in

STARTS: Mapping[str, tuple[Kind, str]] = {
    "startBeforeActivity": ("before", "activityId"),
    "startAfterActivity": ("after", "activityId"),
    "startTransition": ("along", "transitionId"),
}
_NOWHERE = frozenset({"MOD-PLACE", "MOD-GONE"})


@contextmanager
def places() -> Iterator[None]:
    """A place that is not there is a bad request; whatever else the engine refuses it has failed to do."""
    with executing():
        try:
            yield
        except EngineError as error:
            if error.code in _NOWHERE:
                raise invalid(f"Cannot perform instruction: {error.en}") from error
            raise


def changes_in(given: Mapping[str, Any]) -> tuple[list[Change], dict[str, Any]]:
    """The instructions of a body, and the variables that they set for the whole instance. Raises RestError 400."""
    listed = given.get("instructions")
    if not isinstance(listed, list) or not listed or not all(isinstance(each, dict) for each in listed):
        raise invalid("instructions: at least one is needed")
    if flag_of(given, "skipIoMappings"):
        raise invalid("skipIoMappings is not supported")
    changes, variables = [], {}
    for each in listed:
        own = _variables(each, local=True)
        variables.update(_variables(each, local=False))
        changes.append(_change(each, own))
    return changes, variables


def _change(given: Mapping[str, Any], local: Mapping[str, Any]) -> Change:
    kind = needed_text(given, "type")
    if kind == "cancel":
        token = text_of(given, "activityInstanceId") or text_of(given, "transitionInstanceId")
        place = "" if token else needed_text(given, "activityId")
        return Change("cancel", place, token_in(token), standing=flag_of(given, "cancelCurrentActiveActivityInstances"))
    if kind not in STARTS:
        raise invalid(f"type: cancel or one of {', '.join(STARTS)} is needed")
    word, field = STARTS[kind]
    return Change(word, needed_text(given, field), token_in(text_of(given, "ancestorActivityInstanceId")), local)


def token_in(activity_instance: str | None) -> str:
    """The token that an activity instance is; "" of a process instance as a whole."""
    _, _, token = (activity_instance or "").partition(".")
    return "" if split_instance(activity_instance or "")[1] else token


def _variables(given: Mapping[str, Any], *, local: bool) -> dict[str, Any]:
    found = given.get("variables") or {}
    if not isinstance(found, Mapping) or not all(isinstance(each, Mapping) for each in found.values()):
        raise invalid("variables: an object of typed values is needed")
    return declared_in({name: each for name, each in found.items() if (each.get("local") is True) == local})
