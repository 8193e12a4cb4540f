"""All routers of the web, in one list."""

from fastapi import APIRouter

from web import health, inbox, public, signin, tasks

ROUTERS: tuple[APIRouter, ...] = (health.router, signin.router, public.router, inbox.router, tasks.router)
