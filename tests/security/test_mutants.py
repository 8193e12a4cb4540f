"""Mutated diagrams at the REST interface: deployed, started, deleted again. An answer each time, at once; nothing of them ever runs as code.

`MUTANTS=10000 BENCHMARK_MODELS=… pytest tests/security/test_mutants.py -s` is the long run and prints its figures.
"""

import gc
import os
from collections import Counter
from pathlib import Path
from time import process_time

import pytest
from starlette.testclient import TestClient

from tests.security.hostile import GOOD, MOST_SECONDS, watched
from tests.security.house import SITE
from tests.security.mutants import CANARY, mutants, seeds
from web.app import create_app
from web.tokens import make_token

NUMBER = int(os.environ.get("MUTANTS", "120"))
SEED = int(os.environ.get("SEED", "1"))
MOST_GROWTH = 100_000_000  # bytes of memory that may stay
BATCH = 100


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Rest:
    """The interface as the administrator's programme has it; every answer is one of the declared ones, and at once."""

    def __init__(self, http):
        self.http, self.answers, self.slowest = http, Counter(), (0.0, b"")

    def asks(self, verb, path, content, **sent):
        begun = process_time()
        answer = self.http.request(verb, f"/engine-rest{path}", **sent)
        seconds = process_time() - begun
        self.slowest = max(self.slowest, (seconds, content))
        self.answers[f"{verb} {answer.status_code}"] += 1
        assert seconds < MOST_SECONDS, (verb, path, content)
        assert "could not do this" not in answer.text, (verb, path, content)
        return answer

    def takes(self, content):
        """Deploy it, start what can be started, delete it again."""
        answer = self.asks("POST", "/deployment/create", content, data={"deployment-name": "m"}, files=[("d.bpmn", ("d.bpmn", content))])
        assert answer.status_code in {200, 400, 413, 422}, (answer.text, content)
        if answer.status_code != 200:
            assert answer.json()["message"]
            return
        deployment = answer.json()
        for definition in deployment["deployedProcessDefinitions"] or {}:
            self.asks("POST", f"/process-definition/{definition}/start", content, json={"variables": {"a": {"value": 1, "type": "Integer"}}})
        answer = self.asks("DELETE", f"/deployment/{deployment['id']}", content, params={"cascade": "true"})
        assert answer.status_code == 204, (answer.text, content)


@pytest.fixture
def rest(request, tmp_path):
    from tests.security.house import SmallScene, small_house

    house = small_house(request.getfixturevalue("sqlite_url"), tmp_path)
    robot = SmallScene(house).person("robot", "season_admin@caq")
    _, secret = make_token(house, person=robot, name="mutants", valid=house.settings.session_absolute, by=robot)
    yield Rest(TestClient(create_app(house), base_url=SITE, headers={"authorization": f"Bearer {secret}"}, raise_server_exceptions=False))
    house.close()


def test_a_mutated_diagram_gets_an_answer_and_never_runs(rest):
    for content in seeds()[:BATCH]:
        rest.takes(content)
    gc.collect()
    before = resident()
    with watched() as seen:
        for content in mutants(NUMBER, seed=SEED):
            rest.takes(content)
            assert seen == [], content
    gc.collect()
    grown, slowest = resident() - before, rest.slowest[0]
    print(f"\n{NUMBER} mutants of {len(seeds())} diagrams: {dict(rest.answers)}, slowest answer {slowest:.2f} s of processor time, {grown / 1e6:+.0f} MB")  # noqa: T201 - the figures of a long run (-s)
    assert not Path(CANARY).exists()
    assert grown < MOST_GROWTH
    assert rest.answers["POST 200"] > NUMBER / 10, "hardly anything was taken: it would prove little"
    rest.takes(GOOD)
