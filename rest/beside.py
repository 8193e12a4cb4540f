"""What lies beside a definition in its deployment: its picture, the forms that its events and tasks name; and what it calls."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import RowMapping

from engine.bpmn.elements import ElementInfo, ProcessInfo
from rest import decisions
from rest.definitions import WAYS, one_of
from rest.deployments import definition_item
from rest.errors import RestError, invalid, missing
from rest.files import BYTES, Content
from rest.parts import Caller, TheCaller
from rest.shapes import NOTHING
from rest.shapes_deployed import CalledProcessDefinitionDto
from rest.shapes_work import FormDto
from rest.tasks import row_of
from store.engine import queries

router = APIRouter(tags=["Process Definition", "Decision Definition", "Task"])
PICTURES = ("svg", "png", "jpg", "gif")
ENDINGS = (".bpmn20.xml", ".bpmn", ".dmn11.xml", ".dmn")
FORMS = ("embedded:deployment:", "camunda-forms:deployment:", "deployment:")  # how the key of a form begins that was deployed with its diagram
WHOLE = {**BYTES, **NOTHING}


def _decision(decision: str, caller: TheCaller) -> RowMapping:
    return decisions.row_of(caller, decision)


def _latest_decision(key: str, caller: TheCaller) -> RowMapping:
    return decisions.latest_row_of(caller, key)


def _offer_picture(path: str, found: Callable[..., RowMapping], *, name: str) -> None:
    """The route of a definition's picture."""

    @router.get(f"{path}/diagram", name=name, response_class=Response, responses=WHOLE)
    def picture(caller: TheCaller, row: Annotated[RowMapping, Depends(found)]) -> Response:
        """The picture that was deployed beside it under the same name, to be saved; 204 without one."""
        files: dict[str, bytes] = caller.read(queries.version_files, row["version"])
        stem = next((row["resource"].removesuffix(end) for end in ENDINGS if row["resource"].endswith(end)), row["resource"])
        for each in (f"{stem}{between}.{kind}" for between in (f".{row['key']}", "") for kind in PICTURES):
            if each in files:
                return Content(files[each], name=each.rpartition("/")[2])
        return Response(status_code=204)


def _offer_forms(path: str, found: Callable[..., RowMapping], *, name: str) -> None:
    """The routes of the form that a process begins with."""

    @router.get(f"{path}/startForm", name=f"{name}_form")
    def start_form(caller: TheCaller, row: Annotated[RowMapping, Depends(found)]) -> FormDto:
        """The key of the form that its start event names; the form itself is a client's."""
        return {"key": _begin_form(caller, row), "camundaFormRef": None, "contextPath": None}

    @router.get(f"{path}/deployed-start-form", name=f"{name}_deployed_form", response_class=Response, responses=BYTES)
    def deployed_form(caller: TheCaller, row: Annotated[RowMapping, Depends(found)]) -> Response:
        """That form, to be saved, if it was deployed with the diagram."""
        return _form(caller, row["version"], _begin_form(caller, row))

    @router.get(f"{path}/rendered-form", name=f"{name}_rendered_form", response_class=Response, responses=BYTES)
    def rendered_form(row: Annotated[RowMapping, Depends(found)]) -> Response:
        """None (400): fields of forms in a diagram (`camunda:formData`) are not honoured here."""
        raise _no_fields(f"process definition {row['id']}")


_offer_picture("/decision-definition/{decision}", _decision, name="decision_diagram")
_offer_picture("/decision-definition/key/{key}", _latest_decision, name="latest_decision_diagram")
for _path, _found, _before in WAYS:
    _offer_picture(_path, _found, name=f"{_before}diagram")
    _offer_forms(_path, _found, name=f"{_before}start")


@router.get("/task/{task}/deployed-form", response_class=Response, responses=BYTES)
def task_form(task: str, caller: TheCaller) -> Response:
    """The form of a task, to be saved, if it was deployed with the diagram. 400 for a task that is not there."""
    row = _task(caller, task)
    return _form(caller, row["standing"], row["form_key"])


@router.get("/task/{task}/rendered-form", response_class=Response, responses=BYTES)
def rendered_task_form(task: str, caller: TheCaller) -> Response:
    """None (400): fields of forms in a diagram (`camunda:formData`) are not honoured here."""
    _task(caller, task)
    raise _no_fields(f"task {task}")


@router.get("/process-definition/{definition}/static-called-process-definitions")
def called(definition: str, caller: TheCaller) -> list[CalledProcessDefinitionDto]:
    """The definitions that its call activities call by a name that stands in the diagram, each with those that do."""
    row = one_of(caller, definition)
    calling: dict[tuple[str, int], list[str]] = {}
    for element in _info(caller, row).elements.values():
        place = _called(caller, row, element)
        if place is not None:
            calling.setdefault(place, []).append(element.id)
    return [
        {**definition_item(caller.definitions[place]), "calledFromActivityIds": elements, "callingProcessDefinitionId": definition}
        for place, elements in calling.items()
    ]


def _called(caller: Caller, row: RowMapping, element: ElementInfo) -> tuple[str, int] | None:
    """Key and version of what a call activity calls; None for an expression, and for what is not there."""
    key, which = element.called, element.called_version or ""
    if not key or "${" in key + which or "#{" in key + which:
        return None
    meant = {"deployment": ("version", row["version"]), "version": ("number", which), "versionTag": ("version_tag", which)}
    column, value = meant.get(element.binding or "", ("key", key))
    found = [version for (name, version), each in caller.definitions.items() if name == key and str(each[column]) == str(value)]
    return (key, found[-1]) if found else None


def _info(caller: Caller, row: RowMapping) -> ProcessInfo:
    infos: list[ProcessInfo] = caller.engine.processes(places=[(row["key"], row["version"])])
    return infos[0]


def _begin_form(caller: Caller, row: RowMapping) -> str | None:
    """The form key of the start event that nothing sets off."""
    elements = _info(caller, row).elements
    begins = (each for each in elements.values() if each.type == "startEvent" and each.parent not in elements)
    return next((each.form_key for each in begins if each.event is None or each.event.kind == "none"), None)


def _form(caller: Caller, version: int, key: str | None) -> Response:
    """A deployed form. Raises RestError 400 for a key that names none, 404 for one that is not there."""
    path = next((key.removeprefix(start) for start in FORMS if key.startswith(start)), None) if key else None
    if path is None:
        raise invalid(f"The form key '{key or ''}' does not reference a deployed form.")
    files: dict[str, bytes] = caller.read(queries.version_files, version)
    if path not in files:
        raise missing(f"The form with the resource name '{path}' cannot be found in deployment with id {version}")
    return Content(files[path], name=path.rpartition("/")[2])


def _no_fields(what: str) -> RestError:
    return invalid(f"No form field metadata is defined for {what}: forms of `camunda:formData` are not rendered here")


def _task(caller: Caller, task: str) -> RowMapping:
    try:
        return row_of(caller, task)
    except RestError as error:
        raise invalid(error.message) from None
