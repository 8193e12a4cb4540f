"""A port that is in use is said plainly, with one that is free."""

import re
import socket
from dataclasses import replace

import pytest

from app.cli_serve import AddressUnusable, PortTaken, refuse_taken
from app.settings import Settings


def settings(port):
    return replace(Settings.load(environment={}), web_host="127.0.0.1", web_port=port)


def test_a_port_in_use_is_refused_and_another_one_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(PortTaken, match="in use") as refusal:
            refuse_taken(settings(taken))
        free = int(re.search(r"--port (\d+)", refusal.value.zh)[1])
        assert free != taken
        refuse_taken(settings(free))


def test_an_address_that_is_not_this_machines_is_refused():
    with pytest.raises(AddressUnusable, match="--host takes an address of this machine"):
        refuse_taken(replace(settings(8000), web_host="192.0.2.1"))
