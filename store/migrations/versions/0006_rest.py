"""What the REST interface keeps: tokens that let programmes in, comments and attachments of tasks, versions of called processes."""

from store.migrations import frozen

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    frozen.run("0006_rest")
