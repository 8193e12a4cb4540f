"""What most handlers need first: the season, the case at hand, its deadlines. Decides nothing."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias

from engine.contract import Context
from notifications.compose import Template
from selection.calendar import ZONE, day_end, local_day, working_days_after
from selection.deadlines import plan, refuse_if_late
from selection.errors import Conflict, Forbidden, NotFound, Refused
from selection.season import Season
from store.selection.subject import Fact

Data: TypeAlias = Mapping[str, Any]
Variables: TypeAlias = dict[str, Any]

OFFICE = frozenset({"office_clerk@caq", "office_director@caq"})

# Parsed seasons by the settings mapping they were read from; the mapping is kept, so its identity is never reused.
_seasons: dict[int, tuple[Data, Season]] = {}


def season_of(ctx: Context) -> Season:
    """The season's rules as the running version has them."""
    kept = _seasons.get(id(ctx.settings))
    if kept is None or kept[0] is not ctx.settings:
        if len(_seasons) > 16:  # noqa: PLR2004 - a few versions live at a time
            _seasons.clear()
        kept = _seasons[id(ctx.settings)] = (ctx.settings, Season.from_settings(ctx.settings))
    return kept[1]


def letter_of(ctx: Context, name: str) -> Template:
    """The template of a letter, as the version has it by which the case runs; outside a process the season's newest. Raises KeyError."""
    templates: Mapping[str, Template] = ctx.facts.letters.of(ctx.instance.tenant, version=ctx.instance.version)
    return templates[name]


def variable(ctx: Context, name: str) -> str:
    """A variable that the process must have. Raises NotFound otherwise."""
    value = ctx.instance.variables.get(name)
    if value is None:
        raise NotFound("variable.missing", zh=f"流程中没有“{name}”，请联系管理员", en=f"the process has no {name!r}; ask the administrator")
    return str(value)


def found(fact: Fact | None, *, what: str) -> Fact:
    """The row, or NotFound."""
    if fact is None:
        raise NotFound("fact.missing", zh=f"没有找到{what}", en=f"there is no such thing: {what}")
    return fact


def numbered(ctx: Context, ids: Iterable[str]) -> list[str]:
    """Applications and experts as people call them, by number and by name; any other id stays. For those who may know what they named."""
    return [_numbered(ctx, one) for one in ids]


def _numbered(ctx: Context, name: str) -> str:
    application = ctx.facts.applications.get(name)
    if application is not None:
        return str(application.number or name)
    expert = ctx.facts.people.expert(name)
    return str(expert.name) if expert is not None else name


def application_of(ctx: Context, name: str | None = None) -> Fact:
    """The application named, or the one the process is about."""
    return found(ctx.facts.applications.get(name or variable(ctx, "application")), what="申报")


def seat_of(ctx: Context) -> Fact:
    """The expert's seat the token is in."""
    return found(ctx.facts.reviews.seat(variable(ctx, "seat")), what="评审席位")


def deadline(ctx: Context, name: str, *, case: str = "") -> datetime:
    """The live instant (UTC, exclusive) of a named deadline, else the plan's. ``case``: whose, where it is not that of the process itself (A-14)."""
    live = ctx.facts.calendar.deadline(season=ctx.instance.tenant, name=name, case=case or ctx.instance.business_key)
    return live if isinstance(live, datetime) else plan(season_of(ctx), calendar=ctx.facts.calendar.calendar())[name]


def refuse_late(ctx: Context, name: str, *, case: str = "") -> None:
    """Raise `Late` when the request was fully received at or after the named deadline (§14), of ``case`` or of the process itself."""
    refuse_if_late(received=ctx.received, deadline=deadline(ctx, name, case=case), name=name)


def refuse_after_due(ctx: Context, *, name: str) -> None:
    """Raise `Late` when the request was fully received at or after the task's own due instant."""
    if ctx.task is not None and ctx.task.due is not None:
        refuse_if_late(received=ctx.received, deadline=ctx.task.due, name=name)


def working_days_on(ctx: Context, count: int) -> datetime:
    """The exclusive end of the ``count``-th working day after today."""
    return day_end(working_days_after(local_day(ctx.now), count, calendar=ctx.facts.calendar.calendar()))


def reading_due(ctx: Context) -> datetime:
    """Until when somebody reads who is asked now: 评分截止, but never less than the working days to answer (as N06a is due)."""
    return max(deadline(ctx, "评分截止"), working_days_on(ctx, season_of(ctx).experts.read_working_days))


def read_instant(text: object) -> datetime:
    """An ISO instant; without a zone it is Beijing time. Raises Refused for anything else."""
    try:
        value = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise Refused("instant.unreadable", zh="时间格式应为 2023-11-06T10:00", en="write the time as 2023-11-06T10:00") from error
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=ZONE).astimezone(UTC)


def at_local(day: object, clock: object = "00:00") -> datetime:
    """The UTC instant of a Beijing day (`2023-10-20`) and clock time (`09:00`)."""
    return read_instant(f"{day}T{clock or '00:00'}")


def end_of(day: object) -> datetime:
    """The exclusive end of a Beijing day."""
    return at_local(day) + timedelta(days=1)


def is_midnight(moment: datetime) -> bool:
    """Whether an instant is the edge of a Beijing day."""
    return moment.astimezone(ZONE).time() == time.min


def outcome(data: Data, *allowed: str) -> str:
    """The form's outcome. Raises Refused unless it is one of ``allowed``."""
    value = str(data.get("outcome") or "")
    if value not in allowed:
        raise Refused("outcome.unknown", zh="请选择处理意见", en=f"choose one of: {', '.join(allowed)}")
    return value


def need(data: Data, field: str, *, zh: str, en: str) -> str:
    """A text that must be written. Raises Refused with what to write."""
    value = str(data.get(field) or "").strip()
    if not value:
        raise Refused("field.needed", zh=zh, en=en, field=field)
    return value


def rows(data: Data, field: str) -> list[Data]:
    """The rows of a table field."""
    return [row for row in data.get(field) or [] if isinstance(row, Mapping)]


def texts(data: Data, field: str) -> list[str]:
    """The texts of a list field, empty ones left out."""
    value = data.get(field) or []
    return [str(item) for item in value if str(item).strip()] if isinstance(value, list | tuple) else [str(value)]


def refuse_same_person(ctx: Context, first: str | None) -> None:
    """Raise Forbidden when the second person is the first (复核须由另一人办理)."""
    if first == ctx.actor.id:
        raise Forbidden("second.same", zh="复核须由另一名经办人办理，请转交他人", en="the second check needs another person; hand it on")


def is_office(ctx: Context) -> bool:
    """Whether a clerk or the director acts."""
    return bool(ctx.actor.groups & OFFICE) or ctx.actor.kind == "system"


def refuse_unless_office(ctx: Context) -> None:
    """Raise Forbidden for anybody outside the office."""
    if not is_office(ctx):
        raise Forbidden("office.only", zh="此项只能由全国质量标杆工作办公室办理", en="only the office can do this")


def present_documents(ctx: Context, owner: str) -> tuple[tuple[str, str], ...]:
    """Pairs (code, file name) of the documents of an owner that count."""
    return tuple((row.code, row.name) for row in ctx.facts.documents.living(season=ctx.instance.tenant, owner=owner))


def counting_documents(ctx: Context, application: str) -> list[Fact]:
    """The papers of an application that count: those under the seal of its submission, or of its answered 补正."""
    rows_: list[Fact] = ctx.facts.documents.counting(rules=season_of(ctx), season=ctx.instance.tenant, owner=application)
    return rows_


def refuse_without_file(ctx: Context, *, owner: str, code: str, zh: str, en: str) -> None:
    """Raise Refused when no living file of the code is attached."""
    if not any(code in (held, held.partition(".")[0]) for held, _ in present_documents(ctx, owner)):
        raise Refused("document.missing", zh=zh, en=en, document=code)


def refuse_state(application: Fact, *allowed: str) -> None:
    """Raise Conflict when an application is no longer where the act belongs."""
    if application.state not in allowed:
        raise Conflict(
            "application.moved",
            zh="该申报的状态已经改变，请刷新页面后再办理",
            en=f"the application has moved on ({application.state}); reload the page",
            state=application.state,
        )
