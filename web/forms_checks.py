"""Where a verdict of the selection's checks is shown in a form: verdicts name fields by key, a page needs paths. It decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.forms import Form
from engine.forms_field import Field, Path, dotted, field_at
from selection.findings import Finding

# What each condition (rule book §3.1) looks at; cross checks (§4) name their fields themselves.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "E01": ("uscc", "is_legal_person"),
    "E02": ("application_table.total_profit",),
    "E03": ("no_violation",),
    "E04": ("iso9001_certified", "iso9001_valid_to", "iso9001_certificate"),
    "E06": ("shares_experience",),
    "E07": ("industry_code",),
    "E08": ("focus_area",),
    "E09": ("recommending_unit_id",),
    "E10": ("commitment_accepted", "signatory_name", "signed_on", "enterprise_name_sealed"),
    "E11": ("no_state_secret",),
    "E15": ("organization_size",),
    "E16": ("experience_name",),
    "W.name": ("experience_name",),
    "W.form": ("experience_name",),
}

WITHIN: Mapping[str, str] = {"X05": "economic_benefit.", "X06": "application_table.total_profit.", "X07": "economic_benefit."}
"""Cross checks that name years or rows only: what these belong to."""


@dataclass(frozen=True)
class Placed:
    """A finding with the paths of the form it is about, as `web.forms.render_checks` shows it."""

    paths: tuple[str, ...]
    severity: str
    zh: str
    en: str
    elsewhere: bool = False
    """It is about fields, but about none of this form."""


def placed(form: Form, findings: Iterable[Finding]) -> tuple[Placed, ...]:
    """The findings that a person should see while filling in: those that fail or that somebody has to decide, each at its fields."""
    return tuple(_placed(form, one) for one in findings if one.verdict in {"fail", "refer"} and one.severity != "off")


def _placed(form: Form, one: Finding) -> Placed:
    named = _named(one)
    paths = tuple(_paths(form, one, named))
    severity = one.severity if one.verdict == "fail" else "info"
    return Placed(paths, severity, one.zh, one.en, elsewhere=bool(named) and not paths)


def _named(finding: Finding) -> tuple[str, ...]:
    where = finding.inputs.get("where")
    return tuple(where) if isinstance(where, tuple | list) else FIELDS.get(finding.id, ())


def _paths(form: Form, finding: Finding, named: tuple[str, ...]) -> Iterator[str]:
    for key in named:
        yield from (dotted(path) for path in _ending(form.root, (), tuple(f"{WITHIN.get(finding.id, '')}{key}".split("."))))


def _ending(field: Field, path: Path, steps: Path) -> Iterator[Path]:
    """The paths of the form that end with `steps`; rows of lists are left out, nobody knows which one is meant."""
    for child in field.children:
        at = (*path, child.name)
        if child.name == steps[0] and field_at(child, steps[1:]) is not None:
            yield (*path, *steps)
        else:
            yield from _ending(child, at, steps)
