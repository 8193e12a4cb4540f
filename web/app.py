"""Puts the web together: guards, error pages, static files and the pages' routers. No rule and no SQL."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from web import errors
from web.house import House
from web.interface import Interface
from web.limits import refuse_flood
from web.routes import ROUTERS
from web.security import Guard, Visiting, refuse_foreign

STATIC = Path(__file__).parent / "static"


def create_app(house: House) -> FastAPI:
    """The ASGI application for a house (see `web.house.House`)."""
    app = FastAPI(title="全国质量标杆遴选", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = house
    errors.install(app)
    app.router.routes += pages()
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.router.routes.append(Interface(house))
    app.add_middleware(Visiting, house=house)
    app.add_middleware(Guard, limit=house.settings.upload_limit, secure=house.settings.secure_cookies)
    return app


@cache
def pages() -> list[BaseRoute]:
    """The pages' routes behind their guards: read from their functions once in a process, however many houses it opens."""
    together = APIRouter(dependencies=[Depends(refuse_flood), Depends(refuse_foreign)])
    for router in ROUTERS:
        together.include_router(router)
    return together.routes
