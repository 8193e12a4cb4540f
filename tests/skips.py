"""pytest plugin: closing lines that say what was skipped and how to get it; with --no-skips a skip fails the run.

Skips of tests marked `reference_models` are always allowed: those models are not part of this repository.
"""

from collections import Counter

import pytest

ALLOWED = "reference_models"
HOW_TO_GET = "run `make test-tools`, then `make test` again"


class Skips:
    """Collects skips of the whole run, whichever worker saw them."""

    def __init__(self, *, refuse: bool) -> None:
        self.refuse = refuse
        self.reasons: Counter[tuple[str, bool]] = Counter()

    def pytest_runtest_logreport(self, report):
        if report.skipped and not hasattr(report, "wasxfail"):
            self._count(report)

    def pytest_collectreport(self, report):
        if report.skipped:
            self._count(report)

    def _count(self, report):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        self.reasons[reason.removeprefix("Skipped: "), ALLOWED in report.keywords] += 1

    @property
    def refused(self) -> bool:
        return self.refuse and any(not allowed for _, allowed in self.reasons)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        if self.refused and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if not self.reasons:
            return
        terminalreporter.section("what was skipped")
        for (reason, allowed), count in sorted(self.reasons.items()):
            note = "allowed" if allowed else HOW_TO_GET
            terminalreporter.line(f"{count} skipped: {reason} ({note})")
        if self.refused:
            terminalreporter.line("This run allows no skips: it counts as failed.")


def pytest_addoption(parser):
    parser.addoption("--no-skips", action="store_true", help="a skip fails the run, but for the marker reference_models")


def pytest_configure(config):
    config.pluginmanager.register(Skips(refuse=config.getoption("--no-skips")), "skips-report")
