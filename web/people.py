"""People, units, experts and enterprises: lists, roles, invitations, disputes about a USCC, import from xlsx."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from sqlalchemy import Connection

from notifications.addresses import one_address
from notifications.errors import AddressInvalid
from notifications.outbox import Recipient
from selection.errors import Refused
from selection.rights import JUDGING
from store.selection import queries_office as office_queries
from store.selection import queries_public as public_queries
from store.selection.accounts import Account, Accounts
from store.selection.organisations import refuse_unknown_organisation
from web.fields import Text, Word
from web.granting import give
from web.house import House
from web.mailed import UNKNOWN, mail_token
from web.naming import organisations, roles_told
from web.pages import go, page
from web.paging import WHOLE, Start, paged
from web.reading import Reading, Season, TheHouse
from web.roles import ROLES
from web.sheets import MOST_BYTES, Column, read_sheet, sheet
from web.visitors import Access, Visitor, not_found, there

router = APIRouter()
LONGEST_NAME, LONGEST_CODE = 100, 40  # characters
Keeper = Annotated[Visitor, Depends(Access("manage_people"))]
AccountKeeper = Annotated[Visitor, Depends(Access("manage_accounts", "manage_experts"))]
ExpertKeeper = Annotated[Visitor, Depends(Access("manage_experts"))]
UnitKeeper = Annotated[Visitor, Depends(Access("manage_units"))]
Binder = Annotated[Visitor, Depends(Access("settle_binding"))]
PEOPLE = (
    Column("姓名", "name"), Column("登录名", "login"), Column("邮箱", "mail"),
    Column("角色", "roles"),
)  # fmt: skip
INVITATIONS = {"picked": "已选取", "invited": "已邀请", "accepted": "已确认", "declined": "不参加", "lapsed": "逾期未复"}
EXPERTS = (
    Column("编号", "id"), Column("姓名", "name"), Column("单位", "employer"), Column("专业领域", lambda row: "、".join(row["fields"] or ())),
    Column("行业代码", lambda row: "、".join(row["industries"] or ())), Column("参评", lambda row: INVITATIONS.get(row["invitation"], ""), ours=True),
    Column("录入", lambda row: "办公室代录" if row["recorded_by"] else "", ours=True),
)  # fmt: skip
ENTERPRISES = (
    Column("编号", "id"),
    Column("企业名称", "name"),
    Column("统一社会信用代码", "uscc"),
    Column("联系人", "contact_name"),
    Column("邮箱", "mail"),
    Column("绑定时间", "bound_at"),
)
PEOPLE_SHEET = {"姓名": "name", "邮箱": "mail", "角色": "role", "单位代码": "organisation"}
UNIT_SHEET = {"代码": "code", "名称": "name", "推荐单位": "name", "邮箱": "mail"}
EXPERT_SHEET = {
    "姓名": "name",
    "单位": "employer",
    "工作单位": "employer",
    "统一社会信用代码": "uscc",
    "专业领域": "fields",
    "行业代码": "industries",
    "邮箱": "mail",
    "地区": "region",
}
BY_NAME = {words: code for code, words in ROLES.items()}


@router.get("/office/people")
def people(
    request: Request, visitor: Keeper, house: TheHouse, connection: Reading, search: str = "", start: Start = 0, form: str = ""
) -> Response:
    """Accounts with their roles. Who reviews and decides is known to those who manage experts only."""
    hidden = () if visitor.may("manage_experts") else JUDGING

    def take(limit: int, offset: int) -> tuple[Account, ...]:
        return Accounts(connection).everybody(search=search, limit=limit, offset=offset, without=hidden)

    if form == "xlsx":
        return sheet("人员", PEOPLE, _with_roles(connection, take(WHOLE, 0), language=visitor.language), language=visitor.language)
    claims = Accounts(connection).claims() if visitor.may("settle_binding") else ()
    shown = paged(take, start=start, search=search)
    invited = _invited(connection, visitor, now=house.clock.now())
    named = [*(group for row in shown.rows for group in row.groups), *(group for one in invited for group in one.grants)]
    names = organisations(connection, named, language=visitor.language)
    return page(
        request, "people.html", shown=shown, search=search, told=partial(roles_told, names=names, language=visitor.language),
        roles=ROLES, claims=claims, view="people",
        refusal=None, may_lock=_may_lock, invited=invited,
        units=_units(connection),
    )  # fmt: skip


def _units(connection: Connection) -> public_queries.Rows:
    """The newest season's units: their codes are what a role of a unit is given for."""
    newest = public_queries.newest_season(connection)
    return public_queries.public_units(connection, newest["id"]) if newest else ()


def _with_roles(connection: Connection, people: Sequence[Account], *, language: str) -> list[dict[str, Any]]:
    """Accounts for a sheet: their roles in words, each with its organisation."""
    names = organisations(connection, [group for row in people for group in row.groups], language=language)
    return [vars(row) | {"roles": "；".join(roles_told(row.groups, names, language=language))} for row in people]


def _invited(connection: Connection, visitor: Visitor, *, now: datetime) -> list[Any]:
    """Invitations not opened yet, whoever's mailbox it is; to review and decide: for those who manage experts only."""
    hidden = frozenset() if visitor.may("manage_experts") else JUDGING
    live = Accounts(connection).live_tokens(purposes={"invitation"}, now=now)
    return [one for one in live if not hidden & {group.partition("@")[0] for group in one.grants}]


@router.get("/office/experts")
def experts(request: Request, visitor: ExpertKeeper, connection: Reading, season: Season, form: str = "") -> Response:
    """The pool of experts with the season's invitations."""
    rows = office_queries.experts_listed(connection, of_season=season["id"])
    if form == "xlsx":
        return sheet("专家库", EXPERTS, rows, language=visitor.language)
    return page(request, "experts.html", rows=rows, states=INVITATIONS, view="experts")


@router.get("/office/enterprises")
def enterprises(request: Request, visitor: Keeper, connection: Reading, search: str = "", start: Start = 0, form: str = "") -> Response:
    """The bound enterprises."""

    def take(limit: int, offset: int) -> office_queries.Rows:
        return office_queries.enterprises_listed(connection, search=search, limit=limit, offset=offset)

    if form == "xlsx":
        return sheet("企业", ENTERPRISES, take(WHOLE, 0), language=visitor.language)
    return page(request, "enterprises.html", shown=paged(take, start=start, search=search), search=search, view="enterprises")


@router.post("/office/people")
def invite(
    visitor: Keeper, house: TheHouse, name: Word = "", mail: Word = "", role: Word = "",
    organisation: Word = "",
) -> Response:  # fmt: skip
    """Invite a person by mail with one role. Whether the mailbox has an account already shows when the link is opened, and only there."""
    row = {"name": name.strip(), "mail": mail.strip().lower(), "role": role, "organisation": organisation.strip()}
    house.database.run(lambda connection: _invite(connection, house, visitor, row=row))
    return go("/office/people", said="sent")


def _invite(connection: Connection, house: House, visitor: Visitor, *, row: dict[str, str]) -> None:
    row = {**row, "mail": row["mail"].lower()}
    role = BY_NAME.get(row["role"], row["role"])
    _refuse_bad(row, role=role, visitor=visitor)
    refuse_unknown_organisation(connection, role=role, organisation=row["organisation"])
    to = Recipient(id=UNKNOWN, name=row["name"], address=row["mail"])
    grants = [f"{role}@{row['organisation']}"]
    mail_token(connection, house=house, purpose="invitation", to=to, now=house.clock.now(), grants=grants, by=visitor.actor.id)


def _refuse_bad(row: dict[str, str], *, role: str, visitor: Visitor) -> None:
    try:
        one_address(row["mail"])
    except AddressInvalid as error:
        raise Refused(
            "people.mail", zh=f"邮箱“{row['mail'][:60]}”有误，请核对。", en=f"The mail address {row['mail'][:60]!r} is wrong; please check it."
        ) from error
    named = 0 < len(row["name"]) <= LONGEST_NAME and row["name"].isprintable()
    placed = 0 < len(row["organisation"]) <= LONGEST_CODE and row["organisation"].isprintable() and "@" not in row["organisation"]
    if not named or not placed or role not in ROLES:
        raise Refused(
            "people.incomplete",
            zh=f"请填写姓名（不超过{LONGEST_NAME}字）、角色和单位代码（办公室为 caq）。",
            en=f"Please give name (at most {LONGEST_NAME} characters), role and organisation (caq for the office).",
        )
    if role in {"office_director", "caq_approver", "miit_approver", "auditor", "season_admin"} and not visitor.has(
        "season_admin", "office_director"
    ):
        raise Refused(
            "people.role",
            zh="该角色须由办公室负责人或活动管理员授予，请联系其办理。",
            en="Only the director or the administrator gives this role; please ask one of them.",
        )
    if role == "season_admin" and not visitor.has("season_admin"):
        raise Refused("people.role", zh="该角色只能由活动管理员授予，请联系其办理。", en="Only the administrator gives this role; please ask one.")


@router.post("/office/people/{person}/active")
def set_active(visitor: AccountKeeper, house: TheHouse, person: str, active: Word = "") -> Response:
    """Lock an account (its sessions end at once) or open it again; nobody locks the own one. Experts' accounts are the office's."""
    if person == visitor.actor.id:
        raise Refused("people.self", zh="不能停用自己的账号，请由其他有权人员办理。", en="You cannot lock your own account; please ask a colleague who may.")

    def settle(connection: Connection) -> None:
        accounts = Accounts(connection)
        account = accounts.by_id(person)
        if account is None or not _may_lock(visitor, account):
            raise not_found()
        accounts.change_person(person, active=active == "yes")
        accounts.end_sessions(person)

    house.database.run(settle)
    return go("/office/people", said="saved")


def _may_lock(visitor: Visitor, account: Account) -> bool:
    judges = any(group.partition("@")[0] in JUDGING for group in account.groups)
    return visitor.may("manage_experts" if judges else "manage_accounts")


@router.post("/office/disputes/{dispute}")
def settle_dispute(
    visitor: Binder, house: TheHouse, dispute: str, outcome: Word = "", reason: Text = ""
) -> Response:
    """Decide who a USCC belongs to: granted, the claimant takes the enterprise over."""
    if outcome not in {"granted", "refused"} or not reason.strip():
        raise Refused("dispute.reason", zh="请选择处理结果并写明理由。", en="Please choose an outcome and give the reason.")

    def settle(connection: Connection) -> None:
        accounts, now = Accounts(connection), house.clock.now()
        claim = there(next((one for one in accounts.claims() if one["id"] == dispute), None))
        accounts.decide_dispute(dispute=dispute, state=outcome, reason=reason.strip(), by=visitor.actor.id, at=now)
        if outcome == "granted":
            group = f"applicant_editor@{claim['enterprise']}"
            for one in accounts.members_of(group):
                accounts.take(person=one.id, role="applicant_editor", organisation=claim["enterprise"])
                accounts.end_sessions(one.id)
            give(connection, house=house, person=claim["person"], groups=[group], now=now, by=visitor.actor.id)
            accounts.change_enterprise(claim["enterprise"], contact=claim["person"], mail=claim["mail"])

    house.database.run(settle)
    return go("/office/people", said="saved")


def _import(
    house: House, file: UploadFile, *, headings: dict[str, str], needed: tuple[str, ...], take: Callable[[Connection, dict[str, str]], Any]
) -> None:
    rows = read_sheet(file.file.read(MOST_BYTES + 1), headings=headings, needed=needed)
    lacking = [at for at, row in enumerate(rows, start=1) if not set(needed) <= set(row)]
    if lacking:
        places = "、".join(map(str, lacking[:20]))
        raise Refused(
            "sheet.lacking",
            zh=f"第 {places} 条缺少必填内容，没有导入，请补全后重新上传。",
            en=f"Entries {places} lack a needed cell; nothing was imported. Please fill them in and upload again.",
        )

    def work(connection: Connection) -> None:
        for row in rows:
            take(connection, row)

    house.database.run(work)


@router.post("/office/people/import")
def import_people(visitor: Keeper, house: TheHouse, file: UploadFile) -> Response:
    """Invite everybody on a sheet: all or nobody."""

    def take(connection: Connection, row: dict[str, str]) -> None:
        _invite(connection, house, visitor, row={name: row.get(name, "") for name in PEOPLE_SHEET.values()})

    _import(house, file, headings=PEOPLE_SHEET, needed=("name", "mail", "role", "organisation"), take=take)
    return go("/office/people", said="imported")


@router.post("/office/experts/import")
def import_experts(visitor: ExpertKeeper, house: TheHouse, file: UploadFile) -> Response:  # noqa: ARG001 - carries the route's rule
    """Add the experts of a sheet to the pool."""

    def take(connection: Connection, row: dict[str, str]) -> None:
        fields, industries = (row.get(name, "").replace("，", "、").replace(",", "、") for name in ("fields", "industries"))
        Accounts(connection).add_expert(
            name=row["name"], employer=row.get("employer", ""), fields=[part for part in fields.split("、") if part],
            industries=[part for part in industries.split("、") if part], employer_uscc=row.get("uscc"),
            mail=row.get("mail"), region=row.get("region"), available=True,
        )  # fmt: skip

    _import(house, file, headings=EXPERT_SHEET, needed=("name", "employer"), take=take)
    return go("/office/experts", said="imported")


@router.post("/office/units/import")
def import_units(visitor: UnitKeeper, house: TheHouse, season: Season, file: UploadFile) -> Response:  # noqa: ARG001 - carries the route's rule
    """Correct names and mailboxes of the season's units by code."""

    def take(connection: Connection, row: dict[str, str]) -> None:
        accounts = Accounts(connection)
        unit = accounts.unit(season=season["id"], code=row["code"])
        if unit is None:
            raise Refused(
                "unit.unknown",
                zh=f"年度推荐单位名录中没有代码 {row['code'][:20]}，请核对后重新上传。",
                en=f"The season has no unit {row['code'][:20]!r}; please check the code.",
            )
        accounts.change_unit(season=season["id"], code=row["code"], name=row["name"], mail=row.get("mail") or unit.mail)

    _import(house, file, headings=UNIT_SHEET, needed=("code", "name"), take=take)
    return go("/unit", said="imported")
