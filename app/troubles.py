"""Word to the platform's administrators (活动管理员) of what stands still, letter 41 of §9.3: once for each new trouble.

It says where and whether, never whose: administrators see no case, no expert and no other letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.wiring import House
from engine.contract import SYSTEM
from store.engine import queries as engine_queries
from store.selection import queries_office as office_queries
from store.selection import queries_ready as ready_queries
from store.selection import queries_tasks as task_queries


@dataclass(frozen=True)
class Trouble:
    """What stands still: `cause`, the same until something new joins it, and in both languages what to do."""

    cause: str
    zh: str
    en: str


def report(house: House) -> int:
    """Look once, and write to the administrators of what is new. Out: how many letters were queued."""
    with house.database.read() as connection:
        found = [*_incidents(connection), *_letters(connection), *_deserted(connection, house.clock.now())]
    return sum(house.tell("trouble", actor=SYSTEM, **asdict(one)) for one in found)


def _incidents(connection: Connection) -> Iterator[Trouble]:
    """Timers, jobs and steps that failed and wait for somebody."""
    last = engine_queries.incidents(connection, open_only=False, limit=1)
    if standing := engine_queries.incidents(connection):
        number = len(standing)
        yield Trouble(
            f"incident:{last[0]['id']}",
            f"有 {number} 处流程出现异常，已停下等待处理。请打开“系统维护”，逐项重试、跳过或取消。",
            f"{number} step(s) failed and stand still. Please open “Maintenance” and retry, skip or cancel each.",
        )


def _letters(connection: Connection) -> Iterator[Trouble]:
    """Letters that were tried and given up."""
    if given_up := office_queries.mail_given_up(connection):
        yield Trouble(
            f"mail:{given_up}",
            "有邮件多次发送失败，已停止发送。请检查邮件服务器设置；收件地址有误的，由办公室在“通知邮件”中更正后重发。",
            "Letters could not be delivered and were given up. Please look at the mail server; the office corrects wrong addresses and sends again.",
        )


def _deserted(connection: Connection, now: datetime) -> Iterator[Trouble]:
    """Tasks whose time is over and which nobody with an open account can do."""
    overdue = task_queries.overdue_offers(connection, now=now)
    held = ready_queries.holders(connection, {row["group"] for row in overdue})
    manned = {row["task"] for row in overdue if row["group"] in held}
    left = [row for row in overdue if row["task"] not in manned]
    if left:
        names = "、".join(sorted({row["name"] for row in left}))
        yield Trouble(
            f"deserted:{left[-1]['task']}",
            f"以下事项已过办理时限，却没有人员可以办理：{names}。请为相应角色指定人员，或请办公室代录。",
            f"These steps are overdue and nobody can do them: {names}. Please name people for their roles, or ask the office to record them.",
        )
