"""The engine's tables as they were at first."""

from store.migrations import frozen

revision = "0001"
down_revision = None


def upgrade() -> None:
    frozen.run("0001_engine")
