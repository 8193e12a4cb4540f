"""A4 pages for stamping: 申报书, 承诺书, 推荐意见, 证书. Each page bears the version code of the data it shows; nothing is kept here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from engine.forms import Form
from web.forms import environment, tools
from web.forms_boxes import Box, FormContext, view

CODE_LENGTH = 12


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """One 推荐意见 as it is printed: unit, enterprise, experience, place in the unit's order (0: none), the text."""

    unit: str
    enterprise: str
    experience: str
    text: str
    rank: int = 0
    handler: str = ""
    leader: str = ""


@dataclass(frozen=True, kw_only=True)
class Title:
    """A title as its certificate says it: number, holder, experience, what it is called, who gives it, days (ISO; `until` "": no end), address."""

    number: str
    holder: str
    experience: str
    called: str
    issuer: str
    announced: str
    until: str
    address: str


def version_code(data: Mapping[str, Any]) -> str:
    """The short code of the data, `7F3A-0C21-9BDE`: the same data give the same code, another code is another version."""
    plain = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:CODE_LENGTH].upper()
    return "-".join(digest[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def print_application(form: Form, data: Mapping[str, Any], *, context: FormContext, commitment: Form | None = None) -> Markup:
    """The 申报书: cover, 填报说明, 承诺书 (when its form is given), every table with its note, empty cells included."""
    shown = view(form, data, (), context)
    cover = {box.field.name: box for box in shown.boxes(form.root.children) if box.field.name == "cover"}.get("cover")
    parts = [(section, shown.boxes(section.fields)) for section in form.sections if section.id != "cover"]
    undertakings = _undertakings(commitment, context) if commitment else None
    return _page("application.html", context, data, form=form, cover=cover, parts=parts, undertakings=undertakings, commitment=commitment)


def print_commitment(form: Form, *, enterprise: str, code_of: Mapping[str, Any], context: FormContext) -> Markup:
    """The 承诺书 alone. `code_of` is the data of the application it belongs to: both bear the same code."""
    return _page("commitment.html", context, code_of, commitment=form, undertakings=_undertakings(form, context), enterprise=enterprise)


def print_opinions(opinions: Sequence[Opinion], *, context: FormContext) -> Markup:
    """推荐意见, one page for each application of a unit, with room for the seal."""
    code_of = {"opinions": [vars(one) for one in opinions]}
    return _page("opinions.html", context, code_of, opinions=opinions)


def print_certificate(title: Title, *, context: FormContext) -> Markup:
    """The certificate of a title, with the address at which everybody reads whether it stands."""
    return _page("certificate.html", context, {"certificate": vars(title)}, one=title)


def _undertakings(form: Form, context: FormContext) -> Sequence[str]:
    boxes: Sequence[Box] = view(form, {}, (), context).boxes(form.root.children)
    return next((box.texts for box in boxes if box.widget == "ticks"), ())


def _page(template: str, context: FormContext, data: Mapping[str, Any], **values: object) -> Markup:
    words = tools(context) | {"code": version_code(data)} | values
    return Markup(environment.get_template(f"print/{template}").render(words))  # noqa: S704 -- the template escapes
