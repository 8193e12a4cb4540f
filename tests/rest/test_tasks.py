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
