"""A season's folder deployed in the browser: as one zip or as its files. Checked first; every fault is named and nothing changes then."""

import io
import tomllib
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile

from engine.errors import EngineError
from selection.errors import HouseError, Refused
from web.pages import go, page
from web.reading import TheHouse
from web.sheets import read_sheet
from web.uploads import kind_of
from web.visitors import Access, Visitor

router = APIRouter()
Deployer = Annotated[Visitor, Depends(Access("deploy"))]
CalendarKeeper = Annotated[Visitor, Depends(Access("manage_calendar"))]
MOST_BYTES = 30_000_000
MOST_YEAR = 1_000_000  # bytes of one year's file
# Where a file belongs whose folder the browser did not tell.
PLACES = {"json": "forms/", "txt": "mails/"}
YEAR_SHEET = {"日期": "day", "类型": "kind", "年份": "year", "状态": "status"}


@router.get("/admin/deploy")
def deploy_page(request: Request, visitor: Deployer) -> Response:  # noqa: ARG001 - carries the route's rule
    """Choose the folder."""
    return page(request, "deploy.html", faults=(), refusal=None)


@router.post("/admin/deploy")
def deploy(request: Request, visitor: Deployer, house: TheHouse, files: Annotated[list[UploadFile], File()]) -> Response:
    """Check the files and deploy them; with faults nothing is deployed."""
    try:
        version = house.deploy(folder_of(files), actor=visitor.actor)
    except (HouseError, EngineError) as refusal:
        faults = getattr(refusal, "faults", ())
        return page(request, "deploy.html", status=refusal.status, faults=faults, refusal=None if faults else refusal)
    return go("/admin", said="deployed" if version.created else "same_version")


def folder_of(files: Sequence[UploadFile]) -> dict[str, bytes]:
    """Path inside the folder -> content, of one zip or of several files. Raises Refused for what is too large, twice there or no folder."""
    chosen = [file for file in files if file.filename]
    if sum(file.size or 0 for file in chosen) > MOST_BYTES:
        raise Refused("deploy.size", zh="文件夹超过 30 MB，请检查其中的文件。", en="The folder has more than 30 MB; look at its files.")
    if len(chosen) == 1 and str(chosen[0].filename).lower().endswith(".zip"):
        kind_of(chosen[0].file, name="folder.zip")
        return _unpacked(chosen[0])
    found: dict[str, bytes] = {}
    for file in chosen:
        name = str(file.filename).rpartition("/")[2]
        path = PLACES.get(name.rpartition(".")[2].lower(), "") + name
        if path in found:
            raise Refused("deploy.twice", zh=f"文件 {name} 出现了两次，请只选择一次。", en=f"The file {name} is there twice.")
        found[path] = file.file.read()
    if not any(path.endswith(".bpmn") for path in found):
        raise Refused("deploy.empty", zh="所选文件中没有流程图（.bpmn）。", en="There is no diagram (.bpmn) among the files.")
    return found


def _unpacked(file: UploadFile) -> dict[str, bytes]:
    with zipfile.ZipFile(file.file) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _hidden(entry.filename)]
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise Refused("deploy.size", zh="文件夹超过 30 MB，请检查其中的文件。", en="The folder has more than 30 MB; look at its files.")
        diagrams = [entry.filename for entry in entries if entry.filename.endswith(".bpmn")]
        if not diagrams:
            raise Refused("deploy.empty", zh="压缩文件中没有流程图（.bpmn）。", en="There is no diagram (.bpmn) in the archive.")
        top = min(diagrams, key=len).rpartition("/")[0]
        inside = f"{top}/" if top else ""
        return {entry.filename.removeprefix(inside): _read(archive, entry) for entry in entries if entry.filename.startswith(inside)}


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """An entry's content: at most what the list states; the list was checked, and a longer content fails the archive's own checksum."""
    try:
        return archive.read(entry)
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:  # RuntimeError: it wants a password, or a packing we lack
        raise Refused(
            "deploy.unreadable",
            zh=f"压缩文件中的 {entry.filename[:80]} 无法读取（可能已损坏或加密），请重新压缩后上传。",
            en=f"{entry.filename[:80]} in the archive cannot be read (broken or encrypted); please pack it again.",
        ) from error


def _hidden(path: str) -> bool:
    return any(part.startswith((".", "__")) for part in path.split("/"))


@router.post("/admin/calendar")
def calendar(visitor: CalendarKeeper, house: TheHouse, file: Annotated[UploadFile, File()]) -> Response:
    """Bring in one year's days off and make-up working days, from toml or xlsx."""
    content = file.file.read(MOST_YEAR + 1)
    if len(content) > MOST_YEAR:
        raise Refused("calendar.size", zh="文件过大，请检查是否为工作日历。", en="The file is too large for a calendar.")
    name = str(file.filename or "")
    year = _from_sheet(content) if name.lower().endswith(".xlsx") else _from_toml(content)
    house.keep_year(year, source=name, actor=visitor.actor)
    return go("/admin" if visitor.may("see_incidents") else "/office/deadlines", said="imported")


def _from_toml(content: bytes) -> dict[str, Any]:
    try:
        read = tomllib.loads(content.decode("utf-8"))
        off, working = (_days(read.get(name, [])) for name in ("off", "working"))
        return read | {"year": int(read["year"]), "status": str(read["status"]), "off": off, "working": working}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise Refused(
            "calendar.unreadable",
            zh="无法读取工作日历：需要 year、status、off、working 各项。",
            en="The calendar cannot be read: it needs year, status, off and working.",
        ) from error


def _days(listed: Any) -> list[Any]:
    """Days, and spans of a first and a last day. Raises TypeError for anything else."""
    for entry in listed:
        first, last = entry if isinstance(entry, list) else (entry, entry)
        if type(first) is not date or type(last) is not date:
            raise TypeError
    return list(listed)


def _from_sheet(content: bytes) -> dict[str, Any]:
    """One line per day: 日期 (2024-02-10), 类型 (休 or 班)."""
    rows = read_sheet(io.BytesIO(content).getvalue(), headings=YEAR_SHEET, needed=("day", "kind"))
    try:
        days = [(date.fromisoformat(row["day"][:10]), row["kind"]) for row in rows]
    except (KeyError, ValueError) as error:
        raise Refused("calendar.day", zh="日期应为 2024-02-10 的格式。", en="Write days as 2024-02-10.") from error
    if not days or len({day.year for day, _ in days}) != 1:
        raise Refused("calendar.year", zh="一个文件只能有一个年份的日期。", en="One file holds the days of one year.")
    return {
        "year": days[0][0].year,
        "status": _status(rows),
        "off": [day for day, kind in days if kind.startswith("休")],
        "working": [day for day, kind in days if kind.startswith("班")],
    }


def _status(rows: Sequence[Mapping[str, str]]) -> str:
    return "provisional" if any(row.get("status", "").startswith("暂") for row in rows) else "official"
