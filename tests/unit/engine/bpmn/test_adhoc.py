"""Ad-hoc sub-processes: activities without an order."""

import pytest


def adhoc(draw, *inner, attrs="", condition="", inside=""):
    done = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    sub = draw.sub("sub", *inner, inside, done, attrs=attrs, tag="adHocSubProcess")
    return draw.diagram(draw.start(), sub, draw.user("after"), draw.flows("s-sub-after"))


def test_all_activities_begin_at_once_and_all_must_be_done(draw, story):
    told = story(adhoc(draw, draw.user("a"), draw.user("b"), draw.user("c")))
    assert told.at == ["a", "b", "c"]
    for each in "bca":
        told.complete(each)
    assert told.at == ["after"]


@pytest.mark.parametrize("cancel", [True, False])
def test_when_it_is_enough_the_rest_is_cancelled_or_waited_for(draw, story, cancel):
    attrs = f'cancelRemainingInstances="{str(cancel).lower()}"'
    told = story(adhoc(draw, draw.user("a"), draw.user("b"), draw.user("c"), attrs=attrs, condition="${n > 1}"), variables={"n": 0})
    told.complete("a", n=1)
    assert told.at == ["b", "c"]
    told.complete("b", n=2)
    if not cancel:
        assert told.at == ["c"]
        told.complete("c", n=0)
    assert told.at == ["after"]


def test_one_after_the_other_until_it_is_enough(draw, story):
    attrs = 'ordering="Sequential"'
    told = story(adhoc(draw, draw.user("a"), draw.user("b"), draw.user("c"), attrs=attrs, condition="${n > 1}"), variables={"n": 0})
    for number, each in enumerate("ab", 1):
        assert told.at == [each]
        told.complete(each, n=number)
    assert told.at == ["after"]


def test_one_after_the_other_to_the_end(draw, story):
    told = story(adhoc(draw, draw.user("a"), draw.user("b"), attrs='ordering="Sequential"'))
    told.complete("a")
    told.complete("b")
    assert told.at == ["after"]


def test_flows_within_are_followed(draw, story):
    told = story(adhoc(draw, draw.user("a"), draw.user("b"), draw.user("c"), inside=draw.flows("a-b")))
    assert told.at == ["a", "c"]
    told.complete("a")
    told.complete("c")
    assert told.at == ["b"]
    told.complete("b")
    assert told.at == ["after"]


def test_automatic_activities_may_be_enough_at_once(draw, story):
    told = story(adhoc(draw, draw.script("a", "n = 1"), draw.script("b", "n = 2"), attrs='ordering="Sequential"', condition="${n == 1}"))
    assert told.at == ["after"]
    assert told.var("n") == 1


def test_it_can_be_interrupted_and_repeated(draw, story):
    multi = draw.sub("sub", draw.user("a"), draw.user("b"), draw.multi(count="2", sequential=True), tag="adHocSubProcess")
    told = story(
        draw.diagram(
            draw.start(), multi, draw.boundary("x", "sub", "message"), draw.user("w"), draw.user("z"), draw.flows("s-sub-z", "x-w")
        )
    )
    told.complete("a")
    told.complete("b")
    told.complete("b")
    assert told.at == ["a", "x"]
    told.deliver("x")
    assert told.at == ["w"]
