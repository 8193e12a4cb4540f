import hashlib
import json
from datetime import UTC, datetime

import pytest

from app.backup import BackupRefused, backup, restore
from store import migrations
from store.database import Database
from store.engine import queries

NOW = datetime(2023, 9, 15, tzinfo=UTC)
CONTENT = "申报书".encode()
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def databases(tmp_path):
    opened = {name: Database(f"sqlite:///{tmp_path / name}.db") for name in ("old", "new")}
    yield opened
    for database in opened.values():
        database.close()


@pytest.fixture
def installation(databases, tmp_path):
    migrations.upgrade(databases["old"])
    databases["old"].run(lambda connection: queries.set_property(connection, "told", "甲"))
    files = tmp_path / "files"
    (files / HASH[:2]).mkdir(parents=True)
    (files / HASH[:2] / HASH).write_bytes(CONTENT)
    (files / "upload.part").write_bytes(b"not finished")
    return databases["old"], files


def told(database):
    with database.read() as connection:
        return queries.get_property(connection, "told")


def test_what_is_backed_up_comes_back(installation, databases, tmp_path):
    database, files = installation
    saved = backup(database=database, files=files, to=tmp_path / "backup", now=NOW)
    database.run(lambda connection: queries.set_property(connection, "told", "later"))
    brought = restore(folder=tmp_path / "backup", database=databases["new"], files=tmp_path / "new-files")
    assert (saved.documents, brought.documents) == (1, 1)
    assert told(databases["new"]) == "甲"
    assert migrations.is_current(databases["new"])
    assert (tmp_path / "new-files" / HASH[:2] / HASH).read_bytes() == CONTENT
    assert not list((tmp_path / "new-files").rglob("*.part"))


def test_a_backup_never_overwrites(installation, tmp_path):
    (tmp_path / "backup").mkdir()
    with pytest.raises(BackupRefused, match="there already"):
        backup(database=installation[0], files=installation[1], to=tmp_path / "backup", now=NOW)


def test_a_backup_may_be_made_while_others_write(installation, tmp_path):
    database, files = installation
    with database.write() as connection:
        queries.set_property(connection, "told", "uncommitted")
        backup(database=database, files=files, to=tmp_path / "backup", now=NOW)
    restored = Database(f"sqlite:///{tmp_path / 'restored.db'}")
    restore(folder=tmp_path / "backup", database=restored, files=tmp_path / "restored")
    assert told(restored) == "甲"
    restored.close()


def test_nothing_is_restored_over_an_installation(installation, tmp_path):
    database, files = installation
    backup(database=database, files=files, to=tmp_path / "backup", now=NOW)
    with pytest.raises(BackupRefused, match="empty"):
        restore(folder=tmp_path / "backup", database=database, files=tmp_path / "elsewhere")
    assert told(database) == "甲"


@pytest.mark.parametrize("damage", ["database", "document", "note", "gone"])
def test_a_damaged_backup_is_refused_and_nothing_is_written(installation, databases, tmp_path, damage):
    database, files = installation
    folder = tmp_path / "backup"
    backup(database=database, files=files, to=folder, now=NOW)
    document = folder / "files" / HASH[:2] / HASH
    if damage == "gone":
        document.unlink()
    else:
        victim = {"database": folder / "database.sqlite", "document": document, "note": folder / "backup.json"}[damage]
        victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    with pytest.raises(BackupRefused):
        restore(folder=folder, database=databases["new"], files=tmp_path / "new-files")
    assert migrations.current(databases["new"]) is None
    assert not (tmp_path / "new-files").exists()


def test_a_backup_of_the_other_kind_is_refused(installation, databases, tmp_path):
    folder = tmp_path / "backup"
    backup(database=installation[0], files=installation[1], to=folder, now=NOW)
    note = json.loads((folder / "backup.json").read_text())
    (folder / "database.sqlite").rename(folder / "database.dump")
    (folder / "backup.json").write_text(json.dumps(note | {"kind": "postgresql"}))
    with pytest.raises(BackupRefused, match="postgresql database"):
        restore(folder=folder, database=databases["new"], files=tmp_path / "new-files")


@pytest.mark.postgresql
def test_a_postgresql_installation_is_backed_up_and_restored(cluster, postgresql_url, tmp_path):
    cluster._sql("CREATE DATABASE restored")
    database, fresh = Database(postgresql_url), Database(cluster.url("restored"))
    database.run(lambda connection: queries.set_property(connection, "told", "甲"))
    saved = backup(database=database, files=tmp_path / "none", to=tmp_path / "backup", now=NOW)
    restore(folder=tmp_path / "backup", database=fresh, files=tmp_path / "new-files")
    assert saved.database == "database.dump"
    assert told(fresh) == "甲"
    assert migrations.is_current(fresh)
    with pytest.raises(BackupRefused, match="empty"):
        restore(folder=tmp_path / "backup", database=fresh, files=tmp_path / "elsewhere")
    url = fresh.url
    database.close()
    fresh.close()
    cluster.drop(url)
