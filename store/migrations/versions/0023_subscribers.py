"""Who asked for the public letters; the way out that a letter to them carries. None before."""

from store.migrations import frozen

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0023_subscribers")
