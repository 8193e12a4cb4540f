"""For the machines that watch: is the process alive, is it ready."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from store.engine.queries import manual_clock
from web.visitors import Access

router = APIRouter()
Anybody = Annotated[object, Depends(Access(public=True))]


@router.get("/healthz")
def alive(visitor: Anybody) -> JSONResponse:  # noqa: ARG001 - carries the route's rule
    """The process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready(request: Request, visitor: Anybody) -> JSONResponse:  # noqa: ARG001 - carries the route's rule
    """The database answers."""
    with request.state.house.database.read() as connection:
        manual_clock(connection)
    return JSONResponse({"status": "ready"})
