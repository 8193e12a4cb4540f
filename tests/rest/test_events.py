"""Messages, signals, receive tasks, and the clock."""

import pytest

from rest import clock
from tests.rest.conftest import typed


@pytest.fixture
def hears(draw):
    return draw.diagram(draw.start(), draw.catch("m", "message"), draw.user("u"), draw.end(), draw.flows("s-m-u-e"), key="hears")


@pytest.fixture
def begins(draw):
    return draw.diagram(draw.start("s", "message"), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="begins")


def test_a_broadcast_keeps_the_declared_types_of_what_it_carries(rest, draw):
    waits = draw.diagram(draw.start(), draw.catch("g", "signal"), draw.user("u"), draw.end(), draw.flows("s-g-u-e"), key="waits")
    starts = draw.diagram(draw.start("s", "signal"), draw.user("v"), draw.end(), draw.flows("s-v-e"), key="starts")
    deployed = rest.deploy(waits, starts)["deployedProcessDefinitions"]
    rest.start(next(name for name in deployed if name.startswith("waits")))
    sent = {"n": {"value": 7, "type": "Long"}, "t": {"value": "x", "type": "String"}}
    names = {each["eventName"] for each in rest.get("/event-subscription", eventType="signal")}
    for name in names:
        rest.post("/signal", {"name": name, "variables": sent}, status=204)
    tasks = rest.tasks()
    assert sorted(task["taskDefinitionKey"] for task in tasks) == ["u", "v"]
    for task in tasks:
        found = rest.get(f"/task/{task['id']}/variables")
        assert {name: each["type"] for name, each in found.items()} == {"n": "Long", "t": "String"}


def name_of(rest, kind="message"):
    return rest.get("/event-subscription", eventType=kind)[0]["eventName"]


def test_one_match_takes_the_message(rest, hears):
    instance = rest.start(rest.definition(hears))
    (open_,) = rest.get("/event-subscription", eventType="message")
    assert (open_["processInstanceId"], open_["activityId"]) == (instance, "m")
    name = open_["eventName"]
    (result,) = rest.post("/message", {"messageName": name, "processVariables": typed(a=1), "resultEnabled": True})
    assert result["resultType"] == "Execution"
    assert result["execution"] == {"id": open_["executionId"], "processInstanceId": instance, "ended": False, "tenantId": None}
    assert result["processInstance"] is None
    assert rest.get(f"/process-instance/{instance}/variables")["a"]["value"] == 1
    assert "correlat" in rest.post("/message", {"messageName": name}, status=400)["message"]
    assert rest.post("/message", {"messageName": name, "all": True, "resultEnabled": True}) == []


def test_two_matches_are_refused_unless_all_are_meant(rest, hears):
    definition = rest.definition(hears)
    first, second = rest.start(definition), rest.start(definition)
    name = name_of(rest)
    assert "correlat" in rest.post("/message", {"messageName": name}, status=400)["message"]
    rest.post("/message", {"messageName": name, "processInstanceId": first, "resultEnabled": True})
    assert [each["processInstanceId"] for each in rest.get("/event-subscription", eventName=name)] == [second]
    third = rest.start(definition)
    results = rest.post("/message", {"messageName": name, "all": True, "resultEnabled": True})
    assert {each["execution"]["processInstanceId"] for each in results} == {second, third}


def test_what_a_diagram_sends_goes_to_its_own_deployment_first(rest, draw):
    waits = draw.diagram(draw.start(), draw.catch("m", "message"), draw.user("u"), draw.end(), draw.flows("s-m-u-e"), key="waits")
    sends = draw.diagram(draw.start(), draw.throw("t", "message"), draw.end(), draw.flows("s-t-e"), key="sends")
    first, second = (rest.deploy(waits, sends)["deployedProcessDefinitions"] for _ in range(2))
    named = [{name.partition(":")[0]: name for name in each} for each in (first, second)]
    older = rest.start(named[0]["waits"])
    rest.post("/clock", {"advance": "PT1H"})
    newer = rest.start(named[1]["waits"])
    rest.start(named[1]["sends"])
    assert [task["processInstanceId"] for task in rest.tasks()] == [newer]
    rest.start(named[1]["sends"])
    assert {task["processInstanceId"] for task in rest.tasks()} == {newer, older}


def test_a_message_begins_an_instance_of_the_latest_version_only(rest, begins):
    rest.deploy(begins)
    latest = rest.definition(begins)
    (open_,) = rest.get("/event-subscription", eventType="message")
    assert (open_["processInstanceId"], open_["executionId"]) == (None, None)
    (result,) = rest.post("/message", {"messageName": open_["eventName"], "resultEnabled": True})
    assert result["resultType"] == "ProcessDefinition"
    assert result["processInstance"]["definitionId"] == latest
    assert result["execution"] is None
    other = rest.get("/process-instance")[0]["id"]
    rest.post("/message", {"messageName": open_["eventName"], "processInstanceId": other}, status=400)


def test_one_subscription_is_triggered_by_its_execution(rest, draw):
    task = f'<receiveTask id="r" messageRef="message_m">{draw.multi(count="2")}</receiveTask>'
    instance = rest.start(rest.definition(draw.diagram(draw.start(), task, draw.end(), draw.flows("s-r-e"))))
    first, second = rest.get("/event-subscription", processInstanceId=instance)
    path = f"/execution/{first['executionId']}/messageSubscriptions/{first['eventName']}/trigger"
    rest.post(path, {"variables": {}}, status=204)
    assert [each["id"] for each in rest.get("/event-subscription")] == [second["id"]]
    rest.post(path, status=500)


def test_a_signal_reaches_all_who_listen_and_start_events(rest, draw):
    waits = draw.diagram(draw.start(), draw.catch("c", "signal"), draw.user("u"), draw.end(), draw.flows("s-c-u-e"), key="waits")
    starts = draw.diagram(draw.start("s", "signal"), draw.user("v"), draw.end(), draw.flows("s-v-e"), key="starts")
    definition = rest.definition(waits)
    rest.deploy(starts)
    for _ in range(2):
        rest.start(definition)
    name = name_of(rest, "signal")
    assert len(rest.get("/event-subscription", eventType="signal", eventName=name)) == 3
    rest.post("/signal", {"name": name}, status=204)
    assert sorted(task["taskDefinitionKey"] for task in rest.tasks()) == ["u", "u", "v"]
    rest.post("/signal", {"name": "nobody"}, status=204)


def test_a_receive_task_without_message_is_told_to_go_on(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), '<receiveTask id="r"/>', draw.user("u"), draw.end(), draw.flows("s-r-u-e")))
    instance = rest.start(definition)
    assert rest.get("/event-subscription") == []
    (execution,) = rest.get("/execution", activityId="r", processDefinitionId=definition)
    assert (execution["processInstanceId"], execution["ended"]) == (instance, False)
    rest.post(f"/execution/{execution['id']}/signal", {}, status=204)
    (task,) = rest.tasks()
    rest.post(f"/execution/{task['executionId']}/signal", {}, status=500)


def test_timers_fire_at_the_clock_only_and_in_order(rest, draw):
    parts = [draw.catch("a", "duration:PT2H"), draw.catch("b", "duration:PT1H"), draw.user("ua"), draw.user("ub")]
    flows = draw.flows("s-f", "f-a-ua-e", "f-b-ub-e")
    rest.start(rest.definition(draw.diagram(draw.start(), draw.gate("f", "parallel"), *parts, draw.end(), flows)))
    assert rest.tasks() == []
    assert rest.post("/clock", {"advance": "PT59M"}) == {"now": "2024-01-31T09:59:00.000+0000"}
    assert rest.tasks() == []
    assert rest.post("/clock", {"now": "2024-01-31T12:00:00Z"})["now"] == "2024-01-31T12:00:00.000+0000"
    assert [(task["taskDefinitionKey"], task["created"]) for task in rest.tasks()] == [
        ("ub", "2024-01-31T12:00:00.000+0000"),
        ("ua", "2024-01-31T12:00:00.000+0000"),
    ]
    assert rest.post("/clock", {"now": "2020-01-01T00:00:00.000+0800"})["now"] == "2019-12-31T16:00:00.000+0000"


def test_a_timer_of_the_past_waits_for_the_clock(rest, draw):
    diagram = draw.diagram(draw.start(), draw.catch("a", "timer:2020-01-01T00:00:00Z"), draw.user("u"), draw.end(), draw.flows("s-a-u-e"))
    rest.start(rest.definition(diagram))
    assert rest.tasks() == []
    rest.post("/clock", {"advance": "PT0S"})
    assert len(rest.tasks()) == 1


def test_a_timer_start_event_begins_at_the_clock(rest, draw):
    rest.deploy(draw.diagram(draw.start("s", "duration:PT1H"), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    rest.post("/signal", {"name": "anything"}, status=204)
    assert rest.tasks() == []
    rest.post("/clock", {"advance": "PT1H"})
    assert len(rest.tasks()) == 1


def test_a_clock_that_is_asked_nonsense(rest):
    for body in ({}, {"now": "yesterday"}, {"advance": "1 hour"}, {"advance": "P"}, {"advance": "P9999Y"}, {"now": "2024-01-31T09:00:00Z", "advance": "PT1H"}):
        rest.post("/clock", body, status=400)


@pytest.mark.parametrize(
    ("length", "now"),
    [("P1M", "2024-02-29T09:00:00"), ("P1Y2M", "2025-03-31T09:00:00"), ("-P1M", "2023-12-31T09:00:00"), ("P1W", "2024-02-07T09:00:00")],
)
def test_the_clock_moves_by_months_as_timers_count_them(rest, draw, length, now):
    waits = draw.catch("t", f"duration:{length.removeprefix('-')}")
    definition = rest.definition(draw.diagram(draw.start(), waits, draw.end(), draw.flows("s-t-e")))
    instance = rest.start(definition)
    assert rest.post("/clock", {"advance": length}) == {"now": f"{now}.000+0000"}
    rest.get(f"/process-instance/{instance}", status=200 if length.startswith("-") else 404)


def test_a_timer_that_is_due_again_at_once_is_cut_off_with_a_clear_answer_and_goes_on_when_asked(rest, draw, monkeypatch):
    monkeypatch.setattr(clock, "MOST_FIRED", 5)
    parts = draw.gate("g"), draw.catch("t", "duration:PT0S"), draw.script("count", "n = n + 1"), draw.gate("enough")
    flows = draw.flows("s-g-t-count-enough", "enough-e ${n == 8}", "enough-g default")
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.end(), flows)), n=0)
    told = rest.post("/clock", {"advance": "PT1H"}, status=409)["message"]
    assert told.startswith("5 timers have fired and more are due")
    assert rest.get(f"/process-instance/{instance}/variables")["n"]["value"] == 5
    assert rest.post("/clock", {"advance": "PT0S"})["now"].startswith("2024-01-31T10:00:00")
    assert rest.get("/process-instance") == []


def test_a_process_instance_is_an_execution_too_and_means_its_only_subscription(rest, draw):
    parts = (draw.catch("c", "message"), draw.catch("g", "signal"), '<receiveTask id="r"/>', draw.user("u"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-c-g-r-u-e"))))
    rest.post(f"/execution/{instance}/messageSubscriptions/another/trigger", status=500)
    (known,) = rest.get("/event-subscription", processInstanceId=instance, eventName="m")
    for execution in (instance, known["executionId"]):
        assert rest.get(f"/execution/{execution}/messageSubscriptions/m") == known
        rest.get(f"/execution/{execution}/messageSubscriptions/another", status=404)
    rest.post(f"/execution/{instance}/messageSubscriptions/m/trigger", {"variables": typed(told=1)}, status=204)
    rest.post("/signal", {"name": "sig", "executionId": instance}, status=204)
    rest.post(f"/execution/{instance}/signal", status=204)
    assert [task["taskDefinitionKey"] for task in rest.tasks()] == ["u"]
    assert rest.get(f"/process-instance/{instance}/variables/told")["value"] == 1
    rest.post(f"/execution/{instance}/signal", status=500)


def test_of_two_subscriptions_of_one_instance_the_execution_says_which_is_meant(rest, draw):
    task = f'<receiveTask id="r" messageRef="message_m">{draw.multi(count="2")}</receiveTask>'
    instance = rest.start(rest.definition(draw.diagram(draw.start(), task, draw.end(), draw.flows("s-r-e"))))
    rest.post(f"/execution/{instance}/messageSubscriptions/m/trigger", status=500)
    assert len(rest.get("/event-subscription")) == 2


def test_a_thrown_signal_hands_its_business_key_to_what_it_begins(rest, draw):
    passes = draw.ext('<camunda:in businessKey="${key}"/><camunda:in source="n" target="n"/>')
    thrower = f'<endEvent id="e"><signalEventDefinition signalRef="sig">{passes}</signalEventDefinition></endEvent>'
    begins = draw.diagram(draw.start("s", "signal"), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="begins")
    throws = rest.deploy(draw.diagram(draw.start(), thrower, draw.flows("s-e"), key="throws"), begins)["deployedProcessDefinitions"]
    rest.start(next(name for name in throws if name.startswith("throws")), key="K-7", n=3)
    (running,) = rest.get("/process-instance")
    assert running["businessKey"] == "K-7"
    assert rest.get(f"/process-instance/{running['id']}/variables/n")["value"] == 3


@pytest.mark.parametrize("kind", ["throw", "end"])
def test_a_message_event_that_names_no_message_sends_none_and_the_token_goes_on(rest, draw, kind):
    empty = "<messageEventDefinition/>"
    thrower = f'<intermediateThrowEvent id="t">{empty}</intermediateThrowEvent>' if kind == "throw" else f'<endEvent id="t">{empty}</endEvent>'
    flows = draw.flows("s-t-u-e") if kind == "throw" else draw.flows("s-u-t")
    rest.start(rest.definition(draw.diagram(draw.start(), thrower, draw.user("u"), *([draw.end()] if kind == "throw" else []), flows)))
    rest.complete("u")
    assert rest.get("/process-instance") == []


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_what_begins_an_instance_has_a_fixed_name_but_within_it_the_name_may_be_an_expression(rest, draw, kind):
    named = (b'name="m"', b'name="m-${n}"') if kind == "message" else (b'name="sig"', b'name="sig-${n}"')
    begins = draw.diagram(draw.start("s", kind), draw.user("u"), draw.end(), draw.flows("s-u-e")).replace(*named)
    assert "before there are variables" in rest.deploy(begins, status=400)["message"]
    watch = draw.sub("w", draw.start("ws", kind), draw.user("v"), draw.end("we"), draw.flows("ws-v-we"), attrs='triggeredByEvent="true"')
    within = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), watch).replace(*named)
    rest.start(rest.definition(within), n=7)
    assert [each["eventName"] for each in rest.get("/event-subscription")] == [{"message": "m-7", "signal": "sig-7"}[kind]]


@pytest.mark.parametrize("kind", ["boundary", "catch", "event sub-process"])
def test_a_conditional_event_is_listed_as_long_as_it_waits(rest, draw, kind):
    watcher = draw.sub("es", draw.start("c", "when:${n &gt; 2}"), draw.end("e2"), draw.flows("c-e2"), attrs='triggeredByEvent="true"')
    parts = {
        "boundary": (draw.boundary("c", "u", "when:${n &gt; 2}"), draw.flows("s-u", "c-e")),
        "catch": (draw.gate("f", "parallel"), draw.catch("c", "when:${n &gt; 2}"), draw.end("e2"), draw.flows("s-f", "f-u-e", "f-c-e2")),
        "event sub-process": (watcher, draw.flows("s-u-e")),
    }[kind]
    instance = rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), *parts)), n=1)
    (heard,) = rest.get("/event-subscription", eventType="conditional", processInstanceId=instance)
    assert (heard["activityId"], heard["eventName"], heard["processInstanceId"]) == ("c", None, instance)
    assert rest.get("/event-subscription/count", eventType="conditional") == {"count": 1}
    assert rest.get("/event-subscription", eventType="message") == []
    rest.post(f"/process-instance/{instance}/variables", {"modifications": typed(n=3)}, status=204)
    assert rest.get("/event-subscription", eventType="conditional") == []


def test_a_conditional_start_event_is_listed_with_its_definition(rest, draw):
    rest.definition(draw.diagram(draw.start("s", "when:${n &gt; 2}"), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    (open_,) = rest.get("/event-subscription", eventType="conditional")
    assert (open_["activityId"], open_["eventName"], open_["processInstanceId"]) == ("s", None, None)


def test_nothing_can_be_handed_to_a_conditional_event(rest, draw):
    parts = (draw.start(), draw.user("u"), draw.boundary("c", "u", "when:${n &gt; 2}"), draw.end(), draw.flows("s-u-e", "c-e"))
    rest.start(rest.definition(draw.diagram(*parts)), n=1)
    (heard,) = rest.get("/event-subscription", eventType="conditional")
    rest.post(f"/execution/{heard['executionId']}/signal", status=500)
    assert len(rest.get("/event-subscription", eventType="conditional")) == 1
