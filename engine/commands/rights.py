"""Who may do what with a task: assignment and candidacy first, the injected policy for all else."""

from collections.abc import Mapping
from typing import Any

from engine.contract import Actor, InstanceView, Policy, TaskView
from engine.refusals import AlreadyClaimed

_WORK = frozenset({"complete", "act", "draft"})
_HOLDER = frozenset({"unclaim", "delegate"})


def task_view(row: Mapping[str, Any], *, properties: Mapping[str, str] | None = None) -> TaskView:
    """A task from a row of ``hot.lock_task`` or ``hot.read_task``."""
    return TaskView(
        id=row["task_id"],
        root=row["root"],
        tenant=row["tenant"],
        process=row["task_process"],
        element=row["task_element"],
        name=row["task_name"],
        business_key=row["business_key"],
        form_key=row["task_form_key"],
        state=row["task_state"],
        assignee=row["task_assignee"],
        owner=row["task_owner"],
        candidate_users=tuple(row["task_users"]),
        candidate_groups=tuple(row["task_groups"]),
        priority=row["task_priority"],
        created_at=row["task_created_at"],
        due=row["task_due"],
        revision=row["task_revision"],
        properties=properties or {},
    )


def is_candidate(actor: Actor, task: TaskView) -> bool:
    """Whether the actor is a candidate user or in a candidate group."""
    return actor.id in task.candidate_users or not actor.groups.isdisjoint(task.candidate_groups)


def require_task(policy: Policy, actor: Actor, verb: str, task: TaskView) -> None:
    """Return if the actor may; raise AlreadyClaimed for a candidate whose task another holds, else what the policy raises."""
    if actor.kind == "system":
        return
    holds = task.assignee == actor.id
    if (holds and verb in _WORK | _HOLDER | {"claim"}) or (
        task.assignee is None and is_candidate(actor, task) and verb in _WORK | {"claim"}
    ):
        return
    if task.assignee is not None and not holds and is_candidate(actor, task) and verb in _WORK | {"claim"}:
        raise AlreadyClaimed(task=task.id)
    policy.may(actor, verb, task)


def require_instance(policy: Policy, actor: Actor, verb: str, instance: InstanceView) -> None:
    """Return if the actor may act on the instance (or start it, or send it a message); else what the policy raises."""
    if actor.kind != "system":
        policy.may(actor, verb, instance)


def instance_view(row: Mapping[str, Any]) -> InstanceView:
    """An instance from its row, without variables."""
    return InstanceView(row["root"], row["process"], row["business_key"], row["tenant"], row["version"])
