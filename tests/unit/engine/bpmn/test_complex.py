"""Complex gateways: an activation condition over the flows that have a token; late tokens are taken up before the next round."""

JOIN = '<complexGateway id="j"><activationCondition>${activationCount &gt;= 2}</activationCondition></complexGateway>'


def voting(draw, *more, join=JOIN, flows=()):
    return draw.diagram(
        draw.start(),
        draw.gate("m"),
        draw.gate("f", "parallel"),
        draw.user("a"),
        draw.user("b"),
        draw.user("c"),
        join,
        draw.user("u"),
        *more,
        draw.flows("s-m-f", "f-a-j", "f-b-j", "f-c-j", *(flows or ["j-u"])),
    )


def test_it_goes_on_when_its_condition_holds_and_late_tokens_end_there(draw, story):
    told = story(voting(draw))
    told.complete("a")
    assert told.at == ["b", "c"]
    told.complete("c")
    assert told.at == ["b", "u"]
    assert told.entered("j") == 1
    told.complete("u")
    assert not told.ended
    told.complete("b")
    assert told.ended
    assert told.entered("u") == 1


def test_in_a_loop_the_next_round_waits_for_the_late_token_of_the_last(draw, story):
    told = story(voting(draw, draw.gate("g"), draw.end(), flows=["j-u-g", "g-m ${again}", "g-e default"]))
    told.complete("a")
    told.complete("b")
    told.complete("u", again=True)
    assert told.at == ["a", "b", "c", "c"]
    told.complete("a")
    told.complete("b")
    assert told.at == ["c", "c"]
    told.complete("c")
    assert told.at == ["c", "u"]
    told.complete("u", again=False)
    told.complete("c")
    assert told.ended


def test_flows_that_ask_for_the_start_are_looked_at_again_when_the_late_tokens_have_come(draw, story):
    told = story(voting(draw, draw.user("late"), flows=["j-u ${waitingForStart}", "j-late ${!waitingForStart}"]))
    told.complete("a")
    told.complete("b")
    assert told.at == ["c", "u"]
    told.complete("c")
    assert told.at == ["late", "u"]


def test_a_branch_that_dies_ends_the_round(draw, story):
    told = story(voting(draw, draw.boundary("x", "c", "message"), draw.user("w"), flows=["j-u", "x-w"]))
    told.complete("a")
    told.complete("b")
    told.deliver("x")
    told.complete("w")
    told.complete("u")
    assert told.ended


def test_without_a_condition_it_joins_and_splits_like_an_inclusive_gateway(draw, story):
    told = story(voting(draw, draw.user("v"), join=draw.gate("j", "complex"), flows=["j-u ${n > 1}", "j-v ${n > 2}"]), variables={"n": 3})
    for each in "abc":
        told.complete(each)
    assert told.at == ["u", "v"]
