"""A real season folder goes through the real wiring into a real database."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest

from app.check import FolderRefused
from app.clock import SystemClock
from app.letters import Letters
from app.season import deploy, deploy_files
from app.settings import Settings
from app.wiring import build, open_database, read_folder
from engine.contract import SYSTEM
from notifications.compose import Template
from selection.calendar import local_day
from selection.deadlines import last_day
from store import migrations
from store.engine import queries
from store.selection.facts import Facts

SEASON = Path("processes/cn-2023")
ROOT = Path.cwd()


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    made = Settings.load(
        environment={}, database_url=f"sqlite:///{folder / 'house.db'}", files_folder=folder / "files", mail_folder=folder / "mail"
    )
    database = open_database(made)
    migrations.upgrade(database)
    database.close()
    return made


@pytest.fixture(scope="module")
def house(settings):
    house = build(settings)
    deploy(house, SEASON)
    yield house
    house.close()


def test_a_new_season_brings_its_deadlines_units_and_calendars(house):
    with house.database.read() as connection:
        facts = Facts(connection)
        assert len(facts.people.units("cn-2023")) == 48
        assert facts.calendar.season("cn-2023").title == "2023年全国质量标杆"
        assert facts.calendar.deadline(season="cn-2023", name="申报截止").isoformat() == "2023-09-15T16:00:00+00:00"
        assert facts.calendar.calendar().is_official(2023)


def test_the_same_folder_is_the_same_version(house):
    again = deploy(house, SEASON)
    assert (again.number, again.created) == (1, False)


def test_where_deadlines_roll_over_a_day_off_gives_way_to_the_next_working_day(house):
    """单位受理截止 10 September and 视频提交 24 December 2023 are Sundays, 归档 is put on National Day; a beginning stays on its Saturday."""
    files, found = read_folder(SEASON), {}
    text = files["season.toml"].decode().replace("day = 2024-12-31", "day = 2024-10-01")
    text = text.replace('applications open", day = 2023-08-01', 'applications open", day = 2023-08-05')
    for said in ("false", "true"):
        name = f"cn-2023-rolls-{said}"
        own = text.replace('id = "cn-2023"', f'id = "{name}"').replace("roll_over_if_holiday = false", f"roll_over_if_holiday = {said}")
        deploy_files(house, files | {"season.toml": own.encode()}, name=name)
        with house.database.read() as connection:
            live = queries.deadlines(connection, tenant=name)
        ends = [last_day(live[each]).isoformat() for each in ("单位受理截止", "视频提交", "归档")]
        found[said] = [*ends, local_day(live["申报开始"]).isoformat()]
    assert found == {
        "false": ["2023-09-10", "2023-12-24", "2024-10-01", "2023-08-05"],
        "true": ["2023-09-11", "2023-12-25", "2024-10-08", "2023-08-05"],
    }


def test_what_check_names_is_not_deployed(house):
    files = read_folder(SEASON)
    wrong = files | {"apply.bpmn": files["apply.bpmn"].replace(b'camunda:topic="notify"', b'camunda:topic="notfy"')}
    faults = house.faults(wrong)
    assert {fault.code for fault in faults} == {"unknown.topic"}
    with pytest.raises(FolderRefused) as refusal:
        deploy_files(house, wrong, name="cn-2023")
    assert refusal.value.faults == faults
    assert faults[0].zh in refusal.value.zh
    with house.database.read() as connection:
        assert len(queries.versions(connection, name="cn-2023")) == 1


def test_a_second_deployment_never_takes_back_what_lives(house):
    with house.database.read() as connection:
        planned = Facts(connection).calendar.deadline(season="cn-2023", name="评分截止")
    later = planned + timedelta(days=3)
    house.engine.set_deadline(tenant="cn-2023", name="评分截止", at=later, reason="专家出差", actor=SYSTEM)
    deploy(house, SEASON)
    with house.database.read() as connection:
        assert Facts(connection).calendar.deadline(season="cn-2023", name="评分截止") == later


def test_letters_are_those_of_the_deployed_version(house):
    with house.database.read() as connection:
        letters = Letters(connection).of("cn-2023", version=1)
        assert isinstance(letters["04_submitted"], Template)
        assert "41_system" in letters
        with pytest.raises(KeyError):
            letters["99_nothing"]


def test_a_case_is_written_to_in_the_words_of_its_own_version(settings):
    """Another season, and a later version of the same one, have words of their own; outside a process the newest count."""
    house = build(settings)
    files = read_folder(SEASON)
    letter = files["mails/04_submitted.txt"]

    def deployed(name, word):
        changed = {"mails/04_submitted.txt": letter.replace(b"Subject: ", f"Subject: {word}".encode())}
        if name != "cn-2023":
            changed["season.toml"] = files["season.toml"].replace(b'id = "cn-2023"', f'id = "{name}"'.encode())
        return deploy_files(house, files | changed, name=name).number

    deploy(house, SEASON)
    later, other = deployed("cn-2023", "更正后的"), deployed("cn-2029", "下一年的")
    with house.database.read() as connection:
        letters = Letters(connection)
        subjects = [letters.of(season, version=number)["04_submitted"].subjects["zh"][:4] for season, number in
                    (("cn-2023", 1), ("cn-2023", later), ("cn-2023", 0), ("cn-2029", other))]  # fmt: skip
    house.close()
    assert "更正后的" not in subjects[0]
    assert "下一年的" not in subjects[0]
    assert subjects[1:] == ["更正后的", "更正后的", "下一年的"]


def test_before_the_first_deployment_there_are_the_letters_of_the_house(tmp_path):
    database = open_database(Settings.load(environment={}, database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
    migrations.upgrade(database)
    with database.read() as connection:
        public = ["01_notice_public", "32_publicity_ended_public", "32_publicity_last_day_public"]
        moments = ["28_defence_eve", "30_minutes_signed", "32_publicity_ends_today", "39_exchange_reminder"]
        assert sorted(Letters(connection).of("cn-2023")) == sorted([*public, *moments, "04_contact", "41_system"])
    database.close()


def test_the_real_house_runs_on_the_system_clock_and_is_no_demonstration(house):
    assert isinstance(house.clock, SystemClock)
    assert not house.is_demonstration
    with house.database.read() as connection:
        assert queries.manual_clock(connection) is None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_serve_answers_within_seconds_and_ends_when_told(house, settings, tmp_path):
    port = free_port()
    command = [sys.executable, str(ROOT / "run_engine.py"), "serve", "--database", settings.database_url, "--port", str(port)]
    environment = {"PATH": "", "BENCHMARK_FILES_FOLDER": str(tmp_path / "files"), "BENCHMARK_MAIL_FOLDER": str(tmp_path / "mail")}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        assert answer(f"http://127.0.0.1:{port}/login", patience=30) == 200
    finally:
        server.terminate()
        _, said = server.communicate(timeout=30)
    assert f"http://127.0.0.1:{port}/".encode() in said
    assert b"Traceback" not in said


def answer(url, *, patience):
    """Status of the page as soon as the server listens (refused connections only mean: not yet)."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            return urllib.request.urlopen(url, timeout=10).status  # noqa: S310 - our own loopback server
        except urllib.error.URLError as refused:
            if not isinstance(refused.reason, ConnectionRefusedError):
                raise
    return None


def test_check_and_doctor_are_clean_by_command(settings, house, capsys, monkeypatch):
    monkeypatch.setenv("BENCHMARK_FILES_FOLDER", str(settings.files_folder))
    from app.cli import main

    assert main(["check", "processes/cn-2023", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["doctor", "--database", settings.database_url, "--json"]) == 0
