"""The ticker only rings the bell: what is due is done, also what a commit has just left behind."""

import threading

from engine.ticker import Ticker
from store.engine.tables import instance
from tests.engine_fixtures import clock, deploy, engine, make, people, registry, rows

__all__ = ["clock", "deploy", "engine", "make", "people", "registry", "rows"]


def test_the_ticker_does_what_a_commit_left_behind(engine, registry, deploy, people, rows):
    done = threading.Event()

    def finished(ctx, payload):
        ctx.start("listener", business_key="by the ticker")

    registry.job("later")(finished)
    registry.listener("first.check")(lambda ctx, data: ctx.later("later"))
    registry.listener("word.check")(lambda ctx, data: None)
    deploy("two_steps", "listener")
    root = engine.start(process="two_steps", business_key="K", variables={}, tenant="t", actor=people.ann)
    ticker = Ticker(engine, seconds=3600)  # only the commit rings
    kept = engine.home.live.put
    engine.home.live.put = lambda key, live: (kept(key, live), key != root and done.set())
    ticker.start()
    try:
        engine.complete(task=f"{root}.2", data={}, actor=people.ann)
        assert done.wait(timeout=20)
    finally:
        ticker.stop()
    assert [row["business_key"] for row in rows(instance, process="listener")] == ["by the ticker"]


def test_a_stopped_ticker_is_silent(engine):
    ticker = Ticker(engine)
    ticker.start()
    ticker.stop()
    assert engine.home.wake is None
    assert not [thread for thread in threading.enumerate() if thread.name == "ticker"]
