import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from openpyxl import Workbook
from sqlalchemy import text

from app.cli import app, main, refusal_of
from app.cli_common import house_of, settings_of
from app.cli_people import read_people
from app.cli_play import mail_server
from app.cli_serve import NotForReal, refuse_unreal
from app.clock import SystemClock
from app.wiring import DEMONSTRATION, House, Missing, database_clock, read_folder
from app.worker import catch_up
from notifications.deliver import Sweep
from selection.errors import Refused
from store import migrations
from store.database import _PRAGMAS, Database
from store.engine import queries
from store.selection.accounts import Accounts
from store.selection.mail import MailRepository
from store.selection.tokens import hashed
from web.mailed import open_link

REPOSITORY = Path.cwd()
COMMANDS = ["serve", "worker", "demo", "check", "deploy", "simulate", "tick", "doctor", "migrate", "backup", "restore", "user", "calendar"]


def commands():
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        yield from (f"{name} {inner}" for inner in command.commands) if hasattr(command, "commands") else [name]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'house.db'}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    assert main([command, "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


def test_wrong_use_is_exit_code_two(capsys):
    assert main(["serve", "--prot", "1"]) == 2
    assert "--port" in capsys.readouterr().err


def test_migrate_makes_the_schema_and_reports_as_json(url, capsys):
    assert main(["migrate", "--database", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"before": None, "after": migrations.head()}


@pytest.mark.parametrize("command", [["serve"], ["worker"], ["tick"], ["doctor"], ["calendar", "show", "2023"], ["user", "grant", "x"]])
def test_an_old_schema_is_refused_and_points_to_migrate(command, url, capsys):
    assert main([*command, "--database", url]) == 1
    assert "run_engine.py migrate" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["serve"], ["migrate"], ["doctor"], ["demo"]])
def test_a_schema_of_a_later_programme_is_refused_and_says_so(command, database, url, capsys):
    database.run(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    assert main([*command, "--database", url]) == 1
    assert "Update the programme" in plain("database.newer", capsys)


def test_backup_and_restore_by_command(url, tmp_path, capsys):
    main(["migrate", "--database", url])
    assert main(["backup", str(tmp_path / "saved"), "--database", url]) == 0
    assert main(["restore", str(tmp_path / "saved"), "--database", f"sqlite:///{tmp_path / 'other.db'}", "--json"]) == 0
    assert main(["restore", str(tmp_path / "saved"), "--database", url]) == 1
    assert "restore.full" in capsys.readouterr().err


@pytest.fixture
def server(cluster):
    """Addresses of empty databases of a server."""

    def made(name):
        cluster._sql(f"CREATE DATABASE {name}")
        names.append(name)
        return cluster.url(name)

    names = []
    yield made
    for name in names:
        cluster.drop(cluster.url(name))


@pytest.mark.postgresql
def test_the_documents_of_a_season_played_on_a_server_are_found_by_every_command(server, tmp_path, monkeypatch, capsys):
    """They lie apart from the installation's own, and nothing but the database is named to find them."""
    played, other = server("played"), server("other")
    (tmp_path / "processes").symlink_to(REPOSITORY / "processes")
    assert main(["simulate", "--applications", "1", "--database", played, "--json", "report.json"]) == 0
    assert main(["doctor", "--database", played]) == 0
    monkeypatch.chdir("/")
    assert main(["doctor", "--database", played]) == 0
    capsys.readouterr()
    assert main(["backup", str(tmp_path / "saved"), "--database", played, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"] > 0
    monkeypatch.chdir(tmp_path)
    assert main(["restore", str(tmp_path / "saved"), "--database", other]) == 0
    shutil.rmtree(tmp_path / "var/simulate")
    assert main(["doctor", "--database", other]) == 0
    assert main(["doctor", "--database", played]) == 1


def test_a_report_that_cannot_be_written_is_said_before_the_season_is_played(url, tmp_path, monkeypatch, capsys):
    (tmp_path / "processes").symlink_to(REPOSITORY / "processes")
    monkeypatch.setattr("app.cli_play.played", lambda *_, **__: pytest.fail("played"))
    assert main(["simulate", "--database", url, "--json", str(tmp_path / "nowhere" / "report.json")]) == 1
    plain("file", capsys)


@pytest.mark.parametrize(("command", "option"), [(["serve", "--port", "99999"], "--port"), (["tick", "--days", "-3"], "--days")])
def test_a_number_beyond_its_range_is_wrong_use(command, option, capsys):
    assert main(command) == 2
    assert option in capsys.readouterr().err


@pytest.mark.parametrize("command", [["invite", "nobody"], ["add", "li", "--mail", "nobody"]])
def test_a_mailbox_that_is_none_is_refused(command, database, url, capsys):
    assert main(["user", *command, "--name", "李", "--database", url]) == 1
    plain("mail.address", capsys)


def test_a_password_is_asked_only_for_an_account_that_there_is(database, url, monkeypatch, capsys):
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: pytest.fail("asked"))
    assert main(["user", "passwd", "nobody", "--database", url]) == 1
    plain("user.unknown", capsys)


def test_a_wrong_setting_is_told_not_traced(url, monkeypatch, capsys):
    monkeypatch.setenv("BENCHMARK_SMTP_HOTS", "x")
    assert main(["migrate", "--database", url]) == 1
    assert "smtp_host" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["mysql://nobody@localhost/x", "house.db", "postgresql://me@host:port/x", "sqlite://"])
def test_an_address_that_names_no_database_of_ours_is_refused(url, capsys):
    assert main(["migrate", "--database", url]) == 1
    told = capsys.readouterr().err
    assert "数据库地址应写作" in told
    assert "write sqlite:///PATH or postgresql://USER@HOST/NAME" in told


def plain(code, capsys):
    """What a command said of a refusal: its code, a line of Chinese and one of English, no trace."""
    told = capsys.readouterr().err
    first, second = told.strip().splitlines()
    assert first.startswith(code), told
    return second


@pytest.mark.parametrize("command", [["migrate"], ["serve"], ["worker"], ["demo"], ["tick"], ["doctor"], ["backup", "saved"], ["user", "grant", "x"]])
@pytest.mark.parametrize("url", ["postgresql://secretive:secret@127.0.0.1:1/x", "postgresql://me@/x?host=/nowhere"])
def test_a_server_that_does_not_answer_is_told_plainly(command, url, capsys):
    assert main([*command, "--database", url]) == 1
    assert ":secret@" not in plain("database.unreachable", capsys)
    assert not Path("saved").exists()


@pytest.mark.postgresql
def test_a_database_or_user_that_is_not_there_is_told_plainly(cluster, capsys):
    assert main(["migrate", "--database", cluster.url("nowhere")]) == 1
    assert '"nowhere" does not exist' in plain("database.unreachable", capsys)
    assert main(["migrate", "--database", cluster.url("postgres").replace("postgres@", "stranger@")]) == 1
    assert '"stranger" does not exist' in plain("database.unreachable", capsys)


@pytest.mark.postgresql
def test_a_server_that_only_reads_is_told_plainly(postgresql_url, capsys):
    only_read = f"{postgresql_url}&options=-c%20default_transaction_read_only%3Don"
    assert main(["calendar", "import", str(REPOSITORY / "processes/cn-2023/calendar-2023.toml"), "--database", only_read]) == 1
    assert "read-only transaction" in plain("database.read_only", capsys)


def test_a_file_that_is_no_database_is_told_plainly(tmp_path, capsys):
    (tmp_path / "letter.db").write_text("Dear Sir" * 500)
    assert main(["doctor", "--database", f"sqlite:///{tmp_path / 'letter.db'}"]) == 1
    assert "file is not a database" in plain("database.damaged", capsys)


def test_a_folder_in_place_of_a_database_is_told_plainly(tmp_path, capsys):
    assert main(["migrate", "--database", f"sqlite:///{tmp_path}"]) == 1
    assert "unable to open" in plain("database.path", capsys)


@pytest.mark.parametrize(("pragma", "code"), [("query_only = ON", "database.read_only"), ("max_page_count = 9", "database.full")])
def test_a_database_that_cannot_be_written_is_told_plainly(pragma, code, url, monkeypatch, capsys):
    monkeypatch.setattr("store.database._PRAGMAS", (*_PRAGMAS, pragma))
    assert main(["migrate", "--database", url]) == 1
    plain(code, capsys)


def test_a_database_that_another_programme_holds_is_told_plainly(database, url, monkeypatch, capsys):
    monkeypatch.setattr("store.database._PRAGMAS", tuple(each.replace("busy_timeout=10000", "busy_timeout=20") for each in _PRAGMAS))
    calendar = REPOSITORY / "processes/cn-2023/calendar-2023.toml"
    with database.write():
        assert main(["calendar", "import", str(calendar), "--database", url]) == 1
    assert "is locked" in plain("database.busy", capsys)


@pytest.mark.parametrize("command", [["user", "import", "nobody.xlsx"], ["calendar", "import", "never.toml"]])
def test_a_file_that_is_not_there_is_told_plainly(command, database, url, capsys):
    assert main([*command, "--database", url]) == 1
    assert "No such file" in plain("file", capsys)


@pytest.mark.parametrize(
    ("command", "name", "code"), [("user", "people.xlsx", "user.file"), ("calendar", "year.toml", "calendar.file")], ids=["user", "calendar"]
)
def test_a_file_of_another_kind_is_told_plainly(command, name, code, database, url, tmp_path, capsys):
    (tmp_path / name).write_text("Dear Sir,")
    assert main([command, "import", name, "--database", url]) == 1
    plain(code, capsys)


@pytest.mark.parametrize("wrong", ["status = 'official'", "year = 2023", "year = 2023\nstatus = 'perhaps'", "year = 2023\nstatus = 'official'\noff = ['soon']"])
def test_a_calendar_that_cannot_be_read_back_is_not_kept(wrong, database, url, tmp_path, capsys):
    (tmp_path / "year.toml").write_text(wrong)
    assert main(["calendar", "import", "year.toml", "--database", url]) == 1
    plain("season.settings", capsys)
    assert main(["calendar", "show", "2023", "--database", url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["official"] is False


def test_a_calendar_that_contradicts_another_years_is_not_kept(database, url, tmp_path, capsys):
    (tmp_path / "2023.toml").write_text("year = 2023\nstatus = 'official'\nworking = [2023-12-30]")
    (tmp_path / "2024.toml").write_text("year = 2024\nstatus = 'official'\noff = [[2023-12-30, 2024-01-01]]")
    assert main(["calendar", "import", "2023.toml", "--database", url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"year": 2023, "imported": True}
    assert main(["calendar", "import", "2024.toml", "--database", url]) == 1
    assert main(["calendar", "show", "2024", "--database", url, "--json"]) == 0
    assert "season.settings" in (said := capsys.readouterr()).err
    assert json.loads(said.out)["official"] is False


def test_a_defect_of_ours_is_told_as_a_trace():
    assert refusal_of(ZeroDivisionError("ours")) is None


KEEP_RUNNING = ["serve", "worker", "demo"]


@pytest.mark.parametrize("command", [each for each in commands() if each not in KEEP_RUNNING])
def test_every_command_that_reports_does_so_as_json_too(command, capsys):
    assert main([*command.split(), "--help"]) == 0
    assert "--json" in capsys.readouterr().out


def test_accounts_report_as_json(database, url, monkeypatch, capsys):
    def told(*command):
        assert main(["user", *command, "--database", url, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    added = told("add", "li", "--name", "李", "--group", "office_clerk@caq")
    assert (added["login"], added["groups"]) == ("li", ["office_clerk@caq"])
    assert told("grant", "li", "--group", "expert@X1") == {"login": "li", "granted": ["expert@X1"]}
    assert told("invite", "w@x.invalid", "--name", "王") == {"invited": "w@x.invalid", "groups": []}
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "a sentence I remember")
    assert told("passwd", "li") == {"login": "li", "changed": True}
    made = told("token", "li", "--name", "worker", "--days", "30")
    assert (made["name"], made["days"]) == ("worker", 30)
    assert [(each["id"], each["revoked"]) for each in told("token", "li")] == [(made["id"], "")]
    assert made["token"] not in json.dumps(told("token", "li"))
    assert told("token", "li", "--revoke", made["id"]) == {"login": "li", "revoked": made["id"]}
    assert main(["user", "token", "li", "--revoke", made["id"], "--database", url]) == 1


def test_a_demonstration_never_mails_whatever_the_settings_say(database, url, tmp_path, monkeypatch, capsys):
    database.run(lambda connection: queries.set_property(connection, DEMONSTRATION, True))
    monkeypatch.setenv("BENCHMARK_SMTP_HOST", "127.0.0.1")
    assert main(["user", "invite", "w@x.invalid", "--name", "王", "--database", url]) == 0
    assert [path.suffix for path in (tmp_path / "house-mail").iterdir()] == [".eml"]


def test_simulate_refuses_a_database_that_is_not_empty_and_says_how_to_get_one(url, tmp_path, capsys):
    (tmp_path / "processes" / "cn-2023").mkdir(parents=True)
    main(["migrate", "--database", url])
    assert main(["simulate", "--database", url]) == 1
    told = capsys.readouterr().err
    assert "simulate.full" in told
    assert f"rm -r {tmp_path / 'house.db'}*" in told


def test_simulate_never_mails_beyond_this_machine_unless_told(url, capsys):
    assert main(["simulate", "--database", url, "--smtp", "mail.example.org:25"]) == 1
    assert "--really-send" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["localhost", "localhost:smtp", ":25", "10.0.0.1:25", "[2001:db8::1]:25"])
def test_simulate_wants_a_mail_server_of_this_machine(address, url, capsys):
    assert main(["simulate", "--database", url, "--smtp", address]) == 1
    assert re.search(r"HOST:PORT|--really-send", capsys.readouterr().err)


@pytest.mark.parametrize(("address", "host"), [("localhost:25", "localhost"), ("127.0.0.2:25", "127.0.0.2"), ("[::1]:25", "::1")])
def test_a_mail_server_of_this_machine_is_taken(address, host):
    assert mail_server(address, really_send=False) == (host, 25)


def test_a_mail_server_elsewhere_is_taken_when_told():
    assert mail_server("mail.example.org:587", really_send=True) == ("mail.example.org", 587)
    assert mail_server(None, really_send=False)[0] == ""


def test_simulate_names_a_season_that_is_not_there(url, tmp_path, capsys):
    assert main(["simulate", "--database", url, "--season", "cn-1999"]) == 1
    assert "cn-1999" in capsys.readouterr().err
    assert not (tmp_path / "house.db").exists()


def house(database, clock):
    return House(settings=None, database=database, clock=clock, engine=None, registry=None, files=None, outbox=None)


@pytest.fixture
def database(url):
    database = Database(url)
    migrations.upgrade(database)
    yield database
    database.close()


def test_a_demonstration_is_not_served_as_real(database):
    database.run(lambda connection: queries.set_property(connection, DEMONSTRATION, True))
    with pytest.raises(NotForReal, match="demonstration"):
        refuse_unreal(house(database, SystemClock()), demonstration=False, manual_clock=False)
    refuse_unreal(house(database, SystemClock()), demonstration=True, manual_clock=False)


def test_a_clock_stepped_by_hand_is_remembered_and_not_served_as_real(database):
    assert isinstance(database_clock(database), SystemClock)
    database.run(lambda connection: queries.set_manual_clock(connection, datetime(2023, 8, 1, tzinfo=UTC)))
    clock = database_clock(database)
    clock.move_to(datetime(2023, 9, 1, tzinfo=UTC))
    assert database_clock(database).now() == datetime(2023, 9, 1, tzinfo=UTC)
    with pytest.raises(NotForReal, match="clock"):
        refuse_unreal(house(database, clock), demonstration=False, manual_clock=False)
    refuse_unreal(house(database, clock), demonstration=False, manual_clock=True)


def test_a_real_database_is_served(database):
    refuse_unreal(house(database, SystemClock()), demonstration=False, manual_clock=False)


def test_catching_up_goes_on_until_nothing_is_due(database):
    work = iter([100, 3, 0])
    mails = Sweep(sent=20, filed=1, put_off=2)
    engine, outbox = SimpleNamespace(work=lambda limit: next(work)), SimpleNamespace(deliver_all=lambda: mails)
    busy = SimpleNamespace(engine=engine, outbox=outbox, database=database, clock=SystemClock())
    assert catch_up(busy) == {"work": 103, "mails": 21}


def test_hidden_files_are_no_part_of_a_season(tmp_path):
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "x.json").write_text("{}")
    (tmp_path / ".swp").write_text("")
    assert read_folder(tmp_path) == {"forms/x.json": b"{}"}
    with pytest.raises(Missing):
        read_folder(tmp_path / "nowhere")


def sheet(tmp_path, *rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    return tmp_path / "people.xlsx"


def test_people_are_read_from_a_spreadsheet_with_fresh_passwords(tmp_path):
    file = sheet(
        tmp_path, ("login", "name", "mail", "groups"), ("li", "李", None, "expert@X1 group_leader@G1"), ("wang", "王", "w@x.invalid", None)
    )
    li, wang = read_people(file)
    assert (li["mail"], li["groups"], wang["groups"]) == ("", "expert@X1 group_leader@G1", "")
    assert li["password"] != wang["password"]


@pytest.mark.parametrize("rows", [[("name", "login")], [("login", "name", "mail", "groups"), ("li", "", "", "")]])
def test_a_spreadsheet_that_does_not_fit_is_refused(tmp_path, rows):
    with pytest.raises(Refused):
        list(read_people(sheet(tmp_path, *rows)))


def test_who_is_invited_by_command_gets_the_roles_with_the_link(url, tmp_path, capsys):
    main(["migrate", "--database", url])
    assert main(["user", "invite", "Clerk@example.invalid", "--name", "王一", "--group", "office_clerk@caq", "--database", url]) == 0
    database = Database(url)
    with database.read() as connection:
        (letter,) = MailRepository(connection).find()
    purpose, secret = letter.body.partition("/password/")[2].split()[0].split("/")
    now = SystemClock().now()
    house = house_of(settings_of(database=url, file=None))
    person = database.run(lambda connection: open_link(connection, house=house, digest=hashed(secret), purpose=purpose, password_hash="x", now=now))
    house.close()
    with database.read() as connection:
        account = Accounts(connection).by_id(person)
    assert (account.login, account.name, account.groups) == ("clerk@example.invalid", "王一", {"office_clerk@caq"})
    database.close()


def test_duties_that_nobody_may_join_are_refused_by_each_command_too(url, tmp_path, capsys):
    """A-03: the command line is a door like any other; of a sheet nobody is added."""
    main(["migrate", "--database", url])
    assert main(["user", "add", "li@x.invalid", "--name", "李", "--group", "auditor@caq", "--database", url]) == 0
    both = sheet(tmp_path, ("login", "name", "mail", "groups"), ("zhao", "赵", None, None), ("wang", "王", None, "auditor@caq office_clerk@caq"))
    for command in (
        ["grant", "li@x.invalid", "--group", "office_clerk@caq"],
        ["add", "wang", "--name", "王", "--group", "auditor@caq", "--group", "office_clerk@caq"],
        ["invite", "li@x.invalid", "--name", "李", "--group", "office_clerk@caq"],
        ["import", str(both)],
    ):
        assert main(["user", *command, "--database", url]) == 1
        assert "people.separation" in capsys.readouterr().err
    database = Database(url)
    with database.read() as connection:
        accounts = Accounts(connection)
        assert (accounts.logins(), accounts.by_login("li@x.invalid").groups) == (["li@x.invalid"], {"auditor@caq"})
        assert not MailRepository(connection).find()
    database.close()


def test_a_committee_is_granted_for_a_season_that_there_is(url, capsys):
    main(["migrate", "--database", url])
    assert main(["deploy", str(REPOSITORY / "processes/cn-2023"), "--database", url]) == 0
    assert main(["user", "add", "li", "--name", "李", "--database", url]) == 0
    wanted = ["user", "grant", "li", "--group", "committee_member", "--group", "expert@X1", "--database", url]
    assert main([*wanted, "--season", "cn-1999"]) != 0
    assert "cn-1999" in capsys.readouterr().err
    assert main(["user", "grant", "li", "--group", "committee_member@caq", "--database", url]) != 0
    assert main([*wanted, "--season", "cn-2023"]) == 0
    database = Database(url)
    with database.read() as connection:
        assert Accounts(connection).by_login("li").groups == {"committee_member@cn-2023", "expert@X1"}
    database.close()
