"""The administrator moves running cases of the real season to a new version: what people hold stays, the office's doctor finds nothing."""

import html
import re
from pathlib import Path

import pytest

from app.doctor import examine
from engine.bpmn.modifying import Change
from engine.contract import SYSTEM, Actor
from engine.refusals import NeedsReason
from selection.errors import Forbidden
from store.engine import queries
from tests.web.season.conftest import join, visiting

FOLDER = Path("processes/cn-2023")
RENAMED = "填报申报材料与附件"


@pytest.fixture(scope="module")
def keeper(house):
    join(house, "mover", "season_admin@caq")
    return visiting(house, "mover")


@pytest.fixture(scope="module")
def begun(opened):
    """A person of the first enterprise who has begun an application, and its id."""
    one = visiting(opened, "one")
    return one, one.post("/portal/applications").url.path.rpartition("/")[2]


@pytest.fixture(scope="module")
def newer(opened, begun):
    """A version in which the first task of an application has another id and name; the numbers of the old and of the new one."""
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in sorted(FOLDER.rglob("*")) if path.is_file()}
    apply = files["apply.bpmn"].decode()
    files["apply.bpmn"] = apply.replace('"N02a"', '"N02fill"').replace('name="填报申报材料"', f'name="{RENAMED}"').encode()
    with opened.database.read() as connection:
        old = queries.versions(connection, name="cn-2023")[0]["id"]
    return old, opened.engine.deploy(name="cn-2023", files=files, actor=SYSTEM).id


def test_running_cases_are_moved_with_all_that_people_hold(opened, begun, newer, keeper):
    one, case = begun
    old, new = newer
    task = one.first_task("填报申报材料")
    one.post(f"{task}/claim")
    one.post(f"{task}/draft", {"application_table.experience_name": "模拟经验名称"})
    assert f"/admin/versions/{old}/move" in keeper.get("/admin").text

    shown = keeper.get(f"/admin/versions/{old}/move").text
    assert "填报申报材料”现有事项停在此处" in shown
    (way,) = [html.unescape(value) for value in re.findall(r'value="([^"]+)">' + RENAMED, shown)]
    path = f"/admin/versions/{old}/move?to={new}&way={way}"
    assert "停在此处" not in keeper.get(path).text

    refused = keeper.post(f"/admin/versions/{old}/move", {"to": new, "way": way, "reason": " "})
    assert (refused.status_code, "请填写原因" in refused.text) == (422, True)
    done = keeper.post(f"/admin/versions/{old}/move", {"to": new, "way": way, "reason": "表格改版"})
    assert (done.url.path, "在办事项已迁移到新版本" in done.text) == ("/admin", True)

    with opened.database.read() as connection:
        assert set(queries.going_by_version(connection)) == {new}
        root = queries.instance_by_key(connection, tenant="cn-2023", process="application", business_key=case)["root"]
        (told,) = queries.history_of(connection, root, kinds=["migrate"])
    assert (told["actor_name"], told["data"]["reason"], told["data"]["elements"][0][1:]) == ("mover", "表格改版", ["N02a", "N02fill"])
    page = one.get(task).text
    assert RENAMED in page
    assert "模拟经验名称" in page
    assert examine(opened) == []


def test_a_case_is_put_elsewhere_by_the_administrator_with_a_reason_and_the_doctor_finds_nothing(opened, begun, keeper):
    _, case = begun
    with opened.database.read() as connection:
        root = queries.instance_by_key(connection, tenant="cn-2023", process="application", business_key=case)["root"]
        (task,) = queries.tasks_of(connection, root)
        person = connection.exec_driver_sql("SELECT id FROM person WHERE login = 'mover'").scalar_one()
    admin = Actor(id=person, name="mover", groups=frozenset({"season_admin@caq"}))
    clerk = Actor(id="P0001", name="clerk", groups=frozenset({"office_clerk@caq"}))
    changes = (Change("cancel", task["element"]), Change("before", "N02b"))
    where = {"root": root, "within": task["within"], "changes": changes}
    with pytest.raises(Forbidden):
        opened.engine.modify(**where, reason="x", actor=clerk)
    with pytest.raises(NeedsReason):
        opened.engine.modify(**where, reason="", actor=admin)
    opened.engine.modify(**where, reason="申报书已线下核对", actor=admin)
    with opened.database.read() as connection:
        assert [row["element"] for row in queries.tasks_of(connection, root)] == ["N02b"]
        (told,) = queries.history_of(connection, root, kinds=["modify"])
    assert told["data"]["reason"] == "申报书已线下核对"
    assert examine(opened) == []


def test_a_version_without_cases_or_without_another_has_nothing_to_move(opened, newer, keeper):
    assert keeper.get("/admin/versions/99/move").status_code == 404
    old, new = newer
    wrong = keeper.get(f"/admin/versions/{new}/move?to={old}&way=apply|N02fill|nowhere&way=||&way=nothing|a|b")
    assert (wrong.status_code, "目标 nowhere 在新版本中不存在" in wrong.text) == (409, True)
    assert "在办事项 0 项" in keeper.get(f"/admin/versions/{old}/move?to={new}").text
    assert "在办事项 0 项" not in keeper.get(f"/admin/versions/{new}/move").text


def test_nobody_else_moves_anything(opened, newer, signed_in):
    for login in ("clerk", "director", "one", "officer"):
        assert signed_in(login).get(f"/admin/versions/{newer[0]}/move").status_code == 404
        assert signed_in(login).post(f"/admin/versions/{newer[0]}/move", {"reason": "x"}).status_code == 404
