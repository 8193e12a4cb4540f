"""The engine's policy in this house: what assignment and candidacy do not decide, the table of `selection.rights` does."""

from collections.abc import Mapping

from engine.contract import Actor, InstanceView, TaskView
from selection import rights
from selection.errors import Forbidden, NotFound

# The engine's verbs on a task, an instance or the season -> the verb of the table.
VERBS: Mapping[str, str] = {
    "assign": "assign_task",
    "unclaim": "assign_task",
    "delegate": "assign_task",
    "take_back": "assign_task",
    "suspend": "suspend_instance",
    "resume": "suspend_instance",
    "cancel": "cancel_instance",
    "retry": "handle_incidents",
    "skip": "handle_incidents",
    "cancel_incident": "handle_incidents",
    "migrate": "migrate_instance",
    "modify": "modify_instance",
    "restart": "modify_instance",
    "deploy": "deploy",
    "set_deadline": "extend_deadline",
    "preview_deadline": "preview_deadline",
}


FOREIGN = ""  # the tenant of other people's diagrams: whoever may deploy them may do everything with them


class HousePolicy:
    """May somebody do this? Everything not granted looks as if it were not there, except to those who see it anyway."""

    def may(self, actor: Actor, verb: str, subject: TaskView | InstanceView) -> None:
        """Return if allowed; raise NotFound (not to be seen) or Forbidden (seen, not allowed)."""
        if actor.kind == "system" or (subject.tenant == FOREIGN and rights.may(actor.groups, "deploy", rights.Subject())):
            return
        about = rights.Subject()
        if isinstance(subject, InstanceView) and verb in ("start", "correlate"):
            # Who owns the thing is checked by the process's own listeners, on the facts; here only who may begin such an act at all.
            word = f"start:{subject.process}" if verb == "start" else f"message:{subject.process}"
            about = rights.Subject(enterprise=_own_enterprise(actor), unit=_own(actor, "ru_officer"))
            allowed = word in rights.VERBS and rights.may(actor.groups, word, about)
        else:
            word = VERBS.get(verb, "")
            allowed = word in rights.VERBS and rights.may(actor.groups, word, about)
        if allowed:
            return
        if _sees(actor, subject):
            raise Forbidden("rights.forbidden", zh="您没有办理此项的权限", en="you may see this but not do it")
        raise NotFound("rights.unseen", zh="没有找到，或您无权查看", en="not found, or not for you")


def _sees(actor: Actor, subject: TaskView | InstanceView) -> bool:
    if isinstance(subject, TaskView) and actor.groups & set(subject.candidate_groups):
        return True
    return rights.may(actor.groups, "see_season_desk", rights.Subject())


def _own_enterprise(actor: Actor) -> str:
    return _own(actor, "applicant_editor") or _own(actor, "applicant_signatory")


def _own(actor: Actor, role: str) -> str:
    return next((group.partition("@")[2] for group in sorted(actor.groups) if group.startswith(f"{role}@")), "")
