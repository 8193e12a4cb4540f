"""Decision tables: hit policies, typed values, requirement graphs, and what is refused when it is read."""

from __future__ import annotations

import pytest

from engine.dmn import map_result, read_decisions
from engine.errors import EngineError
from tests.unit.engine.dmn.conftest import Decide, dmn, literal, table

OVERLAP = ("< 10 | 1", "< 20 | 2", "< 30 | 3")


def test_unique_takes_the_only_rule_that_matches_and_refuses_two(deciding: Decide) -> None:
    one = table("< 10 | 1", ">= 10 | 2")
    assert deciding(one, x=5) == [{"y": 1}]
    assert deciding(one, x=10) == [{"y": 2}]
    with pytest.raises(EngineError, match="more than one rule matches"):
        deciding(table(*OVERLAP), x=5)


def test_no_rule_gives_no_result_or_the_defaults(deciding: Decide) -> None:
    assert deciding(table("< 10 | 1"), x=50) == []
    plain = table("< 10 | 1").replace("</output>", "<defaultOutputEntry><text>0</text></defaultOutputEntry></output>")
    assert deciding(plain, x=50) == [{"y": 0}]


def test_first_takes_the_first_in_the_order_of_the_table(deciding: Decide) -> None:
    assert deciding(table(*OVERLAP, policy="FIRST"), x=15) == [{"y": 2}]


def test_any_takes_equal_results_and_refuses_different_ones(deciding: Decide) -> None:
    assert deciding(table("< 10 | 1", "< 20 | 1", policy="ANY"), x=5) == [{"y": 1}]
    with pytest.raises(EngineError, match="differ"):
        deciding(table(*OVERLAP, policy="ANY"), x=5)


def test_priority_takes_the_best_by_the_order_of_output_values(deciding: Decide) -> None:
    rows = ('< 10 | "ok"', '< 20 | "best"', '< 30 | "poor"')
    assert deciding(table(*rows, policy="PRIORITY", order='"best", "ok", "poor"'), x=5) == [{"y": "best"}]
    ordered = deciding(table(*rows, policy="OUTPUT ORDER", order='"best", "ok", "poor"'), x=5)
    assert [row["y"] for row in ordered] == ["best", "ok", "poor"]


def test_rule_order_and_collect_give_all(deciding: Decide) -> None:
    assert deciding(table(*OVERLAP, policy="RULE ORDER"), x=5) == [{"y": 1}, {"y": 2}, {"y": 3}]
    assert deciding(table(*OVERLAP, policy="COLLECT"), x=15) == [{"y": 2}, {"y": 3}]


@pytest.mark.parametrize(("aggregation", "value"), [("SUM", 6), ("MIN", 1), ("MAX", 3), ("COUNT", 3)])
def test_collect_aggregates(deciding: Decide, aggregation: str, value: int) -> None:
    tables = table(*OVERLAP, policy="COLLECT", attrs=f'aggregation="{aggregation}"')
    assert deciding(tables, x=5) == [{"y": value}]


def test_several_inputs_and_outputs(deciding: Decide) -> None:
    rows = ('"制造业" | >= 100 | "大" | true', '"制造业" | < 100 | "小" | false', 'not("制造业") | - | "其他" | false')
    dish = table(*rows, inputs="industry:string|staff:integer", outputs="size:string|visit:boolean")
    assert deciding(dish, industry="制造业", staff=100) == [{"size": "大", "visit": True}]
    assert deciding(dish, industry="服务业", staff=1) == [{"size": "其他", "visit": False}]


def test_types_are_converted_and_what_does_not_fit_is_refused(deciding: Decide) -> None:
    assert deciding(table("5 | 1.0", outputs="y:double"), x="5") == [{"y": 1.0}]
    assert isinstance(deciding(table("5 | 1", outputs="y:double"), x=5)[0]["y"], float)
    assert isinstance(deciding(table("5 | 1.0", outputs="y:integer"), x=5)[0]["y"], int)
    assert deciding(table('>= date("2023-07-01") | "in"', inputs="x:date"), x="2023-07-02") == [{"y": "in"}]
    with pytest.raises(EngineError, match="not of type integer"):
        deciding(table("5 | 1"), x="five")
    with pytest.raises(EngineError, match="not of type integer"):
        deciding(table("5 | 1"), x=5.5)


def test_a_required_decision_is_known_by_its_outputs_and_by_its_name(deciding: Decide) -> None:
    season = table('> 30 | "Summer"', '<= 30 | "Winter"', inputs="temp:integer", outputs="season", key="season_of")
    dish = table('"Summer" | "Salad"', '"Winter" | "Stew"', inputs="season:string", requires="season_of")
    assert deciding(season, dish, temp=35) == [{"y": "Salad"}]
    assert deciding(season, literal("season_of", requires="season_of"), temp=5) == [{"value": "Winter"}]


def test_a_decision_required_twice_is_made_once_and_a_list_is_handed_on(deciding: Decide) -> None:
    many = table(*OVERLAP, policy="COLLECT", key="many", outputs="n")
    left, right = literal("sum(n)", key="left", name="l", requires="many"), literal("count(n)", key="right", name="r", requires="many")
    assert deciding(many, left, right, literal("l * r", requires="left right"), x=15) == [{"value": 10}]


def test_an_expression_in_the_language_of_the_diagrams(deciding: Decide) -> None:
    assert deciding(literal("${x > 3 && y == 'a'}", language="juel"), x=5, y="a") == [{"value": True}]


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (table("< | 1"), "DMN-EXPRESSION"),
        (table("5 | open(1)"), "DMN-EXPRESSION"),
        (table("5 | x.__class__"), "DMN-EXPRESSION"),
        (table("5 | 1", policy="LAST"), "DMN-HIT-POLICY"),
        (table("5 | 1", attrs='aggregation="SUM"'), "DMN-HIT-POLICY"),
        (table("5 | 1", policy="PRIORITY"), "DMN-HIT-POLICY"),
        (table("5 | 1 | 2", outputs="y|y"), "DMN-OUTPUT"),
        (table("5"), "DMN-RULE"),
        (literal("1", requires="nothing"), "DMN-REFERENCE"),
        (literal("1", requires="d"), "DMN-CYCLE"),
        (literal("1", language="groovy"), "DMN-LANGUAGE"),
        ('<decision id="d"/>', "DMN-EMPTY"),
        ('<decision id="d"><context/></decision>', "DMN-UNSUPPORTED"),
        (literal("1") + literal("2"), "DMN-DUPLICATE"),
    ],
)
def test_what_would_be_misread_is_refused_by_name(decision: str, code: str) -> None:
    _, problems = read_decisions({"d.dmn": dmn(decision)})
    assert code in {problem.code for problem in problems}
    assert all(problem.zh and problem.en and problem.file == "d.dmn" for problem in problems)


def test_results_are_handed_on_as_the_mapping_says() -> None:
    assert map_result([{"y": 1}], "singleEntry") == 1
    assert map_result([], "singleEntry") is None
    assert map_result([{"y": 1, "z": 2}], "singleResult") == {"y": 1, "z": 2}
    assert map_result([{"y": 1}, {"y": 2}], "collectEntries") == [1, 2]
    assert map_result([{"y": 1}, {"y": 2}], "resultList") == [{"y": 1}, {"y": 2}]
    for rows, mapping in (
        ([{"y": 1}, {"y": 2}], "singleEntry"),
        ([{"y": 1, "z": 2}], "singleEntry"),
        ([{"y": 1}, {"y": 2}], "singleResult"),
    ):
        with pytest.raises(EngineError):
            map_result(rows, mapping)


@pytest.mark.parametrize("text", ["items.size()", "${items.size()}", "items.size() == 2 ? 2 : 0", "items.contains('a') && !empty items ? 2 : 0"])
def test_an_expression_that_is_no_feel_may_be_camundas_without_saying_so(deciding: Decide, text: str) -> None:
    assert deciding(literal(text), items=["a", "b"]) == [{"value": 2}]
    assert deciding(table('2 | "two"', '- | "other"', inputs=f"{text}:", policy="FIRST"), items=["a", "b"]) == [{"y": "two"}]
    assert deciding(table(f"- | {text}", inputs="items"), items=["a", "b"]) == [{"y": 2}]


@pytest.mark.parametrize("where", ["cell", "named"])
def test_a_cell_and_what_is_said_to_be_feel_is_feel(where: str) -> None:
    xml = dmn(table("items.size() | 1", inputs="items") if where == "cell" else literal("items.size()", language="feel"))
    assert {problem.code for problem in read_decisions({"d.dmn": xml})[1]} == {"DMN-EXPRESSION"}


@pytest.mark.parametrize(("policy", "handed_on"), [("UNIQUE", 1), ("COLLECT", [1])])
def test_an_output_that_a_rule_leaves_empty_is_simply_not_said(deciding: Decide, policy: str, handed_on: object) -> None:
    rows = (">= 5 | 1 | ",) if policy == "UNIQUE" else (">= 5 | 1 | ", ">= 5 | | ")
    assert deciding(table(*rows, outputs="a|b", policy=policy), x=7)[0] == {"a": 1}
    needed = table(*rows, outputs="a|b", policy=policy, key="first")
    assert deciding(needed, literal("a", requires="first"), x=7) == [{"value": handed_on}]


@pytest.mark.parametrize(("kind", "sort"), [("double", float), ("integer", int), ("long", int)])
def test_a_sum_is_of_the_kind_of_its_column(deciding: Decide, kind: str, sort: type) -> None:
    (row,) = deciding(table("- | 1", "- | 2", outputs=f"y:{kind}", policy="COLLECT", attrs='aggregation="SUM"'), x=1)
    assert (row["y"], type(row["y"])) == (3, sort)


@pytest.mark.parametrize("cell", ['"a"', "true"])
def test_what_is_no_number_is_not_summed_up(deciding: Decide, cell: str) -> None:
    with pytest.raises(EngineError, match="cannot be summed up"):
        deciding(table(f"- | {cell}", f"- | {cell}", policy="COLLECT", attrs='aggregation="SUM"'), x=1)
