"""What is said of an open task and laid beside it: comments and attachments. They change nothing in its instance; the history notes them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, update

from engine.commands.home import Home, Transaction
from engine.commands.open_tasks import lock_open, touch
from engine.commands.turn import Turn
from engine.contract import Actor
from engine.refusals import NotFound
from store.engine import remarks
from store.engine.tables import task_attachment, task_comment


@dataclass(frozen=True)
class Attachment:
    """What is laid beside a task: its bytes, or the address where it lies."""

    name: str
    description: str = ""
    type: str = ""
    url: str | None = None
    content: bytes | None = None


class RemarkVerbs:
    """The verbs on comments and attachments; each raises NotFound for a task the actor may not see, or that is over (what was said stays to be corrected)."""

    home: Home

    def comment(self, *, task: str, message: str, actor: Actor) -> int:
        """Say something of an open task; the comment's id."""

        def work(tx: Transaction) -> int:
            turn, where = _beside(tx, task, actor)
            new = insert(task_comment).values(**where, message=message).returning(task_comment.c.id)
            made = int(tx.connection.execute(new).scalar_one())
            turn.note("comment", data={"task": task, "comment": made})
            turn.save_notes()
            return made

        return self.home.transact(work)

    def reword(self, *, task: str, comment: int, message: str, actor: Actor) -> None:
        """Let a comment of a task, open or over, say something else; who said it, and when, stays. Raises NotFound when it has no such."""

        def work(tx: Transaction) -> None:
            turn, _ = _beside(tx, task, actor, over=True)
            if not tx.connection.execute(update(task_comment).where(*_said(task, comment)).values(message=message)).rowcount:
                raise NotFound(comment=comment)
            turn.note("reword", data={"task": task, "comment": comment})
            turn.save_notes()

        self.home.transact(work)

    def unsay(self, *, task: str, comment: int | None = None, actor: Actor) -> None:
        """Take a comment of a task, open or over, back; without one all of them. Raises NotFound when it has no such."""

        def work(tx: Transaction) -> None:
            turn, _ = _beside(tx, task, actor, over=True)
            gone = tx.connection.execute(delete(task_comment).where(*_said(task, comment)).returning(task_comment.c.id)).scalars().all()
            if comment is not None and not gone:
                raise NotFound(comment=comment)
            for each in sorted(gone):
                turn.note("unsay", data={"task": task, "comment": each})
            turn.save_notes()

        self.home.transact(work)

    def attach(self, *, task: str, attachment: Attachment, actor: Actor) -> int:
        """Lay something beside an open task; its id."""

        def work(tx: Transaction) -> int:
            turn, where = _beside(tx, task, actor)
            new = insert(task_attachment).values(**where, **vars(attachment)).returning(task_attachment.c.id)
            made = int(tx.connection.execute(new).scalar_one())
            turn.note("attach", data={"task": task, "attachment": made, "name": attachment.name})
            turn.save_notes()
            return made

        return self.home.transact(work)

    def detach(self, *, task: str, attachment: int, actor: Actor) -> None:
        """Take an attachment away from an open task. Raises NotFound when it has no such."""

        def work(tx: Transaction) -> None:
            turn, _ = _beside(tx, task, actor)
            if remarks.attachment(tx.connection, task, attachment) is None:
                raise NotFound(attachment=attachment)
            tx.connection.execute(delete(task_attachment).where(task_attachment.c.id == attachment))
            turn.note("detach", data={"task": task, "attachment": attachment})
            turn.save_notes()

        self.home.transact(work)


def _said(task: str, comment: int | None) -> tuple[ColumnElement[bool], ...]:
    """One comment of a task; None: each."""
    its = task_comment.c.task == task
    return (its,) if comment is None else (its, task_comment.c.id == comment)


def _beside(tx: Transaction, task: str, actor: Actor, *, over: bool = False) -> tuple[Turn, dict[str, object]]:
    turn, _ = lock_open(tx, task, actor, "comment", over=over)
    touch(tx, task)
    return turn, {"root": turn.root, "task": task, "actor": actor.id, "at": tx.now}
