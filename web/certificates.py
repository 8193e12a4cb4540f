"""称号证书 (A-71), where the season has one: the holder's page to print, and everybody's page that says whether a number stands."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from selection.calendar import local_day
from selection.season import Season
from selection.title import valid_until
from store.selection.queries_public import title_corrections
from store.selection.subject import Fact
from store.selection.title import TitleFacts
from web.forms import FormContext
from web.house import House
from web.pages import page
from web.printing import Title, print_certificate
from web.reading import Reading
from web.rules import rules_of_season
from web.titles import READ
from web.visitors import Access, Visitor, there

router = APIRouter()
Anybody = Annotated[Visitor, Depends(Access("see_public", public=True))]


@router.get("/public/titles/{title}")
def check(request: Request, visitor: Anybody, connection: Reading, title: str) -> Response:  # noqa: ARG001 - carries the route's rule
    """Whether a number is a title's, whose, and whether it stands; as the public lists say it."""
    found = there(TitleFacts(connection).get(title))
    return page(request, "public/title.html", title=found, corrected=title_corrections(connection, [title]), fields=READ)


def certified(house: House, connection: Connection, *, application: str) -> tuple[Fact, Season] | None:
    """The title of an application that has a certificate, and its season's rules: it was announced, it stands, and the season gives certificates."""
    title = TitleFacts(connection).of_application(application)
    if title is None or title.granted_at is None or title.state != "active":
        return None
    rules = rules_of_season(house, connection, title.season)
    return (title, rules) if rules is not None and rules.title_rules.certificate else None


def certificate(house: House, connection: Connection, *, application: str, visitor: Visitor) -> Response:
    """The certificate of an application's title. Raises NotFound where there is none."""
    title, rules = there(certified(house, connection, application=application))
    english = visitor.language == "en"
    announced = local_day(title.granted_at)
    until = valid_until(season=rules, announced=announced)
    said = Title(
        number=title.id, holder=title.holder, experience=title.experience_name, called=rules.title_en if english else rules.title,
        issuer=rules.issued_by, announced=announced.isoformat(), until=until.isoformat() if until else "",
        address=f"{house.settings.public_url.rstrip('/')}/public/titles/{quote(title.id, safe='')}",
    )  # fmt: skip
    return HTMLResponse(print_certificate(said, context=FormContext(lang="en" if english else "zh")))
