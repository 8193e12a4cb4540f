import hashlib
import io

import pytest

from store.files import Damaged, Files, TooLarge

CONTENT = "申报书".encode()
NAME = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path / "files")


def test_a_content_is_stored_once_under_its_hash(files):
    first, second = files.put(io.BytesIO(CONTENT)), files.put(io.BytesIO(CONTENT))
    assert first == second
    assert (first.sha256, first.size) == (NAME, len(CONTENT))
    assert list(files.everything()) == [NAME]
    assert b"".join(files.pieces(NAME)) == CONTENT


def test_more_than_the_limit_leaves_nothing_behind(files):
    with pytest.raises(TooLarge):
        files.put(io.BytesIO(CONTENT), limit=len(CONTENT) - 1)
    assert files.put(io.BytesIO(b"x"), limit=1).size == 1
    assert len(list(files.folder.rglob("*.*"))) == len(list(files.folder.glob(".new-*"))) == 0


def test_damage_is_found_before_a_content_is_handed_out(files):
    files.put(io.BytesIO(CONTENT))
    files.verify(NAME)
    files.path(NAME).write_bytes(b"changed")
    with pytest.raises(Damaged):
        files.verify(NAME)


def test_a_removed_content_is_gone(files):
    files.put(io.BytesIO(CONTENT))
    files.remove(NAME)
    assert not files.has(NAME)


@pytest.mark.parametrize("name", ["", "../x", "A" * 64, "0" * 63])
def test_nothing_but_a_hash_is_a_name(files, name):
    with pytest.raises(ValueError, match="SHA-256"):
        files.path(name)
