"""Housekeeping that a running system does now and then: anchors of the history, lapse of messages, removal of data by law."""

from hashlib import sha256

from sqlalchemy import delete, insert, select, update

from engine.commands.audit import state_is_projected
from engine.commands.home import Home, Transaction
from engine.commands.rights import require_instance
from engine.commands.turn import Turn
from engine.contract import Actor
from engine.refusals import NotFound
from store.engine import outbound
from store.engine.chain import GENESIS
from store.engine.check import violations
from store.engine.tables import anchor, history, instance, variable
from store.types import encode


class UpkeepVerbs:
    """The verbs of housekeeping."""

    home: Home

    def anchor(self) -> int:
        """Write down the chain heads of all instances changed since the anchor before, chained to it; its number (0: nothing changed)."""

        def work(tx: Transaction) -> int:
            last = tx.connection.execute(select(anchor).order_by(anchor.c.number.desc()).limit(1)).one_or_none()
            changed = select(instance.c.root, instance.c.seq, instance.c.head).order_by(instance.c.root)
            known = {} if last is None else known_heads(tx)
            heads = {root: [seq, head] for root, seq, head in tx.connection.execute(changed) if known.get(root) != [seq, head]}
            if not heads:
                return 0
            number = 1 if last is None else last.number + 1
            whole = sha256(f"{GENESIS if last is None else last.hash}\n{number}\n{encode(heads)}".encode()).hexdigest()
            tx.connection.execute(insert(anchor), {"number": number, "at": tx.now, "heads": heads, "hash": whole})
            return int(number)

        return self.home.transact(work)

    def expire(self) -> int:
        """Let stored messages lapse whose time to live is over; how many."""
        return self.home.transact(lambda tx: outbound.expire_messages(tx.connection, now=tx.now))

    def check(self) -> dict[str, list[str]]:
        """All violated invariants of the engine's store by name, each with its sentences; empty if all is well. Reads only."""
        with self.home.database.read() as connection:
            found = violations(connection)
            unlike = list(state_is_projected(self.home, connection))
        return {**found, "state_is_projected": unlike} if unlike else found

    def redact(self, *, root: str, seq: int, reason: str, actor: Actor) -> None:
        """Remove the data of one history entry (secrecy, law); its digest stays, so the chain stays whole, and a new entry says why."""

        def work(tx: Transaction) -> None:
            turn = Turn(tx, tx.lock_root(root), actor=actor)
            require_instance(self.home.policy, actor, "redact", turn.view())
            gone = update(history).where(history.c.root == root, history.c.seq == seq).values(data=None)
            if tx.connection.execute(gone).rowcount == 0:
                raise NotFound(root=root, seq=seq)
            tx.connection.execute(delete(variable).where(variable.c.root == root, variable.c.seq == seq))
            turn.note("redact", data={"seq": seq, "reason": reason})
            turn.save_notes()

        self.home.transact(work)


def known_heads(tx: Transaction) -> dict[str, list[object]]:
    """The last anchored head of every root."""
    known: dict[str, list[object]] = {}
    for (heads,) in tx.connection.execute(select(anchor.c.heads).order_by(anchor.c.number)):
        known.update(heads)
    return known
