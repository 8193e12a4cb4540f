"""Live checks of the 申报书: what the selection's predicates and cross checks say of what has been typed so far. Reads only, decides nothing."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from engine.forms import FieldError, Form
from engine.forms_field import field_at, undotted
from selection import examination
from selection.calendar import local_day
from selection.deadlines import plan
from selection.findings import Finding
from selection.season import Season
from store.selection.application import ApplicationFacts
from store.selection.calendar import CalendarFacts
from store.selection.documents import DocumentFacts
from store.selection.queries_checks import kept_form, known_of
from web.forms import checks, data_of
from web.forms_checks import Placed, placed
from web.looking import Look, context_of, look
from web.reading import Reading, TheHouse
from web.rules import rules_of_version
from web.tasks import Sent
from web.visitors import Access, Visitor, not_found

router = APIRouter()
SignedIn = Annotated[Visitor, Depends(Access())]


@router.post("/tasks/{task}/checks")
def live_checks(visitor: SignedIn, house: TheHouse, connection: Reading, task: str, what: Sent) -> Response:
    """The findings on what a page shows now, as a fragment."""
    seen = look(house, connection, task=task, visitor=visitor)
    if seen.form is None or not seen.checked:
        raise not_found()
    season = rules_of_version(house, connection, seen.row["version"])
    typed = fitting(seen.form, data_of(seen.form, what[0]))

    def checker(data: Mapping[str, Any]) -> Iterator[Placed]:
        assert seen.form is not None  # noqa: S101 - asked above
        whole = {**kept_form(connection, seen.owner), **data}
        today = local_day(house.clock.now())
        found = findings(connection, season=season, tenant=seen.row["tenant"], application=seen.owner, form=whole, today=today)
        return (one for one in placed(seen.form, found) if concerns(seen, one, data))

    return HTMLResponse(checks(seen.form, typed, checker, context=context_of(seen, connection, visitor=visitor)))


def findings(connection: Connection, *, season: Season, tenant: str, application: str, form: Mapping[str, Any], today: date) -> list[Finding]:
    """E01–E17, X01–X19 and 编写说明 as a submission now would find them."""
    row = ApplicationFacts(connection).get(application)
    if row is None:
        return []
    papers = DocumentFacts(connection).living(season=row.season, owner=application)
    known = known_of(connection, row, papers, season=season)
    calendar = CalendarFacts(connection)
    name = season.eligibility.reference
    until = calendar.deadline(season=tenant, name=name, case=application) or plan(season, calendar=calendar.calendar())[name]
    return examination.findings(season=season, form=form, known=known, until=until, today=today)


def concerns(seen: Look, finding: Placed, data: Mapping[str, Any]) -> bool:
    """Whether a finding is for this page now: about something asked here, and not only about what nobody has filled in yet.

    What is still empty is counted by the progress; what stands on the page for signing is asked there.
    """
    if finding.elsewhere:
        return "application.submit" in seen.checked
    assert seen.form is not None  # noqa: S101 - the caller has one
    if not finding.paths or "application.submit" in seen.checked:
        return True
    return any(_touched(seen.form, path, data) for path in finding.paths)


def _touched(form: Form, path: str, data: Mapping[str, Any]) -> bool:
    """Whether something was filled in there; a slot's turn comes with the other fields of its section."""
    place = undotted(path) or ()
    field = field_at(form.root, place)
    if field is not None and field.widget == "file":
        beside = [one.name for section in form.sections if field in section.fields for one in section.fields if one.widget != "file"]
        return any(_value(data, (name,)) not in (None, "", [], {}) for name in beside) if beside else bool(data)
    return _value(data, place) not in (None, "", [], {})


def _value(data: Any, place: Iterable[str | int]) -> Any:
    for step in place:
        if isinstance(data, Mapping):
            data = data.get(str(step))
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def fitting(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """What has been typed without what does not fit its own field: that is said when the form is sent, and no rule is asked about it."""
    kept = deepcopy(dict(data))
    kept.pop("outcome", None)
    for error in form.check(kept):
        _drop(kept, error)
    return kept


def _drop(data: dict[str, Any], error: FieldError) -> None:
    *way, last = undotted(error.path) or ("",)
    inner = _value(data, way)
    if isinstance(inner, dict):
        inner.pop(str(last), None)
    elif isinstance(inner, list) and isinstance(last, int) and last < len(inner):
        inner[last] = None
