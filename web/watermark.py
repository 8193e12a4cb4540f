"""Who reads what must be kept secret: the name and the time lie across the page, also on paper (§7: 严格保守秘密)."""

from datetime import datetime

from web.i18n import moment
from web.visitors import Visitor

JUDGING = ("expert", "group_leader", "committee_chair", "committee_vice_chair", "committee_member")


def mark_for(visitor: Visitor, *, now: datetime) -> str:
    """What lies across an application's pages for this visitor: name, account and time (Asia/Shanghai); "" for those who do not judge it."""
    return f"{visitor.actor.name} {visitor.actor.id} {moment(now)}" if visitor.has(*JUDGING) else ""
