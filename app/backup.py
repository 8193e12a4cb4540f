"""Backs up an installation and restores it: first the database (one consistent cut), then the documents.

Documents are named by their hash and never change. Those that arrive while the backup runs only make it a superset of what the database
knows.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from selection.errors import HouseError
from store import migrations
from store.database import Database

NOTE = "backup.json"
EMBEDDED = "database.sqlite"
DUMP = "database.dump"
FILES = "files"


class BackupRefused(HouseError):
    """A backup or a restore that would lose or mix up data."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a backup holds or a restore brought back."""

    folder: str
    database: str
    documents: int
    bytes: int


def backup(*, database: Database, files: Path, to: Path, now: datetime) -> Report:
    """Write a backup into the new folder `to`; what fails half-way leaves none.

    Raises BackupRefused when the folder is there already, the database holds nothing, or a tool is missing.
    """
    if to.exists():
        raise BackupRefused("backup.exists", zh=f"{to} 已存在，请换一个文件夹", en=f"{to} is there already: name a new folder")
    schema = migrations.current(database)
    if schema is None:
        raise BackupRefused("backup.empty", zh="数据库是空的，没有可备份的内容", en="the database is empty: there is nothing to back up")
    to.mkdir(parents=True)
    try:
        return _write(database, schema=schema, files=files, to=to, now=now)
    except BaseException:
        shutil.rmtree(to)
        raise


def _write(database: Database, *, schema: str, files: Path, to: Path, now: datetime) -> Report:
    copy = to / EMBEDDED if database.is_sqlite else to / DUMP
    if database.is_sqlite:
        _vacuum(database, into=copy)
    else:
        _pg("pg_dump", "--format=custom", f"--file={copy}", "--dbname", _libpq(database))
    documents = [_copy(path, to / FILES / path.relative_to(files)) for path in _documents(files)]
    note = {
        "made_at": now.isoformat(),
        "schema": schema,
        "kind": "sqlite" if database.is_sqlite else "postgresql",
        "sha256": _hash(copy),
        "documents": len(documents),
    }
    (to / NOTE).write_text(json.dumps(note, indent=2), "utf-8")
    return Report(folder=str(to), database=copy.name, documents=len(documents), bytes=copy.stat().st_size + sum(documents))


def restore(*, folder: Path, database: Database, files: Path) -> Report:
    """Bring a backup back into an empty installation, after checking that it is whole.

    Raises BackupRefused when the backup is damaged, of the other kind of database, or the installation is not empty.
    """
    note = _read_note(folder)
    copy = folder / (EMBEDDED if note["kind"] == "sqlite" else DUMP)
    if _hash(copy) != note["sha256"]:
        raise BackupRefused("backup.damaged", zh=f"{copy} 与备份时不一致", en=f"{copy} is not what was backed up")
    _refuse_damaged(folder, documents=note["documents"])
    if (note["kind"] == "sqlite") != database.is_sqlite:
        raise BackupRefused("backup.kind", zh=f"该备份属于 {note['kind']} 数据库", en=f"this backup is of a {note['kind']} database")
    _refuse_full(database, files)
    if database.is_sqlite and database.path is not None:
        database.close()
        database.path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy, database.path)
        _refuse_corrupt(database)
    else:
        _pg("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname", _libpq(database), str(copy))
    documents = [_copy(path, files / path.relative_to(folder / FILES)) for path in _documents(folder / FILES)]
    return Report(folder=str(folder), database=copy.name, documents=len(documents), bytes=copy.stat().st_size + sum(documents))


def _vacuum(database: Database, *, into: Path) -> None:
    # VACUUM cannot run inside a transaction, so not by database.read(); it reads one snapshot while others go on writing.
    connection = database.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(into),))
    finally:
        connection.close()


def _refuse_corrupt(database: Database) -> None:
    with database.read() as connection:
        answer = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    if answer != "ok":
        raise BackupRefused("backup.corrupt", zh=f"数据库完整性检查未通过：{answer}", en=f"the database is damaged: {answer}")


def _refuse_full(database: Database, files: Path) -> None:
    if migrations.current(database) is not None or any(_documents(files)):
        raise BackupRefused(
            "restore.full",
            zh="只能恢复到空的数据库和空的文件夹，以免混入现有数据",
            en="restore only into an empty database and an empty files folder: nothing is mixed or overwritten",
        )


def _refuse_damaged(folder: Path, *, documents: int) -> None:
    held = list(_documents(folder / FILES))
    if len(held) < documents:
        zh = f"{folder} 中只有 {len(held)} 份材料，备份时有 {documents} 份；请换一份完整的备份"
        raise BackupRefused("backup.damaged", zh=zh, en=f"{folder} holds {len(held)} documents of {documents}: take a backup that is whole")
    for path in held:
        name = path.name.partition(".")[0]
        if len(name) == hashlib.sha256().digest_size * 2 and _hash(path) != name:
            raise BackupRefused("backup.damaged", zh=f"{path} 与其校验值不一致", en=f"{path} does not have the content its name says")


def _read_note(folder: Path) -> dict[str, Any]:
    try:
        note: dict[str, Any] = json.loads((folder / NOTE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BackupRefused("backup.none", zh=f"{folder} 不是备份文件夹", en=f"{folder} is no backup") from error
    return note


def _documents(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith((".part", ".tmp")))


def _copy(source: Path, target: Path) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target.stat().st_size


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _libpq(database: Database) -> str:
    return database.url.replace("postgresql+psycopg://", "postgresql://", 1)


def _pg(tool: str, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise BackupRefused(
            "backup.tool", zh=f"缺少 {tool}：apt-get install postgresql-client", en=f"{tool} is missing: apt-get install postgresql-client"
        )
    answer = subprocess.run([found, *arguments], check=False, capture_output=True, text=True)
    if answer.returncode != 0:
        raise BackupRefused("backup.failed", zh=f"{tool} 失败：{answer.stderr.strip()}", en=f"{tool} failed: {answer.stderr.strip()}")
