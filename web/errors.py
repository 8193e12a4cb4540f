"""Turns refusals into pages, in one place: what happened, what to do, the code, an id to quote."""

import logging
import re
import secrets
from typing import Protocol
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.exceptions import HTTPException

from engine.errors import EngineError
from selection.errors import HouseError
from web.i18n import sentence
from web.pages import go, page
from web.security import add_headers
from web.visitors import LANGUAGE_COOKIE, PUBLIC, SignInFirst, Visitor, cookie_name, not_found

log = logging.getLogger("web")
SIGNED_OUT = HouseError(
    "signed_out",
    zh="登录已过期，没有保存。填写的内容都还在：请刷新本页重新登录，登录后自动恢复。",
    en="You are signed out, nothing was saved. What you typed is still here: reload this page and sign in, and it comes back.",
    status=401,
)
TOO_LONG = HouseError(
    "too_long",
    zh="填写的内容超过了允许的长度，没有保存。请返回上一页缩短后重新提交。",
    en="A text is longer than allowed, nothing was saved. Please go back, shorten it and submit again.",
    status=422,
)
FIELD = re.compile(r"f-[\w-]+", re.ASCII)  # the id of a field of a form


class Refusal(Protocol):
    """What refusals of all rooms have in common."""

    code: str
    zh: str
    en: str
    status: int


def install(app: FastAPI) -> None:
    """Register the answers."""
    app.add_exception_handler(HouseError, _refused)
    app.add_exception_handler(EngineError, _refused)
    app.add_exception_handler(SignInFirst, _sign_in)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _failed)


def refusal_page(request: Request, refusal: Refusal) -> Response:
    """The page of a refusal. "Not yours" and "not there" are one and the same page. A part of a page that asks by itself gets the sentence alone."""
    shown = not_found() if refusal.status == not_found().status else refusal
    if request.headers.get("hx-request"):
        return _refused_part(request, shown)
    answer = page(request, "error.html", status=shown.status, refusal=shown, incident=None)
    answer.headers.update(getattr(shown, "headers", {}))
    return answer


def _refused_part(request: Request, refusal: Refusal) -> Response:
    words = sentence(refusal.en, language=request.state.visitor.language) if request.state.visitor.language == "en" else refusal.zh
    target = request.headers.get("hx-target", "")
    # A field stays in its form: what was refused stands where its errors do.
    place = {"HX-Retarget": f"#{target}-error", "HX-Reswap": "innerHTML"} if FIELD.fullmatch(target) else {}
    content = Markup('<span class="error" role="alert">{}</span>').format(words)
    return HTMLResponse(content, status_code=refusal.status, headers=place | getattr(refusal, "headers", {}))


def _refused(request: Request, error: Exception) -> Response:
    _make_sure_of_a_visitor(request)
    assert isinstance(error, (HouseError, EngineError))  # noqa: S101 - registered for these
    return refusal_page(request, error)


def _sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInFirst)  # noqa: S101 - registered for this
    _make_sure_of_a_visitor(request)
    if request.headers.get("hx-request"):  # the page stays, with all that was typed on it
        return _refused_part(request, SIGNED_OUT)
    return go(f"/login?then={quote(error.then)}")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this
    _make_sure_of_a_visitor(request)
    if isinstance(error.__cause__, HouseError):  # the framework wraps what the guard says while a body arrives
        return refusal_page(request, error.__cause__)
    if error.status_code in {404, 405}:
        return refusal_page(request, not_found())
    return refusal_page(request, _unreadable(error.status_code))


def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this
    _make_sure_of_a_visitor(request)
    if request.method in {"GET", "HEAD"}:
        return refusal_page(request, not_found())
    long = any(fault["type"] == "string_too_long" for fault in error.errors())  # what was malformed is not echoed
    return refusal_page(request, TOO_LONG if long else _unreadable(422))


def _unreadable(status: int) -> HouseError:
    return HouseError(
        "unreadable",
        zh="提交的内容无法识别，请返回上一页核对后重新提交。",
        en="What was sent cannot be read; please go back, check it and submit again.",
        status=status,
    )


def _failed(request: Request, error: Exception) -> Response:
    incident = secrets.token_hex(4)
    log.error("unexpected failure %s at %s", incident, request.url.path, exc_info=error)
    _make_sure_of_a_visitor(request)
    shown = HouseError(
        "failure",
        zh="系统暂时无法完成该操作，您填写的内容没有生效。请稍后重试；如再次出现，请把下面的编号告诉办公室。",
        en="The system could not do this and nothing was changed. Please try again later; if it happens again, tell the office the number below.",
        status=500,
    )
    answer = page(request, "error.html", status=500, refusal=shown, incident=incident)
    add_headers(answer.headers, path=request.url.path, secure=request.state.house.settings.secure_cookies)
    return answer


def _make_sure_of_a_visitor(request: Request) -> None:
    # A request that was stopped before anybody looked at who asks.
    if not hasattr(request.state, "visitor"):
        house = request.app.state.house
        language = "en" if request.cookies.get(cookie_name(house, LANGUAGE_COOKIE)) == "en" else "zh"
        request.state.visitor = Visitor(actor=PUBLIC, language=language, csrf="")
        request.state.house = house
