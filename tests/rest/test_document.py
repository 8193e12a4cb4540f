"""The OpenAPI document says what there is: every list's parameters, an example of every body, and each of them is understood."""

import json
import re

import pytest

from rest.document import LISTS
from rest.examples import EXAMPLES
from rest.files import FORMS
from tests.unit.engine.dmn.conftest import dmn, table


@pytest.fixture
def document(http):
    return http.get("/engine-rest/openapi.json").json()


def test_every_list_describes_its_parameters_and_knows_them(rest, document):
    counted = {path.removesuffix("/count") for path in document["paths"] if path.endswith("/count")}
    assert counted == set(LISTS)
    given = {"boolean": "true", "integer": "1"}
    for path in LISTS:
        about = document["paths"][path]["get"]["parameters"]
        assert {"sortBy", "sortOrder", "firstResult", "maxResults"} < {each["name"] for each in about}
        query = {each["name"]: each["schema"].get("example") or given.get(each["schema"]["type"], "x") for each in about}
        query |= {"sortBy": about[[each["name"] for each in about].index("sortBy")]["schema"]["enum"][0], "sortOrder": "desc"}
        assert isinstance(rest.get(path, **query), list)
        paging = {"sortBy", "sortOrder", "firstResult", "maxResults"}
        assert rest.get(f"{path}/count", **{name: value for name, value in query.items() if name not in paging}).keys() == {"count"}


def test_every_list_is_asked_in_a_body_as_it_is_in_an_address(rest, document):
    posted = [path for path in LISTS if "post" in document["paths"][path]]
    assert len(posted) == 15
    for path in posted:
        example = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
        assert rest.post(path, example) == []
        assert rest.post(f"{path}/count", document["paths"][f"{path}/count"]["post"]["requestBody"]["content"]["application/json"]["example"]) == {"count": 0}
        for name, value in example.items():
            assert isinstance(rest.post(path, {name: value}), list), name
            if isinstance(value, list):
                assert isinstance(rest.post(path, {name: []}), list), name
        rest.post(path, {"surprise": 1}, status=400)
        rest.post(path, {"sorting": [{"sortBy": "surprise", "sortOrder": "asc"}]}, status=400)
        rest.post(path, {"sorting": [{"sortBy": "surprise"}]}, status=400)


def test_no_list_overlooks_what_it_cannot_read(rest, document):
    """A flag that is neither true nor false, an instant that is none: refused, and named."""
    asked = 0
    for path in LISTS:
        for each in document["paths"][path]["get"]["parameters"]:
            name, about = each["name"], each["schema"]
            if about["type"] == "boolean" or about.get("example") == "2024-01-31T09:00:00.000+0000":
                assert name in rest.get(path, status=400, **{name: "nonsense"})["message"], (path, name)
                asked += 1
    assert asked > 150


def fields(schema, parts):
    """The schemas that a schema is made of."""
    if "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from fields(each, parts)
        return
    yield schema
    named = parts[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}
    for each in (named, schema.get("items"), schema.get("additionalProperties")):
        if isinstance(each, dict) and each:
            yield from fields(each, {name: {} if each is part else part for name, part in parts.items()})


def test_every_answer_tells_what_it_holds(document):
    """The body of each answer is of a shape that is named, or lists or maps of such; texts and files are no JSON."""
    parts, vague = document["components"]["schemas"], []
    for path, verbs in document["paths"].items():
        for verb, about in verbs.items():
            bodies = [body for status, answer in about["responses"].items() if status.startswith("2") for body in answer.get("content", {}).items()]
            assert bodies or "204" in about["responses"], (verb, path)
            for kind, body in bodies:
                ends = [each for each in fields(body["schema"], parts) if each.get("type") not in {"array", "string"} and "additionalProperties" not in each]
                if not all("$ref" in each for each in ends) or (kind == "application/json" and not body["schema"]):
                    vague.append((verb, path, body))
    assert vague == []
    assert all(part["additionalProperties"] is False for name, part in parts.items() if name.endswith(("Dto", "AtomLink")))


def test_what_answers_several_things_refuses_a_parameter_that_it_does_not_know(http, document):
    asked = 0
    for path, verbs in document["paths"].items():
        body = verbs["get"]["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {}) if "get" in verbs else {}
        if body.get("type") in {"array", "object"} or path.endswith("/count"):
            answer = http.get("/engine-rest" + re.sub("{[^}]*}", "1", path), params={"surprise": "1"})
            assert (answer.status_code, "surprise" in answer.text) == (400, True), (path, answer.text)
            asked += 1
    assert asked > 50


def test_a_flag_is_true_or_false(rest):
    assert rest.get("/task", suspended="False", active="TRUE") == []
    rest.get("/task", status=400, suspended="yes")


def test_every_body_has_an_example(document):
    lists = {("post", f"{path}{end}") for path in LISTS if "post" in document["paths"][path] for end in ("", "/count")}
    bodies = {(verb, path) for path, verbs in document["paths"].items() for verb, about in verbs.items() if "requestBody" in about}
    forms = {("post", path) for path in FORMS}
    assert all("multipart/form-data" in document["paths"][path][verb]["requestBody"]["content"] for verb, path in forms)
    assert bodies == EXAMPLES.keys() | forms | lists
    for verb, path in EXAMPLES:
        assert document["paths"][path][verb]["requestBody"]["content"]["application/json"]["example"] == EXAMPLES[verb, path]


@pytest.fixture
def begin(rest, draw):
    """Start an instance that waits for everything at once; the words of the examples and of the paths, with what they stand for."""
    parts = (draw.gate("f", "parallel"), draw.user("u", 'camunda:assignee="bob"'), draw.service("x"), draw.boundary("b", "x", "error"))
    parts += (draw.boundary("d", "u", "error"), draw.boundary("h", "u", "escalation"))
    parts += (draw.catch("c", "duration:P9D"), draw.catch("m", "message"), draw.catch("g", "signal"), '<receiveTask id="r"/>', draw.end())
    drawn = draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-u-e", "f-x-e", "b-e", "d-e", "h-e", "f-c-e", "f-m-e", "f-g-e", "f-r-e"))
    sizes = table('- | "any"', inputs="amount:integer", outputs="size:string", key="size_of")
    definition = next(iter(rest.deploy(drawn, **{"sizes.dmn": dmn(sizes)})["deployedProcessDefinitions"]))
    code, late = (drawn.decode().split(f'{kind}Code="')[1].split('"')[0] for kind in ("error", "escalation"))

    def make():
        instance = rest.start(definition)
        found = {each["eventType"]: each for each in rest.get("/event-subscription", processInstanceId=instance)}
        (task,) = rest.tasks(processInstanceId=instance)
        comment = rest.post(f"/task/{task['id']}/comment/create", {"message": "asked"})
        topic = {"topicName": "t", "lockDuration": 60_000}
        (external,) = rest.post("/external-task/fetchAndLock", {"workerId": "aWorker", "maxTasks": 9, "topics": [topic]})
        (waits,) = rest.get("/execution", activityId="r", processDefinitionId=definition)
        words = {"anInstance": instance, "aDefinition": definition, "anElement": "u", "aKey": "p", "aMessage": found["message"]["eventName"]}
        words |= {"aSignal": found["signal"]["eventName"], "aTopic": "t", "anExternalTask": external["id"], "NO_MONEY": code, "TOO_LATE": late}
        words |= {"aComment": comment["id"]}
        inside = {"instance": instance, "definition": definition, "key": "p", "task": task["id"], "external": external["id"], "execution": waits["id"]}
        (timer,) = rest.get("/job", processInstanceId=instance)
        inside["deployment"] = rest.get(f"/process-definition/{definition}")["deploymentId"]
        return words, {**inside, "name": "amount", "job": timer["id"], "message": found["message"]}

    return make


def address(path, inside, rest):
    if path.startswith("/external-task"):
        return path.format(**{**inside, "task": inside["external"]})
    if path.startswith("/decision"):
        (decision,) = rest.get("/decision-definition")
        return path.format(key=decision["key"], decision=decision["id"])
    if path.startswith("/job-definition/{"):
        (timer,) = rest.get("/job-definition")
        return path.format(definition=timer["id"])
    if "messageSubscriptions" in path:
        return path.format(execution=inside["message"]["executionId"], name=inside["message"]["eventName"])
    if path.startswith("/execution") and "localVariables" in path:
        return path.format(execution=inside["instance"], name="amount")
    return path.format(**inside)


def test_every_example_is_understood(rest, http, begin):
    for verb, path in EXAMPLES:
        words, inside = begin()
        if path.endswith("resolve"):
            rest.post(f"/task/{inside['task']}/delegate", {"userId": "ann"}, status=204)
        if path.startswith("/incident"):
            rest.post(f"/external-task/{inside['external']}/failure", {"workerId": "aWorker", "retries": 0}, status=204)
            inside["incident"] = rest.get("/incident")[0]["id"]
        if path.endswith(("restart", "restart-async")) or path == "/history/process-instance/delete":
            rest.delete(f"/process-instance/{inside['instance']}")
        if path.endswith("claim"):
            rest.post(f"/task/{inside['task']}/unclaim", status=204)
        text = json.dumps(EXAMPLES[verb, path])
        for word, meant in words.items():
            text = text.replace(f'"{word}"', json.dumps(meant))
        body = {**json.loads(text), **({"asyncResponseTimeout": 0} if path.endswith("fetchAndLock") else {})}
        answer = http.request(verb, f"/engine-rest{address(path, inside, rest)}", json=body)
        elsewhere = "migration" in path and "the plan does not say where it goes" in answer.text  # an example of one element only
        assert answer.status_code in {200, 204} or elsewhere, (verb, path, answer.text)
        for each in rest.get("/process-instance", rootProcessInstances="true"):
            rest.delete(f"/process-instance/{each['id']}")
        rest.put("/process-definition/key/p/suspended", {"suspended": False})
