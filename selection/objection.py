"""异议: what an objection must bring, its due dates, and a summary that does not tell who objected (办法 §22, A-69, A-70)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from selection.calendar import Calendar, day_end, local_day, working_days_after
from selection.errors import Conflict, Refused
from selection.season import Season

WAYS = ("online", "mail", "phone", "letter", "forwarded")
VERDICTS = ("upheld", "dismissed", "further")


@dataclass(frozen=True)
class DueDates:
    """The due instants (exclusive, UTC) of the steps after an objection was received."""

    acknowledge: datetime
    answer: datetime
    investigate: datetime
    committee: datetime
    reply: datetime


def due_dates(*, season: Season, received: datetime, calendar: Calendar, extensions: int = 0) -> DueDates:
    """Working days counted from the day of receipt; the investigation's period counts once more per extension granted."""
    rules, day = season.objection, local_day(received)
    investigated = rules.investigate * (1 + extensions)
    steps = {
        "acknowledge": rules.acknowledge,
        "answer": rules.answer,
        "investigate": investigated,
        "committee": investigated + rules.committee,
        "reply": investigated + rules.committee + rules.reply,
    }
    return DueDates(**{name: day_end(working_days_after(day, count, calendar=calendar)) for name, count in steps.items()})


def refuse_unfounded(*, season: Season, name: str, contact: str, facts: str, evidence: int) -> None:
    """Raise `Refused` unless an objection can be looked into.

    `name`, `contact`: of the objector, empty when anonymous; `facts`: what is objected; `evidence`: number of files, which an anonymous
    objection must have.
    """
    least = season.objection.facts_min
    if len("".join(facts.split())) < least:
        raise Refused(
            "objection.facts", zh=f"请写明异议事项和事实依据（不少于{least}字）", en=f"state the facts in at least {least} characters"
        )
    anonymous = not name.strip()
    if not anonymous and not contact.strip():
        raise Refused(
            "objection.contact", zh="请填写联系方式，以便核实和答复", en="give an address or telephone so that the office can answer"
        )
    if anonymous and not (season.objection.anonymous_with_evidence and evidence):
        raise Refused(
            "objection.anonymous",
            zh="匿名异议须附可以核实的证据；也可以填写真实姓名和联系方式",
            en="an anonymous objection needs evidence that can be checked; or give name and contact",
        )


def refuse_twice(told: tuple[str, str], *, known: Iterable[tuple[str, str]]) -> None:
    """Raise `Conflict` when an open objection of the same item and contact has the same name and words: somebody pressed the button twice."""
    if told in known:
        raise Conflict(
            "objection.twice",
            zh="相同内容的异议已经收到，正在办理，不需要重复提交；有补充情况的，请写明后再提交",
            en="the same objection was received already; write down what is new before you send it again",
        )


def refuse_extension(*, season: Season, extensions: int) -> None:
    """Raise `Refused` when the investigation was already extended as often as allowed (once in 2023)."""
    if extensions >= season.objection.extensions:
        raise Refused("objection.extended", zh="调查期限已延长过，不能再延，请提交调查报告", en="the investigation was extended already; hand in its report")


def refuse_leak(*, summary: str, secrets: Iterable[str]) -> None:
    """Raise `Refused` when the summary that the applicant reads names the objector (`secrets`: name, telephone, mail) (§14)."""
    plain = "".join(summary.split()).casefold()
    hidden = ("".join(secret.split()).casefold() for secret in secrets)
    if any(secret and secret in plain for secret in hidden):
        raise Refused(
            "objection.leak",
            zh="异议摘要中出现了异议人的姓名或联系方式，请删除后再提交",
            en="the summary names the objector or the contact; remove it",
        )


def number(receipt: str) -> str:
    """The number of a receipt that people quote; what follows it opens the objection's state and is the objector's alone."""
    return receipt.rpartition("-")[0]


def item_status(verdicts: Iterable[str]) -> str:
    """The status of a published item from the verdicts of its objections ("" = open): `held`, `removed` or `clear` (A-70)."""
    found = tuple(verdicts)
    if "upheld" in found:
        return "removed"
    return "held" if any(verdict != "dismissed" for verdict in found) else "clear"
