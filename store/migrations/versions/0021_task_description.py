"""What a task's diagram documents of it, for who lists tasks."""

from store.migrations import frozen

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """The frozen statement."""
    frozen.run("0021_task_description")
