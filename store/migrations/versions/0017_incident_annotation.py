"""What somebody writes beside an incident while it stands."""

from store.migrations import frozen

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """The frozen statement."""
    frozen.run("0017_incident_annotation")
