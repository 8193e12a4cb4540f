"""Diagrams of others: each deployment a version of its own, deleted with all that grew from it, suspended by definition."""

import pytest
from sqlalchemy import update

from engine.bpmn.definitions import DiagramErrors
from engine.contract import SYSTEM
from engine.refusals import HoldsFacts, NotFound, StillRuns, Suspended, UnknownProcess
from store.engine import catalogue, queries
from store.engine.tables import definition, deletion, external_task, history, instance, job, subscription, task, version, version_file
from tests.unit.engine.bpmn.conftest import Draw

DRAW = Draw()


def drawn(*parts, key="p"):
    return {f"{key}.bpmn": DRAW.diagram(DRAW.start(), *parts, key=key)}


@pytest.fixture
def publish(engine):
    def put(files, title="theirs"):
        return engine.publish(title=title, source="test", files=files, actor=SYSTEM)

    return put


@pytest.fixture
def begin(engine):
    return lambda process, **variables: engine.start(process=process, business_key="", variables=variables, tenant="", actor=SYSTEM)


WAITS = drawn(DRAW.user("u"), DRAW.end(), DRAW.flows("s-u-e"))
SERVED = drawn(DRAW.service("t"), DRAW.user("u"), DRAW.end(), DRAW.flows("s-t-u-e"))
HEARS = {"r.bpmn": DRAW.diagram(DRAW.start("s"), '<receiveTask id="r"/>', DRAW.end(), DRAW.flows("s-r-e"), key="p")}
TIMED = {"p.bpmn": DRAW.diagram(DRAW.start("s", "duration:PT1H"), DRAW.user("u"), DRAW.end(), DRAW.flows("s-u-e"), key="p")}


def test_the_same_files_twice_are_two_deployments(publish, rows):
    first, second = publish(WAITS), publish(WAITS)
    assert first.id != second.id
    assert [(row["key"], row["number"], row["version"]) for row in rows(definition)] == [("p", 1, first.id), ("p", 2, second.id)]


def test_a_broken_diagram_leaves_nothing(publish, rows):
    with pytest.raises(DiagramErrors):
        publish(drawn('<serviceTask id="t"/>', DRAW.flows("s-t")))
    assert rows(version) == []


def test_they_are_no_versions_of_the_house(publish, database):
    publish(WAITS)
    with database.read() as connection:
        assert queries.versions(connection) == []
        assert catalogue.latest(connection, key="p", profile="season") is None
        assert catalogue.latest(connection, key="p", profile="generic")["number"] == 1


def test_their_service_tasks_wait_for_workers_even_if_the_house_knows_the_topic(engine, registry, publish, begin, rows):
    called = []
    registry.handler("topic_t")(lambda ctx, inputs: called.append(inputs))
    publish({"p.bpmn": SERVED["p.bpmn"].replace(b'camunda:topic="t"', b'camunda:topic="topic_t"')})
    begin("p")
    assert called == []
    assert [row["topic"] for row in rows(external_task)] == ["topic_t"]
    assert engine.check() == {}


def test_a_listener_of_the_house_is_refused(registry, publish, rows):
    registry.listener("secret")(lambda ctx, data: {"leaked": True})
    listening = '<userTask id="u"><extensionElements><camunda:taskListener event="create" delegateExpression="secret"/></extensionElements></userTask>'
    with pytest.raises(DiagramErrors, match="secret"):
        publish(drawn(listening, DRAW.end(), DRAW.flows("s-u-e")))
    assert rows(version) == []


def test_a_receive_task_without_message_waits(engine, publish, begin, rows):
    publish(HEARS)
    begin("p")
    assert [(row["kind"], row["element"]) for row in rows(subscription)] == [("receive", "r")]
    assert engine.check() == {}


def test_a_deployment_goes_with_all_that_grew_from_it_and_nothing_else(engine, publish, begin, rows, database):
    kept = publish(WAITS)
    stays = begin("p")
    gone = publish(SERVED)
    begin("p")
    engine.anchor()
    engine.withdraw(deployment=gone.id, cascade=True, actor=SYSTEM)
    for table in (instance, history):
        assert {row["root"] for row in rows(table)} == {stays}, table.name
    assert rows(external_task) == []
    assert [row["root"] for row in rows(task)] == [stays]
    assert [row["version"] for row in rows(definition)] == [kept.id]
    assert len(rows(deletion)) == 1
    assert engine.check() == {}


def test_a_tampered_note_of_a_deletion_is_found(engine, publish, begin, database):
    gone = publish(WAITS)
    begin("p")
    engine.withdraw(deployment=gone.id, cascade=True, actor=SYSTEM)
    with database.write() as connection:
        connection.execute(deletion.update().values(digest="other"))
    assert "deletions_follow" in engine.check()


def test_its_number_and_id_are_never_given_again(engine, publish):
    gone = publish(WAITS)
    engine.withdraw(deployment=gone.id, cascade=False, actor=SYSTEM)
    again = publish(WAITS)
    assert again.id != gone.id
    assert again.number != gone.number
    with pytest.raises(NotFound):
        engine.withdraw(deployment=gone.id, cascade=False, actor=SYSTEM)


def test_without_cascade_instances_keep_it(engine, publish, begin):
    ref = publish(WAITS)
    begin("p")
    with pytest.raises(StillRuns):
        engine.withdraw(deployment=ref.id, cascade=False, actor=SYSTEM)


def test_a_folder_of_the_house_is_never_deleted(engine, deploy):
    ref = deploy("fork")
    with pytest.raises(HoldsFacts):
        engine.withdraw(deployment=ref.id, cascade=True, actor=SYSTEM)
    with pytest.raises(NotFound):
        engine.withdraw(deployment=999, cascade=True, actor=SYSTEM)


def test_the_timer_of_the_version_before_is_armed_again(engine, publish, rows, clock):
    first = publish(TIMED)
    second = publish(TIMED)
    assert [row["payload"]["version"] for row in rows(job)] == [second.id]
    engine.withdraw(deployment=second.id, cascade=True, actor=SYSTEM)
    assert [row["payload"]["version"] for row in rows(job)] == [first.id]
    engine.withdraw(deployment=first.id, cascade=True, actor=SYSTEM)
    assert rows(job) == []


def test_a_suspended_definition_starts_nothing(engine, publish, begin, rows):
    publish(WAITS)
    (row,) = rows(definition)
    engine.suspend_definition(definition=row["id"], suspended=True, actor=SYSTEM)
    with pytest.raises(Suspended):
        begin("p")
    engine.suspend_definition(definition=row["id"], suspended=False, actor=SYSTEM)
    begin("p")
    with pytest.raises(NotFound):
        engine.suspend_definition(definition="p:9:9", suspended=True, actor=SYSTEM)


def test_tasks_created_at_one_instant_keep_their_order(engine, publish, begin, rows):
    publish(WAITS)
    roots = [begin("p") for _ in range(5)]
    assert [row["root"] for row in sorted(rows(task), key=lambda row: row["number"])] == roots


def test_rows_within_a_called_process_name_the_call(publish, begin, rows):
    publish(
        {**drawn(DRAW.call("c", "q"), DRAW.end(), DRAW.flows("s-c-e")), **drawn(DRAW.user("u"), DRAW.end(), DRAW.flows("s-u-e"), key="q")}
    )
    begin("p")
    (row,) = rows(task)
    assert row["within"] not in {"", None}
    assert row["process"] == "q"


def test_an_unknown_process_is_refused(begin):
    with pytest.raises(UnknownProcess):
        begin("nothing")


def test_what_is_refused_since_it_was_deployed_runs_on(make, publish, database):
    """A release that refuses more than the one before it opens what that one has stored; only new deployments are told."""
    files = drawn(DRAW.user("u"), DRAW.end(), DRAW.flows("s-u-e"))
    deployed = publish(files)
    refused = files["p.bpmn"].replace(b'<userTask id="u"', b'<userTask id="u" isForCompensation="perhaps"')
    with pytest.raises(DiagramErrors):
        publish({"p.bpmn": refused})
    with database.write() as connection:
        connection.execute(update(version_file).where(version_file.c.version == deployed.id).values(content=refused))

    later = make(prefix="later")
    started = later.start(process="p", business_key="", variables={}, tenant="", actor=SYSTEM)

    with database.read() as connection:
        assert [row["element"] for row in queries.tasks_of(connection, started)] == ["u"]
