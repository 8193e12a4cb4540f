"""The place of the REST interface among the pages: it is put together when a programme first asks."""

import re
from functools import cached_property

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from web.house import House

PATH = "/engine-rest"


class Interface(Mount):
    """The interface of a house at `PATH`, whatever names are asked for: in the usual pattern of a mount a line break ends the path."""

    def __init__(self, house: House) -> None:
        super().__init__(PATH, app=Late(house))
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


class Late:
    """The interface's application, which takes a fifth of a start to read from its two hundred functions: no page waits for it."""

    def __init__(self, house: House) -> None:
        self.house = house

    @cached_property
    def whole(self) -> FastAPI:
        """The application itself."""
        from web.machines import interface  # noqa: PLC0415 - pages are served without it

        return interface(self.house)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; the first one waits in a thread, so that pages are served meanwhile."""
        if "whole" not in vars(self):
            await run_in_threadpool(lambda: self.whole)
        await self.whole(scope, receive, send)
