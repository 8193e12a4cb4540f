"""The engine's tables, one MetaData for the room. No statements here: reads stand in ``queries``, the hot ones of a command in ``hot``."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)

from store.types import Blob, Counter, Instant, Json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def next_of(table: str) -> TextClause:
    """The number after the highest one: order of creation, also while the clock stands still."""
    return text(f"(SELECT coalesce(max(number), 0) + 1 FROM {table})")  # noqa: S608 - names of our own tables


def _root(*, primary: bool = False) -> Column[str]:
    return Column("root", Text, ForeignKey("instance.root"), primary_key=primary, nullable=False)


# What the database says of itself: its kind ("clock" = "manual"), seeds, marks of a demonstration.
house = Table("property", metadata, Column("name", Text, primary_key=True), Column("value", Json))

version = Table(
    "version",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("name", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("deployed_at", Instant, nullable=False),
    Column("deployed_by", Text, nullable=False),
    Column("processes", Json, nullable=False),  # keys of the processes in it
    Column("message_starts", Json, nullable=False),  # message name -> [process key, start event]
    Column("profile", Text, nullable=False),  # season: a folder of ours | generic: foreign diagrams, each deployment by itself | deleted: one of those
    Column("title", Text),  # what whoever deployed it by the REST interface called it, and where it came from
    Column("source", Text),
    UniqueConstraint("name", "number"),
    UniqueConstraint("name", "digest"),
)

version_file = Table(
    "version_file",
    metadata,
    Column("version", Counter, ForeignKey("version.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("content", Blob, nullable=False),
)

# The processes of all versions: the catalogue that the REST interface shows. ``number`` counts the versions of one key.
definition = Table(
    "definition",
    metadata,
    Column("id", Text, primary_key=True),  # key:number:version
    Column("key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Counter, ForeignKey("version.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("version_tag", Text),  # what its diagram says; None: nothing, or deployed before it was written down
    UniqueConstraint("key", "number"),
    Index(None, "version", "key"),
)

# The same of the decisions of foreign diagrams: no DMN file is read to list them or to find the version that a name means.
decision = Table(
    "decision",
    metadata,
    Column("id", Text, primary_key=True),  # key:number:version
    Column("key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Counter, ForeignKey("version.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("version_tag", Text),
    UniqueConstraint("key", "number"),
    Index(None, "version", "key"),
)

# A deployment that was deleted with its instances: what their chains ended with, chained to the deletion before.
deletion = Table(
    "deletion",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("digest", Text, nullable=False),  # of the deployment's files
    Column("heads", Json, nullable=False),  # root -> [seq, hash] of each instance deleted with it
    Column("hash", Text, nullable=False),
)

# The aggregate: one row per root instance, locked by every command on it.
instance = Table(
    "instance",
    metadata,
    Column("root", Text, primary_key=True),
    Column("version", Counter, ForeignKey("version.id"), nullable=False),
    Column("process", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("business_key", Text, nullable=False),
    Column("dedupe", Text, unique=True),
    Column("status", Text, nullable=False),  # running | suspended | ended | cancelled
    Column("stage", Text),
    Column("public_stage", Text),
    Column("revision", Integer, nullable=False),
    Column("seq", Integer, nullable=False),  # of the last entry of its history
    Column("head", Text, nullable=False),  # hash of that entry
    Column("troubles", Integer, nullable=False),  # open incidents
    Column("state", Blob, nullable=False),  # the engine's own codec
    Column("previous", Blob),  # state before the last command, while that command may be taken back
    Column("previous_task", Text),  # the task that command completed
    Column("previous_sent", Integer),  # how many messages, signals and starts it sent
    Column("started_at", Instant, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("ended_at", Instant),
    CheckConstraint("status in ('running','suspended','ended','cancelled')", name="status"),
    Index(None, "tenant", "process", "business_key"),
    Index(None, "tenant", "stage"),
    Index(None, "changed_at"),
)

# Called processes live inside their root; a row each says that they run and whom they belong to.
called = Table(
    "called",
    metadata,
    _root(primary=True),
    Column("scope", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("element", Text, nullable=False),  # the call activity
    Column("entered_at", Instant, nullable=False),
    Column("within", Text, nullable=False),  # the call activity whose called process calls it; "" the root
    Column("version", Counter),  # where its process stands, if a call chose another version; None: in that of its root
    Column("business_key", Text),  # that its call gave it; None: none
)

task = Table(
    "task",
    metadata,
    Column("id", Text, primary_key=True),
    _root(),
    Column("wait", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("form_key", Text),
    Column("within", Text, nullable=False),  # the call activity whose called process it stands in; "" the root
    Column("state", Text, nullable=False),  # open | completed | cancelled
    Column("assignee", Text),
    Column("owner", Text),  # who delegated it away
    Column("users", Json, nullable=False),
    Column("groups", Json, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("due", Instant),
    Column("follow_up", Instant),
    Column("depends", Json, nullable=False),  # named deadlines the due date came from
    Column("revision", Integer, nullable=False),
    Column("opened_seq", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant),  # when somebody last changed what is told of it while it is open, or what stands beside it
    Column("closed_at", Instant),
    Column("closed_by", Text),
    Column("number", BigInteger, nullable=False, default=next_of("task"), index=True),  # order of creation
    Column("defined_in", Counter, ForeignKey("version.id")),  # the version its element and form stand in; None: before it was written down
    CheckConstraint("state in ('open','completed','cancelled')", name="state"),
    Index(None, "root", "state"),
    Index(None, "assignee", "state", "due", "id"),
    Index(None, "tenant", "element", "state"),
)

# One row per candidate of an open task: "u:<user>" or "g:<group>". ``due`` repeats the task's (far future for none) so that the first page
# of a group's inbox is the head of an index; ``taken`` says that somebody has claimed the task.
task_candidate = Table(
    "task_candidate",
    metadata,
    Column("task", Text, ForeignKey("task.id"), primary_key=True),
    Column("who", Text, primary_key=True),
    Column("taken", Boolean, nullable=False),
    Column("due", BigInteger, nullable=False),
    Index("ix_task_candidate_inbox", "who", "taken", "due", "task"),
)

timer = Table(
    "timer",
    metadata,
    Column("id", Text, primary_key=True),
    _root(),
    Column("wait", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("within", Text, nullable=False),  # the call activity whose called process it stands in; "" the root
    Column("due", Instant, nullable=False),
    Column("remaining", Integer, nullable=False),  # later rungs known now
    Column("depends", Json, nullable=False),
    Column("ready", Boolean, nullable=False),  # false: suspended, or an incident waits for a person
    Column("number", BigInteger, nullable=False, default=next_of("timer"), index=True),  # order of creation
    Index("ix_timer_due", "ready", "due", "number"),
    Index(None, "root"),
    Index(None, "tenant"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", Text, primary_key=True),
    _root(),
    Column("wait", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("within", Text, nullable=False),  # the call activity whose called process it stands in; "" the root
    Column("kind", Text, nullable=False),  # message | signal | receive | conditional
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_subscription_tenant_kind_name_key", "tenant", "kind", "name", "key"),
    Index(None, "root"),
)

# A service task whose topic no handler of the house serves waits for a worker elsewhere.
external_task = Table(
    "external_task",
    metadata,
    Column("id", Text, primary_key=True),
    _root(),
    Column("wait", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("within", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("worker", Text),
    Column("locked_until", Instant),
    Column("retries", Integer),  # None: nothing has failed yet; 0: an incident waits for a person
    Column("error_message", Text),
    Column("error_details", Text),
    Column("suspended", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("number", BigInteger, nullable=False, default=next_of("external_task"), index=True),
    Index(None, "topic", "locked_until"),
    Index(None, "root"),
)

message = Table(
    "message",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("dedupe", Text, unique=True),
    Column("state", Text, nullable=False),  # waiting | delivered | expired | failed
    Column("sent_at", Instant, nullable=False),
    Column("sent_by", Text, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("due", Instant, nullable=False),  # not before; grows with failed attempts
    Column("attempts", Integer, nullable=False),
    Column("from_root", Text),  # the act that sent it: root and revision
    Column("from_revision", Integer),
    Column("to_root", Text),  # where it arrived
    Index(None, "state", "expires"),
    Index(None, "tenant", "name", "key"),
    Index(None, "from_root", "from_revision"),
)

job = Table(
    "job",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("kind", Text, nullable=False),  # service | signal | start | begin | named
    Column("name", Text, nullable=False),  # topic, signal, process, job
    Column("tenant", Text, nullable=False),
    Column("root", Text),  # locked first
    Column("wait", Text),
    Column("payload", Json, nullable=False),
    Column("dedupe", Text, unique=True),
    Column("due", Instant, nullable=False),
    Column("lease", Instant),  # until when a worker holds it (outside effects only)
    Column("attempt", Integer, nullable=False),  # the fencing token: how often it was taken
    Column("failures", Integer, nullable=False),  # since a person last looked
    Column("ready", Boolean, nullable=False),  # false: suspended, or an incident waits for a person
    Column("created_at", Instant, nullable=False),
    Column("from_root", Text),
    Column("from_revision", Integer),
    Index("ix_job_due", "ready", "due", "id"),
    Index(None, "root"),
    Index(None, "from_root", "from_revision"),
)

incident = Table(
    "incident",
    metadata,
    Column("id", Text, primary_key=True),
    Column("root", Text),
    Column("kind", Text, nullable=False),  # service | timer | job | message | error | external | reported:<a word of who reported it>
    Column("subject", Text, nullable=False),  # the wait, timer, job or message that stands still
    Column("tenant", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("trace", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("resolved_by", Text),
    Column("resolution", Text),  # retried | skipped | cancelled | gone
    Column("reason", Text),
    Column("annotation", Text),  # what somebody wrote beside it while it stood
    Index(None, "root"),
    Index(None, "resolved_at", "created_at"),
    Index(None, "subject"),
)

# Append-only, chained per root. ``hash`` covers the digest of ``data``, so that data removed by law leaves the chain whole.
history = Table(
    "history",
    metadata,
    _root(primary=True),
    Column("seq", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("data", Json),
    Column("digest", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

# Where the tokens of running instances of foreign diagrams stand: what lists ask for by element.
position = Table(
    "position",
    metadata,
    _root(primary=True),
    Column("token", Text, primary_key=True),
    Column("element", Text, nullable=False),
    Column("within", Text, nullable=False),  # the call activity whose called process it stands in; "" the root
    Index(None, "element"),
)

# The last setting of each variable of an instance of a foreign diagram, by the scope that holds it: what lists are narrowed and sorted by.
# The history has all settings with their values; here a value stands as databases compare it.
variable = Table(
    "variable",
    metadata,
    _root(primary=True),
    Column("scope", Text, primary_key=True),  # "" the instance's own; a called process's: its call's token and "/c"; else a token
    Column("name", Text, primary_key=True),
    Column("seq", Integer, nullable=False),  # of the history's entry that set it last, or took it away
    Column("first", Integer, nullable=False),  # of the entry that set it first
    Column("begun", Instant, nullable=False),  # when that was
    Column("within", Text, nullable=False),  # the call activity whose called process the scope is in; "" the root
    Column("removed", Boolean, nullable=False),
    Column("type", Text),  # that a client declared; None: what the value itself says
    Column("kind", Text, nullable=False),  # null | false | true | integer | double | text | object
    Column("number", Numeric),  # of an integer or double
    Column("text", Text),  # of a text; None of one that not every database could keep
    Column("head", Text),  # its first letters, for the index
    Index(None, "name", "head"),
    Index(None, "name", "number"),
)

anchor = Table(
    "anchor",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("heads", Json, nullable=False),  # root -> [seq, hash] of the roots changed since the anchor before
    Column("hash", Text, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("task", Text, ForeignKey("task.id"), primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("data", Json, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

submission = Table(
    "submission",
    metadata,
    Column("id", Counter, primary_key=True),
    _root(),
    Column("task", Text, nullable=False),
    Column("act", Text, nullable=False),  # "complete" or the name of an act
    Column("process", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("form_key", Text),
    Column("actor", Text, nullable=False),
    Column("received", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("data", Json),
    Column("taken_back", Boolean, nullable=False),
    Index(None, "root", "element"),
    Index(None, "task"),
    Index(None, "actor", "received"),
)

# What people and programmes say of a task, and what they lay beside it.
task_comment = Table(
    "task_comment",
    metadata,
    Column("id", Counter, primary_key=True),
    _root(),
    Column("task", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("message", Text, nullable=False),
    Index(None, "task"),
    Index(None, "root"),
)

task_attachment = Table(
    "task_attachment",
    metadata,
    Column("id", Counter, primary_key=True),
    _root(),
    Column("task", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("url", Text),  # where it lies elsewhere, or
    Column("content", Blob),  # its bytes
    Index(None, "task"),
    Index(None, "root"),
)

deadline = Table(
    "deadline",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

deadline_change = Table(
    "deadline_change",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("before", Instant),
    Column("at", Instant, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "tenant", "name"),
)
