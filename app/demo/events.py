"""What happens in the demonstration without a task: filing, withdrawing, objecting, reporting. Each at its time before the present instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.demo.answers import Rehearsal
from app.demo.stages import DAY, PRESENT
from app.simulate.answers.base import Play
from app.simulate.answers.result import lodge
from app.simulate.names import uscc
from app.simulate.play import import_title, send_report
from app.simulate.script import Part

OLD_TITLES = (("2019-07", "模拟往年标杆企业甲", 2019), ("2021-12", "模拟往年标杆企业乙", 2021), ("2022-03", "模拟往年标杆企业丙", 2022))


@dataclass(frozen=True)
class Event:
    """Something that somebody does at an instant (aware)."""

    at: datetime
    happens: Callable[[], None]


def events_of(rehearsal: Rehearsal, *, begin: Callable[[Play, Part], None]) -> Iterator[Event]:
    """The events of one season that lie before the present instant."""
    play = rehearsal.play
    # Whoever waited until then looks again.
    yield from (Event(PRESENT - rest.until, lambda: None) for rest in rehearsal.stage.rests if rest.until is not None)
    for part in play.parts:
        at = play.plan["申报开始"] + timedelta(days=1 + 2 * part.number, hours=9, minutes=part.number)
        yield Event(at, lambda part=part: begin(play, part))  # type: ignore[misc]
        if part.fate == "withdrawn":
            yield Event(PRESENT - 3 * DAY if rehearsal.stage.days > 0 else at + 5 * DAY, lambda part=part: _withdraw(play, part))  # type: ignore[misc]
        if part.fate == "statement_waits":
            yield Event(PRESENT - DAY, lambda part=part: lodge(play, str(part.application), part.enterprise.id))  # type: ignore[misc]
        if part.fate == "hearing":
            yield Event(PRESENT - 2 * DAY, lambda part=part: _report(play, part))  # type: ignore[misc]
        if part.fate == "revoked":
            yield Event(play.plan["公告"] + 3 * DAY, lambda part=part: _report(play, part))  # type: ignore[misc]
    if any(part.fate == "hearing" for part in play.parts):
        yield Event(play.plan["公告"] + DAY, lambda: _old_titles(play))
        yield Event(PRESENT - 2 * DAY, lambda: send_report(play, OLD_TITLES[0][0]))


def _withdraw(play: Play, part: Part) -> None:
    payload = {"reason": "经营计划调整，本年度不再参加"}
    play.world.send("application.withdraw", key=str(part.application), payload=payload, actor=part.enterprise.person)


def _report(play: Play, part: Part) -> None:
    with play.world.facts() as facts:
        title = facts.titles.of_application(str(part.application))
    send_report(play, title.id)  # type: ignore[union-attr]


def _old_titles(play: Play) -> None:
    """Titles of earlier years come in."""
    for place, (number, holder, year) in enumerate(OLD_TITLES):
        import_title(play, number=number, holder=holder, uscc=uscc(900_900 + place), year=year)
