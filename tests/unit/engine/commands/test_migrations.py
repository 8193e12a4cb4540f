"""Cases go to another version: what people hold stays theirs, rows say where things stand, each case by itself, all or nothing."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from engine.bpmn.moving import CannotMigrate
from engine.bpmn.plans import edited
from engine.forms import InvalidForm
from engine.refusals import AlreadyDone, NeedsReason, NoSuchRoute, NotFound, StalePage, TooLate, UnknownProcess
from store.engine.tables import called, draft, external_task, history, incident, instance, job, subscription, task, timer
from tests.small_engine import race
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()
CLERKS = 'camunda:candidateGroups="clerk@office"'


class Stubborn(Exception):
    """A refusal of the house, as handlers raise it."""

    code, zh, en = "stubborn", "不行", "no"


def form(field):
    schema = {
        "title": field,
        "type": "object",
        "properties": {field: {"type": "string", "title": field}},
        "required": [field],
        "x-variables": [field],
    }
    return json.dumps(schema).encode()


def tasks(*names, key="p", more=(), attrs=CLERKS):
    parts = [DRAW.user(name, attrs=attrs) for name in names]
    return DRAW.diagram(DRAW.start(), *parts, DRAW.end(), DRAW.flows("s-" + "-".join(names) + "-e"), *more, key=key)


@pytest.fixture
def house(engine, people):
    """Deploys versions of one folder, starts cases and moves them."""

    def version(*diagrams, name="t", **files):
        content = {f"{nth}.bpmn": each for nth, each in enumerate(diagrams)} | {
            f"forms/{key}.json": form(field) for key, field in files.items()
        }
        return engine.deploy(name=name, files=content, actor=people.system).id

    def start(number, key="K", **variables):
        return engine.start(process="p", business_key=key, variables=variables, tenant="t", actor=people.ann, version=number)

    def move(source, target, *roots, change=None, **more):
        plan = engine.migration_plan(source=source, target=target)
        plan = type(plan)(source, target, tuple(edited(route, change or {}) for route in plan.routes))
        return engine.migrate(plan=plan, roots=roots, reason="rules changed", actor=people.chief, **more)

    return SimpleNamespace(version=version, start=start, move=move)


def test_a_case_goes_on_in_the_new_version_and_its_history_says_so(engine, people, house, rows):
    old = house.version(tasks("a"))
    root, stays = house.start(1), house.start(1, "L")
    new = house.version(tasks("a", "b"))
    (report,) = house.move(old, new, root)
    assert (report.root, report.business_key, report.outcome) == (root, "K", "moved")
    assert {row["root"]: row["version"] for row in rows(instance)} == {root: new, stays: old}
    (note,) = rows(history, root=root, kind="migrate")
    assert (note["actor"], note["data"]) == ("chief", {"from": 1, "to": 2, "reason": "rules changed", "within": [""], "elements": []})
    for row in rows(task, state="open"):
        engine.complete(task=row["id"], data={}, actor=people.ann)
    assert [row["element"] for row in rows(task, state="open")] == ["b"]
    assert {row["root"]: row["defined_in"] for row in rows(task, element="a")} == {root: new, stays: old}
    assert engine.check() == {}


def test_what_a_person_holds_and_typed_stays_the_form_is_the_new_one(engine, people, house, rows, clock):
    due = 'camunda:dueDate="P3D" '
    old = house.version(tasks("a", attrs=due + CLERKS + ' camunda:formKey="forms/f.json"'), f="alt")
    root = house.start(1)
    (before,) = rows(task)
    engine.claim(task=before["id"], actor=people.ann)
    engine.save_draft(task=before["id"], data={"alt": "typed"}, actor=people.ann)
    new = house.version(tasks("b", attrs='name="Anew" camunda:dueDate="P9D" camunda:formKey="forms/g.json"'), g="neu")
    clock.forward(days=1)
    house.move(old, new, root, change={"a": "b"})
    (after,) = rows(task)
    same = ("id", "assignee", "groups", "due", "created_at")
    assert {name: after[name] for name in same} == {**{name: before[name] for name in same}, "assignee": "ann"}
    assert (after["element"], after["name"], after["form_key"]) == ("b", "Anew", "forms/g.json")
    assert rows(draft)[0]["data"] == {"alt": "typed"}
    assert rows(history, kind="migrate")[0]["data"]["elements"] == [[after["wait"], "a", "b"]]
    with pytest.raises(StalePage):
        engine.complete(task=after["id"], data={"neu": "x"}, actor=people.ann, seen=before["revision"] + 1)
    with pytest.raises(InvalidForm):
        engine.complete(task=after["id"], data={"alt": "x"}, actor=people.ann)
    engine.complete(task=after["id"], data={"neu": "x"}, actor=people.ann)
    assert engine.check() == {}


def test_what_a_task_is_described_by_stands_in_its_row_until_somebody_edits_it(engine, people, house, rows):
    def told(text):
        return tasks("a").replace(b"</userTask>", f"<documentation>{text}</documentation></userTask>".encode())

    old, new = (house.version(told(text)) for text in ("For ${unit}", "Anew"))
    roots = [engine.start(process="p", business_key=key, variables={"unit": "RU-LN"}, tenant="t", actor=people.ann, version=1) for key in "KLM"]
    first, second, third = ({row["root"]: row for row in rows(task)}[root] for root in roots)
    assert {row["description"] for row in (first, second, third)} == {"For RU-LN"}
    edited = {"name": "a", "priority": 50, "due": None, "follow_up": None, "actor": people.chief}
    engine.edit(task=first["id"], description="mine", **edited)
    engine.edit(task=second["id"], **edited)
    house.move(old, new, roots[2])
    assert [row["description"] for root in roots for row in rows(task, root=root)] == ["mine", None, "Anew"]
    assert [note["data"].get("description") for note in rows(history, kind="edit")] == ["mine", None]
    assert engine.check() == {}


def test_timers_keep_their_instant_new_ones_are_rows_gone_ones_are_none(engine, house, rows, clock):
    def timed(*names, days=5):
        more = [DRAW.boundary(name, "a", f"duration:P{days}D") + DRAW.flows(f"{name}-e") for name in names]
        return tasks("a", more=more)

    old = house.version(timed("t1", "t2"))
    root, began = house.start(1), clock.now()
    clock.forward(days=1)
    new = house.version(timed("t2", "t3", days=7))
    (report,) = house.move(old, new, root)
    assert ([wait.element for wait in report.came], [wait.element for wait in report.went]) == (["t3"], ["t1"])
    assert {row["element"]: row["due"] for row in rows(timer)} == {"t2": began + timedelta(days=5), "t3": began + timedelta(days=8)}
    assert engine.check() == {}
    clock.forward(days=5)
    engine.work()
    assert rows(instance)[0]["status"] == "ended"


def test_a_message_is_heard_where_it_stands_now(engine, people, house, rows):
    def waiting(name, kind="message"):
        return DRAW.diagram(DRAW.start(), DRAW.catch(name, kind), DRAW.end(), DRAW.flows(f"s-{name}-e"))

    old = house.version(waiting("w"))
    root = house.start(1)
    new = house.version(waiting("v"))
    house.move(old, new, root, change={"w": "v"})
    assert [(row["element"], row["name"]) for row in rows(subscription)] == [("v", "m")]
    assert engine.check() == {}
    engine.correlate(message="m", key="K", payload={}, tenant="t", actor=people.ann)
    assert rows(instance)[0]["status"] == "ended"


def test_what_stands_still_can_be_mended_by_a_version_with_the_right_handler(engine, people, house, registry, rows):
    registry.handler("right")(lambda ctx, inputs: {"done": True})
    old = house.version(DRAW.diagram(DRAW.start(), DRAW.service("x", "wrong"), DRAW.end(), DRAW.flows("s-x-e")))
    root = house.start(1)
    new = house.version(DRAW.diagram(DRAW.start(), DRAW.service("y", "right"), DRAW.end(), DRAW.flows("s-y-e")))
    house.move(old, new, root, change={"x": "y"})
    (stands,) = rows(incident)
    assert (stands["element"], stands["resolved_at"]) == ("y", None)
    assert engine.check() == {}
    engine.retry(incident=stands["id"], actor=people.chief)
    assert rows(instance)[0]["status"] == "ended"
    assert engine.check() == {}


def test_a_job_of_an_outside_handler_gets_its_new_topic(engine, house, registry, rows):
    for name in ("one", "two"):
        registry.handler(name, outside=True)(lambda ctx, inputs, name=name: {"by": name})
    old = house.version(DRAW.diagram(DRAW.start(), DRAW.service("x", "one"), DRAW.end(), DRAW.flows("s-x-e")))
    root = house.start(1)
    new = house.version(DRAW.diagram(DRAW.start(), DRAW.service("x", "two"), DRAW.end(), DRAW.flows("s-x-e")))
    house.move(old, new, root)
    assert [row["name"] for row in rows(job)] == ["two"]
    engine.work()
    assert rows(instance)[0]["status"] == "ended"
    assert [each["data"]["new"] for each in rows(history, root=root, kind="variable")] == ["two"]


def test_a_task_of_workers_elsewhere_moves_too(engine, people, rows):
    def published(topic, name="x"):
        xml = DRAW.diagram(DRAW.start(), DRAW.service(name, topic), DRAW.end(), DRAW.flows(f"s-{name}-e"))
        return engine.publish(title="", source="", files={"p.bpmn": xml}, actor=people.system).id

    old = published("one")
    root = engine.start(process="p", business_key="", variables={}, tenant="", actor=people.ann)
    new = published("two")
    engine.migrate(plan=engine.migration_plan(source=old, target=new), roots=[root], reason="r", actor=people.chief)
    assert [(row["element"], row["topic"]) for row in rows(external_task)] == [("x", "two")]
    assert engine.check() == {}


def test_of_several_cases_each_goes_or_stays_by_itself(engine, people, house, rows):
    old = house.version(tasks("a", "b"))
    first, second, third = (house.start(1, key) for key in "KLM")
    for row in rows(task, root=second):
        engine.complete(task=row["id"], data={}, actor=people.ann)
    engine.cancel(root=third, reason="x", actor=people.chief)
    new = house.version(tasks("a", "c"))
    reports = house.move(old, new, first, second, third)
    assert [report.outcome for report in reports] == ["moved", "refused", "refused"]
    assert [(each.code, each.element) for each in reports[1].obstacles] == [("MIG-UNMAPPED", "b")]
    assert reports[1].zh
    assert reports[2].code == "not_found"
    assert {row["root"]: row["version"] for row in rows(instance)} == {first: new, second: old, third: old}
    assert house.move(old, new, first)[0].outcome == "elsewhere"
    assert engine.check() == {}


def test_what_cannot_be_armed_leaves_the_case_as_it_was(engine, people, house, rows):
    old = house.version(tasks("a"))
    root = house.start(1)
    new = house.version(tasks("a", more=[DRAW.boundary("t", "a", "timer:${unknown}") + DRAW.flows("t-e")]))
    (report,) = house.move(old, new, root)
    assert (report.outcome, report.code) == ("refused", "unknown_variable")
    assert rows(history, root=root, kind="migrate") == []
    engine.complete(task=rows(task)[0]["id"], data={}, actor=people.ann)
    assert rows(instance)[0]["status"] == "ended"
    assert engine.check() == {}


def test_a_listener_that_fails_keeps_its_case_back_and_no_other(engine, house, registry, rows):
    def careful(ctx, data):
        if ctx.instance.business_key == "K":
            raise Stubborn

    registry.listener("careful")(careful)
    old = house.version(tasks("a"))
    roots = house.start(1, n=1), house.start(1, "L", n=1)
    listener = '<camunda:taskListener event="create" delegateExpression="careful"/>'
    new = house.version(tasks("a", more=[DRAW.boundary("c", "a", "when:${n == 1}"), DRAW.user("z", CLERKS, ext=listener), DRAW.flows("c-z")]))
    reports = house.move(old, new, *roots)
    assert [(report.outcome, report.code, report.zh) for report in reports] == [("refused", "stubborn", "不行"), ("moved", "", "")]
    assert {row["root"]: row["version"] for row in rows(instance)} == {roots[0]: old, roots[1]: new}
    assert engine.check() == {}


def test_what_breaks_says_no_more_than_that_it_broke(engine, house, registry, rows):
    registry.listener("broken")(lambda ctx, data: {}["secret"])
    old = house.version(tasks("a"))
    root = house.start(1, n=1)
    listener = '<camunda:taskListener event="create" delegateExpression="broken"/>'
    new = house.version(tasks("a", more=[DRAW.boundary("c", "a", "when:${n == 1}"), DRAW.user("z", CLERKS, ext=listener), DRAW.flows("c-z")]))
    (report,) = house.move(old, new, root)
    assert (report.outcome, report.code) == ("refused", "KeyError")
    assert "secret" not in report.zh + report.en
    assert rows(instance)[0]["version"] == old


def test_a_rehearsal_tells_what_would_be_and_changes_nothing(engine, people, house, rows):
    old = house.version(tasks("a"))
    root = house.start(1)
    new = house.version(tasks("a", more=[DRAW.boundary("t", "a", "duration:P1D") + DRAW.flows("t-e")]))
    before = rows(instance), rows(task), rows(timer), rows(history)
    plan = engine.migration_plan(source=old, target=new)
    (report,) = engine.rehearse(plan=plan, roots=[root], actor=people.chief)
    assert (report.outcome, [wait.element for wait in report.came]) == ("moved", ["t"])
    assert (rows(instance), rows(task), rows(timer), rows(history)) == before


def test_called_processes_go_along_or_stay_behind(engine, people, house, rows):
    def folder(*inside, behind):
        caller = DRAW.diagram(DRAW.start(), DRAW.call("c", "q"), DRAW.user(behind, CLERKS), DRAW.end(), DRAW.flows(f"s-c-{behind}-e"))
        return caller, tasks(*inside, key="q")

    old = house.version(*folder("a", behind="y"))
    along, stays = house.start(1), house.start(1, "L")
    new = house.version(*folder("a", "b", behind="z"))
    house.move(old, new, along)
    house.move(old, new, stays, only={stays: [""]})
    assert {row["root"]: row["defined_in"] for row in rows(task)} == {along: new, stays: old}
    for _ in range(2):
        for row in rows(task, state="open"):
            engine.complete(task=row["id"], data={}, actor=people.ann)
    done = {root: [row["element"] for row in rows(task, root=root)] for root in (along, stays)}
    assert done == {along: ["a", "b", "z"], stays: ["a", "z"]}
    assert rows(called) == []
    assert engine.check() == {}


def test_a_suspended_case_goes_along_and_stands_still_until_it_is_resumed(engine, people, house, rows, clock):
    old = house.version(tasks("a"))
    root = house.start(1)
    engine.suspend(root=root, reason="x", actor=people.chief)
    new = house.version(tasks("a", more=[DRAW.boundary("t", "a", "duration:P1D") + DRAW.flows("t-e")]))
    assert house.move(old, new, root)[0].outcome == "moved"
    clock.forward(days=2)
    engine.work()
    assert rows(instance)[0]["status"] == "suspended"
    assert engine.check() == {}
    engine.resume(root=root, reason="x", actor=people.chief)
    engine.work()
    assert rows(instance)[0]["status"] == "ended"


def test_an_act_before_the_move_cannot_be_taken_back(engine, people, house, rows):
    old = house.version(tasks("a", "b"))
    root = house.start(1)
    (first,) = rows(task)
    engine.complete(task=first["id"], data={}, actor=people.ann)
    new = house.version(tasks("a", "b", "c"))
    house.move(old, new, root)
    with pytest.raises(TooLate):
        engine.take_back(task=first["id"], reason="x", actor=people.ann)
    with pytest.raises(AlreadyDone):
        engine.complete(task=first["id"], data={}, actor=people.ann)


def test_who_may_not_or_gives_no_reason_moves_nothing(engine, people, house, rows):
    old = house.version(tasks("a"))
    root = house.start(1)
    new = house.version(tasks("a", "b"))
    elsewhere = house.version(tasks("a"), name="other")
    plan = engine.migration_plan(source=old, target=new)
    with pytest.raises(NeedsReason):
        engine.migrate(plan=plan, roots=[root], reason=" ", actor=people.chief)
    for verb in (
        lambda: engine.rehearse(plan=plan, roots=[root], actor=people.ann),
        lambda: engine.migrate(plan=plan, roots=[root], reason="r", actor=people.ann),
    ):
        with pytest.raises(NotFound):
            verb()
    with pytest.raises(NoSuchRoute):
        engine.migration_plan(source=old, target=elsewhere)
    with pytest.raises(NoSuchRoute):
        engine.migration_plan(source=old, target=new, processes={"p": "q"})
    with pytest.raises(UnknownProcess):
        engine.migration_plan(source=old, target=999)
    assert rows(instance)[0]["version"] == old


def test_a_plan_that_fits_nothing_is_refused_before_anything_moves(engine, people, house):
    old = house.version(tasks("a"))
    root = house.start(1)
    new = house.version(tasks("a", "b"))
    plan = engine.migration_plan(source=old, target=new)
    wrong = type(plan)(old, new, (edited(plan.routes[0], {"a": "nowhere"}),))
    assert [(each.instruction.source, each.obstacle.code) for each in engine.check_plan(plan=wrong)] == [("a", "MIG-TARGET")]
    assert engine.check_plan(plan=plan) == ()
    with pytest.raises(CannotMigrate):
        engine.migrate(plan=wrong, roots=[root], reason="r", actor=people.chief)


def test_a_conditional_event_that_holds_at_once_moves_the_case_on(engine, house, rows):
    old = house.version(tasks("a"))
    root = house.start(1, n=1)
    new = house.version(tasks("a", more=[DRAW.boundary("c", "a", "when:${n == 1}"), DRAW.user("z", CLERKS), DRAW.flows("c-z")]))
    house.move(old, new, root)
    assert [row["element"] for row in rows(task, state="open")] == ["z"]
    assert engine.check() == {}


def test_another_process_that_knows_the_case_goes_on_in_the_new_version(engine, make, people, house, rows):
    other = make(prefix="o")
    old = house.version(tasks("a", "b"))
    root = house.start(1)
    other.complete(task=rows(task)[0]["id"], data={}, actor=people.ann)  # and keeps the case in memory
    new = house.version(tasks("a", "b", "c"))
    house.move(old, new, root)
    other.complete(task=rows(task, state="open")[0]["id"], data={}, actor=people.ann)
    assert [row["element"] for row in rows(task, state="open")] == ["c"]
    assert engine.check() == {}


def test_a_move_and_an_act_at_the_same_moment_come_one_after_the_other(engine, database, people, house, rows):
    old = house.version(tasks("a", "b"))
    roots = [house.start(1, str(number)) for number in range(8)]
    new = house.version(tasks("a", "b", "c"))
    ids = [row["id"] for row in rows(task)]
    database.close()

    def act():
        for each in ids:
            engine.complete(task=each, data={}, actor=people.ann)
        return []

    reports, _ = race(lambda: [report.outcome for report in house.move(old, new, *roots)], act)
    assert reports == ["moved"] * 8
    assert {row["version"] for row in rows(instance)} == {new}
    assert sorted(row["element"] for row in rows(task, state="open")) == ["b"] * 8
    assert engine.check() == {}


def test_a_loop_keeps_its_progress_and_its_assignments(engine, people, house, rows):
    def version(behind):
        loop = DRAW.user("m", attrs=CLERKS, inner=DRAW.multi(count="3", out="done", item="x"))
        return house.version(DRAW.diagram(DRAW.start(), loop, DRAW.user(behind, attrs=CLERKS), DRAW.end(), DRAW.flows(f"s-m-{behind}-e")))

    first = version("y")
    root = house.start(1)
    first_task, second_task, third_task = (row["id"] for row in rows(task, root=root))
    engine.complete(task=first_task, data={"x": "one"}, actor=people.ann)
    engine.claim(task=second_task, actor=people.bob)
    house.move(first, version("z"), root)
    assert {row["id"]: row["assignee"] for row in rows(task, root=root, state="open")} == {second_task: "bob", third_task: None}
    engine.complete(task=second_task, data={"x": "two"}, actor=people.bob)
    engine.complete(task=third_task, data={"x": "three"}, actor=people.ann)
    assert [row["element"] for row in rows(task, root=root, state="open")] == ["z"]
    assert engine.look(root=root).variables()["done"] == ["one", "two", "three"]
    assert engine.check() == {}


def test_a_sub_process_around_a_task_is_one_for_rows_and_history(engine, people, house, rows, clock):
    late = (DRAW.boundary("late", "sub", "duration:PT1H"), DRAW.flows("late-e"))
    inner = DRAW.sub("sub", DRAW.start("s2"), DRAW.user("a", attrs=CLERKS), DRAW.end("e2"), DRAW.flows("s2-a-e2"))
    old = house.version(tasks("a"))
    root = house.start(1, n=1)
    (before,) = rows(task, root=root)
    new = house.version(DRAW.diagram(DRAW.start(), inner, *late, DRAW.end(), DRAW.flows("s-sub-e")))
    (report,) = house.move(old, new, root, change={"a": "a"})
    assert (report.outcome, [wait.element for wait in report.came]) == ("moved", ["late"])
    assert [(row["id"], row["state"]) for row in rows(task, root=root)] == [(before["id"], "open")]
    assert [row["element"] for row in rows(history, root=root, kind="entered")][-1] == "sub"
    assert engine.check() == {}
    clock.forward(hours=2)
    engine.work()
    assert rows(instance, root=root)[0]["status"] == "ended"


def test_a_parallel_block_that_is_open_goes_along_and_one_with_a_branch_more_is_refused(engine, people, house, rows):
    def block(*names):
        ways = DRAW.flows("s-f", *(f"f-{name}-j" for name in names), "j-e")
        parts = [DRAW.user(name, attrs=CLERKS) for name in names]
        return DRAW.diagram(DRAW.start(), DRAW.gate("f", "parallel"), *parts, DRAW.gate("j", "parallel"), DRAW.end(), ways)

    first, same, more = house.version(block("a", "b")), house.version(block("b", "a")), house.version(block("a", "b", "c"))
    root = house.start(1)
    engine.complete(task=rows(task, root=root, element="a")[0]["id"], data={}, actor=people.ann)
    (report,) = house.move(first, more, root)
    assert (report.outcome, report.code, [each.code for each in report.obstacles]) == ("refused", "migration", ["MIG-JOIN"])
    assert house.move(first, same, root)[0].outcome == "moved"
    engine.complete(task=rows(task, root=root, element="b")[0]["id"], data={}, actor=people.ann)
    assert rows(instance, root=root)[0]["status"] == "ended"
