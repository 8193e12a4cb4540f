"""Who objects, who reviews, what is drafted: seen by those the rule book names (§7, §14) and nobody else."""

import io
import json
import zlib

import pytest
from sqlalchemy import insert, select

from selection.rights import Subject
from store.engine import tables as engine_tables
from store.selection import tables_application as applications
from store.selection import tables_people as people
from store.selection import tables_result as results
from store.selection import tables_review as reviews
from store.selection.mail import mail
from store.selection.sight import application_subject
from tests.security.conftest import MOMENTS

OUTSIDE = ("applicant_editor", "applicant_signatory", "ru_officer", "ru_leader", "season_admin")


def test_every_photograph_was_taken(played):
    assert set(played.taken) == {*MOMENTS, "ranking", "end"}


# ---- the objector


def objectors(scene):
    found = [row for row in scene.all(select(results.objection.c.objector)) if row]
    assert found, "nobody objected: this test would prove nothing"
    return {str(value) for row in found for key, value in row.items() if key != "language" and len(str(value)) > 1}


def everything_outside(scene, *but):
    """Every text of every table but some, as one string per table."""
    for table in (*engine_tables.metadata.sorted_tables, mail):
        if table.name in but:
            continue
        for row in scene.rows(select(table)):
            plain = {name: value for name, value in row.items() if not isinstance(value, bytes)}
            yield table.name, json.dumps(plain, ensure_ascii=False, default=str)


def test_the_objector_is_written_down_in_one_place_only(at):
    scene = at("end")
    names = objectors(scene)
    # The objector's own receipt and answer are addressed to the contact given; no other row holds a word of it.
    own = {f'"address": "{name}"' for name in names}
    outside = [(table, text) for table, text in everything_outside(scene) if not (table == "mail" and any(mark in text for mark in own))]
    leaks = {(table, name) for table, text in outside for name in names if name in text}
    assert leaks == set()


def test_the_objector_is_no_variable_of_any_case(at):
    scene = at("objection")
    names = objectors(scene)
    for root in scene.all(select(engine_tables.instance.c.root)):
        for task in scene.all(
            select(engine_tables.task.c.id).where(engine_tables.task.c.root == root, engine_tables.task.c.state == "open")
        ):
            shown = json.dumps(dict(scene.house.engine.variables(task=task)), ensure_ascii=False, default=str)
            assert not {name for name in names if name in shown}


def document(scene, *, owner, by, code, name):
    """A stored file of somebody, as an upload leaves it."""
    stored = scene.house.files.put(io.BytesIO(f"{owner} {name}".encode()))
    row = {
        "id": f"F{zlib.crc32(f'{owner} {name}'.encode()):010}", "season": "cn-2023", "owner": owner, "code": code, "name": name,
        "version": 100 + len(name), "size": stored.size,
        "type": "pdf", "sha256": stored.sha256, "at": scene.house.clock.now(), "by": by,
    }  # fmt: skip
    known = {column.name for column in applications.document.columns}
    scene.run(
        lambda connection: connection.execute(
            insert(applications.document).values({key: value for key, value in row.items() if key in known})
        )
    )
    return row["id"]


def circle(scene, application):
    """People around an application: its applicant, its unit's officer, a stranger of each kind, the office."""
    row = scene.rows(select(applications.application).where(applications.application.c.id == application))[0]
    others = scene.all(select(people.enterprise.c.id).where(people.enterprise.c.id != row["enterprise"]))
    units = scene.all(
        select(people.role_grant.c.organisation).where(
            people.role_grant.c.role == "ru_officer", people.role_grant.c.organisation != row["unit"]
        )
    )
    return {
        "applicant": scene.holder("applicant_editor", row["enterprise"]),
        "unit": scene.holder("ru_officer", row["unit"]),
        "other applicant": scene.holder("applicant_editor", others[0]),
        "other unit": scene.holder("ru_officer", units[0]),
        "administrator": scene.holder("season_admin"),
        "approver": scene.holder("caq_approver"),
        "clerk": scene.holder("office_clerk"),
        "auditor": scene.holder("auditor"),
    }


def who_opens(scene, file, around):
    return {name for name, person in around.items() if scene.visitor(person).get(f"/files/{file}").status_code == 200}


def test_papers_of_an_objection_are_the_offices_and_the_statement_the_applicants(at):
    scene = at("objection")
    row = scene.rows(select(results.objection))[0]
    around = circle(scene, row["application"])
    letter = document(scene, owner=row["id"], by=around["clerk"], code="D13", name="异议人的来信原件.pdf")
    statement = document(scene, owner=row["id"], by=around["applicant"], code="D13", name="书面说明.pdf")
    judges = {
        f"committee {person}": person
        for person in scene.all(select(people.role_grant.c.person).where(people.role_grant.c.role == "committee_member"))
    }

    assert who_opens(scene, letter, around | judges) == {"clerk", "auditor"}
    assert who_opens(scene, statement, around) == {"applicant", "clerk", "auditor"}


def test_the_report_of_a_site_visit_is_not_the_applicants_nor_the_units(at):
    scene = at("end")
    row = scene.rows(select(reviews.site_visit))[0]
    around = circle(scene, row["application"])
    report = document(scene, owner=row["id"], by=scene.holder("expert", row["leader"]), code="D9", name="现场考察报告.pdf")

    assert who_opens(scene, report, around) == {"clerk", "auditor"}


def test_what_was_found_out_about_a_title_is_not_its_holders(at):
    scene = at("end")
    row = scene.rows(select(results.title).where(results.title.c.application.is_not(None)))[0]
    around = circle(scene, row["application"])
    found = document(scene, owner=row["id"], by=around["clerk"], code="D13", name="举报线索.pdf")
    video = document(scene, owner=row["id"], by=around["applicant"], code="D10", name="视频.mp4")

    assert who_opens(scene, found, around) == {"clerk", "auditor"}
    assert "applicant" in who_opens(scene, video, around)


def test_an_application_that_is_not_submitted_is_unseen_by_the_unit_it_names(at):
    scene = at("filing")
    drafts = scene.rows(
        select(applications.application).where(
            applications.application.c.unit.is_not(None), applications.application.c.submitted_at.is_(None)
        )
    )
    assert drafts, "every application was submitted: this test would prove nothing"
    for row in drafts:
        around = circle(scene, row["id"])
        draft = document(scene, owner=row["id"], by="somebody else", code="D2", name="草稿.docx")
        assert who_opens(scene, draft, around) == {"applicant", "clerk", "auditor"}
        assert scene.visitor(around["unit"]).get(f"/portal/{row['id']}").status_code == 404


def test_a_receipt_cannot_be_guessed_from_another(at):
    scene = at("objection")
    receipts = scene.all(select(results.objection.c.receipt))
    assert receipts
    for receipt in receipts:
        assert len(receipt.rpartition("-")[2]) >= 12
    assert scene.visitor(None).get("/public/objection?receipt=2023-YY-0001").status_code == 404
    assert scene.visitor(None).get(f"/public/objection?receipt={receipts[0]}").status_code == 200


# ---- the experts


def test_no_letter_to_applicants_or_units_names_an_expert_or_a_score(at):
    scene = at("end")
    outside = set(
        scene.all(
            select(people.person.c.mail)
            .join(people.role_grant, people.role_grant.c.person == people.person.c.id)
            .where(people.role_grant.c.role.in_(OUTSIDE))
        )
    )
    others = set(scene.all(select(people.person.c.name).where(people.person.c.mail.in_(outside))))
    experts = {name for row in scene.rows(select(people.expert.c.name, people.expert.c.id)) for name in row.values()} - others
    assert len(experts) > 10
    letters = scene.rows(select(mail).where(mail.c.address.in_(outside)))
    assert len(letters) > 50
    for letter in letters:
        text = f"{letter['subject']}\n{letter['body']}"
        assert not {name for name in experts if name in text}, letter["template"]
        assert "分数" not in text
        assert "平均分" not in text


def test_files_open_to_experts_after_their_declaration_only(at):
    scene = at("desk")
    for row in scene.rows(
        select(reviews.assignment, reviews.seat.c.expert).join(reviews.seat, reviews.seat.c.id == reviews.assignment.c.seat)
    )[:40]:
        signed = scene.one(
            select(reviews.declaration.c.expert).where(
                reviews.declaration.c.seat == row["seat"],
                reviews.declaration.c.expert == row["expert"],
                reviews.declaration.c.outcome == "sign",
            )
        )
        barred = scene.one(
            select(reviews.conflict.c.expert).where(
                reviews.conflict.c.application == row["application"], reviews.conflict.c.expert == row["expert"]
            )
        )
        files = scene.all(
            select(applications.document.c.id).where(
                applications.document.c.owner == row["application"], applications.document.c.replaced_at.is_(None)
            )
        )
        expert = scene.visitor(scene.holder("expert", row["expert"]))
        answers = {expert.get(f"/files/{file}").status_code for file in files[:2]}
        assert answers == ({200} if signed and not barred else {404})


def test_a_members_seat_without_declaration_opens_nothing_before_a_meeting_either(at):
    scene = at("meeting")
    with scene.house.database.read() as connection:
        subjects = [
            application_subject(connection, one) for one in connection.execute(select(reviews.meeting_item.c.application)).scalars()
        ]
    assert all(isinstance(subject, Subject) and subject.meeting for subject in subjects)
    strangers = set(scene.all(select(people.expert.c.id))) - set(scene.all(select(reviews.attendance.c.member)))
    for subject in subjects[:5]:
        files = scene.all(select(applications.document.c.id).where(applications.document.c.owner == subject.id))
        for expert in sorted(strangers - subject.experts)[:3]:
            person = scene.one(
                select(people.role_grant.c.person).where(people.role_grant.c.role == "expert", people.role_grant.c.organisation == expert)
            )
            assert person is None or scene.visitor(person).get(f"/files/{files[0]}").status_code == 404


@pytest.mark.parametrize("moment", ["desk", "meeting", "released", "end"])
def test_the_history_of_a_case_is_for_the_office_and_the_auditor(at, moment):
    scene = at(moment)
    application = scene.one(select(applications.application.c.id))
    for role in OUTSIDE:
        person = scene.one(select(people.role_grant.c.person).where(people.role_grant.c.role == role))
        assert person is None or scene.visitor(person).get(f"/cases/{application}").status_code == 404
    assert scene.visitor(scene.holder("auditor")).get(f"/cases/{application}").status_code == 200
