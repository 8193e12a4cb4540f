"""A removed file is its case's; corrections of what was published (nobody had written one before)."""

from store.migrations import frozen

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0008_corrections")
