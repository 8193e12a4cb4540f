"""The quick yes of a form: never where JSON Schema has something to say, and given to what people usually send."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.forms import read_form

ROOT = Path(__file__).parents[3]
FORMS = sorted((ROOT / "processes").glob("*/forms/*.json"))
TEXTS = st.sampled_from(["", "x", "accept", "2023-09-15", "2023-02-30", "2023-11-06T09:00", "a@b.cn", "http://a.cn/", "138", "一" * 40])
SIMPLE = st.one_of(st.none(), st.booleans(), st.integers(-3, 200), st.sampled_from([0.1, 0.5, 1.0, 2.25, -1.5, 1e15, float("nan")]), TEXTS)


def values(schema: dict, depth: int = 0) -> st.SearchStrategy:
    """Values near a schema: mostly of its kind, with fields that are missing, unknown or of another kind."""
    match schema.get("type"):
        case "object" if depth < 4:
            parts = {name: values(part, depth + 1) for name, part in schema["properties"].items()}
            near = st.fixed_dictionaries({}, optional={**parts, "stray": SIMPLE})
        case "array" if depth < 4:
            near = st.lists(values(schema.get("items") or {}, depth + 1), max_size=4)
        case _ if "enum" in schema:
            near = st.sampled_from(schema["enum"])
        case _:
            near = SIMPLE
    return near if depth == 0 else st.one_of(near, near, SIMPLE)


ONES = [
    {"type": "string", "minLength": 2, "maxLength": 5, "pattern": r"^1\d+$"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "local-date-time"},
    {"type": "string", "format": "email"},
    {"type": "string", "format": "uri"},
    {"type": "number", "minimum": 0, "exclusiveMaximum": 100, "multipleOf": 0.1},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 2.25},
    {"type": "integer", "minimum": -1, "multipleOf": 5},
    {"type": "boolean", "const": True},
    {"enum": ["x", 1, True, None]},
    {"const": 1},
    {"type": ["string", "null"]},
    {"type": "array", "uniqueItems": True, "minItems": 1, "maxItems": 2, "items": {"type": ["integer", "string"]}},
    {"type": "array", "items": {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}}},
    {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": True},
    {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    {"not": {"type": "string"}},
    {"uniqueItems": True, "required": ["b"], "type": "array"},
    {"required": ["b"], "properties": {"b": {"type": "string"}}, "type": "object"},
]


@pytest.mark.parametrize("schema", ONES, ids=json.dumps)
def test_a_quick_yes_is_never_wrong_of_one_field(schema):
    rules = read_form(json.dumps({"type": "object", "properties": {"a": schema}}).encode()).rules

    @settings(max_examples=60, derandomize=True, database=None, deadline=None)
    @given(st.one_of(SIMPLE, st.lists(SIMPLE, max_size=3), st.fixed_dictionaries({}, optional={"a": SIMPLE, "b": SIMPLE})))
    def judged(value):
        if rules.fits({"a": value}):
            assert list(rules.validator.iter_errors({"a": value})) == []

    judged()


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_quick_yes_is_never_wrong_of_a_form_of_ours(path):
    form = read_form(path.read_bytes())

    @settings(max_examples=5, derandomize=True, database=None, deadline=None)
    @given(values(form.schema))
    def judged(data):
        if form.rules.fits(data):
            assert list(form.rules.validator.iter_errors(data)) == []

    judged()


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^1"}, "138"),
        ({"type": "string", "format": "date"}, "2023-09-15"),
        ({"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.5}, 99.5),
        ({"type": "number", "exclusiveMinimum": 0}, 7),
        ({"type": "integer", "multipleOf": 5}, 15),
        ({"type": "boolean", "const": True}, True),
        ({"type": "string", "enum": ["x", "y"]}, "y"),
        ({"type": "integer", "enum": [1, 2]}, 2),
        ({"type": "array", "uniqueItems": True, "minItems": 1, "maxItems": 2, "items": {"type": "string", "enum": ["x", "y"]}}, ["y", "x"]),
        ({"type": "object", "required": ["b"], "properties": {"b": {"type": "string", "title": "乙", "x-widget": "text"}}}, {"b": "1"}),
    ],
    ids=str,
)
def test_what_people_usually_send_is_told_quickly(schema, value):
    """So jsonschema need not look: the validator is not asked at all."""
    rules = read_form(json.dumps({"type": "object", "properties": {"a": schema}, "required": ["a"]}).encode()).rules
    assert rules.fits({"a": value})


def test_a_list_of_conditions_is_left_to_json_schema():
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "if": {"required": ["a"]}, "then": {"required": ["a"]}}
    assert not read_form(json.dumps(schema).encode()).rules.fits({"a": "x"})
