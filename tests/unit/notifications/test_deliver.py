import random
import socketserver
import subprocess
import sys
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as policy
from itertools import pairwise
from threading import Thread

import pytest
from sqlalchemy import update

from notifications.deliver import GIVE_UP_AFTER, Deliverer, Smtp, Sweep
from notifications.outbox import Recipient, queue
from store.selection.mail import MailRepository, mail

VALUES = {"season_title": "2023年全国质量标杆", "experience": "精益管理的经验", "receipt": "R-1"}


@pytest.fixture
def fill(database, template, clock):
    def put(number):
        with database.write() as connection:
            for each in range(number):
                queue(
                    MailRepository(connection),
                    template=template,
                    recipient=Recipient(id=f"E{each}", name=f"第{each}公司", address=f"a@e{each}.invalid"),
                    values=VALUES,
                    dedupe="once",
                    now=clock(),
                    tenant="cn-2023",
                )

    return put


@pytest.fixture
def deliverer(database, clock, tmp_path, free_port):
    return Deliverer(
        database=database,
        sender="qmb@caq.invalid",
        sender_name="全国质量标杆工作办公室",
        folder=tmp_path / "mail",
        clock=clock,
        smtp=Smtp(host="127.0.0.1", port=free_port, tls="none", timeout=2),
        chance=random.Random(1),
    )


def message_ids(postbox):
    return [message_from_bytes(content, policy=policy)["Message-ID"] for _, content in postbox.accepted]


def test_a_due_mail_reaches_the_server_with_one_recipient(fill, deliverer, postbox, server, rows):
    fill(3)
    assert deliverer.deliver_due() == Sweep(sent=3)
    assert deliverer.deliver_due() == Sweep()
    assert all(len(recipients) == 1 for recipients, _ in postbox.accepted)
    message = message_from_bytes(postbox.accepted[0][1], policy=policy)
    assert message["Subject"] == "【2023年全国质量标杆】精益管理的经验已受理"
    assert "回执编号：R-1" in message.get_content()
    assert {row.state for row in rows()} == {"sent"}
    assert sorted(message_ids(postbox)) == sorted(row.message_id for row in rows())


def test_an_outage_loses_nothing_and_the_delay_grows_to_an_hour(fill, deliverer, database, clock, rows, free_port, postbox):
    fill(2)
    delays = []
    for _ in range(12):
        assert deliverer.deliver_due() == Sweep(put_off=2)
        with database.read() as connection:
            due = MailRepository(connection).next_due()
        delays.append((due - clock()).total_seconds())
        clock.now = max(row.due_at for row in rows())
    assert 48 <= delays[0] <= 72
    assert delays == sorted(delays) or max(delays[6:]) <= 4320
    assert 2880 <= delays[-1] <= 4320
    assert all(row.error for row in rows())


def test_after_an_outage_everything_is_sent(fill, deliverer, clock, server, postbox, rows):
    fill(2)
    server.stop()
    assert deliverer.deliver_due() == Sweep(put_off=2)
    server.start()
    assert deliverer.deliver_due() == Sweep()
    clock.on(minutes=2)
    assert deliverer.deliver_due() == Sweep(sent=2)
    assert len(postbox.accepted) == 2


def test_after_five_days_a_mail_is_given_up_visibly_and_can_be_sent_again(fill, deliverer, database, clock, rows, server, postbox):
    fill(1)
    server.stop()
    deliverer.deliver_due()
    clock.on(days=4, hours=23)
    assert deliverer.deliver_due() == Sweep(put_off=1)
    clock.on(hours=2)
    assert deliverer.deliver_due() == Sweep(dead=1)
    (row,) = rows(state="dead")
    assert row.error
    with database.write() as connection:
        assert MailRepository(connection).send_again(row.id, now=clock())
    server.start()
    assert deliverer.deliver_due() == Sweep(sent=1)
    assert message_ids(postbox) == [row.message_id]


def test_five_days_count_from_the_first_try_not_from_queueing(fill, deliverer, clock):
    fill(1)
    clock.on(seconds=GIVE_UP_AFTER.total_seconds() * 2)
    assert deliverer.deliver_due() == Sweep(put_off=1)


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(fill, deliverer, clock, server, postbox, rows):
    fill(1)
    postbox.answer_recipient = "451 greylisted, come back"
    assert deliverer.deliver_due() == Sweep(put_off=1)
    postbox.answer_recipient = "250 OK"
    postbox.answer_data = "452 disk full"
    clock.on(hours=1)
    assert deliverer.deliver_due() == Sweep(put_off=1)
    postbox.answer_recipient = "550 no such user"
    clock.on(hours=2)
    assert deliverer.deliver_due() == Sweep(dead=1)
    assert "550" in rows()[0].error


def test_one_refused_mail_does_not_stop_the_others(fill, deliverer, postbox, server, rows):
    fill(3)

    async def refuse_the_second(server, session, envelope, address, options):
        if address == "a@e1.invalid":
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    postbox.handle_RCPT = refuse_the_second
    assert deliverer.deliver_due() == Sweep(sent=2, dead=1)
    assert [row.address for row in rows(state="dead")] == ["a@e1.invalid"]


def test_a_lost_answer_leads_to_a_duplicate_with_the_same_message_id_never_to_a_loss(fill, deliverer, clock, server, postbox, rows):
    fill(1)
    postbox.hang_up_after_accepting = True
    assert deliverer.deliver_due() == Sweep(put_off=1)
    postbox.hang_up_after_accepting = False
    clock.on(minutes=2)
    assert deliverer.deliver_due() == Sweep(sent=1)
    assert len(postbox.accepted) == 2
    assert set(message_ids(postbox)) == {rows()[0].message_id}
    assert postbox.accepted[0][1] == postbox.accepted[1][1]


KILLED = """
import os, sys
from datetime import datetime
from pathlib import Path
from notifications.deliver import Deliverer, Smtp
from store.database import Database

class Killed(Deliverer):
    def _note(self, row, error):
        assert error is None, error
        os.kill(os.getpid(), 9)      # the server has answered 250, the row still says "sending"

url, port, now, folder = sys.argv[1:]
now = datetime.fromisoformat(now)
Killed(database=Database(url), sender="qmb@caq.invalid", sender_name="办公室", folder=Path(folder), clock=lambda: now,
       smtp=Smtp(host="127.0.0.1", port=int(port), tls="none", timeout=2)).deliver_due()
"""


def test_a_kill_between_the_final_dot_and_the_commit_loses_nothing(
    fill, deliverer, database, clock, server, postbox, rows, free_port, tmp_path
):
    fill(1)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, database.url, str(free_port), clock().isoformat(), str(tmp_path)], check=False, timeout=60
    )
    assert killed.returncode == -9
    assert [row.state for row in rows()] == ["sending"]
    assert deliverer.deliver_due() == Sweep()  # the lease still protects it
    clock.on(minutes=5)
    assert deliverer.deliver_due() == Sweep(sent=1)
    assert len(rows()) == 1
    assert len(set(message_ids(postbox))) == 1
    assert len(postbox.accepted) == 2


def test_a_late_answer_of_an_overtaken_try_writes_nothing(fill, database, clock, rows):
    fill(1)
    lease = timedelta(seconds=10)
    with database.write() as connection:
        (slow,) = MailRepository(connection).claim(now=clock(), lease=lease, limit=5)
    clock.on(seconds=11)
    with database.write() as connection:
        mails = MailRepository(connection)
        (quick,) = mails.claim(now=clock(), lease=lease, limit=5)
        assert mails.settle(quick, state="sent", sent_at=clock())
        assert not mails.settle(slow, state="new", error="late", due_at=clock())
    assert (rows()[0].state, rows()[0].attempt) == ("sent", 2)


def test_a_mail_that_cannot_be_made_is_given_up_and_stops_no_other(fill, deliverer, database, clock, server, postbox, rows, tmp_path):
    fill(3)
    with database.write() as connection:
        connection.execute(update(mail).where(mail.c.address == "a@e1.invalid").values(subject="two\r\nBcc: everybody@x.invalid"))
        connection.execute(update(mail).where(mail.c.address == "a@e2.invalid").values(address="a@e2.invalid, b@e2.invalid"))
    assert deliverer.deliver_due() == Sweep(sent=1, dead=2)
    assert [recipients for recipients, _ in postbox.accepted] == [("a@e0.invalid",)]
    filing = Deliverer(database=database, sender="qmb@caq.invalid", sender_name="办公室", folder=tmp_path / "mail", clock=clock)
    with database.write() as connection:
        for row in rows():
            MailRepository(connection).send_again(row.id, now=clock())
    assert filing.deliver_due() == Sweep(dead=2)
    assert all(row.error for row in rows(state="dead"))


def test_all_that_is_due_goes_out_batch_by_batch_and_the_rest_is_left(fill, deliverer, clock, server, postbox):
    fill(45)

    async def refuse_some(server, session, envelope, address, options):
        if address == "a@e7.invalid":
            return "451 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    postbox.handle_RCPT = refuse_some
    assert deliverer.deliver_all() == Sweep(sent=44, put_off=1)
    assert deliverer.deliver_all() == Sweep()


def test_without_a_mail_server_mails_become_files_that_stay_readable(fill, database, clock, tmp_path, rows):
    fill(2)
    filing = Deliverer(database=database, sender="qmb@caq.invalid", sender_name="办公室", folder=tmp_path / "mail", clock=clock)
    assert filing.deliver_due() == Sweep(filed=2)
    assert filing.deliver_due() == Sweep()
    for row in rows(state="filed"):
        message = message_from_bytes((tmp_path / "mail" / f"{row.id}.eml").read_bytes(), policy=policy)
        assert message["Message-ID"] == row.message_id
        assert "回执编号：R-1" in message.get_content()
    assert not list((tmp_path / "mail").glob("*.part"))


class Rude(socketserver.StreamRequestHandler):
    """A mail server with moods; what it has said 250 to is accepted."""

    def handle(self):
        server = self.server
        if server.mood == "no greeting":
            self.rfile.read()  # until the other side gives up
            return
        self.say("220 rude")
        for line in self.rfile:
            word = line.strip().upper()
            if word == b"DATA":
                self.say("354 go on")
                if not self.take(server):
                    return
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 OK")

    def take(self, server):
        if server.mood == "breaks off in the text":
            self.rfile.readline()
            return False
        content = b"".join(iter(self.rfile.readline, b".\r\n"))
        if server.mood == "no answer to the final dot":
            self.rfile.read()
            return False
        server.accepted.append(content)
        self.say("250 OK")
        return True

    def say(self, answer):
        self.wfile.write(f"{answer}\r\n".encode())


class RudeServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def __init__(self, port):
        self.mood, self.accepted = "", []
        super().__init__(("127.0.0.1", port), Rude)


@pytest.fixture
def rude(free_port):
    with RudeServer(free_port) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("mood", ["no greeting", "breaks off in the text", "no answer to the final dot"])
def test_a_server_that_hangs_or_breaks_off_is_tried_again_and_takes_each_mail_once_when_it_recovers(
    fill, deliverer, clock, rude, rows, mood
):
    fill(2)
    rude.mood = mood
    assert deliverer.deliver_due() == Sweep(put_off=2)
    assert [(row.state, bool(row.error)) for row in rows()] == [("new", True)] * 2
    assert deliverer.deliver_due() == Sweep()  # not at once
    rude.mood = ""
    clock.on(hours=1)
    assert deliverer.deliver_all() == Sweep(sent=2)
    found = [message_from_bytes(content, policy=policy)["Message-ID"] for content in rude.accepted]
    assert sorted(found) == sorted(row.message_id for row in rows(state="sent"))


def test_a_server_that_hangs_for_five_days_leaves_the_mail_visibly_failed(fill, deliverer, clock, rude, rows):
    fill(1)
    rude.mood = "breaks off in the text"
    tries, began = [], clock()
    while rows(state="new"):
        assert deliverer.deliver_due() in (Sweep(put_off=1), Sweep(dead=1))
        tries.append(clock())
        clock.on(seconds=max(0, (rows()[0].due_at - clock()).total_seconds()))
    pauses = [after - before for before, after in pairwise(tries)]
    assert tries[-1] - began >= GIVE_UP_AFTER
    assert pauses[0] < timedelta(minutes=2) < timedelta(minutes=45) < min(pauses[8:])
    (row,) = rows(state="dead")
    assert row.error
