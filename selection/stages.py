"""The life of an application as stages with allowed moves, inside and outside names (rule book §9.1, template T-NAT)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selection.errors import Conflict, NotFound


@dataclass(frozen=True)
class Stage:
    """A stage: code, name inside, code of the stage outsiders see, and the stages that may follow."""

    code: str
    zh: str
    en: str
    public: str
    following: frozenset[str]

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return not self.following


PUBLIC_STAGES: Mapping[str, tuple[str, str]] = {
    "draft": ("草稿", "draft"),
    "submitted": ("已提交", "submitted"),
    "returned": ("退回修改", "returned for change"),
    "unit_review": ("推荐单位审核中", "with the recommending unit"),
    "form_check": ("形式审查中", "form check"),
    "correction": ("补正", "to be corrected"),
    "form_passed": ("通过形式审查", "form check passed"),
    "review": ("专家评审中", "expert review"),
    "defence": ("入围答辩", "shortlisted for the defence"),
    "publicity": ("公示中", "in publicity"),
    "announced": ("已公告", "announced"),
    "not_nominated": ("未获推荐", "not recommended"),
    "form_rejected": ("形式审查未通过", "form check not passed"),
    "not_shortlisted": ("未入围", "not shortlisted"),
    "not_selected": ("未入选", "not selected"),
    "removed": ("取消入选", "removed from the list"),
    "revoked": ("已撤销", "revoked"),
    "withdrawn": ("已撤回", "withdrawn"),
    "lapsed": ("未提交", "not submitted"),
    "discarded": ("未提交", "not submitted"),
    "terminated": ("已终止", "terminated"),
}

# code, zh, en, public stage, what may follow. Withdrawal and termination are added below: they may come at any time before the announcement, after
# the approval by the office alone. A unit decides about what it has, reviewed or not, also as it stood before a return; what it
# refuses may go to another one (§14).
_ROWS = (
    ("draft", "草稿", "draft", "draft", "submitted discarded lapsed"),
    ("submitted", "已提交", "submitted", "submitted", "returned under_nominator_review nominated not_nominated"),
    ("returned", "退回修改", "returned", "returned", "submitted under_nominator_review nominated not_nominated lapsed"),
    ("under_nominator_review", "推荐单位审核中", "unit's review", "unit_review", "nominated not_nominated returned submitted"),
    ("not_nominated", "未获推荐", "not recommended", "not_nominated", "submitted"),
    ("nominated", "已推荐", "recommended by the unit", "form_check", "form_check"),
    ("form_check", "形式审查中", "form check", "form_check", "form_passed correction_requested form_rejected"),
    ("correction_requested", "补正", "correction", "correction", "form_check form_rejected"),
    ("form_rejected", "形式审查未通过", "form check not passed", "form_rejected", ""),
    ("form_passed", "通过形式审查", "form check passed", "form_passed", "desk_review"),
    ("desk_review", "资料评审", "desk review", "review", "desk_done"),
    ("desk_done", "资料评审完成", "desk review done", "review", "shortlisted not_shortlisted site_visit awaiting_meeting2"),
    ("shortlisted", "入围答辩", "shortlisted", "defence", "defence_scheduled"),
    ("not_shortlisted", "未入围", "not shortlisted", "not_shortlisted", ""),
    ("defence_scheduled", "答辩安排", "defence scheduled", "defence", "defence_done defence_absent"),
    ("defence_absent", "缺席答辩", "absent at the defence", "defence", "defence_scheduled awaiting_meeting2 not_selected"),
    ("defence_done", "答辩评审", "defence done", "defence", "site_visit awaiting_meeting2"),
    ("site_visit", "现场考察", "site visit", "defence", "awaiting_meeting2"),
    ("awaiting_meeting2", "待合议", "before the second meeting", "defence", "recommended not_selected"),
    ("not_selected", "未入选", "not selected", "not_selected", ""),
    ("recommended", "列入全国质量标杆推荐名单", "on the award list", "defence", "publicity not_selected"),
    ("publicity", "公示中", "publicity", "publicity", "publicity_clear objected"),
    ("objected", "异议处理中", "objection", "publicity", "publicity publicity_clear removed"),
    ("publicity_clear", "待批准", "awaiting approval", "publicity", "approved sent_back removed"),
    ("sent_back", "退回复议", "sent back", "publicity", "publicity_clear removed"),
    ("removed", "取消入选", "removed", "removed", ""),
    ("approved", "已批准", "approved", "publicity", "announced"),
    ("announced", "已公告", "announced", "announced", "revoked"),
    ("revoked", "已撤销", "revoked", "revoked", ""),
    ("withdrawn", "已撤回", "withdrawn", "withdrawn", ""),
    ("lapsed", "未提交", "lapsed", "lapsed", ""),
    ("discarded", "未提交", "discarded", "discarded", ""),
    ("terminated", "已终止", "terminated", "terminated", ""),
)
_BEYOND_WITHDRAWAL = frozenset({"announced"})


def _stage(code: str, zh: str, en: str, public: str, following: str) -> Stage:
    after = frozenset(following.split())
    if after and code not in _BEYOND_WITHDRAWAL:
        after |= {"withdrawn", "terminated"}
    return Stage(code, zh, en, public, after)


STAGES: Mapping[str, Stage] = {row[0]: _stage(*row) for row in _ROWS}


def stage(code: str) -> Stage:
    """The stage with that code. Raises `NotFound`."""
    if code not in STAGES:
        raise NotFound("stage.unknown", zh=f"没有“{code}”这一阶段", en=f"there is no stage {code!r}")
    return STAGES[code]


def before(code: str) -> frozenset[str]:
    """The codes of the stages that one with this code may follow. Raises `NotFound`."""
    return frozenset(one.code for one in STAGES.values() if stage(code).code in one.following)


def may_move(*, before: str, after: str) -> bool:
    """Whether an application may go from one stage to the other."""
    return after in stage(before).following


def refuse_move(*, before: str, after: str) -> None:
    """Raise `Conflict` for a move that the life of an application does not know."""
    if not may_move(before=before, after=after):
        here, there = stage(before), stage(after)
        raise Conflict(
            "stage.move", zh=f"当前为“{here.zh}”，不能转为“{there.zh}”，请刷新后重试", en=f"{here.en} cannot become {there.en}; reload"
        )


# The deciding steps of the rule book's list (§2.0), in order, and the public stages that an application has left once it is known what each decided.
DECIDING: Mapping[str, frozenset[str]] = {
    "N03": frozenset({"draft", "submitted", "returned", "unit_review"}),
    "N04": frozenset({"form_check", "correction"}),
    "N07": frozenset({"form_passed", "review"}),
    "N10": frozenset({"defence"}),
    "N13": frozenset({"publicity"}),
}


def is_decided(*, current: str, step: str) -> bool:
    """Whether an application that goes on has the step (`N04`) behind it, as far as those outside know: nobody learns a result before its release."""
    steps = list(DECIDING)
    return any(stage(current).public in DECIDING[later] for later in steps[steps.index(step) + 1 :])


def may_withdraw(*, current: str, until: str) -> bool:
    """Whether the applicant may withdraw an application that has not ended; afterwards the office only (A-08, §14). ``until``: a step of `DECIDING`."""
    return current != "approved" and not is_decided(current=current, step=until)


def public_stage(code: str) -> tuple[str, str]:
    """Chinese and English name of the stage that outsiders see for an inside stage, once it is released."""
    return PUBLIC_STAGES[stage(code).public]


# Where an application stands while its recommending unit has still to decide about it.
BEFORE_UNIT = ("submitted", "under_nominator_review", "returned")

# Where an application of a group may stand between the shortlist (or, without a defence, the desk review) and the second 合议.
BEFORE_MEETING2 = ("desk_done", "shortlisted", "defence_scheduled", "defence_absent", "defence_done", "site_visit")


@dataclass(frozen=True)
class Step:
    """What the season reaches after another point, once no application is in one of the states any more."""

    after: str
    reached: str
    states: tuple[str, ...]


# An application whose 补正 came late keeps the committee waiting until it has joined a group, or is out (§14, 增补入组).
STEPS: Mapping[str, Step] = {
    step.reached: step
    for step in (
        Step(
            "recommendations_closed", "form_checked", ("submitted", "returned", "under_nominator_review", "nominated", "form_check")
        ),
        Step("grouped", "reviewed", ("correction_requested", "form_check", "form_passed")),
        Step("shortlisted", "defended", BEFORE_MEETING2),
        Step(
            "awarded",
            "settled",
            ("awaiting_meeting2", "recommended", "publicity", "objected", "publicity_clear", "sent_back", "approved"),
        ),
    )
}
GROUPS_DONE = ("closed", "defended")
