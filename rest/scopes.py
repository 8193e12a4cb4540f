"""Variables of what has a scope: read, set and taken away; one way for instances, executions and tasks, local or all that is visible."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from rest.bodies import JsonBody
from rest.errors import executing, failed, invalid, missing
from rest.parts import Caller
from rest.shapes import Variables, VariableValueDto
from rest.values import declared_in, value_out, variables_out


@dataclass(frozen=True)
class Place:
    """Where variables are: a token of a root (None: its own process's scope), what a token itself holds or all that it sees."""

    root: str
    within: str = ""
    token: str | None = None
    local: bool = False
    kind: str = "execution"

    def seen(self, caller: Caller) -> Mapping[str, Any]:
        """The variables. Raises RestError 500 when the place is gone."""
        look = caller.look(self.root)
        try:
            if look is None:
                raise failed(f"Cannot find {self.kind} of instance {self.root}")
            return look.typed(self.token, within=self.within, local=self.local)
        except EngineError as error:
            raise failed(f"Cannot find {self.kind} with id {self.root}.{self.token}") from error

    def show(self, caller: Caller, *, deserialize: bool = True) -> Variables:
        """All of them, typed."""
        return variables_out(self.seen(caller), deserialize=deserialize)

    def show_one(self, caller: Caller, name: str, *, deserialize: bool = True) -> VariableValueDto:
        """One of them. Raises RestError 404."""
        found = self.seen(caller)
        if name not in found:
            raise missing(f"{self.kind} variable with name {name} does not exist")
        return value_out(found[name], deserialize=deserialize)

    def write(self, caller: Caller, values: Mapping[str, Any], *, without: tuple[str, ...] = ()) -> None:
        """Set and take away, then let what follows come to rest."""
        where = {"root": self.root, "within": self.within, "token": self.token, "local": self.local}
        with executing():
            caller.engine.set_variables(**where, variables=values, without=without, actor=caller.actor)
        caller.settle()

    def modify(self, caller: Caller, body: JsonBody) -> None:
        """What a body of modifications and deletions says. Raises RestError 400."""
        deletions = (body or {}).get("deletions") or []
        if not isinstance(deletions, list) or not all(isinstance(name, str) for name in deletions):
            raise invalid("deletions: a list of names is needed")
        self.write(caller, declared_in((body or {}).get("modifications")), without=tuple(deletions))

    def put(self, caller: Caller, name: str, body: JsonBody) -> None:
        """Set one."""
        self.write(caller, declared_in({name: body or {}}))

    def take_away(self, caller: Caller, name: str) -> None:
        """Take one away; one that is not there stays so."""
        self.write(caller, {}, without=(name,))
