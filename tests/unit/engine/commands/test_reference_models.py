"""The reference models of the BPMN Model Interchange Working Group, in the folder that BENCHMARK_MODELS names: stored whole, none misread."""

import os
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn.definitions import read_diagrams
from engine.bpmn.reader import FLOW_NODES
from engine.bpmn.reading import local
from engine.checks import check
from engine.contract import SYSTEM
from store.engine import queries

FOLDER = os.environ.get("BENCHMARK_MODELS", "")
NAMES = [f"A.{n}" for n in ("1.0", "2.0", "2.1", "3.0", "4.0", "4.1")] + ["B.1.0", "B.2.0"]
NAMES += [f"C.{n}" for n in ("1.0", "1.1", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0", "8.0", "8.1", "9.0", "9.1", "9.2")]

pytestmark = [pytest.mark.reference_models, pytest.mark.skipif(not FOLDER, reason="BENCHMARK_MODELS names no folder")]


def model(name):
    return (Path(FOLDER) / f"{name}.bpmn").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_stored_as_it_is_and_loses_no_element(engine, database, name):
    content = model(name)
    version = engine.deploy(name=name, files={f"{name}.bpmn": content}, actor=SYSTEM)
    with database.read() as connection:
        assert queries.version_files(connection, version.id) == {f"{name}.bpmn": content}
    root = etree.fromstring(content)
    processes = read_diagrams({"a.bpmn": content}).processes.values()
    drawn = [node.get("id") for node in root.iter(etree.Element) if local(node) in FLOW_NODES]
    assert sorted(drawn) == sorted(element for process in processes for element in process.elements)
    flows = [node.get("id") for node in root.iter(etree.Element) if local(node) == "sequenceFlow"]
    assert sorted(flows) == sorted(flow.id for process in processes for flow in process.flows)


@pytest.mark.parametrize("name", NAMES)
def test_only_what_says_so_can_be_started(name):
    said = {node.get("id") for node in etree.fromstring(model(name)).iter(etree.Element) if node.get("isExecutable") == "true"}
    processes = read_diagrams({"a.bpmn": model(name)}).processes.values()
    assert {process.key for process in processes if process.executable} == said


@pytest.mark.parametrize("name", NAMES)
def test_no_model_has_errors_for_the_generic_profile(name):
    assert [problem for problem in check({"a.bpmn": model(name)}, profile="generic") if problem.severity == "error"] == []
