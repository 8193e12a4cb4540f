"""One event loop for all requests of a file of tests: otherwise each request of a `TestClient` starts a thread and a loop of its own."""

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.testclient import TestClient


@pytest.fixture(scope="module", autouse=True)
def portal():
    with start_blocking_portal() as found:
        TestClient.portal = found
        yield
        TestClient.portal = None
