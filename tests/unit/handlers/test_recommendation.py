from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from handlers import delivery, recommendation
from selection.errors import HouseError, Late, OverQuota, Refused
from store.engine import deadlines
from tests.unit.handlers.conftest import BEFORE, LATE, person
from web.telling_papers import nominated

OPINION = "该企业质量管理基础扎实，方法科学、成效显著，在本地区和行业内具有示范和推广价值，同意推荐。" * 2


def reviewed(stage, number):
    made = [stage.enterprise(at + 1) for at in range(number)]
    for one in made:
        ctx = stage.context(unit="RU-LN", application=one.id)
        recommendation.record_review(ctx, {"opinion": "同意", "outcome": "accept"})
    return made


def ranking(made, nominated):
    return [{"application": one.id, "rank": at, "nominated": at <= nominated, "reason": ""} for at, one in enumerate(made, start=1)]


def test_three_places_hold_three(stage):
    stage.unit()
    made = reviewed(stage, 4)
    recommendation.rank(stage.context(unit="RU-LN"), {"ranking": ranking(made, 3), "outcome": "confirm"})
    chosen = stage.facts.nominations.of_unit(season="cn-2023", unit="RU-LN", state="chosen")
    assert [row.application for row in chosen] == [one.id for one in made[:3]]


@pytest.mark.parametrize(("widened", "number"), [(False, 4), (True, 6)])
def test_one_more_than_the_places_is_refused(stage, widened, number):
    stage.unit()
    stage.facts.people.change_unit(season="cn-2023", code="RU-LN", is_widened=widened)
    made = reviewed(stage, number)
    with pytest.raises(OverQuota) as refusal:
        recommendation.rank(stage.context(unit="RU-LN"), {"ranking": ranking(made, number), "outcome": "confirm"})
    assert refusal.value.code == "quota.exceeded"


def test_nobody_is_nominated_unreviewed(stage):
    stage.unit()
    one = stage.enterprise()
    with pytest.raises(Refused) as refusal:
        recommendation.rank(stage.context(unit="RU-LN"), {"ranking": ranking([one], 1), "outcome": "confirm"})
    assert refusal.value.code == "nomination.unreviewed"


def test_a_list_after_the_deadline_is_late(stage):
    with pytest.raises(Late):
        recommendation.rank(stage.context(now=LATE, unit="RU-LN"), {"ranking": [], "outcome": "confirm"})


def test_a_unit_reviews_until_its_own_close_and_returns_while_the_enterprise_may_still_change(stage):
    """§14: what is returned after 申报截止 could not be handed in again."""
    stage.unit()
    one = stage.enterprise()
    ctx = stage.context(unit="RU-LN", application=one.id)
    told = {"opinion": "请补充数据来源"}
    with pytest.raises(Late):
        recommendation.record_review(replace(ctx, now=LATE, received=LATE), told | {"outcome": "accept"})
    at = {"at": BEFORE - timedelta(hours=1), "by": "P1", "reason": "x", "now": BEFORE - timedelta(days=1)}
    deadlines.put(stage.facts.connection, tenant="cn-2023", name="申报截止", **at)
    with pytest.raises(Late):
        recommendation.record_review(ctx, told | {"outcome": "return"})
    recommendation.record_review(ctx, told | {"outcome": "accept"})


def test_a_list_that_was_chosen_in_time_is_not_delivered_late_nor_beyond_the_places(stage):
    """§14: what counts is when the sealed list is handed in, and how many places the season has then."""
    stage.unit()
    made = reviewed(stage, 3)
    recommendation.rank(stage.context(unit="RU-LN"), {"ranking": ranking(made, 3), "outcome": "confirm"})
    with pytest.raises(Late):
        delivery.seal(stage.context(now=LATE, unit="RU-LN"), {"opinions": [], "outcome": "deliver"})
    ctx = stage.context(unit="RU-LN")
    fewer = replace(ctx, settings={**ctx.settings, "quota": {**ctx.settings["quota"], "base": 2}})
    with pytest.raises(OverQuota):
        delivery.seal(fewer, {"opinions": [], "outcome": "deliver"})


def test_a_unit_ranks_and_reviews_what_names_it_and_nothing_else(stage):
    stage.unit()
    stage.unit("RU-DL")
    (own,), other = reviewed(stage, 1), stage.enterprise(2, unit="RU-DL")
    ctx = stage.context(unit="RU-LN", application=other.id)
    rows = [{"application": own.id, "rank": 1}, {"application": other.id, "rank": 2}]
    with pytest.raises(Refused) as stranger:
        recommendation.save_ranking(ctx, {"ranking": rows})
    assert stranger.value.code == "nomination.unknown"
    for outcome in ("accept", "return", "refuse"):
        with pytest.raises(Refused) as gone:
            recommendation.record_review(ctx, {"opinion": "不予推荐", "outcome": outcome})
        assert gone.value.code == "unit.changed", outcome
    assert stage.facts.nominations.get(other.id) is None


def test_an_opinion_needs_the_letter_its_sealed_page_and_the_attestations(stage):
    stage.unit()
    made = reviewed(stage, 1)
    recommendation.rank(stage.context(unit="RU-LN"), {"ranking": ranking(made, 1), "outcome": "confirm"})
    opinion = {"application": made[0].id, "opinion": OPINION, "no_violation": True, "mature": True}
    codes = []
    for row, paper in ((opinion, "D5.letter"), (opinion, "D5.sealed"), ({**opinion, "mature": False}, "D6.summary"), (opinion, "D6.summary")):
        try:
            delivery.seal(stage.context(unit="RU-LN"), {"opinions": [row], "outcome": "deliver"})
        except HouseError as refusal:
            codes.append(refusal.code)
        stage.file("RU-LN", paper)
    assert codes == ["document.missing", "opinion.seal", "opinion.attestation"]


@pytest.mark.parametrize(("wanted", "has_account", "signs"), [(False, True, False), (True, False, False), (True, True, True)])
def test_a_leader_signs_in_person_where_the_unit_wants_it_and_the_leader_has_an_account(stage, wanted, has_account, signs):
    stage.unit()
    made = reviewed(stage, 1)
    recommendation.rank(stage.context(unit="RU-LN"), {"ranking": ranking(made, 1), "outcome": "confirm"})
    for paper in ("D5.letter", "D5.sealed"):
        stage.file("RU-LN", paper)
    if has_account:
        person(stage.facts, "leader", "ru_leader@RU-LN")
    ctx = stage.context(unit="RU-LN")
    units = [{**unit, "leader_signs": wanted} if unit["code"] == "RU-LN" else unit for unit in ctx.settings["units"]]
    ctx = replace(ctx, settings={**ctx.settings, "units": units})
    opinion = {"application": made[0].id, "opinion": OPINION, "no_violation": True, "mature": True}

    assert delivery.seal(ctx, {"opinions": [opinion], "outcome": "deliver"}) == {"leader_signs": signs}
    assert delivery.seal(ctx, {"outcome": "back"}) == {"leader_signs": False}


def test_a_leader_reads_what_is_recommended_and_the_sealed_pages_before_signing(stage):
    stage.unit()
    made = reviewed(stage, 2)
    recommendation.rank(stage.context(unit="RU-LN"), {"ranking": ranking(made, 1), "outcome": "confirm"})
    for paper in ("D5.letter", "D5.sealed"):
        stage.file("RU-LN", paper, name=f"{paper}.pdf")
    opinion = {"application": made[0].id, "opinion": OPINION, "no_violation": True, "mature": True}
    delivery.seal(stage.context(unit="RU-LN"), {"opinions": [opinion], "outcome": "deliver"})
    for one in made:
        stage.facts.applications.change(one.id, submitted_at=BEFORE)

    seen = SimpleNamespace(variables={"unit": "RU-LN"}, row={"tenant": "cn-2023"})
    (card,) = nominated(stage.facts.connection, seen, "zh")

    assert card.lines == (("企业1", "经验1", OPINION),)
    assert [name for _, name in card.files] == ["D5.letter.pdf", "D5.sealed.pdf"]


def test_a_leader_sends_back_with_a_reason_and_signs_before_the_close(stage):
    ctx = stage.context(unit="RU-LN")
    delivery.sign_off(ctx, {"outcome": "sign"})
    delivery.sign_off(ctx, {"outcome": "return", "comment": "请核对排序"})
    with pytest.raises(Refused):
        delivery.sign_off(ctx, {"outcome": "return"})
    with pytest.raises(Late):
        delivery.sign_off(stage.context(unit="RU-LN", now=LATE), {"outcome": "sign"})


def test_the_list_tells_each_application_once_and_nothing_else(stage):
    stage.unit()
    made = reviewed(stage, 2)
    recommendation.rank(stage.context(unit="RU-LN"), {"ranking": ranking(made, 1), "outcome": "confirm"})
    delivery.deliver(stage.context(unit="RU-LN"), {})
    assert stage.sent.messages == [
        ("recommendation.decided", made[0].id, {"outcome": "nominated"}),
        ("recommendation.decided", made[1].id, {"outcome": "not_nominated"}),
    ]
    assert [stage.facts.applications.get(one.id).state for one in made] == ["nominated", "not_nominated"]


def test_only_the_office_records_for_a_unit(stage):
    with pytest.raises(HouseError) as refusal:
        recommendation.may_record(stage.context(unit="RU-LN", groups=("ru_officer@RU-LN",)), {"reason": "传真"})
    assert refusal.value.code == "office.only"
