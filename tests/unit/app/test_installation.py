"""An installation as its keeper runs it: several processes at once, a backup meanwhile, restored into an empty one; what it writes is its own."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from app.cli import main

ROOT = Path(__file__).parents[3]
GUESTS = 6


@pytest.fixture
def empty_url(request, database_url, tmp_path):
    """A second database of the same kind, with nothing in it."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'restored.db'}"
        return
    cluster = request.getfixturevalue("cluster")
    cluster._sql("CREATE DATABASE restored")
    yield cluster.url("restored")
    cluster.drop(cluster.url("restored"))


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """Documents and mails of the installation in a folder of the test."""
    monkeypatch.setenv("BENCHMARK_FILES_FOLDER", str(tmp_path / "files"))
    monkeypatch.setenv("BENCHMARK_MAIL_FOLDER", str(tmp_path / "mail"))
    monkeypatch.setenv("BENCHMARK_WORKER_PAUSE", "1 s")
    return tmp_path


def command(*words):
    return [sys.executable, str(ROOT / "run_engine.py"), *words]


@pytest.fixture
def begin():
    """Start a command that keeps running; all are ended as an operator ends them."""
    running = []

    def start(*words):
        running.append(subprocess.Popen(command(*words), cwd=ROOT, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for each in running:
        if each.poll() is None:
            each.kill()
            each.communicate()


def answers(url, *, patience):
    """Whether the page comes, as soon as somebody listens."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own loopback server
                return answer.status == 200
        except urllib.error.URLError as refused:
            if not isinstance(refused.reason, ConnectionRefusedError):
                raise
    return False


def test_several_processes_share_the_work_and_a_backup_of_meanwhile_comes_back_whole(begin, at_home, database_url, empty_url, capsys):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert main(["deploy", str(ROOT / "processes/cn-2023"), "--database", database_url]) == 0
    processes = [begin("serve", "--database", database_url, "--port", str(port)), *(begin("worker", "--database", database_url) for _ in range(2))]
    assert answers(f"http://127.0.0.1:{port}/login", patience=300), processes[0].poll()
    for worker in processes[1:]:
        assert "started" in worker.stderr.readline()
    for number in range(GUESTS):
        assert main(["user", "invite", f"guest{number}@x.invalid", "--name", "客人", "--database", database_url]) == 0
    saved = str(at_home / "saved")
    assert main(["backup", saved, "--database", database_url]) == 0
    for each in processes:
        each.send_signal(signal.SIGTERM)
    for each in processes:
        assert "Traceback" not in each.communicate(timeout=120)[1]
    mails = list((at_home / "mail").glob("*.eml")) or list(at_home.glob("*mail/*.eml"))
    assert len(mails) == GUESTS
    os.environ["BENCHMARK_FILES_FOLDER"] = str(at_home / "restored-files")  # undone with `at_home`
    assert main(["restore", saved, "--database", empty_url]) == 0
    for url in (database_url, empty_url):
        assert main(["doctor", "--database", url]) == 0
    capsys.readouterr()


def test_what_the_programme_writes_only_its_own_user_reads(tmp_path):
    url = f"sqlite:///{tmp_path / 'own' / 'house.db'}"
    for words in (["migrate"], ["backup", str(tmp_path / "saved")]):
        subprocess.run(command(*words, "--database", url), cwd=ROOT, check=True, capture_output=True)
    written = [path for folder in ("own", "saved") for path in (tmp_path / folder, *(tmp_path / folder).rglob("*"))]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in written} == {0}
    assert any(path.name == "house.db" for path in written)
