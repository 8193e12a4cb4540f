"""The title that is read from the text of a document (X02)."""

from store.migrations import frozen

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The frozen statement."""
    frozen.run("0005_document_title")
