"""Hostile folders at the deployment page: documents that read files, bombs, traps among archives, files that are not what they say.

Each is refused with a clear answer, nothing is read, run, connected to or kept, and nothing takes long. A good folder then still goes through.
"""

import pytest
from sqlalchemy import select

from store.engine import tables as engine_tables
from tests.archives import zipped
from tests.security.hostile import DRAW, GOOD, around, kept, refused, seen, sends

SECRET = "the secret of another file"


def test_a_good_folder_is_deployed_by_the_same_hands(empty, desk):
    """Else every refusal below would prove nothing."""
    answer, _ = sends(desk, [("good.bpmn", GOOD)])
    assert answer.status_code == 303
    assert len(empty.rows(select(engine_tables.version))) == 1


# ---- A1: documents that read other files, or call home


def doctype(inner, body="&a;"):
    plain = GOOD.decode().replace('id="x"', f'id="x" name="{body}"')
    return f'<?xml version="1.0"?><!DOCTYPE definitions [{inner}]>{plain}'


READING = {
    "entity of a file": '<!ENTITY a SYSTEM "file://{canary}">',
    "entity of a site": '<!ENTITY a SYSTEM "http://evil.invalid/x">',
    "parameter entity": '<!ENTITY % p SYSTEM "http://evil.invalid/x.dtd"> %p;',
    "nested parameter entity": '<!ENTITY % f SYSTEM "file://{canary}"><!ENTITY % e "<!ENTITY a \'%f;\'>"> %e;',
    "internal entity": '<!ENTITY a "harmless">',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
@pytest.mark.parametrize("kind", READING)
def test_a_document_type_is_refused_and_reads_nothing(empty, desk, tmp_path, kind, encoding):
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    answer = refused(empty, desk, ("d.bpmn", doctype(READING[kind].replace("{canary}", str(canary))).encode(encoding)))
    assert SECRET not in answer.text
    assert "d.bpmn" in answer.text


def test_an_inclusion_is_not_followed(empty, desk, tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{canary}" parse="text"/>'
    xml = GOOD.replace(b'<userTask id="x"', include.encode() + b'<userTask id="x"')
    before = kept(empty)
    answer, _ = sends(desk, [("d.bpmn", xml)])
    assert seen == []
    assert SECRET not in answer.text
    assert answer.status_code in {303, 422}
    if answer.status_code == 422:
        assert kept(empty) == before
    else:
        assert SECRET.encode() not in b"".join(bytes(one) for row in kept(empty)[0] for one in row.values() if isinstance(one, bytes))


# ---- A2: bombs

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
BOMBS = {
    "billion laughs": doctype(LAUGHS, "&l9;").encode(),
    "quadratic": doctype(f'<!ENTITY a "{"a" * 100_000}">', "&a;" * 20_000).encode(),
    "deep": b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>" + b"<process>" * 5_000,
    "many": DRAW.diagram(DRAW.start(), *(f'<task id="t{n}"/>' for n in range(21_000))),
    "long": DRAW.diagram(DRAW.start(), "<documentation>" + "长" * 2_000_000 + "</documentation>", DRAW.end(), DRAW.flows("s-e")),
    "cut off": GOOD[:-40],
    "no diagram": b"\0" * 1000,
    "another language": b"<html><body>hello</body></html>",
    "empty": b"",
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_at_once(empty, desk, kind):
    answer = refused(empty, desk, ("d.bpmn", BOMBS[kind]))
    assert len(answer.content) < 200_000


ARCHIVES = {
    "bomb": zipped({"d.bpmn": GOOD, "forms/a.json": b" " * 100_000_000}),
    "upwards": zipped({"d.bpmn": GOOD, "../../evil.bpmn": GOOD}),
    "absolute": zipped({"d.bpmn": GOOD, "/etc/evil.json": b"{}"}),
    "nested": zipped({"inner.zip": zipped({"d.bpmn": GOOD})}),
    "many": zipped({"d.bpmn": GOOD, **{f"forms/{n}.json": b"{}" for n in range(1_200)}}),
    "broken": zipped({"d.bpmn": GOOD})[:-30],
    "no archive": b"PK\x03\x04" + b"x" * 500,
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_a_trap_among_archives_is_refused(empty, desk, kind):
    refused(empty, desk, ("folder.zip", ARCHIVES[kind]))


def test_an_archive_whose_list_lies_about_a_file_is_refused(empty, desk):
    """The list says ten bytes, the entry unpacks to more: at most what the list says is ever read."""
    content = bytearray(zipped({"d.bpmn": GOOD, "forms/a.json": b"0" * 5_000_000}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    refused(empty, desk, ("folder.zip", bytes(content)))


def test_an_encrypted_archive_is_refused(empty, desk):
    content = bytearray(zipped({"d.bpmn": GOOD}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        content[at + offset] |= 1
    refused(empty, desk, ("folder.zip", bytes(content)))


# ---- forms and settings that are none


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"type": "object"',
        b'{"$ref": "http://evil.invalid/x.json"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": ' * 3_000,
    ],
    ids=range(9),
)
def test_a_form_that_is_none_is_refused(empty, desk, content):
    task = DRAW.user("x", attrs='camunda:formKey="forms/a.json"')
    refused(empty, desk, ("folder.zip", zipped({"d.bpmn": around(task), "forms/a.json": content})))


@pytest.mark.parametrize(
    "content", [b"", b"id = ", b"\xff", b"id = 1", b"[" * 2_000, b'id = "../../evil"', b'id = "x"\nyear = "2023"'], ids=range(7)
)
def test_settings_that_are_none_are_refused(empty, desk, content):
    refused(empty, desk, ("folder.zip", zipped({"d.bpmn": GOOD, "season.toml": content})))


# ---- who, and how


def test_nobody_but_the_administrator_deploys(empty):
    for number, groups in enumerate((("office_director@caq",), ("auditor@caq",), ("applicant_editor@E001",), ())):
        visitor = empty.visitor(empty.person(f"somebody {number}", *groups))
        assert visitor.post("/admin/deploy", files=[("files", ("d.bpmn", GOOD))]).status_code == 404
    assert empty.visitor(None).post("/admin/deploy", files=[("files", ("d.bpmn", GOOD))]).status_code == 303
    assert empty.rows(select(engine_tables.version)) == []


def test_a_form_without_any_file_and_a_name_twice_are_told(empty, desk):
    refused(empty, desk, ("d.bpmn", GOOD), ("sub/d.bpmn", GOOD))
    assert desk.post("/admin/deploy").status_code == 422
