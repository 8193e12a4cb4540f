"""`make bench-check` fails on what is over its budget, and only on figures that the machine's mood does not touch."""

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks import engine, peers
from benchmarks.budgets import BUDGETS, broken, judged
from benchmarks.meter import Meter
from benchmarks.timers import timers_few
from store.database import Database


def test_a_checked_figure_over_its_budget_is_broken():
    assert [row.budget.name for row in broken(judged({"complete_statements": 13, "complete_commits": 1}))] == ["complete_statements"]


def test_a_slow_machine_breaks_nothing():
    rows = judged({name: budget.most * 2 for name, budget in BUDGETS.items() if not budget.checked})
    assert rows
    assert not any(row.kept for row in rows)
    assert broken(rows) == []


def test_a_figure_without_a_budget_is_refused():
    with pytest.raises(KeyError, match="made_up"):
        judged({"made_up": 1})


@pytest.mark.parametrize(("statements", "code"), [(12, 0), (13, 1)])
def test_the_check_ends_with_1_when_a_budget_is_broken(monkeypatch, capsys, statements, code):
    monkeypatch.setattr(bench, "CHECK", {"complete": lambda season: {"complete_statements": statements, "complete_wall": 9000}})
    assert bench.main(["--check", "--json"]) == code
    (row,) = json.loads(capsys.readouterr().out)  # the wall clock is not judged
    assert (row["name"], row["measured"], row["budget"], row["kept"]) == ("complete_statements", statements, 12, code == 0)


def test_without_check_a_broken_budget_is_only_shown(monkeypatch, capsys):
    monkeypatch.setattr(bench, "BENCH", {"complete": lambda season: {"complete_statements": 13}})
    assert bench.main([]) == 0
    assert "OVER" in capsys.readouterr().out


def test_a_measurement_that_fails_is_named_and_the_others_are_kept(monkeypatch, capsys):
    def broken_off(season):
        raise RuntimeError("the meeting was refused")

    monkeypatch.setattr(bench, "BENCH", {"season": broken_off, "complete": lambda season: {"complete_statements": 12}})
    assert bench.main([]) == 1
    shown = capsys.readouterr()
    assert "12.00" in shown.out
    assert "the meeting was refused" in shown.err
    assert "FAILED: season" in shown.err


def test_each_figure_is_shown_as_soon_as_it_is_measured(monkeypatch, capsys):
    seen = []

    def second(season):
        seen.append(capsys.readouterr().out)
        return {"serve_start": 1}

    monkeypatch.setattr(bench, "BENCH", {"complete": lambda season: {"complete_statements": 12}, "serve": second})
    bench.main([])
    assert "SQL statements" in seen[0]


def test_only_runs_what_is_named(monkeypatch, capsys):
    run = {name: lambda season, name=name: {name: 0} for name in ("serve_memory", "serve_start")}
    monkeypatch.setattr(bench, "BENCH", run)
    bench.main(["--only", "serve_start", "--json"])
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["serve_start"]


def test_every_checked_budget_is_measured_by_the_check():
    names = {"complete", "start", "state", "timers", "peers", "loop", "rounds", "many-human", "growth-small"}
    assert set(bench.CHECK) == names
    assert {name for name, budget in BUDGETS.items() if budget.checked} == {
        "complete_statements", "complete_commits", "start_commits", "state_bytes", "timers_wrong", "timers_statements",
        "beside_spiff", "loop_bytes", "rounds_growth", "many_human_growth", "growth_small",
    }  # fmt: skip


def test_the_meter_counts_statements_and_commits(database_url):
    database = Database(database_url)
    meter = Meter()

    def act():
        with database.write() as connection:
            connection.exec_driver_sql("SELECT 1")

    with meter.on(database):
        meter.take(act)
        meter.take(lambda: None)
    act()  # not counted any more
    database.close()
    assert (meter.statements, meter.commits) == ([2, 0], [1, 0])  # BEGIN counts


def test_timers_due_at_once_each_fire_once(monkeypatch, tmp_path):
    monkeypatch.setattr("benchmarks.timers.FEW", 20)
    found = timers_few(bench.MidSeason(tmp_path))
    assert found["timers_wrong"] == 0
    assert 3 < found["timers_statements"] <= 12


def test_the_engine_itself_is_measured(monkeypatch, tmp_path):
    for name, few in {"INSTANCES": 2, "ITERATIONS": 50, "ROUNDS": 60, "CHILDREN": 60}.items():
        monkeypatch.setattr(engine, name, few)
    season = bench.MidSeason(tmp_path)
    found: dict[str, float] = {}
    for measure in (engine.own, engine.loop, engine.rounds, engine.many_automatic, engine.many_human):
        found |= measure(season)
    assert found.keys() == {
        "own_stateless", "own_live", "loop_seconds", "loop_bytes", "rounds_growth", "many_automatic", "many_human_growth",
    }  # fmt: skip
    assert all(figure > 0 for figure in found.values())
    assert found["loop_bytes"] < 1_000


def test_plain_spiffworkflow_does_the_same_and_needs_more(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(peers, "INSTANCES", 5)
    monkeypatch.delenv(peers.MODULES, raising=False)
    found = peers.peers(bench.MidSeason(tmp_path))
    assert 0 < found.pop("beside_spiff") < 1
    assert found == {}
    assert "bpmn-engine is left out" in capsys.readouterr().err


@pytest.mark.parametrize("budget", BUDGETS.values(), ids=lambda budget: budget.name)
def test_each_budget_is_documented(budget):
    most = f"{budget.most:,g} {budget.unit}".strip()
    row = f"| `{budget.name}` | {budget.text} | {most} | {'yes' if budget.checked else 'no'} |"
    assert row in Path("docs/reference/budgets.md").read_text("utf-8")
