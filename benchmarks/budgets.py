"""The budgets: what each figure may be at most, and which of them fail `make bench-check`. Measures nothing."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a figure may be at most. ``checked``: it does not depend on the machine's mood, so a worse figure is a defect."""

    name: str
    text: str
    unit: str
    most: float
    checked: bool = False


@dataclass(frozen=True)
class Row:
    """A measured figure beside its budget."""

    budget: Budget
    measured: float

    @property
    def kept(self) -> bool:
        """Whether the figure is within its budget."""
        return self.measured <= self.budget.most

    def as_json(self) -> dict[str, object]:
        """The row as data."""
        told = self.budget
        return {
            "name": told.name, "text": told.text, "measured": round(self.measured, 3), "budget": told.most, "unit": told.unit,
            "kept": self.kept, "checked": told.checked,
        }  # fmt: skip


BUDGETS: Mapping[str, Budget] = {
    budget.name: budget
    for budget in (
        Budget(name="complete_wall", text="complete a small-form task in process, median", unit="ms", most=3),
        Budget(name="complete_cpu", text="complete a small-form task, CPU, median", unit="ms", most=2),
        Budget(name="complete_statements", text="complete a small-form task, SQL statements", unit="", most=12, checked=True),
        Budget(name="complete_commits", text="complete a small-form task, commits", unit="", most=1, checked=True),
        Budget(name="complete_http", text="complete a small-form task over HTTP, median", unit="ms", most=10),
        Budget(name="start_wall", text="start an application, median", unit="ms", most=5),
        Budget(name="start_commits", text="start an application, commits", unit="", most=1, checked=True),
        Budget(name="state_bytes", text="state of a mid-way application, largest", unit="bytes", most=20_480, checked=True),
        Budget(name="inbox_mine", text="inbox page with 100,000 open tasks, mine, median", unit="ms", most=60),
        Budget(name="inbox_groups", text="inbox page with 100,000 open tasks, my groups', median", unit="ms", most=60),
        Budget(name="timers_seconds", text="10,000 timers due at once, one process", unit="s", most=30),
        Budget(name="timers_wrong", text="timers not fired exactly once", unit="", most=0, checked=True),
        Budget(name="timers_statements", text="one timer, SQL statements", unit="", most=12, checked=True),
        Budget(name="lateness_p99", text="lateness at 100 due per second, 99th percentile", unit="s", most=2),
        Budget(name="own_stateless", text="a completed task without a database, state to state, CPU, median", unit="ms", most=0.7),
        Budget(name="own_live", text="a completed task without a database, live instance, CPU, median", unit="ms", most=0.4),
        Budget(name="beside_spiff", text="CPU of a persisted completion beside plain SpiffWorkflow", unit="×", most=1, checked=True),
        Budget(name="beside_bpmn_engine", text="CPU of a persisted completion beside bpmn-engine of npm", unit="×", most=1),
        Budget(name="loop_seconds", text="10,000 rounds of a loop without a wait state, one command", unit="s", most=5),
        Budget(name="loop_bytes", text="state after these rounds", unit="bytes", most=10_240, checked=True),
        Budget(name="rounds_growth", text="CPU of a loop's 1,000th user task to that of its 10th", unit="×", most=1.2, checked=True),
        Budget(name="many_automatic", text="1,000 instances of a script task, one command", unit="s", most=2),
        Budget(name="many_human_growth", text="1,000 instances of a user task, CPU of the last to the 10th", unit="×", most=1.5, checked=True),
        Budget(name="season_seconds", text="simulate with 250 applications", unit="s", most=150),
        Budget(name="growth_large", text="CPU per transition, 500 applications to 50", unit="×", most=1.15),
        Budget(name="growth_unlimited", text="CPU per transition, 500 applications to 50, quota unlimited", unit="×", most=1.15),
        Budget(name="growth_small", text="CPU of one application's acts, 60 applications to 20", unit="×", most=1.15, checked=True),
        Budget(name="serve_memory", text="idle serve, resident memory", unit="MB", most=160),
        Budget(name="serve_start", text="second start to the first page", unit="s", most=3),
    )
}


def judged(figures: Mapping[str, float]) -> list[Row]:
    """Each figure beside its budget, in the order of the budgets. Raises KeyError for a figure that has none."""
    unknown = figures.keys() - BUDGETS.keys()
    if unknown:
        raise KeyError(*sorted(unknown))
    return [Row(budget, figures[name]) for name, budget in BUDGETS.items() if name in figures]


def broken(rows: list[Row]) -> list[Row]:
    """The rows for which `make bench-check` fails."""
    return [row for row in rows if row.budget.checked and not row.kept]
