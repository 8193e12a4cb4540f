"""Every setting, command, mail, topic, listener and decision is documented; every link in the documentation leads somewhere."""

import re
from pathlib import Path

import pytest
import typer

from app.cli import app
from app.settings import TABLE, environment_name, shown
from handlers import registry
from notifications.compose import read_template
from notifications.glossary import KNOWN

REFERENCE = Path("docs/reference")
PAGES = [Path("README.md"), Path("CHANGELOG.md"), *sorted(Path("docs").rglob("*.md"))]
MAILS = [*Path("processes/cn-2023/mails").glob("*.txt"), *Path("notifications/texts").glob("*.txt")]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def page(name):
    return (REFERENCE / name).read_text("utf-8")


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.name)
def test_each_setting_is_documented_with_its_default_and_help(setting):
    row = f"| `{setting.name}` | `{environment_name(setting.name)}` | `{shown(setting.default)}` | {setting.help} |"
    assert row in page("settings.md").splitlines()


def test_no_setting_is_documented_that_does_not_exist():
    assert set(re.findall(r"^\| `([a-z_]+)` \| `BENCHMARK", page("settings.md"), re.MULTILINE)) == {setting.name for setting in TABLE}


def commands():
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        yield from (f"{name} {inner}" for inner in command.commands) if hasattr(command, "commands") else [name]


@pytest.mark.parametrize("command", list(commands()))
def test_each_command_is_documented(command):
    assert re.search(rf"^\| `{command}\b", page("cli.md"), re.MULTILINE)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_each_mail_is_documented_with_its_variables(path):
    (row,) = [line for line in page("mails.md").splitlines() if line.startswith(f"| `{path.stem}` |")]
    template = read_template(name=path.stem, text=path.read_text("utf-8"))
    cells = row.split("|")
    assert set(re.findall(r"`([a-z_]+\??)`", cells[4])) == template.variables | {f"{name}?" for name in template.optional}
    assert (cells[5].strip() == "yes") is template.is_result


def test_each_variable_of_mails_is_documented():
    assert set(re.findall(r"^\| `([a-z_]+)` \| [^|]* / [^|]* \|$", page("mails.md"), re.MULTILINE)) == set(KNOWN)


@pytest.mark.parametrize("kind", ["handlers", "listeners", "jobs"])
def test_each_name_that_diagrams_call_is_documented(kind):
    documented = set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)*)`", page("handlers.md") + page("processes.md")))
    assert sorted(set(getattr(registry(), kind)) - documented) == []


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_each_link_leads_somewhere(path):
    targets = [target for target in LINK.findall(path.read_text("utf-8")) if not target.startswith(("http:", "https:", "mailto:"))]
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_library_of_the_programme_has_its_reason():
    import tomllib

    reasons = Path("docs/decisions/0002-libraries.md").read_text("utf-8").lower()
    wanted = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = [re.split(r"[\[=><]", requirement)[0].lower() for requirement in wanted]
    assert [name for name in names if f"`{name}`" not in reasons] == []


def test_each_mail_that_a_handler_names_exists():
    named = {word for path in Path("handlers").glob("*.py") for word in re.findall(r"\"(\d{2}_[a-z_]+)\"", path.read_text("utf-8"))}
    assert sorted(named - {path.stem for path in MAILS}) == []
