"""Pages to print, stamp and upload again: 申报书 (also as a Word document), 承诺书 and 推荐意见. From a task, the portal, the unit's desk; keeps nothing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Connection

from engine.forms import Form
from selection.documents import safe_name
from selection.reading import named_values
from store.engine import queries as engine_queries
from store.selection import queries_cases as cases_queries
from store.selection.queries_checks import kept_form
from store.selection.sight import application_subject
from web.beginning import draft_of, only_asked
from web.certificates import certificate
from web.choices import Asked, lists_for
from web.editable import TYPE, editable
from web.forms import Choice, FileLink, FormContext
from web.house import House
from web.i18n import word
from web.looking import Look, list_names, look
from web.printing import Opinion, print_application, print_commitment, print_opinions
from web.reading import Reading, Season, TheHouse
from web.visitors import Access, Visitor, not_found
from web.watermark import mark_for

router = APIRouter()
SignedIn = Annotated[Visitor, Depends(Access())]
Reader = Annotated[Visitor, Depends(Access("see_material"))]
Desk = Annotated[Visitor, Depends(Access("see_unit_desk"))]
# What can be printed at a step: path and words.
EDITABLE = "application.docx"
APPLICATION, COMMITMENT, DOCUMENT = ("application", "打印申报书"), ("commitment", "打印承诺书"), (EDITABLE, "下载申报书（Word）")
AT_STEP: Mapping[str, tuple[tuple[str, str], ...]] = {
    "N02a": (APPLICATION, COMMITMENT, DOCUMENT),
    "N02b": (APPLICATION, COMMITMENT, DOCUMENT),
    "N02c": (APPLICATION, COMMITMENT, DOCUMENT),
    "N03c": (("opinions", "打印推荐意见"),),
}


@router.get("/tasks/{task}/print/{paper}")
def of_task(visitor: SignedIn, house: TheHouse, connection: Reading, task: str, paper: str) -> Response:
    """A paper of a task, with what has been typed so far."""
    seen = look(house, connection, task=task, visitor=visitor)
    if paper not in {name for name, _ in AT_STEP.get(seen.row["element"], ())}:
        raise not_found()
    typed = draft_of(connection, seen, visitor=visitor)[0]
    if paper == "opinions":
        return _opinions(connection, seen, typed, visitor=visitor)
    kept = kept_form(connection, seen.owner)
    data = seen.form.filled({**kept, **typed}) if seen.form is not None and seen.form_name == "application" else kept
    if paper != EDITABLE:
        return HTMLResponse(_book(house, connection, application=seen.owner, paper=paper, data=data, visitor=visitor))
    book = _book(house, connection, application=seen.owner, paper="application", data=data, visitor=visitor)
    case = cases_queries.case(connection, seen.owner)
    owner = case["enterprise_name"] if case is not None else ""
    name = safe_name(f"{owner}-{word(visitor.language, '申报书')}.docx")
    return Response(editable(book, at=house.clock.now()), media_type=TYPE, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"})


@router.get("/portal/{application}/print/{paper}")
def of_application(visitor: Reader, house: TheHouse, connection: Reading, application: str, paper: str) -> Response:
    """The 申报书 or 承诺书 as it was submitted; the 推荐意见 for those who may read it; the title's 证书."""
    subject = application_subject(connection, application)
    if subject is None or not visitor.may("see_material", subject):
        raise not_found()
    if paper == "certificate":
        return certificate(house, connection, application=application, visitor=visitor)
    if paper == "opinions":
        row = cases_queries.case(connection, application)
        if row is None or not visitor.may("see_unit_opinion", subject):
            raise not_found()
        rows = cases_queries.unit_cases(connection, season_id=row["season"], code=row["unit"] or "")
        own = [one for one in rows if one["id"] == application and one["opinion"]]
        return _printed(own, unit=row["unit_name"] or "", visitor=visitor, ranked=visitor.may("see_unit_ranking", subject))
    data = kept_form(connection, application, state="submitted")
    if not data:
        raise not_found()
    return HTMLResponse(_book(house, connection, application=application, paper=paper, data=data, visitor=visitor))


@router.get("/unit/{code}/print/opinions")
def of_unit(visitor: Desk, connection: Reading, season: Season, code: str) -> Response:
    """All opinions of a unit's list."""
    unit = cases_queries.unit_row(connection, season_id=season["id"], code=code)
    own = code in visitor.organisations("ru_officer", "ru_leader")
    if unit is None or not (own or visitor.may("see_season_desk")):
        raise not_found()
    rows = [row for row in cases_queries.unit_cases(connection, season_id=season["id"], code=code) if row["opinion"]]
    return _printed(rows, unit=unit["name"], visitor=visitor)


def _opinions(connection: Connection, seen: Look, typed: Mapping[str, Any], *, visitor: Visitor) -> Response:
    """What stands on the form now, in the unit's order."""
    unit = cases_queries.unit_row(connection, season_id=seen.row["tenant"], code=seen.owner)
    said = {str(row.get("application")): str(row.get("opinion") or "") for row in typed.get("opinions", ()) if isinstance(row, Mapping)}
    rows = cases_queries.unit_cases(connection, season_id=seen.row["tenant"], code=seen.owner)
    listed = [{**row, "opinion": said[row["id"]]} for row in rows if row["id"] in said]
    return _printed(listed, unit=unit["name"] if unit else seen.owner, visitor=visitor)


def _printed(rows: Any, *, unit: str, visitor: Visitor, ranked: bool = True) -> Response:
    if not rows:
        raise not_found()
    opinions = [
        Opinion(
            unit=unit,
            enterprise=row["enterprise_name"],
            experience=row["experience_name"] or "",
            text=row["opinion"],
            rank=(row["rank"] or 0) if ranked else 0,
        )
        for row in rows
    ]
    return HTMLResponse(print_opinions(opinions, context=FormContext(lang="en" if visitor.language == "en" else "zh")))


def _book(house: House, connection: Connection, *, application: str, paper: str, data: Mapping[str, Any], visitor: Visitor) -> Markup:
    """The 申报书 with its undertakings, or these alone. Both bear the code of the 申报书's own fields: signing does not change it."""
    row = cases_queries.case(connection, application)
    card = engine_queries.instance_card(connection, row["root"]) if row is not None and row["root"] else None
    if row is None or card is None or paper not in {"application", "commitment"}:
        raise not_found()
    version = house.engine.home.versions.load(connection, card["version"])
    form, commitment = version.forms["forms/application.json"], version.forms["forms/commitment.json"]
    context = _context(connection, form, season=row["season"], settings=version.settings, application=application, visitor=visitor)
    context = replace(context, mark=mark_for(visitor, now=house.clock.now()))
    book = only_asked(form, data)
    if paper == "commitment":
        return print_commitment(commitment, enterprise=row["enterprise_name"], code_of=book, context=context)
    return print_application(form, book, context=context, commitment=commitment)


def _context(
    connection: Connection, form: Form, *, season: str, settings: Mapping[str, Any], application: str, visitor: Visitor
) -> FormContext:
    asked = Asked(connection=connection, season=season, settings=settings, language=visitor.language)
    files: dict[str, list[FileLink]] = {}
    for row in cases_queries.documents_of(connection, owner=application):
        if row["replaced_at"] is None and row["removed_at"] is None:
            files.setdefault(row["code"], []).append(FileLink(id=row["id"], name=row["name"], size=row["size"]))
    return FormContext(
        lang="en" if visitor.language == "en" else "zh",
        names=named_values(settings),
        lists={
            name: tuple(Choice(value, words) for value, words in choices.items())
            for name, choices in lists_for(list_names([form]), asked).items()
        },
        files=files,
    )
