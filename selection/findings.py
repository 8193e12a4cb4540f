"""A finding: one verdict of one check, with what it was decided from. Stored as it is, shown as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from selection.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEVERITIES = ("block", "warn", "attest", "info", "off")
VERDICTS = ("pass", "fail", "refer", "attest", "off")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The verdict of one check.

    `severity`: what a failure means in this season (rule book §3). `verdict`: `pass`, `fail`, `refer` (a person of the
    unit or office decides), `attest` (a person has to confirm), `off` (not asked this season).
    """

    id: str
    severity: str
    verdict: str
    zh: str
    en: str
    inputs: Mapping[str, object] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether this finding stops a submission."""
        return self.severity == "block" and self.verdict == "fail"


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those findings that stop a submission, in order."""
    return tuple(finding for finding in findings if finding.blocks)


def refuse_if_blocked(findings: Iterable[Finding], *, code: str = "eligibility") -> None:
    """Raise `Refused` when a finding blocks. The code is that of the only finding, else `code`; `details["ids"]` names all."""
    stops = blocking(findings)
    if not stops:
        return
    raise Refused(
        stops[0].id if len(stops) == 1 else code,
        zh="；".join(f"{finding.id} {finding.zh}" for finding in stops),
        en="; ".join(f"{finding.id} {finding.en}" for finding in stops),
        ids=tuple(finding.id for finding in stops),
    )
