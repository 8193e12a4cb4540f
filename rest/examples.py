"""An example of every JSON body that the interface takes. Words that begin with `a` stand for ids and names: `anInstance`, `aTopic`."""

from collections.abc import Mapping
from typing import Any

AMOUNT = {"value": 7, "type": "Integer"}
TYPED: Mapping[str, Any] = {
    "amount": AMOUNT,
    "names": {
        "value": '["a", "b"]',
        "type": "Object",
        "valueInfo": {"objectTypeName": "java.util.ArrayList", "serializationDataFormat": "application/json"},
    },
}
_VARIABLES = {"variables": TYPED}
_CHANGE = {"modifications": TYPED, "deletions": ["gone"]}
_SUSPEND = {"suspended": True}
_WORKER = {"workerId": "aWorker"}
_INSTANCES = {"processInstanceIds": ["anInstance"]}
_STEPS = [{"type": "cancel", "activityId": "anElement"}, {"type": "startBeforeActivity", "activityId": "anElement", "variables": {"amount": AMOUNT}}]
_ROUTE = {"sourceProcessDefinitionId": "aDefinition", "targetProcessDefinitionId": "aDefinition"}
_PLAN = {**_ROUTE, "instructions": [{"sourceActivityIds": ["anElement"], "targetActivityIds": ["anElement"], "updateEventTrigger": False}]}
_MIGRATION = {"migrationPlan": _PLAN, **_INSTANCES}
_SEVERAL = {"processDefinitionId": "aDefinition", "instructions": _STEPS, **_INSTANCES, "annotation": "moved by hand"}
_FINISHED = {"historicProcessInstanceQuery": {"finished": True, "processInstanceIds": ["anInstance"]}}
_RETRIES = {"retries": 3, "processInstances": ["anInstance"], "dueDate": "2024-02-01T09:00:00.000+0000"}
_RESTART = {"instructions": [{"type": "startBeforeActivity", "activityId": "anElement"}], **_FINISHED, "initialVariables": False, "withoutBusinessKey": True}

EXAMPLES: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("post", "/process-instance/message-async"): {"messageName": "aMessage", **_INSTANCES, **_VARIABLES},
    ("put", "/process-instance/{instance}/comment"): {"id": "aComment", "message": "asked by letter"},
    ("put", "/process-instance/suspended"): {**_SUSPEND, **_INSTANCES},
    ("post", "/history/process-instance/delete"): {"historicProcessInstanceIds": ["anInstance"], "deleteReason": "no longer needed", "failIfNotExists": True},
    ("post", "/process-instance/delete"): {**_INSTANCES, "deleteReason": "no longer needed"},
    ("put", "/process-definition/suspended"): {**_SUSPEND, "processDefinitionKey": "aKey", "includeProcessInstances": True},
    ("put", "/process-definition/key/{key}/suspended"): {**_SUSPEND, "includeProcessInstances": True},
    ("put", "/process-definition/{definition}/suspended"): {**_SUSPEND, "includeProcessInstances": False},
    ("post", "/process-definition/{definition}/start"): {**_VARIABLES, "businessKey": "case-1", "withVariablesInReturn": True},
    ("post", "/process-definition/key/{key}/start"): {**_VARIABLES, "businessKey": "case-1"},
    ("post", "/process-definition/{definition}/submit-form"): {**_VARIABLES, "businessKey": "case-1"},
    ("post", "/process-definition/key/{key}/submit-form"): {**_VARIABLES, "businessKey": "case-1"},
    ("post", "/task/{task}/submit-form"): _VARIABLES,
    ("put", "/external-task/retries"): {"retries": 3, "externalTaskIds": ["anExternalTask"]},
    ("put", "/process-instance/{instance}/suspended"): _SUSPEND,
    ("post", "/process-instance/{instance}/variables"): _CHANGE,
    ("put", "/process-instance/{instance}/variables/{name}"): AMOUNT,
    ("post", "/execution/{execution}/localVariables"): _CHANGE,
    ("put", "/execution/{execution}/localVariables/{name}"): AMOUNT,
    ("put", "/task/{task}"): {"name": "look again", "priority": 60, "due": "2024-02-01T09:00:00.000+0000", "assignee": "ann"},
    ("post", "/execution/{execution}/create-incident"): {"incidentType": "late", "message": "nobody answers", "configuration": "a client's word"},
    ("put", "/incident/{incident}/annotation"): {"annotation": "the other side has been told"},
    ("post", "/task/{task}/complete"): _VARIABLES,
    ("post", "/task/{task}/bpmnError"): {"errorCode": "NO_MONEY", "errorMessage": "not enough", **_VARIABLES},
    ("post", "/task/{task}/bpmnEscalation"): {"escalationCode": "TOO_LATE", **_VARIABLES},
    ("post", "/task/{task}/claim"): {"userId": "ann"},
    ("post", "/task/{task}/assignee"): {"userId": "ann"},
    ("post", "/task/{task}/delegate"): {"userId": "bob"},
    ("post", "/task/{task}/resolve"): _VARIABLES,
    ("post", "/task/{task}/variables"): _CHANGE,
    ("put", "/task/{task}/variables/{name}"): AMOUNT,
    ("post", "/task/{task}/localVariables"): _CHANGE,
    ("put", "/task/{task}/localVariables/{name}"): AMOUNT,
    ("post", "/task/{task}/identity-links"): {"groupId": "clerks", "type": "candidate"},
    ("post", "/task/{task}/identity-links/delete"): {"userId": "ann", "type": "candidate"},
    ("post", "/task/{task}/comment/create"): {"message": "asked by telephone"},
    ("put", "/task/{task}/comment"): {"id": "aComment", "message": "asked by letter"},
    ("post", "/message"): {
        "messageName": "aMessage",
        "processInstanceId": "anInstance",
        "processVariables": TYPED,
        "resultEnabled": True,
    },
    ("post", "/signal"): {"name": "aSignal", **_VARIABLES},
    ("post", "/condition"): {"businessKey": "aKey", **_VARIABLES},
    ("post", "/execution/{execution}/messageSubscriptions/{name}/trigger"): _VARIABLES,
    ("post", "/execution/{execution}/signal"): _VARIABLES,
    ("post", "/external-task/fetchAndLock"): {
        **_WORKER,
        "maxTasks": 10,
        "usePriority": True,
        "asyncResponseTimeout": 30_000,
        "topics": [{"topicName": "aTopic", "lockDuration": 60_000, "variables": ["amount"], "deserializeValues": True}],
    },
    ("post", "/external-task/{task}/complete"): {**_WORKER, **_VARIABLES, "localVariables": {"only": AMOUNT}},
    ("post", "/external-task/{task}/failure"): {
        **_WORKER,
        "errorMessage": "the other side does not answer",
        "errorDetails": "at length",
        "retries": 3,
        "retryTimeout": 60_000,
        **_VARIABLES,
    },
    ("post", "/external-task/{task}/bpmnError"): {**_WORKER, "errorCode": "NO_MONEY", "errorMessage": "not enough", **_VARIABLES},
    ("post", "/external-task/{task}/lock"): {**_WORKER, "lockDuration": 60_000},
    ("post", "/external-task/{task}/extendLock"): {**_WORKER, "newDuration": 60_000},
    ("post", "/external-task/retries-async"): {"retries": 3, "externalTaskQuery": {"topicName": "aTopic"}},
    ("post", "/process-instance/suspended-async"): {**_SUSPEND, **_INSTANCES},
    ("post", "/process-instance/variables-async"): {**_VARIABLES, **_INSTANCES},
    ("post", "/process-instance/job-retries"): _RETRIES,
    ("post", "/process-instance/job-retries-historic-query-based"): _RETRIES,
    ("post", "/process-instance/delete-historic-query-based"): {"historicProcessInstanceQuery": {"unfinished": True}, "deleteReason": "no longer needed"},
    ("post", "/job/retries"): {"retries": 3, "jobQuery": {"processDefinitionKey": "aKey"}},
    ("put", "/external-task/{task}/retries"): {"retries": 3},
    ("put", "/external-task/{task}/priority"): {"priority": 50},
    ("put", "/job-definition/suspended"): {**_SUSPEND, "processDefinitionKey": "aKey", "includeJobs": True},
    ("put", "/job-definition/{definition}/suspended"): {"suspended": False, "includeJobs": True},
    ("put", "/job-definition/{definition}/retries"): {"retries": 1},
    ("put", "/job/suspended"): {**_SUSPEND, "processDefinitionKey": "aKey"},
    ("put", "/job/{job}/duedate"): {"duedate": "2024-02-01T09:00:00.000+0000"},
    ("put", "/job/{job}/suspended"): {"suspended": False},
    ("put", "/job/{job}/retries"): {"retries": 1, "dueDate": "2024-02-01T09:00:00.000+0000"},
    ("post", "/decision-definition/key/{key}/evaluate"): _VARIABLES,
    ("post", "/decision-definition/{decision}/evaluate"): _VARIABLES,
    ("post", "/migration/generate"): {**_ROUTE, "updateEventTriggers": False},
    ("post", "/migration/validate"): _PLAN,
    ("post", "/migration/execute"): _MIGRATION,
    ("post", "/migration/executeAsync"): _MIGRATION,
    ("post", "/process-instance/{instance}/modification"): {"instructions": _STEPS, "annotation": "moved by hand"},
    ("post", "/process-instance/{instance}/modification-async"): {"instructions": _STEPS},
    ("post", "/modification/execute"): _SEVERAL,
    ("post", "/modification/executeAsync"): _SEVERAL,
    ("post", "/process-definition/{definition}/restart"): _RESTART,
    ("post", "/process-definition/{definition}/restart-async"): _RESTART,
    ("post", "/clock"): {"advance": "PT3605S"},
    ("post", "/deployment/{deployment}/redeploy"): {"resourceNames": ["p0.bpmn"], "source": "a client"},
}
