"""What `serve` needs when nobody asks anything, and how soon it answers after a second start; a real server for the other measurements."""

import secrets
import socket
import subprocess
import sys
import time
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self

from app.settings import Settings, environment_name
from app.wiring import House, build
from benchmarks.season import MidSeason
from store.selection.accounts import Accounts
from store.selection.tokens import hashed
from web.visitors import SESSION_COOKIE, token_for

PATIENCE = 30.0  # seconds


class Server:
    """`run_engine.py serve` in a process of its own, on a free port of loopback, until the block ends."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.house: House = build(settings)
        self.port = free_port()
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.seconds = 0.0  # from the start of the process to the first page

    def __enter__(self) -> Self:
        """Start it and wait for its first page."""
        places = {"database_url": self.settings.database_url, "files_folder": self.settings.files_folder, "mail_folder": self.settings.mail_folder}  # fmt: skip
        environment = {environment_name(name): str(value) for name, value in places.items()}
        began = time.perf_counter()
        command = [sys.executable, "run_engine.py", "serve", "--manual-clock", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command line
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - began > PATIENCE:
                self.__exit__(None, None, None)
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        self.seconds = time.perf_counter() - began
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)
        self.connection.close()
        self.house.close()

    def get(self, path: str, *, cookie: str = "") -> int:
        """Ask for a page; the status."""
        self.connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def memory(self) -> float:
        """The resident memory in MB (1,000,000 bytes)."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text("ascii").splitlines()
        (line,) = [line for line in lines if line.startswith("VmRSS:")]
        return int(line.split()[1]) * 1024 / 1e6

    def _answers(self) -> bool:
        try:
            return self.get("/") < 400  # noqa: PLR2004 - a page or the way to one
        except OSError:
            self.connection.close()
            return False


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sign_in(house: House, *, person: str) -> tuple[str, str]:
    """Open a session for a person; the cookie and the token that forms carry."""
    secret, now = secrets.token_urlsafe(32), house.clock.now()
    house.database.run(
        lambda connection: Accounts(connection).add_session(digest=hashed(secret), person=person, at=now, expires=now + timedelta(hours=1))
    )
    return f"{SESSION_COOKIE}={secret}", token_for(secret)


def serve(season: MidSeason) -> dict[str, float]:
    """Start it twice on the same data; the second start counts, then it rests a moment."""
    settings = season.copy("serve")
    with Server(settings):
        pass
    with Server(settings) as server:
        time.sleep(2)
        return {"serve_start": server.seconds, "serve_memory": server.memory()}
