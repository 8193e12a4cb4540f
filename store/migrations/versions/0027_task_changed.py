"""When a task was last changed while it was open. Of changes before nothing is told."""

from store.migrations import frozen

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """The frozen statement."""
    frozen.run("0027_task_changed")
