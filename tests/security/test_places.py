"""Code in every place that holds an expression is refused when it is deployed, with the element it stands in; what is let through is words, and never runs."""

from pathlib import Path

import pytest

from engine.bpmn import Host, read_definitions
from engine.checks import check
from engine.checks_table import ATTRIBUTES, EXTENSIONS
from engine.errors import EngineError
from engine.expressions import ExpressionError
from tests.security.hostile import watched
from tests.security.places import CODE, WORDS, attributes, bodies, decisions, extensions, may_hold_words
from tests.unit.engine.bpmn.conftest import T0

CANARY = "/tmp/canary-of-places"
ESCAPES = [code.format(canary=CANARY) for code in CODE]
PLACES = dict([*attributes(), *extensions(), *decisions(), *bodies()])


def refusals(files):
    return [problem for problem in check(files, profile="generic") if problem.severity == "error"]


def runs(files):
    try:
        definitions = read_definitions(files)
        execution = definitions.new("p", variables={"a": 1, "x": {"y": {}}}, host=Host(now=T0))
        execution.run()
    except (EngineError, ExpressionError):
        return


@pytest.mark.parametrize("place", PLACES)
def test_code_is_refused_with_its_element_or_is_only_words(place):
    with watched() as seen:
        for code in ESCAPES:
            files = PLACES[place](f"${{{code}}}")
            found = refusals(files)
            assert any(problem.element for problem in found) or may_hold_words(place, code), code
            if not found:
                runs(files)
            assert seen == [], code
    assert not Path(CANARY).exists()


@pytest.mark.parametrize("place", PLACES)
def test_code_without_the_marks_of_an_expression_is_refused_or_only_words(place):
    with watched() as seen:
        for code in ESCAPES[:4]:
            for written in (code, f"= {code}"):
                files = PLACES[place](written)
                if not refusals(files):
                    runs(files)
                assert seen == [], written
    assert not Path(CANARY).exists()


def test_every_place_of_the_tables_is_tried():
    """Negative control: what is tried grows with the tables, and what may hold words is said by name."""
    tried = {place.partition(" ")[0] for place in PLACES}
    assert set(ATTRIBUTES) <= tried
    assert {name for name, (status, _) in EXTENSIONS.items() if status != "ignored"} <= tried
    assert set(ATTRIBUTES) >= WORDS
    assert sum(not may_hold_words(place, "a.b()") for place in PLACES) > 60
