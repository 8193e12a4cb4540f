"""Code in every place that holds an expression: refused when it is deployed, with the element it stands in; whatever is let through is words, and never runs."""

import pytest

from engine.bpmn import Host, read_definitions
from engine.checks import check
from engine.checks_table import ATTRIBUTES, EXTENSIONS
from engine.errors import EngineError
from engine.expressions import ExpressionError
from tests.security.hostile import watched
from tests.security.places import CODE, WORDS, attributes, bodies, decisions, extensions
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
def test_code_is_refused_or_is_only_words(place):
    with watched() as seen:
        for code in ESCAPES:
            for written in (f"${{{code}}}", f"#{{{code}}}", code, f"= {code}"):
                files = PLACES[place](written)
                if not refusals(files):
                    runs(files)
                    print("TAKEN", place, written)
                assert seen == [], (place, written)


def test_every_extension_element_of_the_table_is_tried():
    pass
