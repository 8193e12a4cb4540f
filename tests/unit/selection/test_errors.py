"""Refusals speak both languages and carry their data."""

from __future__ import annotations

import pytest

from selection import errors
from selection.errors import (
    Conflict,
    Forbidden,
    HouseError,
    InvalidSettings,
    Late,
    NotFound,
    OverQuota,
    Problem,
    Refused,
    refuse_if_problems,
)


@pytest.mark.parametrize(
    ("kind", "status"),
    [(HouseError, 400), (Refused, 422), (Late, 422), (OverQuota, 409), (Conflict, 409), (Forbidden, 403), (NotFound, 404)],
)
def test_each_kind_has_its_status(kind: type[HouseError], status: int) -> None:
    refusal = kind("code", zh="中文", en="English", item="A1")
    assert (refusal.status, refusal.code, refusal.zh, refusal.en, refusal.details) == (status, "code", "中文", "English", {"item": "A1"})
    assert str(refusal) == "code: English"
    assert kind("code", zh="", en="", status=418).status == 418


def test_every_kind_says_what_it_means() -> None:
    kinds = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, HouseError)]
    assert len(kinds) == 8
    assert all(kind.__doc__ for kind in kinds)


def test_problems_become_one_refusal() -> None:
    refuse_if_problems([], code="x")
    problems = [Problem(path="a", zh="甲", en="first"), Problem(path="b", zh="乙", en="second")]
    with pytest.raises(Refused) as refusal:
        refuse_if_problems(problems, code="x")
    assert (refusal.value.zh, refusal.value.en) == ("甲；乙", "first; second")
    assert InvalidSettings(problems).zh == "年度配置有误：a：甲；b：乙"
