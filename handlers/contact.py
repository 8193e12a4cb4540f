"""The contact's mailbox of the 申报书 (§4.2, "confirmation mail"): a letter with a link asks whoever reads it to confirm. It holds nothing up."""

import secrets
from datetime import timedelta

from engine.contract import Context
from handlers.notify import tell_stranger
from selection.errors import Refused
from selection.form import contact_mailbox, flat
from store.selection.contacts import LETTER, PURPOSE
from store.selection.subject import Fact
from store.selection.tokens import hashed

GOOD_FOR = timedelta(days=7)
MOST_LIVE = 3  # links to one mailbox that still work, whoever named it: nobody is flooded by what others type


def ask(ctx: Context, application: Fact, form: Fact | None) -> None:
    """What follows a submission or a 补正 of a form: its mailbox is asked, unless it is proved, or was asked for this enterprise and may still answer."""
    _ask(ctx, application, form, again=False)


def ask_again(ctx: Context, application: Fact) -> int:
    """The letter once more, because the applicant wants it. Out: how many were queued, 0 where the mailbox is proved. Raises Refused for too many."""
    return _ask(ctx, application, ctx.facts.applications.form(application.id, state="submitted"), again=True)


def _ask(ctx: Context, application: Fact, form: Fact | None, *, again: bool) -> int:
    mail, group = contact_mailbox(form.data) if form else "", f"{PURPOSE}@{application.enterprise}"
    if form is None or not mail or ctx.facts.letters is None or ctx.facts.contacts.is_proved(enterprise=application.enterprise, mail=mail):
        return 0
    live = ctx.facts.people.live_tokens(purposes={PURPOSE}, mail=mail, now=ctx.now)
    if not again and (len(live) >= MOST_LIVE or any(group in one.grants for one in live)):
        return 0
    if len(live) >= MOST_LIVE:
        raise Refused(
            "contact.often",
            zh="近日已向该邮箱发送过多封确认邮件。请联系人先查收（包括垃圾邮件），仍未收到的，请过几日再重新发送。",
            en="Several mails to confirm went to this mailbox lately. Please look there (among the junk, too); if none arrived, send again in some days.",
        )
    secret, expires = secrets.token_urlsafe(32), ctx.now + GOOD_FOR
    enterprise = ctx.facts.people.enterprise(application.enterprise)
    name = enterprise.name if enterprise else application.enterprise
    accounts = ctx.facts.people.addresses(f"applicant_editor@{application.enterprise}")
    language = next((one.language for one in accounts), "zh")  # the contact has none: as the enterprise's own account reads its letters
    ctx.facts.people.add_token(digest=hashed(secret), purpose=PURPOSE, person=None, mail=mail, name=name, grants=[group], at=ctx.now, expires=expires)
    contact = str(flat(form.data).get("contact_name") or name)
    link = f"{ctx.facts.site}/public/contact/{secret}"
    cause = f"contact:{hashed(secret)}"
    return tell_stranger(ctx, LETTER, name=contact, contact=mail, cause=cause, language=language, enterprise=name, due=expires, link=link)
