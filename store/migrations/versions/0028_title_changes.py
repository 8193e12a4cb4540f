"""What one of the office proposes to change of a title and another agrees to; entries of the library name both. Those before had one person."""

from store.migrations import frozen

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0028_title_changes")
