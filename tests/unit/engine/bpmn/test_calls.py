"""Call activities: whose version they call, under which key, and what they pass."""

from engine.bpmn import Called, Host, read_definitions
from tests.unit.engine.bpmn.conftest import T0 as NOW


class Shelf:
    """Two versions: the calling one and, as number 7, another that holds q."""

    def __init__(self, other):
        self.other, self.asked = other, []

    def pick(self, call):
        self.asked.append(call)
        return None if call.binding == "deployment" or call.origin == 7 else 7

    def specs(self, version):
        assert version == 7
        return self.other.specs


def test_a_called_process_of_another_version_is_stored_and_restored_and_calls_within_its_own(draw):
    mine = draw.diagram(draw.start(), draw.call("c", "q"), draw.end(), draw.flows("s-c-e"))
    inner = draw.diagram(draw.start("s3"), draw.user("deep"), draw.end("e3"), draw.flows("s3-deep-e3"), key="r")
    other = draw.diagram(draw.start("s2"), draw.call("d", "r"), draw.end("e2"), draw.flows("s2-d-e2"), key="q")
    shelf = Shelf(read_definitions({"q.bpmn": other, "r.bpmn": inner}))
    definitions = read_definitions({"p.bpmn": mine})
    host = Host(now=NOW, library=shelf)
    execution = definitions.new("p", variables={}, host=host)
    execution.run()
    again = definitions.load(execution.dump(), host=Host(now=NOW, library=shelf))
    (wait,) = again.waits()
    assert (wait.process, wait.element) == ("r", "deep")
    assert [(call.process, call.origin) for call in shelf.asked] == [("q", None), ("r", 7)]
    again.complete(wait.id)
    again.run()
    assert again.ended


def test_a_called_process_has_the_business_key_that_the_call_gives_it(draw, story):
    ext = '<camunda:in businessKey="${own}"/>'
    other = draw.diagram(draw.start("s2"), draw.catch("m", "message"), draw.end("e2"), draw.flows("s2-m-e2"), key="q")
    mine = draw.diagram(draw.start(), draw.call("c", "q", ext=ext), draw.end(), draw.flows("s-c-e"))
    assert story(mine, other, variables={"own": "K7"}).wait("m").correlation == "K7"
    assert story(mine.replace(b"${own}", b"#{execution.processBusinessKey}"), other).wait("m").correlation == "BK"


def test_local_mappings_pass_only_what_the_call_itself_holds(draw, story):
    ext = draw.inputs(mine="${1}") + '<camunda:in variables="all" local="true"/>'
    other = draw.diagram(draw.start("s2"), draw.user("u"), draw.end("e2"), draw.flows("s2-u-e2"), key="q")
    xml = draw.diagram(draw.start(), draw.call("c", "q", ext=ext), draw.end(), draw.flows("s-c-e"))
    one = story(xml, other, variables={"outer": 2})
    assert one.execution.visible(one.wait("u").id) == {"mine": 1}


def test_what_a_called_process_throws_it_passes_back_on_the_way_though_nobody_catches_it(draw, story):
    """Camunda writes a call's `out` mappings when an escalation leaves the called process: outwards, as far as it goes."""
    deepest = draw.diagram(draw.start("s3"), draw.throw("x", "escalation"), draw.user("u"), draw.end("e3"), draw.flows("s3-x-u-e3"), key="r")
    passing = '<camunda:in variables="all"/><camunda:out source="input" target="output"/>'
    between = draw.diagram(draw.start("s2"), draw.call("d", "r", ext=passing), draw.end("e2"), draw.flows("s2-d-e2"), key="q")
    back = '<camunda:in variables="all"/><camunda:out source="output" target="output"/>'
    one = story(draw.diagram(draw.start(), draw.call("c", "q", ext=back), draw.end(), draw.flows("s-c-e")), between, deepest, variables={"input": 42})
    assert one.at == ["u"]
    assert one.var("output") == 42


def test_a_signal_that_ends_the_call_that_threw_it_brings_what_it_carries(draw, story):
    carries = '<signalEventDefinition signalRef="sig"><extensionElements><camunda:in variables="all"/></extensionElements></signalEventDefinition>'
    throws = draw.end("x", "signal").replace('<signalEventDefinition signalRef="sig"/>', carries)
    parts = (draw.start("s2"), draw.gate("f", "parallel"), draw.user("v"), draw.script("why", "reason = 'r1'"), draw.end("e2"))
    other = draw.diagram(*parts, throws, draw.flows("s2-f-v-e2", "f-why-x"), key="q")
    heard = draw.sub("es", draw.start("es1", "signal"), draw.user("after"), draw.end("es2"), draw.flows("es1-after-es2"), attrs='triggeredByEvent="true"')
    xml = draw.diagram(draw.start(), draw.call("c", "q"), draw.end(), draw.flows("s-c-e"), heard)
    one = story(xml, other)
    assert one.at == ["after"]
    assert one.var("reason") == "r1"


def test_what_a_call_gives_back_locally_is_for_its_own_output_parameters(draw, story):
    ext = draw.outputs(kept="${half * 2}") + '<camunda:out source="whole" target="half" local="true"/><camunda:out source="whole" target="given"/>'
    other = draw.diagram(draw.start("s2"), draw.user("u"), draw.end("e2"), draw.flows("s2-u-e2"), key="q")
    xml = draw.diagram(draw.start(), draw.call("c", "q", ext=ext), draw.user("after"), draw.end(), draw.flows("s-c-after-e"))
    one = story(xml, other)
    one.complete("u", whole=21)
    assert one.execution.variables() == {"kept": 42, "given": 21}


def test_a_token_tells_the_version_its_process_is_of(draw):
    mine = draw.diagram(draw.start(), draw.call("c", "q"), draw.end(), draw.flows("s-c-e"))
    other = draw.diagram(draw.start("s2"), draw.user("inner"), draw.end("e2"), draw.flows("s2-inner-e2"), key="q")
    execution = read_definitions({"p.bpmn": mine}).new("p", variables={}, host=Host(now=NOW, library=Shelf(read_definitions({"q.bpmn": other}))))
    events = execution.run().events
    (wait,) = execution.waits()
    (called,) = [each for each in events if isinstance(each, Called)]
    assert (execution.version_of(wait.id), execution.version_of(called.token)) == (7, None)
    assert (called.process, called.element, called.called) == ("p", "c", "q")


def test_a_process_without_a_start_event_begins_where_no_flow_leads_to(draw, story):
    assert story(draw.diagram(draw.user("a"), draw.user("b"), draw.user("c"), draw.flows("a-c"))).at == ["a", "b"]
