"""An instance goes to another version and on from there: what it holds stays, what the new diagram says holds from then on."""

from datetime import timedelta

import pytest

from engine.bpmn.moving import CannotMigrate, migrate
from engine.bpmn.plans import Instruction, Plan, Route, generate, obstacles_of
from engine.expressions import ExpressionError
from tests.unit.engine.bpmn.conftest import T0, Draw, Story

DRAW = Draw()
NEXT_DAY = timedelta(days=1)


class Moving(Story):
    """A story that can be moved to other diagrams; what stays in its version is found by its number."""

    def __init__(self, *diagrams, **more):
        self.number, self.shelf = 1, {}
        super().__init__(*diagrams, **more)
        self.shelf[1] = self.definitions

    def host(self):
        host = super().host()
        return host if not self.shelf else type(host)(now=host.now, business_key="BK", functions=self.functions, library=self)

    def pick(self, call):
        return None

    def specs(self, version):
        return self.shelf[version].specs

    def plan(self, definitions, **elsewhere):
        """By equal ids; `a="b"` sends a to b, `a=None` leaves it out."""
        routes = [
            generate(old, definitions.processes[key]) for key, old in self.definitions.processes.items() if key in definitions.processes
        ]
        return Plan(self.number, self.number + 1, tuple(changed(route, elsewhere) for route in routes))

    def move(self, *diagrams, only=None, plan=None, renew=(), **elsewhere):
        definitions = self.read({f"d{i}.bpmn": xml for i, xml in enumerate(diagrams)})
        plan = plan or self.plan(definitions, **elsewhere)
        plan = Plan(plan.source, plan.target, tuple(renewed(route, renew) for route in plan.routes))
        self.shelf[plan.target] = definitions
        self.execution = self.definitions.load(self.blob, host=self.host())
        self.events.clear()
        found = migrate(self.execution.instance, plan, version=self.number, processes=definitions.specs, only=only)
        if only is None or "" in only:
            self.definitions, self.number = definitions, plan.target
        self.settle()
        return found

    def refused(self, *diagrams, **more):
        before = self.blob, self.definitions, self.number
        with pytest.raises(CannotMigrate) as refusal:
            self.move(*diagrams, **more)
        self.blob, self.definitions, self.number = before
        self.execution = self.definitions.load(self.blob, host=self.host())
        return sorted((each.code, each.element) for each in refusal.value.obstacles)


def changed(route, elsewhere):
    mine = {name: target for name, target in elsewhere.items() if route.image(name) is not None or target is not None}
    kept = [each for each in route.instructions if each.source not in mine]
    return Route(route.process, route.target, (*kept, *(Instruction(name, target) for name, target in mine.items() if target)))


def renewed(route, names):
    return Route(
        route.process, route.target, tuple(Instruction(each.source, each.target, each.source in names) for each in route.instructions)
    )


def line(*names, key="p", more=(), **users):
    """A process of user tasks, one after the other."""
    parts = [DRAW.user(name, **({"attrs": users[name]} if name in users else {})) for name in names]
    return DRAW.diagram(DRAW.start(), *parts, DRAW.end(), DRAW.flows("s-" + "-".join(names) + "-e"), *more, key=key)


def test_a_task_that_was_added_behind_is_reached():
    one = Moving(line("a"))
    moved = one.move(line("a", "b"))
    assert [(each.element, each.target) for each in moved] == [("a", "a")]
    one.complete("a")
    assert one.at == ["b"]
    one.complete("b")
    assert one.ended


def test_token_variables_and_dates_stay_names_and_forms_are_the_new_ones():
    one = Moving(
        line("a", a='name="Old" camunda:dueDate="P3D" camunda:candidateGroups="x@y" camunda:formKey="forms/a.json"'), variables={"n": 4}
    )
    before = one.wait("a")
    one.now += NEXT_DAY
    one.move(line("a", a='name="New ${n}" camunda:dueDate="P9D" camunda:candidateGroups="z@y" camunda:formKey="forms/b.json"'))
    after = one.wait("a")
    assert (after.id, after.due, after.candidate_groups) == (before.id, before.due, ("x@y",))
    assert (after.name, after.form_key, one.var("n")) == ("New 4", "forms/b.json", 4)
    one.move(line("a", a='name="Plain"'))
    assert (one.wait("a").name, one.wait("a").form_key) == ("Plain", None)
    told = line("a", a='name="Plain"').replace(b"</userTask>", b"<documentation>For ${n}</documentation></userTask>")
    one.move(told)
    assert one.wait("a").description == "For 4"


def test_a_task_under_another_name_needs_an_instruction():
    one = Moving(line("a"))
    assert one.refused(line("b")) == [("MIG-UNMAPPED", "a")]
    one.move(line("b"), a="b")
    assert one.at == ["b"]


class TestTimers:
    OLD = (DRAW.boundary("t", "a", "duration:P5D"), DRAW.user("late"), DRAW.flows("t-late"))

    def test_a_timer_keeps_its_instant_whatever_the_new_text(self):
        one = Moving(line("a", more=self.OLD))
        one.now += NEXT_DAY
        one.move(line("a", more=(DRAW.boundary("t", "a", "duration:P9D"), DRAW.user("late"), DRAW.flows("t-late"))))
        assert one.wait("t").due == T0 + timedelta(days=5)
        one.fire("t")
        assert one.at == ["late"]

    def test_it_is_armed_anew_if_the_plan_says_so(self):
        one = Moving(line("a", more=self.OLD))
        one.now += NEXT_DAY
        one.move(line("a", more=(DRAW.boundary("t", "a", "duration:P9D"), DRAW.user("late"), DRAW.flows("t-late"))), renew=["t"])
        assert one.wait("t").due == T0 + timedelta(days=10)

    def test_a_new_one_is_armed_now_and_one_that_is_gone_goes(self):
        one = Moving(line("a"))
        one.now += NEXT_DAY
        one.move(line("a", more=self.OLD))
        assert one.wait("t").due == T0 + timedelta(days=6)
        one.move(line("a"))
        assert one.at == ["a"]
        one.complete("a")
        assert one.ended

    def test_a_reminder_that_has_been_sent_is_not_sent_again(self):
        once = (DRAW.boundary("t", "a", "duration:P5D", interrupting=False), DRAW.user("late"), DRAW.flows("t-late"))
        one = Moving(line("a", more=once))
        one.fire("t")
        one.move(line("a", "b", more=once))
        assert one.at == ["a", "late"]

    def test_a_cycle_goes_on_counting(self):
        cycle = (DRAW.boundary("t", "a", "cycle:R3/P1D", interrupting=False), DRAW.user("late"), DRAW.flows("t-late"))
        one = Moving(line("a", more=cycle))
        one.fire("t")
        one.move(line("a", more=cycle))
        one.fire("t")
        one.fire("t")
        assert one.at == ["a", "late", "late", "late"]

    def test_an_intermediate_timer_and_what_cannot_be_armed(self):
        one = Moving(DRAW.diagram(DRAW.start(), DRAW.catch("w", "duration:P2D"), DRAW.end(), DRAW.flows("s-w-e")))
        one.move(DRAW.diagram(DRAW.start(), DRAW.catch("w", "duration:P7D"), DRAW.user("u"), DRAW.end(), DRAW.flows("s-w-u-e")))
        assert one.wait("w").due == T0 + timedelta(days=2)
        one.fire("w")
        with pytest.raises(ExpressionError):
            one.move(line("u", more=(DRAW.boundary("t", "u", "timer:${never}"), DRAW.user("late"), DRAW.flows("t-late"))))


class TestEvents:
    def test_a_new_message_boundary_is_heard(self):
        one = Moving(line("a"))
        one.move(line("a", more=(DRAW.boundary("m1", "a", "message"), DRAW.user("b"), DRAW.flows("m1-b"))))
        one.deliver("m1")
        assert one.at == ["b"]

    def test_a_message_keeps_its_name_unless_it_is_armed_anew(self):
        def catching(kind):
            return DRAW.diagram(DRAW.start(), DRAW.catch("w", kind), DRAW.end(), DRAW.flows("s-w-e"))

        one = Moving(catching("message"))
        one.move(catching("message2"))
        assert one.wait("w").message == "m"
        one.move(catching("message2"), renew=["w"])
        assert one.wait("w").message == "m2"

    def test_a_new_condition_that_holds_is_caught_at_once(self):
        one = Moving(line("a"), variables={"n": 1})
        one.move(line("a", more=(DRAW.boundary("c", "a", "when:${n == 1}"), DRAW.user("b"), DRAW.flows("c-b"))))
        assert one.at == ["b"]

    def test_a_condition_is_the_one_of_the_new_version(self):
        def waiting(text):
            return DRAW.diagram(DRAW.start(), DRAW.catch("w", f"when:{text}"), DRAW.user("u"), DRAW.end(), DRAW.flows("s-w-u-e"))

        one = Moving(waiting("${n == 2}"), variables={"n": 1})
        one.move(waiting("${n == 3}"))
        one.execution.set_variables({"n": 2})
        one.settle()
        assert one.at == []
        one.move(waiting("${n lt 3}"))
        assert one.at == ["u"]

    def test_behind_an_event_based_gateway_new_events_are_offered_and_old_ones_go(self):
        def offering(*kinds):
            catches = [DRAW.catch(name, kind) for name, kind in kinds]
            flows = [DRAW.flows(f"g-{name}-e") for name, _ in kinds]
            return DRAW.diagram(DRAW.start(), DRAW.gate("g", "event"), *catches, DRAW.end(), DRAW.flows("s-g"), *flows)

        one = Moving(offering(("w1", "message"), ("w2", "duration:P3D")))
        due = one.wait("w2").due
        one.now += NEXT_DAY
        one.move(offering(("w2", "duration:P8D"), ("w3", "signal")))
        assert one.at == ["w2", "w3"]
        assert one.wait("w2").due == due
        one.deliver("w3")
        assert one.ended

    def test_a_plan_cannot_turn_one_kind_of_event_into_another(self):
        old, new = (
            line("a", more=TestTimers.OLD),
            line("a", more=(DRAW.boundary("t", "a", "message"), DRAW.user("late"), DRAW.flows("t-late"))),
        )
        one = Moving(old)
        one.move(new)
        assert [wait.kind for wait in one.execution.waits()] == ["user", "message"]


class TestEventSubProcesses:
    @staticmethod
    def with_watcher(kind="message", *, interrupting=False, also="", key="es"):
        start = DRAW.start(f"{key}s", kind, attrs=f'isInterrupting="{str(interrupting).lower()}"')
        inside = ["in_" + key, *filter(None, [also])]
        users = [DRAW.user(name) for name in inside]
        watcher = DRAW.sub(
            key, start, *users, DRAW.end(f"{key}e"), DRAW.flows(f"{key}s-{'-'.join(inside)}-{key}e"), attrs='triggeredByEvent="true"'
        )
        return line("a", more=(watcher,))

    def test_a_new_one_listens_a_gone_one_does_not(self):
        one = Moving(line("a"))
        one.move(self.with_watcher())
        one.deliver("ess")
        assert one.at == ["a", "ess", "in_es"]
        assert one.refused(line("a")) == [("MIG-UNMAPPED", "es")]
        one.complete("in_es")
        one.move(line("a"))
        assert one.at == ["a"]

    def test_an_open_one_goes_on_in_the_new_version(self):
        one = Moving(self.with_watcher())
        one.deliver("ess")
        one.move(self.with_watcher(also="second"))
        one.complete("in_es")
        assert one.at == ["a", "ess", "second"]

    def test_an_interrupting_one_that_runs_lets_no_new_one_listen(self):
        one = Moving(self.with_watcher(interrupting=True))
        one.deliver("ess")
        both = self.with_watcher(interrupting=True).replace(
            b'<userTask id="a"',
            self.with_watcher("signal", key="two")[
                self.with_watcher("signal", key="two").index(b"<subProcess") : self.with_watcher("signal", key="two").index(
                    b"</subProcess>"
                )
                + 13
            ]
            + b'<userTask id="a"',
        )
        one.move(both)
        assert one.at == ["in_es"]
        one.complete("in_es")
        assert one.ended

    def test_its_timer_keeps_its_instant(self):
        one = Moving(self.with_watcher("duration:P4D"))
        one.now += NEXT_DAY
        one.move(self.with_watcher("duration:P8D", also="second"))
        assert one.wait("ess").due == T0 + timedelta(days=4)
        one.move(self.with_watcher("duration:P8D"), renew=["ess"])
        assert one.wait("ess").due == T0 + timedelta(days=9)


class TestParallel:
    @staticmethod
    def block(*branches, gate="parallel"):
        parts = [DRAW.user(name) for name in branches]
        return DRAW.diagram(
            DRAW.start(), DRAW.gate("f", "parallel"), *parts, DRAW.gate("j", gate), DRAW.user("z"), DRAW.end(),
            DRAW.flows("s-f", *(f"f-{name}-j" for name in branches), "j-z-e"),
        )  # fmt: skip

    def test_a_token_that_waits_at_a_join_goes_along(self):
        one = Moving(self.block("a", "b"))
        one.complete("a")
        one.move(self.block("a", "b"))
        one.complete("b")
        assert one.at == ["z"]

    def test_its_branch_may_have_another_name(self):
        one = Moving(self.block("a", "b"))
        one.complete("a")
        one.move(self.block("c", "b"), a="c")
        one.complete("b")
        assert one.at == ["z"]

    def test_a_branch_added_to_an_open_block_is_refused(self):
        one = Moving(self.block("a", "b"))
        assert one.refused(self.block("a", "b", "c")) == [("MIG-JOIN", "j")]
        one.complete("a")
        assert one.refused(self.block("a", "b", "c")) == [("MIG-JOIN", "j")]

    def test_before_the_block_and_behind_it_it_may_be_added(self):
        def longer(*branches):
            return self.block(*branches).replace(b'sourceRef="s" targetRef="f"', b'sourceRef="s" targetRef="y"').replace(
                b'<userTask id="z"', b'<userTask id="y"/><sequenceFlow id="y-f" sourceRef="y" targetRef="f"/><userTask id="z"'
            )  # fmt: skip

        one = Moving(longer("a", "b"))
        one.move(longer("a", "b", "c"))
        one.complete("y")
        assert one.at == ["a", "b", "c"]
        for each in "abc":
            one.complete(each)
        one.move(longer("a", "b", "c", "d"))
        one.complete("z")
        assert one.ended

    def test_a_task_drawn_into_a_parallel_block_is_refused(self):
        one = Moving(line("a"))
        assert one.refused(self.block("a", "b")) == [("MIG-JOIN", "j")]

    def test_a_branch_taken_out_whose_token_waits_is_refused(self):
        one = Moving(self.block("a", "b", "c"))
        one.complete("a")
        assert one.refused(self.block("b", "c")) == [("MIG-FLOW", "j")]

    def test_an_inclusive_join_waits_for_what_still_comes(self):
        one = Moving(self.block("a", "b", gate="inclusive"))
        one.complete("a")
        one.move(self.block("a", "b", "c", gate="inclusive"))
        assert one.at == ["b"]
        one.complete("b")
        assert one.at == ["z"]

    def test_a_join_that_has_all_it_waits_for_opens(self):
        one = Moving(self.block("a", "b"))
        one.complete("a")
        elsewhere = DRAW.diagram(
            DRAW.start(), DRAW.gate("f", "parallel"), DRAW.user("a"), DRAW.user("b"), DRAW.gate("j", "parallel"), DRAW.user("z"), DRAW.end(), DRAW.end("e2"),
            DRAW.flows("s-f-a-j-z-e", "f-b-e2"),
        )  # fmt: skip
        one.move(elsewhere)
        assert one.at == ["b", "z"]

    def test_a_join_that_starved_before_is_no_reason(self):
        starving = DRAW.diagram(
            DRAW.start(), DRAW.gate("x"), DRAW.user("a"), DRAW.user("b"), DRAW.gate("j", "parallel"), DRAW.end(),
            DRAW.flows("s-x", "x-a ${true}", "x-b default", "a-j", "b-j", "j-e"),
        )  # fmt: skip
        one = Moving(starving)
        one.move(starving)
        assert one.at == ["a"]


class TestLoops:
    @staticmethod
    def many(*behind, out="", element="item", sequential=False):
        marker = DRAW.multi(over="list", element=element, out=out, item="answer" if out else "", sequential=sequential)
        return DRAW.diagram(
            DRAW.start(), DRAW.user("m", inner=marker), *map(DRAW.user, behind), DRAW.end(), DRAW.flows("-".join(["s", "m", *behind, "e"]))
        )

    @pytest.mark.parametrize("sequential", [False, True])
    def test_progress_is_kept(self, sequential):
        one = Moving(self.many(sequential=sequential, out="answers"), variables={"list": [1, 2, 3]})
        one.complete("m", answer="x")
        one.move(self.many("z", sequential=sequential, out="answers"))
        for nth in range(2):
            seen = one.execution.visible(one.wait("m").id)
            assert (seen["nrOfCompletedInstances"], seen["item"]) == (1 + nth, 2 + nth)
            one.complete("m", answer="y")
        assert one.at == ["z"]
        assert one.var("answers") == ["x", "y", "y"]

    def test_output_and_element_get_their_new_names(self):
        one = Moving(self.many(out="answers"), variables={"list": [1, 2]})
        one.complete("m", answer="x")
        one.move(self.many(out="replies", element="thing"))
        assert one.execution.visible(one.wait("m").id)["thing"] == 2
        one.complete("m", answer="y")
        assert one.var("replies") == ["x", "y"]
        assert one.var("answers") is None

    def test_output_that_the_old_version_did_not_collect_begins_now(self):
        one = Moving(self.many(), variables={"list": [1, 2]})
        one.complete("m", answer="x")
        one.move(self.many(out="answers"))
        one.complete("m", answer="y")
        assert one.var("answers") == ["y"]

    def test_a_boundary_event_can_be_added_to_the_whole(self):
        one = Moving(self.many(), variables={"list": [1, 2]})
        with_timer = self.many().replace(
            b"</process>", (DRAW.boundary("t", "m", "duration:P1D") + DRAW.user("late") + DRAW.flows("t-late")).encode() + b"</process>"
        )
        one.move(with_timer)
        one.fire("t")
        assert one.at == ["late"]

    def test_another_way_of_looping_is_refused(self):
        one = Moving(self.many(), variables={"list": [1, 2]})
        assert ("MIG-UNMAPPED", "m") in one.refused(self.many(sequential=True))


class TestScopes:
    @staticmethod
    def sub(*inside, more=()):
        parts = DRAW.sub("sub", DRAW.start("s2"), *map(DRAW.user, inside), DRAW.end("e2"), DRAW.flows("s2-" + "-".join(inside) + "-e2"))
        return DRAW.diagram(DRAW.start(), parts, *more, DRAW.end(), DRAW.flows("s-sub-e"))

    def test_inside_a_sub_process_too(self):
        one = Moving(self.sub("a"))
        one.move(self.sub("a", "b", more=(DRAW.boundary("t", "sub", "duration:P1D"), DRAW.user("late"), DRAW.flows("t-late"))))
        one.complete("a")
        assert one.at == ["b", "t"]

    def test_a_task_leaves_its_sub_process_only_if_the_plan_says_so(self):
        one = Moving(self.sub("a"))
        assert one.refused(line("a")) == [("MIG-UNMAPPED", "a"), ("MIG-UNMAPPED", "sub")]
        one.move(line("a", "b"), a="a")
        one.complete("a")
        assert one.at == ["b"]

    def test_a_called_process_goes_along_or_stays(self):
        def diagrams(*inside, behind="z"):
            caller = DRAW.diagram(DRAW.start(), DRAW.call("c", "q"), DRAW.user(behind), DRAW.end(), DRAW.flows(f"s-c-{behind}-e"))
            return caller, line(*inside, key="q")

        along, stays, alone = (Moving(*diagrams("a")) for _ in range(3))
        new = diagrams("a", "b", behind="y")
        along.move(*new)
        stays.move(*new, only=[""])
        alone.move(*new, only=[alone.wait("a").within])
        for one, then in ((along, ["b"]), (stays, ["y"]), (alone, ["b"])):
            one.complete("a")
            assert one.at == then
        along.complete("b")
        alone.complete("b")
        assert (along.at, alone.at) == (["y"], ["z"]), "behind the call each is in the version of its caller"

    def test_an_ad_hoc_sub_process_begins_what_was_added(self):
        def adhoc(*inside, ordering="Parallel"):
            return DRAW.diagram(
                DRAW.start(),
                DRAW.sub("h", *map(DRAW.user, inside), attrs=f'ordering="{ordering}"', tag="adHocSubProcess"),
                DRAW.end(),
                DRAW.flows("s-h-e"),
            )

        one = Moving(adhoc("a", "b"))
        one.complete("a")
        one.move(adhoc("a", "b", "c"))
        assert one.at == ["b", "c"]
        two = Moving(adhoc("a", "b", ordering="Sequential"))
        two.complete("a")
        assert two.refused(adhoc("b", "a", ordering="Sequential")) == [("MIG-AD-HOC", "h")]
        two.move(adhoc("a", "b", "c", ordering="Sequential"))
        two.complete("b")
        assert two.at == ["c"]


class TestCompensation:
    @staticmethod
    def undone(handler="undo", *, made=True):
        parts = [DRAW.user("a"), DRAW.user("b"), DRAW.throw("back", "undo"), DRAW.user("z")]
        parts += [DRAW.undone_by("a", DRAW.user(handler))] if made else []
        return DRAW.diagram(DRAW.start(), *parts, DRAW.end(), DRAW.flows("s-a-b-back-z-e"))

    def test_what_is_done_is_undone_by_the_new_handler(self):
        one = Moving(self.undone())
        one.complete("a")
        one.move(self.undone("other"))
        one.complete("b")
        assert one.at == ["other"]
        one.complete("other")
        assert one.at == ["z"]

    def test_a_version_without_handler_is_refused_while_something_can_be_undone(self):
        one = Moving(self.undone())
        one.move(self.undone())
        one.complete("a")
        assert one.refused(self.undone(made=False), a="a") == [("MIG-UNDO", "a")]

    def test_a_handler_at_work_goes_along(self):
        one = Moving(self.undone())
        one.complete("a")
        one.complete("b")
        assert one.refused(self.undone("other")) == [("MIG-UNMAPPED", "undo")]
        one.move(self.undone("other"), undo="other")
        one.complete("other")
        assert one.at == ["z"]


class TestPlans:
    def processes(self, old, new):
        return (Story(xml).definitions.processes["p"] for xml in (old, new))

    def test_only_places_where_a_token_can_stand_are_planned(self):
        xml = DRAW.diagram(DRAW.start(), DRAW.script("x", "n = 1"), DRAW.gate("g"), DRAW.user("a"), DRAW.end(), DRAW.flows("s-x-g-a-e"))
        route = generate(*self.processes(xml, xml))
        assert [each.source for each in route.instructions] == ["a"]

    @pytest.mark.parametrize(
        ("steps", "codes"),
        [
            ([("a", "a"), ("a", "b")], ["MIG-TWICE"]),
            ([("nowhere", "a")], ["MIG-SOURCE"]),
            ([("a", "nowhere")], ["MIG-TARGET"]),
            ([("a", "w")], ["MIG-TYPE"]),
            ([("w", "t")], ["MIG-EVENT"]),
            ([("a", "m")], ["MIG-LOOP"]),
            ([("a", "inside")], []),
            ([("a", "inside"), ("sub", "sub")], ["MIG-SCOPE"]),
            ([("inside", "a")], []),
            ([("a", "b"), ("late", "late")], ["MIG-HOST"]),
            ([("a", "a"), ("w", "w"), ("sub", "sub"), ("inside", "inside"), ("late", "late")], []),
        ],
    )
    def test_what_is_wrong_with_a_plan_is_said(self, steps, codes):
        inner = DRAW.sub("sub", DRAW.start("s2"), DRAW.user("inside"), DRAW.end("e2"), DRAW.flows("s2-inside-e2"))
        parts = [
            DRAW.user("a"),
            DRAW.user("b"),
            DRAW.catch("w", "message"),
            DRAW.catch("t", "duration:P1D"),
            DRAW.user("m", inner=DRAW.multi(count="2")),
            inner,
        ]
        late = DRAW.boundary("late", "a", "message2") + DRAW.flows("late-b")
        xml = DRAW.diagram(DRAW.start(), *parts, late, DRAW.end(), DRAW.flows("s-a-b-w-t-m-sub-e"))
        old, new = self.processes(xml, xml)
        found = obstacles_of(Route("p", "p", tuple(Instruction(*step) for step in steps)), old, new)
        assert sorted({each.code for _, each in found}) == codes
        assert all(each.zh and each.en for _, each in found)
