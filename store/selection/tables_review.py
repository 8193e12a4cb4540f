"""Tables of the review: groups, seats, scores, defence, visits and the committee's meetings."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from store.selection.base import instant, json, key, maybe, metadata, text
from store.types import Counter


def _application(*, primary: bool = True) -> Column[str]:
    return Column("application", Text, ForeignKey("application.id"), primary_key=primary, nullable=False)


review_group = Table(
    "review_group",
    metadata,
    key("id"),
    text("season"),
    text("name"),
    text("leader"),
    text("state", default="formed"),  # formed | reading | closed | defended
    instant("closed_at"),
    json("defence"),
    Index(None, "season"),
)

# A seat of a group; its expert may be replaced, the seat stays.
seat = Table(
    "seat",
    metadata,
    key("id"),
    Column("group", Text, ForeignKey("review_group.id"), nullable=False),
    Column("expert", Text, ForeignKey("expert.id"), nullable=False),
    Column("leads", Boolean, nullable=False, default=False),
    maybe("proposed"),  # the expert proposed to replace the present one
    maybe("proposed_by"),
    json("former"),
    instant("done_at"),  # all its sheets of the desk review are in
    UniqueConstraint("group", "expert"),
)

assignment = Table(
    "assignment",
    metadata,
    Column("seat", Text, ForeignKey("seat.id"), primary_key=True),
    _application(),
)

declaration = Table(
    "declaration",
    metadata,
    key("season"),
    key("expert"),
    key("seat"),
    text("outcome"),  # sign | decline
    json("data"),
    instant("at", needed=True),
    maybe("recorded_by"),  # who of the office recorded it from the expert's paper (代录)
)

conflict = Table(
    "conflict",
    metadata,
    key("season"),
    key("expert"),
    Column("application", Text, ForeignKey("application.id"), primary_key=True),
    text("kind"),
    text("source"),  # automatic | declared
    json("detail"),
    instant("at", needed=True),
    text("by"),
)

score = Table(
    "score",
    metadata,
    key("expert"),
    _application(),
    key("stage"),  # desk | defence
    text("seat"),
    Column("version", Integer, nullable=False),
    text("state"),  # draft | final | void | aside
    json("sheet"),
    maybe("total"),  # decimal as text: no rounding by the database
    instant("at", needed=True),
    maybe("recorded_by"),  # who of the office recorded it from the expert's paper (代录)
    Index(None, "application", "stage"),
)

score_version = Table(
    "score_version",
    metadata,
    Column("id", Counter, primary_key=True),
    text("expert"),
    text("application"),
    text("stage"),
    Column("version", Integer, nullable=False),
    text("state"),
    json("sheet"),
    maybe("total"),
    maybe("reason"),
    instant("at", needed=True),
    text("by"),
    UniqueConstraint("expert", "application", "stage", "version"),
)

stage_score = Table(
    "stage_score",
    metadata,
    _application(),
    key("stage"),
    text("group"),
    text("mean"),
    Column("alert", Boolean, nullable=False),
    json("detail"),
    instant("at", needed=True),
)

reconciliation = Table(
    "reconciliation",
    metadata,
    Column("group", Text, ForeignKey("review_group.id"), primary_key=True),
    json("data"),
    instant("at", needed=True),
    text("by"),
)

group_summary = Table(
    "group_summary",
    metadata,
    Column("group", Text, ForeignKey("review_group.id"), primary_key=True),
    _application(),
    Column("rank", Integer),
    text("comment"),
    instant("at", needed=True),
    text("by"),
    maybe("visit"),  # the leader's doubts, where he suggests a site visit
)

meeting = Table(
    "meeting",
    metadata,
    key("id"),
    text("season"),
    text("kind"),  # shortlist award objection absence revocation sent_back
    text("subject"),  # season, objection, batch or title the meeting was convened for
    text("parent"),  # process that waits for it
    text("state", default="convened"),
    json("agenda"),
    maybe("place"),
    instant("held_at"),
    maybe("chair"),
    json("summary"),
    instant("created_at", needed=True),
    Index(None, "season", "kind"),
)

meeting_item = Table(
    "meeting_item",
    metadata,
    Column("meeting", Text, ForeignKey("meeting.id"), primary_key=True),
    key("item"),  # an application, or the objection that a meeting is about
    _application(primary=False),
    Column("proposed", Boolean),
    Column("qualified", Boolean, nullable=False, default=False),  # needs the two-thirds majority
    maybe("decision"),
    maybe("reason"),
    Column("rank", Integer),
    Column("votes_for", Integer),  # as counted, by ballots or on paper; none until it is decided
    Column("votes_against", Integer),
    Column("abstained", Integer),
)

attendance = Table(
    "attendance",
    metadata,
    Column("meeting", Text, ForeignKey("meeting.id"), primary_key=True),
    key("member"),
    text("office"),
    Column("present", Boolean, nullable=False),
    instant("at", needed=True),
)

recusal = Table(
    "recusal",
    metadata,
    Column("meeting", Text, ForeignKey("meeting.id"), primary_key=True),
    key("item"),
    key("member"),
    maybe("reason"),
)

vote = Table(
    "vote",
    metadata,
    Column("meeting", Text, ForeignKey("meeting.id"), primary_key=True),
    key("item"),
    Column("round", Integer, primary_key=True, autoincrement=False),  # the member's first ballot on the item, its second…; the last counts
    key("member"),
    text("choice"),  # yes | no | abstain | withdrawn
    instant("at", needed=True),
    text("by"),  # the member, or the secretary who enters it from paper
)

minutes = Table(
    "minutes",
    metadata,
    Column("meeting", Text, ForeignKey("meeting.id"), primary_key=True),
    json("data"),
    text("signed_by"),
    Column("by_proxy", Boolean, nullable=False, default=False),
    maybe("document"),
    instant("at", needed=True),
)

defence_slot = Table(
    "defence_slot",
    metadata,
    _application(),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("group", Text, ForeignKey("review_group.id"), nullable=False),
    instant("starts", needed=True),
    Column("place", Text, nullable=False),
    Column("order", Integer, nullable=False),
    text("state", default="invited"),  # invited | confirmed | present | absent | postponed
    json("reply"),
    maybe("reason"),
)

site_visit = Table(
    "site_visit",
    metadata,
    key("id"),
    text("season"),
    text("group"),
    _application(primary=False),
    text("leader"),
    json("team"),
    json("doubts"),
    instant("decided_at", needed=True),
    maybe("conclusion"),
    json("report"),
    instant("reported_at"),
    maybe("clerk"),  # the person of the office who goes along
    UniqueConstraint("season", "application"),
)
