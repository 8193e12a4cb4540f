"""Sends what the outbox holds, after the commit, and writes down what became of it. Queues and renders nothing.

A mail is leased for a try, tried outside any transaction, and settled in a transaction of its own right after the server's answer.
Between the final dot and that commit a crash leads to a second try with the same Message-ID: never a loss, at most a recognisable
duplicate (RFC 5321 §6.1).
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import aiosmtplib
from sqlalchemy import Connection

from notifications.errors import MailUnsendable
from notifications.letter import letter
from selection.errors import HouseError
from store.selection.mail import Mail, MailRepository

LOG = logging.getLogger(__name__)
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321 §4.5.4.1: at least four to five days
JITTER = 0.2
PERMANENT = 500


class Transactions(Protocol):
    """What delivery needs of the database."""

    def write(self) -> AbstractContextManager[Connection]:
        """A connection inside a writing transaction."""


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """How to reach the mail server. `tls`: "none", "starttls" or "tls"; `timeout` in seconds for each answer."""

    host: str
    port: int = 25
    username: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"
    timeout: float = 20.0


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What one sweep did: mails sent, filed, put off, given up."""

    sent: int = 0
    filed: int = 0
    put_off: int = 0
    dead: int = 0

    def plus(self, state: str) -> Sweep:
        """This sweep with one more mail that ended in `state`."""
        name = {"new": "put_off"}.get(state, state)
        return Sweep(**{**vars(self), name: getattr(self, name) + 1})

    def __add__(self, other: Sweep) -> Sweep:
        """Two sweeps as one."""
        return Sweep(**{name: count + getattr(other, name) for name, count in vars(self).items()})


class Deliverer:
    """Takes due mails from the outbox and brings them to the mail server, or into a folder as .eml files when no server is set."""

    def __init__(
        self,
        *,
        database: Transactions,
        sender: str,
        sender_name: str,
        folder: Path,
        clock: Callable[[], datetime],
        smtp: Smtp | None = None,
        batch: int = 20,
        chance: random.Random | None = None,
    ) -> None:
        """In: `sender` address and name; `folder` for .eml files; `clock` gives aware UTC now; `batch`, mails leased at once."""
        self._database = database
        self._sender = sender
        self._sender_name = sender_name
        self._folder = folder
        self._clock = clock
        self._smtp = smtp
        self._batch = batch
        self._chance = chance or random.Random()  # noqa: S311 - jitter, not a secret

    def deliver_due(self) -> Sweep:
        """Try one batch of due mails. Never raises for a mail: what went wrong stands in its row."""
        # One mail takes at most four answers of the server; half the lease is kept in hand for the last one begun.
        lease = timedelta(seconds=(self._smtp.timeout if self._smtp else 10) * 8)
        with self._database.write() as connection:
            rows = MailRepository(connection).claim(now=self._clock(), lease=lease, limit=self._batch)
        if not rows:
            return Sweep()
        if self._smtp is None:
            return self._file(rows)
        return asyncio.run(self._send(rows, self._smtp, lease))

    def deliver_all(self) -> Sweep:
        """Try batch after batch until no due mail can be brought out any more. Out: all batches together."""
        whole = sweep = self.deliver_due()
        while sweep.sent + sweep.filed + sweep.dead > 0:
            sweep = self.deliver_due()
            whole = whole + sweep
        return whole

    def _file(self, rows: Sequence[Mail]) -> Sweep:
        """Write a batch, then settle it at once: a crash between only writes the same files again."""
        self._folder.mkdir(parents=True, exist_ok=True)
        sweep = Sweep()
        written: list[Mail] = []
        for row in rows:
            try:
                _write_durably(self._folder / f"{row.id}.eml", self._message(row))
                written.append(row)
            except HouseError as unsendable:
                sweep = sweep.plus(self._note(row, unsendable))
        with self._database.write() as connection:
            for row in written:
                MailRepository(connection).settle(row, state="filed", sent_at=self._clock())
        return sweep + Sweep(filed=len(written))

    async def _send(self, rows: Sequence[Mail], smtp: Smtp, lease: timedelta) -> Sweep:
        sweep = Sweep()
        started = self._clock()
        client: aiosmtplib.SMTP | None = None
        unreachable = ""
        for row in rows:
            if self._clock() - started > lease / 2:  # the rest would outlive its lease: the next sweep takes it
                self._settle(row, state="new", due_at=self._clock())
                continue
            error: Exception | str | None = unreachable
            if not unreachable:
                try:
                    client = client if client is not None and client.is_connected else await _connect(smtp)
                    await self._send_one(client, row)
                    error = None
                except aiosmtplib.SMTPConnectError as refused:  # one unreachable server: do not knock once per mail
                    error = unreachable = str(refused)
                except (aiosmtplib.SMTPException, OSError, TimeoutError, HouseError) as refused:
                    error = refused
                    await _leave(client)
                    client = None
            sweep = sweep.plus(self._note(row, error))
        await _leave(client)
        return sweep

    async def _send_one(self, client: aiosmtplib.SMTP, row: Mail) -> None:
        await client.sendmail(self._sender, [row.address], self._message(row))

    def _message(self, row: Mail) -> bytes:
        try:
            return letter(row, sender=self._sender, sender_name=self._sender_name).as_bytes()
        except ValueError as error:  # what a header cannot carry, or an encoding
            raise MailUnsendable(row.id, str(error)) from error

    def _note(self, row: Mail, error: Exception | str | None) -> str:
        now = self._clock()
        if error is None:
            self._settle(row, state="sent", sent_at=now)
            return "sent"
        text = (str(error) or type(error).__name__)[:500]
        tried_since = row.first_attempt_at or now
        if is_permanent(error) or now - tried_since >= GIVE_UP_AFTER:
            LOG.error("mail %s given up: %s", row.id, text)
            self._settle(row, state="dead", error=text)
            return "dead"
        self._settle(row, state="new", error=text, due_at=now + self._delay(row.attempt))
        return "new"

    def _delay(self, attempt: int) -> timedelta:
        doublings = min(max(attempt - 1, 0), 10)
        return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY) * self._chance.uniform(1 - JITTER, 1 + JITTER)

    def _settle(self, row: Mail, *, state: str, error: str = "", due_at: datetime | None = None, sent_at: datetime | None = None) -> None:
        with self._database.write() as connection:
            if not MailRepository(connection).settle(row, state=state, error=error, due_at=due_at, sent_at=sent_at):
                LOG.warning("mail %s: attempt %s was overtaken by a later one", row.id, row.attempt)


def is_permanent(error: Exception | str) -> bool:
    """Whether the server refused this mail for good (an answer 5xx to this recipient, sender or text; not to our greeting or login)."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refused.code >= PERMANENT for refused in error.recipients)
    if isinstance(error, (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPHeloError, aiosmtplib.SMTPConnectError)):
        return False
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code >= PERMANENT
    return isinstance(error, HouseError)


async def _connect(smtp: Smtp) -> aiosmtplib.SMTP:
    client = aiosmtplib.SMTP(
        hostname=smtp.host,
        port=smtp.port,
        timeout=smtp.timeout,
        use_tls=smtp.tls == "tls",
        start_tls=smtp.tls == "starttls",
        username=smtp.username or None,
        password=smtp.password or None,
    )
    await client.connect()
    return client


async def _leave(client: aiosmtplib.SMTP | None) -> None:
    if client is not None and client.is_connected:
        try:
            await client.quit()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            client.close()


def _write_durably(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".part")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
