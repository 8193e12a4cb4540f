"""申报材料压缩包 (D4): an application's papers as one zip, streamed as it is packed, with a list of what is in it and the hashes."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from selection.calendar import local
from selection.documents import archive_name, label, required, safe_name
from selection.season import Season
from store.selection import queries_cases as cases_queries
from store.selection.sight import application_subject
from store.selection.views import note_view
from web.files import SANDBOX
from web.house import House
from web.reading import Reading, TheHouse
from web.rules import counting, rules_of_season
from web.sheets import Column, sheet
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Reader = Annotated[Visitor, Depends(Access("see_application_portal"))]
LIST, SUMS = "材料清单.xlsx", "SHA256SUMS.txt"
COLUMNS = (Column("文件", "path"), Column("大小（字节）", "size"), Column("校验值（SHA-256）", "sha256"), Column("上传时间", "at"))


@dataclass(frozen=True)
class Entry:
    """One file of the package: its path in it, when it was uploaded (UTC), its size in bytes and where its bytes come from."""

    path: str
    at: datetime
    size: int
    pieces: Iterable[bytes]


@router.get("/portal/{application}/package")
def package(visitor: Reader, house: TheHouse, connection: Reading, application: str) -> Response:
    """The package of an application for whoever may open its papers; each paper is noted as opened. Removed files are not in it."""
    subject, row = application_subject(connection, application), cases_queries.case(connection, application)
    if subject is None or row is None or not (visitor.may("see_application_portal", subject) and visitor.may("download_document", subject)):
        raise not_found()
    season = rules_of_season(house, connection, row["season"])
    papers = [] if season is None else _papers(house, connection, application, season, season_id=row["season"])
    if season is None or not papers:
        raise not_found()
    house.database.run(lambda writing: _note(writing, papers, by=visitor.actor.id, at=house.clock.now()))
    name = archive_name(season=season, enterprise=row["enterprise_name"])
    return StreamingResponse(
        _packed(_entries(house, papers, language=visitor.language)),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Content-Security-Policy": SANDBOX},
    )


def _papers(house: House, connection: Connection, application: str, season: Season, *, season_id: str) -> list[dict[str, Any]]:
    """The papers under the seal that the season asks for with an application, each with its path: a folder for each kind, no name twice."""
    wanted = {rule.code for rule in required(season, stage="apply")}
    found: dict[str, dict[str, Any]] = {}
    documents = cases_queries.documents_of(connection, owner=application)
    for row in counting(house, connection, documents, application=application, season_id=season_id):
        code = row["code"].partition(".")[0]
        if code in wanted and row["removed_at"] is None and house.files.has(row["sha256"]):
            folder, name = safe_name(f"{code} {label(season, code)[0]}"), safe_name(row["name"])
            path = f"{folder}/{name}"
            while path in found:
                name = f"另 {name}"
                path = f"{folder}/{name}"
            found[path] = {**row, "path": path}
    return list(found.values())


def _note(connection: Connection, papers: Sequence[dict[str, Any]], *, by: str, at: datetime) -> None:
    for row in papers:
        note_view(connection, document_id=row["id"], by=by, at=at)


def _entries(house: House, papers: Sequence[dict[str, Any]], *, language: str) -> Iterator[Entry]:
    latest = max(row["at"] for row in papers)
    listed = sheet(LIST.partition(".")[0], COLUMNS, papers, language=language, made=latest).body
    sums = "".join(f"{row['sha256']}  {row['path']}\n" for row in papers).encode()
    for name, content in ((LIST, bytes(listed)), (SUMS, sums)):
        yield Entry(name, latest, len(content), (content,))
    for row in papers:
        yield Entry(row["path"], row["at"], row["size"], house.files.pieces(row["sha256"]))


class _Sink(io.RawIOBase):
    """Takes what the packer writes until it is sent on."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.held += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self.held)
        self.held.clear()
        return taken


def _packed(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The zip piece by piece: whatever its size, little of it is held at once."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.path, date_time=local(entry.at).timetuple()[:6])
            info.compress_type, info.file_size = zipfile.ZIP_DEFLATED, entry.size
            with archive.open(info, "w") as target:
                for piece in entry.pieces:
                    target.write(piece)
                    yield sink.take()
    yield sink.take()
