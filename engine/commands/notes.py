"""Takes in what an execution did: notes for the history, stages for the instance's row, called processes, messages and signals to send."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.bpmn.effects import (
    Called,
    Cancelled,
    Ended,
    Entered,
    ErrorThrown,
    Event,
    FlowTaken,
    Left,
    Thrown,
    TimerSkipped,
    VariableRemoved,
    VariableSet,
)
from engine.bpmn.instance import Instance
from engine.bpmn.waits import Wait
from engine.commands.outgoing import THROWN_LIVES, Outbox
from engine.commands.projection import place, positions, row_id
from engine.commands.versions import GENERIC, Loaded
from engine.contract import Actor
from store.engine.chain import NO_DATA, digest_of_text, link
from store.engine.worth import worth
from store.types import encode, micros

Note = tuple[str, str, str, Any]  # kind, process, element, data


class Notes:
    """The half of a turn that listens to its execution."""

    root: str
    row: dict[str, Any]
    now: datetime
    loaded: Loaded
    outbox: Outbox
    notes: list[Note]
    called: list[tuple[str, dict[str, Any]]]
    held: dict[tuple[str, str], dict[str, Any]]  # scope and name -> the last setting of a variable that is still to be written

    def note(self, kind: str, *, process: str = "", element: str = "", data: Any = None) -> None:
        """Add an entry to the history of the instance."""
        self.notes.append((kind, process or self.row["process"], element, data))

    def take_in(self, event: Event) -> None:
        """Take in one event of a run."""
        match event:
            case Entered():
                self._entered(event)
            case Called():
                self._called(event)
            case Left() | Cancelled():
                self._gone(event)
            case VariableSet() | VariableRemoved():
                self._variable(event)
            case FlowTaken():
                self.note("flow", process=event.process, element=event.flow)
            case Thrown():
                self._thrown(event)
            case TimerSkipped():
                self.note("timer_skipped", element=event.element, data=[instant.isoformat() for instant in event.instants])
            case ErrorThrown():
                self.note("error", element=event.element, data={"code": event.code, "message": event.message, "caught_by": event.caught_by})
            case Ended():
                self.note("ended", process=event.process)

    def note_timers(self, came: Iterable[Wait], went: Iterable[Wait]) -> None:
        """Of foreign diagrams the history tells, too, which timers were set and which were taken away before they fired: clients ask for it."""
        if self.loaded.profile != GENERIC:
            return
        fired = {data["timer"] for kind, _, _, data in self.notes if kind == "timer"}
        for kind, waits in (("timer_set", came), ("timer_gone", went)):
            for wait in waits:
                timer = row_id(self.root, wait.id)
                if wait.kind == "timer" and timer not in fired:
                    due = None if wait.due is None else wait.due.isoformat()
                    self.note(kind, process=wait.process, element=wait.element, data={"timer": timer, "due": due})

    def write_positions(self, connection: Connection, instance: Instance, *, new: bool) -> None:
        """Of foreign diagrams where tokens stand is written down: lists of the REST interface ask for it. What has ended has none."""
        if self.loaded.profile == GENERIC:
            standing = positions(instance, self.root) if self.row["ended_at"] is None else []
            place(connection, standing, root=self.root, new=new)

    def chain(self, actor: Actor) -> list[dict[str, Any]]:
        """The notes so far as entries of the history, each chained to the one before; the row's seq and head move on."""
        row, revision, at = self.row, self.row["revision"], micros(self.now)
        seq, head = row["seq"], row["head"]
        entries = []
        for kind, process, element, data in self.notes:
            seq += 1
            text = None if data is None else encode(data)
            digest = NO_DATA if text is None else digest_of_text(text)
            head = link(head, self.root, seq, revision, at, actor.id, kind, process, element, digest, actor.name)
            if kind == "variable" and self.loaded.profile == GENERIC:
                self._hold(seq, at, data)
            entries.append(
                {
                    "root": self.root,
                    "seq": seq,
                    "revision": revision,
                    "at": at,
                    "actor": actor.id,
                    "actor_name": actor.name,
                    "kind": kind,
                    "process": process,
                    "element": element,
                    "data": text,
                    "digest": digest,
                    "hash": head,
                }
            )
        row["seq"], row["head"] = seq, head
        self.notes = []
        return entries

    def _hold(self, seq: int, at: int, told: dict[str, Any]) -> None:
        """Keep the last setting of a variable of a foreign diagram: lists of the REST interface are narrowed by it."""
        where = {"root": self.root, "scope": told["scope"], "name": told["name"], "within": told.get("within", "")}
        kept = {"removed": told.get("removed", False), "type": told.get("type"), **worth(told["new"])}
        self.held[told["scope"], told["name"]] = {**where, "seq": seq, "first": seq, "begun": at, **kept}

    def _entered(self, event: Entered) -> None:
        self.note("entered", process=event.process, element=event.element, data=_arrival(event))
        for column in ("stage", "public_stage"):
            value = event.properties.get(column)
            if value is not None and value != self.row[column]:
                self.note(column, process=event.process, element=event.element, data={"old": self.row[column], "new": value})
                self.row[column] = value

    def _variable(self, event: VariableSet | VariableRemoved) -> None:
        told = {"scope": event.scope, "name": event.name, "old": event.old}
        kept: dict[str, Any] = {"new": event.new} if isinstance(event, VariableSet) else {"new": None, "removed": True}
        if isinstance(event, VariableSet) and event.declared is not None:
            kept["type"] = event.declared
        if isinstance(event, VariableSet) and event.within:
            kept["within"] = event.within
        self.note("variable", data={**told, **kept})

    def _called(self, event: Called) -> None:
        where = {"root": self.root, "scope": event.token, "process": event.called, "element": event.element, "business_key": event.business_key}
        self.called.append(("add", {**where, "entered_at": self.now, "within": event.within, "version": event.version}))
        if self.loaded.profile == GENERIC:  # of foreign diagrams what is called is told as an instance of its own: clients ask for it
            told = {"token": event.token, "within": event.within, "version": event.version, "business_key": event.business_key}
            self.note("called", process=event.called, element=event.element, data={name: each for name, each in told.items() if each})

    def _gone(self, event: Left | Cancelled) -> None:
        kind = "left" if isinstance(event, Left) else "cancelled"
        self.note(kind, process=event.process, element=event.element, data={"token": event.token})
        if event.type == "callActivity":
            self.called.append(("drop", {"of_root": self.root, "of_scope": event.token}))

    def _thrown(self, event: Thrown) -> None:
        self.note("thrown", element=event.element, data={"kind": event.kind, "name": event.name, "key": event.correlation})
        if event.kind == "signal":
            self.outbox.signal_others(event.name, payload=event.payload, tenant=self.row["tenant"], begins=event.correlation)
            return
        key = event.correlation or self.row["business_key"]
        self.outbox.send(event.name, key=key, payload=event.payload, ttl=THROWN_LIVES, tenant=self.row["tenant"], dedupe=None)


def _arrival(event: Entered) -> dict[str, str]:
    """What the history keeps of a token's arrival; what is empty is left out."""
    place = {"token": event.token, "parent": event.parent, "within": event.within}
    told = {"name": event.name, "type": event.type, "event": event.event, **place}
    return {name: value for name, value in told.items() if value}
