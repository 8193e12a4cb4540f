"""Each season has a committee of its own: the organisation of a committee's role is the season, no longer the association."""

from store.migrations import frozen

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """The frozen statements: whoever sat in a confirmed committee keeps the office in that season."""
    frozen.run("0009_committees")
