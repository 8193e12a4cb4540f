"""What the functions of expressions may ask of the command they run in: the instant, the season's settings, its named deadlines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from engine.expressions import Context
from engine.refusals import UnknownDeadline
from store.engine import queries

Function = Callable[..., object]


@dataclass
class Scope:
    """One command's surroundings of a function: handed in first, before the expression's ``Context``.

    ``facts`` are the selection's reads on this transaction's connection (None while a diagram is only checked).
    """

    now: datetime
    tenant: str
    settings: Mapping[str, Any]
    connection: Connection | None = None
    facts: Any = None
    hypothesis: Mapping[str, datetime] = field(default_factory=dict)
    _deadlines: dict[str, datetime] | None = None

    def deadline(self, context: Context, name: str) -> datetime:
        """The named deadline of the tenant, or of the case alone; notes that the expression depends on it. Raises UnknownDeadline."""
        context.depends.add(name)
        if self._deadlines is None:
            key = context.business_key
            known = queries.deadlines(self.connection, tenant=self.tenant, business_key=key) if self.connection is not None else {}
            self._deadlines = {**known, **self.hypothesis}
        try:
            return self._deadlines[name]
        except KeyError:
            raise UnknownDeadline(name=name, tenant=self.tenant) from None


def deadline(scope: Scope, context: Context, name: str) -> datetime:
    """The function ``deadline('name')`` of expressions, unless the season brings a richer one."""
    return scope.deadline(context, name)


def bind(functions: Mapping[str, Function], scope: Scope) -> dict[str, Function]:
    """The functions as expressions call them: with their scope filled in."""
    return {name: partial(function, scope) for name, function in {"deadline": deadline, **functions}.items()}
