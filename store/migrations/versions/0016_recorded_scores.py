"""Who of the office recorded a score sheet from the expert's paper (代录). Of earlier sheets nobody did: there it is none."""

from store.migrations import frozen

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0016_recorded_scores")
