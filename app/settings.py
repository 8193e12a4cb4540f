"""The settings of an installation: one table (name, default, help), read from a TOML file and overridden by the environment.

In the file a name is written in sections (``smtp_host`` is ``host`` under ``[smtp]``); in the environment it is ``BENCHMARK_SMTP_HOST``.
``BENCHMARK_SMTP_PASSWORD_FILE`` names a file that holds the value, for secrets. Nothing of a season stands here: see ``season.toml``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from selection.errors import HouseError, Problem

PREFIX = "BENCHMARK_"
FILE_VARIABLE = "BENCHMARK_SETTINGS"
DEFAULT_FILE = Path("benchmark.toml")
_SPAN = re.compile(r"(\d+)\s*(s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_PORTS = (1, 65535)
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class WrongSettings(HouseError):
    """The settings of an installation cannot be used; `problems` names each one."""

    status = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Join the problems into one readable text."""
        self.problems = tuple(problems)
        super().__init__(
            "settings",
            zh="系统设置有误：" + "；".join(f"{p.path}：{p.zh}" for p in self.problems),
            en="The settings of this installation are wrong: " + "; ".join(f"{p.path}: {p.en}" for p in self.problems),
        )


class _Unfit(Exception):
    """A value does not fit: in Chinese what it should be, in English what it is not."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One row of the table: name, default and what it is for."""

    name: str
    default: object
    help: str
    kind: str


def _set(default: Any, text: str, *, one_of: tuple[str, ...] = (), within: tuple[int, int] | None = None) -> Any:
    return field(default=default, metadata={"help": text, "one_of": one_of, "within": within})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The values of an installation. The text beside each is its help and its documentation."""

    database_url: str = _set("sqlite:///var/benchmark.db", "Database: sqlite:///PATH (one host) or postgresql://USER@HOST/NAME.")
    files_folder: Path = _set(Path("var/files"), "Folder of the uploaded documents, stored by their hash.")
    mail_folder: Path = _set(Path("var/mail"), "Folder where mails are written as .eml files while no mail server is set.")
    season_folder: Path = _set(Path("processes/cn-2023"), "Season folder that `demo` and `simulate` deploy.")

    web_host: str = _set("127.0.0.1", "Address the web server listens on.")
    web_port: int = _set(8000, "Port the web server listens on.", within=_PORTS)
    web_public_url: str = _set("", "Address under which people reach the pages; links in mails begin with it. Empty: this machine, at `web_port`.")
    web_secure_cookies: bool = _set(False, "Send cookies over HTTPS only. Set it to true as soon as HTTPS is in front.")
    web_upload_mb: int = _set(4100, "Largest upload in MB (1 MB = 1,000,000 bytes); the season's own limit by document may be lower.")

    office_name: str = _set("全国质量标杆工作办公室", "Who answers for this house: at the foot of the pages and under letters about accounts.")
    office_phone: str = _set("010-68416386", "Its telephone.")
    office_mail: str = _set("qmb@caq.org.cn", "Its mailbox, for people to write to.")

    session_idle: timedelta = _set(timedelta(minutes=30), "A session ends after this time without a request.")
    session_absolute: timedelta = _set(timedelta(hours=10), "A session ends after this time in any case.")

    limit_signins: int = _set(300, "Passwords that strangers at one address may try or set in an hour. 0: no limit, as for the next five.")
    limit_mails: int = _set(30, "Registrations, subscriptions and mails to set a password that strangers at one address may ask for in an hour.")
    limit_objections: int = _set(10, "Objections that strangers at one address may lodge in an hour.")
    limit_lookups: int = _set(120, "Looks at the state of objections by strangers at one address in an hour.")
    limit_downloads: int = _set(600, "Files and sheets of public pages that strangers at one address, or one account, may download in an hour.")
    limit_uploads: int = _set(600, "Files that one account may upload in an hour.")

    smtp_host: str = _set("", "Mail server. Empty: mails stay in the outbox and are written to the mail folder.")
    smtp_port: int = _set(25, "Port of the mail server.", within=_PORTS)
    smtp_tls: str = _set("starttls", "none, starttls or tls.", one_of=("none", "starttls", "tls"))
    smtp_username: str = _set("", "User at the mail server, if it asks for one.")
    smtp_password: str = _set("", "Password at the mail server; better given as BENCHMARK_SMTP_PASSWORD_FILE.")
    smtp_timeout: timedelta = _set(timedelta(seconds=20), "Time to wait for each answer of the mail server.")
    mail_sender: str = _set("no-reply@benchmark.invalid", "Address that mails come from.")
    mail_sender_name: str = _set("全国质量标杆工作办公室", "Name beside that address.")

    worker_pause: timedelta = _set(timedelta(seconds=1), "Longest pause between two looks for due work.")
    engine_live: int = _set(512, "Running cases kept in memory by one process.")

    @property
    def public_url(self) -> str:
        """`web_public_url`, as the pages call it; without one, this machine at the port that is served."""
        return self.web_public_url or f"http://127.0.0.1:{self.web_port}"

    @property
    def secure_cookies(self) -> bool:
        """`web_secure_cookies`, as the pages call it."""
        return self.web_secure_cookies

    @property
    def upload_limit(self) -> int:
        """Largest upload in bytes."""
        return self.web_upload_mb * 1_000_000

    @classmethod
    def load(cls, *, path: Path | None = None, environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """The settings: defaults, then the file, then the environment, then `overrides` that are not None (the command line's).

        Raises WrongSettings naming every unknown name (with the nearest known one) and every value that does not fit.
        """
        environment = os.environ if environment is None else environment
        chosen = path or (Path(environment[FILE_VARIABLE]) if FILE_VARIABLE in environment else None)
        given = _from_file(chosen) | _from_environment(environment)
        known = {each.name: each for each in fields(cls)}
        problems = [_unknown(name, known) for name in given if name not in known]
        values: dict[str, Any] = {}
        for name, value in given.items():
            try:
                if name in known:
                    values[name] = _fit(value, known[name])
            except _Unfit as error:
                problems.append(Problem(path=name, zh=f"值 {value!r} 无效，应为{error.zh}", en=f"{value!r} is {error.en}"))
        if problems:
            raise WrongSettings(problems)
        return cls(**{**values, **{name: value for name, value in overrides.items() if value is not None}})


TABLE = tuple(Setting(name=each.name, default=each.default, help=each.metadata["help"], kind=str(each.type)) for each in fields(Settings))


def environment_name(name: str) -> str:
    """The environment's name of a setting."""
    return PREFIX + name.upper()


def shown(value: object) -> str:
    """A value as one writes it in the file."""
    if not isinstance(value, timedelta):
        return str(value).lower() if isinstance(value, bool) else str(value)
    seconds = int(value.total_seconds())
    unit = next(unit for unit, size in reversed(_SECONDS.items()) if seconds % size == 0)
    return f"{seconds // _SECONDS[unit]} {unit}"


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None and not DEFAULT_FILE.exists():
        return {}
    try:
        content = tomllib.loads((path or DEFAULT_FILE).read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise WrongSettings([Problem(path=str(path or DEFAULT_FILE), zh="无法读取配置文件", en=f"cannot be read: {error}")]) from error
    flat: dict[str, Any] = {}
    for name, value in content.items():
        flat |= {f"{name}_{inner}": each for inner, each in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for variable, value in environment.items():
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE:
            continue
        if name.endswith("_file"):
            given[name.removesuffix("_file")] = Path(value).read_text("utf-8").strip()
        else:
            given[name] = value
    return given


def _unknown(name: str, known: Mapping[str, object]) -> Problem:
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return Problem(path=name, zh=f"没有这个配置项{'，是否为 ' + near[0] if near else ''}", en=f"no such setting{hint}")


def _fit(value: object, setting: Field[Any]) -> object:
    default = setting.default
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        if str(value).lower() in _WORDS:
            return _WORDS[str(value).lower()]
        raise _Unfit("true 或 false", "neither true nor false")
    if isinstance(default, timedelta):
        return _span(value)
    if isinstance(default, int):
        if isinstance(value, bool) or not str(value).isdecimal():
            raise _Unfit("整数", "no whole number")
        return _within(int(str(value)), setting.metadata["within"])
    if setting.metadata["one_of"] and value not in setting.metadata["one_of"]:
        raise _Unfit("、".join(setting.metadata["one_of"]) + " 之一", f"none of {', '.join(setting.metadata['one_of'])}")
    return Path(str(value)) if isinstance(default, Path) else str(value)


def _within(number: int, bounds: tuple[int, int] | None) -> int:
    if bounds and not bounds[0] <= number <= bounds[1]:
        raise _Unfit(f"{bounds[0]} 至 {bounds[1]}", f"not from {bounds[0]} to {bounds[1]}")
    return number


def _span(value: object) -> timedelta:
    match = _SPAN.fullmatch(str(value))
    if match is None:
        raise _Unfit("时长，如 20 s、30 min、10 h、5 d", "no span of time: write 20 s, 30 min, 10 h or 5 d")
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
