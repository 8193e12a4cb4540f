"""What guards every request: size, strict headers, the visitor, and the refusal of requests that other sites make in a person's name."""

import hmac
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from fastapi import Request, Response
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.status import HTTP_307_TEMPORARY_REDIRECT
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from selection.errors import Forbidden, HouseError
from web.house import House
from web.limits import refuse_flood
from web.visitors import VISIT_COOKIE, Access, SignInFirst, cookie_name, not_found, page_of, recognise

FORM_LIMIT = 5_000_000  # bytes of a form without files: it is held in memory
UNVISITED = ("/static/", "/engine-rest/")  # nobody's session matters there: no cookie is read or set
EPILOGUE = 1_000  # bytes that may follow a form's closing mark
NUL = "\0"
NO_TEXT = re.compile("[\0\ud800-\udfff]")  # besides NUL the halves of a sign, which odd character sets can spell
# What search engines may keep: what was published. Receipts, forms for one person and everything behind the sign-in stay out.
INDEXED = ("/public/notice", "/public/publicity", "/public/announcements", "/public/revocations", "/public/exchanges", "/static/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class TooLarge(HouseError):
    """The request's body is larger than the house takes."""

    status = 413

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "too_large",
            zh="上传内容超过大小上限，请压缩或拆分后重新上传。",
            en="This is larger than allowed; please compress or split it and upload again.",
        )


class CutOff(HouseError):
    """A form with files ended before its closing mark: the sender went away, or something on the way cut it."""

    status = 400

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "cut_off",
            zh="上传在中途断开，没有保存任何内容。请检查网络后重新提交。",
            en="The upload broke off on its way; nothing was saved. Please check your connection and submit again.",
        )


class NotText(HouseError):
    """What was sent holds a NUL or half a sign, which are part of no text: no keyboard types them, and no database keeps them."""

    status = 422

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "not_text",
            zh="提交的内容中含有不能保存的字符，没有保存。请删除该字符后重新提交。",
            en="What was sent holds a character that cannot be kept; nothing was saved. Please remove it and submit again.",
        )


class Ending:
    """Watches a body arrive: one of parts must close with its own mark, else half a file would pass for a missing one."""

    def __init__(self, scope: Scope) -> None:
        """The mark, from the request's headers; a body that is not of parts has none."""
        kind, options = parse_options_header(dict(scope["headers"]).get(b"content-type"))
        self.mark = b"--" + options.get(b"boundary", b"") + b"--" if kind == b"multipart/form-data" else b""
        self.tail = b""

    def watch(self, message: Message) -> None:
        """One more piece. Raises CutOff when the last one leaves the body without its mark."""
        if not self.mark or message["type"] != "http.request":
            return
        self.tail = (self.tail + message.get("body", b""))[-len(self.mark) - EPILOGUE :]
        if not message.get("more_body", False) and self.mark not in self.tail:
            raise CutOff


class Guard:
    """Pure ASGI: adds the headers to every answer and stops bodies that are too large while they arrive."""

    def __init__(self, app: ASGIApp, *, limit: int, secure: bool) -> None:
        """``limit`` in bytes for one request; ``secure`` tells browsers to stay on TLS."""
        self.app = app
        self.limit = limit
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counting receive and an adding send."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen, asked, ending = 0, False, Ending(scope)

        async def counted() -> Message:
            nonlocal seen, asked
            most = self.limit if _may_carry_files(scope) else min(self.limit, FORM_LIMIT)
            if not asked:
                asked = True
                await _refuse_unread(scope, most=most)
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooLarge
            ending.watch(message)
            return message

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                add_headers(headers, path=scope["path"], secure=self.secure)
                if message["status"] == HTTP_307_TEMPORARY_REDIRECT:  # a slash too many or too few: the framework believes whatever host was named
                    asked = urlsplit(headers["location"])
                    headers["location"] = urlunsplit(("", "", "/" + asked.path.lstrip("/"), asked.query, ""))
                if self.secure:
                    message["headers"] = [_over_tls_only(pair) for pair in message["headers"]]
            await send(message)

        await self.app(scope, counted, adding)


def add_headers(headers: MutableHeaders, *, path: str, secure: bool) -> None:
    """What every answer says: the guard adds it, and the page of a failure, which no guard sees, adds it itself."""
    for name, value in (HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})).items():
        headers.setdefault(name, value)
    if not path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
    if path != "/" and not path.startswith(INDEXED):
        headers.setdefault("X-Robots-Tag", "noindex")


async def _refuse_unread(scope: Scope, *, most: int) -> None:
    """Before a body is read: TooLarge if it says itself that it is, TooMany of somebody who has sent too much already."""
    declared = dict(scope["headers"]).get(b"content-length", b"")
    if declared.isdigit() and int(declared) > most:
        raise TooLarge
    if "visitor" in scope.get("state", {}):
        await refuse_flood(Request(scope))


def _over_tls_only(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    return (name, value + b"; Secure") if name == b"set-cookie" and b"; secure" not in value.lower() else header


def _may_carry_files(scope: Scope) -> bool:
    """Only people who signed in send files, and files come as parts (which go to the disk, not into memory)."""
    visitor = scope.get("state", {}).get("visitor")
    kind = dict(scope["headers"]).get(b"content-type", b"")
    return visitor is not None and visitor.signed_in and kind.startswith(b"multipart/form-data")


class Visiting:
    """Pure ASGI: finds out who asks and gives strangers a secret for their forms."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        """The house whose database knows the sessions."""
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the visitor and the house into the request's state."""
        if scope["type"] != "http" or scope["path"].startswith(UNVISITED):
            await self.app(scope, receive, send)
            return
        visitor, secret = await run_in_threadpool(recognise, Request(scope), house=self.house, now=self.house.clock.now())
        scope.setdefault("state", {}).update(visitor=visitor, house=self.house)

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start" and secret is not None:
                response = Response()
                set_cookie(response, house=self.house, name=VISIT_COOKIE, value=secret)
                MutableHeaders(scope=message).append("set-cookie", response.headers["set-cookie"])
            await send(message)

        await self.app(scope, receive, adding)


def set_cookie(response: Response, *, house: House, name: str, value: str, age: int | None = None) -> None:
    """Set one of our cookies: for this host, out of reach of scripts, not sent by other sites."""
    secure = house.settings.secure_cookies
    response.set_cookie(cookie_name(house, name), value, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")


async def refuse_foreign(request: Request) -> AsyncIterator[None]:
    """The dependency of the whole application: an unsafe request must come from our own page and carry its token. Raises Forbidden.

    No address holds a NUL and no form what is no text: NotFound, NotText. What was uploaded lies in temporary files: they are closed when the
    request is answered.
    """
    try:
        if NUL in unquote(request.url.path + request.url.query):
            raise not_found()
        if request.method not in SAFE_METHODS:
            await _prove_own(request)
            await _refuse_no_text(request)
        yield
    finally:
        await request.close()


async def _prove_own(request: Request) -> None:
    if any(rule.by_link for rule in _rules(request)):
        return
    if not _own_site(request):
        raise _foreign()
    given: Any = request.headers.get("x-form-token")
    if given is None:
        given = (await request.form()).get("form_token", "")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(errors="replace"), request.state.visitor.csrf.encode()):
        if not request.state.visitor.signed_in and not _is_public(request):
            raise SignInFirst(page_of(request))  # the session ended while somebody wrote
        raise _foreign()


async def _refuse_no_text(request: Request) -> None:
    sent = (await request.form()).multi_items()
    if any(NO_TEXT.search(text) for name, value in sent for text in (name, value if isinstance(value, str) else value.filename or "")):
        raise NotText


def _is_public(request: Request) -> bool:
    """Whether the route asked for is open to people who have not signed in."""
    return all(rule.public for rule in _rules(request))


def _rules(request: Request) -> list[Access]:
    """What the route asked for asks of its visitors; nothing where there is none."""
    asked = getattr(request.scope.get("route"), "dependant", None)
    return [one.call for one in asked.dependencies if isinstance(one.call, Access)] if asked else []


def _own_site(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _foreign() -> Forbidden:
    return Forbidden(
        "foreign_request",
        zh="该请求不是从本网站的页面提交的，或页面已经过期。请刷新页面后重新提交。",
        en="This request did not come from a page of this site, or the page has expired. Please reload the page and submit again.",
    )
