"""Whether the organisation of a role is there: a typed code that names nobody would give a role nobody can use."""

from collections.abc import Mapping

from sqlalchemy import Column, Connection, select

from selection.errors import Refused
from selection.rights import OF_A_SEASON
from store.selection import tables_people as people
from store.selection import tables_review as review

# Where the organisations of a role stand, and how their codes look; all other roles are the association's or the ministry's.
PLACES: Mapping[str, tuple[Column[str], str, str]] = {
    **dict.fromkeys(("ru_officer", "ru_leader"), (people.unit.c.code, "推荐单位代码（如 RU-LN）", "a unit's code (such as RU-LN)")),
    **dict.fromkeys(("applicant_editor", "applicant_signatory"), (people.enterprise.c.id, "企业编号（如 E001）", "an enterprise's id (such as E001)")),
    "expert": (people.expert.c.id, "专家编号（如 X001）", "an expert's id (such as X001)"),
    **dict.fromkeys(("group_leader", "group_member"), (review.review_group.c.id, "专业组编号（如 G1）", "a group's id (such as G1)")),
    **dict.fromkeys(
        OF_A_SEASON,
        (people.season.c.id, "活动代号（如 cn-2023），评审委员会按年度组建", "a season (such as cn-2023): each has a committee of its own"),
    ),
}
HOUSES: Mapping[str, str] = {"miit_observer": "miit", "miit_approver": "miit"}
OFFICE = "caq"


def refuse_unknown_organisation(connection: Connection, *, role: str, organisation: str) -> None:
    """Raise `Refused` for a role at an organisation that is not there, with what the code must be."""
    if role not in PLACES:
        house = HOUSES.get(role, OFFICE)
        is_known, zh, en = organisation == house, house, house
    else:
        column, zh, en = PLACES[role]
        is_known = connection.scalar(select(column).where(column == organisation).limit(1)) is not None
    if not is_known:
        raise Refused(
            "people.organisation",
            zh=f"没有代码为“{organisation[:40]}”的单位，该角色的单位代码应为{zh}，请核对后重新填写",
            en=f"there is no {organisation[:40]!r}; the organisation of this role is {en}",
        )
