"""Commands on accounts: user add, invite, grant, passwd, token, import. Passwords are typed or made here, never given as arguments."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from zipfile import BadZipFile

import typer

from app import wiring
from app.cli_common import DatabaseOption, JsonOption, SettingsOption, house_of, report, report_rows, settings_of
from notifications.addresses import one_address
from selection.errors import NotFound, Refused

people = typer.Typer(help="Accounts: add, invite, grant, passwd, token, import.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="Login name.")]
Groups = Annotated[list[str] | None, typer.Option("--group", help="role@organisation; may be given several times.")]
SeasonOfRole = Annotated[str | None, typer.Option("--season", help="The season of roles given without @organisation.")]
COLUMNS = ("login", "name", "mail", "groups")
BY = "command line"


@people.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="Name of the person.")],
    mail: Annotated[str | None, typer.Option(help="Mail address.")] = None,
    group: Groups = None,
    database: DatabaseOption = None,
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Add an account with a password made here, shown once."""
    house = house_of(settings_of(database=database, file=settings))
    password = secrets.token_urlsafe(15)
    person = house.database.run(lambda connection: _add(connection, house, login, name, mail, group or [], password))
    report({"person": person, "login": login, "password": password, "groups": group or []}, as_json=json)


@people.command()
def invite(
    mail: Annotated[str, typer.Argument(help="Mail address.")],
    name: Annotated[str, typer.Option(help="Name of the person.")],
    group: Groups = None,
    database: DatabaseOption = None,
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Invite somebody by mail to choose a password; the address in the mail works once."""
    from notifications.outbox import Recipient

    mail, house = mail.strip().lower(), house_of(settings_of(database=database, file=settings))
    one_address(mail)
    grants = house.database.run(lambda connection: _offered(connection, house, mail, group or []))
    mail_token, unknown = wiring.part("web.mailed", "mail_token"), wiring.part("web.mailed", "UNKNOWN")
    to = Recipient(id=unknown, name=name, address=mail)
    house.database.run(
        lambda connection: mail_token(connection, house=house, purpose="invitation", to=to, now=house.clock.now(), grants=grants, by=BY)
    )
    house.outbox.deliver_all()
    report({"invited": mail, "groups": grants}, as_json=json)


@people.command()
def grant(
    login: Login, group: Groups = None, season: SeasonOfRole = None, database: DatabaseOption = None, settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Give an account roles; those of a committee are a season's (committee_member@cn-2023, or committee_member with --season cn-2023)."""
    house = house_of(settings_of(database=database, file=settings))
    groups = [one if season is None or "@" in one else f"{one}@{season}" for one in group or []]
    house.database.run(lambda connection: _give(connection, house, _person(connection, login).id, groups))
    report({"login": login, "granted": groups}, as_json=json)


@people.command()
def passwd(login: Login, database: DatabaseOption = None, settings: SettingsOption = None, json: JsonOption = False) -> None:
    """Set a new password (typed twice); all sessions of the account end."""
    house = house_of(settings_of(database=database, file=settings))
    with house.database.read() as connection:
        _person(connection, login)  # before anything is asked
    typed = typer.prompt("密码 / password", hide_input=True, confirmation_prompt=True, err=True)
    hashed = wiring.part("web.passwords", "hash_password")(typed)

    def change(connection: Any) -> None:  # SQLAlchemy's connection
        accounts = wiring.part("store.selection.accounts", "Accounts")(connection)
        accounts.set_password(_person(connection, login).id, password_hash=hashed)

    house.database.run(change)
    report({"login": login, "changed": True}, as_json=json)


@people.command()
def token(
    login: Login,
    name: Annotated[str | None, typer.Option(help="Make a token of this name, shown once.")] = None,
    days: Annotated[int, typer.Option(help="Days for which the new token is good.", min=1, max=3660)] = 365,
    revoke: Annotated[str | None, typer.Option(help="Revoke the token with this id.")] = None,
    database: DatabaseOption = None,
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Tokens that let programmes in as an account: make one, revoke one, or (without both) list them."""
    house = house_of(settings_of(database=database, file=settings))
    person = house.database.run(lambda connection: _person(connection, login).id)
    if name:
        made, secret = wiring.part("web.tokens", "make_token")(house, person=person, name=name, valid=timedelta(days=days), by=BY)
        report({"login": login, "id": made, "name": name, "token": secret, "days": days}, as_json=json)
    elif revoke:
        tokens, now = wiring.part("store.selection.tokens", "AccessTokens"), house.clock.now()
        if not house.database.run(lambda connection: tokens(connection).revoke(revoke, person=person, now=now)):
            raise NotFound("user.token", zh=f"{login} 没有可撤销的令牌 {revoke}", en=f"{login} has no token {revoke} to revoke")
        report({"login": login, "revoked": revoke}, as_json=json)
    else:
        report_rows(_tokens(house, person), columns=("id", "name", "expires", "revoked"), as_json=json)


def _tokens(house: wiring.House, person: str) -> list[dict[str, str]]:
    tokens = wiring.part("store.selection.tokens", "AccessTokens")
    with house.database.read() as connection:
        found = tokens(connection).of_person(person)
    return [{"id": row.id, "name": row.name, "expires": str(row.expires), "revoked": str(row.revoked_at or "")} for row in found]


@people.command(name="import")
def import_people(
    file: Annotated[Path, typer.Argument(help="xlsx with the columns login, name, mail, groups (separated by blanks).")],
    database: DatabaseOption = None,
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Add accounts from a spreadsheet: all of them or none."""
    house = house_of(settings_of(database=database, file=settings))
    rows = list(read_people(file))

    def add_all(connection: Any) -> None:  # SQLAlchemy's connection
        for row in rows:
            _add(connection, house, row["login"], row["name"], row["mail"] or None, row["groups"].split(), row["password"])

    house.database.run(add_all)
    report_rows(rows, columns=(*COLUMNS, "password"), as_json=json)


def read_people(file: Path) -> Iterator[dict[str, str]]:
    """The rows of a spreadsheet of people, each with a fresh password. Raises Refused naming the first bad row."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
    except (InvalidFileException, BadZipFile, KeyError) as error:
        raise Refused("user.file", zh=f"{file} 不是 xlsx 文件", en=f"{file} is no xlsx file") from error
    lines = ([str(cell if cell is not None else "").strip() for cell in line] for line in sheet.iter_rows(values_only=True))
    head = next(lines, [])
    if tuple(head[: len(COLUMNS)]) != COLUMNS:
        wanted = ", ".join(COLUMNS)
        raise Refused("user.columns", zh=f"第一行应为：{wanted}", en=f"The first row must be: {wanted}")
    for number, line in enumerate(lines, start=2):
        row = dict(zip(COLUMNS, line, strict=False))
        if not row["login"] or not row["name"]:
            raise Refused("user.row", zh=f"第 {number} 行缺少登录名或姓名", en=f"Row {number} lacks a login or a name")
        yield row | {"password": secrets.token_urlsafe(15)}


def _add(connection: Any, house: wiring.House, login: str, name: str, mail: str | None, groups: list[str], password: str) -> str:
    facts = wiring.part("store.selection.facts", "Facts")(connection)
    hashed = wiring.part("web.passwords", "hash_password")(password)
    if mail is not None:
        one_address(mail)
    if facts.people.person_by_login(login) is not None:
        raise Refused("user.exists", zh=f"登录名 {login} 已存在", en=f"The login {login} exists already")
    person: str = facts.people.add_person(login=login, name=name, mail=mail, at=house.clock.now(), password_hash=hashed)
    _give(connection, house, person, groups)
    return person


def _give(connection: Any, house: wiring.House, person: str, groups: list[str]) -> None:
    give = wiring.part("web.granting", "give")
    give(connection, house=house, person=person, groups=_checked(connection, groups), now=house.clock.now(), by=BY)


def _offered(connection: Any, house: wiring.House, mail: str, groups: list[str]) -> list[str]:
    """The groups of an invitation, refused now if the mailbox's account may not join them: who opens the letter would be refused then."""
    known = wiring.part("store.selection.accounts", "Accounts")(connection).by_login(mail)
    held = known.groups if known else frozenset()
    wiring.part("web.granting", "refuse_joined")(connection, house=house, groups={*held, *_checked(connection, groups)})
    return groups


def _checked(connection: Any, groups: list[str]) -> list[str]:
    roles, people_ = wiring.part("web.roles", "ROLES"), wiring.part("store.selection.people", "PeopleFacts")(connection)
    for group in groups:
        role, at, organisation = group.partition("@")
        if role not in roles or not at or not organisation:
            known = ", ".join(roles)
            raise Refused(
                "user.group", zh=f"{group} 应写作 角色@机构；角色有：{known}", en=f"{group}: write role@organisation; roles: {known}"
            )
        people_.refuse_unknown_season(role=role, organisation=organisation)
    return groups


def _person(connection: Any, login: str) -> Any:
    person = wiring.part("store.selection.facts", "Facts")(connection).people.person_by_login(login)
    if person is None:
        raise NotFound("user.unknown", zh=f"没有账号 {login}", en=f"There is no account {login}")
    return person
