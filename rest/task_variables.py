"""Variables of user tasks: all that is visible from one, or those of the task itself; also as its form would show them."""

from fastapi import APIRouter, Response

from rest.bodies import JsonBody
from rest.parts import Caller, TheCaller
from rest.scopes import Place
from rest.shapes import Variables, VariableValueDto
from rest.tasks import row_or_500
from rest.values import variables_out

router = APIRouter(tags=["Task Variable", "Task Local Variable"])


@router.get("/task/{task}/variables")
def variables(task: str, caller: TheCaller, deserializeValues: bool = True) -> Variables:  # noqa: FBT001, FBT002, N803 - a query parameter
    """Everything that is visible from it, inner scopes over outer ones."""
    return _visible(caller, task).show(caller, deserialize=deserializeValues)


@router.get("/task/{task}/form-variables")
def form_variables(
    task: str,
    caller: TheCaller,
    variableNames: str | None = None,  # noqa: N803 - a query parameter
    deserializeValues: bool = True,  # noqa: FBT001, FBT002, N803 - a query parameter
) -> Variables:
    """The same, or some of them by their names: there are no forms of others here."""
    found = _visible(caller, task).seen(caller)
    wanted = found.keys() if variableNames is None else variableNames.split(",")
    return variables_out({name: found[name] for name in wanted if name in found}, deserialize=deserializeValues)


@router.get("/task/{task}/variables/{name:path}")
def variable(task: str, name: str, caller: TheCaller, deserializeValue: bool = True) -> VariableValueDto:  # noqa: FBT001, FBT002, N803 - a query parameter
    """One of them."""
    return _visible(caller, task).show_one(caller, name, deserialize=deserializeValue)


@router.post("/task/{task}/variables", status_code=204)
def modify_variables(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set variables where they exist already, else on its process instance; take others away."""
    _visible(caller, task).modify(caller, body)
    return Response(status_code=204)


@router.put("/task/{task}/variables/{name:path}", status_code=204)
def set_variable(task: str, name: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set one variable."""
    _visible(caller, task).put(caller, name, body)
    return Response(status_code=204)


@router.delete("/task/{task}/variables/{name:path}", status_code=204)
def delete_variable(task: str, name: str, caller: TheCaller) -> Response:
    """Take one variable away from where it is."""
    _visible(caller, task).take_away(caller, name)
    return Response(status_code=204)


@router.get("/task/{task}/localVariables")
def local_variables(task: str, caller: TheCaller, deserializeValues: bool = True) -> Variables:  # noqa: FBT001, FBT002, N803 - a query parameter
    """Those of the task itself."""
    return _local(caller, task).show(caller, deserialize=deserializeValues)


@router.get("/task/{task}/localVariables/{name:path}")
def local_variable(task: str, name: str, caller: TheCaller, deserializeValue: bool = True) -> VariableValueDto:  # noqa: FBT001, FBT002, N803 - a query parameter
    """One of them."""
    return _local(caller, task).show_one(caller, name, deserialize=deserializeValue)


@router.post("/task/{task}/localVariables", status_code=204)
def modify_local_variables(task: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set variables of the task itself, take others away."""
    _local(caller, task).modify(caller, body)
    return Response(status_code=204)


@router.put("/task/{task}/localVariables/{name:path}", status_code=204)
def set_local_variable(task: str, name: str, caller: TheCaller, body: JsonBody = None) -> Response:
    """Set one variable of the task itself."""
    _local(caller, task).put(caller, name, body)
    return Response(status_code=204)


@router.delete("/task/{task}/localVariables/{name:path}", status_code=204)
def delete_local_variable(task: str, name: str, caller: TheCaller) -> Response:
    """Take one away from the task itself."""
    _local(caller, task).take_away(caller, name)
    return Response(status_code=204)


def _visible(caller: Caller, task: str) -> Place:
    row = row_or_500(caller, task)
    return Place(row["root"], row["within"], row["wait"], kind="task")


def _local(caller: Caller, task: str) -> Place:
    row = row_or_500(caller, task)
    return Place(row["root"], row["within"], row["wait"], local=True, kind="task")
