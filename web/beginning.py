"""What a task's form starts with: the draft, else what is known already (the kept 申报书, one row per application). Reads only."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.forms import Form
from engine.forms_field import Field
from selection.publicity import channel_named
from selection.reading import choice_words
from selection.season import Season
from store.engine import queries as engine_queries
from store.selection import queries_cases as cases_queries
from store.selection.application import ApplicationFacts
from store.selection.form_check import FormCheckFacts
from store.selection.people import PeopleFacts
from store.selection.queries_checks import kept_form
from store.selection.queries_choices import left_items
from web.choices import APPLICATION, asked_values
from web.looking import Look, records
from web.visitors import Visitor

PUBLICATIONS = ("publication", "correction_publication", "announcement")  # forms that register where something was published
MOST = 500  # characters of a demand in the form
MOST_ROWS = 60  # of a table that is filled in beforehand
# Tables with one row for each entry of a list: form or act -> (field, column of the entry).
ROWS: Mapping[str, tuple[str, str]] = {
    "nomination_list": ("ranking", "application"),
    "rank.save": ("ranking", "application"),
    "proxy_record": ("ranking", "application"),
    "opinion": ("opinions", "application"),
    "reconciliation": ("resolutions", "application"),
    "group_summary": ("summaries", "application"),
    "defence_schedule": ("slots", "application"),
    "attendance": ("entries", "application"),
    "meeting_record": ("items", "item"),
}


def draft_of(connection: Connection, seen: Look, *, visitor: Visitor) -> tuple[dict[str, Any], datetime | None]:
    """What the visitor has typed so far (else what the form starts with), and when it was saved."""
    row = engine_queries.draft_of(connection, seen.id, actor=visitor.actor.id)
    if row is not None:
        return dict(row["data"]), row["saved_at"]
    return beginning(connection, seen) | _of(visitor, connection, seen), None


def _of(visitor: Visitor, connection: Connection, seen: Look) -> dict[str, Any]:
    """What is known of who fills it in: the registered enterprise of a first 申报书 with its contact, that somebody else is recorded for (代录)."""
    if seen.form is None:
        return {}
    if seen.row["element"] == "N02a" and not kept_form(connection, seen.owner):
        return only_asked(seen.form, {"application_table": _registered(connection, seen, visitor)})
    return only_asked(seen.form, {"proxy": True}) if records(seen, visitor=visitor) else {}


def _registered(connection: Connection, seen: Look, visitor: Visitor) -> dict[str, str]:
    people = PeopleFacts(connection)
    enterprise, contact = people.enterprise(str(seen.variables.get("enterprise"))), people.person(visitor.actor.id)
    if enterprise is None or contact is None:
        return {}
    known = {"enterprise_name": enterprise.name, "uscc": enterprise.uscc, "contact_name": contact.name, "contact_email": contact.mail}
    return {name: value for name, value in known.items() if value}


def beginning(connection: Connection, seen: Look) -> dict[str, Any]:
    """What an untouched form shows."""
    if seen.form is None:
        return {}
    data = seen.form.initial()
    key = seen.form_name
    if "application.submit" not in seen.checked and seen.checked:
        data |= only_asked(seen.form, kept_form(connection, seen.owner))
    elif key in ROWS:
        data |= _rows(connection, seen, seen.form, key)
    elif key == "correction":
        data |= _asked(connection, seen)
    elif key == "form_check":
        data |= _excess(connection, seen)
    elif key in PUBLICATIONS:
        data |= _channels(seen, seen.form)
    return data


def _channels(seen: Look, form: Form) -> dict[str, Any]:
    """A row for each channel of the season, whose address is still to be given (§14)."""
    rules, table = Season.from_settings(seen.settings), _table(form, "channels")
    choice = next(one for one in (table.item.children if table.item else ()) if one.name == "channel")
    return {"channels": [{"channel": one} for one in choice.schema["enum"] if channel_named(season=rules, choice=one) in rules.publicity.channels]}


def _asked(connection: Connection, seen: Look) -> dict[str, Any]:
    """补正: what is to be corrected in the 申报书, as it reads now; too much of it is chosen row by row."""
    form = seen.forms.get(APPLICATION)
    found = asked_values(connection, form, seen.owner, choice_words(seen.settings)) if form is not None else {}
    return {"changes": [{"field": name, "value": text} for name, text in found.items()]} if len(found) <= MOST_ROWS else {}


def _excess(connection: Connection, seen: Look) -> dict[str, Any]:
    """What exceeds a limit of the experience document by more than the season's tolerance is proposed for 补正 (A-52), once."""
    facts = ApplicationFacts(connection).findings(seen.owner, moment="submit")
    last = max((row.at for row in facts), default=None)
    demands = [row.zh for row in facts if row.at == last and (row.inputs or {}).get("correct") is True]
    if not demands or FormCheckFacts(connection).corrections(seen.owner):
        return {}
    return {"corrections": [{"part": "experience", "demand": demand[:MOST]} for demand in demands]}


def beginning_of_act(connection: Connection, seen: Look, *, act: str) -> dict[str, Any]:
    """What the untouched form of an act shows."""
    form = seen.acts[act]
    return form.initial() | (_rows(connection, seen, form, act) if act in ROWS else {})


def only_asked(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """The part of kept data that a form asks for: its own fields without the outcome."""
    own = {child.name for child in form.root.children} - {"outcome"}
    return {name: value for name, value in data.items() if name in own}


def _known(connection: Connection, seen: Look) -> dict[str, Mapping[str, Any]]:
    unit = str(seen.variables.get("unit") or "")
    if not unit:
        return {}
    rows = cases_queries.unit_cases(connection, season_id=seen.row["tenant"], code=unit)
    return {row["id"]: dict(row) for row in rows}


def _rows(connection: Connection, seen: Look, form: Form, key: str) -> dict[str, Any]:
    field, column = ROWS[key]
    known, fill = _known(connection, seen), FILLED.get(key, _nothing)
    gone = left_items(connection, meeting=str(seen.variables.get("meeting") or "")) if key == "meeting_record" else ()
    return {field: [{column: entry, **fill(known, entry)} for entry in _ordered(seen, form, known, field) if entry not in gone]}


def _ordered(seen: Look, form: Form, known: Mapping[str, Mapping[str, Any]], field: str) -> list[str]:
    """The entries of the table's list; a unit's in the order of its ranking."""
    table = _table(form, field)
    source = next((str(one.hint("enum-from")) for one in (table.item.children if table.item else ()) if one.hint("enum-from")), "")
    listed = list(seen.lists.get(source, {}))
    place = {entry: number for number, entry in enumerate(known)}
    return sorted(listed, key=lambda entry: place.get(entry, len(place)))


def _table(form: Form, field: str) -> Field:
    return next(child for child in form.root.children if child.name == field)


def _ranked(known: Mapping[str, Mapping[str, Any]], entry: str) -> dict[str, Any]:
    rank = known.get(entry, {}).get("rank")
    return {} if rank is None else {"rank": rank}


def _opinion(known: Mapping[str, Mapping[str, Any]], entry: str) -> dict[str, Any]:
    text = known.get(entry, {}).get("opinion")
    return {"opinion": text} if text else {}


def _nothing(known: Mapping[str, Mapping[str, Any]], entry: str) -> dict[str, Any]:
    del known, entry
    return {}


FILLED: Mapping[str, Callable[[Mapping[str, Mapping[str, Any]], str], dict[str, Any]]] = {
    "nomination_list": _ranked,
    "rank.save": _ranked,
    "opinion": _opinion,
}
