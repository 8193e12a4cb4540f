"""What else Camunda's lists know: of tasks, of instances with incidents, of variables by their types."""

from tests.rest.conftest import typed


def test_tasks_tell_comments_and_attachments_if_they_are_asked_for(rest, http, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    rest.start(definition), rest.start(definition)
    first, second = (task["id"] for task in rest.tasks())
    rest.post(f"/task/{first}/comment/create", {"message": "asked"})
    http.post(f"/engine-rest/task/{second}/attachment/create", files={"content": ("a", b"a")})
    assert "comment" not in rest.tasks()[0]
    told = [(each["id"], each["comment"], each["attachment"]) for each in rest.tasks(withCommentAttachmentInfo="true")]
    assert told == [(first, True, False), (second, False, True)]
    assert rest.post("/task", {"withCommentAttachmentInfo": True})[0]["comment"] is True


def test_tasks_tell_their_variables_if_they_are_asked_for(rest, draw):
    rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"))), a=1)
    (task,) = rest.tasks()
    rest.put(f"/task/{task['id']}/localVariables/b", {"value": 2, "type": "Long"})
    assert "variables" not in task
    asked = {
        ("withTaskVariablesInReturn",): {"a": 1, "b": 2},
        ("withTaskLocalVariablesInReturn",): {"b": 2},
        ("withTaskVariablesInReturn", "withTaskLocalVariablesInReturn"): {"a": 1, "b": 2},
    }
    for names, expected in asked.items():
        for (found,) in (rest.get("/task", **dict.fromkeys(names, "true")), rest.post("/task", dict.fromkeys(names, True))):
            assert {name: each["value"] for name, each in found["variables"].items()} == expected


def test_tasks_are_found_by_what_their_names_and_dates_are_not(rest, draw):
    shown = draw.diagram(draw.start(), draw.user("u", 'name="b look"'), draw.user("v", 'name="A write"'), draw.end(), draw.flows("s-u-e", "s-v-e"))
    rest.start(rest.definition(shown))
    assert [each["name"] for each in rest.get("/task", nameNotLike="%look")] == ["A write"]
    rest.put(f"/task/{rest.get('/task', name='b look')[0]['id']}", {"followUp": "2024-03-01T00:00:00.000+0000"})
    early, late = "2024-02-01T00:00:00.000+0000", "2024-04-01T00:00:00.000+0000"
    assert [each["name"] for each in rest.get("/task", followUpBeforeOrNotExistent=early)] == ["A write"]
    assert len(rest.get("/task", followUpBeforeOrNotExistent=late)) == 2
    assert [each["name"] for each in rest.get("/task", sortBy="nameCaseInsensitive", sortOrder="asc")] == ["A write", "b look"]
    assert rest.get("/task", caseDefinitionKey="x") == []


def test_expressions_in_a_query_are_refused_by_name(rest):
    for name in ("assigneeExpression", "dueBeforeExpression", "candidateGroupsExpression"):
        assert name in rest.get("/task", 400, **{name: "${currentUser()}"})["message"]
        assert name in rest.post("/task", {name: "${now()}"}, status=400)["message"]


def test_the_history_finds_instances_by_their_incidents(rest, draw):
    rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"))))
    stuck = rest.start(rest.definition(draw.diagram(draw.start(), draw.service("x"), draw.end(), draw.flows("s-x-e"), key="q")))
    (task,) = rest.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "t", "lockDuration": 1000}]})
    rest.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "errorMessage": "no answer", "retries": 0}, status=204)
    (incident,) = rest.get("/incident")
    asked = {"incidentStatus": "open", "incidentType": "failedExternalTask", "incidentMessage": "no answer", "incidentMessageLike": "answer"}
    for name, value in {**asked, "incidentIdIn": incident["id"], "withRootIncidents": "true"}.items():
        assert [each["id"] for each in rest.get("/history/process-instance", **{name: value})] == [stuck], name
    assert rest.get("/history/process-instance", incidentStatus="resolved") == []
    rest.get("/history/process-instance", 400, incidentStatus="closed")


def test_variables_are_sorted_by_their_types(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    sent = {**typed(a="x", b=1, c=2.5, d=True, e=[1]), "f": {"value": 7, "type": "Long"}}
    rest.post(f"/process-definition/{definition}/start", {"variables": sent})
    found = rest.get("/variable-instance", sortBy="variableType", sortOrder="asc")
    assert [each["type"] for each in found] == ["Boolean", "Double", "Integer", "Long", "Object", "String"]


def test_a_form_is_told_by_its_key(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u", 'camunda:formKey="embedded:x.html"'), draw.end(), draw.flows("s-u-e")))
    rest.start(definition)
    assert rest.get(f"/task/{rest.tasks()[0]['id']}/form") == {"key": "embedded:x.html", "camundaFormRef": None, "contextPath": None}
    assert rest.get(f"/process-definition/{definition}/startForm")["key"] is None
    rest.get("/process-definition/key/nothing/startForm", 404)


def test_batches_and_saved_filters_are_none(rest):
    for path in ("/batch", "/batch/statistics", "/filter"):
        assert rest.get(path) == []
        assert rest.get(f"{path}/count") == {"count": 0}
        rest.get(path, 400, surprise="x")
    assert rest.get("/filter", itemCount="false", sortBy="owner", sortOrder="asc") == []
    assert "Batch with id 'done'" in rest.get("/batch/done", status=404)["message"]
