"""Elements that are seldom drawn, through the interface: each runs, is stored between requests, and is seen in tree and history."""

import pytest

from tests.rest.conftest import typed
from tests.unit.engine.dmn.conftest import dmn, table


def rule(name, key, more=""):
    return f'<businessRuleTask id="{name}" camunda:decisionRef="{key}" camunda:resultVariable="size" camunda:mapDecisionResult="singleEntry" {more}/>'


def sizes(limit):
    rows = (f'>= {limit} | "large"', f'< {limit} | "small"')
    return {"sizes.dmn": dmn(table(*rows, inputs="staff:integer", outputs="size:string", key="size_of"))}


def places(rest, instance):
    def inside(node):
        return (node["activityId"], [inside(each) for each in node["childActivityInstances"]])

    return [inside(each) for each in rest.get(f"/process-instance/{instance}/activity-instances")["childActivityInstances"]]


def passed(rest, instance, **query):
    return [each["activityId"] for each in rest.get("/history/activity-instance", processInstanceId=instance, finished="true", **query)]


def keys(rest):
    return [task["taskDefinitionKey"] for task in rest.tasks()]


def test_a_decision_deployed_by_itself_is_the_latest(rest, draw):
    diagram = draw.diagram(draw.start(), rule("r", "size_of"), draw.user("u"), draw.end(), draw.flows("s-r-u-e"))
    definition = rest.definition(diagram)
    rest.post(f"/process-definition/{definition}/start", {"variables": typed(staff=70)}, status=500)
    rest.deploy(**sizes(100))
    small = rest.start(definition, staff=70)
    rest.deploy(**sizes(50))
    large = rest.start(definition, staff=70)
    found = [rest.get(f"/process-instance/{each}/variables/size")["value"] for each in (small, large)]
    assert found == ["small", "large"]


def test_a_decision_bound_to_its_deployment_stays(rest, draw):
    bound = rule("r", "size_of", 'camunda:decisionRefBinding="deployment"')
    diagram = draw.diagram(draw.start(), bound, draw.user("u"), draw.end(), draw.flows("s-r-u-e"))
    ((definition, _),) = rest.deploy(diagram, **sizes(100))["deployedProcessDefinitions"].items()
    rest.deploy(**sizes(50))
    assert rest.get(f"/process-instance/{rest.start(definition, staff=70)}/variables/size")["value"] == "small"


def test_a_decision_is_chosen_by_its_number_or_its_tag(rest, draw):
    def tagged(limit, tag):
        return {name: content.replace(b"<decision ", f'<decision camunda:versionTag="{tag}" '.encode()) for name, content in sizes(limit).items()}

    rest.deploy(**tagged(100, "strict"))
    rest.deploy(**tagged(50, "mild"))
    assert [each["versionTag"] for each in rest.get("/decision-definition")] == ["strict", "mild"]

    def size(attributes, status=200):
        diagram = draw.diagram(draw.start(), rule("r", "size_of", attributes), draw.user("u"), draw.end(), draw.flows("s-r-u-e"))
        given = typed(staff=70, n=2, t="strict")
        instance = rest.post(f"/process-definition/{rest.definition(diagram)}/start", {"variables": given}, status=status)
        return rest.get(f"/process-instance/{instance['id']}/variables/size")["value"] if status == 200 else instance["message"]

    bound = 'camunda:decisionRefBinding="version'
    number, tag = f'{bound}" camunda:decisionRefVersion', f'{bound}Tag" camunda:decisionRefVersionTag'
    assert [size(f'{number}="1"'), size(f'{number}="2"'), size(f'{tag}="strict"'), size(f'{tag}="mild"')] == ["small", "large", "small", "large"]
    assert [size(f'{number}="${{n}}"'), size(f'{number}="${{n - 1}}"'), size(f'{tag}="${{t}}"')] == ["large", "small", "small"]
    for missing in (f'{number}="${{t}}"', f'{tag}="none-${{t}}"', f'{number}="3"', f'{number}="0"', f'{tag}="none"'):
        assert "the decision size_of" in size(missing, status=500)
    for wrong in (f'{number}="one"', tag.partition(" ")[0]):
        diagram = draw.diagram(draw.start(), rule("r", "size_of", wrong), draw.end(), draw.flows("s-r-e"))
        assert "of the decision" in rest.deploy(diagram, status=400)["message"]


def test_compensation_undoes_what_was_done_and_is_told(rest, draw):
    parts = (draw.user("book"), draw.undone_by("book", draw.user("unbook")), draw.user("pay"), draw.throw("undo", "undo"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-book-pay-undo-e"))))
    rest.complete("book")
    rest.complete("pay")
    assert keys(rest) == ["unbook"]
    assert sorted(places(rest, instance)) == [("unbook", []), ("undo", [])]
    assert len(rest.get("/execution", activityId="unbook")) == 1
    rest.complete("unbook")
    rest.get(f"/process-instance/{instance}", status=404)
    assert passed(rest, instance, activityType="userTask") == ["book", "pay", "unbook"]
    assert rest.get("/history/process-instance", processInstanceId=instance)[0]["state"] == "COMPLETED"


def test_what_is_undone_in_a_completed_sub_process_stands_in_it(rest, draw):
    inner = (draw.start("s2"), draw.user("book"), draw.undone_by("book", draw.user("unbook")), draw.end("e2"), draw.flows("s2-book-e2"))
    parts = (draw.sub("sub", *inner), draw.user("pay"), draw.throw("undo", "undo"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-sub-pay-undo-e"))))
    rest.complete("book")
    assert places(rest, instance) == [("pay", [])]
    rest.complete("pay")
    assert sorted(places(rest, instance)) == [("sub", [("unbook", [])]), ("undo", [])]
    rest.complete("unbook")
    rest.get(f"/process-instance/{instance}", status=404)


@pytest.mark.parametrize("sequential", [True, False])
def test_what_is_undone_of_a_loop_stands_in_the_loop(rest, draw, sequential):
    task = draw.user("book", inner=draw.multi(count="2", sequential=sequential))
    parts = (task, draw.undone_by("book", draw.user("unbook")), draw.throw("undo", "undo"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-book-undo-e"))))
    for _ in range(2):
        rest.post(f"/task/{rest.tasks()[0]['id']}/complete", status=204)
    assert sorted(places(rest, instance)) == [("book#multiInstanceBody", [("unbook", []), ("unbook", [])]), ("undo", [])]
    assert len(rest.get("/execution", activityId="unbook")) == 2
    for _ in range(2):
        rest.post(f"/task/{rest.tasks()[0]['id']}/complete", status=204)
    rest.get(f"/process-instance/{instance}", status=404)


def test_the_history_tells_a_loop_as_a_whole_from_its_instances(rest, draw):
    diagram = draw.diagram(draw.start(), draw.user("u", inner=draw.multi(count="${n}")), draw.end(), draw.flows("s-u-e"))
    definition = rest.definition(diagram)
    instance = rest.start(definition, n=2)
    (body,) = rest.get("/history/activity-instance", processInstanceId=instance, activityId="u#multiInstanceBody")
    assert (body["activityType"], body["parentActivityInstanceId"]) == ("multiInstanceBody", instance)
    each = rest.get("/history/activity-instance", processInstanceId=instance, activityType="userTask")
    assert [(one["activityId"], one["parentActivityInstanceId"]) for one in each] == [("u", body["id"])] * 2
    empty = rest.start(definition, n=0)
    assert passed(rest, empty) == ["s", "u#multiInstanceBody", "e"]


def test_each_completed_sub_process_of_a_loop_is_undone_in_a_place_of_its_own(rest, draw):
    inner = (draw.start("s2"), draw.user("book"), draw.undone_by("book", draw.user("unbook")), draw.end("e2"), draw.flows("s2-book-e2"))
    parts = (draw.sub("trip", *inner, draw.multi(count="2")), draw.throw("undo", "undo"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-trip-undo-e"))))
    for _ in range(2):
        rest.post(f"/task/{rest.tasks()[0]['id']}/complete", status=204)
    trips = [("trip", [("unbook", [])])] * 2
    assert sorted(places(rest, instance)) == [("trip#multiInstanceBody", trips), ("undo", [])]


def test_a_cancelled_transaction_compensates_and_leaves_by_its_boundary(rest, draw):
    inner = (draw.start("s2"), draw.user("do"), draw.undone_by("do", draw.user("undo_it")), draw.end("no", "cancel"), draw.flows("s2-do-no"))
    parts = (draw.sub("t", *inner, tag="transaction"), draw.boundary("b", "t", "cancel"), draw.user("after"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-t-e", "b-after-e"))))
    rest.complete("do")
    assert keys(rest) == ["undo_it"]
    rest.complete("undo_it")
    assert keys(rest) == ["after"]
    (scope,) = rest.get("/history/activity-instance", processInstanceId=instance, activityId="t")
    assert scope["endTime"]


def test_an_ad_hoc_sub_process_offers_all_it_holds(rest, draw):
    condition = "<completionCondition>${enough}</completionCondition>"
    inner = draw.sub("adhoc", draw.user("a"), draw.user("b"), condition, tag="adHocSubProcess")
    instance = rest.start(rest.definition(draw.diagram(draw.start(), inner, draw.user("after"), draw.end(), draw.flows("s-adhoc-after-e"))), enough=False)
    assert places(rest, instance) == [("adhoc", [("a", []), ("b", [])])]
    rest.complete("a", enough=True)
    assert keys(rest) == ["after"]
    (left,) = rest.get("/history/activity-instance", processInstanceId=instance, activityId="b")
    assert left["canceled"] is True


@pytest.mark.parametrize("first", ["a", "c"])
def test_a_complex_gateway_goes_on_when_its_condition_holds(rest, draw, first):
    gate = '<complexGateway id="j"><activationCondition>${activationCount &gt;= 2}</activationCondition></complexGateway>'
    parts = (draw.gate("f", "parallel"), draw.user("a"), draw.user("b"), draw.user("c"), gate, draw.user("after"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-a-j", "f-b-j", "f-c-j", "j-after-e"))))
    rest.complete(first)
    assert "after" not in keys(rest)
    assert ("j", []) in places(rest, instance)
    rest.complete("b")
    assert "after" in keys(rest)
    assert "j" in passed(rest, instance)


SET = '<camunda:script scriptFormat="javascript">{} = {}</camunda:script>'


def test_scripts_listen_to_what_happens_and_a_timeout_is_a_job_of_its_task(rest, draw):
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    late = f'<camunda:taskListener event="timeout" id="late">{SET.format("late", "true")}{timer}</camunda:taskListener>'
    begun = f'<camunda:executionListener event="start">{SET.format("begun", "n + 1")}</camunda:executionListener>'
    instance = rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u", ext=late + begun), draw.end(), draw.flows("s-u-e"))), n=1)
    (job,) = rest.get("/job")
    rest.post(f"/job/{job['id']}/execute", status=204)
    assert rest.get("/job") == []
    found = rest.get(f"/process-instance/{instance}/variables")
    assert {name: each["value"] for name, each in found.items()} == {"n": 1, "begun": 2, "late": True}
    rest.complete("u")
    assert rest.get("/process-instance") == []


def test_a_listener_in_java_is_refused_with_the_place_it_stands_in(rest, draw):
    listener = '<camunda:executionListener event="start" class="org.example.Listener"/>'
    told = rest.deploy(draw.diagram(draw.start(), draw.user("u", ext=listener), draw.end(), draw.flows("s-u-e")), status=400)
    assert "org.example.Listener" in told["message"]


def test_a_call_by_a_version_tag_runs_the_newest_version_that_has_it(rest, draw):
    def leaf(task, tag):
        xml = draw.diagram(draw.start(), draw.user(task), draw.end(), draw.flows(f"s-{task}-e"), key="leaf")
        return xml.replace(b'<process id="leaf"', f'<process id="leaf" camunda:versionTag="{tag}"'.encode())

    for task, tag in (("a", "old"), ("b", "old"), ("c", "new")):
        rest.deploy(leaf(task, tag))
    call = draw.call("c", "leaf").replace("<callActivity", '<callActivity camunda:calledElementBinding="versionTag" camunda:calledElementVersionTag="${tag}"')
    caller = rest.definition(draw.diagram(draw.start(), call, draw.end(), draw.flows("s-c-e")))
    rest.start(caller, tag="old")
    assert [task["taskDefinitionKey"] for task in rest.tasks()] == ["b"]
    shown = rest.get("/process-definition", versionTagLike="%d", sortBy="versionTag", sortOrder="asc")
    assert [(each["key"], each["version"], each["versionTag"]) for each in shown] == [("leaf", 1, "old"), ("leaf", 2, "old")]
    assert rest.get("/process-definition", withoutVersionTag="true") == [rest.get(f"/process-definition/{caller}")]
    assert rest.get("/process-definition/count", versionTag="new") == {"count": 1}


def test_a_worker_chooses_by_version_tag_and_is_told_it(rest, draw):
    xml = draw.diagram(draw.start(), draw.service("x"), draw.end(), draw.flows("s-x-e"), key="p")
    for tag in ("old", "new"):
        rest.start(rest.definition(xml.replace(b'<process id="p"', f'<process id="p" camunda:versionTag="{tag}"'.encode())))
    topic = {"topicName": "t", "lockDuration": 1000, "processDefinitionVersionTag": "old"}
    (task,) = rest.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 9, "topics": [topic]})
    assert task["processDefinitionVersionTag"] == "old"
    assert sorted(each["processDefinitionVersionTag"] for each in rest.get("/external-task")) == ["new", "old"]


def test_a_single_entry_of_a_table_with_several_outputs_is_the_one_that_the_rule_gives(rest, draw):
    rows = ('>= 50 | "large" |', '< 50 | "small" | true')
    files = {"sizes.dmn": dmn(table(*rows, inputs="staff:integer", outputs="size:string|few:boolean", key="size_of"))}
    diagram = draw.diagram(draw.start(), rule("r", "size_of"), draw.user("u"), draw.end(), draw.flows("s-r-u-e"))
    ((definition, _),) = rest.deploy(diagram, **files)["deployedProcessDefinitions"].items()
    assert rest.get(f"/process-instance/{rest.start(definition, staff=70)}/variables/size")["value"] == "large"
    rest.post(f"/process-definition/{definition}/start", {"variables": typed(staff=7)}, status=500)
