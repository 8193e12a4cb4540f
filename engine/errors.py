"""What the engine refuses: a code for programs, a text in two languages for people."""

from __future__ import annotations

LIMIT = "limit"  # the code of whatever goes beyond `engine.bpmn.meter.Limits`


class EngineError(Exception):
    """A refusal of the engine.

    In: `code` (stable), `zh` and `en` (what is wrong and what to do), `status` (a hint for pages and API), `details` as data.
    """

    def __init__(self, code: str, zh: str, en: str, status: int = 400, **details: object) -> None:
        """Keep the parts; the exception's text is `code: en`."""
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.status = status
        self.details = details

    def stopped_at(self, element: str) -> None:
        """Tell the element where it happened, once: in the details and in both texts."""
        if "element" not in self.details:
            self.details["element"] = element
            self.zh, self.en = f"{self.zh}（停在 {element}）", f"{self.en} (stopped at {element})"


def limit_reached(what_zh: str, what_en: str, most: int) -> EngineError:
    """The refusal when a diagram asks for more than `most` of something in one command."""
    return EngineError(
        LIMIT,
        f"{what_zh}超过上限 {most}，请检查流程图是否有没有等待点的循环",
        f"more than {most} {what_en}: look for a loop without a wait state in the diagram",
        422,
        most=most,
    )
