"""Fixtures of the reliability tests."""

import os

import pytest

from tests.engine_fixtures import clock, deploy, engine, make, people, registry, rows

__all__ = ["clock", "deploy", "engine", "kills", "make", "people", "registry", "rows"]


@pytest.fixture
def kills():
    """How often the kill tests kill: KILLS in the environment, else 60 (300 for the long run)."""
    return int(os.environ.get("KILLS", "60"))
