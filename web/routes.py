"""All routers of the web, in one list."""

from fastapi import APIRouter

from web import (
    admin,
    cases,
    checking,
    clockbar,
    files,
    health,
    inbox,
    meetings,
    office,
    office_acts,
    papers,
    people,
    portal,
    public,
    registration,
    review,
    seasons,
    signin,
    tasks,
    unit,
)

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    signin.router,
    registration.router,
    public.router,
    inbox.router,
    tasks.router,
    checking.router,
    files.router,
    papers.router,
    portal.router,
    unit.router,
    review.router,
    meetings.router,
    cases.router,
    office.router,
    office_acts.router,
    people.router,
    admin.router,
    clockbar.router,
    seasons.router,
)
