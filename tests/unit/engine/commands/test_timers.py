"""A timer that people put to another instant: it fires then, a new version keeps it, a deadline that moves sets it anew, the doctor finds nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from engine.bpmn.plans import edited
from engine.refusals import NotFound
from store.engine.tables import history, instance, timer
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()


def timed(name, text="duration:P5D"):
    return DRAW.diagram(DRAW.start(), DRAW.user("a"), DRAW.boundary(name, "a", text), DRAW.end(), DRAW.flows("s-a-e", f"{name}-e"))


@pytest.fixture
def begin(engine, people):
    def start(xml):
        version = engine.deploy(name="t", files={"p.bpmn": xml}, actor=people.system).id
        return version, engine.start(process="p", business_key="K", variables={}, tenant="t", actor=people.ann)

    return start


def test_a_postponed_timer_fires_at_its_new_instant(engine, people, begin, rows, clock):
    begin(timed("t"))
    (row,) = rows(timer)
    later = row["due"] + timedelta(days=4)
    engine.postpone_timer(timer=row["id"], due=later, actor=people.chief)
    assert rows(timer)[0]["due"] == later
    assert rows(history, kind="timer_moved")[0]["data"]["new"] == later.isoformat()
    assert engine.check() == {}
    clock.forward(days=6)
    engine.work()
    assert rows(instance)[0]["status"] == "running"
    clock.forward(days=4)
    engine.work()
    assert rows(instance)[0]["status"] == "ended"


def test_a_new_version_keeps_the_new_instant(engine, people, begin, rows):
    old, root = begin(timed("t"))
    (row,) = rows(timer)
    engine.postpone_timer(timer=row["id"], due=row["due"] + timedelta(days=4), actor=people.chief)
    new = engine.deploy(name="t", files={"p.bpmn": timed("u")}, actor=people.system).id
    plan = engine.migration_plan(source=old, target=new)
    plan = type(plan)(old, new, tuple(edited(route, {"t": "u"}) for route in plan.routes))
    engine.migrate(plan=plan, roots=[root], reason="r", actor=people.chief)
    assert [(each["element"], each["due"]) for each in rows(timer)] == [("u", row["due"] + timedelta(days=4))]
    assert engine.check() == {}


def test_a_timer_that_somebody_holds_stands_still_for_a_reason(engine, people, begin, rows, clock):
    begin(timed("t"))
    (row,) = rows(timer)
    engine.hold_timer(timer=row["id"], held=True, actor=people.chief)
    assert engine.check() == {}
    clock.forward(days=6)
    engine.work()
    assert rows(instance)[0]["status"] == "running"
    engine.hold_timer(timer=row["id"], held=False, actor=people.chief)
    engine.work()
    assert rows(instance)[0]["status"] == "ended"


def test_a_timer_that_nobody_holds_any_more_has_no_reason_to_stand_still(engine, database, people, begin, rows):
    begin(timed("t"))
    (row,) = rows(timer)
    for held in (True, False):
        engine.hold_timer(timer=row["id"], held=held, actor=people.chief)
    with database.write() as connection:
        connection.execute(update(timer).values(ready=False))
    assert list(engine.check()) == ["held_work_has_a_reason"]


def test_who_may_not_moves_no_timer(engine, people, begin, rows):
    begin(timed("t"))
    (row,) = rows(timer)
    with pytest.raises(NotFound):
        engine.postpone_timer(timer=row["id"], due=row["due"], actor=people.ann)
    with pytest.raises(NotFound):
        engine.postpone_timer(timer=row["id"] + "9", due=row["due"], actor=people.chief)
