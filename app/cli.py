"""The command line: one typer application made of the commands of each subject. Refusals are said in Chinese and English, never as a trace.

Exit codes: 0 done, 1 refused or faults found (the text says what to do), 2 wrong use of a command, 130 interrupted.
"""

from __future__ import annotations

import typer

from app import cli_calendar, cli_data, cli_people, cli_play, cli_season, cli_serve
from app.cli_common import SAY
from engine.errors import EngineError
from selection.errors import HouseError
from store.database import DatabaseRefused

app = typer.Typer(
    name="run_engine.py",
    help="全国质量标杆遴选 · runs the National Quality Benchmark selection on BPMN diagrams.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for room in (cli_serve, cli_season, cli_play, cli_data):
    room.register(app)
app.add_typer(cli_people.people, name="user")
app.add_typer(cli_calendar.calendar, name="calendar")


def main(arguments: list[str] | None = None) -> int:
    """Run one command. In: the arguments, default those of the process. Out: the exit code."""
    try:
        app(args=arguments)
    except (HouseError, EngineError) as refused:
        SAY.print(f"[bold red]{refused.code}[/]  {refused.zh}", highlight=False)
        SAY.print(refused.en, highlight=False, markup=False)
        return 1
    except DatabaseRefused as refused:
        SAY.print(str(refused), highlight=False, markup=False)
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return 130
    return 0
