"""The form in a real browser under the strict policy: fields come and go, rows grow, drafts are saved, findings stand beside fields."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest

from engine.forms import FieldError, read_form
from web.forms import FormContext, data_of, render_checks, render_form, render_saved

pytestmark = pytest.mark.browser
STATIC = Path(__file__).parents[3] / "web/static"
HOST = "http://forms.invalid"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
FORM = read_form(
    json.dumps(
        {
            "title": "表",
            "type": "object",
            "properties": {
                "soe": {"type": "boolean", "title": "央企"},
                "group": {"type": "string", "title": "集团", "x-show-if": "soe == true"},
                "rivals": {
                    "type": "array",
                    "title": "对手",
                    "maxItems": 3,
                    "items": {
                        "type": "object",
                        "properties": {
                            "seq": {"type": "integer", "title": "号", "x-widget": "sequence"},
                            "name": {"type": "string", "title": "名"},
                        },
                    },
                },
            },
        }
    ).encode()
)
CONTEXT = FormContext(hidden={"form_token": "t"}, checks_url="/checks")


class Site:
    """Answers the browser: the page, our files, the draft, the checks. Keeps what was posted."""

    def __init__(self, data: dict) -> None:
        self.data = data
        self.errors: list[FieldError] = []
        self.posts: list[tuple[str, dict]] = []

    def sent(self, path: str) -> list[dict]:
        return [data for to, data in self.posts if to == path]

    def answer(self, route, request) -> None:
        path = urlsplit(request.url).path
        if request.method == "POST":
            sent = data_of(FORM, parse_qsl(request.post_data or "", keep_blank_values=True))
            self.posts.append((path, sent))
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        elif path == "/checks":
            finding = SimpleNamespace(paths=("soe",), severity="warn", zh="请核对央企身份", en="check")
            route.fulfill(body=str(render_checks(FORM, [finding], context=CONTEXT)), content_type="text/html; charset=utf-8")
        elif path == "/draft":
            route.fulfill(body=str(render_saved(FORM, {}, context=CONTEXT, at="10:32")), content_type="text/html; charset=utf-8")
        else:
            route.fulfill(body=self.page(), content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})

    def page(self) -> str:
        config = '{"allowEval": false, "includeIndicatorStyles": false}'
        htmx = next((STATIC / "vendor").glob("htmx-*.min.js")).name
        form = render_form(FORM, self.data, self.errors, context=CONTEXT, action="/done", draft_url="/draft")
        return (
            f"<!doctype html><html><head><meta name=htmx-config content='{config}'><link rel=stylesheet href=/static/house.css>"
            f"<link rel=stylesheet href=/static/forms.css><script src=/static/vendor/{htmx} defer></script>"
            f"<script src=/static/forms.js defer></script></head><body><main>{form}</main></body></html>"
        )


@pytest.fixture(scope="module")
def browser() -> Iterator:
    sync_api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser) -> Iterator:
    site = Site({"rivals": [{"seq": 1, "name": "一"}, {"seq": 2, "name": "二"}]})
    page = browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.route("**/*", site.answer)
    page.goto(f"{HOST}/")
    yield page, site
    assert complaints == []
    page.close()


def test_field_appears_with_its_condition_and_is_sent_only_then(opened):
    page, site = opened
    assert not page.locator("[name=group]").is_visible()
    page.locator("[name=soe][value=true]").check()
    page.locator("[name=group]").fill("集团")
    page.locator("[name=soe][value=false]").check()
    assert not page.locator("[name=group]").is_visible()
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/done")
    assert site.sent("/done") == [{"soe": False, "rivals": [{"name": "一"}, {"name": "二"}]}]


def test_rows_are_removed_and_added_by_keyboard_without_mixing(opened):
    page, site = opened
    page.get_by_role("button", name="删除此行").first.focus()
    page.keyboard.press("Enter")
    adding = page.get_by_role("button", name="增加一项")
    adding.press("Enter")
    page.keyboard.type("三")
    assert page.locator("[data-sequence]").all_text_contents() == ["1", "2"]
    adding.press("Enter")
    assert adding.is_disabled()
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/done")
    assert site.sent("/done") == [{"rivals": [{"name": "二"}, {"name": "三"}]}]


def test_draft_is_saved_while_typing_and_findings_stand_beside_fields(opened):
    page, site = opened
    page.locator("#f-soe .hint").wait_for()
    assert page.locator("#f-soe .hint").text_content() == "请核对央企身份"
    page.locator("[name='rivals[0].name']").fill("改")
    page.get_by_text("已保存 10:32").wait_for()
    assert site.sent("/draft")[-1]["rivals"][0]["name"] == "改"


def test_a_fault_goes_from_its_field_when_the_value_is_another(opened):
    page, site = opened
    site.errors = [FieldError(f"rivals[{place}].name", "needed", "请填写名称", "give a name") for place in (0, 1)]
    page.reload()
    faults = page.locator(".field-error .error")
    assert faults.count() == 2
    page.locator("[name='rivals[0].name']").fill("改")
    page.locator("[name='rivals[1].name']").focus()
    assert faults.count() == 1
    assert page.locator("[aria-invalid]").evaluate_all("all => all.map((one) => one.name)") == ["rivals[1].name"]
    assert page.locator("#form-errors").is_visible()


def test_no_draft_follows_a_form_that_was_sent_until_somebody_types_again(opened):
    page, site = opened
    page.clock.install()
    page.reload()
    page.route("**/done", lambda route: route.fulfill(status=204))  # the browser stays where it is
    page.locator("[name='rivals[0].name']").fill("改")
    with page.expect_response("**/done"):
        page.get_by_role("button", name="提交").click()
    page.clock.fast_forward(5_000)
    page.wait_for_function("document.querySelectorAll('.htmx-request').length === 0")
    assert site.sent("/draft") == []

    page.locator("[name='rivals[0].name']").fill("再改")
    with page.expect_request("**/draft"):
        page.clock.fast_forward(5_000)


def test_without_javascript_a_spare_row_can_be_filled(browser):
    site = Site({"rivals": [{"seq": 1, "name": "一"}]})
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route("**/*", site.answer)
    page.goto(f"{HOST}/")
    page.locator("[name='rivals[1].name']").fill("二")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/done")
    assert site.posts == [("/done", {"rivals": [{"name": "一"}, {"name": "二"}]})]
    context.close()


@pytest.mark.parametrize("width", [390, 1366])
def test_the_page_fits_the_screen(opened, width):
    page, _ = opened
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
