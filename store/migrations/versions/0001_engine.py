"""The engine's tables."""

from alembic import op

from store.engine.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them all; nothing of theirs exists before the first release, so the tables' own definition is the step."""
    metadata.create_all(op.get_bind(), checkfirst=False)
