"""A small foreign world for tests of the engine: people, a policy, a clock that is set by hand, diagrams, and processes to race in."""

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.contract import SYSTEM, Actor
from engine.refusals import NotFound

FOLDER = Path(__file__).parent / "unit" / "engine" / "commands" / "diagrams"


class HandClock:
    """A clock that stands still until it is set."""

    def __init__(self, now=datetime(2023, 6, 1, 1, 0, tzinfo=UTC)):
        self.instant = now

    def now(self):
        return self.instant

    def forward(self, **span):
        self.instant += timedelta(**span)


class Nobody:
    """A policy that allows nothing beyond assignment and candidacy, but to start, deploy, and send messages."""

    def may(self, actor, verb, subject):
        if verb not in {"start", "deploy", "correlate"} and actor.id != "chief":
            raise NotFound


ANN = Actor(id="ann", name="安", groups=frozenset({"clerk@office"}))
BOB = Actor(id="bob", name="波", groups=frozenset({"clerk@office"}))
EVE = Actor(id="eve", name="外人", groups=frozenset({"clerk@elsewhere"}))
CHIEF = Actor(id="chief", name="主管")


class People:
    ann, bob, eve, chief, system = ANN, BOB, EVE, CHIEF, SYSTEM


class Child:
    """A forked process that waits for ``go``, does its work and reports a JSON value; it never returns into the test."""

    def __init__(self, work):
        self.gate, open_gate = os.pipe()
        self.open_gate = open_gate
        self.report, answer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(open_gate)
            os.close(self.report)
            self._live(work, answer)
        os.close(answer)
        os.close(self.gate)

    def _live(self, work, answer):
        code = 1
        try:
            os.read(self.gate, 1)
            os.write(answer, json.dumps(work()).encode())
            code = 0
        except BaseException as error:  # noqa: BLE001 - a child must end here, whatever happens
            os.write(2, f"child: {error!r}\n".encode())
        finally:
            os._exit(code)

    def go(self):
        os.close(self.open_gate)

    def result(self):
        """What the child reported; None if it died before."""
        with os.fdopen(self.report, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(self.pid, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "a child failed"
        return json.loads(said) if said else None

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)


def race(*works):
    """Do all of ``works`` at the same moment, each in a process of its own; their results in order."""
    children = [Child(work) for work in works]
    for child in children:
        child.go()
    return [child.result() for child in children]
