"""`make bench` and `make bench-check`: runs the measurements and prints each figure beside its budget."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import inbox, serving, tasks, timers, whole
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
    "growth-small": whole.growth_small,
    "season": whole.season,
    "growth": whole.growth,
    "growth-unlimited": whole.growth_unlimited,
}
CHECK: Mapping[str, Measurement] = {name: BENCH[name] for name in ("complete", "start", "state", "growth-small")} | {
    "timers": timers.timers_few
}


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 if ``--check`` found a figure over its budget, else 0."""
    asked = _parser().parse_args(arguments)
    wanted = CHECK if asked.check else BENCH
    chosen = {name: wanted[name] for name in asked.only or wanted if name in wanted}
    rows = measure(chosen)
    if asked.check:
        rows = [row for row in rows if row.budget.checked]
    if asked.json:
        print(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2))
    else:
        Console().print(table(rows))
        Console().print(mood(), highlight=False)
    return int(asked.check and bool(broken(rows)))


def measure(chosen: Mapping[str, Measurement]) -> list[Row]:
    """Run measurements one after the other in a folder that is gone afterwards."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        season = MidSeason(Path(folder))
        for name, run in chosen.items():
            print(f"{name} ...", file=sys.stderr, flush=True)
            figures |= run(season)
    return judged(figures)


def table(rows: list[Row]) -> Table:
    """The figures beside their budgets."""
    shown = Table("figure", "measured", "budget", "", box=None, pad_edge=False)
    for row in rows:
        told = row.budget
        shown.add_row(told.text, f"{row.measured:,.2f} {told.unit}", f"≤ {told.most:,g} {told.unit}", "" if row.kept else "OVER")
    return shown


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
