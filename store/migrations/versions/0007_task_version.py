"""The version that a task's element and form stand in. Where a called process may have been of another version nobody wrote it down: it stays unknown."""

from store.migrations import frozen

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0007_task_version")
