"""What the office and the administrator do in the browser beside tasks: assign, hand over, deploy a folder, bring in a calendar."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from store.engine import queries
from store.selection.accounts import Accounts

FOLDER = Path("processes/cn-2023")
TYPE = "application/octet-stream"


@pytest.fixture(scope="module")
def staff(house):
    """A second officer of the unit, and the platform's administrator."""
    from tests.web.season.conftest import PASSWORD
    from web.passwords import hash_password

    def work(connection):
        accounts, now = Accounts(connection), house.clock.now()
        for login, group in {"officer2": "ru_officer@RU-LN", "keeper": "season_admin@caq"}.items():
            person = accounts.add_person(
                login=login, name=login, mail=f"{login}@example.invalid", at=now, password_hash=hash_password(PASSWORD)
            )
            role, _, organisation = group.partition("@")
            accounts.give(person=person, role=role, organisation=organisation, at=now, by="test")

    house.database.run(work)


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return packed.getvalue()


def folder():
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in sorted(FOLDER.rglob("*")) if path.is_file()}


def upload(person, *files):
    return person.post("/admin/deploy", files=[("files", (name, content, TYPE)) for name, content in files])


def test_an_officer_hands_a_task_on_and_the_office_gives_it_back(opened, staff, signed_in):
    officer, second, clerk = signed_in("officer"), signed_in("officer2"), signed_in("clerk")
    task = officer.first_task("排序并确定推荐名单")
    officer.post(f"{task}/claim")
    page = officer.get(task).text
    people = dict(re.findall(r'<option value="(P\d+)">(\w+)</option>', page.partition("转交同事")[2].partition("</form>")[0]))
    assert set(people.values()) == {"officer2"}
    (other,) = people
    assert officer.post(f"{task}/delegate", {"person": "P9999"}).status_code == 422
    assert second.post(f"{task}/delegate", {"person": other}).status_code == 404
    assert officer.post(f"{task}/delegate", {"person": other}).url.path == "/inbox"
    assert "排序并确定推荐名单" in second.get("/inbox?view=mine").text

    assert officer.get(f"{task}/assign").status_code == 404
    offered = clerk.get(f"{task}/assign").text
    mine = re.search(r'<option value="(P\d+)">officer</option>', offered)[1]
    assert clerk.post(f"{task}/assign", {"person": mine}).status_code == 200
    assert "排序并确定推荐名单" in officer.get("/inbox?view=mine").text
    officer.post(f"{task}/release")


def test_the_same_folder_is_no_new_version(opened, staff, signed_in):
    keeper = signed_in("keeper")
    with opened.database.read() as connection:
        before = len(queries.versions(connection, name="cn-2023"))
    packed = zipped({f"cn-2023/{path}": content for path, content in folder().items()})
    answer = upload(keeper, ("cn-2023.zip", packed))
    assert answer.url.path == "/admin", answer.text
    assert "没有产生新版本" in answer.text
    with opened.database.read() as connection:
        assert len(queries.versions(connection, name="cn-2023")) == before


def test_single_files_go_where_they_belong_and_faults_are_named(opened, staff, signed_in):
    keeper = signed_in("keeper")
    files = folder()
    files["apply.bpmn"] = files["apply.bpmn"].replace(b"application.check", b"application.chek")
    with opened.database.read() as connection:
        before = len(queries.versions(connection))
    answer = upload(keeper, *((path.rpartition("/")[2], content) for path, content in files.items()))
    assert answer.status_code == 422
    row = next(row for row in re.findall(r"<tr>.*?</tr>", answer.text, re.DOTALL) if "application.chek" in row)
    assert "apply.bpmn" in row
    assert "N02a" in row
    with opened.database.read() as connection:
        assert len(queries.versions(connection)) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", b"no archive"),
        ("a.zip", zipped({"x/readme.txt": "x"})),
        ("a.zip", zipped({"../a.bpmn": "x"})),
        ("a.bpmn", b"<a"),
        ("a.txt", b""),
    ],
)
def test_hostile_folders_are_refused(opened, staff, signed_in, name, content):
    assert upload(signed_in("keeper"), (name, content)).status_code == 422


def test_a_bomb_is_not_unpacked(opened, staff, signed_in):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bpmn", b"0" * 50_000_000)
    assert upload(signed_in("keeper"), ("a.zip", packed.getvalue())).status_code == 422


def test_nobody_else_deploys(opened, signed_in):
    for login in ("clerk", "one", "officer"):
        assert signed_in(login).get("/admin/deploy").status_code == 404
        assert upload(signed_in(login), ("a.zip", b"x")).status_code == 404


def test_a_year_comes_as_toml_or_sheet(opened, staff, signed_in):
    keeper = signed_in("keeper")
    toml = b'year = 2027\nstatus = "provisional"\noff = [2027-01-01]\nworking = []\n'
    assert "2027" in keeper.post("/admin/calendar", files={"file": ("2027.toml", toml, TYPE)}).text
    book = openpyxl.Workbook()
    for row in (["日期", "类型"], ["2028-01-01", "休"], ["2028-01-08", "班"]):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    assert "2028" in keeper.post("/admin/calendar", files={"file": ("2028.xlsx", packed.getvalue(), TYPE)}).text
    for bad in (b"year = 1", b"\xff", b'year = "x"\nstatus = "official"', b'year = 2029\nstatus = "strange"\noff = [1]'):
        assert keeper.post("/admin/calendar", files={"file": ("x.toml", bad, TYPE)}).status_code == 422
    for number, days in ((2031, "off = [2032-07-01]"), (2031, "work = [2031-07-05]"), (2026, "working = []\noff = [[2026-12-30, 2027-01-09]]")):
        answer = keeper.post("/admin/calendar", files={"file": ("x.toml", f'year = {number}\nstatus = "official"\n{days}\n', TYPE)})
        assert answer.status_code == (200 if number == 2026 else 422), (number, days)
    contradicting = b'year = 2028\nstatus = "official"\noff = []\nworking = [2027-01-09]\n'
    assert keeper.post("/admin/calendar", files={"file": ("x.toml", contradicting, TYPE)}).status_code == 422
    assert signed_in("clerk").post("/admin/calendar", files={"file": ("2027.toml", toml, TYPE)}).status_code == 404
