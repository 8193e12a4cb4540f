"""Filters and orders that Camunda 7.24 documents: each narrows or sorts; of what there is none here nothing is found."""

import pytest

NOW = "2024-01-31T09:00:00.000+0000"


@pytest.fixture
def waiting(rest, draw):
    """An instance that waits for a person (two tasks, one of them documented), a worker, a timer and a message."""
    asked = '<userTask id="a" name="A" camunda:candidateGroups="readers" camunda:candidateUsers="ann"><documentation>Read it</documentation></userTask>'
    parts = (draw.start(), draw.gate("f", "parallel"), asked, draw.user("b"), draw.catch("m", "message"), draw.catch("t", "duration:PT1H"))
    worker = '<serviceTask id="w" camunda:type="external" camunda:topic="x"/>'
    flows = draw.flows("s-f", "f-a-e", "f-b-e", "f-m-e", "f-t-e", "f-w-e")
    return rest.start(rest.definition(draw.diagram(*parts, worker, draw.end(), flows)), n=7)


def found(rest, path, field, asked):
    paged = {"sortBy", "sortOrder", "maxResults"}
    rows = [row[field] for row in rest.get(path, **asked)]
    if not paged & asked.keys():
        assert rest.get(f"{path}/count", **asked) == {"count": len(rows)}
    return rows


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"description": "Read it"}, "a"),
        ({"descriptionLike": "read%"}, "a"),
        ({"candidateGroupLike": "read%"}, "a"),
        ({"candidateGroupLike": "write%"}, ""),
        ({"sortBy": "description", "sortOrder": "desc"}, "a b"),
        ({"sortBy": "description", "sortOrder": "asc"}, "b a"),
        ({"sortBy": "tenantId", "sortOrder": "desc"}, "a b"),
        ({"sortBy": "caseInstanceId", "sortOrder": "asc"}, "a b"),
    ],
)
def test_tasks(rest, waiting, asked, expected):
    assert found(rest, "/task", "taskDefinitionKey", asked) == expected.split()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"taskDescription": "Read it"}, "a"),
        ({"taskDescriptionLike": "read%"}, "a"),
        ({"taskHadCandidateUser": "ann"}, "a"),
        ({"taskHadCandidateUser": "an"}, ""),
        ({"taskHadCandidateGroup": "readers"}, "a"),
        ({"taskInvolvedUser": "ann"}, "a"),
        ({"taskInvolvedGroup": "readers"}, "a"),
        ({"withCandidateGroups": "true"}, "a"),
        ({"withoutCandidateGroups": "true"}, "b"),
        ({"withoutTaskDueDate": "true"}, "a b"),
        ({"taskFollowUpDate": NOW}, ""),
        ({"taskFollowUpDateBefore": NOW}, ""),
        ({"taskFollowUpDateAfter": NOW}, ""),
        ({"taskOwnerLike": "a%"}, ""),
        ({"taskDeleteReasonLike": "%"}, ""),
        ({"processInstanceBusinessKeyIn": "k"}, ""),
        ({"processInstanceBusinessKeyLike": "k%"}, ""),
        ({"processDefinitionName": "nothing"}, ""),
        ({"caseInstanceId": "x"}, ""),
        ({"sortBy": "taskDescription", "sortOrder": "desc"}, "a b"),
        ({"sortBy": "followUpDate", "sortOrder": "desc"}, "a b"),
    ],
)
def test_history_of_tasks(rest, waiting, asked, expected):
    assert found(rest, "/history/task", "taskDefinitionKey", asked) == expected.split()


@pytest.mark.parametrize(
    ("path", "asked", "number"),
    [
        ("/external-task", {"processDefinitionKeyIn": "p,q"}, 1),
        ("/external-task", {"processDefinitionKeyIn": "q"}, 0),
        ("/external-task", {"processDefinitionNameLike": "nothing"}, 0),
        ("/external-task", {"processVariables": "n_eq_7"}, 0),  # a text is not the number
        ("/external-task", {"tenantIdIn": "t"}, 0),
        ("/external-task", {"sortBy": "processDefinitionId", "sortOrder": "asc"}, 1),
        ("/event-subscription", {"tenantIdIn": "t"}, 0),
        ("/event-subscription", {"includeEventSubscriptionsWithoutTenantId": "true"}, 1),
        ("/event-subscription", {"sortBy": "tenantId", "sortOrder": "asc"}, 1),
        ("/job", {"priorityHigherThanOrEquals": 0}, 1),
        ("/job", {"priorityHigherThanOrEquals": 1}, 0),
        ("/job", {"priorityLowerThanOrEquals": 0}, 1),
        ("/job", {"priorityLowerThanOrEquals": -1}, 0),
        ("/job", {"acquired": "true"}, 0),
        ("/history/job-log", {"jobPriorityHigherThanOrEquals": 1}, 0),
        ("/history/job-log", {"jobExceptionMessage": "x"}, 0),
        ("/history/job-log", {"hostname": "x"}, 0),
        ("/history/job-log", {"sortBy": "occurrence", "sortOrder": "desc"}, 1),
        ("/incident", {"tenantIdIn": "t"}, 0),
        ("/incident", {"jobDefinitionIdIn": "p:1:1:t"}, 0),
        ("/history/incident", {"incidentMessageLike": "%"}, 0),
        ("/history/incident", {"sortBy": "incidentState", "sortOrder": "asc"}, 0),
        ("/process-definition", {"deployedAfter": NOW}, 0),
        ("/process-definition", {"deployedAt": NOW}, 1),
        ("/execution", {"sortBy": "tenantId", "sortOrder": "asc"}, 6),
        ("/batch", {"createdBy": "ann"}, 0),
        ("/job", {"createTimes": f"gt_{NOW}"}, 0),
        ("/job", {"sortBy": "jobRetries", "sortOrder": "asc"}, 1),
        ("/job", {"sortBy": "processDefinitionId", "sortOrder": "asc"}, 1),
        ("/history/job-log", {"jobDefinitionType": "timer"}, 1),
        ("/history/job-log", {"jobDefinitionType": "message"}, 0),
        ("/history/job-log", {"jobDefinitionConfiguration": "x"}, 0),
        *(("/history/job-log", {"sortBy": by, "sortOrder": "desc"}, 1) for by in ("jobId", "executionId", "jobDueDate", "jobRetries", "jobDefinitionId")),
        ("/history/user-operation", {"category": "Operator"}, 1),
        ("/history/user-operation", {"category": "TaskWorker"}, 0),
        ("/history/user-operation", {"categoryIn": "TaskWorker,Operator"}, 1),
        ("/history/user-operation", {"property": "assignee"}, 0),
        ("/history/user-operation", {"caseInstanceId": "x"}, 0),
        ("/process-definition", {"incidentMessageLike": "%"}, 0),
        ("/process-definition", {"startableBy": "ann"}, 0),
        ("/process-definition", {"startablePermissionCheck": "true"}, 1),
    ],
)
def test_other_lists(rest, waiting, path, asked, number):
    assert len(found(rest, path, "id", asked)) == number


def test_what_is_of_an_instance_is_asked_by_its_root_and_variables(rest, waiting):
    assert [row["id"] for row in rest.get("/process-instance", rootProcessInstanceId=waiting)] == [waiting]
    body = {"processVariables": [{"name": "n", "operator": "eq", "value": 7}]}
    assert len(rest.post("/external-task", body)) == 1
    assert rest.post("/external-task/count", {"processVariables": [{"name": "n", "operator": "gt", "value": 7}]}) == {"count": 0}


@pytest.fixture
def story(rest, draw):
    """Of two definitions one instance each: `p` (B) whose timer has fired and that ended an hour later, `q` (A) that waits for a person."""
    timed = draw.diagram(draw.start(), draw.catch("c", "duration:PT1H"), draw.end(), draw.flows("s-c-e"), key="p")
    asking = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="q")
    rest.start(rest.definition(timed.replace(b'<process id="p"', b'<process id="p" name="B"')))
    rest.start(rest.definition(asking.replace(b'<process id="q"', b'<process id="q" name="A"')))
    rest.post("/clock", {"advance": "PT1H"})


AT, LATER = "2024-01-31T10:00:00.000+0000", "2024-01-31T10:00:00.001+0000"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"executedActivityAfter": NOW}, "p q"),
        ({"executedActivityAfter": AT}, "p"),
        ({"executedActivityAfter": LATER}, ""),
        ({"executedActivityBefore": NOW}, "p q"),
        ({"executedActivityBefore": "2024-01-31T08:59:59.999+0000"}, ""),
        ({"executedJobAfter": AT}, "p"),
        ({"executedJobAfter": LATER}, ""),
        ({"executedJobBefore": AT}, "p"),
        ({"executedJobBefore": NOW}, ""),
        ({"activityIdIn": "u"}, "q"),
        ({"activityIdIn": "c"}, ""),
        ({"withJobsRetrying": "true"}, ""),
        ({"sortBy": "definitionName", "sortOrder": "asc"}, "q p"),
        ({"sortBy": "definitionVersion", "sortOrder": "desc"}, "q p"),
    ],
)
def test_the_history_finds_instances_by_what_they_did_when(rest, story, asked, expected):
    keys = found(rest, "/history/process-instance", "processDefinitionKey", asked)
    assert (keys if "sortBy" in asked else sorted(keys)) == expected.split()


def test_definitions_are_found_by_what_stands_still_of_them(rest, draw):
    stuck = rest.definition(draw.diagram(draw.start(), draw.service("x"), draw.end(), draw.flows("s-x-e"), key="stuck"))
    rest.start(stuck)
    rest.start(rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="fine")))
    (task,) = rest.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "t", "lockDuration": 1000}]})
    rest.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "errorMessage": "no answer", "retries": 0}, status=204)
    (incident,) = rest.get("/incident")
    asked = {"incidentId": incident["id"], "incidentType": "failedExternalTask", "incidentMessage": "no answer", "incidentMessageLike": "answer"}
    for name, value in asked.items():
        assert found(rest, "/process-definition", "id", {name: value}) == [stuck]
    assert found(rest, "/process-definition", "id", {"incidentType": "failedJob"}) == []


def test_a_job_definition_names_the_timers_of_its_log(rest, waiting):
    (timer,) = rest.get("/job-definition")
    assert len(rest.get("/history/job-log", jobDefinitionId=timer["id"])) == 1
    assert rest.get("/history/job-log", jobDefinitionId=timer["id"] + "x") == []


def test_a_description_is_shown_and_edited(rest, waiting):
    (task,) = rest.get("/task", taskDefinitionKey="a")
    assert task["description"] == "Read it"
    rest.put(f"/task/{task['id']}", {**task, "description": "Read it twice"})
    assert rest.get(f"/task/{task['id']}")["description"] == "Read it twice"
    rest.put(f"/task/{task['id']}", {"name": "A"})
    assert rest.get(f"/task/{task['id']}")["description"] is None
    assert rest.get("/history/task/count", taskDescription="Read it") == {"count": 0}
