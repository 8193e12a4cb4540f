"""Random models in which everything tells when it begins and ends: whatever strikes, each begins once and ends once, the process first and last."""

import random
import re
from collections import Counter

import pytest

from tests.unit.engine.bpmn import test_random as models
from tests.unit.engine.bpmn import test_random_undo as undoing
from tests.unit.engine.bpmn.test_listeners import Heard, named

TELLS = f"<extensionElements>{named('start', 'begun')}{named('end', 'done')}</extensionElements>"
NODE = re.compile(r"<(\w*(?:[tT]ask|Event|Gateway|[sS]ubProcess|transaction)) ([^>]*?)(/?)>")


class Telling(Heard):
    """Notes of each token how often it began and ended."""

    def host(self):
        self.tokens = getattr(self, "tokens", {"begun": Counter(), "done": Counter()})
        self.order = getattr(self, "order", [])
        made = super().host()

        def listener(occasion):
            self.tokens[occasion.name][occasion.token] += 1
            self.order.append((occasion.name, None if occasion.element is None else occasion.element.id))

        object.__setattr__(made, "listener", listener)
        return made


def telling(xml):
    """The diagram with listeners on the process and on every element."""

    def with_listeners(found):
        tag, rest, alone = found.groups()
        return f"<{tag} {rest}>{TELLS}" + (f"</{tag}>" if alone else "")

    text = NODE.sub(with_listeners, xml.decode())
    return text.replace('isExecutable="true">', f'isExecutable="true">{TELLS}', 1).encode()


@pytest.mark.parametrize("seed", range(24))
def test_whatever_strikes_each_begins_once_and_ends_once(draw, monkeypatch, seed):
    monkeypatch.setattr(models, "Task", undoing.Undone)
    rng = random.Random(seed)
    one = Telling(telling(undoing.model(draw, seed, rng)))
    for _ in range(60):
        waits = one.execution.waits()
        if not waits:
            break
        wait = rng.choice(waits)
        if wait.kind in {"user", "timer"} or (wait.kind in {"message", "signal"} and rng.random() < 0.2):
            one.happen(wait)
    one.leaves_nothing()
    assert one.tokens["begun"] == one.tokens["done"]
    assert set(one.tokens["begun"].values()) == {1}
    assert (one.order[0], one.order[-1]) == (("begun", None), ("done", None))
