import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from openpyxl import Workbook

from app.cli import main
from app.cli_people import read_people
from app.cli_play import mail_server
from app.cli_serve import NotForReal, refuse_unreal
from app.clock import SystemClock
from app.wiring import DEMONSTRATION, House, Missing, database_clock, read_folder
from app.worker import catch_up
from notifications.deliver import Sweep
from selection.errors import Refused
from store import migrations
from store.database import Database
from store.engine import queries

COMMANDS = ["serve", "worker", "demo", "check", "deploy", "simulate", "tick", "doctor", "migrate", "backup", "restore", "user", "calendar"]


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


def test_backup_and_restore_by_command(url, tmp_path, capsys):
    main(["migrate", "--database", url])
    assert main(["backup", str(tmp_path / "saved"), "--database", url]) == 0
    assert main(["restore", str(tmp_path / "saved"), "--database", f"sqlite:///{tmp_path / 'other.db'}", "--json"]) == 0
    assert main(["restore", str(tmp_path / "saved"), "--database", url]) == 1
    assert "restore.full" in capsys.readouterr().err


def test_a_wrong_setting_is_told_not_traced(url, monkeypatch, capsys):
    monkeypatch.setenv("BENCHMARK_SMTP_HOTS", "x")
    assert main(["migrate", "--database", url]) == 1
    assert "smtp_host" in capsys.readouterr().err


def test_another_database_product_is_refused(capsys):
    assert main(["migrate", "--database", "mysql://nobody@localhost/x"]) == 1


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


def test_catching_up_goes_on_until_nothing_is_due():
    work = iter([100, 3, 0])
    mails = Sweep(sent=20, filed=1, put_off=2)
    busy = SimpleNamespace(engine=SimpleNamespace(work=lambda limit: next(work)), outbox=SimpleNamespace(deliver_all=lambda: mails))
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
