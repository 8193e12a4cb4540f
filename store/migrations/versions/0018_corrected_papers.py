"""What was handed in with the answer to a 补正: the papers and their hashes. Of earlier answers it is not known."""

from store.migrations import frozen

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0018_corrected_papers")
