"""The version tag of a process, as its diagram gives it. Of what was deployed before nobody wrote it down: there it is none."""

from store.migrations import frozen

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """The frozen statement."""
    frozen.run("0012_version_tag")
