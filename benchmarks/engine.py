"""What the engine itself costs: a completed task without a database, loops, many instances of one activity."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median

from sqlalchemy import select

from benchmarks.season import MidSeason
from benchmarks.small import HandClock, small_engine
from engine import Engine
from engine.bpmn import Execution, Host, read_definitions
from engine.contract import SYSTEM
from store.engine.tables import instance, task

NOW = datetime(2023, 9, 1, 1, tzinfo=UTC)
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
             xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="small_definitions" targetNamespace="http://example.invalid/small">
  <process id="small" isExecutable="true">
    {nodes}
  </process>
</definitions>
"""
THREE_TASKS = """<startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="a"/>
    <userTask id="a" camunda:assignee="ann"/><sequenceFlow id="f1" sourceRef="a" targetRef="calc"/>
    <scriptTask id="calc" scriptFormat="engine"><script>sum = answer + 1</script></scriptTask><sequenceFlow id="f2" sourceRef="calc" targetRef="b"/>
    <userTask id="b" camunda:assignee="ann"/><sequenceFlow id="f3" sourceRef="b" targetRef="c"/>
    <userTask id="c" camunda:assignee="ann"/><sequenceFlow id="f4" sourceRef="c" targetRef="e"/><endEvent id="e"/>"""
LOOP = """<startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="again"/>
    <exclusiveGateway id="again"/><sequenceFlow id="f1" sourceRef="again" targetRef="work"/>
    {work}<sequenceFlow id="f2" sourceRef="work" targetRef="enough"/>
    <exclusiveGateway id="enough" default="f3"/><sequenceFlow id="f3" sourceRef="enough" targetRef="again"/>
    <sequenceFlow id="f4" sourceRef="enough" targetRef="last">
      <conditionExpression xsi:type="tFormalExpression">${{{enough}}}</conditionExpression></sequenceFlow>
    <userTask id="last" camunda:assignee="ann"/><sequenceFlow id="f5" sourceRef="last" targetRef="e"/><endEvent id="e"/>"""
COUNT = '<scriptTask id="work" scriptFormat="engine"><script>n = n + 1</script></scriptTask>'
ASK = '<userTask id="work" camunda:assignee="ann"/>'
MANY = """<startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="each"/>
    {each}<sequenceFlow id="f1" sourceRef="each" targetRef="last"/>
    <userTask id="last" camunda:assignee="ann"/><sequenceFlow id="f2" sourceRef="last" targetRef="e"/><endEvent id="e"/>"""
TIMES = "<multiInstanceLoopCharacteristics><loopCardinality>${n}</loopCardinality></multiInstanceLoopCharacteristics>"
EACH_SCRIPT = f'<scriptTask id="each" scriptFormat="engine"><script>x = loopCounter</script>{TIMES}</scriptTask>'
EACH_TASK = f'<userTask id="each" camunda:assignee="ann">{TIMES}</userTask>'
INSTANCES, ITERATIONS, ROUNDS, CHILDREN, SIDE = 300, 10_000, 1_000, 1_000, 20


def own(_: MidSeason) -> dict[str, float]:
    """Three user tasks and a script: CPU of one completion without a database, from the state in bytes to the next, and on a live instance."""
    definitions = read_definitions({"small.bpmn": DIAGRAM.format(nodes=THREE_TASKS).encode()})
    blank = definitions.new("small", variables={}, host=Host(now=NOW))
    blank.run()
    start, stateless, live = blank.dump(), [], []
    for _number in range(INSTANCES):
        state, kept = start, definitions.load(start, host=Host(now=NOW))
        while (wait := kept.waits()) != ():
            begun = time.thread_time()
            execution = definitions.load(state, host=Host(now=NOW))
            state = _completed(execution, execution.waits()[0].id)
            middle = time.thread_time()
            kept.host = Host(now=NOW)
            _completed(kept, wait[0].id)
            live.append(time.thread_time() - middle)
            stateless.append(middle - begun)
    return {"own_stateless": median(stateless) * 1000, "own_live": median(live) * 1000}


def _completed(execution: Execution, wait: str) -> bytes:
    execution.complete(wait, variables={"answer": 1})
    execution.run()
    execution.waits()
    return execution.dump()


def loop(season: MidSeason) -> dict[str, float]:
    """10,000 rounds of a loop without a wait state, in one command; the state before and after."""
    with _engine(season, "loop", LOOP.format(work=COUNT, enough=f"n >= {ITERATIONS}")) as engine:
        begun = time.perf_counter()
        root = _start(engine, n=0)
        seconds = time.perf_counter() - begun
        return {"loop_seconds": seconds, "loop_bytes": _state(engine, root)}


def rounds(season: MidSeason) -> dict[str, float]:
    """A loop over a user task: the CPU of the rounds up to the 1,000th to that of those from the 10th on."""
    with _engine(season, "rounds", LOOP.format(work=ASK, enough="false")) as engine:
        spent = _all_completed(engine, ROUNDS)
    return {"rounds_growth": _late_to_early(spent)}


def many_automatic(season: MidSeason) -> dict[str, float]:
    """1,000 instances of a script task in one command."""
    with _engine(season, "automatic", MANY.format(each=EACH_SCRIPT)) as engine:
        begun = time.perf_counter()
        _start(engine, n=CHILDREN)
        return {"many_automatic": time.perf_counter() - begun}


def many_human(season: MidSeason) -> dict[str, float]:
    """1,000 instances of a user task: the CPU of the last completions to that of those from the 10th on."""
    with _engine(season, "human", MANY.format(each=EACH_TASK)) as engine:
        return {"many_human_growth": _late_to_early(_all_completed(engine, CHILDREN))}


def _late_to_early(spent: list[float]) -> float:
    """Medians of twenty each: one alone says more of the machine than of the round."""
    return median(spent[-SIDE:]) / median(spent[9 : 9 + SIDE])


def _all_completed(engine: Engine, count: int) -> list[float]:
    """Complete that many tasks of a new instance one after the other; the CPU of each."""
    root = _start(engine, n=count)
    with engine.home.database.read() as connection:
        tasks = list(connection.execute(select(task.c.id).where(task.c.root == root).order_by(task.c.number).limit(1)).scalars())
    spent = []
    for _ in range(count):
        begun = time.thread_time()
        result = engine.complete(task=tasks[0], data={}, actor=SYSTEM)
        spent.append(time.thread_time() - begun)
        tasks = list(result.open_tasks)
    return spent


def _start(engine: Engine, *, n: int) -> str:
    return engine.start(process="small", business_key="k", variables={"n": n}, tenant="t", actor=SYSTEM)


def _state(engine: Engine, root: str) -> int:
    with engine.home.database.read() as connection:
        return len(connection.execute(select(instance.c.state).where(instance.c.root == root)).scalar_one())


@contextmanager
def _engine(season: MidSeason, name: str, nodes: str) -> Iterator[Engine]:
    database, engine = small_engine(season.folder / name, diagram=DIAGRAM.format(nodes=nodes), clock=HandClock(NOW))
    try:
        yield engine
    finally:
        database.close()
