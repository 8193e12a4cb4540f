"""The engine: runs BPMN diagrams durably. Knows nothing of what they are about.

``from engine import Engine``; handlers import only ``engine.contract``. Loaded on first use, so that the contract stays light.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.commands.engine import Engine
    from engine.commands.home import Limits
    from engine.contract import Actor
    from engine.errors import EngineError

__all__ = ["Actor", "Engine", "EngineError", "Limits"]


def __getattr__(name: str) -> Any:
    if name == "Engine":
        from engine.commands.engine import Engine  # noqa: PLC0415 - see above

        return Engine
    if name == "Limits":
        from engine.commands.home import Limits  # noqa: PLC0415 - see above

        return Limits
    if name == "Actor":
        from engine.contract import Actor  # noqa: PLC0415 - see above

        return Actor
    if name == "EngineError":
        from engine.errors import EngineError  # noqa: PLC0415 - see above

        return EngineError
    raise AttributeError(name)
