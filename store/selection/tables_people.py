"""Tables of people, organisations, the season and its calendar."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, UniqueConstraint

from store.selection.base import instant, json, key, maybe, metadata, text
from store.types import Counter

# The last number given out per kind of identifier (E, A, X, G, M, B, O, V …).
last_number = Table("last_number", metadata, key("kind"), Column("last", Integer, nullable=False))

person = Table(
    "person",
    metadata,
    key("id"),
    text("login", unique=True),
    text("name"),
    maybe("mail"),
    maybe("phone"),
    maybe("password_hash"),
    text("locale", default="zh"),
    Column("active", Boolean, nullable=False, default=True),
    Column("failures", Integer, nullable=False, default=0),  # wrong passwords in a row
    instant("locked_until"),
    instant("mail_confirmed_at"),
    instant("created_at", needed=True),
    Index(None, "mail"),
)

role_grant = Table(
    "role_grant",
    metadata,
    key("person"),
    key("role"),
    key("organisation"),
    instant("granted_at", needed=True),
    text("granted_by"),
    Index(None, "role", "organisation"),
)

# Invitations, password resets and mailbox proofs: only the hash of what was mailed. Name, mailbox and grants become an account's
# when the link is opened and not before: until then nobody can tell whether the mailbox has one already.
token = Table(
    "token",
    metadata,
    key("hash"),
    text("purpose"),
    maybe("person"),
    maybe("mail"),
    text("name", default=""),
    json("grants"),
    text("by", default=""),
    instant("created_at", needed=True),
    instant("expires", needed=True),
    instant("used_at"),
    Index(None, "mail"),
)

web_session = Table(
    "web_session",
    metadata,
    key("hash"),
    text("person"),
    instant("created_at", needed=True),
    instant("seen_at", needed=True),
    instant("expires", needed=True),
    Index(None, "person"),
)

# What lets a programme in as an account: only the hash is kept; ``id`` is what people call it.
access_token = Table(
    "access_token",
    metadata,
    key("hash"),
    text("id", unique=True),
    text("person"),
    text("name"),
    instant("created_at", needed=True),
    text("created_by"),
    instant("expires", needed=True),
    instant("revoked_at"),
    Index(None, "person"),
)

# A browser in which somebody proved an account's password: it counts its own wrong passwords, so that strangers cannot lock it out.
known_browser = Table(
    "known_browser",
    metadata,
    key("hash"),
    key("person"),
    Column("failures", Integer, nullable=False, default=0),
    instant("locked_until"),
    instant("proved_at", needed=True),
    Index(None, "person"),
)

# Wrong passwords for an account from one place (a hash of the address) that it does not know: strangers elsewhere delay themselves only.
guess = Table(
    "guess",
    metadata,
    key("place"),
    key("person"),
    Column("failures", Integer, nullable=False, default=0),
    instant("locked_until"),
    instant("guessed_at", needed=True),
    Index(None, "guessed_at"),
)

# Until when what somebody sent this hour counts (`store.selection.allowance`); the subject is a hash of what and who.
allowance = Table("allowance", metadata, key("subject"), instant("until", needed=True), Index(None, "until"))

# Who asked for the public letters of §9.3 and proved the mailbox. The secret is the way out that each letter carries: it opens nothing else.
subscriber = Table(
    "subscriber",
    metadata,
    key("id"),
    text("mail", unique=True),
    text("language"),
    text("secret", unique=True),
    instant("confirmed_at", needed=True),
)

enterprise = Table(
    "enterprise",
    metadata,
    key("id"),
    text("uscc", unique=True),
    text("name"),
    maybe("group_name"),
    maybe("contact"),
    maybe("mail"),
    text("bound_by"),
    instant("bound_at", needed=True),
)

# The contact mailboxes of an enterprise's applications (§4.2) from which somebody has confirmed that they are; in lower case.
contact = Table("contact", metadata, key("enterprise"), key("mail"), instant("confirmed_at", needed=True))

# Somebody else claims a USCC that is bound already: the office decides.
uscc_dispute = Table(
    "uscc_dispute",
    metadata,
    key("id"),
    text("uscc"),
    text("person"),
    text("statement"),
    text("state", default="open"),  # open | granted | refused
    instant("at", needed=True),
    maybe("decided_by"),
    instant("decided_at"),
    maybe("reason"),
)

season = Table(
    "season",
    metadata,
    key("id"),
    Column("year", Integer, nullable=False),
    text("title"),
    text("state", default="planned"),  # rule book §9.2
    instant("state_at"),
    json("notice"),
)

unit = Table(
    "unit",
    metadata,
    key("season"),
    key("code"),
    text("name"),
    maybe("kind"),
    Column("base", Integer, nullable=False),
    Column("widened", Integer, nullable=False),
    Column("is_widened", Boolean, nullable=False, default=False),
    instant("intake_until"),  # 单位受理截止
    instant("delivered_at"),
    maybe("letter"),  # document of the sealed list
    maybe("mail"),
)

# 已由单位选定、由企业补报的名单: the unit's own list of experiences chosen before they are filed here.
preregistered = Table(
    "preregistered",
    metadata,
    key("season"),
    key("unit"),
    key("uscc"),
    key("experience_name"),
    text("enterprise_name"),
    instant("at", needed=True),
    text("by"),
)

expert = Table(
    "expert",
    metadata,
    key("id"),
    text("name"),
    json("fields"),
    json("industries"),
    text("employer"),
    maybe("employer_uscc"),
    maybe("employer_group"),
    maybe("region"),
    maybe("mail"),
    Column("available", Boolean, nullable=False, default=True),
    maybe("officer_of"),  # unit the expert works for as an officer
)

# An expert's part in one season: picked, invited, accepted, declined, lapsed.
invitation = Table(
    "invitation",
    metadata,
    key("season"),
    key("expert"),
    Column("round", Integer, nullable=False),
    text("state"),
    instant("at", needed=True),
    maybe("reason"),
    maybe("recorded_by"),  # who of the office recorded the reply from the expert's paper (代录)
)

committee_seat = Table(
    "committee_seat",
    metadata,
    key("season"),
    key("expert"),
    text("office"),  # chair | vice_chair | member
    instant("confirmed_at"),
    maybe("confirmed_by"),
)

working_year = Table(
    "working_year",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    text("status"),  # official | provisional
    json("off"),
    json("working"),
    maybe("source"),
    instant("at", needed=True),
    text("by"),
)

# What the season has reached, once: the guard behind every progress message.
progress = Table("progress", metadata, key("season"), key("name"), instant("at", needed=True))

exchange = Table(
    "exchange",
    metadata,
    Column("id", Counter, primary_key=True),
    text("season"),
    text("name"),
    maybe("held_on"),
    json("data"),
    instant("at", needed=True),
    text("by"),
    UniqueConstraint("season", "name", "held_on"),
)
