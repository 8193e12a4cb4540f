"""The portal of enterprises: applications with their public stage, own tasks, receipts and files. Nothing of what happens inside."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection, RowMapping

from engine.errors import EngineError
from selection.calendar import local_day
from selection.errors import HouseError
from selection.stages import is_decided
from selection.title import Duty, duties, valid_until
from store.selection import queries_cases as cases_queries
from store.selection import queries_public as public_queries
from store.selection import queries_review as review_queries
from store.selection import queries_tasks as tasks_queries
from store.selection.application import ApplicationFacts
from store.selection.contacts import Contacts
from store.selection.sight import application_subject
from store.selection.title import TitleFacts
from web.certificates import certified
from web.fields import Text
from web.house import House
from web.pages import go, page
from web.reading import Reading, Season, TheHouse, season_of
from web.rules import counting, papers_named, rules_of_season
from web.sheets import Column, sheet
from web.visitors import Access, Visitor, not_found

router = APIRouter()
Applicant = Annotated[Visitor, Depends(Access("see_own_applications"))]
Filer = Annotated[Visitor, Depends(Access("file_application"))]
Reader = Annotated[Visitor, Depends(Access("see_application_portal"))]
Withdrawer = Annotated[Visitor, Depends(Access("message:application.withdraw"))]
APPLICANT = ("applicant_editor", "applicant_signatory")
COLUMNS = (
    Column("申报编号", lambda row: row["number"] or row["id"]),
    Column("经验名称", "experience_name"),
    Column("活动", "season_title", ours=True),
    Column("推荐单位", "unit_name", ours=True),
    Column("阶段", lambda row: row["public_stage"] or "填报中", ours=True),
)


@router.get("/portal")
def portal(request: Request, visitor: Applicant, house: TheHouse, connection: Reading, form: str = "") -> Response:
    """All applications of the visitor's enterprises, each with what waits for the visitor, on an objection or its title too."""
    enterprises = visitor.organisations(*APPLICANT)
    rows = cases_queries.cases_of_enterprises(connection, enterprises)
    if form == "xlsx":
        return sheet("我的申报", COLUMNS, rows, language=visitor.language)
    season = season_of(request, connection)
    deadlines = public_queries.deadlines_of(connection, season["id"]) if season else {}
    waiting: dict[str, list[Any]] = {}
    actor, about = visitor.actor, cases_queries.cases_about(connection, [row["id"] for row in rows])
    for task in (*tasks_queries.my_tasks(connection, actor=actor.id), *tasks_queries.group_tasks(connection, groups=actor.groups)):
        waiting.setdefault(about.get(task["business_key"], task["business_key"]), []).append(task)
    others = public_queries.taking_applications(connection, now=house.clock.now(), besides=season["id"] if season else "")
    return page(
        request, "portal.html", rows=rows, season=season, deadlines=deadlines, others=others, titles=cases_queries.titles_of(connection, enterprises),
        waiting=waiting,
    )  # fmt: skip


@router.post("/portal/applications")
def begin(visitor: Filer, house: TheHouse, season: Season) -> Response:
    """Begin an application: one command opens it and starts its case, or refuses."""
    (enterprise, *_) = visitor.organisations("applicant_editor")
    application = house.database.run(lambda connection: ApplicationFacts(connection).reserve())
    variables = {"season": season["id"], "application": application, "enterprise": enterprise}
    house.engine.start(process="application", business_key=application, variables=variables, tenant=season["id"], actor=visitor.actor)
    return go(f"/portal/{application}")


@router.get("/portal/{application}")
def own_case(request: Request, visitor: Reader, house: TheHouse, connection: Reading, application: str) -> Response:
    """One application as those outside see it."""
    return _show(request, house, connection, visitor, application=application)


def _show(request: Request, house: House, connection: Connection, visitor: Visitor, *, application: str, refusal: Any = None) -> Response:
    subject, row = application_subject(connection, application), cases_queries.case(connection, application)
    if subject is None or row is None or not visitor.may("see_application_portal", subject):
        raise not_found()
    own = visitor.may("message:application.withdraw", subject)
    roots = [row["root"]] if row["root"] else []
    documents = counting(
        house, connection, cases_queries.documents_of(connection, owner=application), application=application, season_id=row["season"]
    )
    groups = [group for group in visitor.actor.groups if group.partition("@")[2] in {subject.enterprise, subject.unit}]
    return page(
        request, "portal_case.html", status=200 if refusal is None else refusal.status, case=row, own=own, refusal=refusal,
        withdrawn_by_office=not visitor.has("office_director") and _too_late_to_withdraw(house, connection, row),
        contact=Contacts(connection).unproved(application) if visitor.may("file_application", subject) else "",
        papers=papers_named(house, connection, documents, season_id=row["season"], language=visitor.language),
        comment=_comment(house, connection, application, season=row["season"]) if own and visitor.may("see_comment", subject) else "",
        duties=_duties(house, connection, application), certified=certified(house, connection, application=application),
        may_print=visitor.may("see_material", subject),
        tasks=tasks_queries.tasks_of_cases(
            connection, keys=[application, *cases_queries.cases_about(connection, [application])], actor=visitor.actor.id, groups=groups
        ),
        receipts=tasks_queries.own_submissions(connection, roots=roots, actor=visitor.actor.id),
        documents=documents if visitor.may("download_document", subject) else (),
    )  # fmt: skip


def _comment(house: House, connection: Connection, application: str, *, season: str) -> str:
    """What the group said of the application altogether; nothing where the season keeps it to itself (A-61)."""
    rules = rules_of_season(house, connection, season)
    return review_queries.consolidated_comment(connection, application) if rules is not None and rules.groups.comment_released else ""


def _too_late_to_withdraw(house: House, connection: Connection, case: RowMapping) -> bool:
    """Whether an applicant has to ask the office (A-08), as far as those outside may know: what is approved shows nothing before its announcement."""
    rules = rules_of_season(house, connection, case["season"])
    return rules is not None and is_decided(current=case["state"], step=rules.withdrawal.applicant_until)


def _duties(house: House, connection: Connection, application: str) -> tuple[Any, Any, tuple[Duty, ...]] | None:
    """The title that was announced for an application, its last day (None: it never ends) and its holder's duties (办法 §24)."""
    title = TitleFacts(connection).of_application(application)
    rules = rules_of_season(house, connection, title.season) if title is not None else None
    if title is None or rules is None or title.granted_at is None:
        return None
    until = valid_until(season=rules, announced=local_day(title.granted_at))
    return title, until, duties(season=rules, announced_at=title.granted_at)


@router.post("/portal/{application}/withdraw")
def withdraw(request: Request, visitor: Withdrawer, house: TheHouse, application: str, reason: Text = "") -> Response:
    """Withdraw an application (by the applicant until the season's step, A-08)."""
    with house.database.read() as connection:
        subject, row = application_subject(connection, application), cases_queries.case(connection, application)
    if subject is None or row is None or not visitor.may("message:application.withdraw", subject):
        raise not_found()
    try:
        house.engine.correlate(
            message="application.withdraw", key=application, payload={"reason": reason}, tenant=row["season"], actor=visitor.actor
        )
    except (HouseError, EngineError) as refusal:
        with house.database.read() as connection:
            return _show(request, house, connection, visitor, application=application, refusal=refusal)
    return go(f"/portal/{application}", said="done")


@router.post("/portal/{application}/contact")
def ask_contact(request: Request, visitor: Filer, house: TheHouse, application: str) -> Response:
    """Send the letter that confirms the contact's mailbox once more."""
    with house.database.read() as connection:
        subject, row = application_subject(connection, application), cases_queries.case(connection, application)
    if subject is None or row is None or not visitor.may("file_application", subject):
        raise not_found()
    try:
        house.tell("contact_asked", actor=visitor.actor, season=row["season"], application=application)
    except HouseError as refusal:
        with house.database.read() as connection:
            return _show(request, house, connection, visitor, application=application, refusal=refusal)
    return go(f"/portal/{application}", said="asked")
