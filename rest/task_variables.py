"""Variables of user tasks: all that is visible from one, or those of the task itself; also as its form would show them."""

from typing import Annotated

from fastapi import APIRouter, Depends

from rest.parts import TheCaller
from rest.scopes import Place
from rest.shapes import Variables
from rest.tasks import row_or_500
from rest.values import variables_out
from rest.variable_routes import offer_variables

router = APIRouter(tags=["Task Variable", "Task Local Variable"])


def _visible(task: str, caller: TheCaller) -> Place:
    row = row_or_500(caller, task)
    return Place(row["root"], row["within"], row["wait"], kind="task")


def _local(task: str, caller: TheCaller) -> Place:
    row = row_or_500(caller, task)
    return Place(row["root"], row["within"], row["wait"], local=True, kind="task")


offer_variables(router, "/task/{task}/variables", _visible, told="Everything that is visible from it, inner scopes over outer ones.")
offer_variables(router, "/task/{task}/localVariables", _local, told="Those of the task itself.", local=True)


@router.get("/task/{task}/form-variables")
def form_variables(
    caller: TheCaller,
    at: Annotated[Place, Depends(_visible)],
    variableNames: str | None = None,  # noqa: N803 - a query parameter
    deserializeValues: bool = True,  # noqa: FBT001, FBT002, N803 - a query parameter
) -> Variables:
    """The same, or some of them by their names: there are no forms of others here."""
    found = at.seen(caller)
    wanted = found.keys() if variableNames is None else variableNames.split(",")
    return variables_out({name: found[name] for name in wanted if name in found}, deserialize=deserializeValues)
