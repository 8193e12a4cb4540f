"""Browsers that an account knows; what a mailed link brings to the account it is opened for."""

from store.migrations import frozen

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    frozen.run("0004_known_browsers")
