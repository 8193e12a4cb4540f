"""What of a title is shown to everybody: the acts of the office on it. None before."""

from store.migrations import frozen

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0019_library")
