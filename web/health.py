"""For the machines that watch: is the process alive, is it ready."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text

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
        connection.execute(text("select 1"))
    return JSONResponse({"status": "ready"})
