from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from store.engine.tables import version, version_file
from store.selection.check_filing import quota_kept
from store.selection.facts import Facts
from store.selection.queries_public import exchange_count, holders_of, public_exchanges
from store.selection.tables_application import application as application_table

NOW = datetime(2023, 9, 1, 1, tzinfo=UTC)


@pytest.fixture
def facts(database):
    with database.write() as connection:
        yield Facts(connection)


def application(facts):
    enterprise = facts.people.bind_enterprise(uscc="91350100M000100Y43", name="甲", by="P1", at=NOW)
    return facts.applications.open(season="cn-2023", enterprise=enterprise, at=NOW)


def test_identifiers_count_by_kind(facts):
    assert [facts.people.next_id("A"), facts.people.next_id("A"), facts.people.next_id("G", digits=1)] == ["A001", "A002", "G1"]


def test_a_credit_code_is_bound_once(facts):
    application(facts)
    with pytest.raises(IntegrityError), facts.connection.begin_nested():
        facts.people.bind_enterprise(uscc="91350100M000100Y43", name="乙", by="P2", at=NOW)


def test_a_new_row_has_the_defaults_of_its_table(facts):
    enterprise = facts.people.bind_enterprise(uscc="91350100M000100Y43", name="甲", by="P1", at=NOW)
    facts.applications._add(application_table, id="A7", season="s", enterprise=enterprise, created_at=NOW)
    made = facts.applications.get("A7")
    assert (made.state, made.late) == ("draft", False)


def test_an_experts_invitation_is_read_by_itself(facts):
    for expert in ("X001", "X002"):
        facts.people.set_invitation(season="cn-2023", expert=expert, state="invited", at=NOW, turn=1)
    facts.people.set_invitation(season="cn-2023", expert="X002", state="declined", at=NOW)
    asked = [facts.people.invitation(season="cn-2023", expert=expert) for expert in ("X001", "X002", "X003")]
    assert [row and row.state for row in asked] == ["invited", "declined", None]


def test_a_member_votes_once_per_item_and_round(facts):
    made = facts.meetings.convene(season="cn-2023", kind="award", subject="cn-2023", parent="season", at=NOW)
    facts.meetings.vote(meeting=made, item="A001", turn=1, member="X001", choice="yes", at=NOW, by="P1")
    with pytest.raises(IntegrityError), facts.connection.begin_nested():
        facts.meetings.vote(meeting=made, item="A001", turn=1, member="X001", choice="no", at=NOW, by="P1")


def test_every_version_of_a_score_stays(facts):
    one = application(facts)
    for total, state in ((None, "draft"), ("80", "final"), ("80", "void")):
        facts.reviews.save_score(
            expert="X001", application=one, stage="desk", seat="G1/X001", state=state, sheet={"overall": "好"}, total=total, at=NOW, by="P1"
        )
    versions = facts.reviews.score_versions(expert="X001", application=one, stage="desk")
    assert [(row.version, row.state, row.total) for row in versions] == [(1, "draft", None), (2, "final", "80"), (3, "void", "80")]
    assert facts.reviews.scores(application=one, stage="desk") == []


def test_ranks_can_be_exchanged(facts):
    one = application(facts)
    two = facts.applications.open(season="cn-2023", enterprise=facts.applications.get(one).enterprise, at=NOW)
    for ranks in ({one: 1, two: 2}, {one: 2, two: 1}):
        facts.nominations.save_ranking(season="cn-2023", unit="RU-LN", ranks=ranks, at=NOW, by="P1")
    assert [row.application for row in facts.nominations.of_unit(season="cn-2023", unit="RU-LN")] == [two, one]


@pytest.mark.parametrize(("counted", "violations"), [("experience", 1), ("enterprise", 0)])
def test_the_doctor_counts_places_as_the_season_does(facts, counted, violations):
    """AMB-10: two experiences of one enterprise take two places, or one where places are counted in enterprises."""
    one = application(facts)
    two = facts.applications.open(season="cn-2023", enterprise=facts.applications.get(one).enterprise, at=NOW)
    facts.people.add_unit(season="cn-2023", code="RU-LN", name="甲", kind=None, base=1, widened=1)
    deployed = {"id": 1, "name": "cn-2023", "number": 1, "digest": "d", "deployed_at": NOW, "deployed_by": "P1", "processes": [], "message_starts": {}}
    facts.connection.execute(version.insert().values(**deployed, profile="season"))
    facts.connection.execute(version_file.insert().values(version=1, path="season.toml", content=f'[quota]\nunit = "{counted}"'.encode()))
    for name in (one, two):
        facts.nominations.decide(
            application=name, season="cn-2023", unit="RU-LN", state="nominated", reason=None, by_proxy=False, at=NOW, by="P1"
        )
    assert len(list(quota_kept(facts.connection))) == violations


def test_a_token_opens_once_and_not_after_its_time(facts):
    facts.people.add_token(digest="h", purpose="reset", person="P1", mail=None, grants=[], at=NOW, expires=NOW + timedelta(hours=1))
    assert facts.people.use_token(digest="h", purpose="reset", now=NOW + timedelta(hours=1)) is None
    assert facts.people.use_token(digest="h", purpose="reset", now=NOW).person == "P1"
    assert facts.people.use_token(digest="h", purpose="reset", now=NOW) is None


def test_the_calendar_comes_back_as_it_was_imported(facts):
    off, working = [[date(2023, 9, 29), date(2023, 10, 6)]], [date(2023, 10, 7)]
    facts.calendar.import_year(year=2023, status="official", off=off, working=working, source="国办发明电", at=NOW, by="P1")
    calendar = facts.calendar.calendar()
    assert not calendar.is_working_day(date(2023, 10, 2))
    assert calendar.is_working_day(date(2023, 10, 7))
    assert calendar.is_official(2023)


def test_two_who_note_the_same_new_fact_at_once_leave_one(database):
    at_once = Barrier(2, timeout=20)

    def note(connection, item, reason):
        Facts(connection).meetings.recuse(meeting=made, item=item, member="M", reason=reason)

    def notes(member):
        for number in range(20):
            at_once.wait()
            database.run(partial(note, item=f"A{number}", reason=member))

    with database.write() as connection:
        made = Facts(connection).meetings.convene(season="cn-2023", kind="award", subject="cn-2023", parent="season", at=NOW)
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(notes, ["one", "two"])) == [None, None]
    with database.read() as connection:
        assert len(Facts(connection).meetings.recusals(made)) == 20


def test_a_result_is_released_once(facts):
    given = {"kind": "award", "subject": "B1", "at": NOW, "by": "P1", "recipients": []}
    assert [facts.publicity.release(**given), facts.publicity.release(**given)] == [True, False]


def test_a_new_file_of_the_same_name_takes_the_place_of_the_earlier_and_a_removal_hides_it(facts):
    file = {"season": "cn-2023", "owner": "A001", "code": "D3", "name": "a.pdf", "size": 1, "type": "pdf", "at": NOW, "by": "P1"}
    facts.documents.attach(**file, sha256="1" * 64)
    facts.documents.attach(**file, sha256="2" * 64)
    assert [row.version for row in facts.documents.living(season="cn-2023", owner="A001")] == [2]
    facts.documents.attach(**{**file, "owner": "A002"}, sha256="2" * 64)
    facts.documents.bury(season="cn-2023", owner="A001", sha256="2" * 64, reason="误传", at=NOW, by="P1", second="P2")
    assert facts.documents.living(season="cn-2023", owner="A001") == []
    assert len(facts.documents.living(season="cn-2023", owner="A002")) == 1, "the same content in another case stays"
    assert facts.documents.holds("2" * 64)
    facts.documents.bury(season="cn-2023", owner="A002", sha256="2" * 64, reason="误传", at=NOW, by="P1", second="P2")
    assert not facts.documents.holds("2" * 64)
    assert len(facts.documents.all_of(season="cn-2023", owner="A001")) == 2


def test_who_has_lost_the_title_is_named_at_no_event_any_more(facts):
    for number, state in (("CN-2023-001", "active"), ("CN-2023-002", "revoked")):
        told = {"season": "cn-2023", "enterprise": None, "application": None, "experience_name": "经验", "uscc": None, "year": 2023, "at": NOW}
        facts.titles.grant(title=number, holder=number[-1], **told)
        facts.titles.change(number, state=state)
    assert holders_of(facts.connection, ["CN-2023-001", "CN-2023-002", "CN-2023-009"]) == {"CN-2023-001": "1"}


def test_events_are_listed_the_latest_first_and_only_as_they_are_told(facts):
    facts.calendar.open_season(season="cn-2023", year=2023, title="2023年")
    for name, day in (("一", "2024-03-01"), ("二", "2024-06-01"), ("三", None)):
        facts.calendar.add_exchange(season="cn-2023", name=name, held_on=day, data={"place": "北京"}, at=NOW, by="P1")
    assert [row["name"] for row in public_exchanges(facts.connection, limit=9)] == ["二", "一", "三"]
    assert exchange_count(facts.connection) == 3
