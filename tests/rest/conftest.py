"""A served engine of its own for each test: empty, its clock stepped by hand, reached as clients reach it."""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.testclient import TestClient

from app.clock import ManualClock
from engine import Engine
from engine.contract import Registry
from handlers.policy import HousePolicy
from store.database import Database
from tests.portal import portal  # noqa: F401 - a fixture of every file
from tests.unit.engine.bpmn.conftest import Draw
from web.app import create_app

NOW = datetime(2024, 1, 31, 9, 0, tzinfo=UTC)


@dataclass
class Client:
    """Speaks to the interface; every answer must be what the contract says of its status."""

    http: TestClient

    def get(self, path, status=200, **query):
        return self._checked(self.http.get(f"/engine-rest{path}", params=query), status)

    def post(self, path, body=None, status=200):
        return self._checked(self.http.post(f"/engine-rest{path}", json=body or {}), status)

    def put(self, path, body=None, status=204):
        return self._checked(self.http.put(f"/engine-rest{path}", json=body or {}), status)

    def delete(self, path, status=204, **query):
        return self._checked(self.http.delete(f"/engine-rest{path}", params=query), status)

    def deploy(self, *diagrams, name="test", status=200, **files):
        sent = {f"p{number}.bpmn": content for number, content in enumerate(diagrams)} | files
        parts = [(path, (path, content)) for path, content in sent.items()]
        answer = self.http.post("/engine-rest/deployment/create", data={"deployment-name": name, "deployment-source": "here"}, files=parts)
        return self._checked(answer, status)

    def definition(self, *diagrams):
        """The id of the first definition of a new deployment."""
        return next(iter(self.deploy(*diagrams)["deployedProcessDefinitions"]))

    def start(self, definition, **variables):
        return self.post(f"/process-definition/{definition}/start", {"variables": typed(**variables)})["id"]

    def tasks(self, **query):
        return self.get("/task", sortBy="created", sortOrder="asc", **query)

    def complete(self, key, **variables):
        """Complete the one open task of an element."""
        (task,) = [task for task in self.tasks() if task["taskDefinitionKey"] == key]
        self.post(f"/task/{task['id']}/complete", {"variables": typed(**variables)}, status=204)

    def _checked(self, answer, status):
        assert answer.status_code == status, (answer.status_code, answer.text)
        if status >= 400:
            beside = {"details"} if answer.json()["type"] == "ParseException" else set()  # what is wrong with each file, as Camunda tells
            assert set(answer.json()) - beside == {"type", "message", "code"}
        return answer.json() if answer.content else None


def typed(**values):
    """Typed variables as a client sends them."""
    kinds = {bool: "Boolean", int: "Integer", float: "Double", str: "String", type(None): "Null"}
    found = {}
    for name, value in values.items():
        if isinstance(value, list | dict):
            java = "java.util.ArrayList" if isinstance(value, list) else "java.util.LinkedHashMap"
            info = {"serializationDataFormat": "application/json", "objectTypeName": java}
            found[name] = {"value": json.dumps(value), "type": "Object", "valueInfo": info}
        else:
            found[name] = {"value": value, "type": kinds[type(value)]}
    return found


@pytest.fixture
def draw():
    return Draw()


@pytest.fixture
def rest_url(sqlite_url):
    """The database; files of tests that are to hold on both give `database_url` here."""
    return sqlite_url


@pytest.fixture
def parts(rest_url):
    """A house with nothing but an engine."""
    database = Database(rest_url)
    clock = ManualClock(NOW)
    office = {"office_name": "办公室", "office_phone": "1", "office_mail": "office@example.invalid"}
    settings = SimpleNamespace(web_host="127.0.0.1", upload_limit=20_000_000, secure_cookies=False, limit_signins=300, **office)
    engine = Engine(database=database, registry=Registry(), policy=HousePolicy(), clock=clock)
    yield SimpleNamespace(database=database, clock=clock, wall=clock, settings=settings, engine=engine, outbox=None, files=None)
    assert engine.check() == {}
    database.close()


@pytest.fixture
def http(parts):
    return TestClient(create_app(parts), base_url="http://localhost", client=("127.0.0.1", 50000))


@pytest.fixture
def rest(http):
    return Client(http)


@pytest.fixture
def url(parts):
    """The interface of a server that listens on a free port."""
    server = uvicorn.Server(uvicorn.Config(create_app(parts), host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    ready = threading.Event()
    startup = server.startup

    async def started(sockets=None):
        await startup(sockets)
        ready.set()

    server.startup = started
    thread = threading.Thread(target=server.run)
    thread.start()
    assert ready.wait(30)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/engine-rest"
    server.should_exit = True
    thread.join(30)
