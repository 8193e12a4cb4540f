"""The selection's tables as they were at first."""

from store.migrations import frozen

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    frozen.run("0002_selection")
