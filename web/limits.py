"""How much strangers may send: registrations, sign-ins, mails to set a password, objections, questions about receipts; how much anybody up- or downloads.

A stranger is counted by address, somebody who is signed in by account: an office behind one address works on whatever its neighbours do.
Why the counts lie in the database, and why this machine's own addresses are not counted: docs/decisions/0012-strangers.md.
"""

import math
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from selection.errors import HouseError
from store.selection.allowance import Allowances
from store.selection.tokens import hashed
from web.house import House

SPAN = timedelta(hours=1)
NETWORK = 64  # bits of an IPv6 address that one subscriber has at least: who has one address of them has them all
# Method and route -> the setting `limit_…` that says how many an hour.
LIMITED = {
    ("POST", "/login"): "signins",
    ("POST", "/password/{purpose}/{secret}"): "signins",
    ("POST", "/register"): "mails",
    ("POST", "/password"): "mails",
    ("POST", "/public/subscription"): "mails",
    ("POST", "/public/publicity/{batch_id}/{application}/objection"): "objections",
    ("GET", "/public/objection"): "lookups",
    ("POST", "/tasks/{task}/files"): "uploads",
    ("GET", "/public/library/{title}/files/{document_id}"): "downloads",
    ("GET", "/public/notice/{season_id}/files/{document_id}"): "downloads",
}
SHEETS = "/public/"  # where lists are everybody's: as sheets (`?form=xlsx`) they are downloads


class TooMany(HouseError):
    """Too much came from one address or account in an hour."""

    status = 429

    def __init__(self, wait: timedelta, *, signed_in: bool, sent: bool = True) -> None:
        """``wait``: how long until it may go on; ``sent``: something was, which is not kept; else it was only asked for."""
        minutes = max(1, math.ceil(wait / timedelta(minutes=1)))
        zh, en = _told_sent(minutes, signed_in=signed_in) if sent else _told_asked(minutes, signed_in=signed_in)
        super().__init__("too_many", zh=zh, en=en)
        self.headers = {"Retry-After": str(math.ceil(wait.total_seconds()))}


def _told_sent(minutes: int, *, signed_in: bool) -> tuple[str, str]:
    zh = "您提交得过于频繁" if signed_in else "来自您所在网络的提交过于频繁"
    en = "You send too much at a time" if signed_in else "Too much comes from your network at a time"
    way = ("", "") if signed_in else ("已登录的人员不受影响；", " People who are signed in are not affected;")
    return (
        f"{zh}，本次没有保存。{way[0]}请在 {minutes} 分钟后返回上一页重新提交，急需办理的请与办公室联系。",
        f"{en}: nothing was saved.{way[1]} please go back and submit again in {minutes} min, or call the office if it is urgent.",
    )


def _told_asked(minutes: int, *, signed_in: bool) -> tuple[str, str]:
    zh = "您下载或查询得过于频繁" if signed_in else "来自您所在网络的下载或查询过于频繁，已登录的人员不受影响"
    en = "You ask for too much at a time" if signed_in else "Your network asks for too much at a time; people who are signed in are not affected"
    return f"{zh}。请在 {minutes} 分钟后再试。", f"{en}. Please try again in {minutes} min."


def _name_of(request: Request) -> str | None:
    path = getattr(request.scope.get("route"), "path", "")
    if request.method == "GET" and path.startswith(SHEETS) and request.query_params.get("form") == "xlsx":
        return "downloads"
    return LIMITED.get((request.method, path))


async def refuse_flood(request: Request) -> None:
    """Of the whole application, before anything is done or a body is read: raises TooMany. What is refused costs one read and writes nothing.

    A request is counted once, however often it is asked about. Awaited, so that only what is limited takes the turn of a thread.
    """
    name = _name_of(request)
    if name is None or getattr(request.state, "counted", False):
        return
    visitor = request.state.visitor
    account = f"account\0{visitor.actor.id}" if visitor.signed_in else ""
    wait = await run_in_threadpool(wait_of, request, name=name, house=request.state.house, account=account)
    if wait:
        raise TooMany(wait, signed_in=visitor.signed_in, sent=request.method != "GET")
    request.state.counted = True


def wait_of(request: Request, *, name: str, house: House, account: str = "") -> timedelta:
    """How long who asks must wait until it may do one more of what `limit_<name>` counts; nothing if it may, and then it counts.

    Without an `account` it is the address that is counted.
    """
    most = getattr(house.settings, f"limit_{name}")
    who = account or (f"address\0{place}" if (place := place_of(request)) else "")
    if not most or not who:
        return timedelta()
    subject, now = hashed(f"{name}\0{who}"), house.wall.now()
    with house.database.read() as connection:
        wait = Allowances(connection).wait(subject, most=most, per=SPAN, now=now)
    return wait or house.database.run(lambda connection: Allowances(connection).take(subject, most=most, per=SPAN, now=now))


def place_of(request: Request) -> str:
    """The address that a stranger is counted by: of IPv6 the network; "" for this machine itself, which is nobody's neighbour."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return ""
    return str(address) if address.version == 4 else str(IPv6Address(int(address) >> NETWORK << NETWORK))  # noqa: PLR2004 - a protocol's number
