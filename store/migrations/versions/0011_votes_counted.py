"""The count on each item of a meeting stays with its decision (§7), however the votes were cast."""

from store.migrations import frozen

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0011_votes_counted")
