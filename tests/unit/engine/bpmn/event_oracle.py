"""What becomes of blocks and scopes when events strike: the oracle of `test_random_events`, which knows nothing of tokens and diagrams.

Whoever is interrupted is dropped with all it began; what a boundary event that does not interrupt began belongs to the scope around its activity and survives
that; an error goes outwards to the nearest scope or activity that catches it, an escalation, too, and may leave who raised it at work. A signal is heard by
all who listen when it is thrown; a condition is caught when it becomes true, and by who begins to wait while it is true; each called process has its own.
What a scope has completed stays with it and can be undone once: of a sub-process or a loop when that is done, of a called process by itself only. Who
terminates ends the scope with all that could be undone; a cancelled transaction undoes what it has completed and leaves by its cancel event.
"""

from __future__ import annotations

TIMER = "duration:PT1H"
WAITED = ("message", "signal", TIMER)
CODES = {"error": "E1", "error2": "E2", "any_error": None}


class Run:
    """What is at work: `above` is what it is part of, `key` the number of the loop's instance that it belongs to."""

    def __init__(self, above, key):
        self.above, self.key = above, key

    @property
    def scope(self):
        return self.above.scope

    @property
    def process(self):
        """The process that it belongs to: it knows whether the condition holds."""
        return self.above.process

    @property
    def root(self):
        return self.above.root if self.above is not None else self

    @property
    def over(self):
        """Whether the activity is completed; what it throws after that may still be on its way."""
        return self.done

    def parts(self):
        return ()

    def live(self):
        """All that is at work within it, itself first."""
        yield self
        for part in self.parts():
            yield from part.live()

    def listening(self):
        """The events it waits for now."""
        return []

    def raised(self, kind, code):
        """An error or an escalation comes from within: it goes outwards."""
        self.above.raised(kind, code)


def alive(run):
    """Whether it has not been dropped."""
    return any(each is run for each in run.root.live())


def awaited(root, kind):
    """Who waits for an event of a kind now."""
    return [(owner, watch) for owner in root.live() for watch in owner.listening() if watch.kind == kind]


def broadcast(root):
    """All who listen when a signal is thrown hear it, unless another of them has been faster and dropped them."""
    for owner, watch in awaited(root, "signal"):
        if alive(owner) and watch in owner.listening():
            owner.begin(watch)


def look(root):
    """Conditions that have become true are caught, outermost first; what begins by that may wait for one, too."""
    for owner, watch in awaited(root, "conditional"):
        holds, before = owner.process.flag, watch in owner.held
        owner.held = [each for each in owner.held if each is not watch] + [watch] * holds
        if holds and not before:
            owner.begin(watch)
            look(root)
            return


class TaskRun(Run):
    """A task; in a raising block what follows it is said when it is completed."""

    def __init__(self, above, key, block):
        super().__init__(above, key)
        self.block, self.completed, self.done, self.undone = block, False, False, False

    @property
    def over(self):
        return self.completed

    def open(self):
        return [] if self.completed else [(self.block.name, self.key, self.complete)]

    def complete(self, outcome):
        raises = self.block.raises
        if raises == "sets":
            self.process.flag = outcome
            look(self.root)
            if not alive(self):
                return
        self.completed = True
        if self.block.undone:
            self.scope.left.append(self)
        if not outcome or raises in {"", "sets"}:
            self.done = True
        elif raises in {"signal", "escalation"}:  # what that interrupts has not been done
            broadcast(self.root) if raises == "signal" else self.raised("escalation", None)
            self.done = alive(self)
        elif raises in CODES:  # the token ends: nothing follows
            self.raised("error", CODES[raises])
        else:
            {"terminate": self.scope.terminate, "cancel": self.scope.cancel}[raises]()

    def undoings(self):
        """What undoes it: once only."""
        return [] if self.undone else [self]


class CatchRun(Run):
    """An event that the path waits for."""

    def __init__(self, above, key, block):
        super().__init__(above, key)
        self.block, self.done, self.held = block, False, []

    def listening(self):
        return [] if self.done else [self.block]

    def open(self):
        return [(each.name, self.key, self.begin) for each in self.listening() if each.kind in WAITED]

    def begin(self, _):
        self.done = True

    def undoings(self):
        return []


class UndoRun(Run):
    """Undoes what the scopes around it have completed, all at once."""

    def __init__(self, above, key):
        super().__init__(above, key)
        scopes = [self.scope]
        while isinstance(scopes[-1], WatchRun):
            scopes.append(scopes[-1].above)
        self.tasks = [task for scope in scopes for task in scope.completed(but=scopes)]
        for task in self.tasks:
            task.undone = True

    @property
    def done(self):
        return not self.tasks

    def open(self):
        return [(f"undo{task.block.name}", task.key, lambda _, t=task: self.tasks.remove(t)) for task in self.tasks]


class SeqRun(Run):
    """Blocks one after the other; with `numbered` each under the number of its turn."""

    def __init__(self, above, key, blocks, *, numbered=False):
        super().__init__(above, key)
        self.blocks, self.numbered, self.at, self.runs = blocks, numbered, -1, []
        if numbered:
            self.scope.left.append(self)
        self.next()

    def next(self):
        self.at += 1
        self.run = self.blocks[self.at].fresh(self, self.at if self.numbered else self.key)
        self.runs.append(self.run)

    @property
    def done(self):
        while self.run.done and self.at + 1 < len(self.blocks):
            self.next()
        return self.run.done

    def open(self):
        return [] if self.done else self.run.open()

    def parts(self):
        return [] if self.done else [self.run]

    def undoings(self):
        return undoings(self)


class AllRun(Run):
    """Blocks at once; with `numbered` each under its number."""

    def __init__(self, above, key, blocks, *, numbered=False):
        super().__init__(above, key)
        self.runs = [block.fresh(self, number if numbered else key) for number, block in enumerate(blocks)]
        if numbered:
            self.scope.left.append(self)

    @property
    def done(self):
        return all([run.done for run in self.runs])  # noqa: C419 - each takes its step

    def open(self):
        return [each for run in self.runs for each in run.open()]

    def parts(self):
        return self.runs

    def undoings(self):
        return undoings(self)


def undoings(loop):
    """A loop that is done can be undone: what each of its instances has completed."""
    return [task for run in loop.runs for task in run.undoings()] if loop.done else []


class ScopeRun(Run):
    """A sub-process, a called process or an event sub-process: its course, what boundary events began beside it, its event sub-processes."""

    def __init__(self, above, key, body, watches=(), *, apart=False):
        super().__init__(above, key)
        self.watches = {watch.name: watch for watch in watches}
        self.interrupted, self.beside, self.left, self.apart = False, [], [], apart
        self.flag, self.held, self.cancelled = False, [], False
        self.main = body.fresh(self, key)

    @property
    def scope(self):
        return self

    @property
    def process(self):
        return self if self.apart or self.above is None else self.above.process

    @property
    def done(self):
        return all([run.done for run in self.parts()]) and not self.cancelled  # noqa: C419 - each takes its step

    def parts(self):
        return [self.main, *self.beside]

    def terminate(self):
        """It ends here and now, with all that could be undone."""
        self.interrupted, self.main, self.beside, self.left = True, Nothing(self, self.key), [], []

    def cancel(self):
        """A transaction undoes what it has completed; it never ends by itself then."""
        self.cancelled, self.interrupted, self.beside = True, True, []
        self.main = UndoRun(self, self.key)

    def undoings(self):
        """As a part of the scope around it: what it has completed, once it is done; not of a called process."""
        return self.completed() if self.done and not self.apart else []

    def completed(self, *, but=()):
        return [task for each in self.left if each not in but for task in each.undoings()]

    def listening(self):
        return [] if self.interrupted or self.done else list(self.watches.values())

    def open(self):
        found = [each for run in self.parts() for each in run.open()]
        return found + [(watch.event, self.key, lambda _, w=watch: self.begin(w)) for watch in self.listening() if watch.kind in WAITED]

    def begin(self, watch):
        handler = WatchRun(self, self.key, watch)
        self.left.append(handler)
        if watch.interrupts:
            self.interrupted, self.main, self.beside = True, handler, []
            return
        if watch.kind == TIMER:
            del self.watches[watch.name]
        self.beside.append(handler)

    def raised(self, kind, code, *, but=None):
        catcher = None if self.interrupted else best([watch for watch in self.watches.values() if watch is not but], kind, code)
        if catcher is not None:
            self.begin(catcher)
        elif self.above is not None:  # an escalation may leave the process: nobody minds
            self.above.raised(kind, code)


class Nothing(Run):
    """What is left of a scope that was ended."""

    done = True

    def open(self):
        return []


class WatchRun(ScopeRun):
    """An event sub-process at work: what it raises others of its scope may catch, never itself."""

    def __init__(self, above, key, watch):
        super().__init__(above, key, watch.handler)
        self.watch = watch

    def raised(self, kind, code):
        self.above.raised(kind, code, but=self.watch)


class GuardRun(Run):
    """An activity with boundary events."""

    def __init__(self, above, key, block):
        super().__init__(above, key)
        self.block, self.left = block, list(block.watches)
        self.interrupted, self.held = False, []
        self.run = block.body.fresh(self, key)

    @property
    def done(self):
        if not self.interrupted and getattr(self.run, "cancelled", False) and self.run.main.done:
            self.begin(next(watch for watch in self.left if watch.kind == "cancel"))
        return self.run.done

    def parts(self):
        return [] if self.done else [self.run]

    def listening(self):
        return [] if self.done or self.interrupted or self.run.over else self.left

    def open(self):
        waits = [(watch.event, self.key, lambda _, w=watch: self.begin(w)) for watch in self.listening() if watch.kind in WAITED]
        return self.run.open() + waits

    def begin(self, watch):
        if watch.interrupts:
            self.interrupted, self.run = True, watch.handler.fresh(self, self.key)
            return
        if watch.kind == TIMER:
            self.left.remove(watch)
        self.scope.beside.append(watch.handler.fresh(self.scope, self.key))

    def raised(self, kind, code):
        catcher = None if self.interrupted else best(self.left, kind, code)
        if catcher is None:
            self.above.raised(kind, code)
        else:
            self.begin(catcher)


def best(watches, kind, code):
    """Who catches it: the one for exactly this code before the one for any."""
    fit = [watch for watch in watches if watch.kind == kind or (kind == "error" and watch.kind in CODES)]
    exact = [watch for watch in fit if CODES.get(watch.kind) == code]
    return next(iter(exact + [watch for watch in fit if CODES.get(watch.kind) is None]), None)


class Watch:
    """An event and what it leads to: at an activity or an event sub-process."""

    def __init__(self, world, handler, kind):
        self.name, self.handler, self.kind = f"w{world.number()}", handler, kind
        self.event = f"{self.name}s"
        self.interrupts = kind in CODES or kind == "cancel" or world.random.random() < 0.5
