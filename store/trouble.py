"""Says in plain words why a database cannot be used just now. Knows no table and opens nothing."""

import re
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError


class DatabaseRefused(Exception):
    """The database cannot be used as it is: a stable code, and why and what to do in Chinese and English."""

    def __init__(self, code: str, *, zh: str, en: str) -> None:
        """Keep the parts; the exception's text is `code: en`."""
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


class _Trouble(NamedTuple):
    signs: str  # SQLSTATEs of PostgreSQL or words of SQLite, as a pattern
    code: str
    zh: str
    en: str


_KNOWN = (
    _Trouble("40001|40P01|55P03|is locked", "busy", "数据库正被其他程序占用，请稍后再试", "another programme holds the database; try again in a moment"),
    _Trouble("25006|readonly database", "read_only", "数据库只读：请检查文件、文件夹的写权限或服务器的设置",
             "the database can only be read: look at the rights of its file and folder, or at the server's settings"),
    _Trouble("53100|database or disk is full", "full", "磁盘已满：请清出空间后再试，已提交的内容没有丢失",
             "the disk is full: make room and try again; nothing that was committed is lost"),
    _Trouble("disk I/O error", "disk", "读写磁盘出错：请检查磁盘", "the disk could not be read or written: look at the disk"),
    _Trouble("unable to open database file", "path", "无法打开数据库文件：请检查路径、文件夹是否存在以及读写权限",
             "the database's file cannot be opened: look at the path, whether its folder exists, and the rights"),
    _Trouble("file is not a database|malformed", "damaged", "该文件不是数据库或已损坏：请核对路径，或恢复备份（restore）",
             "the file is no database or is damaged: check the path, or bring back a backup (restore)"),
    _Trouble("42501", "rights", "数据库用户没有所需的权限", "the database's user lacks the rights that are needed"),
    _Trouble("53300", "connections", "数据库的连接数已满，请稍后再试或调高 max_connections",
             "the server has no connection left; try again later or raise max_connections"),
)  # fmt: skip
_UNREACHABLE = _Trouble(
    "", "unreachable", "无法连接数据库：请检查地址（--database 或 database_url）、用户和密码，以及 PostgreSQL 是否在运行",
    "the database cannot be reached: look at its address (--database or database_url), user and password, and whether PostgreSQL runs",
)  # fmt: skip


def trouble(error: BaseException) -> DatabaseRefused | None:
    """What an error of a database says about the database itself, in plain words with the first line of its own; None: it is about something else.

    A password is never part of it: the drivers name host, port and user only.
    """
    if not isinstance(error, DBAPIError):
        return None
    said = str(error.orig)
    signs = f"{getattr(error.orig, 'sqlstate', None) or ''} {said}"
    found = next((each for each in _KNOWN if re.search(each.signs, signs)), None)
    if found is None and not _of_the_connection(error):
        return None
    known = found or _UNREACHABLE
    detail = said.strip().partition("\n")[0]
    return DatabaseRefused(f"database.{known.code}", zh=f"{known.zh}（{detail}）", en=f"{known.en} ({detail})")


def _of_the_connection(error: DBAPIError) -> bool:
    """No statement was sent, or the server went away under it."""
    state = getattr(error.orig, "sqlstate", None) or ""
    gone = isinstance(error, (OperationalError, InterfaceError, InternalError)) and state.startswith(("08", "57P"))
    return error.statement is None or error.connection_invalidated or gone
