"""What people do with tasks: complete, claim, act, draft, hand over, take back; refusals change nothing."""

import pytest

from engine.contract import Actor
from engine.forms import InvalidForm
from engine.refusals import AlreadyClaimed, AlreadyDone, NotFound, StalePage, Suspended, TooLate, UnknownAct
from store.engine import queries
from store.engine.tables import draft, history, instance, message, submission, task
from tests.small_engine import FOLDER


@pytest.fixture
def case(engine, registry, deploy, people):
    """A case of two steps, standing at the first."""
    registry.listener("first.check")(lambda ctx, data: {"checked": data.get("sum")})
    registry.listener("first.note")(lambda ctx, data: f"noted by {ctx.actor.name}")
    deploy("two_steps")
    return engine.start(process="two_steps", business_key="K1", variables={"a": 1}, tenant="t", actor=people.ann)


@pytest.fixture
def open_task(database):
    def only(root):
        with database.read() as connection:
            return queries.tasks_of(connection, root)[0]

    return only


def test_a_case_runs_from_start_to_end(engine, case, open_task, people, rows):
    first = open_task(case)
    assert (first["element"], first["groups"], first["state"]) == ("first", ["clerk@office"], "open")
    result = engine.complete(task=first["id"], data={"sum": 7}, actor=people.ann)
    assert result.open_tasks == (open_task(case)["id"],)
    engine.complete(task=result.open_tasks[0], data={}, actor=people.bob)
    (card,) = rows(instance)
    assert (card["status"], card["stage"], card["public_stage"]) == ("ended", "at second", "done")
    assert [row["actor"] for row in rows(submission)] == ["ann", "bob"]
    assert engine.check() == {}


CHOICE = b"""{"type": "object", "title": "t", "x-title-en": "t", "additionalProperties": false, "required": ["unit"], "x-act": "note",
 "properties": {"unit": {"type": "string", "title": "u", "x-title-en": "u", "x-enum-from": "units"}}}"""


def test_what_was_not_offered_cannot_be_chosen(engine, registry, people, open_task):
    registry.listener("first.check")(lambda ctx, data: {"unit": data["unit"]})
    registry.listener("first.note")(lambda ctx, data: data["unit"])
    diagram = (FOLDER / "two_steps.bpmn").read_bytes().replace(b'id="first"', b'id="first" camunda:formKey="forms/choice.json"')
    engine.deploy(name="foreign", files={"two_steps.bpmn": diagram, "forms/choice.json": CHOICE}, actor=people.system)
    first = open_task(engine.start(process="two_steps", business_key="K1", variables={}, tenant="t", actor=people.ann))
    offered = {"units": ("RU-LN",)}
    for verb, more in ((engine.complete, {}), (engine.act, {"name": "note"})):
        with pytest.raises(InvalidForm) as refused:
            verb(task=first["id"], data={"unit": "RU-XX"}, actor=people.ann, offered=offered, **more)
        assert [(one.path, one.code) for one in refused.value.errors] == [("unit", "choice")]
    assert engine.act(task=first["id"], name="note", data={"unit": "RU-LN"}, actor=people.ann, offered=offered) == "RU-LN"
    engine.complete(task=first["id"], data={"unit": "RU-LN"}, actor=people.ann, offered=offered)


def test_every_change_of_a_variable_is_in_the_history(engine, case, open_task, people, rows):
    engine.complete(task=open_task(case)["id"], data={"a": 2}, actor=people.bob)
    changes = [row for row in rows(history) if row["kind"] == "variable" and row["data"]["name"] == "a"]
    assert [(row["actor"], row["data"]["old"], row["data"]["new"]) for row in changes] == [("ann", None, 1), ("bob", 1, 2)]


def test_the_stage_follows_what_the_diagram_says(engine, case, open_task, people, database):
    with database.read() as connection:
        assert queries.stages(connection, tenant="t", process="two_steps") == {"at first": 1}
    engine.complete(task=open_task(case)["id"], data={}, actor=people.ann)
    with database.read() as connection:
        assert queries.instance_card(connection, case)["stage"] == "at second"
        assert queries.instance_card(connection, case)["public_stage"] is None


@pytest.mark.parametrize("verb", ["complete", "claim", "unclaim", "save_draft", "act"])
def test_another_s_task_is_as_if_it_were_not_there(engine, case, open_task, people, verb):
    given = {"complete": {"data": {}}, "save_draft": {"data": {}}, "act": {"name": "note", "data": {}}}.get(verb, {})
    with pytest.raises(NotFound) as theirs:
        getattr(engine, verb)(task=open_task(case)["id"], actor=people.eve, **given)
    with pytest.raises(NotFound) as nowhere:
        getattr(engine, verb)(task="nowhere.7", actor=people.eve, **given)
    assert (theirs.value.code, theirs.value.zh, theirs.value.status) == (nowhere.value.code, nowhere.value.zh, nowhere.value.status)


def test_a_stale_page_changes_nothing(engine, case, open_task, people, rows):
    first = open_task(case)
    engine.claim(task=first["id"], actor=people.ann)
    before = rows(instance)
    with pytest.raises(StalePage):
        engine.complete(task=first["id"], data={}, actor=people.ann, seen=first["revision"])
    assert rows(instance) == before
    engine.complete(task=first["id"], data={}, actor=people.ann, seen=open_task(case)["revision"])


class TooMany(Exception):
    """A refusal with a code and what it was about."""

    code, details = "too.many", {"count": 4}


@pytest.mark.parametrize("verb", ["complete", "act"])
def test_what_follows_a_refusal_is_kept_although_the_act_is_not(engine, registry, deploy, open_task, people, rows, verb):
    def refuse(ctx, data):
        raise TooMany

    registry.listener("first.check")(refuse)
    registry.listener("first.note")(refuse)
    registry.refusal("too.many")(lambda ctx, details: ctx.send("refused", key=f"{ctx.task.element}/{details['count']}"))
    deploy("two_steps")
    root = engine.start(process="two_steps", business_key="K1", variables={}, tenant="t", actor=people.ann)
    given = {"data": {"sum": 1}} | ({"name": "note"} if verb == "act" else {})

    with pytest.raises(TooMany):
        getattr(engine, verb)(task=open_task(root)["id"], actor=people.ann, **given)

    assert [row["key"] for row in rows(message)] == ["first/4"]
    assert rows(submission) == []
    assert engine.check() == {}


def test_a_second_completion_is_told_so(engine, case, open_task, people):
    first = open_task(case)["id"]
    engine.complete(task=first, data={}, actor=people.ann)
    with pytest.raises(AlreadyDone):
        engine.complete(task=first, data={}, actor=people.ann)
    with pytest.raises(NotFound):
        engine.complete(task=first, data={}, actor=people.eve)


def test_a_claimed_task_is_its_holder_s(engine, case, open_task, people, database):
    first = open_task(case)["id"]
    engine.claim(task=first, actor=people.ann)
    for verb, given in (("claim", {}), ("complete", {"data": {}})):
        with pytest.raises(AlreadyClaimed):
            getattr(engine, verb)(task=first, actor=people.bob, **given)
    with database.read() as connection:
        assert [row["id"] for row in queries.mine(connection, user="ann")] == [first]
        assert not queries.offered(connection, user="bob", groups=people.bob.groups)
    engine.unclaim(task=first, actor=people.ann)
    engine.complete(task=first, data={}, actor=people.bob)
    assert engine.check() == {}


@pytest.fixture
def sitting(engine, registry, deploy, people):
    """A task that a secretary holds and in which members have an act of their own."""
    registry.listener("vote")(lambda ctx, data: f"vote of {ctx.actor.id}")
    registry.listener("roll")(lambda ctx, data: "roll kept")
    deploy("shared")
    root = engine.start(process="shared", business_key="K", variables={"body": "B"}, tenant="t", actor=people.ann)
    return f"{root}.2"


@pytest.mark.parametrize("claimed", [False, True])
def test_a_shared_act_is_every_candidate_s_whoever_holds_the_task(engine, sitting, claimed):
    secretary, member = (Actor(id=role, name=role, groups=frozenset({group})) for role, group in (("sec", "secretary@office"), ("mem", "member@B")))
    stranger = Actor(id="other", name="other", groups=frozenset({"member@C"}))
    if claimed:
        engine.claim(task=sitting, actor=secretary)

    assert engine.act(task=sitting, name="vote", data={}, actor=member) == "vote of mem"
    for verb, given in (("act", {"name": "roll", "data": {}}), ("claim", {}), ("complete", {"data": {}})):
        with pytest.raises(NotFound):
            getattr(engine, verb)(task=sitting, actor=member, **given)
    with pytest.raises(NotFound):
        engine.act(task=sitting, name="vote", data={}, actor=stranger)
    assert engine.act(task=sitting, name="roll", data={}, actor=secretary) == "roll kept"
    engine.complete(task=sitting, data={}, actor=secretary)
    assert engine.check() == {}


def test_delegating_keeps_the_owner(engine, case, open_task, people, rows):
    first = open_task(case)["id"]
    engine.claim(task=first, actor=people.ann)
    engine.delegate(task=first, user="eve", actor=people.ann)
    (row,) = rows(task, id=first)
    assert (row["assignee"], row["owner"]) == ("eve", "ann")
    engine.complete(task=first, data={}, actor=people.eve)


def test_only_the_policy_lets_assign(engine, case, open_task, people, rows):
    first = open_task(case)["id"]
    with pytest.raises(NotFound):
        engine.assign(task=first, user="bob", actor=people.ann)
    engine.assign(task=first, user="bob", actor=people.chief)
    assert rows(task, id=first)[0]["assignee"] == "bob"


def test_a_listener_s_refusal_rolls_the_act_back(engine, registry, deploy, people, rows):
    class Refused(Exception):
        pass

    def refuse(ctx, data):
        raise Refused("not yet")

    registry.listener("first.check")(refuse)
    deploy("two_steps")
    root = engine.start(process="two_steps", business_key="K", variables={}, tenant="foreign", actor=people.ann)
    before = rows(instance), rows(history)
    with pytest.raises(Refused, match="not yet"):
        engine.complete(task=f"{root}.2", data={}, actor=people.ann)
    assert (rows(instance), rows(history)) == before
    assert rows(submission) == []


def test_an_act_is_a_submission_and_leaves_the_task_open(engine, case, open_task, people, rows):
    first = open_task(case)["id"]
    assert engine.act(task=first, name="note", data={"x": 1}, actor=people.ann) == "noted by 安"
    assert [(row["act"], row["data"]) for row in rows(submission)] == [("note", {"x": 1})]
    assert open_task(case)["id"] == first
    with pytest.raises(UnknownAct):
        engine.act(task=first, name="unheard", data={}, actor=people.ann)
    assert engine.check() == {}


def test_a_draft_is_kept_until_the_task_is_done(engine, case, open_task, people, database, rows):
    first = open_task(case)["id"]
    engine.save_draft(task=first, data={"half": "写了一半"}, actor=people.ann)
    engine.save_draft(task=first, data={"half": "写了大半"}, actor=people.ann)
    with database.read() as connection:
        assert queries.draft_of(connection, first, actor="ann")["data"] == {"half": "写了大半"}
        assert queries.draft_of(connection, first, actor="bob") is None
    engine.complete(task=first, data={}, actor=people.ann)
    assert rows(draft) == []


def test_the_last_act_can_be_taken_back_and_done_again(engine, case, open_task, people, rows):
    first = open_task(case)["id"]
    engine.complete(task=first, data={"a": 5}, actor=people.ann)
    with pytest.raises(NotFound):
        engine.take_back(task=first, reason="not mine", actor=people.bob)
    result = engine.take_back(task=first, reason="a slip", actor=people.ann)
    assert result.open_tasks == (first,)
    assert rows(instance)[0]["stage"] == "at first"
    assert engine.check() == {}
    again = engine.complete(task=first, data={"a": 6}, actor=people.bob)
    assert open_task(case)["element"] == "second"
    assert again.open_tasks == (open_task(case)["id"],)
    assert engine.check() == {}


def test_what_has_been_released_or_followed_cannot_be_taken_back(engine, case, open_task, people):
    first = open_task(case)["id"]
    second = engine.complete(task=first, data={}, actor=people.ann).open_tasks[0]
    engine.complete(task=second, data={}, actor=people.ann)
    with pytest.raises(TooLate):
        engine.take_back(task=first, reason="too late", actor=people.ann)
    with pytest.raises(TooLate):  # its end moved the public stage
        engine.take_back(task=second, reason="published", actor=people.ann)
    assert engine.check() == {}


def test_a_suspended_case_stands_still_until_it_is_resumed(engine, case, open_task, people):
    engine.suspend(root=case, reason="check", actor=people.chief)
    with pytest.raises(Suspended):
        engine.complete(task=open_task(case)["id"], data={}, actor=people.ann)
    engine.resume(root=case, reason="fine", actor=people.chief)
    engine.complete(task=open_task(case)["id"], data={}, actor=people.ann)


def test_a_cancelled_case_waits_for_nothing_and_keeps_its_history(engine, case, open_task, people, rows):
    first = open_task(case)["id"]
    engine.cancel(root=case, reason="withdrawn", actor=people.chief)
    assert rows(task)[0]["state"] == "cancelled"
    assert rows(instance)[0]["status"] == "cancelled"
    with pytest.raises(NotFound):
        engine.complete(task=first, data={}, actor=people.ann)
    assert any(row["kind"] == "cancel" and row["data"] == {"reason": "withdrawn"} for row in rows(history))
    assert engine.check() == {}


def test_a_wrong_expression_after_a_task_rolls_the_act_back(engine, deploy, people, rows):
    deploy("guarded")
    root = engine.start(process="guarded", business_key="K", variables={}, tenant="foreign", actor=people.ann)
    before = rows(instance)
    with pytest.raises(Exception, match="missing"):
        engine.complete(task=f"{root}.2", data={}, actor=people.ann)
    assert rows(instance) == before
    engine.complete(task=f"{root}.2", data={"missing": {"part": 2}}, actor=people.ann)
    assert rows(instance)[0]["status"] == "ended"


def test_a_second_engine_carries_on_where_the_first_stood(make, case, open_task, people, engine, registry):
    other = make(prefix="x")
    first = open_task(case)["id"]
    second = other.complete(task=first, data={}, actor=people.ann).open_tasks[0]
    engine.complete(task=second, data={}, actor=people.ann)
    assert engine.check() == {}
