"""The business key that a call gives to what it calls. Of calls that run already nobody wrote it down: there it is none."""

from store.migrations import frozen

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """The frozen statement."""
    frozen.run("0014_called_business_key")
