"""A person in a real browser: signs in, reads the inbox, switches the language, works by keyboard; no page breaks the content policy."""

import threading
from collections.abc import Iterator

import pytest
import uvicorn

from web.app import create_app

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = "/usr/bin/chromium"
pytestmark = pytest.mark.browser


@pytest.fixture
def address(house, person, season) -> Iterator[str]:
    person("clerk", "office_clerk@caq")
    server = uvicorn.Server(uvicorn.Config(create_app(house), host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    listening = server.config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()


@pytest.mark.parametrize("width", [1366, 390])
def test_a_clerk_signs_in_by_keyboard_and_every_desk_fits_the_screen(address, width):
    complaints = []
    with playwright.sync_playwright() as tools:
        chromium = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": width, "height": 800})
        page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
        page.goto(f"{address}/login")
        page.keyboard.type("clerk")
        page.keyboard.press("Tab")
        page.keyboard.type("a sentence that people remember")
        page.keyboard.press("Enter")
        page.wait_for_url("**/inbox")
        assert page.get_by_role("heading", name="我的任务").is_visible()
        for path in ("/inbox", "/cases", "/office/people", "/office/mails", "/office/experts", "/unit", "/account"):
            assert page.goto(f"{address}{path}").status == 200
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        page.get_by_role("button", name="English").click()
        assert page.locator("html").get_attribute("lang") == "en"
        chromium.close()
    assert complaints == []
