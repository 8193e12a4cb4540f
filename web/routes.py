"""All routers of the web, in one list."""

from fastapi import APIRouter

from web import health, signin

ROUTERS: tuple[APIRouter, ...] = (health.router, signin.router)
