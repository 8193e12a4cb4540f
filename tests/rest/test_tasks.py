"""What people do with tasks beside completing them: hand on and back, say something, lay something beside."""

import pytest

from tests.rest.conftest import typed


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def task(rest, draw):
    rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u", 'camunda:assignee="ann"'), draw.end(), draw.flows("s-u-e"))))
    return rest.tasks()[0]["id"]


def seen(rest, task):
    found = rest.get(f"/task/{task}")
    return found["assignee"], found["owner"], found["delegationState"]


def test_a_delegated_task_is_handed_back_to_its_owner(rest, task):
    rest.post(f"/task/{task}/resolve", status=500)
    rest.post(f"/task/{task}/delegate", {"userId": "bob"}, status=204)
    assert seen(rest, task) == ("bob", "ann", "PENDING")
    assert "resolved instead" in rest.post(f"/task/{task}/complete", status=500)["message"]
    assert seen(rest, task) == ("bob", "ann", "PENDING")
    rest.post(f"/task/{task}/resolve", {"variables": {"said": {"value": "fine", "type": "String"}}}, status=204)
    assert seen(rest, task) == ("ann", "ann", "RESOLVED")
    assert rest.get(f"/task/{task}/variables")["said"]["value"] == "fine"
    rest.post(f"/task/{task}/complete", status=204)
    assert [act["operationType"] for act in rest.get("/history/user-operation", taskId=task)] == ["Delegate", "Resolve", "Complete"]


def test_what_is_said_of_a_task(rest, task):
    assert rest.get(f"/task/{task}/comment") == []
    first = rest.post(f"/task/{task}/comment/create", {"message": "早"})
    second = rest.post(f"/task/{task}/comment/create", {"message": "晚"})
    assert (first["message"], first["userId"], first["taskId"]) == ("早", "tester", task)
    assert [each["id"] for each in rest.get(f"/task/{task}/comment")] == [second["id"], first["id"]]
    assert rest.get(f"/task/{task}/comment/{first['id']}")["time"] == "2024-01-31T09:00:00.000+0000"
    rest.get(f"/task/{task}/comment/99", status=404)
    rest.get("/task/nothing/comment", status=404)
    rest.post(f"/task/{task}/comment/create", {"message": ""}, status=400)
    rest.post(f"/task/{task}/comment/create", {"message": "\x00"}, status=400)


def test_what_was_said_is_corrected_and_taken_back(rest, task):
    instance = rest.get(f"/task/{task}")["processInstanceId"]
    first, second = (rest.post(f"/task/{task}/comment/create", {"message": message}) for message in ("早", "晚"))
    rest.put(f"/task/{task}/comment", {"id": first["id"], "message": "更早"})
    assert [each["message"] for each in rest.get(f"/task/{task}/comment")] == ["晚", "更早"]
    for wrong in ({"id": "99", "message": "x"}, {"id": first["id"]}, {"message": "x"}):
        rest.put(f"/task/{task}/comment", wrong, status=400)
    rest.put("/task/nothing/comment", {"id": first["id"], "message": "x"}, status=400)
    rest.delete(f"/task/{task}/comment/{second['id']}")
    rest.delete(f"/task/{task}/comment/{second['id']}", status=400)
    assert [each["id"] for each in rest.get(f"/process-instance/{instance}/comment")] == [first["id"]]
    rest.get("/process-instance/nothing/comment", status=404)
    rest.post(f"/task/{task}/comment/create", {"message": "again"})
    rest.delete(f"/task/{task}/comment")
    rest.delete(f"/task/{task}/comment")
    rest.delete("/task/nothing/comment", status=400)
    assert rest.get(f"/process-instance/{instance}/comment") == []


def test_what_was_said_of_a_task_stays_with_its_instance(rest, task):
    instance = rest.get(f"/task/{task}")["processInstanceId"]
    said = rest.post(f"/task/{task}/comment/create", {"message": "早"})
    rest.post(f"/task/{task}/complete", status=204)
    rest.delete(f"/task/{task}/comment/{said['id']}", status=400)
    assert [each["message"] for each in rest.get(f"/process-instance/{instance}/comment")] == ["早"]


def test_tasks_are_counted_by_the_groups_that_they_are_offered_to(rest, draw):
    report = "/task/report/candidate-group-count"
    assert rest.get(report) == []
    offers = ('camunda:candidateGroups="g,h"', 'camunda:candidateGroups="g" camunda:assignee="ann"', 'camunda:candidateUsers="ann"')
    parts = (draw.gate("f", "parallel"), *(draw.user(name, offer) for name, offer in zip("abc", offers, strict=True)), draw.end())
    rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-a-e", "f-b-e", "f-c-e"))))
    counted = [(None, 1), ("g", 2), ("h", 1)]
    assert [(each["groupName"], each["taskCount"]) for each in rest.get(report)] == counted
    rest.complete("a")
    assert [(each["groupName"], each["taskCount"]) for each in rest.get(report)] == [(None, 1), ("g", 1)]


def test_what_is_laid_beside_a_task(rest, http, task):
    about = {"attachment-name": "plan", "attachment-description": "the plan", "attachment-type": "text/plain"}
    path = f"/engine-rest/task/{task}/attachment/create"
    made = http.post(path, data=about, files={"content": ("plan.txt", b"one, two")}).json()
    assert (made["name"], made["description"], made["type"], made["url"]) == ("plan", "the plan", "text/plain", None)
    assert http.get(f"/engine-rest/task/{task}/attachment/{made['id']}/data").content == b"one, two"
    linked = http.post(path, data={**about, "url": "https://example.org/plan"}, files={"": ("", b"")}).json()
    assert linked["url"] == "https://example.org/plan"
    rest.get(f"/task/{task}/attachment/{linked['id']}/data", status=404)
    assert [each["id"] for each in rest.get(f"/task/{task}/attachment")] == [made["id"], linked["id"]]
    rest.delete(f"/task/{task}/attachment/{made['id']}")
    rest.delete(f"/task/{task}/attachment/{made['id']}", status=404)
    rest.get(f"/task/{task}/attachment/{made['id']}", status=404)
    assert http.post(path, data=about, files={"": ("", b"")}).status_code == 400
    assert http.post(path, json={}).status_code == 415


def test_comments_and_attachments_go_with_their_deployment(rest, http, task, parts):
    rest.post(f"/task/{task}/comment/create", {"message": "gone soon"})
    http.post(f"/engine-rest/task/{task}/attachment/create", data={"attachment-name": "x"}, files={"content": ("x", b"x")})
    (deployment,) = rest.get("/deployment")
    rest.delete(f"/deployment/{deployment['id']}", cascade="true")
    rest.get(f"/task/{task}/comment", status=404)


def test_tasks_are_found_by_who_has_to_do_with_them(rest, draw):
    users, groups = draw.user("a", 'name="One" camunda:candidateUsers="ann"'), draw.user("b", 'name="Two" camunda:candidateGroups="g"')
    parts = (draw.gate("f", "parallel"), users, groups, draw.user("c", 'camunda:assignee="ann" camunda:followUpDate="P1D"'), draw.end())
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-a-e", "f-b-e", "f-c-e")))
    rest.post(f"/process-definition/{definition}/start", {"businessKey": "K-7"})
    (third,) = rest.get("/task", taskDefinitionKey="c")
    rest.post(f"/task/{third['id']}/delegate", {"userId": "bob"}, status=204)
    asked = (
        ({"involvedUser": "ann"}, "ac"),
        ({"involvedUser": "bob"}, "c"),
        ({"delegationState": "PENDING"}, "c"),
        ({"delegationState": "RESOLVED"}, ""),
        ({"withCandidateUsers": "true"}, "a"),
        ({"withoutCandidateUsers": "true"}, "bc"),
        ({"withCandidateGroups": "true"}, "b"),
        ({"withoutCandidateGroups": "true"}, "ac"),
        ({"assigneeNotIn": "bob,carl"}, "ab"),
        ({"nameNotEqual": "One"}, "bc"),
        ({"taskDefinitionKeyNotIn": "a,b"}, "c"),
        ({"taskDefinitionKeyLike": "%B%"}, "b"),
        ({"processInstanceBusinessKeyIn": "K-7,x"}, "abc"),
        ({"processInstanceBusinessKeyLike": "x"}, ""),
        ({"followUpDate": "2024-02-01T09:00:00.000+0000"}, "c"),
        ({"createdOn": "2024-01-31T09:00:00.000+0000"}, "abc"),
    )
    for query, expected in asked:
        assert "".join(each["taskDefinitionKey"] for each in rest.tasks(**query)) == expected, query
    rest.get("/task", status=400, delegationState="GONE")


def test_completing_answers_with_the_variables_if_they_are_asked_for(rest, task):
    body = {"variables": {"n": {"value": 1, "type": "Long"}}, "withVariablesInReturn": True}
    assert rest.post(f"/task/{task}/complete", body) == {"n": {"value": 1, "type": "Long", "valueInfo": {}}}


@pytest.fixture
def careful(rest, draw):
    """A task whose errors and escalations are caught, by events with and without interruption."""
    parts = (draw.user("u"), draw.boundary("b", "u", "error"), draw.boundary("h", "u", "escalation", interrupting=False))
    parts += (draw.user("v"), draw.user("w"), draw.end())
    drawn = draw.diagram(draw.start(), *parts, draw.flows("s-u-e", "b-v-e", "h-w-e"))
    rest.start(rest.definition(drawn))
    return {kind: drawn.decode().split(f'{kind}Code="')[1].split('"')[0] for kind in ("error", "escalation")}


def test_an_escalation_of_a_task_leaves_it_open_and_its_error_does_not(rest, careful):
    (task,) = rest.tasks()
    sent = {"escalationCode": careful["escalation"], "variables": typed(why="late")}
    rest.post(f"/task/{task['id']}/bpmnEscalation", sent, status=204)
    assert sorted(each["taskDefinitionKey"] for each in rest.tasks()) == ["u", "w"]
    rest.post(f"/task/{task['id']}/bpmnError", {"errorCode": careful["error"], "errorMessage": "no", "variables": typed(n=1)}, status=204)
    assert sorted(each["taskDefinitionKey"] for each in rest.tasks()) == ["v", "w"]
    found = rest.get(f"/process-instance/{task['processInstanceId']}/variables")
    assert (found["why"]["value"], found["n"]["value"]) == ("late", 1)


def test_an_escalation_that_nobody_catches_changes_nothing(rest, careful):
    (task,) = rest.tasks()
    sent = {"escalationCode": "other", "variables": typed(n=1)}
    assert "nobody catches" in rest.post(f"/task/{task['id']}/bpmnEscalation", sent, status=500)["message"]
    assert rest.tasks() == [task]
    assert rest.get(f"/process-instance/{task['processInstanceId']}/variables") == {}
    rest.post(f"/task/{task['id']}/bpmnError", {}, status=400)
    rest.post("/task/nothing/bpmnError", {"errorCode": "x"}, status=404)


def test_nothing_follows_the_task_whose_error_nobody_catches(rest, draw):
    parts = (draw.gate("f", "parallel"), draw.user("a"), draw.user("b"), draw.user("after"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-a-after-e", "f-b-e"))))
    first = next(task for task in rest.tasks() if task["taskDefinitionKey"] == "a")
    rest.post(f"/task/{first['id']}/bpmnError", {"errorCode": "other", "variables": typed(n=1)}, status=204)
    assert [task["taskDefinitionKey"] for task in rest.tasks()] == ["b"]
    assert rest.get(f"/process-instance/{instance}/variables/n")["value"] == 1
    assert rest.get("/incident") == []
    (last,) = rest.tasks()
    rest.post(f"/task/{last['id']}/bpmnError", {"errorCode": "other"}, status=204)
    rest.get(f"/process-instance/{instance}", status=404)
    assert rest.get("/history/process-instance", processInstanceId=instance)[0]["state"] == "COMPLETED"


def test_an_uncaught_error_of_one_instance_of_a_loop_is_the_end_of_that_one(rest, draw):
    task = f'<userTask id="u">{draw.multi(count="2")}</userTask>'
    rest.start(rest.definition(draw.diagram(draw.start(), task, draw.user("after"), draw.end(), draw.flows("s-u-after-e"))))
    for each in rest.tasks():
        rest.post(f"/task/{each['id']}/bpmnError", {"errorCode": "other"}, status=204)
    assert [each["taskDefinitionKey"] for each in rest.tasks()] == ["after"]


def test_a_timer_s_due_date_is_recalculated_from_when_it_was_set(rest, draw):
    parts = (draw.catch("c", "duration:${length}"), draw.end())
    instance = rest.start(rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-c-e"))), length="PT1H")
    (job,) = rest.get("/job")
    rest.put(f"/process-instance/{instance}/variables/length", {"value": "PT2H"})
    rest.post("/clock", {"advance": "PT30M"})
    rest.post(f"/job/{job['id']}/duedate/recalculate", status=204)
    assert rest.get(f"/job/{job['id']}")["dueDate"] == "2024-01-31T11:00:00.000+0000"
    assert rest.http.post(f"/engine-rest/job/{job['id']}/duedate/recalculate?creationDateBased=false").status_code == 400


def test_a_task_is_offered_to_others_and_no_more(rest, task):
    before = rest.get(f"/task/{task}/identity-links", type="candidate")
    rest.post(f"/task/{task}/identity-links", {"groupId": "others", "type": "candidate"}, status=204)
    rest.post(f"/task/{task}/identity-links", {"userId": "zoe", "type": "candidate"}, status=204)
    rest.post(f"/task/{task}/identity-links", {"userId": "zoe", "type": "candidate"}, status=204)
    found = rest.get(f"/task/{task}/identity-links", type="candidate")
    assert [link for link in found if link not in before] == [
        {"userId": "zoe", "groupId": None, "type": "candidate"},
        {"userId": None, "groupId": "others", "type": "candidate"},
    ]
    query = {"candidateGroup": "others", "includeAssignedTasks": "true"}
    assert [each["id"] for each in rest.get("/task", **query)] == [task]
    for gone in ({"groupId": "others"}, {"userId": "zoe"}, {"userId": "nobody"}):
        rest.post(f"/task/{task}/identity-links/delete", {**gone, "type": "candidate"}, status=204)
    assert rest.get(f"/task/{task}/identity-links", type="candidate") == before
    assert rest.get("/task", **query) == []


def test_whoever_has_a_task_is_a_link_too(rest, task):
    address = f"/task/{task}/identity-links"
    rest.post(address, {"userId": "zoe", "type": "assignee"}, status=204)
    assert rest.get(address, type="assignee") == [{"userId": "zoe", "groupId": None, "type": "assignee"}]
    rest.post(f"{address}/delete", {"userId": "ann", "type": "assignee"}, status=204)
    assert rest.get(f"/task/{task}")["assignee"] == "zoe"
    rest.post(f"{address}/delete", {"userId": "zoe", "type": "assignee"}, status=204)
    assert rest.get(address, type="assignee") == []
    both = {"userId": "a", "groupId": "b", "type": "candidate"}
    for wrong in ({}, both, {"userId": "a"}, {"userId": "a", "type": "owner"}, {"groupId": "a", "type": "assignee"}):
        rest.post(address, wrong, status=400)
    rest.post("/task/nothing/identity-links", {"userId": "a", "type": "candidate"}, status=500)


def test_what_has_no_name_is_told_without_one(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    rest.start(definition)
    assert [(task["name"], task["taskState"]) for task in rest.tasks()] == [(None, "Created")]
    rest.complete("u")
    assert {each["name"] for each in rest.get("/history/task")} == {None}
    assert {each["activityName"] for each in rest.get("/history/activity-instance")} == {None}
