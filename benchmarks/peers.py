"""The same small process beside others' engines: three user tasks and a script, the state kept as one row or file of JSON after each task."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pysqlite3.dbapi2 as sqlite
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from benchmarks.engine import DIAGRAM, NOW, THREE_TASKS
from benchmarks.season import MidSeason
from engine.bpmn import Host, read_definitions

INSTANCES = 60
MODULES = "BPMN_ENGINE_MODULES"  # the folder node_modules with bpmn-engine in it
Step = Callable[[str], str]


def peers(season: MidSeason) -> dict[str, float]:
    """CPU of one completion, its commit included: ours to plain SpiffWorkflow's and, where node and its package are, to bpmn-engine's."""
    home = season.folder / "peers"
    home.mkdir()
    ours = median(_spent(home / "ours.db", *_ours()))
    found = {"beside_spiff": ours / median(_spent(home / "spiff.db", *_spiff()))}
    if MODULES in os.environ and shutil.which("node"):
        found["beside_bpmn_engine"] = ours / median(_bpmn_engine(home))
    else:
        print(f"bpmn-engine is left out: it needs node and {MODULES}=…/node_modules", file=sys.stderr)
    return found


def _spent(path: Path, begin: Callable[[], str], step: Step) -> Iterator[float]:
    """Milliseconds of CPU of each completion; ``step`` gives the next state, "" at the end."""
    connection = sqlite.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE kept (id INTEGER PRIMARY KEY, state TEXT)")
    for number in range(INSTANCES):
        state = begin()
        connection.execute("INSERT INTO kept VALUES (?, ?)", (number, state))
        while state:
            begun = time.thread_time()
            (state,) = connection.execute("SELECT state FROM kept WHERE id = ?", (number,)).fetchone()
            state = step(state)
            connection.execute("UPDATE kept SET state = ? WHERE id = ?", (state, number))
            yield (time.thread_time() - begun) * 1000
    connection.close()


def _ours() -> tuple[Callable[[], str], Step]:
    definitions = read_definitions({"small.bpmn": DIAGRAM.format(nodes=THREE_TASKS).encode()})

    def begin() -> str:
        execution = definitions.new("small", variables={}, host=Host(now=NOW))
        execution.run()
        return execution.dump().decode()

    def step(state: str) -> str:
        execution = definitions.load(state.encode(), host=Host(now=NOW))
        execution.complete(execution.waits()[0].id, variables={"answer": 1})
        execution.run()
        return "" if execution.ended else execution.dump().decode()

    return begin, step


def _spiff() -> tuple[Callable[[], str], Step]:
    parser, serializer = BpmnParser(), BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    parser.add_bpmn_xml(etree.fromstring(DIAGRAM.format(nodes=THREE_TASKS).encode()))
    spec = parser.get_spec("small")

    def begin() -> str:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        return str(serializer.serialize_json(workflow))

    def step(state: str) -> str:
        workflow = serializer.deserialize_json(state)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        task.data["answer"] = 1
        task.run()
        workflow.do_engine_steps()
        return "" if workflow.completed else str(serializer.serialize_json(workflow))

    return begin, step


def _bpmn_engine(home: Path) -> list[float]:
    """Its scripts are JavaScript and say themselves when they are done."""
    diagram = home / "small.bpmn"
    nodes = THREE_TASKS.replace('scriptFormat="engine"', 'scriptFormat="javascript"').replace("sum = answer + 1", "next(null, 2)")
    diagram.write_text(DIAGRAM.format(nodes=nodes), "utf-8")
    script = Path(__file__).with_name("peer.mjs")
    command = ["node", script, Path(os.environ[MODULES]).resolve(), diagram, home / "state.json", str(INSTANCES)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own script
    spent: list[float] = json.loads(told)
    return spent
