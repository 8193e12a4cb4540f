"""Instances stored by earlier releases: today's code loads them, waits for the same, and brings them to their end."""

import json
import tomllib
from pathlib import Path

import pytest

from engine.bpmn.codec import READABLE, VERSION
from engine.bpmn.moving import migrate
from engine.bpmn.plans import Plan, generate
from engine.errors import EngineError
from tests.snapshots.make import RUNNING, read_folder, waits_of


@pytest.fixture(params=sorted(path.name for path in RUNNING.iterdir()))
def stored(request):
    folder = RUNNING / request.param
    return folder, *read_folder(folder)


def test_a_state_of_every_version_that_can_be_read_is_kept():
    kept = {json.loads((folder / "state.json").read_bytes())[0] for folder in RUNNING.iterdir()}
    assert kept == READABLE


def test_the_present_release_has_kept_one():
    release = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert [folder.name for folder in RUNNING.iterdir() if folder.name.startswith(release)]


def test_a_stored_instance_is_loaded_waits_for_the_same_and_ends(stored):
    folder, definitions, host = stored
    execution = definitions.load((folder / "state.json").read_bytes(), host=host)
    assert waits_of(execution) == json.loads((folder / "waits.json").read_text())
    for _ in range(50):
        if execution.ended:
            break
        wait = next((each for each in execution.waits() if each.kind in {"user", "service", "error"}), None)
        if wait is not None:
            execution.complete(wait.id)
        else:
            for each in execution.waits():
                if each.message == "m2":
                    execution.deliver(each.id)
                elif each.element == "both":
                    execution.fire(each.id)
            execution.set_variables({"n": 7})
        execution.run()
        execution = definitions.load(execution.dump(), host=host)
    assert execution.ended


def test_a_stored_instance_moves_to_another_version_and_waits_for_the_same(stored):
    folder, definitions, host = stored
    execution = definitions.load((folder / "state.json").read_bytes(), host=host)
    same = read_folder(folder)[0]
    waits, routes = execution.waits(), [generate(process, same.processes[key]) for key, process in definitions.processes.items()]
    migrate(execution.instance, Plan(1, 2, tuple(routes)), version=1, processes=same.specs)
    execution.run()
    assert execution.waits() == waits
    assert same.load(execution.dump(), host=host).waits() == waits


def test_a_damaged_state_and_one_of_a_later_release_are_refused(stored):
    folder, definitions, host = stored
    state = json.loads((folder / "state.json").read_bytes())
    later = json.dumps([VERSION + 1, *state[1:]]).encode()
    unknown = (folder / "state.json").read_bytes().replace(b'"in_call"', b'"no_such"')
    for blob in (later, unknown, b"[]", b"{", b"null"):
        with pytest.raises(EngineError) as refused:
            definitions.load(blob, host=host)
        assert refused.value.code == "state"
