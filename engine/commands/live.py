"""Keeps the executions of lately used instances in memory, by revision. A miss costs one read; a stale entry is never given out."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from engine.bpmn.execution import Execution
from engine.bpmn.waits import Wait


@dataclass(frozen=True)
class Live:
    """An execution as of one revision, with its waits as they are projected."""

    revision: int
    version: int
    execution: Execution
    waits: tuple[Wait, ...]


class LiveCache:
    """The ``size`` most recently used instances. An entry is taken out for a command and put back only after its commit."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[str, Live] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, root: str, *, revision: int, version: int) -> Live | None:
        """The entry of ``root`` if it is of this revision and version; it is out of the cache from now on."""
        with self._lock:
            found = self._entries.pop(root, None)
        return found if found is not None and (found.revision, found.version) == (revision, version) else None

    def __contains__(self, root: str) -> bool:
        """Whether there is an entry of ``root``, of whatever revision."""
        return root in self._entries

    def drop(self, root: str) -> None:
        """The instance was deleted."""
        with self._lock:
            self._entries.pop(root, None)

    def put(self, root: str, live: Live) -> None:
        """Keep an execution whose state has been committed."""
        with self._lock:
            self._entries[root] = live
            self._entries.move_to_end(root)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
