"""The contact mailboxes that were confirmed for an enterprise's applications. None before."""

from store.migrations import frozen

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0026_contacts")
