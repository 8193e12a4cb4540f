"""Variables live in scopes, not on tokens.

A scope is a dict kept under an id: "" is the instance, a token's id the task, sub-process, multi-instance body or iteration
that owns it, id + "/c" the root of the process it calls. Nesting is never stored: it follows from the tokens (`Token.chain`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.bpmn.values import Declared

INSTANCE = ""
CALLED = "/c"
COUNTERS = frozenset({"loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"})


def scope_of(within: str) -> str:
    """The scope of the process that a call activity's token calls; "" the instance itself."""
    return within + CALLED if within else INSTANCE


def instance_id(root: str, within: str) -> str:
    """How a process instance is called outside: the root, or the process that a call activity's token calls."""
    return f"{root}.{within}c" if within else root


class Scopes:
    """All scopes of one instance, with the types that were declared for some variables; `dirty` tells that a variable changed since somebody last looked."""

    __slots__ = ("changes", "dirty", "held", "types")

    def __init__(self) -> None:
        """Only the instance's own scope, empty."""
        self.held: dict[str, dict[str, Any]] = {INSTANCE: {}}
        self.types: dict[str, dict[str, str]] = {}
        self.dirty = False
        self.changes: set[tuple[str, str, str]] = set()  # (scope, name, create | update | delete) since somebody last looked

    def holder(self, chain: Sequence[str], name: str) -> str:
        """Where a write goes: the nearest scope that has the name, else the last of the chain."""
        for scope in chain:
            if name in self.held.get(scope, ()):
                return scope
        return chain[-1]

    def put(self, scope: str, name: str, value: Any, declared: str | None = None) -> Any:
        """Set a variable, with the type declared for it if there is one; the old value, or None."""
        self.dirty = True
        if declared is not None:
            self.types.setdefault(scope, {})[name] = declared
        elif scope in self.types:
            self.types[scope].pop(name, None)
        variables = self.held.setdefault(scope, {})
        self.changes.add((scope, name, "update" if name in variables else "create"))
        old = variables.get(name)
        variables[name] = value
        return old

    def noted(self, scope: str, counter: str) -> None:
        """A counter of the engine's own moved: conditional events may read it."""
        self.dirty = True
        self.changes.add((scope, counter, "update"))

    def drop(self, owner: str) -> None:
        """Forget what a token owned."""
        self.held.pop(owner, None)
        self.held.pop(owner + CALLED, None)

    def declared(self) -> dict[str, dict[str, str]]:
        """The declared types of variables that are there."""
        kept = {scope: {name: kind for name, kind in kinds.items() if name in self.held.get(scope, ())} for scope, kinds in self.types.items()}
        return {scope: kinds for scope, kinds in kept.items() if kinds}

    def typed(self, chain: Sequence[str]) -> dict[str, Any]:
        """As `flat`, each value with its declared type if it has one."""
        seen: dict[str, Any] = {}
        for scope in reversed(chain):
            types = self.types.get(scope, {})
            seen.update((name, Declared(value, types[name]) if name in types else value) for name, value in self.held.get(scope, {}).items())
        return seen

    def flat(self, chain: Sequence[str]) -> dict[str, Any]:
        """All that is visible along the chain, nearest first."""
        seen: dict[str, Any] = {}
        for scope in reversed(chain):
            seen.update(self.held.get(scope, ()))
        return seen


class View:
    """What an expression sees: the scopes of a chain; names in `ours` cannot be shadowed by data."""

    __slots__ = ("chain", "held", "ours")

    def __init__(self, scopes: Scopes, chain: Sequence[str], ours: Mapping[str, Any] | None = None) -> None:
        """Look up along `chain`, nearest first."""
        self.held = scopes.held
        self.chain = chain
        self.ours = ours

    def __getitem__(self, name: str) -> Any:
        if self.ours is not None and name in self.ours:
            return self.ours[name]
        for scope in self.chain:
            variables = self.held.get(scope)
            if variables is not None and name in variables:
                return variables[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if self.ours is not None and name in self.ours:
            return True
        return any(name in self.held.get(scope, ()) for scope in self.chain)
