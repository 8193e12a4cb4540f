"""Tables of the results: batches, publication, objections, titles, releases and what was corrected."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from store.selection.base import instant, json, key, maybe, metadata, text
from store.types import Counter

batch = Table(
    "batch",
    metadata,
    key("id"),
    text("season"),
    text("kind"),  # publicity | announcement
    maybe("parent"),  # of an announcement: its publicity
    text("state", default="open"),
    maybe("hash"),
    json("data"),
    maybe("signed_by"),
    instant("signed_at"),
    instant("created_at", needed=True),
    instant("closed_at"),
    Index(None, "season", "kind"),
)

batch_item = Table(
    "batch_item",
    metadata,
    Column("batch", Text, ForeignKey("batch.id"), primary_key=True),
    Column("application", Text, ForeignKey("application.id"), primary_key=True),
    Column("seq", Integer, nullable=False),
    text("state", default="listed"),  # listed | public | correcting | held | clear | removed | announced
    json("row"),  # what was printed: enterprise, experience, focus area, unit
    instant("starts"),
    instant("ends"),  # exclusive end of the item's own period
)

publication = Table(
    "publication",
    metadata,
    Column("id", Counter, primary_key=True),
    text("subject"),  # batch, announcement, title
    text("channel"),
    text("url"),
    instant("at", needed=True),
    maybe("screenshot"),
    text("by"),
    maybe("confirmed_by"),
    UniqueConstraint("subject", "channel", "url"),
)

objection = Table(
    "objection",
    metadata,
    key("id"),
    text("season"),
    text("batch"),
    Column("application", Text, ForeignKey("application.id"), nullable=False),
    text("receipt", unique=True),
    text("channel"),
    json("objector"),  # confidential to the office
    Column("anonymous", Boolean, nullable=False),
    text("facts"),
    instant("received_at", needed=True),
    text("state", default="open"),  # open | rejected | accepted | upheld | dismissed
    json("intake"),
    json("summary"),
    json("statement"),
    json("investigation"),
    Column("extensions", Integer, nullable=False, default=0),
    json("reply"),
    maybe("verdict"),
    instant("closed_at"),
    Index(None, "batch", "state"),
)

approval = Table(
    "approval",
    metadata,
    Column("id", Counter, primary_key=True),
    text("subject"),
    text("outcome"),
    maybe("reason"),
    Column("by_proxy", Boolean, nullable=False, default=False),
    text("by"),
    instant("at", needed=True),
    Index(None, "subject"),
)

recheck = Table(
    "recheck",
    metadata,
    Column("id", Counter, primary_key=True),
    text("subject"),
    text("moment"),  # before_publicity | before_announcement
    json("data"),
    text("by"),
    instant("at", needed=True),
    Index(None, "subject"),
)

title = Table(
    "title",
    metadata,
    key("id"),
    text("season"),
    Column("enterprise", Text, ForeignKey("enterprise.id")),
    Column("application", Text, ForeignKey("application.id"), unique=True),
    text("holder"),
    text("experience_name"),
    maybe("uscc"),
    text("state", default="active"),  # active | revoked
    Column("imported", Boolean, nullable=False, default=False),
    Column("year", Integer, nullable=False),
    instant("granted_at"),
    json("video"),
    instant("revoked_at"),
    Index(None, "uscc"),
)

# 经验公开: each act on what is shown of a title; the last one counts, none is overwritten.
library_act = Table(
    "library_act",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("title", Text, ForeignKey("title.id"), nullable=False),
    text("act"),  # published | withdrawn
    text("summary"),
    json("documents"),  # ids of the files that are shown
    text("reason"),
    instant("at", needed=True),
    text("by"),
    maybe("second"),  # who agreed that it is published; none before there was a second person, and where it is withdrawn
    Index(None, "title"),
)

# What one of the office proposes to change of a title, and another agrees to: an entry of the library, or the record of a title of an earlier year.
title_change = Table(
    "title_change",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("title", Text, ForeignKey("title.id"), nullable=False),
    text("kind"),  # library | record
    text("state", default="proposed"),  # proposed | refused | done
    json("wrong"),  # field → text as it stood; only what changes
    json("right"),
    text("reason"),
    text("by"),
    instant("at", needed=True),
    maybe("second"),
    maybe("comment"),  # why it was not agreed to
    instant("closed_at"),
    Index(None, "title"),
)

revocation = Table(
    "revocation",
    metadata,
    key("id"),
    Column("title", Text, ForeignKey("title.id"), nullable=False),
    text("state", default="reported"),  # reported | unsubstantiated | hearing | proposed | approved | dropped | revoked
    json("report"),
    json("investigation"),
    instant("heard_until"),
    json("hearing"),
    json("proposal"),
    json("notice"),
    instant("at", needed=True),
    instant("closed_at"),
    Index(None, "title"),
)

# 发布结果: what was released about whom, when and by whom. Outsiders learn a result only through a row of this table.
release = Table(
    "release",
    metadata,
    Column("kind", Text, primary_key=True),  # form_check | shortlist | award | publicity | announcement | revocation …
    key("subject"),
    instant("at", needed=True),
    text("by"),
    json("recipients"),
)

# 更正: what was published is never overwritten; a notice with a second person says what was printed and what it should have said.
correction_notice = Table(
    "correction_notice",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("batch", Text, ForeignKey("batch.id"), nullable=False),
    Column("application", Text, ForeignKey("application.id"), nullable=False),
    text("state", default="proposed"),  # proposed | refused | agreed | published
    json("wrong"),  # field → text as it was printed; only what changes
    json("right"),
    text("reason"),
    text("by"),
    instant("at", needed=True),
    maybe("second"),
    instant("published_at"),  # the item's period begins again
    Index(None, "batch", "application"),
)
