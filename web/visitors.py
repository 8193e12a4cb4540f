"""Who asks: the visitor of a request, and the one rule each route must carry. Knows no password and no SQL."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar, cast
from urllib.parse import urlsplit

from fastapi import Request

from engine.contract import Actor
from selection.errors import NotFound
from selection.rights import Subject, grants, may, refuse
from store.selection.accounts import Account, Accounts
from store.selection.tokens import hashed
from web.house import House
from web.i18n import LANGUAGES
from web.tongue import Tongue

PUBLIC = Actor(id="public", name="社会公众", kind="public")
SESSION_COOKIE = "session"
VISIT_COOKIE = "visit"
LANGUAGE_COOKIE = "language"
BROWSER_COOKIE = "browser"  # a browser that an account knows
SEEN_STEP = timedelta(minutes=1)
Found = TypeVar("Found")


@dataclass(frozen=True)
class Visitor:
    """One request's person: the engine's actor, the language, the token that forms carry, and the session's hashed id (None: not signed in)."""

    actor: Actor
    language: str
    csrf: str
    session: str | None = None
    account: Account | None = None

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.session is not None

    def organisations(self, *roles: str) -> tuple[str, ...]:
        """The organisations for which the visitor has one of the roles, sorted."""
        pairs = (group.partition("@") for group in self.actor.groups)
        return tuple(sorted({organisation for role, _, organisation in pairs if role in roles}))

    def has(self, *roles: str) -> bool:
        """Whether the visitor has one of the roles anywhere."""
        return bool(self.organisations(*roles))

    def may(self, verb: str, subject: Subject | None = None) -> bool:
        """Whether the rights table grants the verb (for the subject)."""
        return may(self.actor.groups, verb, subject)

    def must(self, verb: str, subject: Subject | None = None) -> None:
        """Raise NotFound or Forbidden unless the rights table grants the verb."""
        refuse(self.actor.groups, verb, subject)


class SignInFirst(Exception):
    """The page is for people who signed in; ``then`` is where to go afterwards."""

    def __init__(self, then: str) -> None:
        """Keep the local path."""
        super().__init__(then)
        self.then = then


class Access:
    """The rule of a route, as a dependency that gives the visitor. A test reads it from the route table; a route without one fails there."""

    def __init__(self, *verbs: str, public: bool = False, by_link: bool = False) -> None:
        """``verbs`` of `selection.rights`: one of them must be granted to a role of the visitor (to which things, the page asks).

        No verbs: anybody signed in. ``public``: also people who are not signed in. ``by_link``: who knows the address may act, from any
        programme: it holds a secret, and what it does asks for no other right.
        """
        self.verbs = verbs
        self.public = public
        self.by_link = by_link
        self.roles = frozenset(grant.role for verb in verbs for grant in grants(verb))

    async def __call__(self, request: Request) -> Visitor:
        """The visitor; raises SignInFirst, or NotFound as if the page were not there. Awaited, so that no thread is asked for it."""
        visitor = cast("Visitor", request.state.visitor)
        if self.public:
            return visitor
        if not visitor.signed_in:
            raise SignInFirst(request.url.path if request.method == "GET" else page_of(request))
        if self.verbs and "anyone" not in self.roles and not visitor.has(*self.roles):
            raise not_found()
        return visitor


def page_of(request: Request) -> str:
    """The page on which a form was sent, a refused task's its own; "/" where the browser does not say."""
    path = urlsplit(request.headers.get("referer", "")).path or "/"
    return re.sub(r"^(/tasks/[^/]+)/.*", r"\1", path)


def there(found: Found | None) -> Found:
    """What was asked for. Raises NotFound where there is none: the answer to what is another's, too."""
    if found is None:
        raise not_found()
    return found


def not_found() -> NotFound:
    """The one answer to "not there" and "not yours"."""
    return NotFound(
        "not_found",
        zh="没有找到该页面或材料，可能已被撤销或您无权查看。请返回首页。",
        en="Nothing was found here: it may be gone or not meant for you. Please go back to the first page.",
    )


def token_for(secret: str) -> str:
    """The form token that belongs to a cookie's secret; it cannot be turned back."""
    return hashlib.sha256(b"form-token:" + secret.encode()).hexdigest()


def cookie_name(house: House, name: str) -> str:
    """The cookie's name: with the ``__Host-`` lock where the site is served over TLS."""
    return f"__Host-{name}" if house.settings.secure_cookies else name


def browser_of(request: Request, *, house: House) -> str:
    """The digest by which an account may know this browser; "" for a browser without the cookie."""
    secret = request.cookies.get(cookie_name(house, BROWSER_COOKIE), "")
    return hashed(secret) if secret else ""


def _account_of(house: House, session: str, *, now: datetime) -> Account | None:
    with house.database.read() as connection:
        found = Accounts(connection).live_session(session, now=now, idle=house.settings.session_idle)
    if found is None:
        return None
    account, seen_at = found
    if now - seen_at >= SEEN_STEP:  # not at every request: reading pages should not write
        house.database.run(lambda connection: Accounts(connection).seen(session, now=now))
    return account


def recognise(request: Request, *, house: House, now: datetime) -> tuple[Visitor, str | None]:
    """The visitor of a request, and a new secret for the visit cookie when a stranger has none yet."""
    language = request.cookies.get(cookie_name(house, LANGUAGE_COOKIE), "")
    secret = request.cookies.get(cookie_name(house, SESSION_COOKIE), "")
    account = _account_of(house, hashed(secret), now=now) if secret else None
    if account is not None:
        actor = Actor(id=account.id, name=account.name, groups=account.groups)
        chosen = Tongue.of(language if language in LANGUAGES else account.language, house)
        return Visitor(actor=actor, language=chosen, csrf=token_for(secret), session=hashed(secret), account=account), None
    known = request.cookies.get(cookie_name(house, VISIT_COOKIE), "")
    visit = known or secrets.token_urlsafe(32)
    chosen = Tongue.of(language if language in LANGUAGES else "zh", house)
    return Visitor(actor=PUBLIC, language=chosen, csrf=token_for(visit)), None if known else visit
