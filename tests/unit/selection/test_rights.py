"""Rights: one table."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from selection.errors import Forbidden, NotFound
from selection.rights import ROLES, VERBS, Subject, grants, may, refuse, refuse_same_person, separation_problems
from selection.season import Season
from selection.season_parts import SEPARATION, Apart
from web import roles

ROOMS = ("handlers", "web", "store", "app", "rest")
SUBJECT = Subject(
    kind="application",
    id="A001",
    enterprise="E001",
    unit="RU-LN",
    group="G1",
    season="cn-2023",
    experts=frozenset({"X001", "X002"}),
    declared=frozenset({"X001"}),
)
EDITOR = ["applicant_editor@E001"]
OTHER_EDITOR = ["applicant_editor@E002"]
OFFICER = ["ru_officer@RU-LN"]
OTHER_OFFICER = ["ru_officer@RU-DL"]
CLERK = ["office_clerk@caq"]
DIRECTOR = ["office_director@caq"]
ADMIN = ["season_admin@caq"]
AUDITOR = ["auditor@caq"]
EXPERT = ["expert@X001"]
UNDECLARED = ["expert@X002"]
STRANGER = ["expert@X009"]
LEADER = ["expert@X001", "group_leader@G1"]
CHAIR = ["expert@X003", "committee_chair@cn-2023"]
FORMER = ["expert@X003", "committee_chair@cn-2022", "committee_chair@caq"]
APPROVER = ["caq_approver@caq"]


PAPERS = {"see_material", "download_document"}
PARTS = PAPERS | {"see_unit_opinion", "see_unit_ranking", "see_application_portal", "see_application_inside", "see_scores", "see_comment"}


def seen(groups: list[str], subject: Subject = SUBJECT) -> set[str]:
    return {verb for verb in PARTS if may(groups, verb, subject)}


@pytest.mark.parametrize(
    ("groups", "parts"),
    [
        ([], set()),
        (["public@"], set()),
        (EDITOR, PAPERS | {"see_application_portal"}),
        (OTHER_EDITOR, set()),
        (OFFICER, PAPERS | {"see_unit_opinion", "see_unit_ranking", "see_application_portal"}),
        (OTHER_OFFICER, set()),
        (EXPERT, PAPERS | {"see_unit_opinion"}),
        (UNDECLARED, set()),
        (STRANGER, set()),
        (CHAIR, set()),
        (ADMIN, set()),
        (APPROVER, set()),
        (LEADER, PAPERS | {"see_unit_opinion"}),
    ],
)
def test_who_sees_which_part_of_an_application(groups: list[str], parts: set[str]) -> None:
    assert seen(groups) == parts


@pytest.mark.parametrize("groups", [CLERK, DIRECTOR, AUDITOR])
def test_office_and_auditor_see_everything(groups: list[str]) -> None:
    assert seen(groups) == PARTS


@pytest.mark.parametrize("groups", [EDITOR, OFFICER, ADMIN, [], APPROVER])
def test_scores_experts_and_objectors_stay_inside_whatever_happens(groups: list[str]) -> None:
    open_door = replace(SUBJECT, closed=True, scored=True, meeting=True, released=True)
    for verb in ("see_scores", "see_objector", "see_meeting", "see_application_inside"):
        assert not may(groups, verb, open_door)


def test_others_scores_are_invisible_until_the_group_closes() -> None:
    assert not may(EXPERT, "see_scores", replace(SUBJECT, scored=True))
    assert may(EXPERT, "see_scores", replace(SUBJECT, closed=True))
    assert not may(LEADER, "see_scores", SUBJECT)
    assert may(LEADER, "see_scores", replace(SUBJECT, scored=True))
    assert not may(["expert@X001", "group_leader@G2"], "see_scores", replace(SUBJECT, scored=True))


def test_no_file_opens_before_the_declaration() -> None:
    assert not may(UNDECLARED, "download_document", SUBJECT)
    assert may(UNDECLARED, "download_document", replace(SUBJECT, declared=frozenset({"X002"})))


def test_a_conflict_shuts_out_an_expert_in_every_role() -> None:
    conflicted = replace(SUBJECT, conflicted=frozenset({"X001", "X003"}), meeting=True, closed=True)
    for groups in (EXPERT, LEADER, CHAIR):
        assert seen(groups, conflicted) == set()
        assert not may(groups, "see_meeting", conflicted)


def test_the_committee_sees_what_lies_before_its_meeting() -> None:
    assert not may(CHAIR, "see_material", SUBJECT)
    assert may(CHAIR, "see_material", replace(SUBJECT, meeting=True))
    assert may(CHAIR, "see_meeting", replace(SUBJECT, meeting=True))
    for verb in ("see_material", "see_scores", "see_meeting"):
        assert not may(FORMER, verb, replace(SUBJECT, meeting=True)), "a former season's committee sees nothing of this one's"


def test_the_comment_is_the_applicants_once_results_are_announced() -> None:
    assert not may(EDITOR, "see_comment", SUBJECT)
    assert may(EDITOR, "see_comment", replace(SUBJECT, released=True))
    for groups in (OTHER_EDITOR, OFFICER, EXPERT):
        assert not may(groups, "see_comment", replace(SUBJECT, released=True))


@pytest.mark.parametrize(
    ("verb", "able", "unable"),
    [
        ("start:application", [EDITOR, CLERK], [OTHER_EDITOR, OFFICER, EXPERT, ADMIN, []]),
        ("message:application.withdraw", [EDITOR, DIRECTOR], [OTHER_EDITOR, OFFICER, CLERK, ADMIN]),
        ("message:application.terminate", [DIRECTOR], [EDITOR, CLERK, ADMIN]),
        ("message:recommendation.record", [CLERK], [OFFICER, DIRECTOR]),
        ("start:objection", [[], EDITOR], []),
        ("message:title.report", [[], CLERK], []),
        ("deploy", [ADMIN], [CLERK, DIRECTOR, AUDITOR]),
        ("extend_deadline", [DIRECTOR], [CLERK, ADMIN, OFFICER]),
        ("release_mail", [DIRECTOR], [CLERK, CHAIR, ADMIN]),
        ("see_incidents", [ADMIN], [CLERK, EDITOR, AUDITOR]),
        ("see_outbox", [CLERK, AUDITOR], [ADMIN, OFFICER]),
        ("keep_subscribers", [CLERK, DIRECTOR], [ADMIN, AUDITOR, OFFICER]),
        ("manage_accounts", [ADMIN], [CLERK, DIRECTOR]),
        ("see_public", [[]], []),
    ],
)
def test_verbs_belong_to_roles(verb: str, able: list[list[str]], unable: list[list[str]]) -> None:
    assert [groups for groups in able if not may(groups, verb, SUBJECT)] == []
    assert [groups for groups in unable if may(groups, verb, SUBJECT)] == []


def test_an_empty_relation_belongs_to_nobody() -> None:
    nobody = Subject(kind="application")
    for groups in (["applicant_editor@"], ["ru_officer@"], ["group_leader@"], ["expert@"]):
        assert seen(groups, nobody) == set()


def test_unknown_verbs_are_never_granted() -> None:
    assert not may([*CLERK, *ADMIN, *DIRECTOR], "burn_everything", SUBJECT)
    assert all(grants(verb) for verb in VERBS)


def test_refusals_hide_what_is_not_seen() -> None:
    refuse(CLERK, "see_objector", SUBJECT)
    with pytest.raises(Forbidden):
        refuse(EDITOR, "see_objector", SUBJECT)
    for groups in (OTHER_EDITOR, [], ADMIN):
        with pytest.raises(NotFound):
            refuse(groups, "see_objector", SUBJECT)
    with pytest.raises(NotFound):
        refuse(EDITOR, "deploy")


@pytest.mark.parametrize(
    "groups",
    [
        [*OFFICER, *EXPERT],
        [*EDITOR, *OFFICER],
        [*EDITOR, *EXPERT],
        [*EDITOR, *OTHER_EDITOR],
        [*APPROVER, *CLERK],
        [*ADMIN, *CLERK],
        [*AUDITOR, *CLERK],
    ],
)
def test_duties_that_one_person_may_not_join(season: Season, groups: list[str]) -> None:
    assert len(separation_problems(groups, apart=season.separation)) == 1


@pytest.mark.parametrize("groups", [[], EDITOR, [*EDITOR, "applicant_signatory@E001"], LEADER, CHAIR, [*CLERK, "meeting_secretary@caq"]])
def test_duties_that_go_together(season: Season, groups: list[str]) -> None:
    assert separation_problems(groups, apart=season.separation) == ()


def test_a_season_says_which_duties_are_parted(season: Season) -> None:
    """A-03 is a default: what 2023 says is what a season that says nothing has; another one parts what it names and nothing else."""
    assert season.separation == SEPARATION
    only = (Apart(("auditor",), ("expert",), "监督人员不能评审", "an auditor cannot judge"),)
    assert separation_problems([*OFFICER, *EXPERT], apart=only) == ()
    assert [found.zh for found in separation_problems([*AUDITOR, *EXPERT], apart=only)] == ["监督人员不能评审"]
    assert len(separation_problems([*EDITOR, *OTHER_EDITOR], apart=())) == 1


def test_the_roles_that_settings_may_name_are_those_that_people_hold() -> None:
    assert set(ROLES) == set(roles.ROLES)


def test_the_second_person_is_another_one() -> None:
    refuse_same_person(first="u1", second="u2")
    with pytest.raises(Forbidden):
        refuse_same_person(first="u1", second="u1")


def test_every_right_is_asked_for_by_something() -> None:
    """A row of the table that nothing asks for would look like a guard and be none."""
    source = "".join(path.read_text("utf-8") for room in ROOMS for ending in ("py", "html") for path in Path(room).rglob(f"*.{ending}"))
    diagrams = "".join(path.read_text("utf-8") for path in Path("processes/cn-2023").glob("*.bpmn"))
    begun = {f"start:{name}" for name in re.findall(r'<bpmn:process id="([^"]+)"', diagrams)}
    sent = {f"message:{name}" for name in re.findall(r'<bpmn:message id="[^"]+" name="([^"]+)"', diagrams)}
    assert {verb for verb in VERBS - begun - sent if f'"{verb}"' not in source} == set()
