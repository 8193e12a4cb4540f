"""Fixtures of the engine's commands."""

from tests.engine_fixtures import clock, deploy, engine, make, people, registry, rows

__all__ = ["clock", "deploy", "engine", "make", "people", "registry", "rows"]
