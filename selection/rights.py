"""Who may do what: one table of verb → roles, each with its relation to the thing (rule book §1, §7, §14).

An actor is a set of groups `role@organisation`. What is not granted is refused; whoever may not even see a thing is told it does not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from selection.errors import Forbidden, NotFound, Problem
from selection.season_parts import Apart


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an act is about, as far as rights go. Empty fields mean that the relation does not hold for anybody.

    `enterprise`, `unit`, `group`, `season`: organisations of the thing (a committee is one of its season's); `experts`: expert ids with a
    seat on it; `declared`: expert ids who have signed secrecy and conflict declarations for it; `conflicted`: expert ids in conflict with
    it; `closed`: its group is closed; `scored`: all sheets are in; `meeting`: it lies before a meeting, or the actor is called to it;
    `released`: the results of its season are announced.
    """

    kind: str = ""
    id: str = ""
    enterprise: str = ""
    unit: str = ""
    group: str = ""
    season: str = ""
    experts: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    conflicted: frozenset[str] = frozenset()
    closed: bool = False
    scored: bool = False
    meeting: bool = False
    released: bool = False


OFFICE = "office_clerk office_director"
APPLICANT = "applicant_editor/own applicant_signatory/own"
UNIT = "ru_officer/unit ru_leader/unit"
JUDGES = "expert/seat+declared group_leader/group+declared"
COMMITTEE = "committee_chair/season+meeting committee_vice_chair/season+meeting committee_member/season+meeting"
# Reads: role, /relation to the thing, +condition. Everything is read as "any of these". Who may do a step is its diagram's word, not this table's.
_GRANTS: Mapping[str, str] = {
    # pages
    "see_public": "anyone",
    "see_application_portal": f"{APPLICANT} {UNIT} {OFFICE} auditor",
    "see_own_applications": APPLICANT,
    "see_application_inside": f"{OFFICE} auditor",
    "see_material": f"{APPLICANT} {UNIT} {OFFICE} auditor {JUDGES} {COMMITTEE} meeting_secretary",
    "download_document": f"{APPLICANT} {UNIT} {OFFICE} auditor {JUDGES} {COMMITTEE} meeting_secretary",
    "see_unit_opinion": f"{UNIT} {OFFICE} auditor {JUDGES} {COMMITTEE} meeting_secretary",
    "see_unit_ranking": f"{UNIT} {OFFICE} auditor",
    "see_scores": f"{OFFICE} auditor meeting_secretary group_leader/group+scored expert/seat+closed {COMMITTEE}",
    "see_comment": f"{OFFICE} auditor meeting_secretary {COMMITTEE} applicant_editor/own+released applicant_signatory/own+released",
    "see_objector": f"{OFFICE} auditor",
    "see_meeting": f"{OFFICE} auditor meeting_secretary {COMMITTEE}",
    "see_season_desk": f"{OFFICE} auditor",
    "see_unit_desk": f"{UNIT} {OFFICE} auditor",
    "see_expert_desk": "expert/self",
    "see_group_desk": f"group_leader/group {OFFICE} auditor meeting_secretary",
    # starts and messages
    "start:season": "office_director season_admin",
    "start:application": "applicant_editor/own office_clerk",
    "start:objection": "anyone",
    "start:deliberation": OFFICE,
    "start:title": OFFICE,
    "start:removal": OFFICE,
    "start:title_correction": OFFICE,
    "start:title_change": OFFICE,
    "start:score_record": "office_clerk meeting_secretary",
    "start:expert_record": "office_clerk",
    "message:application.withdraw": f"{APPLICANT} office_director",
    "message:application.terminate": "office_director",
    "message:recommendation.record": "office_clerk",
    "message:publicity.correct": OFFICE,
    "message:seat.replace": "office_clerk",
    "message:title.report": "anyone",
    # acts on things
    "file_application": "applicant_editor/own",
    "rank_applications": "ru_officer/unit",
    "release_mail": "office_director",
    "approve": "caq_approver miit_approver",
    "export_applications": f"{UNIT} {OFFICE} auditor",
    # administration
    "deploy": "season_admin",
    "see_deployments": f"season_admin {OFFICE} auditor",
    "preview_deadline": OFFICE,
    "extend_deadline": "office_director",
    "manage_people": "season_admin office_clerk office_director",
    "manage_accounts": "season_admin",
    "manage_experts": OFFICE,
    "manage_units": OFFICE,
    "manage_calendar": "season_admin office_director",
    "settle_binding": OFFICE,
    "register_report": OFFICE,
    "import_titles": OFFICE,
    "keep_library": OFFICE,
    "keep_subscribers": OFFICE,
    "see_outbox": f"{OFFICE} auditor",
    "see_incidents": "season_admin",
    "handle_incidents": "season_admin",
    "assign_task": OFFICE,
    "suspend_instance": "season_admin office_director",
    "cancel_instance": "office_director",
    "migrate_instance": "season_admin",
    "modify_instance": "season_admin",
}
VERBS = frozenset(_GRANTS)
_SIGHTS = ("see_application_portal", "see_application_inside", "see_material")
# Every role that somebody may hold (rule book §1).
ROLES = (
    "applicant_editor", "applicant_signatory", "ru_officer", "ru_leader", "office_clerk", "office_director", "meeting_secretary", "expert",
    "group_leader", "group_member", "committee_chair", "committee_vice_chair", "committee_member", "caq_approver", "miit_observer",
    "miit_approver", "season_admin", "auditor",
)  # fmt: skip
# Roles that review and decide: who holds them is no business of applicants, units, the public and the platform's administrator (§7, A-61).
OF_A_SEASON = frozenset({"committee_chair", "committee_vice_chair", "committee_member"})  # their organisation is the season
JUDGING = _JUDGES = OF_A_SEASON | {"expert", "group_leader", "group_member"}


@dataclass(frozen=True)
class Grant:
    """One role's right: the relation its organisation must have to the subject, and a condition of the subject."""

    role: str
    relation: str
    condition: str


@cache
def grants(verb: str) -> tuple[Grant, ...]:
    """The grants of a verb; empty for an unknown verb."""
    found = []
    for text in _GRANTS.get(verb, "").split():
        who, _, condition = text.partition("+")
        role, _, relation = who.partition("/")
        found.append(Grant(role, relation, condition))
    return tuple(found)


def may(groups: Collection[str], verb: str, subject: Subject | None = None) -> bool:
    """Whether somebody with these groups (`role@organisation`) may do `verb` to `subject`."""
    thing = subject or Subject()
    held = [(role, organisation) for role, _, organisation in (group.partition("@") for group in groups)]
    experts = {organisation for role, organisation in held if role == "expert"}
    for grant in grants(verb):
        if grant.role == "anyone":
            return True
        if grant.role in _JUDGES and experts & thing.conflicted:
            continue
        if any(role == grant.role and _related(grant, organisation, thing) for role, organisation in held) and _met(grant, experts, thing):
            return True
    return False


def _related(grant: Grant, organisation: str, thing: Subject) -> bool:
    match grant.relation:
        case "":
            return True
        case "seat":
            return organisation in thing.experts
        case _:
            places = {"own": thing.enterprise, "unit": thing.unit, "group": thing.group, "season": thing.season, "self": thing.id}
            wanted = places[grant.relation]
            return bool(organisation) and organisation == wanted


def _met(grant: Grant, experts: set[str], thing: Subject) -> bool:
    match grant.condition:
        case "declared":
            return bool(experts & thing.declared)
        case "closed":
            return thing.closed
        case "scored":
            return thing.scored
        case "meeting":
            return thing.meeting
        case "released":
            return thing.released
        case _:
            return True


def refuse(groups: Collection[str], verb: str, subject: Subject | None = None) -> None:
    """Raise `Forbidden` when the act is not granted to somebody who may see the thing, `NotFound` when it is not even seen."""
    if may(groups, verb, subject):
        return
    if subject is not None and any(may(groups, sight, subject) for sight in _SIGHTS):
        raise Forbidden(
            "rights.forbidden",
            zh="您没有办理此事项的权限，如需办理请与全国质量标杆工作办公室联系",
            en="you may not do this; ask the office if you should",
            verb=verb,
        )
    raise NotFound("rights.not_found", zh="没有找到该内容，请核对地址或重新登录", en="not found; check the address or sign in again")


def separation_problems(groups: Collection[str], *, apart: Iterable[Apart]) -> tuple[Problem, ...]:
    """Why a person may not hold all these groups, by the pairs of a season (A-03); an applicant's account belongs to one enterprise."""
    roles = {group.partition("@")[0] for group in groups}
    found = [Problem(path="groups", zh=rule.zh, en=rule.en) for rule in apart if _joins(rule, roles)]
    enterprises = {group.partition("@")[2] for group in groups if group.startswith("applicant_")}
    if len(enterprises) > 1:
        found.append(Problem(path="groups", zh="一个申报账号只能绑定一家企业", en="an applicant's account belongs to one enterprise"))
    return tuple(found)


def are_apart(one: str, other: str, *, apart: Iterable[Apart]) -> bool:
    """Whether one person may not hold both roles in a season with these pairs."""
    return any(_joins(rule, {one, other}) for rule in apart)


def _joins(rule: Apart, roles: Collection[str]) -> bool:
    return not set(rule.roles).isdisjoint(roles) and not set(rule.apart_from).isdisjoint(roles)


def refuse_same_person(*, first: str, second: str) -> None:
    """Raise `Forbidden` when the second person of an act (复核) is the first one."""
    if first == second:
        raise Forbidden(
            "rights.second_person",
            zh="复核须由另一人办理，请退回本组由同事签收",
            en="the check must be done by another person; give the task back to your group",
        )
