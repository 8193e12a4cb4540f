"""The OpenAPI document is kept: whatever it allows is answered as it declares, and nothing breaks down.

A seeded share of calls in every run; `REST_CALLS=5000` makes as many.
"""

import logging
import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS

SHARE = 300  # calls of an ordinary run
PATIENCE = 120  # seconds for an answer of a busy machine
KEPT = ("status_code_conformance", "content_type_conformance", "response_schema_conformance", "response_headers_conformance")


@pytest.fixture
def busy(rest, draw):
    """Something of every kind to be met."""
    parts = (draw.gate("f", "parallel"), draw.user("u"), draw.service("x"), draw.catch("c", "duration:PT1H"), draw.catch("m", "message"), draw.end())
    definition = rest.definition(draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-u-e", "f-x-e", "f-c-e", "f-m-e")))
    rest.start(definition, a=1)


def ask(operation, *, times, kept):
    """Call an operation with seeded values that its description allows; how often."""
    calls = 0

    @seed(20240131)
    @settings(max_examples=times, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def call(case):
        nonlocal calls
        calls += 1
        answer = case.call(timeout=PATIENCE)
        assert "could not do this" not in answer.text, (operation.label, answer.text)
        case.validate_response(answer, checks=kept)

    call()
    return calls


def test_what_the_document_allows_is_answered_as_it_declares(url, busy, caplog):
    caplog.set_level(logging.WARNING)
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", timeout=PATIENCE)
    operations = [found.ok() for found in schema.get_all_operations()]
    kept = [check for check in CHECKS.get_all() if check.__name__ in KEPT]
    assert len(kept) == len(KEPT)
    times = max(1, int(os.environ.get("REST_CALLS", SHARE)) // len(operations))
    calls = sum(ask(operation, times=times, kept=kept) for operation in operations)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    assert calls >= len(operations)
