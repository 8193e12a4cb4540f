"""Facts that others change at the same moment: what a withdrawal decided stays, and first numbers are given once."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from selection.errors import Conflict
from store.selection import tables_people as p
from store.selection.application import ApplicationFacts
from store.selection.documents import DocumentFacts

NOW = datetime(2023, 9, 14, tzinfo=UTC)


@pytest.fixture
def application(database):
    with database.write() as connection:
        connection.execute(insert(p.enterprise).values(id="E1", uscc="U", name="n", bound_by="x", bound_at=NOW))
        return ApplicationFacts(connection).open(season="s", enterprise="E1", at=NOW)


def state(database, application):
    with database.read() as connection:
        return ApplicationFacts(connection).get(application).state


@pytest.mark.parametrize("left", ["withdrawn", "terminated"])
def test_nothing_moves_an_application_that_left(database, application, left):
    with database.write() as connection:
        facts = ApplicationFacts(connection)
        assert facts.move(application, state=left, at=NOW)
        assert not facts.move(application, state="submitted", at=NOW)
    assert state(database, application) == left


def test_nothing_moves_an_application_past_a_step_of_its_life(database, application):
    """§9.1, whatever a diagram asks for."""
    with database.write() as connection:
        facts = ApplicationFacts(connection)
        with pytest.raises(Conflict, match=r"stage\.move"):
            facts.move(application, state="approved", at=NOW)
        facts.change(application, unit="RU-LN")
        assert not facts.move(application, state="submitted", at=NOW, unit="RU-SD"), "it has another unit"
        assert facts.move(application, state="submitted", at=NOW, unit="RU-LN")
        assert facts.move(application, state="submitted", at=NOW), "once more is the same"
    assert state(database, application) == "submitted"


def test_a_withdrawal_under_way_is_waited_for_and_stays(database, application):
    moved = []

    def nominate():
        with database.write() as connection:
            moved.append(ApplicationFacts(connection).move(application, state="submitted", at=NOW))

    other = threading.Thread(target=nominate)
    with database.write() as connection:
        ApplicationFacts(connection).move(application, state="withdrawn", at=NOW)
        other.start()
    other.join(timeout=20)
    assert (moved, state(database, application)) == ([False], "withdrawn")


def test_the_first_number_of_a_kind_is_given_once(database):
    given = []

    def take():
        with database.write() as connection:
            given.append(ApplicationFacts(connection).next_number("new"))

    other = threading.Thread(target=take)
    with database.write() as connection:
        given.append(ApplicationFacts(connection).next_number("new"))
        other.start()
    other.join(timeout=20)
    assert sorted(given) == [1, 2]


def test_files_that_come_for_one_owner_at_once_are_numbered_one_after_the_other(database):
    """Two tasks may gather papers of one owner: a seat's declaration is recorded by whichever clerk has it at hand."""
    failed, gate = [], threading.Barrier(4)

    def add(name):
        gate.wait(timeout=20)
        for number in range(12):
            try:
                with database.write() as connection:
                    DocumentFacts(connection).attach(
                        season="s", owner="o", code="D12.answer", name=f"{name}{number}.pdf", size=1, type="application/pdf", sha256="0", at=NOW, by="p"
                    )
            except Exception as error:  # noqa: BLE001 - a thread's failure is told at its end
                failed.append(error)

    threads = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failed == []
    with database.read() as connection:
        versions = [row.version for row in DocumentFacts(connection).living(season="s", owner="o")]
    assert sorted(versions) == list(range(1, 49))
