"""Small diagrams as text, and a story that acts on an instance, stores and loads it after every step and checks what must always hold."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from engine.bpmn import Entered, Host, read_definitions
from engine.bpmn.compensation import is_record
from engine.bpmn.scopes import CALLED
from tests.unit.engine.bpmn.kept import House, Kept

T0 = datetime(2023, 5, 1, tzinfo=UTC)
OPEN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<message id="message_m" name="m"/><message id="message_m2" name="m2"/><signal id="sig" name="sig"/>'
    '<error id="err" name="err" errorCode="E1"/><error id="err2" name="err2" errorCode="E2"/><escalation id="esc" name="esc" escalationCode="X"/>'
)
EVENTS = {
    "message": '<messageEventDefinition messageRef="message_m"/>',
    "message2": '<messageEventDefinition messageRef="message_m2"/>',
    "signal": '<signalEventDefinition signalRef="sig"/>',
    "error": '<errorEventDefinition errorRef="err"/>',
    "error2": '<errorEventDefinition errorRef="err2"/>',
    "any_error": "<errorEventDefinition/>",
    "escalation": '<escalationEventDefinition escalationRef="esc"/>',
    "terminate": "<terminateEventDefinition/>",
    "cancel": "<cancelEventDefinition/>",
    "undo": "<compensateEventDefinition/>",
}


def event(kind):
    """An event definition: a kind of EVENTS, `timer:<text>`, `cycle:<text>`, `when:<condition>`, `link:<name>`, `undo:<activity>`, or several between ` / `."""
    if " / " in kind:
        return "".join(event(each) for each in kind.split(" / "))
    word, _, text = kind.partition(":")
    if word in {"timer", "duration", "cycle"}:
        tag = {"timer": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}[word]
        return f"<timerEventDefinition><{tag}>{text}</{tag}></timerEventDefinition>"
    if word == "when":
        return f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"
    if word == "link":
        return f'<linkEventDefinition name="{text}"/>'
    if word == "undo" and text:
        return f'<compensateEventDefinition activityRef="{text}"/>'
    return EVENTS[kind] if kind else ""


class Draw:
    """Writes elements; every method gives XML."""

    def start(self, name="s", kind="", ext="", attrs=""):
        return f'<startEvent id="{name}" {attrs}>{self.ext(ext)}{event(kind)}</startEvent>'

    def end(self, name="e", kind="", ext=""):
        return f'<endEvent id="{name}">{self.ext(ext)}{event(kind)}</endEvent>'

    def user(self, name, attrs="", inner="", ext=""):
        return f'<userTask id="{name}" {attrs}>{self.ext(ext)}{inner}</userTask>'

    def service(self, name, topic="t", inner="", ext=""):
        return f'<serviceTask id="{name}" camunda:type="external" camunda:topic="{topic}">{self.ext(ext)}{inner}</serviceTask>'

    def script(self, name, text):
        return f'<scriptTask id="{name}" scriptFormat="expression"><script>{text}</script></scriptTask>'

    def catch(self, name, kind, ext=""):
        return f'<intermediateCatchEvent id="{name}">{self.ext(ext)}{event(kind)}</intermediateCatchEvent>'

    def throw(self, name, kind, ext=""):
        return f'<intermediateThrowEvent id="{name}">{self.ext(ext)}{event(kind)}</intermediateThrowEvent>'

    def boundary(self, name, host, kind, *, interrupting=True, ext=""):
        cancel = "true" if interrupting else "false"
        return f'<boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{cancel}">{self.ext(ext)}{event(kind)}</boundaryEvent>'

    def undone_by(self, host, handler):
        """A compensation boundary event on `host`, joined to `handler`, an element made for compensation."""
        made = handler.replace(" id=", ' isForCompensation="true" id=', 1)
        name = re.search(r'id="([^"]+)"', handler)[1]
        joined = f'<association id="{host}~{name}" sourceRef="undo_{host}" targetRef="{name}"/>'
        return self.boundary(f"undo_{host}", host, "undo") + made + joined

    def gate(self, name, kind="exclusive"):
        tag = "eventBasedGateway" if kind == "event" else f"{kind}Gateway"
        return f'<{tag} id="{name}"/>'

    def sub(self, name, *inner, attrs="", ext="", tag="subProcess"):
        return f'<{tag} id="{name}" {attrs}>{self.ext(ext)}{"".join(inner)}</{tag}>'

    def call(self, name, called, ext="", inner=""):
        return f'<callActivity id="{name}" calledElement="{called}">{self.ext(ext)}{inner}</callActivity>'

    def multi(self, *, sequential=False, over="", element="", count="", until="", out="", item=""):
        attrs = f'camunda:collection="{over}" camunda:elementVariable="{element}"' if over else ""
        parts = f"<loopCardinality>{count}</loopCardinality>" if count else ""
        parts += f"<loopDataOutputRef>{out}</loopDataOutputRef><outputDataItem name='{item}'/>" if out else ""
        parts += f"<completionCondition>{until}</completionCondition>" if until else ""
        return (
            f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" {attrs}>{parts}</multiInstanceLoopCharacteristics>'
        )

    def ext(self, content):
        return f"<extensionElements>{content}</extensionElements>" if content else ""

    def inputs(self, **values):
        return (
            "<camunda:inputOutput>"
            + "".join(f'<camunda:inputParameter name="{k}">{v}</camunda:inputParameter>' for k, v in values.items())
            + "</camunda:inputOutput>"
        )

    def outputs(self, **values):
        return (
            "<camunda:inputOutput>"
            + "".join(f'<camunda:outputParameter name="{k}">{v}</camunda:outputParameter>' for k, v in values.items())
            + "</camunda:inputOutput>"
        )

    def props(self, **values):
        return (
            "<camunda:properties>"
            + "".join(f'<camunda:property name="{k}" value="{v}"/>' for k, v in values.items())
            + "</camunda:properties>"
        )

    def flows(self, *paths):
        """`a-b-c` is two flows; `a-b ${cond}` has a condition, `a-b default` is a default flow (see `diagram`)."""
        parts = []
        for path in paths:
            ends, _, condition = path.partition(" ")
            names = ends.split("-")
            for source, target in pairwise(names):
                body = f"<conditionExpression><![CDATA[{condition}]]></conditionExpression>" if condition not in {"", "default"} else ""
                mark = ' data-default="1"' if condition == "default" else ""
                parts.append(f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"{mark}>{body}</sequenceFlow>')
        return "".join(parts)

    def diagram(self, *parts, key="p", executable=True):
        body = "".join(parts)
        for source, target in re.findall(r'sourceRef="([^"]+)" targetRef="([^"]+)" data-default', body):
            body = re.sub(rf'(<\w+ id="{source}")', rf'\1 default="{source}-{target}"', body, count=1)
        body = body.replace(' data-default="1"', "")
        return f'{OPEN}<process id="{key}" isExecutable="{str(executable).lower()}">{body}</process></definitions>'.encode()


class Story:
    """Acts on one instance by element ids.

    With a house, its database keeps the instance from each wait state to the next; a `warm` one stays in memory all along.
    """

    house, warm = None, False

    def __init__(self, *diagrams, key="p", variables=None, functions=None, start=None, now=T0):
        self.functions = functions or {}
        self.definitions = self.read({f"d{i}.bpmn": xml for i, xml in enumerate(diagrams)})
        self.now = now
        self.events = []
        self.thrown = []
        self.blob = b""
        self.kept = None if self.house is None else Kept(self.house, self, key)
        self.execution = self.definitions.new(key, variables=variables or {}, host=self.host(), start=start)
        self.settle()

    def read(self, files):
        return read_definitions(files, functions=self.functions)

    def host(self):
        return Host(now=self.now, business_key="BK", functions=self.functions)

    def settle(self):
        woken = None
        if self.kept is None:
            effects = self.execution.run()
        else:
            effects, woken = self.kept.command(self.execution)
        self.events += effects.events
        self.thrown += effects.thrown
        self.check()
        self.blob = self.execution.dump()
        waits = self.execution.waits()
        woken = woken or self.definitions.load(self.blob, host=self.host())
        assert woken.dump() == self.blob
        assert woken.waits() == waits
        if self.warm:
            self.execution.host = self.host()
        else:
            self.execution = woken
        return effects

    def check(self):
        instance = self.execution.instance
        regions = [instance, *instance.subprocesses.values()]
        for region in regions:
            kept = region.host is not None and is_record(region.host)
            assert all(len(token.data) == 0 for token in region.tasks.values())
            assert region.live == sum(token._parent == region.task_tree.id for token in region.all_tokens())
            assert region.live > 0 or region.completed
            assert region.completed == (kept or self.execution.ended)
            assert region.host is None or region.host.alive
        for scope in instance.scopes.held:
            assert scope == "" or scope.removesuffix(CALLED) in instance.index, scope
        assert set(instance.index) == {token.id for region in regions for token in region.all_tokens()}
        assert instance.joins <= set(instance.index)
        assert instance.conditionals <= set(instance.index)

    def happen(self, wait, **payload):
        """A person completes, the clock rings, or a message comes: whatever the wait is for."""
        if wait.kind == "user":
            self.execution.complete(wait.id)
        elif wait.kind == "timer":
            self.now = max(self.now, wait.due)
            self.execution.host = self.host()
            self.execution.fire(wait.id)
        else:
            self.execution.deliver(wait.id, payload=payload)
        return self.settle()

    def leaves_nothing(self):
        """Cancelled if need be, it is over: no token and no scope is left behind."""
        if not self.ended:
            self.execution.cancel()
            self.settle()
        assert self.ended
        assert self.execution.instance.index == {}
        assert set(self.execution.instance.scopes.held) == {""}

    @property
    def at(self):
        """What people, workers, messages, signals and timers it waits for: sorted element ids."""
        return sorted(wait.element for wait in self.execution.waits() if wait.kind != "conditional")

    def wait(self, element, nth=0, kind=None):
        found = [wait for wait in self.execution.waits() if wait.element == element and kind in {None, wait.kind}]
        assert found, f"no wait at {element}, only at {self.at}"
        return found[nth]

    def complete(self, element, nth=0, **variables):
        self.execution.complete(self.wait(element, nth).id, variables=variables)
        return self.settle()

    def deliver(self, element, nth=0, **payload):
        self.execution.deliver(self.wait(element, nth).id, payload=payload)
        return self.settle()

    def fail(self, element, code, nth=0):
        caught = self.execution.fail(self.wait(element, nth).id, error_code=code, message="no")
        self.settle()
        return caught

    def fire(self, element=None):
        """Step the clock to a timer's due instant and fire it: the one named, else the first that is due."""
        timers = [wait for wait in self.execution.waits() if wait.kind == "timer" and element in {None, wait.element}]
        return self.happen(min(timers, key=lambda wait: wait.due))

    def var(self, name):
        return self.execution.variables().get(name)

    def entered(self, element=None):
        """The elements entered so far, in order, or how often one was."""
        names = [each.element for each in self.events if isinstance(each, Entered)]
        return names if element is None else names.count(element)

    @property
    def ended(self):
        return self.execution.ended


@pytest.fixture(scope="session")
def house(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("stories") / "stories.db"
    shutil.copyfile(sqlite_template, path)
    made = House(f"sqlite:///{path}")
    yield made
    made.close()


def pytest_generate_tests(metafunc):
    """Stories are told twice; the thousands of random models once, each loaded from its state at every step."""
    if "random" not in metafunc.module.__name__:
        metafunc.parametrize("_kept", ["stored", "live"], indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def _kept(request, house):
    """Stored: persisted and restored at every wait state, and told by the history. Live: by one execution that stays in memory, as between commands."""
    way = getattr(request, "param", "")
    Story.house, Story.warm = house if way == "stored" else None, way == "live"
    yield
    Story.house, Story.warm = None, False


@pytest.fixture
def draw():
    return Draw()


@pytest.fixture
def story():
    return Story


@pytest.fixture
def day():
    return timedelta(days=1)
