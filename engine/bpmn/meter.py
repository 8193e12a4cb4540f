"""What one command may use up: steps, tokens, processor time, sizes. A meter counts along and stops the command at the limit."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter, thread_time

from engine.errors import LIMIT, EngineError, limit_reached


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one command may do.

    `steps` tokens run (and as many made), `seconds` of the thread's processor time, `size` of all values it writes (characters, and 8 for
    each item), `cardinality` instances of one multi-instance activity, `depth` nested sub-processes and calls.
    """

    steps: int = 50_000
    cardinality: int = 5_000
    depth: int = 20
    seconds: float = 10.0
    size: int = 20_000_000


class Meter:
    """Counts for one command, however often it runs the instance in between. Processor time, not the clock: waiting costs nothing."""

    __slots__ = ("at", "began", "limits", "size", "steps", "tokens")

    def __init__(self, limits: Limits) -> None:
        """Nothing used yet."""
        self.limits = limits
        self.steps = 0
        self.tokens = 0
        self.size = 0
        self.began = thread_time()
        self.at = perf_counter()

    def step(self) -> None:
        """One token is run. Raises EngineError `limit`."""
        self.steps += 1
        if self.steps > self.limits.steps:
            raise limit_reached("一次操作中的步骤数", "steps in one command", self.limits.steps)
        self.in_time()

    def in_time(self) -> None:
        """Something is begun that may take long. Raises EngineError `limit` when the command has taken too long already."""
        most = self.limits.seconds  # processor time is never more than what passed, and dear to ask for: it is a call of the system
        if perf_counter() - self.at > most and thread_time() - self.began > most:
            raise _too_slow(most)

    def token(self) -> None:
        """One token is made. Raises EngineError `limit`."""
        self.tokens += 1
        if self.tokens > self.limits.steps:
            raise limit_reached("一次操作中的令牌数", "tokens in one command", self.limits.steps)

    def weigh(self, size: int) -> None:
        """A value of this size is written. Raises EngineError `limit`."""
        self.size += size
        if self.size > self.limits.size:
            raise EngineError(
                LIMIT,
                f"一次操作写入的变量超过上限 {self.limits.size}",
                f"one command writes variables of more than {self.limits.size} characters",
                422,
                most=self.limits.size,
            )


def _too_slow(seconds: float) -> EngineError:
    return EngineError(
        LIMIT,
        f"一次操作的计算时间超过上限 {seconds:g} 秒，请检查流程图是否有没有等待点的循环或过大的数据",
        f"one command computes for more than {seconds:g} s: look for a loop without a wait state, or for huge data",
        422,
        most=seconds,
    )
