import pytest

from benchmarks.meter import Meter
from notifications.addresses import one_address
from notifications.errors import AddressInvalid
from notifications.letter import letter
from notifications.outbox import SUBSCRIBER, Recipient, queue, queue_public
from store.selection.mail import MailRepository, holds

VALUES = {"season_title": "2023年全国质量标杆", "experience": "精益管理的经验", "receipt": "R-1"}


def put(database, template, clock, *, dedupe="A001:1", address="a@e001.invalid", name="甲公司", hold="", **more):
    with database.write() as connection:
        recipient = Recipient(id="E001", name=name, address=address)
        return queue(
            MailRepository(connection),
            template=template,
            recipient=recipient,
            values=VALUES,
            dedupe=dedupe,
            now=clock(),
            tenant="cn-2023",
            hold=hold,
            **more,
        )


def test_a_queued_mail_is_rendered_once_and_has_its_message_id(database, template, clock, rows):
    assert put(database, template, clock, about="A001", domain="caq.invalid")
    (row,) = rows(about="A001")
    assert (row.state, row.subject, row.recipient_name) == ("new", "【2023年全国质量标杆】精益管理的经验已受理", "甲公司")
    assert row.message_id.endswith("@caq.invalid>")


def test_the_same_cause_is_queued_once(database, template, clock, rows):
    assert put(database, template, clock)
    clock.on(hours=1)
    assert not put(database, template, clock)
    assert put(database, template, clock, dedupe="A001:2")
    assert len(rows()) == 2


def test_thousands_of_subscribers_get_their_mail_with_one_statement_and_each_only_once(database, template, clock, rows):
    """Nobody waits for the outbox while a notice goes to all who asked for it."""
    readers = [
        (Recipient(id=f"U{number}", name=SUBSCRIBER[language], address=f"u{number}@people.invalid", language=language), f"https://x.invalid/{number}")
        for number, language in enumerate(["zh", "en"] * 100)
    ]

    def put_all(some):
        meter, added = Meter(), []
        with meter.on(database), database.write() as connection:
            facts = {"values": VALUES, "dedupe": "notice", "now": clock(), "tenant": "cn-2023"}
            meter.take(lambda: added.append(queue_public(MailRepository(connection), template=template, readers=some, **facts)))
        return (*added, *meter.statements)

    assert put_all(readers[:3]) == (3, 1)
    assert put_all(readers) == (197, 1)
    letters = {row.recipient: row for row in rows(limit=1000)}
    assert len(letters) == 200
    assert (letters["U0"].language, letters["U1"].language) == ("zh", "en")
    assert all(row.unsubscribe in row.body for row in letters.values())
    assert put_all([]) == (0, 0)


def test_a_mail_of_an_act_that_is_undone_was_never_queued(database, template, clock, rows):
    def act(connection):
        assert queue(
            MailRepository(connection),
            template=template,
            recipient=Recipient(id="E001", name="甲", address="a@e001.invalid"),
            values=VALUES,
            dedupe="x",
            now=clock(),
            tenant="cn-2023",
        )
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(act)
    assert rows() == ()


def test_a_result_mail_waits_for_its_release_with_the_list_of_recipients(database, template, clock, rows):
    put(database, template, clock, hold="shortlist:M1")
    put(database, template, clock, hold="shortlist:M1", address="b@e002.invalid", name="乙公司")
    put(database, template, clock, hold="award:M2", dedupe="A001:9")
    with database.write() as connection:
        mails = MailRepository(connection)
        assert [row.recipient_name for row in mails.held("shortlist:M1")] == ["乙公司", "甲公司"]
        assert holds(connection, tenant="cn-2023") == [("award:M2", 1), ("shortlist:M1", 2)]
        clock.on(days=3)
        assert mails.release("shortlist:M1", now=clock()) == 2
        assert mails.release("shortlist:M1", now=clock()) == 0
    assert sorted(row.state for row in rows()) == ["held", "new", "new"]
    assert {row.due_at for row in rows(state="new")} == {clock()}


def test_held_mails_about_a_case_that_left_are_given_up_visibly(database, template, clock, rows):
    put(database, template, clock, hold="shortlist:M1", about="A001")
    put(database, template, clock, hold="shortlist:M1", about="A002", dedupe="A002:1")
    with database.write() as connection:
        assert MailRepository(connection).drop_held(tenant="cn-2023", about="A001", reason="申报已撤回") == 1
    assert sorted((row.about, row.state, row.error) for row in rows()) == [("A001", "dead", "申报已撤回"), ("A002", "held", "")]


def test_a_template_that_tells_a_result_must_name_its_release(database, text, clock):
    from notifications.compose import read_template

    result = read_template(name="27_shortlisted", text=text.replace("Variables:", "Result: yes\nVariables:"))
    with pytest.raises(ValueError, match="release"):
        put(database, result, clock)


WRONG = [
    '"Zhang, San" <a@b.cn>, victim@x.cn',
    "a@b.cn, c@d.cn",
    "a@b.cn\r\nBcc: x@y.cn",
    "a@b.cn\x00",
    "a@b.cn\u2028x",
    "a@[127.0.0.1]",
    "a b@c.cn",
    "@b.cn",
    "a@",
    "a",
    "",
    "аdmin@caq.org.cn",
    "a@" + "b" * 260 + ".cn",
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_exactly_one_address_is_refused(wrong):
    with pytest.raises(AddressInvalid):
        one_address(wrong)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_bad_address_does_not_undo_the_act_but_is_shown(database, template, clock, rows, wrong):
    assert put(database, template, clock, address=wrong)
    (row,) = rows()
    assert row.state == "dead"
    assert "邮箱地址" in row.error


def test_a_result_for_a_bad_address_waits_for_its_release_too_and_is_dropped_with_its_case(database, template, clock, rows):
    put(database, template, clock, hold="shortlist:M1", about="A001", address="a@")
    assert [(row.state, bool(row.error)) for row in rows()] == [("held", True)]

    with database.write() as connection:
        assert MailRepository(connection).drop_held(tenant="cn-2023", about="A001", reason="申报已撤回") == 1

    assert [(row.state, row.error) for row in rows()] == [("dead", "申报已撤回")]


def test_a_result_dropped_before_its_release_is_not_sent_again_any_other_letter_is(database, template, clock, rows):
    put(database, template, clock, hold="shortlist:M1", about="A001")
    put(database, template, clock, about="A002", dedupe="second", address="a@")
    with database.write() as connection:
        mails = MailRepository(connection)
        mails.drop_held(tenant="cn-2023", about="A001", reason="申报已撤回")
        again = {row.about: mails.send_again(row.id, now=clock()) for row in mails.find(tenant="cn-2023")}
    assert again == {"A001": False, "A002": True}


def test_a_wicked_name_stays_a_name(database, template, clock, rows):
    put(database, template, clock, name='张, 三" <x@y.cn>\r\nBcc: z@y.cn')
    (row,) = rows()
    message = letter(row, sender="qmb@caq.invalid", sender_name="全国质量标杆工作办公室")
    assert [address.addr_spec for address in message["To"].addresses] == ["a@e001.invalid"]
    assert message["Bcc"] is None


def test_the_same_row_gives_the_same_bytes(database, template, clock, rows):
    put(database, template, clock)
    (row,) = rows()
    first, second = (letter(row, sender="qmb@caq.invalid", sender_name="办公室").as_bytes() for _ in range(2))
    assert first == second
    assert b"Auto-Submitted: auto-generated" in first
    assert row.message_id.encode() in first


def test_a_letter_with_a_way_out_names_it_below_the_text_and_in_its_headers(database, template, clock, rows):
    """RFC 2369, RFC 8058: the whole address on one line however long, one click over TLS alone."""
    way_out = f"https://a-rather-long-host-name.of.the.office.invalid/public/unsubscribe/{'x' * 32}"
    put(database, template, clock)
    ways = {"U1": way_out, "U2": "http://localhost/public/unsubscribe/x"}
    readers = [(Recipient(id=reader, name="订阅者", address=f"{reader}@people.invalid"), way) for reader, way in ways.items()]
    with database.write() as connection:
        queue_public(MailRepository(connection), template=template, readers=readers, values=VALUES, dedupe="notice", now=clock(), tenant="cn-2023")
    bodies = {row.unsubscribe: row.body for row in rows()}
    headers = {row.unsubscribe: letter(row, sender="office@caq.invalid", sender_name="办公室").as_bytes().partition(b"\r\n\r\n")[0] for row in rows()}

    assert way_out in bodies[way_out]
    assert f"\r\nList-Unsubscribe: <{way_out}>\r\n".encode() in headers[way_out] + b"\r\n"
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in headers[way_out]
    assert b"One-Click" not in headers["http://localhost/public/unsubscribe/x"]
    assert b"List-Unsubscribe" not in headers[""]
    assert "退订" not in bodies[""]
