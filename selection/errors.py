"""Refusals of the selection: what went wrong and what the person can do about it, in Chinese and English.

No transport here: `status` is only a hint for pages and API.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class HouseError(Exception):
    """A refusal of the house.

    In: `code` (stable, for programs and tests), `zh`/`en` (for people, saying what to do), `status` (hint), further `details` as data.
    """

    status = 400

    def __init__(self, code: str, *, zh: str, en: str, status: int | None = None, **details: object) -> None:
        """Keep the parts; the exception's text is `code: en`."""
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.status = type(self).status if status is None else status
        self.details = details


class Refused(HouseError):
    """The act is understood but a rule of the selection does not allow it."""

    status = 422


class Late(Refused):
    """The act was received at or after its deadline."""


class OverQuota(Refused):
    """More experiences than the unit has places."""

    status = 409


class Conflict(HouseError):
    """The act contradicts what somebody else has already done."""

    status = 409


class Forbidden(HouseError):
    """The person may see the thing but not do this to it."""

    status = 403


class NotFound(HouseError):
    """The thing does not exist, or not for this person."""

    status = 404


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with settings, a list or a sheet: where, and what to do."""

    path: str
    zh: str
    en: str


class InvalidSettings(HouseError):
    """A season's settings cannot be used; `problems` names each one."""

    status = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Join the problems into one readable text."""
        self.problems = tuple(problems)
        super().__init__(
            "season.settings",
            zh="年度配置有误：" + "；".join(f"{p.path}：{p.zh}" for p in self.problems),
            en="The season's settings are wrong: " + "; ".join(f"{p.path}: {p.en}" for p in self.problems),
        )


def refuse_if_problems(problems: Iterable[Problem], *, code: str) -> None:
    """Raise one `Refused` that names every problem; do nothing when there is none."""
    found = tuple(problems)
    if found:
        raise Refused(code, zh="；".join(p.zh for p in found), en="; ".join(p.en for p in found), problems=found)
