"""What a submission is examined for: E01–E17, X01–X19 and 编写说明 on the form, its papers and what is known of the enterprise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from selection import cross_checks, eligibility, writing
from selection.deadlines import last_day
from selection.findings import Finding
from selection.form import Form
from selection.season import Season

CLOSE = "申报截止"
ARCHIVE = "D4"


@dataclass(frozen=True, kw_only=True)
class Attested:
    """What the unit has answered for: mature use (E05), conduct (E03), its sealed opinion (E12); None: it has not spoken yet."""

    mature: bool | None = None
    conduct: bool | None = None
    sealed_opinion: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the house knows besides the form: documents (code, file name), the enterprise's other living applications, all its titles.

    ``acting_unit``: the unit that holds the application, "" before; ``attested``: what it answered for, None before.

    ``document_titles``: the titles read from documents, by code; ``measures``: what was measured in the experience document (`selection.measuring`).
    """

    documents: tuple[tuple[str, str], ...]
    other_applications: tuple[str, ...]
    titles: tuple[eligibility.Title, ...]
    document_titles: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, object] = field(default_factory=dict)
    acting_unit: str = ""
    attested: Attested | None = None


def findings(*, season: Season, form: Form, known: Known, until: datetime, today: date | None = None) -> list[Finding]:
    """The findings of a submission; what only the unit can do (E05, E12) is among them once it has attested.

    ``until``: the live deadline that `eligibility.reference` names (exclusive end, aware); its last day is the reference day (A-35).
    ``today``: the Chinese day of the submission, after which nothing is signed; None: the reference day.
    """
    day = last_day(until)
    word = known.attested or Attested()
    context = eligibility.Context(
        reference_day=day,
        today=today,
        attested=word.mature,
        conduct_attested=word.conduct,
        sealed_opinion=word.sealed_opinion,
        documents=known.documents,
        other_applications=known.other_applications,
        titles=known.titles,
    )
    archive = next((name for code, name in known.documents if code == ARCHIVE), "")
    around = cross_checks.Surroundings(
        documents=known.documents,
        document_title=known.document_titles.get(season.form.slots["experience_document"], ""),
        archive_stem=archive.rpartition(".")[0],
        acting_unit=known.acting_unit,
        reference_day=day,
    )
    stage = "submit" if known.attested is None else "form_check"
    return [
        *eligibility.check(season=season, form=form, context=context, stage=stage),
        *cross_checks.check(season=season, form=form, around=around),
        *writing.examine(season=season, form=form, measures=known.measures),
    ]
