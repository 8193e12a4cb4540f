"""What may be asked to change in a filled form, and the form as it reads after the changes: single values, rows that come and rows that go."""

import json

import pytest

from engine.forms import read_form

COMPETITOR = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "title": "名称"},
        "kind": {"type": "string", "title": "类别", "enum": ["main", "other"], "x-enum-names": ["主要", "其他"]},
        "share": {"type": "object", "title": "份额", "properties": {"y1": {"type": "number", "title": "${year-1}年"}}},
    },
}
FORM = read_form(
    json.dumps(
        {
            "title": "表",
            "type": "object",
            "required": ["competitors"],
            "properties": {
                "firm": {
                    "type": "object",
                    "title": "企业",
                    "properties": {
                        "phone": {"type": "string", "title": "电话"},
                        "big": {"type": "boolean", "title": "大型"},
                        "products": {
                            "type": "array", "title": "产品", "maxItems": 2,
                            "items": {"type": "object", "properties": {"name": {"type": "string", "title": "名称"}}},
                        },
                    },
                },
                "competitors": {"type": "array", "title": "竞争对手", "minItems": 1, "maxItems": 50, "items": COMPETITOR},
                "annex": {"type": "array", "title": "附页", "x-widget": "file", "x-document": "D3", "items": {"type": "string"}},
                "tags": {"type": "array", "title": "标签", "uniqueItems": True, "items": {"type": "string", "enum": ["a", "b"]}},
                "prizes": {
                    "type": "array", "title": "奖项", "x-show-if": "firm.big == true",
                    "items": {"type": "object", "properties": {"name": {"type": "string", "title": "名称"}}},
                },
            },
        },
        ensure_ascii=False,
    ).encode()
)  # fmt: skip
DATA = {
    "firm": {"phone": "1", "big": False, "products": [{"name": "P"}]},
    "competitors": [{"name": "甲", "kind": "main", "share": {"y1": 1.5}}, {"name": "乙", "kind": "other"}],
}
NEW_ROW = ("name", "kind", "share.y1")


def row(number, *, of="competitors"):
    return tuple(f"{of}[{number}].{name}" for name in NEW_ROW)


def test_fields_of_groups_tables_and_one_more_row_of_a_table_may_be_asked_for():
    assert FORM.parts(without={"phone"}) == {
        "firm.big": "企业 · 大型",
        "firm.products": "企业 · 产品",
        "firm.products[#]": "企业 · 产品 · 新增一行",
        "competitors": "竞争对手",
        "competitors[#]": "竞争对手 · 新增一行",
        "tags": "标签",
        "prizes": "奖项",
        "prizes[#]": "奖项 · 新增一行",
    }


def test_people_read_which_row_and_which_year():
    assert FORM.called("competitors[1].share.y1", names={"year": 2023}) == "竞争对手 · 第2项 · 份额 · 2022年"
    assert FORM.called("nothing") == "nothing"


def test_a_table_that_is_asked_for_gives_its_values_new_rows_and_the_rows_that_may_go():
    assert FORM.values_asked(DATA, ["competitors"], words={})["competitors[0].kind"] == "主要"
    new = FORM.new_values(DATA, ["competitors"])
    assert new[:3] == row(2)
    assert len(new) == 10 * len(NEW_ROW), "as many rows as may be added at once"
    assert FORM.rows_asked(DATA, ["competitors"], words={}) == {"competitors[0]": "甲；主要；1.5", "competitors[1]": "乙；其他"}
    assert FORM.rows_to_come(DATA, ["competitors"]) == ()


@pytest.mark.parametrize("times", [1, 2])
def test_rows_that_are_asked_for_as_rows_are_whole_and_so_many_as_were_named(times):
    asked = ["competitors[#]"] * times
    expected = tuple(name for number in range(2, 2 + times) for name in row(number))
    assert FORM.rows_to_come(DATA, asked) == FORM.new_values(DATA, asked) == expected
    assert FORM.values_asked(DATA, asked, words={}) == {}, "what is there stays as it is"
    assert FORM.rows_asked(DATA, asked, words={}) == {}, "and none of it may go"


def test_there_are_no_more_new_rows_than_the_table_has_room_for():
    assert FORM.new_values(DATA, ["firm.products[#]"] * 3) == ("firm.products[1].name",)
    assert FORM.new_values(DATA, ["firm.products"]) == ("firm.products[1].name",)
    full = {"firm": {"products": [{"name": "P"}, {"name": "Q"}]}}
    assert FORM.new_values(full, ["firm.products", "firm.products[#]"]) == ()


def test_a_table_that_is_not_shown_has_no_rows_to_come_or_to_go():
    assert FORM.new_values(DATA, ["prizes", "prizes[#]"]) == ()
    shown = {**DATA, "firm": {"big": True}, "prizes": [{"name": "奖"}]}
    assert FORM.rows_to_come(shown, ["prizes[#]"]) == ("prizes[1].name",)
    assert FORM.rows_asked(shown, ["prizes"], words={}) == {"prizes[0]": "奖"}


def test_rows_come_and_go_and_the_others_stay_as_they_were():
    added = {"competitors[2].name": "丙", "competitors[2].kind": "其他", "competitors[2].share.y1": "7"}
    data, errors = FORM.changed(DATA, added, words={}, removed=["competitors[0]"])
    assert errors == ()
    assert data["competitors"] == [{"name": "乙", "kind": "other"}, {"name": "丙", "kind": "other", "share": {"y1": 7}}]
    assert data["firm"] == DATA["firm"]


@pytest.mark.parametrize(
    ("changes", "removed", "wrong"),
    [
        ({"competitors[2].kind": "主要"}, [], "competitors[2].name"),
        ({}, ["competitors[0]", "competitors[1]"], "competitors"),
        ({"competitors[0].kind": "没有这一类"}, [], "competitors[0].kind"),
    ],
)
def test_what_does_not_fit_the_form_after_the_changes_is_said_at_its_place(changes, removed, wrong):
    _, errors = FORM.changed(DATA, changes, words={}, removed=removed)
    assert [one.path for one in errors] == [wrong]


def test_what_was_wrong_before_is_not_told_again():
    wrong_before = {**DATA, "competitors": [{"kind": "main"}]}
    data, errors = FORM.changed(wrong_before, {"firm.phone": "2"}, words={})
    assert errors == ()
    assert data["firm"]["phone"] == "2"
