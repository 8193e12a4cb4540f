from datetime import timedelta

import pytest

from handlers import application, documents, form_check
from selection.errors import Conflict, Forbidden, HouseError, Late
from tests.unit.handlers.conftest import BEFORE, LATE, letters, person


def refused(call, *args):
    with pytest.raises(HouseError) as refusal:
        call(*args)
    return refusal.value.code


def test_a_submission_one_millisecond_late_is_refused(stage):
    one = stage.enterprise(state="draft")
    with pytest.raises(Late) as refusal:
        application.submit(stage.context(now=LATE, application=one.id), {"outcome": "submit"})
    assert refusal.value.code == "deadline.passed"
    assert refused(application.submit, stage.context(now=BEFORE, application=one.id), {"outcome": "submit"}) == "uscc.bound"


def test_the_credit_code_is_the_one_the_account_is_bound_to(stage):
    one = stage.enterprise(state="draft")
    data = {"application_table": {"uscc": "91110000100000001A", "recommending_unit_id": "RU-LN"}, "outcome": "next"}
    assert refused(application.check, stage.context(application=one.id), data) == "uscc.bound"


def test_a_unit_that_has_delivered_takes_no_more(stage):
    one = stage.enterprise(state="draft")
    stage.unit()
    stage.facts.people.change_unit(season="cn-2023", code="RU-LN", delivered_at=BEFORE)
    data = {"application_table": {"uscc": one.uscc, "recommending_unit_id": "RU-LN"}, "outcome": "next"}
    assert refused(application.check, stage.context(application=one.id), data) == "unit.delivered"


def test_a_unit_that_is_not_on_the_list_is_refused(stage):
    one = stage.enterprise(state="draft")
    data = {"application_table": {"uscc": one.uscc, "recommending_unit_id": "RU-XX"}, "outcome": "next"}
    assert refused(application.check, stage.context(application=one.id), data) == "unit.unknown"


def test_a_submission_gets_a_number_once_and_reaches_its_unit(stage):
    one = stage.enterprise(state="draft")
    stage.unit()
    first = application.submitted(stage.context(application=one.id), {})
    application.submitted(stage.context(application=one.id), {})
    assert first == {"unit": "RU-LN", "unit_conflict": False, "outcome": "submitted"}
    assert stage.facts.applications.get(one.id).number == "2023-0001"
    assert stage.sent.messages[0] == ("application.submitted", "RU-LN", {"application": one.id})


def test_only_the_owner_or_the_office_withdraws_and_nobody_after_the_end(stage):
    one = stage.enterprise()
    with pytest.raises(Forbidden):
        application.may_withdraw(stage.context(application=one.id, groups=("applicant_editor@E999",)), {})
    mine = stage.context(application=one.id, groups=(f"applicant_editor@{one.enterprise}",))
    assert refused(application.may_withdraw, mine, {"reason": " "}) == "field.needed"
    application.may_withdraw(mine, {"reason": "经营计划调整"})
    stage.facts.applications.change(one.id, state="approved")
    assert refused(application.may_withdraw, mine, {}) == "application.withdrawal_over"
    stage.facts.applications.move(one.id, state="announced", at=BEFORE)
    with pytest.raises(Conflict):
        application.may_withdraw(mine, {})


def test_what_has_a_day_of_its_own_is_late_after_it(stage):
    """§14: a form that was sent back, another unit and a 补正 are each taken until their own instant, also while their step still stands."""
    one = stage.enterprise(state="returned")
    over = {"now": BEFORE, "due": BEFORE - timedelta(hours=1), "application": one.id}
    assert refused(application.resubmit, stage.context(**over), {"outcome": "next"}) == "deadline.passed"
    assert refused(form_check.submit_correction, stage.context(element="N04d", **over), {}) == "deadline.passed"
    assert refused(application.confirm_unit, stage.context(now=LATE, application=one.id), {"unit": "RU-DL"}) == "deadline.passed"
    assert stage.facts.applications.get(one.id).unit == "RU-LN"


def test_a_unit_hears_of_the_end_of_what_was_handed_in_to_it_and_of_no_draft(told):
    told.unit()
    person(told.facts, "officer", "ru_officer@RU-LN")
    draft, filed = told.enterprise(1, state="draft"), told.enterprise(2)
    told.facts.applications.change(filed.id, submitted_at=BEFORE)
    for one in (draft, filed):
        application.close(told.context(application=one.id, reason="企业已注销"), {"state": "terminated"})
    assert letters(told.facts.connection) == [("04_closed", "officer@example.invalid")]


def test_another_unit_may_be_named_until_the_close_only(stage):
    one = stage.enterprise(state="not_nominated")
    assert application.may_rechoose(stage.context(application=one.id), {}) == {"open": True}
    assert application.may_rechoose(stage.context(now=LATE, application=one.id), {}) == {"open": False}
    assert refused(application.choose_unit, stage.context(application=one.id), {"outcome": "other", "unit": "RU-LN"}) == "unit.same"


def test_a_file_must_have_the_type_and_the_uploader_of_its_code(stage):
    one = stage.enterprise(state="draft")
    file = {"code": "D2", "name": "经验.docx", "size": 10, "type": "x", "sha256": "1" * 64}
    applicant = stage.context(application=one.id, groups=(f"applicant_editor@{one.enterprise}",), element="N02a")
    documents.attach(applicant, file)
    assert [row.name for row in stage.facts.documents.living(season="cn-2023", owner=one.id)] == ["经验.docx"]
    assert refused(documents.attach, applicant, file | {"name": "经验.exe"}).startswith("document.")
    assert refused(documents.attach, applicant, file | {"code": "D9.report", "name": "a.pdf"}) == "document.uploader"


def test_nobody_takes_another_s_file_off_nor_brings_back_what_was_removed_for_good(stage):
    one, other = stage.enterprise(1, state="draft"), stage.enterprise(2, state="draft")
    for each in (one, other):
        stage.file(each.id, "D3")
    (own,), (foreign,) = (stage.facts.documents.living(season="cn-2023", owner=each.id) for each in (one, other))
    applicant = stage.context(application=one.id, groups=(f"applicant_editor@{one.enterprise}",), element="N02a")
    assert refused(documents.remove, applicant, {"document": foreign.id}) == "fact.missing"
    stage.facts.documents.bury(season="cn-2023", owner=one.id, sha256=own.sha256, reason="涉密", at=BEFORE, by="P1", second="P2")
    again = {"code": "D3", "name": "a.pdf", "size": 1, "type": "x", "sha256": own.sha256}
    assert refused(documents.attach, applicant, again) == "document.buried"
    assert len(stage.facts.documents.living(season="cn-2023", owner=other.id)) == 1


def test_a_correction_takes_listed_items_only(stage):
    one = stage.enterprise(state="correction_requested")
    stage.facts.form_checks.ask_correction(application=one.id, items=[{"part": "evidence", "demand": "补"}], at=BEFORE, due=LATE)
    applicant = stage.context(application=one.id, groups=(f"applicant_editor@{one.enterprise}",), element="N04d")
    file = {"code": "D3.correction", "name": "a.pdf", "size": 10, "type": "x", "sha256": "1" * 64}
    documents.attach(applicant, file)
    assert refused(documents.attach, applicant, file | {"code": "D2", "name": "a.docx"}) == "correction.item"


def test_who_names_another_unit_uploads_the_application_that_names_it_and_nothing_else(stage):
    one = stage.enterprise(state="not_nominated")
    applicant = stage.context(application=one.id, groups=(f"applicant_editor@{one.enterprise}",), element="N02d")
    file = {"code": "D1.scan", "name": "a.pdf", "size": 10, "type": "x", "sha256": "1" * 64}
    documents.attach(applicant, file)
    assert [row.name for row in stage.facts.documents.living(season="cn-2023", owner=one.id)] == ["a.pdf"]
    assert refused(documents.attach, applicant, file | {"code": "D2", "name": "a.docx"}) == "document.step"


def is_open(stage):
    stage.facts.calendar.open_season(season="cn-2023", year=2023, title="2023年全国质量标杆")
    stage.facts.calendar.set_season_state(season="cn-2023", state="open", at=BEFORE)


def beginning(stage, enterprise, *, now=BEFORE, application="", groups=None):
    application = application or stage.facts.applications.reserve()
    own = {f"applicant_editor@{enterprise}"} if groups is None else groups
    return application, stage.context(now=now, groups=own, application=application, enterprise=enterprise)


def test_an_application_is_opened_by_the_command_that_begins_its_case(stage):
    enterprise = stage.enterprise().enterprise
    is_open(stage)
    new, ctx = beginning(stage, enterprise)
    assert stage.facts.applications.get(new) is None
    application.may_begin(ctx, {})
    row = stage.facts.applications.get(new)
    assert (row.enterprise, row.season, row.state) == (enterprise, "cn-2023", "draft")


def test_nobody_begins_late_for_another_or_under_an_invented_number(stage):
    enterprise = stage.enterprise().enterprise
    is_open(stage)
    for expected, changed in (
        ("application.closed", {"now": LATE}),
        ("application.foreign", {"groups": {"applicant_editor@E999"}}),
        ("fact.missing", {"application": "A999"}),
        ("fact.missing", {"application": "B1"}),
    ):
        new, ctx = beginning(stage, enterprise, **changed)
        assert refused(application.may_begin, ctx, {}) == expected
        assert stage.facts.applications.get(new) is None
    known = stage.enterprise(2)
    _, ctx = beginning(stage, enterprise, application=known.id)
    assert refused(application.may_begin, ctx, {}) == "application.foreign"
