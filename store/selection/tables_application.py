"""Tables of the application: form, documents, findings, the unit's work and the form check."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from store.selection.base import instant, json, key, maybe, metadata, text
from store.types import Counter

application = Table(
    "application",
    metadata,
    key("id"),
    text("season"),
    Column("enterprise", Text, ForeignKey("enterprise.id"), nullable=False),
    maybe("unit"),
    maybe("number"),
    maybe("experience_name"),
    maybe("focus_area"),
    maybe("industry_code"),
    text("state", default="draft"),  # rule book §9.1
    instant("state_at"),
    maybe("reason"),
    Column("version", Integer),  # of the form that was last submitted
    maybe("group"),
    Column("late", Boolean, nullable=False, default=False),  # joined its group after the others (增补入组)
    json("flags"),
    instant("created_at", needed=True),
    instant("submitted_at"),
    UniqueConstraint("season", "number"),
    Index(None, "season", "state"),
    Index(None, "season", "unit"),
    Index(None, "enterprise"),
)

form_submission = Table(
    "form_submission",
    metadata,
    Column("application", Text, ForeignKey("application.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    json("data"),
    text("hash"),
    text("state"),  # checked | submitted
    json("documents"),  # code -> list of [name, sha256]
    instant("at", needed=True),
    text("by"),
)

document = Table(
    "document",
    metadata,
    key("id"),
    text("season"),
    text("owner"),  # application, unit, meeting, batch, objection, title … by its id
    text("code"),
    Column("version", Integer, nullable=False),
    text("sha256"),
    text("name"),
    Column("size", BigInteger, nullable=False),
    text("type"),
    instant("at", needed=True),
    text("by"),
    instant("replaced_at"),
    instant("removed_at"),
    maybe("title"),  # as read from the text of a document, empty when not read
    json("measures"),  # what `selection.measuring` counted in the experience document
    UniqueConstraint("season", "owner", "code", "version"),
    Index(None, "sha256"),
)

# A content that one owner's papers no longer hold. Others may hold the same content: then its bytes stay.
removal = Table(
    "removal",
    metadata,
    key("season"),
    key("owner"),
    key("sha256"),
    text("reason"),
    instant("at", needed=True),
    text("by"),
    text("second"),
)

finding = Table(
    "finding",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("application", Text, ForeignKey("application.id"), nullable=False),
    text("moment"),  # submit | nomination | form_check
    text("rule"),  # E01–E17, X01–X10
    text("severity"),
    text("verdict"),
    text("zh"),
    text("en"),
    json("inputs"),
    instant("at", needed=True),
    Index(None, "application"),
)

ru_review = Table(
    "ru_review",
    metadata,
    Column("application", Text, ForeignKey("application.id"), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    text("unit"),
    text("outcome"),  # accept | return | refuse
    json("data"),
    instant("at", needed=True),
    text("by"),
)

nomination = Table(
    "nomination",
    metadata,
    Column("application", Text, ForeignKey("application.id"), primary_key=True),
    text("season"),
    text("unit"),
    Column("rank", Integer),
    text("state"),  # ranked | nominated | not_nominated
    maybe("opinion"),
    json("attested"),  # no_violation (E03), mature (E05) with its mature_reason; handler, leader, signed_on
    maybe("reason"),
    Column("by_proxy", Boolean, nullable=False, default=False),  # 代录
    instant("at", needed=True),
    text("by"),
    UniqueConstraint("season", "unit", "rank"),
)

widening = Table(
    "widening",
    metadata,
    key("id"),
    text("season"),
    text("unit"),
    json("evidence"),
    instant("asked_at", needed=True),
    text("asked_by"),
    maybe("decision"),  # granted | refused
    maybe("reason"),
    instant("decided_at"),
    maybe("decided_by"),
    Index(None, "season", "unit"),
)

form_check = Table(
    "form_check",
    metadata,
    Column("application", Text, ForeignKey("application.id"), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    text("proposal"),  # pass | correct | reject
    json("items"),
    maybe("reason"),
    text("first_by"),
    instant("first_at", needed=True),
    maybe("second_by"),
    maybe("second_outcome"),
    maybe("director"),
    maybe("director_outcome"),
    instant("closed_at"),
)

correction = Table(
    "correction",
    metadata,
    Column("application", Text, ForeignKey("application.id"), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    json("items"),
    instant("asked_at", needed=True),
    instant("due", needed=True),
    json("data"),
    instant("answered_at"),
    maybe("answered_by"),
    json("documents"),
)
