"""The refusals of commands. Each has a stable code and says, in Chinese and English, what a person can do next."""

from dataclasses import dataclass
from typing import ClassVar

from engine.errors import EngineError


@dataclass(frozen=True)
class Answer:
    """What a refusal says: code for programs, texts for people, HTTP status as a hint."""

    code: str
    zh: str
    en: str
    status: int


class Refusal(EngineError):
    """A refusal whose answer belongs to its class; ``details`` are for logs and programs."""

    answer: ClassVar[Answer]

    def __init__(self, **details: object) -> None:
        answer = type(self).answer
        super().__init__(answer.code, answer.zh, answer.en, answer.status, **details)


class NotFound(Refusal):
    """Not there, or not to be seen by this actor: the same answer for both."""

    answer = Answer(
        "not_found",
        "没有找到该事项，可能已被撤销或您无权查看。请返回“我的任务”查看。",
        "Nothing was found here: it may be gone or not meant for you. Please go back to your inbox.",
        status=404,
    )


class Forbidden(Refusal):
    """Seen, but not allowed."""

    answer = Answer(
        "forbidden",
        "您没有办理该事项的权限，如确需办理请与办公室联系。",
        "You may see this but not do it; please contact the office if you should.",
        status=403,
    )


class StalePage(Refusal):
    """The task changed since the page was shown."""

    answer = Answer(
        "stale_page",
        "页面打开后该任务已发生变化，您填写的内容已保留。请刷新页面核对后再提交。",
        "The task has changed since the page was opened; what you typed is kept. Please reload, compare and submit again.",
        status=409,
    )


class AlreadyDone(Refusal):
    """The task is closed."""

    answer = Answer(
        "already_done",
        "该任务已经办结，无需重复提交。",
        "This task is already done; there is nothing left to submit.",
        status=409,
    )


class AlreadyClaimed(Refusal):
    """Somebody else holds the task."""

    answer = Answer(
        "already_claimed",
        "该任务已由他人签收，请返回“我的任务”选择其他任务。",
        "Somebody else has claimed this task; please choose another from your inbox.",
        status=409,
    )


class Suspended(Refusal):
    """The instance stands still by an order."""

    answer = Answer(
        "suspended",
        "该事项已暂停办理，恢复后方可继续。",
        "This case is suspended; it can go on once it is resumed.",
        status=409,
    )


class NotRunning(Refusal):
    """The instance has ended."""

    answer = Answer(
        "not_running",
        "该事项已经结束，不能再办理。",
        "This case has ended; nothing can be done with it any more.",
        status=409,
    )


class TooLate(Refusal):
    """An act cannot be taken back any more."""

    answer = Answer(
        "too_late_to_take_back",
        "后续环节已经办理或结果已经发布，不能撤回。如确需更正，请与办公室联系。",
        "What follows has already been done or released, so it cannot be taken back. Please contact the office.",
        status=409,
    )


class UnknownProcess(Refusal):
    """No deployed version has this process."""

    answer = Answer(
        "unknown_process",
        "没有找到该流程，请先部署流程定义。",
        "No deployed version has this process; please deploy it first.",
        status=404,
    )


class UnknownDeadline(Refusal):
    """A diagram names a deadline that the season does not have."""

    answer = Answer(
        "unknown_deadline",
        "活动计划中没有该时间节点，请管理员在活动设置中补充。",
        "The season has no deadline of this name; please let the administrator add it to the season's plan.",
        status=422,
    )


class UnknownAct(Refusal):
    """The task offers no act of this name."""

    answer = Answer(
        "unknown_act",
        "该任务没有此项操作，请刷新页面。",
        "The task has no such action; please reload the page.",
        status=404,
    )


class UnknownHandler(Refusal):
    """A diagram names a handler, listener or job that is not registered."""

    answer = Answer(
        "unknown_handler",
        "流程引用了未登记的处理程序，请联系系统管理员。",
        "The diagram names a handler that is not registered; please contact the administrator.",
        status=422,
    )


class InvalidInput(Refusal):
    """Settings or data that do not fit what a handler or listener declares."""

    answer = Answer(
        "invalid_input",
        "提交的内容与要求不符，请核对后重新提交。",
        "What was sent does not fit what is asked for; please check and submit again.",
        status=422,
    )


class AlreadyStarted(Refusal):
    """An instance with this dedupe key exists."""

    answer = Answer(
        "already_started",
        "该事项已经启动，无需重复操作。",
        "This has already been started.",
        status=409,
    )


class NobodyWaits(Refusal):
    """No instance waits for this message."""

    answer = Answer(
        "nobody_waits",
        "该事项当前不处于可办理此操作的环节，请刷新页面查看最新进展。",
        "The case is not at a step where this can be done; please reload to see where it stands.",
        status=409,
    )


class UnknownIncident(Refusal):
    """No open incident has this id."""

    answer = Answer(
        "unknown_incident",
        "没有找到该异常记录，可能已经处理。",
        "There is no such open incident; it may have been dealt with.",
        status=404,
    )


class NoSuchRoute(Refusal):
    """Versions or processes between which nothing can be moved."""

    answer = Answer(
        "no_such_route",
        "两个版本不属于同一部署，或其中没有该流程，不能在它们之间迁移。请重新选择版本。",
        "The two versions are not of one deployment, or one of them lacks the process: choose others.",
        status=422,
    )


class StillGoes(Refusal):
    """An instance that has not ended, to be started once more or to be deleted with its history."""

    answer = Answer(
        "still_goes",
        "该事项尚未结束，不能重新启动，也不能删除其记录。",
        "This case has not ended: it cannot be started once more, nor can its record be deleted.",
        status=409,
    )


class NeedsReason(Refusal):
    """An act of administration without a reason; the reason stands in the history."""

    answer = Answer(
        "needs_reason",
        "请填写原因，原因将记入办理记录。",
        "Please give a reason; it is kept in the history.",
        status=422,
    )


class HoldsFacts(Refusal):
    """A deployment that facts of the selection belong to."""

    answer = Answer(
        "holds_facts",
        "该部署属于遴选活动或已有遴选数据，不能删除。",
        "This deployment belongs to the selection or holds its facts; it cannot be deleted.",
        status=409,
    )


class StillRuns(Refusal):
    """A deployment with instances, deleted without them."""

    answer = Answer(
        "still_runs",
        "该部署已有流程实例，请确认后连同实例一并删除（cascade=true）。",
        "The deployment has instances; to delete them with it, add cascade=true.",
        status=409,
    )


class Ambiguous(Refusal):
    """A message that no instance, or more than one, waits for."""

    answer = Answer(
        "ambiguous_message",
        "没有或有多个流程实例等待该消息，请补充业务编号或实例编号。",
        "Cannot correlate message: none or more than one execution or definition matches; name the instance or the business key.",
        status=400,
    )


class NotLocked(Refusal):
    """An external task that another worker holds, or nobody."""

    answer = Answer(
        "not_locked",
        "该外部任务未由此工作者锁定，请重新领取。",
        "The external task is not locked by this worker; fetch and lock it again.",
        status=409,
    )


class NotDelegated(Refusal):
    """A task that nobody delegated cannot be handed back."""

    answer = Answer(
        "not_delegated",
        "该任务未委派给他人，无需交回。",
        "Nobody delegated this task, so there is nobody to hand it back to.",
        status=409,
    )
