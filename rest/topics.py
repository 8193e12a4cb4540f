"""What a worker asks for: topics, and which of their tasks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine.commands.workers import Topic
from rest.bodies import needed_text, text_of, whole
from rest.errors import invalid
from rest.parts import Caller

MOST_LOCKED = 10**12  # milliseconds: beyond that no instant can be written
TOPIC = frozenset(
    {
        "topicName",
        "lockDuration",
        "variables",
        "localVariables",
        "businessKey",
        "processDefinitionId",
        "processDefinitionIdIn",
        "processDefinitionKey",
        "processDefinitionKeyIn",
        "processDefinitionVersionTag",
        "processVariables",
        "deserializeValues",
        "includeExtensionProperties",
        "withoutTenantId",
    }
)


def topic_of(caller: Caller, given: Mapping[str, Any]) -> Topic:
    """A topic as the engine asks for it. Raises RestError 400 for what it does not know: it would widen the answer."""
    unknown = sorted(name for name, value in given.items() if name not in TOPIC and value not in (None, [], {}))
    if unknown:
        raise invalid(f"topics: not supported: {', '.join(unknown)}")
    wanted = given.get("processVariables") or {}
    if not isinstance(wanted, Mapping):
        raise invalid("processVariables: an object is needed")
    lock = timedelta(milliseconds=whole(given, "lockDuration", least=1, most=MOST_LOCKED))
    ids = _one_or_several(given, "processDefinitionId")
    tag = text_of(given, "processDefinitionVersionTag")
    meant = (place for place, row in caller.definitions.items() if (not ids or row["id"] in ids) and tag in {None, row["version_tag"]})
    definitions = frozenset(meant) if ids or tag is not None else None
    processes = frozenset(_one_or_several(given, "processDefinitionKey"))
    return Topic(needed_text(given, "topicName"), lock, processes, definitions, text_of(given, "businessKey"), wanted)


def _one_or_several(given: Mapping[str, Any], name: str) -> list[str]:
    """A text and a list of texts, as topics name processes. Raises RestError 400."""
    one, several = text_of(given, name), given.get(f"{name}In") or []
    if not isinstance(several, list) or not all(isinstance(each, str) for each in several):
        raise invalid(f"{name}In: a list of texts is needed")
    return several if one is None else [one, *several]


def newest_first(given: Mapping[str, Any]) -> bool:
    """Whether the newest is to be fetched first: `sorting` by `createTime`. Raises RestError 400."""
    sorting = given.get("sorting") or []
    if sorting not in ([], [{"sortBy": "createTime"}], *([{"sortBy": "createTime", "sortOrder": order}] for order in ("asc", "desc"))):
        raise invalid('sorting: [{"sortBy": "createTime", "sortOrder": "asc" or "desc"}] is known')
    return bool(sorting) and sorting[0].get("sortOrder") == "desc"


