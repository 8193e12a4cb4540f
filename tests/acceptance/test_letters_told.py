"""§9.3, a season from the notice to the announcement: each row's letter reached those whom it is for, about what concerns them, and nobody else."""

from collections import defaultdict

import pytest
from sqlalchemy import select

from store.selection.mail import mail

UNIT = dict.fromkeys(range(1, 7), "officer-ru-bj") | {7: "officer-ru-tj", 8: "officer-ru-tj"}
CLERKS = {"office_clerk1", "office_clerk2", "office_clerk3"}
READERS = {f"expert000{number}" for number in range(3, 8)}
COMMITTEE = {f"expert000{number}" for number in range(1, 8)}
RECOMMENDED, SHORTLISTED, WINNERS = {1, 2, 3, 4, 5, 7, 8}, {1, 2, 3, 4, 5, 7}, {1, 2, 3, 4, 7}


def of(number):
    return f"applicant000{number}"


def both(numbers):
    """Each enterprise and its unit, about its own application alone."""
    return {(number, who) for number in numbers for who in (of(number), UNIT[number])}


def general(*names):
    return {(None, name) for name in names}


ROWS = {
    "01_notice": general("officer-ru-bj", "officer-ru-he", "officer-ru-sx", "officer-ru-tj"),
    "01_notice_public": general("subscriber"),
    "02_account_bound": general(*map(of, UNIT)),
    "04_submitted": {(number, of(number)) for number in UNIT},
    "04_submitted_unit": set(UNIT.items()),
    "07_quota_exceeded": general("officer-ru-bj"),
    "08_widening_requested": general("office_director1"),
    "08_widening_decided": general("officer-ru-bj"),
    "09_nominated": {(number, who) for number in RECOMMENDED for who in {of(number), *CLERKS}},
    "10_not_nominated": {(6, of(6))},
    "17_form_passed": both(RECOMMENDED),
    "21_assignment": general(*READERS),
    "25_group_closed": general(*CLERKS),
    "26_meeting_invitation": general(*COMMITTEE),
    "27_shortlisted": both(SHORTLISTED),
    "27_not_shortlisted": both({8}),
    "28_defence_invitation": both(SHORTLISTED),
    "28_defence_experts": general(*READERS),
    "28_defence_eve": {(number, of(number)) for number in SHORTLISTED} | general(*READERS),
    "30_minutes_signed": general(*COMMITTEE, *CLERKS, "office_director1"),
    "32_not_selected": both({5}),
    "32_publicity_started": both(WINNERS) | general(*CLERKS, "office_director1", "subscriber"),
    "32_publicity_ends_today": both(WINNERS),
    "32_publicity_last_day": general(*CLERKS),
    "32_publicity_last_day_public": general("subscriber"),
    "32_publicity_ended": both(WINNERS) | general("office_director1"),
    "32_publicity_ended_public": general("subscriber"),
    "36_approval": general("caq_approver1"),
    "37_announced": general(*map(of, UNIT.keys() - WINNERS), "officer-ru-bj", "officer-ru-tj", "subscriber"),
    "37_announced_winner": {(number, of(number)) for number in WINNERS},
    "39_exchange": general(*map(of, WINNERS), "subscriber"),
}


@pytest.fixture
def told(world_at):
    """Template → (number of the application that it is about, login)."""
    world, found = world_at("已公告"), defaultdict(set)
    number = {world.application(one): one for one in UNIT}
    with world.house.database.read() as connection:
        for row in connection.execute(select(mail.c.template, mail.c.about, mail.c.address)):
            found[row.template].add((number.get(row.about), row.address.partition("@")[0]))
    return found


def test_each_letter_reached_those_whom_it_is_for_and_nobody_else(told):
    assert {template: told[template] for template in ROWS} == ROWS


def test_the_administrator_of_the_platform_and_the_auditor_hear_of_no_application(told):
    """§14: who keeps the platform sees no results; letter 31 does not exist."""
    heard = {who for pairs in told.values() for _, who in pairs}
    assert not {"season_admin1", "auditor1"} & heard
    assert not [template for template in told if template.startswith("31")]
