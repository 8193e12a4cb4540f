"""Attaching files to what a task is about: the right code, type and size, by the right party. The bytes are `store.files`' matter."""

from engine.contract import Context
from handlers.common import Data, found, season_of, variable
from selection.documents import may_upload, owner_variable, refuse_unfit
from selection.errors import Forbidden, Refused

# Codes of which one file per type counts: a new one takes the place of the earlier.
ONE_OF_A_KIND = frozenset({"D1", "D2", "D4", "D8", "D9", "D10", "D11"})
# What a listed part of a 补正 lets the applicant replace.
CORRECTED = {
    "form": ("D1", "D4"),
    "commitment": ("D11", "D1"),
    "experience": ("D2", "D4"),
    "evidence": ("D3", "D4"),
    "opinion": ("D5", "D1"),
    "other": ("D1", "D2", "D3", "D4", "D11"),
}
UPLOADERS = {
    "applicant_editor": "applicant",
    "applicant_signatory": "applicant",
    "ru_officer": "unit",
    "ru_leader": "unit",
    "expert": "expert",
}


def owner_of(ctx: Context) -> str:
    """The id that the papers of this task belong to."""
    return variable(ctx, owner_variable(ctx.task.element if ctx.task else ""))


def attach(ctx: Context, data: Data) -> None:
    """Act `file.attach`: note a stored file. Data: code, name, size (bytes), type (media type), sha256, title and measures (read from its text)."""
    season, owner = season_of(ctx), owner_of(ctx)
    code = str(data["code"])
    refuse_unfit(season=season, code=code.partition(".")[0], filename=str(data["name"]), size=int(data["size"]))
    _refuse_stranger(ctx, code.partition(".")[0])
    _refuse_beyond_correction(ctx, code)
    if ctx.facts.documents.removal(season=ctx.instance.tenant, owner=owner, sha256=str(data["sha256"])) is not None:
        raise Refused(
            "document.buried", zh="该文件已按规定移除，不能再次上传", en="this file was removed for good and cannot be added again"
        )
    ctx.facts.documents.attach(
        season=ctx.instance.tenant,
        owner=owner,
        code=code,
        name=str(data["name"]),
        size=int(data["size"]),
        type=str(data["type"]),
        replaces=_is_one_of_a_kind(code),
        sha256=str(data["sha256"]),
        title=str(data.get("title") or ""),
        measures=data.get("measures"),
        at=ctx.received,
        by=ctx.actor.id,
    )


def _is_one_of_a_kind(code: str) -> bool:
    """Pages that correct a document stand beside it, however many there are."""
    kind, _, slot = code.partition(".")
    return kind in ONE_OF_A_KIND and slot != "correction"


def remove(ctx: Context, data: Data) -> None:
    """Act `file.remove`: take a file off. Row and bytes stay for the record. Data: document."""
    document = found(ctx.facts.documents.get(str(data["document"])), what="文件")
    if document.owner != owner_of(ctx) or document.season != ctx.instance.tenant:
        found(None, what="文件")
    _refuse_beyond_correction(ctx, document.code)
    ctx.facts.documents.detach(document=document.id, at=ctx.now)


def _refuse_stranger(ctx: Context, code: str) -> None:
    parties = {UPLOADERS.get(group.partition("@")[0], "office") for group in ctx.actor.groups}
    if not any(may_upload(season=season_of(ctx), code=code, uploader=party) for party in parties):
        raise Forbidden("document.uploader", zh="该材料不由您提交，请核对材料类别", en="this kind of document is not yours to hand in")


def _refuse_beyond_correction(ctx: Context, code: str) -> None:
    """补正 replaces listed items only (rule book N04b); who names another unit, the 申报书 that names it."""
    element = ctx.task.element if ctx.task else ""
    if element == "N02d" and code.partition(".")[0] != "D1":
        raise Refused("document.step", zh="此步骤只能上传重新盖章的申报书", en="only the application, stamped anew, is uploaded at this step")
    if element != "N04d":
        return
    correction = ctx.facts.form_checks.corrections(variable(ctx, "application"))[-1]
    if code.partition(".")[0] not in {wanted for item in correction.items for wanted in CORRECTED.get(item["part"], ())}:
        raise Refused("correction.item", zh=f"补正通知未列明 {code}，只能补正列明的材料", en=f"{code} is not among the items to correct")


LISTENERS = {"file.attach": attach, "file.remove": remove}
