"""The dialect of forms: every kind of bad input gets a sentence, good input comes through unchanged, definitions are judged."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.forms import BrokenForm, Form, InvalidForm, flatten, parse, read_form
from engine.forms_conditions import BrokenCondition, read_condition

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/reference/forms.md").read_text("utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
YEAR = {"year": 2023}


def form(properties: dict, *, required: tuple = (), **more: object) -> Form:
    return read_form(json.dumps({"title": "表", "type": "object", "properties": properties, "required": list(required), **more}).encode())


def one(schema: dict, **more: object) -> Form:
    return form({"a": {"title": "甲", "x-title-en": "A", **schema}}, **more)


def codes(errors: tuple) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in errors]


NAMES = {
    "text": {"type": "string", "minLength": 2, "maxLength": 5},
    "mobile": {"type": "string", "pattern": r"^1\d{2}$", "x-error": "应为 3 位", "x-error-en": "has 3 digits"},
    "number": {"type": "number", "minimum": 0, "maximum": 100, "x-unit": "%"},
    "positive": {"type": "number", "exclusiveMinimum": 0},
    "integer": {"type": "integer", "minimum": 0},
    "day": {"type": "string", "format": "date"},
    "minute": {"type": "string", "format": "local-date-time"},
    "mail": {"type": "string", "format": "email"},
    "address": {"type": "string", "format": "uri"},
    "yes": {"type": "boolean"},
    "tick": {"type": "boolean", "x-widget": "tick", "const": True},
    "choice": {"type": "string", "enum": ["x", "y"]},
    "several": {"type": "array", "uniqueItems": True, "maxItems": 2, "items": {"type": "string", "enum": ["x", "y", "z"]}},
    "rows": {
        "type": "array", "minItems": 1, "maxItems": 2,
        "items": {"type": "object", "required": ["b"], "properties": {"b": {"type": "string", "title": "乙"}}},
    },
    "lines": {"type": "string", "x-widget": "textarea", "maxLength": 100},
}  # fmt: skip

BAD = [
    ("text", "一", "length", "甲", "至少需要 2 个字"),
    ("text", "一二三四五六", "length", "甲", "最多 5 个字"),
    ("text", 12, "type", "甲", "文字"),
    ("text", "a\nb", "characters", "甲", "不能保存"),
    ("text", "a\x00b", "characters", "甲", "不能保存"),
    ("lines", "a\ud800", "characters", "甲", "不能保存"),
    ("mobile", "12", "format", "甲", "应为 3 位"),
    ("number", "九成", "type", "甲", "数字"),
    ("number", True, "type", "甲", "数字"),
    ("number", -1, "range", "甲", "不小于 0%"),
    ("number", 100.5, "range", "甲", "不大于 100%"),
    ("number", float("nan"), "range", "甲", "核对"),
    ("number", 10**400, "range", "甲", "核对"),
    ("positive", 0, "range", "甲", "大于 0"),
    ("integer", 1.5, "type", "甲", "整数"),
    ("day", "2023-02-30", "format", "甲", "日期"),
    ("day", "20230915", "format", "甲", "日期"),
    ("minute", "2023-11-06", "format", "甲", "日期和时间"),
    ("mail", "a@b", "format", "甲", "电子邮箱"),
    ("address", "javascript:alert(1)", "format", "甲", "网址"),
    ("yes", "yes", "type", "甲", "是"),
    ("tick", False, "accept", "甲", "勾选"),
    ("choice", "z", "choice", "甲", "选择"),
    ("several", ["x", "x"], "unique", "甲", "重复"),
    ("several", ["x", "y", "z"], "rows", "甲", "最多 2 项"),
    ("several", "x", "type", "甲", "列表"),
    ("rows", [{"b": "1"}, {"b": "2"}, {"b": "3"}], "rows", "甲", "最多 2 项"),
    ("rows", {"b": "1"}, "type", "甲", "列表"),
]


@pytest.mark.parametrize(("name", "value", "code", "title", "words"), BAD)
def test_bad_value_is_refused_with_a_sentence_that_names_the_field(name, value, code, title, words):
    with pytest.raises(InvalidForm) as refused:
        one(NAMES[name]).clean({"a": value})
    (error,) = refused.value.errors
    assert (error.path, error.code) == ("a", code)
    assert f"「{title}」" in error.zh
    assert words in error.zh
    assert '"A"' in error.en
    assert "□" not in error.zh + error.en


def test_refusal_is_an_engine_error_with_every_field_as_data():
    with pytest.raises(InvalidForm) as refused:
        one({"type": "string"}, required=("a",)).clean({"b": 1})
    assert refused.value.status == 422
    assert refused.value.code == "invalid_form"
    assert [(entry["path"], entry["code"]) for entry in refused.value.details["fields"]] == [("a", "required"), ("b", "unknown")]


def test_a_refusal_names_the_rule_that_a_field_states():
    with pytest.raises(InvalidForm) as refusal:
        one({"type": "boolean", "const": True, "x-rule": "E03"}, required=["a"]).clean({"a": False})
    assert refusal.value.details["ids"] == ("E03",)


@pytest.mark.parametrize("empty", [{}, {"a": None}, {"a": ""}, {"a": " \n "}])
def test_empty_counts_as_missing(empty):
    assert codes(one({"type": "string"}, required=("a",)).check(empty)) == [("a", "required")]


@pytest.mark.parametrize("value", ["text", 5, [], [1]])
def test_data_that_are_no_object_are_refused(value):
    assert codes(one({"type": "string"}).check(value)) == [("", "type")]


def test_deep_data_are_refused_without_recursion():
    deep: dict = {}
    for _ in range(50_000):
        deep = {"a": deep}
    assert codes(one({"type": "object", "properties": {}}).check(deep))[0][1] in {"type", "unknown"}


def test_clean_gives_one_form_to_text_and_numbers():
    cleaned = form({key: {"title": key, **NAMES[key]} for key in ("text", "integer", "lines")}).clean(
        {"text": " e\u0301  ".replace("  ", "x "), "integer": 3.0, "lines": "a\r\nb"}
    )
    assert cleaned == {"text": "éx", "integer": 3, "lines": "a\nb"}
    assert type(cleaned["integer"]) is int


def test_unknown_fields_are_named_at_any_depth():
    inner = {"type": "object", "properties": {"b": {"type": "string", "title": "乙"}}}
    assert codes(one(inner).check({"a": {"c": 1}, "d": 2})) == [("a.c", "unknown"), ("d", "unknown")]


def test_required_object_names_what_is_missing_inside_it():
    inner = {"type": "object", "required": ["b"], "properties": {"b": {"type": "string", "title": "乙"}}}
    (error,) = one(inner, required=("a",)).check({})
    assert (error.path, error.code, error.zh) == ("a.b", "required", "请填写「乙」。")


def test_rows_are_named_by_number():
    (error,) = one(NAMES["rows"]).check({"a": [{"b": "1"}, {}]})
    assert error.path == "a[1].b"
    assert error.zh == "请填写「甲 · 第2项 · 乙」。"


def test_years_are_filled_in_sentences():
    (error,) = one({"type": "number", "title": "${year-3} 年利润"}, required=("a",)).check({}, names=YEAR)
    assert error.zh == "请填写「2020 年利润」。"


def conditional() -> Form:
    return form(
        {
            "soe": {"type": "boolean", "title": "央企"},
            "group": {"type": "string", "title": "集团", "x-show-if": "soe == true"},
            "why": {"type": "string", "title": "理由", "x-required-if": "soe == false"},
        },
        required=("soe", "group"),
    )


def test_field_that_is_not_shown_is_neither_asked_nor_taken():
    assert codes(conditional().check({"soe": True})) == [("group", "required")]
    assert codes(conditional().check({"soe": False, "why": "x"})) == []
    assert codes(conditional().check({"soe": False, "why": "x", "group": "y"})) == [("group", "not_applicable")]


def test_field_is_required_when_its_condition_holds():
    assert codes(conditional().check({"soe": False})) == [("why", "required")]


def test_if_then_of_json_schema_is_honoured():
    subject = form(
        {"a": {"type": "string", "title": "甲"}, "b": {"type": "string", "title": "乙"}},
        **{"if": {"properties": {"a": {"const": "x"}}, "required": ["a"]}, "then": {"required": ["b"]}},
    )
    assert subject.problems() == ()
    assert codes(subject.check({"a": "x"})) == [("b", "required")]
    assert subject.check({"a": "y"}) == ()


def leaving() -> Form:
    return form(
        {
            "a": {"type": "number", "title": "甲"},
            "reason": {"type": "string", "title": "理由"},
            "outcome": {
                "type": "string", "title": "办理", "x-widget": "buttons", "enum": ["go", "back", "stop"], "x-leaves": {"back": ["reason"], "stop": []},
            },
        },
        required=("a", "reason", "outcome"),
    )  # fmt: skip


def test_leaving_outcome_checks_and_keeps_only_what_still_counts():
    assert codes(leaving().check({"outcome": "go", "reason": "r"})) == [("a", "required")]
    assert leaving().clean({"outcome": "stop", "a": "half", "reason": "r"}) == {"outcome": "stop"}
    assert leaving().clean({"outcome": "back", "a": "half", "reason": "r"}) == {"outcome": "back", "reason": "r"}


def test_computed_fields_are_filled_and_cannot_be_sent_otherwise():
    subject = form(
        {"name": {"type": "string", "title": "名"}, "again": {"type": "string", "title": "同名", "x-from": "name"}},
        required=("name", "again"),
    )
    assert subject.clean({"name": "x"}) == {"name": "x", "again": "x"}
    assert codes(subject.check({"name": "x", "again": "y"})) == [("again", "same")]
    assert codes(subject.check({})) == [("name", "required")]


def test_dynamic_choices_are_checked_when_the_list_is_given():
    subject = one({"type": "string", "x-enum-from": "units"})
    assert subject.check({"a": "RU"}) == ()
    assert codes(subject.check({"a": "RU"}, lists={"units": ["RU-LN"]})) == [("a", "choice")]
    several = one({"type": "array", "items": {"type": "string", "x-enum-from": "units"}})
    assert codes(several.check({"a": ["RU-LN", "RU"]}, lists={"units": ["RU-LN"]})) == [("a[1]", "choice")]
    year = one({"type": "integer", "x-enum-from": "years"})
    assert year.check({"a": 2023}, lists={"years": ["2023"]}) == ()


def test_variables_and_acts_are_named_by_the_definition():
    inner = {"type": "object", "properties": {"unit": {"type": "string", "title": "单位"}}}
    subject = one(inner, **{"x-variables": ["a.unit"], "x-act": "score.save"})
    assert subject.variables == ("a.unit",)
    assert subject.variables_of({"a": {"unit": "RU"}}) == {"unit": "RU"}
    assert subject.acts == ("score.save",)


def test_initial_data_are_the_defaults():
    assert one({"type": "object", "properties": {"b": {"type": "integer", "title": "乙", "default": 3}}}).initial() == {"a": {"b": 3}}


def test_progress_counts_what_is_required_now():
    def counted(data: dict) -> list[tuple[int, int, int]]:
        return [(part.required, part.filled, part.faults) for part in conditional().progress(data)]

    assert counted({}) == [(1, 0, 0)]
    assert counted({"soe": True}) == [(2, 1, 0)]
    assert counted({"soe": False}) == [(2, 1, 0)]
    assert counted({"soe": False, "why": 5}) == [(2, 2, 1)]


def test_progress_counts_needed_documents_by_slot():
    subject = one({"type": "array", "x-widget": "file", "x-document": "D2", "x-needed": True, "items": {"type": "string"}})
    assert [part.done for part in subject.progress({})] == [False]
    assert [part.done for part in subject.progress({}, files={"D2"})] == [True]


def test_needed_documents_without_a_file_are_named_like_fields_that_are_empty():
    slot = {"type": "array", "x-widget": "file", "x-document": "D2", "x-needed": True, "items": {"type": "string"}}
    subject = one({**slot, "title": "典型经验材料", "x-title-en": "Experience"})
    (missing,) = subject.missing_files({})
    assert (missing.code, missing.zh, missing.en) == ("required", "请上传「典型经验材料」。", 'Please upload "Experience".')
    assert subject.missing_files({}, files={"D2"}) == ()


@pytest.mark.parametrize(
    ("text", "data", "holds"),
    [
        ("a == 'x'", {"a": "x"}, True),
        ("a == true", {"a": 1}, False),
        ("a != 'x'", {}, True),
        ("not a", {}, True),
        ("a >= '13' and a <= '43'", {"a": "34"}, True),
        ("a < 3 or b", {"a": 5, "b": True}, True),
        ("a > 3", {"a": "5"}, False),
        ("a in ['x', 2]", {"a": 2}, True),
        ("not (a == 1 and b == 2)", {"a": 1, "b": 2}, False),
    ],
)
def test_conditions(text, data, holds):
    assert read_condition(text).holds(data.get) is holds


@pytest.mark.parametrize(
    "text", ["", "a ==", "== a", "a == b", "a = 1", "a in []", "(a", "a b", "__import__('os')", "a.b()", "(" * 40 + "a"]
)
def test_unreadable_conditions_are_refused(text):
    with pytest.raises(BrokenCondition):
        read_condition(text)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{", b"\xff\xfe", b'{"type": "object"}', b'{"type": "object", "properties": {}, "type": "object"}',
        b'{"type": "object", "properties": {"a": {"default": NaN}}}',
        b'{"type": "object", "properties": {"a": {"$ref": "#/$defs/no"}}}',
        b'{"type": "object", "$defs": {"r": {"type": "object", "properties": {"r": {"$ref": "#/$defs/r"}}}}, "properties": {"a": {"$ref": "#/$defs/r"}}}',
        b"[" * 100_000, b" " * 1_000_001,
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(data):
    with pytest.raises(BrokenForm):
        read_form(data)


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ({"type": "string", "oneOf": []}, "schema"),
        ({"type": "string", "anyOf": [{"const": "x"}]}, "keyword"),
        ({"type": "string", "x-wigdet": "text"}, "keyword"),
        ({"type": "string", "x-widget": "grid"}, "widget"),
        ({"type": "string", "title": ""}, "title"),
        ({"type": "string", "enum": ["x"], "x-enum-names": ["甲", "乙"]}, "names"),
        ({"type": "string", "x-widget": "radio"}, "choices"),
        ({"type": "object", "properties": {}, "additionalProperties": True}, "open"),
        ({"type": "object", "properties": {}, "required": ["b"]}, "required"),
        ({"type": "string", "pattern": "("}, "schema"),
        ({"type": "string", "format": "ipv4"}, "format"),
        ({"type": "string", "x-show-if": "nothing == 1"}, "condition"),
        ({"type": "string", "x-show-if": "a =="}, "condition"),
        ({"type": "string", "x-from": "nothing"}, "from"),
        ({"type": "object", "x-widget": "table", "properties": {"b": {"type": "string", "title": "乙"}}}, "shape"),
        ({"type": "array", "x-widget": "file", "items": {"type": "string"}}, "shape"),
        ({"type": "array", "x-widget": "file", "x-document": "D1", "minItems": 1, "items": {"type": "string"}}, "needed"),
        ({"type": "string", "x-widget": "buttons", "enum": ["x"], "x-leaves": {"y": []}}, "leaves"),
    ],
)
def test_problems_of_a_definition_are_named(schema, code):
    assert code in [problem.code for problem in one(schema).problems()]


@pytest.mark.parametrize(
    ("hints", "code"), [({"x-variables": ["no"]}, "variables"), ({"x-sections": [{"id": "s", "title": "S", "fields": []}]}, "sections")]
)
def test_problems_of_the_form_itself_are_named(hints, code):
    assert [problem.code for problem in one({"type": "string"}, **hints).problems()] == [code]


def test_parse_understands_what_people_type():
    subject = form({key: {"title": key, **NAMES[key]} for key in NAMES})
    typed = [("number", "１,2３4.50 "), ("integer", "3"), ("day", "2023年9月5日"), ("yes", "false"), ("several", "x"), ("several", "y"), ("rows[5].b", "二"),
             ("rows[0].b", "一"), ("rows[1].b", ""), ("text", ""), ("_token", "t"), ("file:D1", "f")]  # fmt: skip
    assert parse(subject, typed) == {
        "number": 1234.5, "integer": 3, "day": "2023-09-05", "yes": False, "several": ["x", "y"], "rows": [{"b": "一"}, {"b": "二"}],
    }  # fmt: skip


def test_parse_keeps_what_it_cannot_convert_and_clean_names_it():
    subject = form({key: {"title": key, **NAMES[key]} for key in ("number", "yes")})
    data = parse(subject, [("number", "约九成"), ("yes", "也许"), ("strange[", "x"), ("other.deep", "y")])
    assert data == {"number": "约九成", "yes": "也许", "strange[": "x", "other": {"deep": "y"}}
    assert {error.code for error in subject.check(data)} == {"type", "unknown"}


@pytest.mark.parametrize(
    "pairs", [[("a", "1"), ("a.b", "2")], [("a[0]", "1"), ("a.x", "2")], [("a" + ".b" * 5000, "1")], [("a[99999].b", "x")], [("", "x")]]
)
def test_parse_never_fails(pairs):
    subject = one(NAMES["rows"])
    subject.check(parse(subject, pairs))


def test_a_list_without_a_maximum_takes_a_whole_season():
    many = [f"A{number}" for number in range(1, 10_001)]
    chosen = one({"type": "array", "uniqueItems": True, "items": {"type": "string", "x-enum-from": "cases"}})
    assert chosen.clean(parse(chosen, [("a", name) for name in many])) == {"a": many}


def test_ticks_keep_their_places():
    subject = one(
        {
            "type": "array",
            "x-widget": "ticks",
            "x-texts": ["一", "二", "三"],
            "minItems": 3,
            "maxItems": 3,
            "items": {"type": "boolean", "const": True},
        }
    )
    data = parse(subject, [("a[0]", "true"), ("a[2]", "true")])
    assert data == {"a": [True, False, True]}
    assert codes(subject.check(data)) == [("a[1]", "accept")]
    assert [code for _, code in codes(subject.check({}))] == ["accept"] * 3


def test_examples_of_the_page_are_sound_forms():
    assert len(EXAMPLES) == 2
    for text in EXAMPLES:
        assert read_form(text.encode()).problems() == ()


def test_first_example_of_the_page_works_as_told():
    subject = read_form(EXAMPLES[0].encode())
    data = {"opinion": "材料齐全，经验成熟，同意推荐。", "outcome": "accept"}
    assert subject.variables_of(subject.clean(parse(subject, flatten(subject, data)))) == {"outcome": "accept"}
    assert codes(subject.check({**data, "faults": ["tables"]})) == [("faults", "not_applicable")]


def test_every_error_code_stands_on_the_page():
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    used = {code for _, _, code, _, _ in BAD} | {"required", "unknown", "not_applicable", "same"}
    assert used <= told


def test_an_outcome_that_leaves_the_form_asks_for_no_tick():
    commitment = read_form(Path("processes/cn-2023/forms/commitment.json").read_bytes())
    assert commitment.clean({"outcome": "back"}) == {"outcome": "back"}
