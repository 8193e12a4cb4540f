"""Timers that wait in running instances of foreign diagrams, and their timer start events that wait to begin one. For the REST interface."""

from sqlalchemy import BigInteger, Integer, String, and_, case, cast, false, literal, not_, null, or_, select, union_all

from store.engine.listing import Listing, after, among, before, equals, given, pairs
from store.engine.past import GENERIC, OPEN_STATES
from store.engine.present import KEY, STANDING
from store.engine.tables import called, incident, instance, job, timer, version
from store.engine.told import in_data

BEGINS = "start-"  # what the id of a start event that waits begins with: it belongs to no instance yet
FOREIGN = ""  # the tenant of foreign diagrams
_its_incident = and_(incident.c.subject == timer.c.id, incident.c.kind == "timer", incident.c.resolved_at.is_(None))
_stuck = select(incident.c.message).where(_its_incident).limit(1).scalar_subquery()
_waiting = (
    select(
        timer.c.id,
        timer.c.root,
        timer.c.within,
        timer.c.process,
        timer.c.element,
        timer.c.due,
        timer.c.ready,
        timer.c.number,
        KEY.label("root_key"),
        instance.c.status.label("root_status"),
        STANDING.label("standing"),
        _stuck.label("trouble"),
    )
    .join(instance, instance.c.root == timer.c.root)
    .join(version, version.c.id == instance.c.version)
    .outerjoin(called, and_(called.c.root == timer.c.root, called.c.scope == timer.c.within))
    .where(version.c.profile == GENERIC, instance.c.status.in_(OPEN_STATES))
)
_number = cast(job.c.id, String)
_their_incident = and_(incident.c.subject == _number, incident.c.kind == "job", incident.c.resolved_at.is_(None))
_undone = select(incident.c.message).where(_their_incident).limit(1).scalar_subquery()
_beginning = select(
    literal(BEGINS) + _number,
    null(),
    literal(""),
    job.c.name,
    in_data("element", data=job.c.payload),
    job.c.due,
    job.c.ready,
    cast(job.c.id, BigInteger),
    literal(""),
    literal("running"),
    cast(in_data("version", data=job.c.payload), Integer),
    _undone,
).where(job.c.kind == "begin", job.c.tenant == FOREIGN, in_data("armed", data=job.c.payload).is_not(None))
_it = union_all(_waiting, _beginning).subquery("waiting").c
_failed = _it.trouble.is_not(None)
JOBS = Listing(
    source=select(*_it),
    filters={
        "id": equals(_it.id),
        "ids": among(_it.id),
        "root": equals(_it.root),
        "within": equals(_it.within),
        "places": pairs(_it.root, _it.within),
        "process": equals(_it.process),
        "definition": lambda pair: and_(_it.process == pair[0], _it.standing == pair[1]),
        "element": equals(_it.element),
        "failed_at": lambda element: and_(_it.element == element, _failed),
        "due_before": before(_it.due),
        "due_after": after(_it.due),
        "executable": lambda now: and_(_it.ready, _it.due <= now),
        "failed": given(_it.trouble),
        "trouble": equals(_it.trouble),
        "held": lambda yes: and_(not_(_it.ready), not_(_failed)) if yes else or_(_it.ready, _failed),
        "nothing": lambda _: false(),
    },
    orders={"id": _it.id, "due": _it.due, "root": _it.root, "process": _it.process, "number": _it.number, "retries": case((_failed, 0), else_=1)},
    order=(_it.root.is_not(None), _it.number),
)
