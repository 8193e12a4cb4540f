"""The leader's wish that an application be visited, and the clerk of the office who goes along. Of earlier ones nobody wrote it down: there it is none."""

from store.migrations import frozen

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0015_visits")
