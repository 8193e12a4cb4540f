"""What was counted and measured in the experience document when it was uploaded (编写说明)."""

from store.migrations import frozen

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """The frozen statement."""
    frozen.run("0010_document_measures")
