"""Reading the 申报书: year columns, numbers and dates in it, and what is still missing (rule book §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from selection import documents as papers
from selection.errors import Problem
from selection.season import Season

Form = Mapping[str, object]
YEAR_KEYS = ("y3", "y2", "y1")
UNIT_FIELDS = ("recommending_unit_id", "recommending_unit_name")
BOUND = ("uscc", *UNIT_FIELDS)  # never corrected in a form: the account is bound to the one, the case to the other
SECTIONS = ("cover", "commitment", "table", "application_table", "management_benefit", "declarations")


def years(season: Season) -> tuple[int, ...]:
    """The year columns: the consecutive years before the season (填报说明4), e.g. 2020, 2021, 2022 in 2023."""
    return tuple(range(season.year - season.form.years_back, season.year))


def flat(form: Form) -> dict[str, object]:
    """The form with its sections' fields at the top, whichever way it is grouped."""
    found: dict[str, object] = {}
    for key, value in form.items():
        if key in SECTIONS and isinstance(value, Mapping):
            found.update(value)
        else:
            found[key] = value
    return found


def contact_mailbox(form: Form) -> str:
    """The contact's mailbox (§4.2) as mailboxes are compared, in lower case; "" where the form has none."""
    return str(flat(form).get("contact_email") or "").strip().lower()


def naming_unit(form: Form, unit: str) -> dict[str, object]:
    """The form as it reads once the applicant has named another recommending unit (its code), in the table and on the cover."""
    return {key: naming_unit(value, unit) if isinstance(value, Mapping) else unit if key in UNIT_FIELDS else value for key, value in form.items()}


def number(value: object) -> Decimal | None:
    """A number of the form as `Decimal`; None when it is not there or no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def by_year(value: object) -> tuple[Decimal | None, ...]:
    """The three year values of a row, oldest first; missing ones are None."""
    row = value if isinstance(value, Mapping) else {}
    return tuple(number(row.get(key)) for key in YEAR_KEYS)


def day(value: object) -> date | None:
    """A date of the form; None when it is not there or no date."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def holds_file(form: Form, documents: Iterable[tuple[str, str]], *, field: str, slot: str) -> bool:
    """Whether a certificate is there: as a file field of the form or as a document in its slot."""
    return bool(form.get(field)) or any(code == slot for code, _ in documents)


def completeness(*, season: Season, form: Form, documents: Iterable[tuple[str, str]]) -> tuple[Problem, ...]:
    """Everything still missing before submission: fields in the form's order, evidence that its notes ask for, documents.

    `path` is the field's key, the slot or the document's code.
    """
    filled, papers_there = flat(form), tuple(documents)
    fields = [
        Problem(path=rule.key, zh=f"请填写“{rule.zh}”", en=f"fill in: {rule.en}")
        for rule in season.form.required
        if is_empty(filled.get(rule.key))
    ]
    slots = {code for code, _ in papers_there}
    evidence = [Problem(path=rule.key, zh=f"请上传{rule.zh}", en=f"upload: {rule.en}") for rule in season.form.evidence if rule.key not in slots]
    return (*fields, *evidence, *papers.missing(season=season, stage="apply", present=papers_there))


def is_empty(value: object) -> bool:
    """Whether nothing was filled in, however deep."""
    if isinstance(value, Mapping):
        return not value or all(is_empty(item) for item in value.values())
    if isinstance(value, str):
        return not value.strip()
    return value is None or value == []
