"""Forms as pages: asked, shown again with what does not fit, read-only, with document slots and live findings. engine.forms checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

from markupsafe import Markup

from engine.forms import FieldError, Form, Section, parse
from engine.forms_field import field_at, fill, undotted
from engine.forms_sentences import trail
from web import drawing
from web.forms_boxes import Box, Choice, FileLink, FormContext, View, html_id, place, view
from web.i18n import sentence

__all__ = [
    "Choice", "FileLink", "Finding", "FormContext", "checks", "data_of", "render_answers", "render_checks", "render_form", "render_saved",
    "render_slot", "tools",
]  # fmt: skip

PAGE_FIELDS = frozenset({"form_token"})
"""Inputs that every page of the house sends beside the form's own."""
SEVERE = {"block": "bad", "fail": "bad", "warn": "warn"}

environment = drawing.environment()


def answered(box: Box) -> bool:
    """Whether a box has anything to show when it is read, not asked."""
    if box.hidden or box.widget in {"buttons", "static"}:
        return False
    inside = (*box.parts, *box.rows, *((box.beside,) if box.beside else ()))
    return bool(box.value or box.files or any(here for _, _, here in box.choices) or any(map(answered, inside)))


environment.tests["answered_box"] = answered


class Finding(Protocol):
    """One finding of a live check: the paths it is about, how severe (`block`, `warn`, `info`), the sentence in both languages."""

    @property
    def paths(self) -> Sequence[str]:
        """Paths of fields, () when it is about the whole."""

    @property
    def severity(self) -> str:
        """`block`, `warn` or another, which is shown as information."""

    @property
    def zh(self) -> str:
        """What to do, Chinese."""

    @property
    def en(self) -> str:
        """What to do, English."""


Checker = Callable[[Mapping[str, Any]], Iterable[Finding]]


def data_of(form: Form, pairs: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """The form's data in what a page sent (`request.form().multi_items()`), the page's own inputs left out."""
    return parse(form, ((name, value) for name, value in pairs if name not in PAGE_FIELDS))


def render_form(
    form: Form,
    data: Mapping[str, Any],
    errors: Sequence[FieldError] = (),
    *,
    context: FormContext,
    action: str,
    draft_url: str = "",
    status: str = "",
    label: str = "",
) -> Markup:
    """The whole form, ready to be put into a page that loads `forms.css` and `forms.js`.

    `action` receives the POST, `draft_url` (when given) what is typed, as one types; `status` is what the place of the draft says at first;
    `label` is what the closing button says where the form has none of its own. With errors the files that are missing are said, too:
    who is refused reads at once all there is to do.
    """
    errors = (*errors, *form.missing_files(data, files=_filled(context))) if errors else ()
    shown = view(form, data, errors, context)
    sections = [(part, shown.boxes(part.fields)) for part in form.sections]
    return _rendered(
        "form.html",
        context,
        form=form,
        sections=sections,
        progress=form.progress(data, files=_filled(context)),
        buttons=_way_on(form, shown),
        found=_listed(form, shown),
        action=action,
        draft_url=draft_url,
        status=status,
        label=label,
    )


def _listed(form: Form, shown: View) -> list[tuple[Section | None, list[tuple[str, str]]]]:
    """What does not fit, in the order in which the form asks: by section (None: in none) the id of the field and the sentence."""
    owner = {one.name: section for section in form.sections for one in section.fields}
    faults = sorted(shown.errors.items(), key=lambda one: place(form, one[0]))
    listed: list[tuple[Section | None, list[tuple[str, str]]]] = []
    for section, group in groupby(faults, key=lambda one: owner.get(str((undotted(one[0]) or ("",))[0]))):
        listed.append((section, [(html_id(path, within=shown.context.within), said) for path, sentences in group for said in sentences]))
    return listed


def render_answers(form: Form, data: Mapping[str, Any], *, context: FormContext) -> Markup:
    """A submission, read-only: what was asked and what was answered, section by section, and the way on that was chosen.

    Unanswered fields stay out.
    """
    shown = view(form, data, (), context)
    sections = [(part, shown.boxes(part.fields)) for part in form.sections]
    return _rendered("answers.html", context, form=form, sections=sections, outcome=_way_on(form, shown))


def render_saved(form: Form, data: Mapping[str, Any], *, context: FormContext, at: str) -> Markup:
    """The answer to a draft: when it was saved, and the progress of each section in its place (out of band)."""
    return _rendered("saved.html", context, progress=form.progress(data, files=_filled(context)), at=at)


def render_slot(form: Form, path: str, *, context: FormContext, problem: str = "") -> Markup:
    """One document slot after a file came or went; `problem` is why a file was not taken. Raises KeyError for a path without a slot."""
    place = undotted(path) or ()
    slot = field_at(form.root, place)
    if slot is None or slot.widget != "file":
        raise KeyError(path)
    box = view(form, {}, (FieldError(path, "file", problem, problem),) if problem else (), context).box(slot, place, None)
    return _rendered("slot.html", context, box=box)


def checks(form: Form, data: Mapping[str, Any], checker: Checker, *, context: FormContext) -> Markup:
    """The findings of a handed-in check of what has been typed so far, as a fragment; the browser repeats each beside its fields."""
    return render_checks(form, tuple(checker(data)), context=context)


def render_checks(form: Form, findings: Sequence[Finding], *, context: FormContext) -> Markup:
    """Findings as a fragment: a list with links to the fields they are about, the severe ones first, else in the order of the form."""
    moods = ("bad", "warn", "info")
    in_order = sorted(findings, key=lambda one: min((place(form, path) for path in one.paths), default=()))
    listed = [
        {
            "mood": SEVERE.get(one.severity, "info"),
            "text": fill(context.pick(one.zh, sentence(one.en)), context.names),
            "places": [
                (html_id(path, within=context.within), fill(trail(form.root, undotted(path) or (path,), context.lang), context.names)) for path in one.paths
            ],
        }
        for one in in_order
    ]
    return _rendered("checks.html", context, findings=sorted(listed, key=lambda one: moods.index(str(one["mood"]))))


def _way_on(form: Form, shown: View) -> Box | None:
    """The box of the closing buttons: which ways on there are, and which was chosen."""
    return shown.boxes((form.buttons,))[0] if form.buttons else None


def _filled(context: FormContext) -> frozenset[str]:
    return frozenset(slot for slot, files in context.files.items() if files)


def tools(context: FormContext) -> dict[str, object]:
    """What every template of a form may use: the context, words by language, texts of the definition, whether a box has an answer."""

    def said(owner: Any, key: str) -> str:
        return fill(owner.text(key, context.lang), context.names)

    return {"context": context, "_": context.pick, "said": said, "answered": answered}


def _rendered(template: str, context: FormContext, **values: object) -> Markup:
    return Markup(environment.get_template(f"forms/{template}").render(tools(context) | values))  # noqa: S704 -- the template escapes
