"""The command line: one typer application made of the commands of each subject. Refusals are said in Chinese and English, never as a trace.

Exit codes: 0 done, 1 refused or faults found (the text says what to do), 2 wrong use of a command, 130 interrupted.
"""

from __future__ import annotations

import typer
from rich.markup import escape

from app import cli_calendar, cli_data, cli_people, cli_play, cli_season, cli_serve
from app.cli_common import SAY, close_databases
from engine.errors import EngineError
from selection.errors import HouseError
from store.trouble import DatabaseRefused, trouble

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
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        SAY.print(f"[bold red]{refusal.code}[/]  {escape(refusal.zh)}", highlight=False)
        SAY.print(refusal.en, highlight=False, markup=False)
        return 1
    finally:
        close_databases()
    return 0


def refusal_of(error: Exception) -> HouseError | EngineError | DatabaseRefused | None:
    """What can be said plainly of an error: a refusal, a database that cannot be used, a file that cannot be. None: a defect of ours, told as a trace."""
    if isinstance(error, (HouseError, EngineError, DatabaseRefused)):
        return error
    if isinstance(error, OSError):
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return HouseError("file", zh=f"无法读写文件（{said}）：请检查路径、权限和磁盘空间", en=f"{said}; look at path, rights and free space")
    return trouble(error)
