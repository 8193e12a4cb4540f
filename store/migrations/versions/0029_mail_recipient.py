"""Who a letter was written to finds it in the pages without a look through the whole outbox."""

from store.migrations import frozen

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """The frozen statements."""
    frozen.run("0029_mail_recipient")
