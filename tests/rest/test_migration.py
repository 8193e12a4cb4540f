"""Migration, modification and restart as clients of Camunda ask for them."""

import pytest

from tests.rest.conftest import typed


@pytest.fixture
def steps(draw):
    """A process of user tasks, one after the other."""

    def drawn(*names, key="p", more=()):
        users = [draw.user(name) for name in names]
        return draw.diagram(draw.start(), *users, draw.end(), draw.flows("s-" + "-".join(names) + "-e"), *more, key=key)

    return drawn


@pytest.fixture
def two(rest, steps, draw):
    """Two definitions of one key, and an instance of the first."""
    old = rest.definition(steps("a"))
    instance = rest.start(old, n=1)
    timer = draw.boundary("t", "a", "duration:P1D") + draw.flows("t-e")
    return old, rest.definition(steps("a", "b", more=(timer,))), instance


def plan_of(rest, old, new, **more):
    return rest.post("/migration/generate", {"sourceProcessDefinitionId": old, "targetProcessDefinitionId": new, **more})


def at(rest):
    return sorted(task["taskDefinitionKey"] for task in rest.tasks())


def refused(rest, path, body, status=400):
    answer = rest.http.post(f"/engine-rest{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_plan_is_made_checked_and_carried_out(rest, two):
    old, new, instance = two
    plan = plan_of(rest, old, new)
    step = {"sourceActivityIds": ["a"], "targetActivityIds": ["a"], "updateEventTrigger": False}
    assert plan == {"sourceProcessDefinitionId": old, "targetProcessDefinitionId": new, "instructions": [step], "variables": None}
    assert rest.post("/migration/validate", plan) == {"instructionReports": [], "variableReports": {}}
    rest.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [instance], "skipIoMappings": True}, status=204)
    assert rest.get(f"/process-instance/{instance}")["definitionId"] == new
    assert rest.tasks()[0]["processDefinitionId"] == new
    assert [job["processDefinitionId"] for job in rest.get("/job")] == [new]
    rest.complete("a")
    assert at(rest) == ["b"]
    told = rest.get("/history/user-operation", processInstanceId=instance, operationType="Migrate")
    assert [entry["entityType"] for entry in told] == ["ProcessInstance"]


def test_loops_are_planned_as_camunda_does_and_events_on_request(rest, draw):
    parts = [draw.user("m", inner=draw.multi(count="2")), draw.boundary("t", "m", "duration:P1D"), draw.flows("t-e")]
    xml = draw.diagram(draw.start(), *parts, draw.end(), draw.flows("s-m-e"))
    old, new = rest.definition(xml), rest.definition(xml)
    plan = plan_of(rest, old, new, updateEventTriggers=True)
    named = {step["sourceActivityIds"][0]: step["updateEventTrigger"] for step in plan["instructions"]}
    assert named == {"m#multiInstanceBody": False, "m": False, "t": True}
    instance = rest.start(old)
    rest.post(f"/task/{rest.tasks()[0]['id']}/complete", status=204)
    rest.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [instance]}, status=204)
    assert at(rest) == ["m"]
    rest.complete("m")
    assert rest.get("/process-instance") == []


def test_what_is_wrong_with_a_plan_or_an_instance_is_reported_and_nothing_moves(rest, two):
    old, new, instance = two
    plan = plan_of(rest, old, new)
    wrong = {**plan, "instructions": [{"sourceActivityIds": ["a"], "targetActivityIds": ["nowhere"]}]}
    (report,) = rest.post("/migration/validate", wrong)["instructionReports"]
    assert (report["instruction"]["sourceActivityIds"], len(report["failures"])) == (["a"], 1)
    answer = refused(rest, "/migration/execute", {"migrationPlan": wrong, "processInstanceIds": [instance]})
    assert answer["type"] == "MigrationPlanValidationException"
    assert answer["validationReport"]["instructionReports"] == [report]
    other = {**plan, "instructions": [{"sourceActivityIds": ["t"], "targetActivityIds": ["t"]}]}
    assert (
        refused(rest, "/migration/execute", {"migrationPlan": other, "processInstanceIds": [instance]})["type"]
        == "MigrationPlanValidationException"
    )
    second = rest.start(old)
    back = plan_of(rest, new, old)
    rest.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [second]}, status=204)
    rest.post(f"/task/{next(task['id'] for task in rest.tasks() if task['processInstanceId'] == second)}/complete", status=204)
    answer = refused(rest, "/migration/execute", {"migrationPlan": back, "processInstanceIds": [second]})
    assert answer["type"] == "MigratingProcessInstanceValidationException"
    (failed,) = answer["validationReport"]["activityInstanceValidationReports"]
    assert (answer["validationReport"]["processInstanceId"], failed["sourceScopeId"]) == (second, "b")
    assert rest.get(f"/process-instance/{instance}")["definitionId"] == old


def test_instances_that_are_not_there_or_of_another_definition_are_refused(rest, two):
    old, new, instance = two
    plan, back = plan_of(rest, old, new), plan_of(rest, new, old)
    for body in (
        {"migrationPlan": plan, "processInstanceIds": ["nobody"]},
        {"migrationPlan": back, "processInstanceIds": [instance]},
        {"migrationPlan": plan},
        {"migrationPlan": plan, "processInstanceIds": []},
        {"migrationPlan": plan, "processInstanceQuery": {"unheardOf": True}},
        {"migrationPlan": plan, "processInstanceQuery": {"businessKey": "nobody's"}},
        {"migrationPlan": plan, "processInstanceIds": [instance], "historicProcessInstanceQuery": {"finished": True}},
        {"migrationPlan": None, "processInstanceIds": [instance]},
        {"migrationPlan": {**plan, "instructions": []}, "processInstanceIds": [instance]},
        {"migrationPlan": {**plan, "instructions": [{"sourceActivityIds": "a"}]}, "processInstanceIds": [instance]},
        {"migrationPlan": {**plan, "sourceProcessDefinitionId": "x:1:1"}, "processInstanceIds": [instance]},
    ):
        refused(rest, "/migration/execute", body)
    refused(rest, "/migration/generate", {"sourceProcessDefinitionId": old})


def test_instances_are_named_by_a_query_and_a_batch_is_done_at_once(rest, two):
    old, new, instance = two
    other = rest.start(old)
    body = {"migrationPlan": plan_of(rest, old, new), "processInstanceQuery": {"processDefinitionId": old}}
    batch = rest.post("/migration/executeAsync", body)
    assert (batch["type"], batch["totalJobs"]) == ("instance-migration", 2)
    assert batch["startTime"] == batch["executionStartTime"] == "2024-01-31T09:00:00.000+0000"
    assert {item["definitionId"] for item in rest.get("/process-instance")} == {new}
    where = {"processDefinitionId": new, "processInstanceIds": [instance, other], "annotation": "r"}
    batch = rest.post("/modification/executeAsync", {**where, "instructions": [{"type": "cancel", "activityId": "a"}]})
    assert (batch["type"], rest.get("/process-instance")) == ("instance-modification", [])
    third = rest.start(new)
    batch = rest.post(f"/process-instance/{third}/modification-async", {"instructions": [{"type": "cancel", "activityId": "a"}]})
    assert (batch["type"], batch["totalJobs"], rest.get("/process-instance")) == ("instance-modification", 1, [])
    again = {"processInstanceIds": [instance], "instructions": [{"type": "startBeforeActivity", "activityId": "b"}]}
    assert rest.post(f"/process-definition/{new}/restart-async", again)["type"] == "instance-restart"
    assert at(rest) == ["b"]


def test_a_called_instance_goes_by_itself_its_caller_stays(rest, draw, steps):
    caller = draw.diagram(draw.start(), draw.call("c", "q"), draw.user("z"), draw.end(), draw.flows("s-c-z-e"))
    deployed = rest.deploy(caller, steps("a", key="q"))["deployedProcessDefinitions"]
    p, q = (next(name for name in deployed if name.startswith(f"{key}:")) for key in "pq")
    root = rest.start(p)
    inner = next(item["id"] for item in rest.get("/process-instance") if item["id"] != root)
    newer = rest.definition(steps("a", "b", key="q"))
    rest.post("/migration/execute", {"migrationPlan": plan_of(rest, q, newer), "processInstanceIds": [inner]}, status=204)
    assert {item["id"]: item["definitionId"] for item in rest.get("/process-instance")} == {root: p, inner: newer}
    for key in "abz":
        rest.complete(key)
    assert rest.get("/process-instance") == []


class TestModification:
    @pytest.fixture
    def instance(self, rest, steps):
        return rest.start(rest.definition(steps("a", "b", "c")), n=1)

    def modify(self, rest, instance, *instructions, status=204, **more):
        return rest.post(f"/process-instance/{instance}/modification", {"instructions": list(instructions), **more}, status=status)

    def test_tokens_are_cancelled_and_started(self, rest, instance):
        variables = {"n": {**typed(n=2)["n"], "local": True}, "m": typed(m=3)["m"]}
        start = {"type": "startBeforeActivity", "activityId": "c", "variables": variables}
        self.modify(rest, instance, {"type": "cancel", "activityId": "a"}, start, annotation="moved by hand")
        assert at(rest) == ["c"]
        assert {name: each["value"] for name, each in rest.get(f"/task/{rest.tasks()[0]['id']}/variables").items()} == {"n": 2, "m": 3}
        assert rest.get(f"/process-instance/{instance}/variables")["n"]["value"] == 1
        told = rest.get("/history/user-operation", processInstanceId=instance, operationType="ModifyProcessInstance")
        assert len(told) == 1

    def test_by_the_tree_behind_and_along(self, rest, instance):
        tree = rest.get(f"/process-instance/{instance}/activity-instances")
        leaf = tree["childActivityInstances"][0]["id"]
        self.modify(rest, instance, {"type": "cancel", "activityInstanceId": leaf}, {"type": "startAfterActivity", "activityId": "a"})
        assert at(rest) == ["b"]
        along = {"type": "startTransition", "transitionId": "b-c", "ancestorActivityInstanceId": instance}
        self.modify(rest, instance, along)
        assert at(rest) == ["b", "c"]
        self.modify(rest, instance, {"type": "cancel", "activityId": "b"}, {"type": "cancel", "activityId": "c"})
        assert rest.get("/process-instance") == []

    def test_what_is_started_anew_is_spared_on_request(self, rest, instance):
        """`cancelCurrentActiveActivityInstances`: only what stood there before the instructions is cancelled."""
        before, cancel = {"type": "startBeforeActivity", "activityId": "a"}, {"type": "cancel", "activityId": "a"}
        first = rest.tasks()[0]["id"]
        self.modify(rest, instance, before, {**cancel, "cancelCurrentActiveActivityInstances": True})
        (again,) = rest.tasks()
        assert again["taskDefinitionKey"] == "a"
        assert again["id"] != first
        self.modify(rest, instance, before, {"type": "startBeforeActivity", "activityId": "b"}, cancel)
        assert at(rest) == ["b"]
        self.modify(rest, instance, before, {**cancel, "cancelCurrentActiveActivityInstances": True}, status=400)
        assert at(rest) == ["b"]

    def test_one_instance_of_a_loop_or_the_whole_of_it(self, rest, draw):
        parts = draw.start(), draw.user("a"), draw.user("m", inner=draw.multi(count="3")), draw.user("z"), draw.end()
        instance = rest.start(rest.definition(draw.diagram(*parts, draw.flows("s-a-m-z-e"))))
        self.modify(rest, instance, {"type": "startBeforeActivity", "activityId": "m"}, {"type": "cancel", "activityId": "a"})
        assert at(rest) == ["m"]
        whole = {"activityId": "m#multiInstanceBody"}
        self.modify(rest, instance, {"type": "cancel", **whole}, {"type": "startBeforeActivity", **whole})
        assert at(rest) == ["m", "m", "m"]
        self.modify(rest, instance, {"type": "startAfterActivity", **whole}, {"type": "cancel", **whole})
        assert at(rest) == ["z"]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"instructions": []},
            {"instructions": ["a"]},
            {"instructions": [{"type": "jump"}]},
            {"instructions": [{"type": "cancel"}]},
            {"instructions": [{"type": "cancel", "activityId": "nowhere"}]},
            {"instructions": [{"type": "startBeforeActivity", "activityId": "nowhere"}]},
            {"instructions": [{"type": "startBeforeActivity", "activityId": "b", "variables": [1]}]},
            {"instructions": [{"type": "startBeforeActivity", "activityId": "b", "variables": {"x": 1}}]},
            {"instructions": [{"type": "cancel", "activityId": "a"}], "skipIoMappings": True},
        ],
    )
    def test_what_cannot_be_read_or_done_is_a_bad_request(self, rest, instance, body):
        rest.post(f"/process-instance/{instance}/modification", body, status=400)
        assert at(rest) == ["a"]

    def test_an_instance_that_is_not_there_and_an_ambiguous_flow(self, rest, instance):
        self.modify(rest, "nobody", {"type": "cancel", "activityId": "a"}, status=404)
        self.modify(rest, instance, {"type": "startAfterActivity", "activityId": "e"}, status=500)

    def test_several_instances_at_once(self, rest, steps, instance):
        definition = rest.get(f"/process-instance/{instance}")["definitionId"]
        other = rest.start(definition)
        instructions = [{"type": "cancel", "activityId": "a"}, {"type": "startBeforeActivity", "activityId": "b"}]
        body = {"processDefinitionId": definition, "instructions": instructions, "processInstanceIds": [instance, other]}
        rest.post("/modification/execute", body, status=204)
        assert at(rest) == ["b", "b"]
        stranger = rest.start(rest.definition(steps("a")))
        rest.post("/modification/execute", {**body, "processInstanceIds": [stranger]}, status=400)


def test_a_finished_instance_runs_once_more(rest, steps):
    definition = rest.definition(steps("a", "b"))
    instance = rest.post(f"/process-definition/{definition}/start", {"variables": typed(n=1), "businessKey": "K"})["id"]
    instructions = [{"type": "startBeforeActivity", "activityId": "b"}]
    body = {"processInstanceIds": [instance], "instructions": instructions}
    rest.post(f"/process-definition/{definition}/restart", body, status=400)
    rest.complete("a", n=2)
    rest.complete("b")
    rest.post(f"/process-definition/{definition}/restart", body, status=204)
    rest.post(f"/process-definition/{definition}/restart", {**body, "initialVariables": True, "withoutBusinessKey": True}, status=204)
    first, second = sorted(rest.get("/process-instance"), key=lambda item: item["businessKey"] is None)
    assert at(rest) == ["b", "b"]
    assert [item["businessKey"] for item in (first, second)] == ["K", None]
    once = {item["id"]: item["restartedProcessInstanceId"] for item in rest.get("/history/process-instance")}
    assert once == {instance: None, first["id"]: instance, second["id"]: instance}
    values = [rest.get(f"/process-instance/{item['id']}/variables")["n"]["value"] for item in (first, second)]
    assert values == [2, 1]
    rest.post(f"/process-definition/{definition}/restart", {"processInstanceIds": [instance]}, status=400)
    rest.post("/process-definition/x:1:1/restart", body, status=404)
    asked = {"instructions": instructions, "historicProcessInstanceQuery": {"completed": True, "processInstanceBusinessKey": "K"}}
    assert rest.post(f"/process-definition/{definition}/restart-async", asked)["totalJobs"] == 1
    assert len(at(rest)) == 3
    for wrong in ({"surprise": 1}, [], {"processInstanceBusinessKey": "none"}):
        rest.post(f"/process-definition/{definition}/restart", {**asked, "historicProcessInstanceQuery": wrong}, status=400)
    rest.post(f"/process-definition/{definition}/restart", {"instructions": instructions, "processInstanceQuery": {}}, status=400)
    rest.post(f"/process-definition/{definition}/restart", {**body, "instructions": [{"type": "cancel", "activityId": "b"}]}, status=400)


def test_a_plan_may_hold_variables_that_every_moved_instance_gets(rest, two):
    old, new, instance = two
    plan = plan_of(rest, old, new) | {"variables": typed(m=7)}
    rest.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [instance]}, status=204)
    assert {name: each["value"] for name, each in rest.get(f"/process-instance/{instance}/variables").items()} == {"n": 1, "m": 7}


def test_a_sub_process_begins_around_a_task_and_the_tree_and_the_history_show_it(rest, draw, two):
    old, _, instance = two
    inner = draw.sub("sub", draw.start("s2"), draw.user("a"), draw.end("e2"), draw.flows("s2-a-e2"))
    new = rest.definition(draw.diagram(draw.start(), inner, draw.user("b"), draw.end(), draw.flows("s-sub-b-e")))
    step = {"sourceActivityIds": ["a"], "targetActivityIds": ["a"], "updateEventTrigger": False}
    plan = {"sourceProcessDefinitionId": old, "targetProcessDefinitionId": new, "instructions": [step]}
    assert rest.post("/migration/validate", plan)["instructionReports"] == []
    rest.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [instance]}, status=204)
    (sub,) = rest.get(f"/process-instance/{instance}/activity-instances")["childActivityInstances"]
    assert (sub["activityId"], [each["activityId"] for each in sub["childActivityInstances"]]) == ("sub", ["a"])
    rest.complete("a")
    assert at(rest) == ["b"]
