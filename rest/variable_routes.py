"""The variables of what has a scope, in one form: all of them, one by one, set, taken away; those that are files also as their bytes."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from rest.bodies import JsonBody
from rest.errors import invalid
from rest.files import BYTES, FORMS, Form, data_of, form_in, value_of
from rest.parts import TheCaller
from rest.scopes import Place
from rest.shapes import Variables, VariableValueDto


def offer_variables(router: APIRouter, path: str, place: Callable[..., Place], *, told: str, local: bool = False) -> None:
    """The routes of the variables at a place, which is found by what the path names; ``told``: which they are, for the OpenAPI document."""
    some, one = ("local_variables", "local_variable") if local else ("variables", "variable")
    single = f"{path}/{{name:path}}"

    @router.get(path, name=some, description=told)
    def variables(caller: TheCaller, at: Annotated[Place, Depends(place)], deserializeValues: bool = True) -> Variables:  # noqa: FBT001, FBT002, N803 - a query parameter
        return at.show(caller, deserialize=deserializeValues)

    @router.post(path, name=f"modify_{some}", status_code=204)
    def modify(caller: TheCaller, at: Annotated[Place, Depends(place)], body: JsonBody = None) -> Response:
        """Set variables and take others away; conditional events look again."""
        at.modify(caller, body)
        return Response(status_code=204)

    _offer_bytes(router, f"{path}/{{name:path}}/data", place, one=one)  # before the route that takes any name

    @router.get(single, name=one)
    def variable(name: str, caller: TheCaller, at: Annotated[Place, Depends(place)], deserializeValue: bool = True) -> VariableValueDto:  # noqa: FBT001, FBT002, N803 - a query parameter
        """One of them."""
        return at.show_one(caller, name, deserialize=deserializeValue)

    @router.put(single, name=f"set_{one}", status_code=204)
    def put(name: str, caller: TheCaller, at: Annotated[Place, Depends(place)], body: JsonBody = None) -> Response:
        """Set one variable."""
        at.put(caller, name, body)
        return Response(status_code=204)

    @router.delete(single, name=f"delete_{one}", status_code=204)
    def take_away(name: str, caller: TheCaller, at: Annotated[Place, Depends(place)]) -> Response:
        """Take one variable away from where it is."""
        at.take_away(caller, name)
        return Response(status_code=204)


def _offer_bytes(router: APIRouter, data: str, place: Callable[..., Place], *, one: str) -> None:
    """The routes of the bytes of one."""
    FORMS[data.replace(":path", "")] = {"data": {"type": "string", "format": "binary"}, "valueType": {"type": "string", "enum": ["Bytes", "File"]}}

    @router.get(data, name=f"{one}_data", response_class=Response, responses=BYTES)
    def bytes_of(name: str, caller: TheCaller, at: Annotated[Place, Depends(place)]) -> Response:
        """The bytes of one that is a file, or bytes. 400 for anything else."""
        return data_of(name, at.show_one(caller, name), at.seen(caller)[name])

    @router.post(data, name=f"set_{one}_data", status_code=204)
    def set_bytes(name: str, caller: TheCaller, at: Annotated[Place, Depends(place)], form: Annotated[Form, Depends(form_in)]) -> Response:
        """Set one that is a file (its part has a name and a kind), or bytes."""
        if not form.files:
            raise invalid("data: a part with the bytes is needed")
        at.put(caller, name, value_of(form))
        return Response(status_code=204)
