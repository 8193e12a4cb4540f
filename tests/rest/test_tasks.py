"""What people do with tasks beside completing them: hand on and back, say something, lay something beside."""

import pytest


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
