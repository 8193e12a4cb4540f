"""What counts as true: a condition says it itself, and within an expression a text never does."""

from __future__ import annotations

from engine.expressions.errors import ExpressionError

NO_TRUTH = "condition.not_boolean"


def truth(value: object) -> bool:
    """Whether a part of `and`, `or`, `not`, `? :` counts as true: true itself, a number but 0, what is not empty; null does not.

    Raises ExpressionError `condition.not_boolean` for a text: "false" and "0" would count as true, and nobody knows what was meant.
    """
    if isinstance(value, str):
        raise ExpressionError(
            f"文字“{value[:40]}”不是真或假，请写成比较，例如 outcome == 'agree'；判断是否为空请用 empty",
            f"the text {value[:40]!r} is neither true nor false: write a comparison, such as outcome == 'agree', or ask `empty`",
            code=NO_TRUTH,
        )
    return bool(value)


def as_condition(value: object, *, text: str, element: str) -> bool:
    """The result of a whole condition, which says true or false itself: of any other value nobody knows what its author meant.

    Raises ExpressionError `condition.not_boolean` (as Camunda refuses) with the element and the condition's text.
    """
    if isinstance(value, bool):
        return value
    raise ExpressionError(
        f"条件 {text} 的结果不是真或假，请写成比较，例如 ${{outcome == 'agree'}}",
        f"the condition {text} gives {type(value).__name__}, neither true nor false: write a comparison, such as ${{outcome == 'agree'}}",
        code=NO_TRUTH,
        element=element,
        expression=text,
    )
