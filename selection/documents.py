"""Documents of an application: formats and sizes per code, what is required when, and safe names. Knows no bytes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from selection.errors import Problem, Refused
from selection.season import Season
from selection.season_parts import DocumentRule

MEGABYTE = 1_000_000
Sealed: TypeAlias = Mapping[str, Sequence[Sequence[str]]]  # what was handed in: code -> [name, SHA-256] of each paper
NAME_MAX_BYTES = 200
FORBIDDEN = '<>:"/\\|?*'
# What a file's content is recognised as (by its first bytes), per ending; OOXML files are zip archives.
KINDS: Mapping[str, frozenset[str]] = {
    "docx": frozenset({"docx", "zip"}),
    "xlsx": frozenset({"xlsx", "zip"}),
    "pptx": frozenset({"pptx", "zip"}),
    "jpg": frozenset({"jpg"}),
    "jpeg": frozenset({"jpg"}),
    "mp4": frozenset({"mp4", "mov", "m4v"}),
}

# Whose papers a step collects: the variable that names the owner; at all other steps the application's.
OWNERS: Mapping[str, str] = {
    **dict.fromkeys(("N01a", "N10b"), "season"),
    **dict.fromkeys(("N03b", "N03c", "N03d", "N03f", "N03x"), "unit"),
    **dict.fromkeys(("N07a", "N07b", "N07c"), "meeting"),
    "N09b": "visit",
    **dict.fromkeys(("N20a", "N21a"), "record"),
    **dict.fromkeys(("N11a", "N11b", "N11e", "N13", "N13a", "N14", "N19b"), "batch"),
    **dict.fromkeys(("N12c", "N12e", "N12f", "N12g"), "objection"),
    **dict.fromkeys(("N15a", "N16a", "N16b", "N16d"), "title"),
}


def owner_variable(step: str) -> str:
    """The process variable that names whom the papers of a step (`N03c`) belong to."""
    return OWNERS.get(step, "application")


def label(season: Season, code: str) -> tuple[str, str]:
    """What people call the documents of a code or slot (`D5.letter`): Chinese and English; the code itself when the season has none."""
    rule = next((one for one in season.documents if one.code == code.partition(".")[0]), None)
    return (rule.zh, rule.en) if rule else (code, code)


def ending(filename: str) -> str:
    """The file name's ending in small letters, without the dot; empty when there is none."""
    stem, dot, last = filename.rpartition(".")
    return last.lower() if dot and stem else ""


def refuse_unfit(*, season: Season, code: str, filename: str, size: int, kind: str | None = None) -> None:
    """Raise `Refused` when a file does not fit its code: ending, size in bytes, or content (`kind`, recognised from the bytes)."""
    rule = season.document(code)
    end = ending(filename)
    wanted = "、".join(rule.formats)
    if end not in rule.formats:
        raise Refused(
            "document.format",
            zh=f"{rule.zh}只接受 {wanted} 格式，“{filename}”不符合，请转换格式后重新上传",
            en=f"{rule.en} takes {', '.join(rule.formats)} only; convert the file and upload it again",
        )
    if size <= 0:
        raise Refused("document.empty", zh=f"“{filename}”是空文件，请检查后重新上传", en="the file is empty; check it and upload it again")
    if size > rule.max_mb * MEGABYTE:
        raise Refused(
            "document.size",
            zh=f"{rule.zh}不得超过 {rule.max_mb} MB，“{filename}”为 {size / MEGABYTE:.1f} MB，请压缩后重新上传",
            en=f"{rule.en} may have {rule.max_mb} MB, the file has {size / MEGABYTE:.1f} MB; make it smaller and upload it again",
        )
    if kind is not None and kind not in KINDS.get(end, frozenset({end})):
        raise Refused(
            "document.content",
            zh=f"“{filename}”的内容与其扩展名不符，请用原软件另存为 {wanted} 后重新上传",
            en=f"the content of {filename!r} is not what its name says; save it again as {', '.join(rule.formats)}",
        )


def required(season: Season, *, stage: str) -> tuple[DocumentRule, ...]:
    """The documents that must be there at a stage (`apply`, `recommend`, `defence`, `site_visit`, `title`)."""
    return tuple(rule for rule in season.documents if rule.stage == stage and rule.required)


def missing(*, season: Season, stage: str, present: Iterable[tuple[str, str]]) -> tuple[Problem, ...]:
    """What is still missing at a stage. `present`: pairs (document code, file name) of the current versions.

    A code with `required_formats` wants one file of each (A-45: editable document and stamped scan).
    """
    have: dict[str, set[str]] = {}
    for code, filename in present:
        have.setdefault(code.partition(".")[0], set()).add(ending(filename))
    found: list[Problem] = []
    for rule in required(season, stage=stage):
        formats = have.get(rule.code, set())
        lacking = [wanted for wanted in rule.required_formats if wanted not in formats]
        if not formats:
            found.append(Problem(path=rule.code, zh=f"请上传{rule.zh}", en=f"upload the {rule.en}"))
        elif lacking:
            ends = "、".join(lacking)
            found.append(Problem(path=rule.code, zh=f"{rule.zh}还缺 {ends} 格式的文件", en=f"the {rule.en} still needs a file of: {ends}"))
    return tuple(found)


def counts(*, season: Season, code: str, name: str, sha256: str, is_living: bool, sealed: Sealed | None) -> bool:
    """Whether a file of an application counts: what came or went after the last sealed submission (or answered 补正) counts only once it is handed in.

    In: whether nothing has taken its place (``is_living``), and what lay under the seal (None: not submitted yet). Only what is handed in with the
    application is under its seal: slides, reports and videos count as they come (§14).
    """
    rule = next((one for one in season.documents if one.code == code.partition(".")[0]), None)
    if sealed is None or rule is None or rule.stage != "apply":
        return is_living
    return [name, sha256] in sealed.get(code, [])


def may_upload(*, season: Season, code: str, uploader: str) -> bool:
    """Whether a document of that code is handed in by `uploader`; the office may for everybody (代录)."""
    return uploader == "office" or season.document(code).uploader in (uploader, "anyone")


def archive_name(*, season: Season, enterprise: str) -> str:
    """The package's file name: the applicant's full name (通知 一(三)1(3)) with the season's ending."""
    return f"{archive_stem(season=season, enterprise=enterprise)}.{season.archive.generate}"


def archive_stem(*, season: Season, enterprise: str) -> str:
    """The same without the ending, as the season's pattern says; what an applicant packs must be called so (X03)."""
    return safe_name(season.archive.name.format(enterprise=enterprise))


def safe_name(text: str) -> str:
    """A file name for every system: NFC, no path or control characters, at most 200 bytes of UTF-8, never empty or hidden."""
    kept = "".join(char for char in unicodedata.normalize("NFC", text) if char not in FORBIDDEN and unicodedata.category(char)[0] != "C")
    cut = kept.strip(" .").encode()[:NAME_MAX_BYTES].decode(errors="ignore").strip(" .")
    return cut or "未命名"
