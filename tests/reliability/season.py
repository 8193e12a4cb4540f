"""The real season for the reliability tests: a small company plays it, and stops where many processes are to go on at once."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.settings import Settings
from app.simulate import play as plays
from app.simulate.answers import review
from app.simulate.answers.base import ANSWERS
from app.simulate.script import QUOTA

FOLDER = Path("processes/cn-2023")
# What the simulation plants elsewhere; here everybody goes the ordinary way.
PLANTS = (
    "second person", "conflict before scoring", "conflict after scoring", "no quorum", "sent back", "dispersion", "imported", "correction",
    "title correction", "paper sheet",
)  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """Where the play waits: nobody has answered a task at one of the elements, and everything else has come to rest."""

    name: str
    elements: tuple[str, ...]
    after: str  # a deadline of the plan
    later: timedelta = timedelta()


FILING = Stop("filing", ("N02a",), "申报开始", timedelta(days=21))
RECOMMENDATION = Stop("recommendation", ("N03a", "N03b"), "推荐截止", -timedelta(hours=39))
SEALING = Stop("sealing", ("N02b",), "申报开始", timedelta(days=21))
FORM_CHECK = Stop("form check", ("N04a",), "形式审查开始")
DESK_REVIEW = Stop("desk review", ("N06a",), "补正截止")


def settings_in(folder, database_url):
    return Settings.load(environment={}, database_url=database_url, files_folder=folder / "files", mail_folder=folder / "mail")


def prepare(folder, database_url, *, applications=10, seed=1, season=FOLDER):
    """A season on an empty database, nothing begun."""
    house = plays.empty_house(settings_in(folder, database_url), start=plays.first_moment(season))
    play = plays.prepare(house, plays.Wish(folder=season, applications=applications, seed=seed))
    for part in play.parts:
        part.fate, part.quality = (QUOTA if part.number == 1 else "plain"), 95.0 - part.number
    play.marks.update(PLANTS)
    play.marks.update(f"sleeper G{group}/{expert.id}" for group in range(1, 4) for expert in play.world.cast.experts)
    return play


class Stops:
    """Plays the season; at each stop ``meanwhile(play, stop)`` is called once, then the play goes on. It may raise ``Enough``."""

    def __init__(self, monkeypatch, stops, meanwhile):
        self.stops, self.meanwhile = list(stops), meanwhile
        self.seen, self.gone = {}, set()
        for element, answer in tuple(ANSWERS.items()):
            monkeypatch.setitem(ANSWERS, element, self._patient(answer))

    def _patient(self, answer):
        def ask(play, task):
            if task.id in self.gone:
                return True  # somebody did it at the stop; the round began before
            if self.stops and task.element in self.stops[0].elements:
                return self._hold(play, task)
            if task.element == "N03b" and play.world.open_tasks("N03a"):
                return False  # the unit ranks what it has reviewed
            return answer(play, task)

        return ask

    def _hold(self, play, task):
        stop = self.stops[0]
        if play.world.now < play.plan[stop.after] + stop.later:
            return False
        if self.seen.get(task.id) == play.world.transitions:
            self.stops.pop(0)
            before = {each.id for each in play.world.open_tasks()}
            self.meanwhile(play, stop)
            play.world.work()  # what was done there has its consequences before anybody goes on
            self.gone |= before - {each.id for each in play.world.open_tasks()}  # a round may come to two stops
        self.seen[task.id] = play.world.transitions
        return True


class Enough(Exception):
    """The play has come as far as the test wants."""


def play_to(monkeypatch, play, stop):
    """Play up to a stop and leave it there."""

    def leave(_play, _stop):
        raise Enough

    with monkeypatch.context() as patch:
        Stops(patch, [stop], leave)
        try:
            plays.run(play)
        except Enough:
            return play
    raise AssertionError(f"the season never came to {stop.name}")


def two_groups(monkeypatch, *, size):
    """Let the simulation form groups of at most ``size`` applications."""
    monkeypatch.setattr(review, "GROUP_SIZE", size)
