"""The application form's answers as the rules read them: one flat object instead of the form's sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECTIONS = ("cover", "application_table", "declarations", "management_benefit")


def flat(form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the form's sections beside its tables (keys of the rule book §4). What is flat already stays as it is.

    Later sections never overwrite a field that stands at the top.
    """
    found: dict[str, Any] = {}
    for section in SECTIONS:
        inner = form.get(section)
        if isinstance(inner, Mapping):
            found.update(inner)
    found.update({key: value for key, value in form.items() if key not in SECTIONS})
    return found
