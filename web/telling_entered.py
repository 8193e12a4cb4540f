"""What a first person entered, for whoever checks or confirms it, and why a check sent it back. Reads only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection

from engine.forms import Form
from engine.forms_field import Field
from engine.forms_parse import shown
from store.engine.queries import submissions_of
from store.selection import queries_choices as choices_queries
from store.selection.review import ReviewFacts
from store.selection.tasks import TaskFacts
from web.choices import Asked, Choices, lists_for
from web.forms_boxes import spoken_time
from web.i18n import word
from web.looking import Look, list_names
from web.telling_papers import unit_papers
from web.told import Told, facts_of

# Step -> the step whose entries it judges, and the form of that step.
JUDGED: Mapping[str, tuple[str, str]] = {
    "N03x2": ("N03x", "proxy_record"),
    "N04b": ("N04a", "form_check"),
    "N04c": ("N04a", "form_check"),
    "N05e": ("N05d", "grouping"),
}
# Step -> the steps that may send it back, each with a comment.
JUDGES: Mapping[str, tuple[str, ...]] = {
    "N03x": ("N03x2",),
    "N04a": ("N04b", "N04c"),
    "N05d": ("N05e",),
    "N11a": ("N11g",),
    "N11b": ("N11c",),
    "N14": ("N14b",),
    "N16d": ("N16f",),
    "N20a": ("N20b",),
    "N21a": ("N21b",),
}
SENT_BACK = frozenset({"disagree", "return"})
CAUSES = {"declined": "不参加或未签署", "conflict": "回避", "late": "逾期未完成", "other": "其他"}

Lists: TypeAlias = Mapping[str, Choices]


def entered(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N03x2, N04b, N04c, N05e: what the first person entered, field by field as its form calls it; its scans; what the second person said."""
    element, name = JUDGED[seen.row["element"]]
    form, facts = seen.forms.get(f"forms/{name}.json"), TaskFacts(connection)
    sent = facts.sent(root=seen.row["root"], element=element)
    if form is None or not sent:
        return ()
    lists = _lists(connection, seen, form, language)
    single = tuple(_single(form.root, sent, lists, language))
    second = facts.sent(root=seen.row["root"], element="N04b").get("comment") if seen.row["element"] == "N04c" else None
    files = unit_papers(connection, seen, code="D5") if element == "N03x" else ()
    heading = word(language, "前一人的登记")
    return (Told(heading, facts=(*single, *facts_of(language, ("复核意见", second))), files=files), *_tables(form.root, sent, lists, language))


def _lists(connection: Connection, seen: Look, form: Form, language: str) -> Lists:
    asked = Asked(
        connection=connection, season=seen.row["tenant"], variables=seen.variables, settings=seen.settings, language=language, forms=seen.forms
    )
    return lists_for(list_names([form]), asked)


def _is_table(field: Field) -> bool:
    return field.item is not None and field.item.kind == "object"


def _single(root: Field, sent: Mapping[str, Any], lists: Lists, language: str) -> Iterator[tuple[str, str]]:
    for field in root.children:
        text = "" if _is_table(field) or field.widget == "file" else _written(field, sent.get(field.name), lists, language)
        if text:
            yield field.text("title", language), text


def _tables(root: Field, sent: Mapping[str, Any], lists: Lists, language: str) -> Iterator[Told]:
    for field in root.children:
        rows = sent.get(field.name) or ()
        if _is_table(field) and rows:
            yield Told(field.text("title", language), lines=tuple(_line(field, row, lists, language) for row in rows))


def _line(table: Field, row: Mapping[str, Any], lists: Lists, language: str) -> tuple[str, ...]:
    """A row of a table: the first entry speaks for itself, each other one is named."""
    texts = [
        (child.text("title", language), _written(child, row.get(child.name), lists, language)) for child in (table.item.children if table.item else ())
    ]
    first, *others = [(name, text) for name, text in texts if text] or [("", "—")]
    return (first[1], *(f"{name}{word(language, '：')}{text}" for name, text in others))


def _written(field: Field, value: object, lists: Lists, language: str) -> str:
    """A value as people read it in their language."""
    if isinstance(value, list) and field.item is not None:
        return word(language, "、").join(_written(field.item, one, lists, language) for one in value)
    if isinstance(value, bool):
        return word(language, "是" if value else "否")
    text = shown(value)
    if field.widget == "date":
        return spoken_time(text, lang=language)
    named = {shown(one): label for one, label in field.choices(language)} | dict(lists.get(str(field.hint("enum-from") or ""), {}))
    return named.get(text, text)


def sent_back(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """The comment with which a check sent this step back to be done again; nothing at its first time."""
    element = seen.row["element"]
    turns = [row for row in submissions_of(connection, seen.row["root"]) if row["act"] == "complete" and row["element"] in {element, *JUDGES[element]}]
    said = (turns[-1]["data"] or {}) if turns else {}
    if not turns or turns[-1]["element"] == element or said.get("outcome") not in SENT_BACK:
        return ()
    comment = said.get("comment") or word(language, "没有填写意见。")
    return (Told(word(language, "退回意见"), facts=facts_of(language, ("意见", comment)), warns=True),)


def replacement(connection: Connection, seen: Look, language: str) -> Sequence[Told]:
    """N06e: who leaves the seat, who is to take it, and why."""
    seat = ReviewFacts(connection).seat(str(seen.variables.get("seat")))
    if seat is None or seat.proposed is None:
        return ()
    names = choices_queries.words_of(connection, [seat.expert, seat.proposed])
    turns = [row["data"] or {} for row in submissions_of(connection, seen.row["root"], element="N06b") if row["act"] == "complete"]
    sent: Mapping[str, Any] = next((data for data in reversed(turns) if data.get("replacement") == seat.proposed), {})
    facts = facts_of(
        language,
        ("原专家", names.get(seat.expert)),
        ("接替专家", names.get(seat.proposed)),
        ("原因", word(language, CAUSES[sent["cause"]]) if sent.get("cause") in CAUSES else ""),
        ("说明", sent.get("reason")),
    )
    return (Told(word(language, "拟更换的专家"), facts=facts),)
