"""Cases put elsewhere and started once more by an administrator: with a reason, in the chained history, all or nothing."""

import pytest

from engine.bpmn.modifying import Change
from engine.errors import EngineError
from engine.refusals import NeedsReason, NotFound, StillGoes, Suspended
from store.engine.tables import history, instance, task
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
BACK = (Change("cancel", "b"), Change("before", "a", local={"hint": "again"}))


@pytest.fixture
def case(engine, people, rows):
    """A case that stands at its second task."""
    users = [DRAW.user(name, 'camunda:candidateGroups="clerk@office"') for name in "ab"]
    xml = DRAW.diagram(DRAW.start(), *users, DRAW.script("count", "n = n + 1"), DRAW.end(), DRAW.flows("s-a-b-count-e"))
    engine.deploy(name="t", files={"p.bpmn": xml}, actor=people.system)
    root = engine.start(process="p", business_key="K", variables={"n": 1}, tenant="t", actor=people.ann)
    engine.complete(task=rows(task)[0]["id"], data={}, actor=people.ann)
    return root


def open_tasks(rows):
    return [row["element"] for row in rows(task, state="open")]


def test_a_case_is_put_back_with_a_reason_and_the_history_tells_all(engine, people, case, rows):
    engine.modify(root=case, changes=BACK, variables={"n": 5}, reason="wrong list", actor=people.chief)
    assert open_tasks(rows) == ["a"]
    (note,) = rows(history, root=case, kind="modify")
    told = [{"kind": "cancel", "place": "b"}, {"kind": "before", "place": "a", "local": ["hint"]}]
    assert (note["actor"], note["data"]) == ("chief", {"reason": "wrong list", "changes": told, "within": ""})
    assert [row["element"] for row in rows(history, root=case, kind="cancelled")] == ["b"]
    assert {row["element"]: row["state"] for row in rows(task)} == {"b": "cancelled", "a": "open"}
    for _ in range(2):
        engine.complete(task=rows(task, state="open")[0]["id"], data={}, actor=people.ann)
    assert rows(history, root=case, kind="variable")[-1]["data"]["new"] == 6
    assert engine.check() == {}


def test_a_fault_changes_nothing(engine, people, case, rows):
    with pytest.raises(EngineError) as refusal:
        engine.modify(root=case, changes=[*BACK, Change("before", "nowhere")], reason="r", actor=people.chief)
    assert refusal.value.code == "MOD-PLACE"
    assert open_tasks(rows) == ["b"]
    assert rows(history, root=case, kind="modify") == []


def test_without_a_reason_a_right_or_while_it_is_suspended_nothing_is_changed(engine, people, case, rows):
    with pytest.raises(NeedsReason):
        engine.modify(root=case, changes=BACK, reason="", actor=people.chief)
    with pytest.raises(NotFound):
        engine.modify(root=case, changes=BACK, reason="r", actor=people.ann)
    engine.suspend(root=case, reason="x", actor=people.chief)
    with pytest.raises(Suspended):
        engine.modify(root=case, changes=BACK, reason="r", actor=people.chief)
    assert open_tasks(rows) == ["b"]


def test_a_case_that_is_emptied_is_cancelled(engine, people, case, rows):
    engine.modify(root=case, changes=[Change("cancel", "b")], reason="r", actor=people.chief)
    assert rows(instance)[0]["status"] == "cancelled"
    assert engine.check() == {}


@pytest.mark.parametrize(("initial", "number"), [(True, 2), (False, 3)])
def test_a_finished_case_runs_once_more_with_its_first_or_last_variables(engine, people, case, rows, initial, number):
    with pytest.raises(StillGoes):
        engine.restart(root=case, reason="r", actor=people.chief)
    engine.complete(task=rows(task, state="open")[0]["id"], data={"seen": True}, actor=people.ann)
    with pytest.raises(NeedsReason):
        engine.restart(root=case, reason=" ", actor=people.chief)
    with pytest.raises(NotFound):
        engine.restart(root=case, reason="r", actor=people.ann)
    again = engine.restart(root=case, changes=[Change("before", "b")], initial=initial, reason="ended too early", actor=people.chief)
    assert open_tasks(rows) == ["b"]
    engine.complete(task=rows(task, state="open")[0]["id"], data={}, actor=people.ann)
    assert rows(history, root=again, kind="variable")[-1]["data"]["new"] == number
    assert rows(history, root=again, kind="start")[0]["data"]["restart_of"] == case
    assert rows(history, root=case, kind="restart")[0]["data"] == {"as": again, "reason": "ended too early"}
    assert {row["root"]: (row["business_key"], row["version"]) for row in rows(instance)} == {case: ("K", 1), again: ("K", 1)}
    assert engine.check() == {}


def test_without_places_it_begins_at_its_start(engine, people, case, rows):
    engine.cancel(root=case, reason="x", actor=people.chief)
    again = engine.restart(root=case, reason="r", business_key="L", actor=people.chief)
    assert open_tasks(rows) == ["a"]
    assert rows(instance, root=again)[0]["business_key"] == "L"
    assert engine.check() == {}
