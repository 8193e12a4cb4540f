"""All versions as a running instance sees them: whose process a call activity calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import Connection

from engine.bpmn.elements import natural
from engine.bpmn.host import Call
from engine.bpmn.spec import ProcessSpec
from engine.commands.versions import GENERIC, Loaded, Versions
from engine.dmn import Decisions
from engine.errors import EngineError
from engine.refusals import UnknownProcess
from store.engine.catalogue import deciding


@dataclass(frozen=True)
class Shelf:
    """The versions, for one command on an instance of `tenant` that runs in `loaded`.

    Without a binding a season calls its own version's processes: what began under one edition of the rules goes on under it. Diagrams of
    others (no `season.toml`) call the latest, as Camunda does.
    """

    versions: Versions
    connection: Connection
    tenant: str
    loaded: Loaded

    def pick(self, call: Call) -> int | None:
        """The version to call the process of; None: the one that calls. Raises UnknownProcess for a numbered or tagged version that is not there."""
        caller = self.loaded if call.origin is None else self.versions.load(self.connection, call.origin)
        binding = call.binding or ("deployment" if self.loaded.settings else "latest")
        if binding == "deployment":
            return None
        if binding == "version":
            found = self.versions.numbered(self.connection, process=call.process, tenant=self.tenant, number=_whole(call))
            return None if found.id == caller.id else found.id
        if binding == "versionTag":
            found = self.versions.tagged(self.connection, process=call.process, tenant=self.tenant, tag=call.number or "")
            return None if found.id == caller.id else found.id
        row = self.versions.newest(self.connection, tenant=self.tenant).get(call.process)
        return None if row is None or row["id"] == caller.id else int(row["id"])

    def specs(self, version: int) -> Mapping[str, ProcessSpec]:
        """The processes of a version."""
        return self.versions.load(self.connection, version).definitions.specs

    def decisions(self, key: str, *, binding: str = "latest", version: str = "") -> Decisions | None:
        """A season decides by its own tables; diagrams of others by the latest deployment that has the decision, the n-th, or the latest so tagged."""
        if self.loaded.profile != GENERIC:
            return None
        number = natural(version) or 0 if binding == "version" else None
        tag = version if binding == "versionTag" else None
        found = deciding(self.connection, key, number=number, tag=tag)
        if found is None:
            return None if number is None and tag is None else _no_decision(key, version)
        return self.versions.load(self.connection, found).definitions.decisions


def _no_decision(key: str, version: str) -> NoReturn:
    zh, en = f"没有决策 {key} 的版本 {version}，请先部署该决策。", f"there is no version {version} of the decision {key}; please deploy it first"
    raise EngineError("no_decision", zh, en, 404, decision=key, version=version)


def _whole(call: Call) -> int:
    if call.number is None or not call.number.strip().isdigit():
        raise UnknownProcess(process=call.process, number=call.number)
    return int(call.number.strip()[:9])
