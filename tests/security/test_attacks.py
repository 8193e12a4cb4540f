"""Attacks through the front door: uploads, unknown fields, requests of other sites, odd numbers and texts. Each gets a clear answer and changes nothing."""

import io
import struct
import tracemalloc

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.doctor import examine
from engine.contract import Actor
from engine.errors import EngineError
from selection.errors import HouseError
from store.engine import tables as engine_tables
from store.selection import tables_application as applications
from store.selection import tables_people as people
from tests.archives import zipped
from tests.web.test_routes import routes, rule_of
from web.uploads import kind_of

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def filing(scene):
    """An applicant's open task to fill the form in, and the applicant."""
    task = scene.rows(
        select(engine_tables.task).where(engine_tables.task.c.element.in_(("N02a", "N02b")), engine_tables.task.c.state == "open")
    )[0]
    enterprise = task["groups"][0].partition("@")[2]
    return task, scene.visitor(scene.holder("applicant_editor", enterprise))


def state(scene):
    """What a refused act must leave alone: every row of the engine and the case, every stored file."""
    tables = (
        engine_tables.instance,
        engine_tables.task,
        engine_tables.history,
        engine_tables.submission,
        applications.document,
        applications.application,
    )
    return [scene.stored(table) for table in tables], sorted(scene.house.files.everything())


def many_entries(count):
    """An archive's list that names ``count`` entries, without the entries: the list alone is what a reader must hold."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), len(directory), 0, 0)
    return directory + end


TRAPS = {
    "bomb.zip": zipped({"a.txt": b"\0" * 300_000_000}),
    "many.zip": zipped({f"{n}.txt": b"x" for n in range(1200)}),
    "up.zip": zipped({"../../etc/passwd": b"x"}),
    "absolute.zip": zipped({"/etc/passwd": b"x"}),
    "drive.zip": zipped({"C:\\a.txt": b"x"}),
    "macro.docx": zipped({"word/document.xml": b"<a/>", "word/vbaProject.bin": b"x"}),
    "noword.docx": zipped({"xl/workbook.xml": b"<a/>"}),
    "page.pdf": b"<html><script>alert(1)</script></html>",
    "picture.png": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "macros.docm": zipped({"word/document.xml": b"<a/>"}),
    "page.html": b"<script>alert(1)</script>",
    "cut.docx": zipped({"word/document.xml": b"<a/>" * 1000})[:-30],
    "old.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "empty.pdf": b"",
}


@pytest.mark.parametrize("name", TRAPS)
def test_traps_among_the_files_are_refused(name):
    with pytest.raises(HouseError):
        kind_of(io.BytesIO(TRAPS[name]), name=name)


def test_an_archive_of_a_million_entries_is_refused_before_its_list_is_read():
    content = io.BytesIO(many_entries(1_000_000))
    tracemalloc.start()
    with pytest.raises(HouseError):
        kind_of(content, name="evidence.zip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.parametrize(
    "name",
    [
        "a.pdf",
        "../../../a.pdf",
        "C:\\windows\\a.pdf",
        "a\u202efdp.exe.pdf",
        "CON.pdf",
        "a\r\nSet-Cookie: x=1.pdf",
        "𠮷" * 300 + ".pdf",
        "<img src=x onerror=alert(1)>.pdf",
    ],
)
def test_a_file_s_name_is_only_ever_a_name(at, name):
    scene = at("filing")
    task, ann = filing(scene)
    slot = "D11" if task["element"] == "N02b" else "D3"
    answer = ann.post(
        f"/tasks/{task['id']}/files", {"_slot": path_of(scene, task, slot)}, files={f"file:{path_of(scene, task, slot)}": (name, PDF)}
    )
    assert answer.status_code in {200, 303, 422}, answer.text[-300:]
    kept = scene.rows(
        select(applications.document.c.name, applications.document.c.id).order_by(
            applications.document.c.at.desc(), applications.document.c.id.desc()
        )
    )[0]
    if answer.status_code != 422:
        assert not set(kept["name"]) & set('/\\\r\n\0\u202e<>:"|?*')
        assert len(kept["name"].encode()) <= 255
        download = ann.get(f"/files/{kept['id']}")
        assert download.status_code == 200
        assert download.headers["content-disposition"].startswith("attachment")
        assert download.headers["content-type"] == "application/octet-stream"
        assert download.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in download.headers["content-security-policy"]


def path_of(scene, task, code):
    from web.looking import slots_of

    with scene.house.database.read() as connection:
        form = scene.house.engine.home.versions.load(connection, 1).forms[task["form_key"]]
    return next((path for path, held in slots_of(form).items() if held.partition(".")[0] == code), next(iter(slots_of(form))))


def test_a_refused_upload_leaves_no_bytes_behind(at):
    scene = at("filing")
    task, ann = filing(scene)
    before = state(scene)
    path = path_of(scene, task, "D11")
    wrong = zipped({"ppt/presentation.xml": b"<a/>"})
    answer = ann.post(f"/tasks/{task['id']}/files", {"_slot": path}, files={f"file:{path}": ("slides.pptx", wrong)})
    assert answer.status_code == 422
    assert state(scene) == before
    assert [one for one in examine(scene.house) if one.invariant == "no_orphan_files"] == []


# ---- bodies


def test_a_stranger_s_body_is_stopped_early(at):
    scene = at("filing")
    stranger = scene.visitor(None)
    sent = 0

    def flood():
        nonlocal sent
        while sent < 60_000_000:
            sent += 100_000
            yield b"a=" + b"x" * 99_998

    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
        sent = 0
        answer = stranger.client.post("/login", content=flood(), headers={"content-type": kind})
        assert answer.status_code in {400, 403, 413, 422}
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"x" * 20_000_000 + b"\r\n--b--\r\n"
    assert stranger.client.post("/login", content=form, headers={"content-type": "multipart/form-data; boundary=b"}).status_code == 413


def test_every_unsafe_route_wants_the_token_of_its_own_page(at):
    scene = at("desk")
    before = state(scene)
    for role in ("office_director", "season_admin", "applicant_editor", "expert", None):
        visitor = scene.visitor(scene.holder(role) if role else None)
        for route in routes(scene.house):
            if "GET" in route.methods:
                continue
            path = route.path.replace("{", "").replace("}", "")
            # Whoever is not signed in (any more) is led to the sign-in page where the route is not for everybody.
            refused = 303 if role is None and not rule_of(route)[0].public else 403
            if rule_of(route)[0].by_link:  # whoever knows the address may act: here nobody does
                assert visitor.client.post(path).status_code == 200
                continue
            for attempt in (
                {},
                {"data": {"form_token": "0" * 64}},
                {"content": b'{"form_token": ""}', "headers": {"content-type": "text/plain"}},
            ):
                answer = visitor.client.post(path, follow_redirects=False, **attempt)
                assert answer.status_code == refused, (path, attempt)
                assert refused == 403 or answer.headers["location"].startswith("/login"), (path, attempt)
            for method in ("PUT", "DELETE", "PATCH"):
                assert visitor.client.request(method, path).status_code in {403, 404, 405}
    assert state(scene) == before


def test_reading_changes_nothing(at):
    scene = at("desk")
    before = state(scene)
    for role in ("office_director", "season_admin", "applicant_editor", "expert", None):
        visitor = scene.visitor(scene.holder(role) if role else None)
        for route in routes(scene.house):
            if "GET" in route.methods:
                assert visitor.get(route.path.replace("{", "").replace("}", "")).status_code < 500
    assert state(scene) == before


# ---- fields


@pytest.mark.parametrize(
    "field", ["state", "owner", "unit", "enterprise", "score_total", "__builtins__", "quota_left", "application", "version", "form.cover"]
)
def test_fields_that_a_form_does_not_have_are_refused(at, field):
    scene = at("desk")
    row = scene.rows(select(engine_tables.task).where(engine_tables.task.c.element == "N06a", engine_tables.task.c.state == "open"))[0]
    person = scene.one(
        select(people.role_grant.c.person).where(
            people.role_grant.c.role == "expert", people.role_grant.c.organisation == row["groups"][0].partition("@")[2]
        )
    )
    actor = Actor(id=person, name="", groups=frozenset(row["groups"]))
    before = state(scene)
    with pytest.raises((EngineError, HouseError)) as refused:
        scene.house.engine.complete(task=row["id"], data={field: "999"}, actor=actor)
    assert refused.value.status == 422
    assert state(scene) == before


ODD = [
    "-1",
    "0",
    "99999999999999999999999",
    "1e9",
    "٣",
    "\0",
    "%00",
    "%ff%fe",
    "'; DROP TABLE task; --",
    "\u2028",
    "𠮷" * 200,
    "..%2f..%2fetc%2fpasswd",
    "{{7*7}}",
    "${7*7}",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_numbers_and_texts_in_addresses_are_answered(at, odd):
    scene = at("desk")
    before = state(scene)
    for role in ("office_director", "season_admin", "applicant_editor", None):
        visitor = scene.visitor(scene.holder(role) if role else None)
        for path in (
            "/cases",
            "/inbox",
            "/office/people",
            "/office/mails",
            "/public/objection",
            "/public/notice",
            "/office/deadlines/评分截止",
            "/office/release",
        ):
            query = {
                "search": odd,
                "stage": odd,
                "start": odd,
                "state": odd,
                "receipt": odd,
                "at": odd,
                "season": odd,
                "hold": odd,
                "view": odd,
                "form": odd,
            }
            assert visitor.get(path, params=query).status_code < 500, path
        for path in (
            "/cases/{}",
            "/diagrams/{}/season",
            "/diagrams/1/{}",
            "/files/{}",
            "/tasks/{}",
            "/portal/{}",
            "/unit/{}",
            "/group/{}",
            "/public/publicity/{}",
            "/admin/incidents/{}",
            "/office/mails/{}",
        ):
            assert visitor.get(path.format(odd.replace("\0", "%00"))).status_code < 500, path
    assert state(scene) == before


@pytest.mark.parametrize(
    "day",
    ["0001-01-01", "9999-12-31", "9999-12-31T23:59", "0001-01-01T00:00", "2023-02-30", "2023-10-11T25:00", "\x01", "2023-10-11T00:00+99:00"],
)
def test_impossible_days_of_a_deadline_are_refused(at, day):
    scene = at("desk")
    director = scene.visitor(scene.holder("office_director"))
    before = state(scene)
    assert director.get("/office/deadlines/评分截止", params={"at": day}).status_code == 422
    assert director.post("/office/deadlines/评分截止", {"at": day, "reason": "因故"}).status_code == 422
    assert state(scene) == before


# ---- rare characters


RARE = "𠮷野𬭚〇㐂𫖯<script>alert(1)</script>=cmd|' /C calc'!A0"


def test_what_people_write_is_text_on_every_page_and_in_every_sheet(at):
    scene = at("desk")
    with scene.house.database.write() as connection:
        for table, column in (
            (people.enterprise, "name"),
            (people.person, "name"),
            (people.expert, "name"),
            (people.expert, "employer"),
            (people.unit, "name"),
        ):
            connection.execute(table.update().values({column: RARE}))
        connection.execute(applications.application.update().values(experience_name=RARE))
        connection.execute(applications.document.update().values(name=f"{RARE}.pdf"))
    seen = 0
    for role in ("office_director", "season_admin", "applicant_editor", "ru_officer", "expert", "auditor", None):
        visitor = scene.visitor(scene.holder(role) if role else None)
        for route in routes(scene.house):
            if "GET" not in route.methods or "{" in route.path or rule_of(route)[0].public:
                continue
            for query in ("", "?form=xlsx", "?view=groups", "?view=done"):
                answer = visitor.get(f"{route.path}{query}")
                assert answer.status_code < 500, route.path
                assert "<script>alert" not in answer.text
                if "spreadsheetml" in answer.headers.get("content-type", ""):
                    cells = [cell for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows() for cell in row]
                    assert not [cell for cell in cells if cell.data_type == "f"]
                    seen += sum(cell.value == RARE for cell in cells)
                seen += "𠮷野𬭚〇㐂𫖯&lt;script&gt;" in answer.text
    assert seen > 20


def test_nobody_is_sent_to_another_site(at):
    scene = at("desk")
    ann = scene.visitor(scene.holder("applicant_editor"))
    for evil in (
        "//evil.invalid",
        "/\\evil.invalid",
        "https:evil.invalid",
        "/\t/evil.invalid",
        "\\\\evil.invalid",
        "/%09/evil",
        "javascript:alert(1)",
    ):
        answer = ann.post("/language", {"language": "zh", "then": evil})
        assert not answer.headers["location"].startswith(("//", "/\\", "http", "javascript", "\\", "/\t"))
    for slash, page in (("/inbox/?view=mine", "/inbox?view=mine"), ("/public/notice/", "/public/notice"), ("/static", "/static/")):
        answer = ann.client.get(slash, headers={"host": "evil.invalid"}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (307, page)
    assert scene.one(select(func.count()).select_from(engine_tables.task)) > 0
