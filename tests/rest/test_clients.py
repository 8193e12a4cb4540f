"""Existing clients, as they come, against a running server."""

import json
import logging
import queue
import shutil
import subprocess
import threading
from pathlib import Path

import pycamunda.deployment
import pycamunda.externaltask
import pycamunda.message
import pycamunda.processdef
import pycamunda.processinst
import pycamunda.signal
import pycamunda.task
import pytest
import requests
from camunda.client.engine_client import EngineClient
from camunda.external_task.external_task_worker import ExternalTaskWorker


@pytest.fixture
def diagram(draw, tmp_path):
    parts = (draw.service("x"), draw.user("u", 'camunda:candidateGroups="g"'), draw.end())
    path = tmp_path / "served.bpmn"
    path.write_bytes(draw.diagram(draw.start(), *parts, draw.flows("s-x-u-e"), key="served"))
    return path


def deployed(url, path):
    create = pycamunda.deployment.Create(url=url, name="by pycamunda")
    with path.open("rb") as content:
        create.add_resource(content)
        return create()


def test_the_python_worker_serves_a_topic(url, diagram):
    deployed(url, diagram)
    client = EngineClient(url)
    instance = client.start_process(process_key="served", variables={"amount": 7, "names": ["a", "b"]})["id"]
    seen = []

    def work(task):
        seen.append((task.get_variable("amount"), task.get_variable("names")))
        return task.complete({"doubled": 14, "list": [1, 2]})

    config = {"maxTasks": 1, "lockDuration": 10_000, "asyncResponseTimeout": 2_000, "retries": 3, "retryTimeout": 100, "sleepSeconds": 1}
    worker = ExternalTaskWorker(worker_id="python", base_url=url, config=config)
    worker.fetch_and_execute("t", work)
    assert seen == [(7, ["a", "b"])]
    found = requests.get(f"{url}/process-instance/{instance}/variables", timeout=10).json()
    assert found["doubled"]["value"] == 14
    assert found["list"]["value"] == [1, 2]
    assert [task.task_definition_key for task in pycamunda.task.GetList(url=url)()] == ["u"]


def test_a_failing_python_worker_leaves_an_incident(url, diagram, caplog):
    caplog.set_level(logging.CRITICAL)
    deployed(url, diagram)
    EngineClient(url).start_process(process_key="served", variables={})
    config = {"maxTasks": 1, "lockDuration": 10_000, "asyncResponseTimeout": 1_000, "retries": 1, "retryTimeout": 0}
    worker = ExternalTaskWorker(worker_id="python", base_url=url, config=config)
    worker.fetch_and_execute("t", lambda task: task.failure("broken", "at length", max_retries=1, retry_timeout=0))
    (waiting,) = requests.get(f"{url}/external-task", timeout=10).json()
    assert waiting["errorMessage"] == "broken"


def test_pycamunda_deploys_starts_fetches_and_completes(url, diagram):
    deployment = deployed(url, diagram)
    assert [each.name for each in pycamunda.deployment.GetList(url=url)()] == ["by pycamunda"]
    (definition,) = pycamunda.processdef.GetList(url=url, key="served")()
    start = pycamunda.processdef.StartInstance(url=url, key="served")
    start.add_variable(name="amount", value=7, type_="Integer")
    instance = start()
    assert instance.definition_id == definition.id_
    fetch = pycamunda.externaltask.FetchAndLock(url=url, worker_id="py", max_tasks=1)
    fetch.add_topic(name="t", lock_duration=10_000)
    (task,) = fetch()
    complete = pycamunda.externaltask.Complete(url=url, id_=task.id_, worker_id="py")
    complete.add_variable(name="done", value=True)
    complete()
    (open_,) = pycamunda.task.GetList(url=url, process_instance_id=instance.id_)()
    pycamunda.task.Claim(url=url, id_=open_.id_, user_id="ann")()
    assert pycamunda.task.Get(url=url, id_=open_.id_)().assignee == "ann"
    pycamunda.task.Complete(url=url, id_=open_.id_)()
    assert pycamunda.processinst.GetList(url=url)() == ()
    pycamunda.deployment.Delete(url=url, id_=deployment.id_, cascade=True)()
    assert pycamunda.processdef.GetList(url=url)() == ()


def test_the_modeler_s_calls(url, diagram):
    assert requests.get(f"{url}/version", timeout=10).json()["version"].startswith("7.")
    assert requests.get(f"{url}/deployment", params={"maxResults": "0"}, timeout=10).json() == []
    sent = {
        "deployment-name": "diagram",
        "deployment-source": "Camunda Modeler",
        "enable-duplicate-filtering": "true",
        "deploy-changed-only": "true",
    }
    with diagram.open("rb") as content:
        answer = requests.post(f"{url}/deployment/create", data=sent, files={"diagram": (diagram.name, content)}, timeout=30)
    assert answer.status_code == 200
    assert len(answer.json()["deployedProcessDefinitions"]) == 1
    again = requests.post(f"{url}/deployment/create", data=sent, files={"diagram": (diagram.name, diagram.read_bytes())}, timeout=30)
    assert (again.json()["id"], again.json()["deployedProcessDefinitions"]) == (answer.json()["id"], None)
    changed = diagram.read_bytes().replace(b"<process ", b"<!-- changed --><process ")
    newer = requests.post(f"{url}/deployment/create", data=sent, files={"diagram": (diagram.name, changed)}, timeout=30)
    assert [each["version"] for each in newer.json()["deployedProcessDefinitions"].values()] == [2]
    bad = requests.post(f"{url}/deployment/create", data=sent, files={"diagram": ("a.bpmn", b"<no")}, timeout=30)
    assert (bad.status_code, bad.json()["type"]) == (400, "ParseException")


JS = Path(__file__).parent / "js"


@pytest.fixture
def js_worker(url):
    """The worker in JavaScript, ready; gives the queue of what it says."""
    if shutil.which("node") is None or not (JS / "node_modules").is_dir():
        pytest.skip("node and the worker's packages (tests/rest/js) are not installed")
    command = ["node", "worker.mjs", url]
    told = queue.Queue()
    with subprocess.Popen(command, cwd=JS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as worker:
        reader = threading.Thread(target=lambda: [told.put(line.strip()) for line in worker.stdout])
        reader.start()
        try:
            assert told.get(timeout=60) == "ready"
            yield told
        finally:
            worker.terminate()
            reader.join(30)


# The framework silences this of its own in a way that two threads that ask for the first time at once undo for each other.
@pytest.mark.filterwarnings("ignore::pydantic.warnings.UnsupportedFieldAttributeWarning")
def test_the_javascript_worker_serves_a_topic(rest, js_worker, draw):
    parts = (draw.service("x"), draw.boundary("b", "x", "error"), draw.user("caught"), draw.user("u"), draw.end())
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-x-u-e", "b-caught-e")))
    done = rest.start(definition, amount=21, names=["a", "b"])
    assert js_worker.get(timeout=60) == "done complete"
    found = rest.get(f"/process-instance/{done}/variables")
    assert (found["doubled"]["value"], json.loads(found["told"]["value"])) == (42, {"names": ["a", "b"]})
    assert (found["told"]["type"], found["when"]["type"]) == ("Json", "Date")
    assert "only" not in found
    caught = rest.start(definition, wanted="error")
    assert js_worker.get(timeout=60) == "done error"
    failed = rest.start(definition, wanted="failure")
    assert js_worker.get(timeout=60) == "done failure"
    assert {task["processInstanceId"]: task["taskDefinitionKey"] for task in rest.tasks()} == {done: "u", caught: "caught"}
    assert [(each["processInstanceId"], each["incidentMessage"]) for each in rest.get("/incident")] == [(failed, "broken")]
