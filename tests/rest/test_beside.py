"""What lies beside a definition: its picture, its forms, what it calls; deployments made once more; comments of instances; a batch of messages."""

import pytest

from tests.rest.conftest import typed
from tests.unit.engine.dmn.conftest import dmn, table

SVG, FORM, JSON = b"<svg/>", b"<form>asked</form>", b'{"components": []}'


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def deployed(rest, draw):
    """A process with a picture, a start form and forms of two tasks, and a decision with a picture, in one deployment."""
    begin = draw.start("s", attrs='camunda:formKey="embedded:deployment:forms/begin.html"')
    tasks = (
        draw.user("u", 'camunda:formKey="camunda-forms:deployment:u.form"'),
        draw.user("v", 'camunda:formKey="embedded:app:v.html"'),
        draw.user("w", 'camunda:formKey="deployment:gone.html"'),
        draw.user("x"),
    )
    process = draw.diagram(begin, *tasks, draw.end(), draw.flows("s-u-e", "s-v-e", "s-w-e", "s-x-e"))
    decision = dmn(table('- | "any"', inputs="amount:integer", outputs="size:string", key="size_of"))
    beside = {"p0.svg": SVG, "forms/begin.html": FORM, "u.form": JSON, "sizes.dmn": decision, "sizes.size_of.png": b"png"}
    answer = rest.deploy(process, **beside)
    return next(iter(answer["deployedProcessDefinitions"])), next(iter(answer["deployedDecisionDefinitions"])), answer["id"]


def saved(http, path, status=200):
    """The bytes of a file that is answered to be saved, never to be shown by a browser."""
    answer = http.get(f"/engine-rest{path}")
    assert answer.status_code == status, answer.text
    if status == 200:
        assert (answer.headers["content-type"], answer.headers["content-disposition"].partition(";")[0]) == ("application/octet-stream", "attachment")
    return answer.content


def test_the_picture_of_a_definition_is_the_one_that_was_deployed_beside_it(rest, http, deployed, draw):
    process, decision, _ = deployed
    for name in (process, "key/p"):
        assert saved(http, f"/process-definition/{name}/diagram") == SVG
    for name in (decision, "key/size_of"):
        assert saved(http, f"/decision-definition/{name}/diagram") == b"png"
    plain = rest.definition(draw.diagram(draw.start(), draw.end(), draw.flows("s-e"), key="plain"))
    saved(http, f"/process-definition/{plain}/diagram", status=204)
    for path in ("/process-definition/nothing", "/process-definition/key/nothing", "/decision-definition/nothing", "/decision-definition/key/nothing"):
        rest.get(f"{path}/diagram", status=404)


def test_a_process_and_a_task_tell_the_form_that_was_deployed_with_them(rest, http, deployed, draw):
    process, _, _ = deployed
    for name in (process, "key/p"):
        assert rest.get(f"/process-definition/{name}/startForm")["key"] == "embedded:deployment:forms/begin.html"
        assert saved(http, f"/process-definition/{name}/deployed-start-form") == FORM
        assert "formData" in rest.get(f"/process-definition/{name}/rendered-form", status=400)["message"]
    rest.start(process)
    tasks = {each["taskDefinitionKey"]: each["id"] for each in rest.tasks()}
    assert saved(http, f"/task/{tasks['u']}/deployed-form") == JSON
    assert "embedded:app:v.html" in rest.get(f"/task/{tasks['v']}/deployed-form", status=400)["message"]
    assert "gone.html" in rest.get(f"/task/{tasks['w']}/deployed-form", status=404)["message"]
    rest.get(f"/task/{tasks['x']}/deployed-form", status=400)
    rest.get(f"/task/{tasks['u']}/rendered-form", status=400)
    plain = rest.definition(draw.diagram(draw.start(), draw.end(), draw.flows("s-e"), key="plain"))
    rest.get(f"/process-definition/{plain}/deployed-start-form", status=400)
    for path in ("/task/nothing/deployed-form", "/task/nothing/rendered-form"):
        rest.get(path, status=400)
    for name in ("startForm", "deployed-start-form", "rendered-form"):
        rest.get(f"/process-definition/nothing/{name}", status=404)


def test_a_definition_tells_what_it_calls_by_name(rest, draw):
    inner = draw.diagram(draw.start(), draw.end(), draw.flows("s-e"), key="inner")
    first, second = rest.definition(inner), rest.definition(inner)
    bound = '<callActivity id="c" calledElement="inner" camunda:calledElementBinding="version" camunda:calledElementVersion="1"/>'
    parts = (draw.call("a", "inner"), draw.call("b", "inner"), bound, draw.call("d", "${any}"), draw.call("f", "nowhere"), draw.end())
    outer = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-a-b-c-d-f-e"), key="outer"))
    found = rest.get(f"/process-definition/{outer}/static-called-process-definitions")
    assert [(each["id"], each["calledFromActivityIds"], each["callingProcessDefinitionId"]) for each in found] == [
        (second, ["a", "b"], outer),
        (first, ["c"], outer),
    ]
    assert rest.get(f"/process-definition/{first}/static-called-process-definitions") == []
    rest.get("/process-definition/nothing/static-called-process-definitions", status=404)


def test_a_deployment_is_made_once_more_whole_or_in_part(rest, deployed):
    _, _, first = deployed
    again = rest.post(f"/deployment/{first}/redeploy", {"source": "a client"})
    (definition,) = again["deployedProcessDefinitions"].values()
    assert (again["name"], again["source"], definition["version"]) == ("test", "a client", 2)
    names = {each["name"] for each in rest.get(f"/deployment/{first}/resources")}
    assert {each["name"] for each in rest.get(f"/deployment/{again['id']}/resources")} == names
    part = rest.post(f"/deployment/{first}/redeploy", {"resourceIds": ["sizes.dmn"], "resourceNames": ["u.form"]})
    assert (part["deployedProcessDefinitions"], part["source"]) == (None, None)
    assert {each["name"] for each in rest.get(f"/deployment/{part['id']}/resources")} == {"sizes.dmn", "u.form"}
    rest.post(f"/deployment/{first}/redeploy", {"resourceNames": ["gone.bpmn"]}, status=404)
    rest.post(f"/deployment/{first}/redeploy", {"resourceNames": "p0.bpmn"}, status=400)
    rest.post("/deployment/nothing/redeploy", status=404)


def test_no_definition_is_a_tenant_s(rest, deployed):
    for path, verbs in rest.get("/openapi.json")["paths"].items():
        if "{tenant}" in path:
            for verb in verbs:
                answer = rest.http.request(verb, "/engine-rest" + path.format(key="p", tenant="t"))
                assert (answer.status_code, "tenant-id: t" in answer.text) == (404, True)


def test_comments_of_an_instance_are_corrected_and_taken_back(rest, parts, draw):
    instance = rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.user("v"), draw.end(), draw.flows("s-u-v-e"))))

    def say(message):
        (task,) = rest.tasks()
        return rest.post(f"/task/{task['id']}/comment/create", {"message": message})["id"]

    early = say("early")
    rest.complete("u")
    late, last = say("late"), say("last")
    path = f"/process-instance/{instance}/comment"
    rest.put(path, {"id": early, "message": "earlier"})
    rest.delete(f"{path}/{last}")
    assert [(each["id"], each["message"]) for each in rest.get(path)] == [(late, "late"), (early, "earlier")]
    for wrong in (f"{path}/{last}", f"{path}/x", "/process-instance/nothing/comment", f"/process-instance/nothing/comment/{late}"):
        rest.delete(wrong, status=400)
    rest.put(path, {"id": last, "message": "x"}, status=400)
    rest.put(path, {"id": late}, status=400)
    rest.complete("v")
    rest.delete(path)
    assert rest.get(path) == []
    assert parts.engine.check() == {}


def test_a_message_reaches_all_that_wait_for_it_in_the_instances_that_are_named(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.catch("m", "message"), draw.user("u"), draw.end(), draw.flows("s-m-u-e")))
    first, second, third = (rest.start(definition, n=n) for n in range(3))
    (name,) = {each["eventName"] for each in rest.get("/event-subscription")}
    query = {"variables": [{"name": "n", "operator": "eq", "value": 1}]}
    asked = {"messageName": name, "processInstanceIds": [first], "processInstanceQuery": query, "variables": typed(told=True)}
    batch = rest.post("/process-instance/message-async", asked)
    assert (batch["type"], batch["totalJobs"]) == ("correlate-message", 2)
    assert {each["processInstanceId"] for each in rest.tasks()} == {first, second}
    assert [each["processInstanceId"] for each in rest.get("/event-subscription")] == [third]
    assert rest.get(f"/process-instance/{first}/variables/told")["value"] is True
    assert rest.post("/process-instance/message-async", asked)["totalJobs"] == 2, "nobody waits there any more: nothing happens"
    for wrong in ({"messageName": name}, {"processInstanceIds": [third]}, {**asked, "variables": {"x": {"value": 1, "type": "Nothing"}}}):
        rest.post("/process-instance/message-async", wrong, status=400)
    assert [each["processInstanceId"] for each in rest.get("/event-subscription")] == [third]
