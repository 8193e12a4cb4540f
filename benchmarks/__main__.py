"""`make bench` and `make bench-check`: runs the measurements and prints each figure beside its budget."""

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import engine, inbox, peers, serving, tasks, timers, whole
from benchmarks.budgets import Row, broken, judged
from benchmarks.season import MidSeason

Measurement = Callable[[MidSeason], Mapping[str, float]]
BENCH: Mapping[str, Measurement] = {
    "complete": tasks.complete,
    "http": tasks.complete_http,
    "start": tasks.start,
    "state": tasks.state,
    "inbox": inbox.inbox,
    "timers": timers.timers,
    "lateness": timers.lateness,
    "serve": serving.serve,
    "own": engine.own,
    "peers": peers.peers,
    "loop": engine.loop,
    "rounds": engine.rounds,
    "many-automatic": engine.many_automatic,
    "many-human": engine.many_human,
    "growth-small": whole.growth_small,
    "season": whole.season,
    "growth": whole.growth,
    "growth-unlimited": whole.growth_unlimited,
}
CHECK: Mapping[str, Measurement] = {name: BENCH[name] for name in ("complete", "start", "state", "peers", "loop", "rounds", "many-human", "growth-small")} | {
    "timers": timers.timers_few
}


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 if a measurement failed or ``--check`` found a figure over its budget, else 0."""
    asked = _parser().parse_args(arguments)
    wanted = CHECK if asked.check else BENCH
    chosen = {name: wanted[name] for name in asked.only or wanted if name in wanted}
    rows: list[Row] = []
    failed: list[str] = []
    for name, figures in measure(chosen):
        found = [row for row in judged(figures or {}) if row.budget.checked or not asked.check]
        rows += found
        failed += [name] if figures is None else []
        for row in () if asked.json else found:
            print(line(row), flush=True)
    if asked.json:
        print(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2))
    else:
        print(mood())
    if failed:
        print(f"FAILED: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed) or (asked.check and bool(broken(rows))))


def measure(chosen: Mapping[str, Measurement]) -> Iterator[tuple[str, Mapping[str, float] | None]]:
    """Run measurements one after the other in a folder that is gone afterwards: each one's figures; None if it failed, the others go on."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        season = MidSeason(Path(folder))
        for name, run in chosen.items():
            print(f"{name} ...", file=sys.stderr, flush=True)
            try:
                figures = run(season)
            except Exception:  # noqa: BLE001 - hours of other figures are not lost with it
                traceback.print_exc()
                yield name, None
            else:
                yield name, figures


def line(row: Row) -> str:
    """A figure beside its budget."""
    told = row.budget
    return f"{told.text:<60} {row.measured:>12,.2f} {told.unit:<6} ≤ {told.most:>8,g} {told.unit:<6} {'' if row.kept else 'OVER'}".rstrip()


def mood() -> str:
    """What the machine was doing meanwhile: figures of time count only when both times are alike."""
    wall, cpu = time.perf_counter(), time.process_time()
    sum(range(20_000_000))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return f"load {os.getloadavg()[0]:.1f}; a loop of 20 million additions took {wall:.2f} s ({cpu:.2f} s CPU)"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only what does not depend on the machine's mood; fail if it is over budget")
    parser.add_argument(
        "--only", action="append", choices=sorted(BENCH), metavar="NAME", help=f"one of: {', '.join(BENCH)}; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print data")
    return parser


if __name__ == "__main__":
    sys.exit(main())
