"""Tells people by mail: puts letters into the outbox in the act's own transaction, results held until their release.

`tell` never fails the act for want of a mailbox; who has none is simply not written to (the office sees that list).
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from engine.contract import Context
from handlers.common import letter_of, season_of
from notifications.outbox import SUBSCRIBER, Recipient, queue, queue_public
from store.selection.mail import MailRepository

STRANGER = {"zh": "异议人", "en": "objector"}
MAILBOX = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


def tell(
    ctx: Context, template: str, to: str | Iterable[str], *, hold: str = "", about: str = "", cause: str | None = None,
    told: set[str] | None = None, **facts: Any,
) -> int:  # fmt: skip
    """Queue one letter to everybody meant by ``to`` (ids, groups, `name <address>` pairs are not taken).

    ``hold``: the release a result waits for; ``cause``: what makes the letter unique (default: the process and this instant); ``told``: where
    the mailboxes that it goes to are noted, for `tell_subscribers`.
    Returns how many were queued; 0 in a house without letters.
    """
    if ctx.facts.letters is None:
        return 0
    letter = letter_of(ctx, template)
    values = _always(ctx) | words_about(ctx, about) | facts
    reason = cause or f"{ctx.instance.root}:{ctx.now.isoformat()}"
    people = {address.mail: address for name in names_of(to) for address in ctx.facts.people.addresses(name)}
    if told is not None:
        told.update(mailbox.lower() for mailbox in people)
    mails = MailRepository(ctx.facts.connection)
    return sum(
        queue(
            mails,
            template=letter,
            recipient=Recipient(id=one.id, name=one.name, address=one.mail, language=one.language),
            values=values,
            dedupe=f"{reason}:{about}",
            now=ctx.now,
            tenant=ctx.instance.tenant,
            about=about,
            hold=hold if letter.is_result else "",
        )
        for one in people.values()
    )


def tell_stranger(ctx: Context, template: str, *, name: str, contact: str, cause: str, language: str = "zh", **facts: Any) -> int:
    """Queue one letter to somebody without an account, at the contact given and nowhere else; a contact that is no mailbox gets none."""
    if ctx.facts.letters is None or not MAILBOX.fullmatch(contact.strip()):
        return 0
    return queue(
        MailRepository(ctx.facts.connection),
        template=letter_of(ctx, template),
        recipient=Recipient(id=cause, name=name or STRANGER[language], address=contact.strip(), language=language),
        values=_always(ctx) | facts,
        dedupe=cause,
        now=ctx.now,
        tenant=ctx.instance.tenant,
    )


def tell_subscribers(
    ctx: Context, template: str, *, page: str, cause: str, hold: str = "", told: Collection[str] = (), **facts: Any
) -> int:
    """Queue one letter to everybody who asked for the public ones (§9.3: 1, 32, 37, 39); each carries its own way out.

    ``page``: the public page that it points to; ``told``: mailboxes that hear of it already. Out: how many were queued; 0 in a house without letters.
    """
    if ctx.facts.letters is None:
        return 0
    letter, way_out = letter_of(ctx, template), f"{ctx.facts.site}/public/unsubscribe"
    return queue_public(
        MailRepository(ctx.facts.connection),
        template=letter,
        readers=[
            (Recipient(id=one.id, name=SUBSCRIBER[one.language], address=one.mail, language=one.language), f"{way_out}/{one.secret}")
            for one in ctx.facts.subscribers.everybody()
            if one.mail not in told
        ],
        values=_always(ctx) | facts | {"link": f"{ctx.facts.site}{page}"},
        dedupe=cause,
        now=ctx.now,
        tenant=ctx.instance.tenant,
        hold=hold if letter.is_result else "",
    )


def release(ctx: Context, hold: str) -> int:
    """Let the held letters of a release go."""
    return MailRepository(ctx.facts.connection).release(hold, now=ctx.now)


def drop_results(ctx: Context, *, about: str, reason: str) -> None:
    """No result is told of an application that goes no further: what was held for a release is given up, visibly."""
    MailRepository(ctx.facts.connection).drop_held(tenant=ctx.instance.tenant, about=about, reason=reason)


def recipients_of(ctx: Context, hold: str) -> list[str]:
    """Who the letters held for a release are for: the list that is shown before the act and kept with it."""
    return sorted({row.recipient for row in MailRepository(ctx.facts.connection).held(hold)})


def names_of(to: object) -> list[str]:
    """The ids and groups that a comma list or several texts mean."""
    listed = to.split(",") if isinstance(to, str) else [str(name) for name in to]  # type: ignore[attr-defined]
    return [name.strip() for name in listed if name.strip()]


def _always(ctx: Context) -> dict[str, Any]:
    season = season_of(ctx)
    return {
        "season_title": season.title,
        "office_name": season.contact.office,
        "office_phone": season.contact.phone,
        "office_mail": season.contact.mail,
        "link": ctx.facts.site,
    }


def words_about(ctx: Context, application: str) -> dict[str, Any]:
    """What letters call an application, by variable: application, experience, enterprise, unit; empty texts for none."""
    row = ctx.facts.applications.get(application) if application else None
    if row is None:
        return {"application": "", "experience": "", "enterprise": "", "unit": ""}
    enterprise = ctx.facts.people.enterprise(row.enterprise)
    unit = ctx.facts.people.unit(season=row.season, code=row.unit) if row.unit else None
    return {
        "application": row.number or row.id,
        "experience": row.experience_name or "",
        "enterprise": enterprise.name if enterprise else "",
        "unit": unit.name if unit else "",
    }
