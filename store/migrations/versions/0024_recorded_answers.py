"""Who of the office recorded an expert's reply or declaration from paper (代录). Of earlier ones nobody did: there it is none."""

from store.migrations import frozen

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0024_recorded_answers")
