"""Lists asked in a body, and lists narrowed by the values of variables; on both databases."""

import pytest

from tests.rest.conftest import typed


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def people(rest, draw):
    """Three instances that wait for a person, with variables of every type."""
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    dates = {"a": "2024-01-31T09:00:00.000+0000", "b": "2024-02-29T09:00:00.500+0100", "c": "2024-03-31T09:00:00.000+0000"}
    values = {"a": typed(n=1, t="Foo_1", yes=True, none=None), "b": typed(n=2.5, t="foobar", yes=False, none="x"), "c": typed(n=10, t="5%", yes=True)}
    found = {}
    for name, given in values.items():
        sent = {**given, "day": {"type": "Date", "value": dates[name]}, "list": typed(list=["x"])["list"]}
        found[name] = rest.post(f"/process-definition/{definition}/start", {"businessKey": name, "variables": sent})["id"]
    return found


def held(name, operator, value):
    return [{"name": name, "operator": operator, "value": value}]


POSTED = (
    (held("n", "eq", 1), "a"),
    (held("n", "eq", "1"), ""),
    (held("n", "neq", 1), "bc"),
    (held("n", "gt", 2), "bc"),
    (held("n", "gteq", 2.5), "bc"),
    (held("n", "lt", 2.5), "a"),
    (held("n", "lteq", 2.5), "ab"),
    (held("t", "eq", "Foo_1"), "a"),
    (held("t", "like", "Foo%"), "a"),
    (held("t", "like", "%o%"), "ab"),
    (held("t", "like", "foo"), ""),
    (held("t", "like", "Foo?1"), ""),
    (held("t", "notLike", "foo%"), "ac"),
    (held("t", "gt", "Foo"), "ab"),
    (held("t", "gt", 1), ""),
    (held("yes", "eq", True), "ac"),
    (held("yes", "neq", True), "b"),
    (held("none", "eq", None), "a"),
    (held("none", "neq", None), "b"),
    (held("day", "eq", "2024-02-29T08:00:00.500+0000"), "b"),
    (held("day", "gt", "2024-02-01T00:00:00.000+0000"), "bc"),
    (held("day", "lteq", "2024-02-29T08:00:00.500+0000"), "ab"),
    (held("list", "eq", "x"), ""),
    (held("nothing", "neq", 1), ""),
    (held("n", "gt", 1) + held("yes", "eq", True), "c"),
)


def test_lists_are_narrowed_by_typed_values(rest, people):
    names = {instance: name for name, instance in people.items()}
    for asked, expected in POSTED:
        found = [each["id"] for each in rest.post("/process-instance", {"variables": asked})]
        assert "".join(sorted(names[each] for each in found)) == expected, asked
    for asked, expected in POSTED[::8]:
        assert rest.post("/process-instance/count", {"variables": asked}) == {"count": len(expected)}
        assert rest.post("/history/process-instance/count", {"variables": asked}) == {"count": len(expected)}
        for path in ("/task", "/history/task"):
            found = [each["processInstanceId"] for each in rest.post(path, {"processVariables": asked})]
            assert "".join(sorted(names[each] for each in found)) == expected, asked


def test_in_an_address_values_are_texts_and_names_may_have_lines(rest, people):
    rest.put(f"/process-instance/{people['b']}/variables/first_name", {"value": "Ann"})
    assert [each["id"] for each in rest.get("/process-instance", variables="first_name_eq_Ann,t_like_%bar")] == [people["b"]]
    assert rest.get("/task/count", processVariables="n_eq_1") == {"count": 0}
    assert sorted(each["businessKey"] for each in rest.get("/history/process-instance", variables="t_neq_foobar")) == ["a", "c"]


def test_names_and_values_are_compared_in_capitals_or_not(rest, people):
    asked = {"processVariables": held("T", "eq", "FOOBAR")}
    assert rest.post("/task/count", asked) == {"count": 0}
    assert rest.post("/task/count", {**asked, "variableNamesIgnoreCase": True}) == {"count": 0}
    assert rest.post("/task/count", {**asked, "variableNamesIgnoreCase": True, "variableValuesIgnoreCase": True}) == {"count": 1}
    assert rest.post("/task/count", {"processVariables": held("t", "like", "FOO%"), "variableValuesIgnoreCase": True}) == {"count": 2}


def test_the_last_value_counts_and_one_taken_away_is_none(rest, people):
    rest.put(f"/process-instance/{people['a']}/variables/n", {"value": 7})
    assert [each["id"] for each in rest.post("/process-instance", {"variables": held("n", "eq", 7)})] == [people["a"]]
    assert rest.post("/process-instance", {"variables": held("n", "eq", 1)}) == []
    rest.delete(f"/process-instance/{people['a']}/variables/n")
    assert rest.post("/process-instance/count", {"variables": held("n", "neq", 0)}) == {"count": 2}


def test_what_a_task_itself_holds_is_asked_apart(rest, people):
    task = rest.tasks(processInstanceId=people["b"])[0]["id"]
    rest.put(f"/task/{task}/localVariables/mine", {"value": 1})
    for path in ("/task", "/history/task"):
        assert [each["id"] for each in rest.post(path, {"taskVariables": held("mine", "eq", 1)})] == [task]
        assert rest.post(path, {"processVariables": held("mine", "eq", 1)}) == []
    assert [each["id"] for each in rest.post("/execution", {"variables": held("mine", "eq", 1)})] == [task]
    instances = [each["id"] for each in rest.post("/execution", {"variables": held("n", "gt", 1)})]
    assert sorted(instances) == sorted([people["b"], people["c"]])
    assert rest.post("/execution/count", {"processVariables": held("n", "gt", 1)}) == {"count": 4}


def test_a_called_process_holds_its_own(rest, draw):
    inner = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="inner")
    call = draw.call("c", "inner", ext='<camunda:in sourceExpression="${n + 1}" target="m"/>')
    outer = draw.diagram(draw.start(), call, draw.end(), draw.flows("s-c-e"), key="outer")
    deployed = rest.deploy(inner, outer)["deployedProcessDefinitions"]
    root = rest.start(next(name for name in deployed if name.startswith("outer")), n=1)
    (called,) = rest.post("/process-instance", {"variables": held("m", "eq", 2)})
    assert called["id"] != root
    assert [each["id"] for each in rest.post("/process-instance", {"subProcessInstance": called["id"]})] == [root]
    assert rest.post("/process-instance", {"leafProcessInstances": True}) == [called]
    assert rest.post("/task/count", {"processVariables": held("m", "eq", 2)}) == {"count": 1}
    assert rest.post("/task/count", {"processVariables": held("n", "eq", 1)}) == {"count": 0}


def test_a_body_is_typed(rest, people):
    assert len(rest.post("/task", {"processInstanceIdIn": [people["a"], people["c"]], "active": True, "assignee": None})) == 2
    for wrong in (
        {"processInstanceIdIn": people["a"]},
        {"processInstanceIdIn": [1]},
        {"processInstanceId": [people["a"]]},
        {"processInstanceId": {}},
        {"active": "yes"},
        {"priority": "x"},
        {"processVariables": {}},
        {"processVariables": ["n_eq_1"]},
        {"processVariables": held("n", "is", 1)},
        {"processVariables": held("n", "gt", True)},
        {"processVariables": held("n", "gt", None)},
        {"processVariables": held("n", "like", 1)},
        {"processVariables": held("n", "eq", [1])},
        {"processVariables": [{"name": "n", "operator": "eq"}]},
        {"sorting": {}},
        {"sorting": [{"sortBy": "created", "sortOrder": "up"}]},
        {"orQueries": [{"surprise": 1}]},
    ):
        rest.post("/task", wrong, status=400)
    rest.get("/task", status=400, orQueries="x")
    rest.get("/task", status=400, processVariables="n_eq")


def test_a_body_is_sorted_by_several_and_paged(rest, people):
    sorting = [{"sortBy": "definitionKey", "sortOrder": "asc"}, {"sortBy": "businessKey", "sortOrder": "desc"}]
    found = rest.http.post("/engine-rest/process-instance?firstResult=1&maxResults=1", json={"sorting": sorting}).json()
    assert [each["businessKey"] for each in found] == ["b"]
    assert rest.http.post("/engine-rest/task?active=true", json={}).status_code == 400
    assert len(rest.http.post("/engine-rest/task").json()) == 3
    assert rest.http.post("/engine-rest/task", content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert rest.http.post("/engine-rest/task", content=b"[]", headers={"content-type": "application/json"}).status_code == 400
    assert rest.http.post("/engine-rest/task", content=b"{}", headers={"content-type": "text/plain"}).status_code == 415


def test_one_of_several_queries_holds(rest, people):
    either = {"processInstanceBusinessKey": "a", "processVariables": held("n", "eq", 10)}
    assert [each["processInstanceId"] for each in rest.post("/task", {"orQueries": [either]})] == [people["a"], people["c"]]
    assert rest.post("/task", {"orQueries": [either], "processInstanceId": people["b"]}) == []
    both = {"orQueries": [{"businessKey": "a", "variables": held("n", "eq", 10)}, {"businessKeyLike": "%"}]}
    assert sorted(each["businessKey"] for each in rest.post("/process-instance", both)) == ["a", "c"]


def test_a_pattern_is_anchored_where_it_has_no_wildcard(rest, people):
    for pattern, expected in (("a%", "a"), ("%a", "a"), ("b_%", ""), ("%b%", "b"), ("B", "b")):
        assert "".join(each["businessKey"] for each in rest.get("/process-instance", businessKeyLike=pattern)) == expected, pattern


def test_who_hears_a_message_is_found_among_executions(rest, draw):
    parts = (draw.gate("f", "parallel"), draw.user("u"), draw.boundary("m", "u", "message"), draw.catch("g", "signal"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-u-e", "m-e", "f-g-e"))))
    heard = {each["eventType"]: each for each in rest.get("/event-subscription")}
    for name, kind in (("messageEventSubscriptionName", "message"), ("signalEventSubscriptionName", "signal")):
        found = rest.get("/execution", processInstanceId=instance, **{name: heard[kind]["eventName"]})
        assert [each["id"] for each in found] == [heard[kind]["executionId"]]
    assert rest.get("/execution", messageEventSubscriptionName="nobody") == []
    rest.post(f"/execution/{heard['message']['executionId']}/messageSubscriptions/{heard['message']['eventName']}/trigger", status=204)


def test_tasks_that_somebody_has_are_offered_still_if_asked(rest, draw):
    rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u", 'camunda:candidateGroups="g"'), draw.end(), draw.flows("s-u-e"))))
    (task,) = rest.get("/task", candidateGroup="g")
    rest.post(f"/task/{task['id']}/claim", {"userId": "ann"}, status=204)
    assert rest.get("/task", candidateGroup="g") == []
    assert [each["id"] for each in rest.get("/task", candidateGroup="g", includeAssignedTasks="true")] == [task["id"]]
