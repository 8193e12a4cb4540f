"""The same house as the tests of the pages; a Chromium for the whole run; a server on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import uvicorn

from web.app import create_app

_spec = spec_from_file_location("web_conftest", Path(__file__).parents[1] / "web" / "conftest.py")
_pages = module_from_spec(_spec)
_spec.loader.exec_module(_pages)

house, person, season = _pages.house, _pages.person, _pages.season
CHROMIUM = "/usr/bin/chromium"


@contextmanager
def served(house: object) -> Iterator[str]:
    """The house's pages on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(create_app(house), host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    listening = server.config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@pytest.fixture(scope="session")
def serve():
    """`serve(house)`: its pages, as a context."""
    return served


@pytest.fixture(scope="module")
def chromium():
    """A real browser without a window."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is missing")
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
