import socket
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller

from notifications.compose import read_template
from store.selection.mail import MailRepository

START = datetime(2023, 9, 1, 1, 0, tzinfo=UTC)
TEXT = """Subject: 【{{ season_title }}】{{ experience }}已受理
Subject-en: {{ experience }} received
Variables: experience, receipt

{{ recipient }}：
回执编号：{{ receipt }}

-- en --

Dear {{ recipient }},
receipt {{ receipt }} of {{ season_title }}.
"""


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def on(self, **span):
        self.now += timedelta(**span)


class Postbox:
    """Behaviour of the mail server: keeps what it accepted; the test tells it how to answer."""

    def __init__(self):
        self.accepted = []
        self.answer_recipient = "250 OK"
        self.answer_data = "250 OK"
        self.hang_up_after_accepting = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.answer_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_recipient

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.answer_data.startswith("250"):
            self.accepted.append((tuple(envelope.rcpt_tos), envelope.content))
        if self.hang_up_after_accepting:
            server.transport.abort()
        return self.answer_data


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def text():
    return TEXT


@pytest.fixture
def template(text):
    return read_template(name="04_submitted", text=text)


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """A real SMTP server on loopback that can be switched off and on again."""

    def __init__(self, postbox, port):
        self._postbox = postbox
        self._port = port
        self._running = None

    def start(self):
        self._running = Controller(self._postbox, hostname="127.0.0.1", port=self._port)
        self._running.start()

    def stop(self):
        if self._running is not None:
            self._running.stop()
            self._running = None


@pytest.fixture
def server(postbox, free_port):
    server = MailServer(postbox, free_port)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def rows(database):
    def read(**wanted):
        with database.read() as connection:
            return MailRepository(connection).find(**wanted)

    return read
