"""历年典型经验: what of a title everybody may read. Only what its holder allows, while the title stands (§8; 办法 §9(4): 不涉及商业机密)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from selection.errors import Refused

LONGEST_SUMMARY = 1_000  # characters
# What a holder says with the video (N15a) -> the documents that may be shown then.
ALLOWS: Mapping[str, str] = {"consent": "D10", "consent_experience": "D2"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is to be shown of a title: words, the codes of its documents, and on what consent the words rest where the holder gave none here."""

    summary: str
    codes: frozenset[str] = frozenset()
    grounds: str = ""


def allowed(said: Mapping[str, object] | None) -> frozenset[str]:
    """The codes of the documents that the holder allows to be shown. ``said``: what it sent with the video; None: nothing."""
    return frozenset(code for name, code in ALLOWS.items() if (said or {}).get(name) is True)


def may_show(code: str, codes: Collection[str]) -> bool:
    """Whether a document's code (`D10.video`) is one of these."""
    return code.partition(".")[0] in codes


def refuse_entry(*, entry: Entry, title_state: str, said: Mapping[str, object] | None) -> None:
    """Raise `Refused` unless the title stands, the entry says something, and its holder allows all of it."""
    if title_state != "active":
        raise Refused("library.revoked", zh="该称号已撤销，不能公开其经验", en="the title is revoked; its experience is not shown")
    if not entry.summary.strip():
        raise Refused("library.summary", zh="请填写经验摘要", en="write the summary")
    if len(entry.summary) > LONGEST_SUMMARY:
        raise Refused("library.length", zh=f"经验摘要不超过{LONGEST_SUMMARY}字", en=f"the summary has at most {LONGEST_SUMMARY} characters")
    known = allowed(said)
    if entry.codes - known:
        raise Refused("library.consent", zh="企业没有同意公开所选材料", en="the holder does not allow these documents to be shown")
    if not known and not entry.grounds.strip():
        raise Refused(
            "library.grounds",
            zh="企业未在系统中同意公开，请填写其书面同意的依据（文件名称、日期）",
            en="the holder has not agreed here; name the written consent (paper, day)",
        )
