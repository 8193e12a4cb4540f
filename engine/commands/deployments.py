"""Foreign diagrams, each deployment an immutable version of its own: publish, withdraw with all that grew from it, suspend a definition; and what is over."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from engine.commands.home import Home, Row, Transaction
from engine.commands.rights import require_instance
from engine.commands.start_timers import arm, arm_timers
from engine.commands.turn import Turn
from engine.commands.versions import DELETED, FOREIGN, GENERIC, VersionRef
from engine.contract import Actor, InstanceView
from engine.refusals import HoldsFacts, NotFound, StillGoes, StillRuns
from store.engine import catalogue, deletion, queries


class DeploymentVerbs:
    """The verbs on deployments of foreign diagrams."""

    home: Home

    def publish(self, *, title: str, source: str, files: Mapping[str, bytes], actor: Actor) -> VersionRef:
        """Store files as a version of their own, also if the same content is there already.

        Raises DiagramErrors or EngineError naming file and element; then nothing is stored.
        """
        require_instance(self.home.policy, actor, "deploy", InstanceView("", "", "", "", 0))

        def work(tx: Transaction) -> VersionRef:
            ref = self.home.versions.add_foreign(tx.connection, title=title, source=source, files=files, by=actor.id, now=tx.now)
            arm_timers(tx, ref, actor=actor)
            return ref

        return self.home.transact(work)

    def withdraw(self, *, deployment: int, cascade: bool, actor: Actor) -> None:
        """Delete a deployment; with ``cascade`` its instances, their history and all they wait for, too. What they ended with is noted.

        Instances of other deployments that call its processes lose what they call and stand at their call activity.

        Raises NotFound; StillRuns without ``cascade`` while there are instances; HoldsFacts for a season's folder and for instances
        that the selection's facts belong to.
        """
        require_instance(self.home.policy, actor, "deploy", InstanceView("", "", "", "", 0))
        roots: list[str] = []

        def work(tx: Transaction) -> None:
            gone = queries.version_by_id(tx.connection, deployment)
            if gone is None or gone["profile"] == DELETED:
                raise NotFound(deployment=deployment)
            roots[:] = deletion.roots_of(tx.connection, deployment)
            callers = deletion.callers_of(tx.connection, deployment)
            if (roots or callers) and not cascade:
                raise StillRuns(deployment=deployment)
            if gone["profile"] != GENERIC:
                raise HoldsFacts(deployment=deployment)
            heads = {root: _take_out(tx, tx.lock_root(root)) for root in roots}
            for root in callers:
                _empty_calls(tx, root, deployment, actor=actor)
            deletion.note_deletion(tx.connection, gone=gone, heads=heads, at=tx.now, by=actor.id)
            deletion.bury_version(tx.connection, deployment)
            newest = self.home.versions.newest(tx.connection, tenant=FOREIGN)
            arm(tx, {key: newest[key]["id"] if key in newest else None for key in gone["processes"]}, tenant=FOREIGN, actor=actor)

        with _unless_facts(deployment=deployment):
            self.home.transact(work)
        self.home.versions.forget(deployment)
        for root in roots:
            self.home.live.drop(root)

    def erase(self, *, roots: Collection[str], actor: Actor) -> None:
        """Delete instances of foreign diagrams that are over, with their history; what they ended with is noted. All of them or none.

        Raises NotFound; StillGoes for one that has not ended; HoldsFacts for one of a season and for one that the selection's facts belong to.
        """
        require_instance(self.home.policy, actor, "deploy", InstanceView("", "", "", "", 0))

        def work(tx: Transaction) -> None:
            heads: dict[int, dict[str, list[object]]] = {}
            for root in sorted(roots):
                row = tx.lock_root(root)
                if row["ended_at"] is None:
                    raise StillGoes(root=root)
                heads.setdefault(row["version"], {})[root] = _take_out(tx, row)
            for version, theirs in heads.items():
                grown_from = queries.version_by_id(tx.connection, version)
                if grown_from is None or grown_from["profile"] != GENERIC:
                    raise HoldsFacts(deployment=version)
                deletion.note_deletion(tx.connection, gone=grown_from, heads=theirs, at=tx.now, by=actor.id)

        with _unless_facts():
            self.home.transact(work)
        for root in roots:
            self.home.live.drop(root)

    def suspend_definition(self, *, definition: str, suspended: bool, actor: Actor) -> None:
        """Let a definition start nothing until it is activated again; instances that run go on. Raises NotFound."""
        require_instance(self.home.policy, actor, "deploy", InstanceView("", "", "", "", 0))

        def work(tx: Transaction) -> None:
            if not catalogue.set_suspended(tx.connection, definition, suspended=suspended):
                raise NotFound(definition=definition)

        self.home.transact(work)


def _take_out(tx: Transaction, row: Row) -> list[object]:
    """Delete a locked instance with all that grew from it; the number and the hash of the last entry of its history."""
    deletion.delete_instance(tx.connection, row["root"])
    return [row["seq"], row["head"]]


@contextmanager
def _unless_facts(**about: object) -> Iterator[None]:
    """What the selection's facts belong to cannot be deleted. Raises HoldsFacts."""
    try:
        yield
    except IntegrityError as error:
        raise HoldsFacts(**about) from error


def _empty_calls(tx: Transaction, root: str, deployment: int, *, actor: Actor) -> None:
    """An instance of another deployment runs a process of the one that goes: what it calls goes, too, and its call stands still."""
    turn = Turn(tx, tx.lock_root(root), actor=actor)
    for scope in turn.execution.forget_calls(deployment):
        turn.called.append(("drop", {"of_root": root, "of_scope": scope}))
    turn.note("calls_deleted", data={"deployment": deployment})
    turn.step()
    turn.save()
