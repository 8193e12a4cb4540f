"""The selection's tables."""

from alembic import op

from store.selection.tables import metadata

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them all; nothing of theirs exists before the first release, so the tables' own definition is the step."""
    metadata.create_all(op.get_bind(), checkfirst=False)
