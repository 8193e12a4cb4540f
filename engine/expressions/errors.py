"""What can be wrong with an expression, when it is deployed or when it is evaluated."""

from __future__ import annotations

from engine.errors import EngineError


class ExpressionError(EngineError):
    """An expression that does not compile or cannot be evaluated; `en` says what and where."""

    def __init__(self, zh: str, en: str, *, code: str = "expression", **details: object) -> None:
        """Keep the texts; the status is 422: the diagram or the data must change."""
        super().__init__(code, zh, en, 422, **details)
