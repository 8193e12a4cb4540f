"""A task as its page needs it: row, form, acts, variables, lists, files, draft. Reads only; may the visitor see it at all is asked first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, RowMapping

from engine.bpmn.elements import SHARED_ACTS, listed
from engine.commands.rights import holding
from engine.forms import Form, Lists
from selection.documents import owner_variable
from selection.reading import named_values
from store.engine.queries import last_act
from store.selection import queries_cases as cases_queries
from store.selection import queries_tasks as tasks_queries
from web.choices import Asked, Choices, lists_for
from web.forms import Choice, FileLink, FormContext
from web.house import House
from web.roles import ANSWERED, RECORDED
from web.visitors import Visitor, not_found

# A form serves several steps; some of its ways on are no ways on here (a submitted application is withdrawn, not discarded).
OFFERED: Mapping[str, frozenset[str]] = {"N02c": frozenset({"next"})}
CHECKED = frozenset({"application.check", "application.submit", "application.resubmit"})


@dataclass(frozen=True)
class Look:
    """One task, seen by one visitor."""

    row: RowMapping
    holders: frozenset[str]  # the groups whose members may take and complete it
    holds: bool  # the visitor is one of them, or was given it
    returns: bool  # done by the visitor, who may take it back: nothing has followed yet
    form: Form | None
    act_names: tuple[str, ...]
    acts: Mapping[str, Form]  # those that have a form
    checked: frozenset[str]  # the listeners at its completion whose rules can be asked while somebody types
    variables: Mapping[str, Any]
    settings: Mapping[str, Any]
    forms: Mapping[str, Form]  # the version's, by path
    lists: Mapping[str, Choices]

    @property
    def id(self) -> str:
        """The task's id."""
        return cast("str", self.row["id"])

    @property
    def form_name(self) -> str:
        """The name of its form (`application` of `forms/application.json`); "" without one."""
        return str(self.row["form_key"] or "").removeprefix("forms/").removesuffix(".json")

    @property
    def offered(self) -> Lists:
        """The values that its form and acts may choose from lists."""
        return {name: tuple(choices) for name, choices in self.lists.items()}

    @property
    def owner(self) -> str:
        """The id of what the task's files belong to: application, unit, meeting, batch, objection or title."""
        return str(self.variables.get(owner_variable(self.row["element"])) or self.row["business_key"])


def look(house: House, connection: Connection, *, task: str, visitor: Visitor, late: bool = False) -> Look:
    """The task for its page. Raises NotFound unless it is open and the visitor's, or was completed by the visitor.

    ``late``: what was sent is at hand; of a task that somebody else of the group has done meanwhile its form is given, too.
    """
    row = tasks_queries.task_by_id(connection, task)
    if row is None or not (_may_see(row, visitor) or (late and _is_candidate(row, visitor))):
        raise not_found()
    version, element, variables = _where(house, connection, row)
    holders = holding(row["groups"], element.properties)
    holds = row["state"] != "open" or _may_hold(row, holders, visitor)
    act_names = tuple(name for name in _acts_of(element) if holds or name in listed(element.properties, SHARED_ACTS))
    acts = {name: version.acts[name] for name in act_names if name in version.acts}
    form = version.forms.get(row["form_key"] or "") if holds else None
    asked = Asked(connection=connection, season=row["tenant"], variables=variables, settings=version.settings, language=visitor.language, forms=version.forms)
    lists = lists_for(list_names([form, *acts.values()]), asked)
    checked = CHECKED & set(element.listeners_of("complete"))
    mine = row["state"] == "completed" and row["closed_by"] == visitor.actor.id
    returns = mine and bool(element.listeners_of("take_back")) and last_act(connection, row["root"]) == row["id"]
    return Look(row, holders, holds, returns, form, act_names, acts, checked, variables, version.settings, version.forms, lists)


def _where(house: House, connection: Connection, row: RowMapping) -> tuple[Any, Any, Mapping[str, Any]]:
    """Version and element of the task, and the variables it sees while it is open. A called process may be of another version than its case."""
    if row["state"] == "open":
        sight = house.engine.sight(task=row["id"])
        return sight.version, sight.element, sight.variables
    process, element = row["process"], row["element"]
    versions = house.engine.home.versions
    known = row["defined_in"]
    version = (
        versions.load(connection, known)
        if known is not None
        else versions.having(connection, row["version"], process=process, element=element)
    )
    return version, version.definitions.element(process, element), {}


def _may_see(row: RowMapping, visitor: Visitor) -> bool:
    if row["state"] == "open":
        return row["assignee"] == visitor.actor.id or _is_candidate(row, visitor)
    return bool(row["state"] == "completed" and row["closed_by"] == visitor.actor.id)


def _is_candidate(row: RowMapping, visitor: Visitor) -> bool:
    return _is_named(row, visitor) or not visitor.actor.groups.isdisjoint(row["groups"])


def _may_hold(row: RowMapping, holders: frozenset[str], visitor: Visitor) -> bool:
    return _is_named(row, visitor) or not visitor.actor.groups.isdisjoint(holders)


def _is_named(row: RowMapping, visitor: Visitor) -> bool:
    return visitor.actor.id in row["users"] or row["assignee"] == visitor.actor.id


def only_act(house: House, connection: Connection, row: RowMapping, *, visitor: Visitor) -> str:
    """What an open task asks of a visitor who may act on it and not take it (a ballot): the act's title in his language; "" where he may take it."""
    version = house.engine.home.versions.load(connection, row["defined_in"] or row["version"])
    process = version.definitions.processes.get(row["process"])
    element = process.elements.get(row["element"]) if process else None
    if element is None or _may_hold(row, holding(row["groups"], element.properties), visitor):
        return ""
    return next((version.acts[name].root.text("title", visitor.language) for name in listed(element.properties, SHARED_ACTS) if name in version.acts), "")


def _acts_of(element: Any) -> tuple[str, ...]:
    return tuple(listener.event.removeprefix("act:") for listener in element.listeners if listener.event.startswith("act:"))


def list_names(forms: Iterable[Form | None]) -> frozenset[str]:
    """The lists that forms choose from."""
    found: set[str] = set()

    def collect(schema: object) -> None:
        if isinstance(schema, Mapping):
            if isinstance(schema.get("x-enum-from"), str):
                found.add(schema["x-enum-from"])
            for value in schema.values():
                collect(value)
        elif isinstance(schema, list):
            for value in schema:
                collect(value)

    for form in forms:
        if form is not None:
            collect(form.schema)
    return frozenset(found)


def texts_in(data: object) -> frozenset[str]:
    """All texts of some form data, however deep."""
    if isinstance(data, Mapping):
        return frozenset().union(*map(texts_in, data.values()))
    if isinstance(data, list):
        return frozenset().union(*map(texts_in, data))
    return frozenset({data}) if isinstance(data, str) else frozenset()


def context_of(seen: Look, connection: Connection, *, visitor: Visitor, upload: bool = True) -> FormContext:
    """What the form's rendering needs of the task."""
    base = f"/tasks/{seen.id}"
    is_open = upload and seen.row["state"] == "open"
    outcomes, settled = _asked_of(seen, visitor)
    return FormContext(
        lang="en" if visitor.language == "en" else "zh",
        names=named_values(seen.settings),
        lists={name: tuple(Choice(value, words) for value, words in choices.items()) for name, choices in seen.lists.items()},
        files=files_by_slot(connection, seen),
        takes={rule["code"]: (rule["formats"], rule["max_mb"]) for rule in seen.settings.get("documents", ())},
        hidden={"form_token": visitor.csrf, "_seen": str(seen.row["revision"])},
        upload_url=f"{base}/files" if is_open and "file.attach" in seen.act_names else "",
        remove_url=f"{base}/files/remove" if is_open and "file.remove" in seen.act_names else "",
        checks_url=f"{base}/checks" if is_open and seen.checked else "",
        outcomes=outcomes,
        settled=settled,
    )


def _asked_of(seen: Look, visitor: Visitor) -> tuple[frozenset[str] | None, frozenset[str]]:
    """The outcomes that the step offers (None: all its form has), and the fields that are not asked here or are another's to fill in."""
    element = seen.row["element"]
    if element == "N21a":
        return ANSWERED.get(str(seen.variables.get("kind")), (None, frozenset()))
    return OFFERED.get(element), frozenset() if records(seen, visitor=visitor) else RECORDED.get(element, ("", frozenset()))[1]


def records(seen: Look, *, visitor: Visitor) -> bool:
    """Whether the visitor does the step for somebody else (代录)."""
    return seen.row["element"] in RECORDED and not visitor.may(RECORDED[seen.row["element"]][0])


def files_by_slot(connection: Connection, seen: Look) -> dict[str, tuple[FileLink, ...]]:
    """The living files of the task's owner, by document code and by the form's slots that name the code."""
    found: dict[str, list[FileLink]] = {}
    for row in cases_queries.documents_of(connection, owner=seen.owner):
        ours = row["season"] == seen.row["tenant"]  # a unit's papers of other seasons lie under the same code
        if ours and row["replaced_at"] is None and row["removed_at"] is None:
            link = FileLink(id=row["id"], name=row["name"], size=row["size"], url=f"/files/{row['id']}")
            found.setdefault(row["code"], []).append(link)
    by_slot = {name: tuple(links) for name, links in found.items()}
    for path, code in slots_of(seen.form).items():
        if code in by_slot:
            by_slot[path] = by_slot[code]
    return by_slot


def slots_of(form: Form | None) -> dict[str, str]:
    """The document slots of a form: path of the field -> document code."""
    found: dict[str, str] = {}

    def collect(schema: Mapping[str, Any], path: str) -> None:
        for name, part in schema.get("properties", {}).items():
            where = f"{path}.{name}" if path else name
            if "x-document" in part:
                found[where] = str(part["x-document"])
            elif part.get("type") == "object":
                collect(part, where)

    if form is not None:
        collect(form.schema, "")
    return found
