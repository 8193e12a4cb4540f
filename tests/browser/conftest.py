"""The same house as the tests of the pages; a Chromium for the whole run; a server on loopback."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import uvicorn

from app import demo
from app.cli_common import settings_apart
from app.cli_serve import open_demo, unhurried
from tests.browser import hostile
from tests.browser.hands import Hands
from tests.once import once
from web.app import create_app

_spec = spec_from_file_location("web_conftest", Path(__file__).parents[1] / "web" / "conftest.py")
_pages = module_from_spec(_spec)
_spec.loader.exec_module(_pages)

house, person, season = _pages.house, _pages.person, _pages.season
SEASON = Path(__file__).parents[2] / "processes" / "cn-2023"
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


@pytest.fixture(scope="module")  # others start a browser of their own: two do not get on
def chromium():
    """A real browser without a window."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is missing")
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def settings_in(folder):
    return replace(settings_apart(name="demo", database=f"sqlite:///{folder}/demo.db", file=None), season_folder=SEASON)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The folder of a demonstration made by people who type markup."""

    def make(folder):
        with pytest.MonkeyPatch.context() as patch:
            hostile.make(settings_in(folder), patch)

    return once(tmp_path_factory, "demonstration", make)


@pytest.fixture(scope="module")
def demonstration(made, tmp_path_factory):
    """The demonstration on its first morning, for the tests of one file: whatever they do to it, others find it as it was made."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(made, folder, dirs_exist_ok=True)
    opened = open_demo(settings_in(folder))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(demonstration, serve):
    """Where the demonstration is served."""
    with serve(unhurried(demonstration)) as address:
        yield address


@pytest.fixture
def enters(demonstration, chromium, address):
    """`enters(role)`: a window of the account of a role, signed in; closed afterwards."""
    windows = []

    def enters(role, **context):
        (account,) = (each for each in demo.accounts(demonstration) if each.role == role)
        windows.append(Hands(chromium, address, **context))
        windows[-1].signs_in(account.login, account.password)
        return windows[-1]

    yield enters
    for hands in windows:
        hands.page.context.close()
