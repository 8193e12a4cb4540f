"""§9.3, 41: the platform's administrator is written to when a timer, a job or a letter fails, and when a step is overdue that nobody can do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.worker import catch_up
from notifications.deliver import Deliverer, Smtp
from store.selection import tables_people as people
from store.selection.mail import mail
from tests.acceptance.filing import begins, signs
from tests.acceptance.stages import mailbox
from tests.acceptance.world import World

SUBJECT = "系统需要处理"


@pytest.fixture
def world(world_at):
    return world_at("签署")


def told(world):
    """What the administrator was written about, oldest first."""
    catch_up(world.house)
    return [letter.body for letter in world.mails_to(mailbox(world.house, "season_admin1")) if SUBJECT in letter.subject]


def about(world, words):
    return [letter for letter in told(world) if words in letter]


def breaks_down(ctx, inputs):
    raise RuntimeError("the notice cannot be made")


def test_a_step_that_fails_is_told_to_the_administrator_once_and_nothing_of_the_case(world, monkeypatch):
    begins(world, 5)
    assert told(world) == []
    entry = world.house.registry.handlers["notify"]
    monkeypatch.setitem(world.house.registry.handlers, "notify", replace(entry, function=breaks_down))
    world.time_is("2023-09-14T09:30")

    (letter,) = about(world, "出现异常")

    assert "处流程出现异常" in letter
    assert world.enterprise(5) not in letter
    assert "/admin" in letter
    assert "待处理异常" in world.as_("administrator").goes("/admin").text
    assert world.as_("clerk").goes("/admin").status == 404
    assert len(about(world, "出现异常")) == 1, "what was told is not told again"

    world.time_is("2023-09-15T09:30")
    assert len(about(world, "出现异常")) == 2, "more of it is"


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_step_that_is_overdue_and_that_nobody_can_do_is_told_to_the_administrator(world, is_gone):
    signs(world, 1)
    unit = world.as_("unit")
    assert "初步审核" in unit.tasks()
    if is_gone:
        with world.house.database.write() as connection:
            connection.execute(update(people.person).where(people.person.c.login.like("officer-%")).values(active=False))
    world.time_is("2023-09-11T09:00")

    letters = about(world, "没有人员可以办理：初步审核")

    assert len(letters) == is_gone
    assert all(world.enterprise(1) not in letter and unit.login not in letter for letter in letters)


def test_letters_that_were_given_up_are_told_to_the_administrator(world):
    """Nobody answers at the mail server for six days. That the letter which tells of it is among those given up starts no further one."""
    nobody = Smtp(host="127.0.0.1", port=9, tls="none", timeout=1)
    house, folder = world.house, world.house.settings.mail_folder
    lost = Deliverer(database=house.database, sender="a@house.invalid", sender_name="", folder=folder, clock=house.clock.now, smtp=nobody)
    cut_off = World(replace(house, outbox=lost), world.play)
    cut_off.stranger().sends("/register", {"name": "王联系", "mail": "wang@newcomer.invalid"})
    for _ in range(2):
        house.clock.move_to(house.clock.now() + timedelta(days=6))
        catch_up(cut_off.house)
        catch_up(cut_off.house)

    assert world.mails_to("wang@newcomer.invalid") == []
    with house.database.read() as connection:
        letters = connection.execute(select(mail.c.template, mail.c.state).where(mail.c.body.contains("停止发送"))).all()
    assert letters == [("41_system", "dead")]
