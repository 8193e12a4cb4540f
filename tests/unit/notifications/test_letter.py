"""What goes over the wire: lines that every server takes, and the same words when it is read again."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP

import pytest

from notifications.letter import letter
from store.selection.mail import Mail

AT = datetime(2023, 9, 1, tzinfo=UTC)


def made(*, name="联系人", subject="主题", sender_name="全国质量标杆工作办公室"):
    row = Mail(
        id="M1", tenant="t", template="x", about="", dedupe_key="k", message_id="<1@example.invalid>", recipient="P1", recipient_name=name,
        address="a@example.invalid", language="zh", subject=subject, body="正文\n", state="new", hold="", created_at=AT, due_at=AT,
    )  # fmt: skip
    return letter(row, sender="no-reply@example.invalid", sender_name=sender_name).as_bytes()


@pytest.mark.parametrize("subject", ["主题", "很长" * 150, "plain words " * 12 + "end", " 中 between ascii", "=?utf-8?b?5Lit?= 中"])
@pytest.mark.parametrize("name", ["联系人", 'Plain, "Name"', "名字 <x@y.invalid>, 另一人", ""])
def test_headers_fit_the_line_and_read_as_they_were_written(name, subject):
    wire = made(name=name, subject=subject)
    read = message_from_bytes(wire, policy=SMTP)
    assert max(len(line) for line in wire.split(b"\r\n")) <= 78
    assert [(each.display_name, each.addr_spec) for each in read["To"].addresses] == [(name, "a@example.invalid")]
    assert read["Subject"] == subject
    assert read["From"].addresses[0].addr_spec == "no-reply@example.invalid"


@pytest.mark.parametrize("subject", ["主题\r\nBcc: b@example.invalid", "words\nBcc: b@example.invalid"])
def test_a_line_break_never_becomes_a_second_header(subject):
    with pytest.raises(ValueError, match="line"):
        made(subject=subject)
