"""HTTP's manners that the framework leaves to us: a slash at the end names the same, HEAD is GET without its body, OPTIONS tells what may be asked."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

THE_ENGINE = "/engine/default/"  # the one there is: a path may name it


class Manners:
    """Wraps the interface's application; what it does not change it hands on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if path_of(scope).startswith(THE_ENGINE):
            scope = {**scope, "path": scope["path"].replace(THE_ENGINE, "/", 1)}
        if path_of(scope).endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/")}
        if scope["method"] == "HEAD":
            await self.app({**scope, "method": "GET"}, receive, _without_body(send))
        elif scope["method"] == "OPTIONS" and (allow := allowed(scope["app"], path_of(scope))):
            await Response(status_code=200, headers={"Allow": allow})(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def path_of(scope: Scope) -> str:
    """The path within the interface."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def allowed(app: FastAPI, path: str) -> str:
    """The verbs that a path knows, as the header `Allow` has them; "" for an unknown path."""
    verbs = {verb.upper() for pattern, known in _patterns(app) if pattern.match(path) for verb in known}
    if verbs:
        verbs |= {"OPTIONS"} | ({"HEAD"} if "GET" in verbs else set())
    return ", ".join(sorted(verbs))


@lru_cache(maxsize=8)
def _patterns(app: FastAPI) -> list[tuple[Any, Mapping[str, Any]]]:
    return [(compile_path(path)[0], verbs) for path, verbs in app.openapi()["paths"].items()]


def _without_body(send: Send) -> Send:
    async def sent(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sent
