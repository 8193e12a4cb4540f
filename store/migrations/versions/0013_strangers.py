"""Wrong passwords are counted by account and address; how much an address or an account may still send this hour."""

from store.migrations import frozen

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0013_strangers")
