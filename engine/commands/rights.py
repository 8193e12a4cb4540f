"""Who may do what with a task: assignment and candidacy first, the injected policy for all else.

A step may lie on several people's desks at once: the property `holders` names the roles among its candidate groups that hold and
complete it, `shared_acts` the acts that every candidate may do, whoever holds it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from engine.bpmn.elements import HOLDERS, SHARED_ACTS, listed
from engine.contract import Actor, InstanceView, Policy, TaskView
from engine.refusals import AlreadyClaimed

_WORK = frozenset({"complete", "act", "draft"})
_HOLDER = frozenset({"unclaim", "delegate"})


def holding(groups: Collection[str], properties: Mapping[str, str]) -> frozenset[str]:
    """Those of the candidate groups (`role@organisation`) whose members may hold and complete the task: all, unless `holders` names roles."""
    roles = listed(properties, HOLDERS)
    return frozenset(group for group in groups if not roles or group.partition("@")[0] in roles)


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


def may_hold(actor: Actor, task: TaskView) -> bool:
    """Whether the actor is a candidate who may hold and complete the task."""
    return actor.id in task.candidate_users or not actor.groups.isdisjoint(holding(task.candidate_groups, task.properties))


def require_task(policy: Policy, actor: Actor, verb: str, task: TaskView, *, act: str = "") -> None:
    """Return if the actor may; raise AlreadyClaimed for a candidate whose task another holds, else what the policy raises.

    ``act``: the name of the act, where the verb is `act`.
    """
    if actor.kind == "system":
        return
    holds = task.assignee == actor.id
    if holds and verb in _WORK | _HOLDER | {"claim"}:
        return
    if act in listed(task.properties, SHARED_ACTS) and is_candidate(actor, task):
        return
    if may_hold(actor, task) and verb in _WORK | {"claim"}:
        if task.assignee is None:
            return
        raise AlreadyClaimed(task=task.id)
    policy.may(actor, verb, task)


def require_instance(policy: Policy, actor: Actor, verb: str, instance: InstanceView) -> None:
    """Return if the actor may act on the instance (or start it, or send it a message); else what the policy raises."""
    if actor.kind != "system":
        policy.may(actor, verb, instance)


def instance_view(row: Mapping[str, Any]) -> InstanceView:
    """An instance from its row, without variables."""
    return InstanceView(row["root"], row["process"], row["business_key"], row["tenant"], row["version"])
