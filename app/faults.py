"""What a check finds wrong with a folder: one thing each, with file, place and what to do. Finds nothing itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong: stable code, file, place in it, what to do in Chinese and English; `severity` is error or warning."""

    code: str
    file: str
    place: str
    zh: str
    en: str
    line: int = 0
    hint: str = ""
    severity: str = "error"

    @property
    def element(self) -> str:
        """The place as diagrams call it."""
        return self.place

    def as_data(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)
