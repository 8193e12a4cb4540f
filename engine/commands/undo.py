"""Takes the last act of an instance back: the stored state before it becomes its state again, and the rows follow."""

from sqlalchemy import delete, insert, select, update

from engine.bpmn.waits import Wait
from engine.bpmn.walk import called_processes
from engine.commands.projection import candidate_rows, row_id, wait_of
from engine.commands.service import listen
from engine.commands.turn import CommandResult, Turn
from engine.contract import TaskView
from engine.refusals import TooLate
from store.engine import hot
from store.engine.tables import called, history, submission, task, task_candidate


def undo(turn: Turn, view: TaskView, *, reason: str) -> CommandResult:
    """Bring back the state before the completion of ``view``.

    Raises TooLate if that act has moved the public stage (it is released), and
    whatever a listener of ``take_back`` refuses with.
    """
    _restore_stages(turn, view)
    turn.note("take_back", process=view.process, element=view.element, data={"task": view.id, "reason": reason})
    now, counter = turn.waits(), turn.execution.instance.counter
    previous = hot.read_previous.value(turn.tx.connection, {"root": turn.root})
    turn.restore(bytes(previous))
    turn.execution.instance.counter = counter  # ids of tokens are never used twice
    wait = turn.wait(wait_of(view.id))
    if wait is None:
        raise TooLate(task=view.id)
    listen(turn, wait, "take_back", {}, task=view)
    known = {(each.id, each.kind) for each in now}
    reopened = [each for each in turn.waits() if each.kind == "user" and (each.id, each.kind) not in known]
    for each in reopened:
        _reopen(turn, each)
    turn.before = (*now, *reopened)
    turn.row.update(status="running", ended_at=None)
    _withdraw_submission(turn, view)
    _rebuild_called(turn)
    return turn.save()


def _restore_stages(turn: Turn, view: TaskView) -> None:
    moved = (
        select(history.c.kind, history.c.data)
        .where(history.c.root == turn.root, history.c.revision == turn.row["revision"], history.c.kind.in_(["stage", "public_stage"]))
        .order_by(history.c.seq.desc())
    )
    for kind, data in turn.tx.connection.execute(moved):
        if kind == "public_stage":
            raise TooLate(task=view.id, released=data["new"])
        turn.row[kind] = data["old"]


def _reopen(turn: Turn, wait: Wait) -> None:
    key = row_id(turn.root, wait.id)
    connection = turn.tx.connection
    again = update(task).where(task.c.id == key).values(state="open", closed_at=None, closed_by=None, revision=task.c.revision + 1)
    assignee = connection.execute(again.returning(task.c.assignee)).scalar_one()
    rows = [{**row, "taken": assignee is not None} for row in candidate_rows(wait, turn.root)]
    if rows:
        connection.execute(insert(task_candidate), rows)


def _withdraw_submission(turn: Turn, view: TaskView) -> None:
    mine = submission.c.task == view.id, submission.c.act == "complete", submission.c.revision == turn.row["revision"]
    turn.tx.connection.execute(update(submission).where(*mine).values(taken_back=True))


def _rebuild_called(turn: Turn) -> None:
    """The rows of called processes as they were; those that ran on all the while keep the instant they began."""
    connection = turn.tx.connection
    mine = called.c.root == turn.root
    entered = {row.scope: row.entered_at for row in connection.execute(select(called.c.scope, called.c.entered_at).where(mine))}
    connection.execute(delete(called).where(mine))
    for one in called_processes(turn.execution.instance):
        where = {"root": turn.root, "scope": one.token, "process": one.process, "element": turn.execution.element(one.token).id}
        about = {"within": one.within, "version": one.version, "business_key": one.business_key}
        turn.called.append(("add", {**where, **about, "entered_at": entered.get(one.token, turn.now)}))
