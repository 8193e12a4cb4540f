"""Looks at what is being uploaded: is it what its name says, is an archive harmless. Reads the head and an archive's list, never unpacks."""

import struct
import zipfile
from os import SEEK_END
from typing import BinaryIO

import filetype

from selection.errors import Refused

HEAD = 8192
ZIPPED = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
MAGIC = {
    "pdf": ("pdf",),
    "jpg": ("jpg",),
    "jpeg": ("jpg",),
    "png": ("png",),
    "mp4": ("mp4", "m4v", "mov"),
    "zip": ("zip",),
    "rar": ("rar",),
    "7z": ("7z",),
}
MOST_ENTRIES = 1000
MOST_BYTES = 1_000_000_000
MOST_RATIO = 100
MOST_LIST = 1_000_000  # bytes of the list
END_OF_LIST, LARGE_END, TAIL = b"PK\x05\x06", b"PK\x06\x07", 65_557  # the last record and the longest comment after it
END = struct.Struct("<10sHL")  # … number of entries, length of the list
MACROS = ("vbaproject.bin",)


def kind_of(stream: BinaryIO, *, name: str) -> str:
    """The file's ending, checked against its content; the stream is left at its beginning.

    Raises Refused for an ending nobody takes, a content that is something else, or an archive that is a trap.
    """
    ending = name.rpartition(".")[2].lower()
    stream.seek(0)
    head = stream.read(HEAD)
    guess = filetype.guess(head)
    found = guess.extension if guess is not None else ""
    if not head:
        raise _unfit("文件是空的", "the file is empty")
    if ending in ZIPPED:
        _look_inside(stream, needs=ZIPPED[ending])
    elif ending not in MAGIC or found not in MAGIC[ending]:
        raise _unfit(
            f"文件内容与扩展名 .{ending[:10]} 不符，或不是允许的类型",
            f"the content does not fit the ending .{ending[:10]}, or the type is not taken",
        )
    elif ending == "zip":
        _look_inside(stream, needs="")
    stream.seek(0)
    return ending


def _look_inside(stream: BinaryIO, *, needs: str) -> None:
    _refuse_long_list(stream)
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise _unfit("压缩文件已损坏或无法读取", "the archive is broken or cannot be read") from error
    names = [entry.filename.lower() for entry in entries]
    if needs and not any(name.startswith(needs) for name in names):
        raise _unfit("文件内容与扩展名不符", "the content does not fit the ending")
    if any(name.endswith(MACROS) for name in names):
        raise _unfit("文件含有宏，请另存为不含宏的格式", "the file holds macros; save it without them")
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name[:3] for name in names):
        raise _unfit("压缩文件含有不安全的路径", "the archive holds unsafe paths")
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_BYTES or unpacked > MOST_RATIO * max(packed, 10_000):
        raise _unfit("压缩文件展开后过大或文件过多", "the archive grows too large or holds too many files")


def _refuse_long_list(stream: BinaryIO) -> None:
    """An archive's list is read into memory whole: one that is too long is refused by the length that the archive's last record states."""
    stream.seek(0, SEEK_END)
    stream.seek(max(0, stream.tell() - TAIL))
    tail = stream.read(TAIL)
    end = tail.rfind(END_OF_LIST)
    if end < 0 or end + END.size > len(tail):
        raise _unfit("压缩文件已损坏或无法读取", "the archive is broken or cannot be read")
    _, entries, length = END.unpack_from(tail, end)
    if entries > MOST_ENTRIES or length > MOST_LIST or LARGE_END in tail[:end]:
        raise _unfit("压缩文件展开后过大或文件过多", "the archive grows too large or holds too many files")


def _unfit(zh: str, en: str) -> Refused:
    return Refused("upload.unfit", zh=f"{zh}，请核对后重新上传。", en=f"Not taken: {en}. Please check the file and upload it again.")
