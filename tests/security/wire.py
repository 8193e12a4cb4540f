"""Many requests of one browser straight to the application, one after the other in one event loop: a `TestClient` costs as much again as the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from starlette.testclient import TestClient

from tests.security.house import SITE
from web.visitors import token_for

Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, Headers, bytes]


@dataclass(frozen=True)
class Wire:
    """The requests that one visitor sends, with the visitor's cookie and the token of the visitor's pages, or with a programme's bearer token."""

    app: Any
    secret: str
    signed_in: bool
    bearer: str = ""

    def asks(self, addresses: Iterable[tuple[str, str]]) -> list[Answer]:
        """All that goes out for each (method, address), in their order."""
        found: list[Answer] = TestClient.portal.call(self._all, list(addresses))  # the fixture of every file
        return found

    async def _all(self, addresses: list[tuple[str, str]]) -> list[Answer]:
        return [await self._one(method, address) for method, address in addresses]

    async def _one(self, method: str, address: str) -> Answer:
        path, _, query = address.partition("?")
        body = urlencode({"form_token": token_for(self.secret)}).encode() if method == "POST" else b""
        asked = [{"type": "http.request", "body": body, "more_body": False}]
        answered: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return asked.pop() if asked else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            answered.append(message)

        await self.app(self._scope(method, path, query, len(body)), receive, send)
        return answered[0]["status"], answered[0]["headers"], b"".join(message.get("body", b"") for message in answered[1:])

    def _scope(self, method: str, path: str, query: str, length: int) -> dict[str, Any]:
        proof = f"bearer {self.bearer}" if self.bearer else ""
        headers = {
            "host": SITE.removeprefix("https://"), "cookie": f"{'session' if self.signed_in else 'visit'}={self.secret}", "authorization": proof,
            "content-type": "application/x-www-form-urlencoded" if length else "", "content-length": str(length),
        }  # fmt: skip
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "https", "path": unquote(path),
            "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "server": ("testserver", 443), "client": ("testclient", 50000),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
        }  # fmt: skip
