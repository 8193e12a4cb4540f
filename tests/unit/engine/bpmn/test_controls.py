"""Negative controls: the checks that run after every step, and the oracle, do find a broken engine."""

import pytest

from engine.bpmn.gateways import InclusiveGateway, ParallelGateway
from engine.bpmn.instance import Instance
from engine.bpmn.loops import MultiInstance
from engine.bpmn.nodes import Node
from engine.bpmn.scopes import Scopes
from tests.unit.engine.bpmn.conftest import Draw
from tests.unit.engine.bpmn.test_random import test_interruptions_at_random_moments_leave_nothing_behind as interruptions
from tests.unit.engine.bpmn.test_random import test_the_engine_and_the_oracle_agree_on_every_step as oracle

DRAW = Draw()


@pytest.fixture
def nested(story):
    inner = DRAW.sub("sub", DRAW.start("s1"), DRAW.user("u"), DRAW.end("e1"), DRAW.multi(count="2"), DRAW.flows("s1-u-e1"))
    return story(
        DRAW.diagram(DRAW.start(), inner, DRAW.boundary("b", "sub", "message"), DRAW.end(), DRAW.end("e2"), DRAW.flows("s-sub-e", "b-e2"))
    )


def an_orphan_scope(instance):
    instance.scopes.held["99"] = {"x": 1}


def a_wrong_count(instance):
    instance.live += 1


def a_token_that_nobody_knows(instance):
    instance.index.pop(next(iter(instance.index)))


def a_join_that_is_gone(instance):
    instance.joins.add("99")


def a_condition_that_is_gone(instance):
    instance.conditionals.add("99")


@pytest.mark.parametrize("harm", [an_orphan_scope, a_wrong_count, a_token_that_nobody_knows, a_join_that_is_gone, a_condition_that_is_gone])
def test_every_invariant_can_fail(nested, harm):
    nested.check()
    harm(nested.execution.instance)
    with pytest.raises(AssertionError):
        nested.check()


def impatient(self, token):
    self.open(token)


def forgetful_drop(self, owner):
    """Scopes stay when their owner goes."""


def counts_wrong(self, token, completed):
    scope = token.top.scopes.held.setdefault(token.id, {})
    scope["nrOfCompletedInstances"] = completed + 1
    return scope


BROKEN = {
    "a parallel join that does not wait": (ParallelGateway, "arrived", impatient),
    "an inclusive join that does not wait": (InclusiveGateway, "may_open", lambda *_: True),
    "instances counted twice": (MultiInstance, "bump", counts_wrong),
    "scopes that outlive their owner": (Scopes, "drop", forgetful_drop),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_oracle_finds_a_broken_engine(draw, story, monkeypatch, name):
    monkeypatch.setattr(*BROKEN[name])
    with pytest.raises((AssertionError, KeyError, IndexError)):
        oracle(draw, story, 0)


def test_random_interruptions_find_tokens_that_go_on_after_they_were_taken_away(draw, story, monkeypatch):
    def blind(self, token):
        if token.alive:
            token.task_spec._on_cancel(token)

    monkeypatch.setattr(Instance, "cancel_token", blind)

    def all_seeds():
        for seed in range(60):
            interruptions(draw, story, seed)

    with pytest.raises(AssertionError):
        all_seeds()


def test_a_thrower_that_went_on_would_be_found(draw, story, monkeypatch):
    monkeypatch.setattr(Node, "_on_complete", lambda self, token: self.leave(token))
    inner = draw.sub("sub", draw.start("s1"), draw.throw("t", "signal"), draw.user("never"), draw.flows("s1-t-never"))
    xml = draw.diagram(draw.start(), inner, draw.boundary("b", "sub", "signal"), draw.user("after"), draw.flows("s-sub", "b-after"))
    with pytest.raises(AssertionError):
        story(xml)
