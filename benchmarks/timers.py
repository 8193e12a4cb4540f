"""Many timers: all due at once in one process, and spread over seconds with the real ticker."""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.clock import SystemClock
from benchmarks.meter import Meter
from benchmarks.season import MidSeason
from benchmarks.small import HandClock, small_engine
from engine import Engine
from engine.contract import SYSTEM
from engine.ticker import Ticker
from store.database import Database
from store.engine.tables import history, instance

SHELF = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
             id="shelf_definitions" targetNamespace="http://example.invalid/shelf">
  <process id="shelf" name="Wait until an instant" isExecutable="true">
    <startEvent id="begin"/>
    <sequenceFlow id="f1" sourceRef="begin" targetRef="wait"/>
    <intermediateCatchEvent id="wait" name="Until then">
      <timerEventDefinition id="until"><timeDate xsi:type="tFormalExpression">${at}</timeDate></timerEventDefinition>
    </intermediateCatchEvent>
    <sequenceFlow id="f2" sourceRef="wait" targetRef="end"/>
    <endEvent id="end"/>
  </process>
</definitions>
"""
MANY, FEW = 10_000, 300
PER_SECOND, SECONDS, LEAD, PROBES = 100, 10, 1.0, 20


def timers(season: MidSeason) -> dict[str, float]:
    """10,000 instances whose timers are due at the same instant."""
    found = _all_at_once(season.folder / "timers", count=MANY)
    return {"timers_seconds": found["seconds"], "timers_wrong": found["wrong"], "timers_statements": found["statements"]}


def timers_few(season: MidSeason) -> dict[str, float]:
    """The same with 300: whether each fires exactly once, and what one costs."""
    found = _all_at_once(season.folder / "timers_few", count=FEW)
    return {"timers_wrong": found["wrong"], "timers_statements": found["statements"]}


def _all_at_once(home: Path, *, count: int) -> Mapping[str, float]:
    due = datetime(2023, 9, 1, 1, tzinfo=UTC)
    clock = HandClock(due - timedelta(days=1))
    database, engine = small_engine(home, diagram=SHELF, clock=clock)
    for number in range(count):
        _wait(engine, number, until=due)
    clock.instant = due
    meter = Meter()
    with meter.on(database):
        meter.take(lambda: _work_off(engine))
    wrong = _not_once(database, count=count)
    database.close()
    return {"seconds": meter.wall[0] / 1000, "wrong": wrong, "statements": meter.statements[0] / count}


def _work_off(engine: Engine) -> None:
    while engine.work(limit=200):
        pass


def _not_once(database: Database, *, count: int) -> int:
    with database.read() as connection:
        fired = Counter(root for (root,) in connection.execute(select(history.c.root).where(history.c.kind == "timer")))
        running = connection.execute(select(instance.c.root).where(instance.c.status == "running")).all()
    return count - len(fired) + sum(times - 1 for times in fired.values()) + len(running)


def lateness(season: MidSeason) -> dict[str, float]:
    """1,000 timers, 100 due each second, with the ticker of `serve`: from the due instant to the start of the firing transaction."""
    clock = SystemClock()
    database, engine = small_engine(season.folder / "lateness", diagram=SHELF, clock=clock)
    count = PER_SECOND * SECONDS
    begin = clock.now() + timedelta(seconds=LEAD + 3 * count * _seconds_to_arm(engine))  # so that all are armed before the first is due
    due = {_wait(engine, number, until=begin + timedelta(seconds=number / PER_SECOND)): number for number in range(count)}
    ticker = Ticker(engine)
    ticker.start()
    while clock.now() < begin + timedelta(seconds=SECONDS + LEAD):
        time.sleep(0.1)
    ticker.stop()
    with database.read() as connection:
        fired = connection.execute(select(history.c.root, history.c.at).where(history.c.kind == "timer")).all()
    database.close()
    late = sorted((at - begin).total_seconds() - due[root] / PER_SECOND for root, at in fired)
    lost = count - len(late)
    return {"lateness_p99": late[len(late) * 99 // 100] if not lost else float("inf")}


def _seconds_to_arm(engine: Engine) -> float:
    """What one timer takes, on this machine as it is now; those that tell are due long after the measurement."""
    begin = time.perf_counter()
    for number in range(PROBES):
        _wait(engine, -1 - number, until=datetime(2100, 1, 1, tzinfo=UTC))
    return (time.perf_counter() - begin) / PROBES


def _wait(engine: Engine, number: int, *, until: datetime) -> str:
    return engine.start(process="shelf", business_key=str(number), variables={"at": until.isoformat()}, tenant="t", actor=SYSTEM)
