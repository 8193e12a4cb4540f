"""FEEL as a decision table's author writes it: values, unary tests, null where kinds do not fit; nothing of Python reachable."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.dmn.feel import compile_expression, compile_unary_tests
from engine.dmn.feel_frame import Frame
from engine.dmn.feel_values import KINDS, Range, out_of_feel
from engine.expressions import ExpressionError, cost
from engine.expressions.context import Context

NOW = datetime(2023, 7, 1, 1, 0, tzinfo=UTC)


def _frame(tested: object = None, **variables: object) -> Frame:
    context = Context(variables, now=NOW, zone=ZoneInfo("Asia/Shanghai"), functions={})
    return Frame(context, {}, tested)


def value_of(source: str, **variables: object) -> Any:
    """What an expression gives, as a process variable."""
    return out_of_feel(compile_expression(source)(_frame(**variables)))


def accepts(cell: str, tested: object, **variables: object) -> bool:
    """Whether a cell accepts a value."""
    result = compile_unary_tests(cell)(_frame(tested, **variables))
    assert isinstance(result, bool) or result is None
    return result is True


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("0.1 + 0.2 = 0.3", True),
        ("7 / 2", 3.5),
        ("2 ** 10", 1024),
        ("-2 ** 2", 4),
        ("10 / 0", None),
        ('"a" + "b"', "ab"),
        ('"a" + 1', None),
        ('if 1 < 2 then "yes" else "no"', "yes"),
        ("if null then 1 else 2", 2),
        ("5 between 1 and 5", True),
        ("5 in (1..5)", False),
        ("5 in [1..5]", True),
        ("5 in ]1..5]", True),
        ("5 in (< 3, > 4)", True),
        ("5 in (1, 5)", True),
        ("true and null", None),
        ("false and null", False),
        ("true or null", True),
        ("not(true)", False),
        ("null = null", True),
        ("1 = null", False),
        ("some x in [1, 2, 3] satisfies x > 2", True),
        ("every x in [1, 2, 3] satisfies x > 2", False),
        ("for x in [1, 2, 3] return x * 2", [2, 4, 6]),
        ("for x in 1..3 return x", [1, 2, 3]),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[1, 2, 3][1]", 1),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][9]", None),
        ("{a: 1, b: a + 1}.b", 2),
        ("[{a: 1}, {a: 2}].a", [1, 2]),
        ("count([1, 2])", 2),
        ("sum(1, 2, 3)", 6),
        ("mean([1, 2, 3])", 2),
        ("median(3, 1, 2)", 2),
        ("min(3, 1, 2)", 1),
        ("max([3, 1, 2])", 3),
        ("floor(1.5)", 1),
        ("ceiling(1.2)", 2),
        ("decimal(2.675, 2)", 2.68),
        ("modulo(-7, 3)", 2),
        ('string length("国家质量")', 4),
        ('upper case("abc")', "ABC"),
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", -2, 1)', "a"),
        ('starts with("foobar", "foo")', True),
        ('contains("foobar", "ob")', True),
        ("list contains([1, 2], 2)", True),
        ('date("2023-07-01") < date("2023-07-02")', True),
        ('date("2023-07-31") + duration("P1M")', "2023-08-31"),
        ('date("2023-07-31") - date("2023-07-01") = duration("P30D")', True),
        ('date("2023-07-01").year', 2023),
        ('date and time("2023-07-01T09:00:00+08:00") = date and time("2023-07-01T01:00:00Z")', True),
        ('@"2023-07-01" = date(2023, 7, 1)', True),
        ('duration("P1DT2H")', "P1DT2H"),
        ("today()", "2023-07-01"),
        ('number("1.000,5", ".", ",")', 1000.5),
        ("string(1.5)", "1.5"),
        ("1 // a comment\n + 2", 3),
    ],
)
def test_an_expression_has_the_value_that_dmn_says(source: str, value: object) -> None:
    assert value_of(source) == value


def test_variables_are_read_by_name_and_path() -> None:
    assert value_of("company.staff > 100", company={"staff": 120}) is True
    assert value_of('行业 = "制造业"', 行业="制造业") is True
    with pytest.raises(ExpressionError, match="there is no variable x"):
        value_of("x > 1")


@pytest.mark.parametrize(
    ("cell", "tested", "accepted"),
    [
        ("-", None, True),
        ("", 5, True),
        ("5", 5, True),
        ("5", 5.0, True),
        ("5", 6, False),
        ('"a"', "a", True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("< 5", 4, True),
        (">= 5, < 2", 1, True),
        ("[1..5]", 5, True),
        ("[1..5[", 5, False),
        ("(1..5)", 1, False),
        ("]1..5]", 1, False),
        ("[1..5], 9", 9, True),
        ("not([1..5])", 3, False),
        ("true", True, True),
        ("false", True, False),
        ("true", 1, False),
        ("null", None, True),
        ("< 5", None, False),
        ("< 5", "4", False),
        ("? > 3", 5, True),
        ("? > 3 and ? < 5", 5, False),
        ("[1, 5]", 5, True),
        ("limit", 5, True),
        ("< limit", 4, True),
        ('< date("2023-07-01")', "2023-06-30", True),
        ('[date("2023-07-01")..date("2023-07-31")]', "2023-07-31", True),
        ('contains(?, "b")', "abc", True),
    ],
)
def test_a_cell_accepts_what_it_says(cell: str, tested: object, accepted: bool) -> None:
    assert accepts(cell, tested, limit=5) is accepted


def test_a_day_and_an_instant_are_told_apart_from_a_text_only_when_compared() -> None:
    assert compile_expression('date("2023-07-01")')(_frame()) == date(2023, 7, 1)
    assert compile_expression('duration("PT90M")')(_frame()) == timedelta(minutes=90)
    assert compile_expression("[1..2)")(_frame()) == Range(Decimal(1), Decimal(2), True, False)


@pytest.mark.parametrize(
    "source",
    [
        "1 +",
        "foo(",
        '"open',
        "x.__class__",
        "__import__",
        "1; 2",
        "`a",
        "``",
        "`__a`",
        "lambda: 1",
        "function(x) x",
        "[1..]",
        "if 1 then 2",
        "a..b",
        "$x",
        "1 2",
    ],
)
def test_what_is_no_feel_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)


def test_a_function_that_is_not_there_is_refused_when_it_is_compiled() -> None:
    with pytest.raises(ExpressionError, match="there is no function open"):
        compile_expression('open("/etc/passwd")')


@pytest.mark.parametrize(
    "source",
    ["2 ** 1000", "9999999999999999 * 9999999999999999", "for x in 1..999999999 return x", "for x in 1..200, y in 1..200 return x", "exp(1000)"],
)
def test_giant_values_are_stopped(source: str) -> None:
    with pytest.raises(ExpressionError):
        value_of(source)


@pytest.mark.parametrize("source", ["(" * 200 + "1" + ")" * 200, "1" + " + 1" * 400, "-" * 200 + "1", "x" * 3000])
def test_giant_texts_are_stopped(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)


@pytest.mark.parametrize(
    "call", ["string length(null)", "upper case(null)", 'starts with(null, "a")', "count(null)", "count(1)", "odd(null)", 'sum("a", 1)', "min(1, null)"]
)
def test_what_a_function_is_not_made_for_gives_null(call: str) -> None:
    assert value_of(call) is None


@pytest.mark.parametrize("call", ["count()", "upper case(1, 2)", "is defined()", "floor()"])
def test_a_wrong_number_of_arguments_is_refused_when_it_is_compiled(call: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(call)


@pytest.mark.parametrize("cell", ["? > 3", "? in [1..3]", "? * 2 > limit", "even(?)", 'starts with(?, "a")', "not(starts with(?, limit))"])
def test_a_condition_that_comes_to_null_accepts_nothing(cell: str) -> None:
    assert accepts(cell, None, limit=5) is cell.startswith("not")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("odd(1.5)", False),
        ("even(-4)", True),
        ("round up(1.1, 0) + round half up(2.5, 0) + round half down(2.5, 0) + round down(1.9, 0)", 8),
        ("flatten([[1], [2, [3]]])", [1, 2, 3]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("insert before([1, 3], 2, 2)", [1, 2, 3]),
        ("remove([1, 2, 3], 2)", [1, 3]),
        ("sublist([1, 2, 3], 2)", [2, 3]),
        ("sublist([1, 2, 3], -2, 1)", [2]),
        ("product([2, 3]) + stddev([1, 2, 3])", 7),
        ("mode([3, 1, 1, 3, 2])", [1, 3]),
        ('get value({a: 1}, "a")', 1),
        ("get entries({a: 1})", [{"key": "a", "value": 1}]),
        ('month of year(date("2023-07-01"))', "July"),
        ('week of year(date("2023-07-01"))', 26),
        ("is defined(x) and not(is defined(y))", True),
        ('matches("foobar", "^fo*bar")', True),
        ('matches("FOO", "foo", "i") and not(matches("x", "y"))', True),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('replace("0123456789", "(\\d{3})(\\d{3})(\\d{4})", "($1) $2-$3")', "(012) 345-6789"),
        ('split("a; b;c", ";\\s*")', ["a", "b", "c"]),
        ('extract("this is 1234 and 56", "[0-9]+")', ["1234", "56"]),
        ('trim("  a ") + to base64("FEEL")', "aRkVFTA=="),
        ('is blank(" ") and is empty([]) and not(is empty([1]))', True),
        ('string join(["a", null, "b"], "-", "<", ">")', "<a-b>"),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ("sort([{n: 2}, {n: 1}], function(a, b) a.n < b.n).n", [1, 2]),
        ("for a in 1..2, b in [10, 20] return a + b", [11, 21, 12, 22]),
        ("for a in [[1, 2], [3]], b in a return b", [1, 2, 3]),
        ("some a in [1, 2], b in [2, 3] satisfies a = b", True),
        ("every a in [1, 2], b in [2, 3] satisfies a < b", False),
        ("duplicate values([1, 2, 1, 3, 2, 1])", [1, 2]),
        ("partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("get or else(x, 1)", 1),
        ('get value({a: {b: 1}}, ["a", "b"])', 1),
        ('context put({a: 1}, ["b", "c"], 2)', {"a": 1, "b": {"c": 2}}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
        ('context([{key: "a", value: 1}])', {"a": 1}),
        ('last day of month(date("2024-02-10"))', "2024-02-29"),
        ('years and months duration(date("2011-12-22"), date("2013-08-24"))', "P1Y8M"),
        ('years and months duration(date("2012-12-22"), date("2011-12-24"))', "-P11M"),
        ("decimal(log(exp(2)), 8)", 2),
        ("before(1, [2..3]) and before([1..2), 2) and not(before([1..2], 2))", True),
        ("after([2..3], 1) and meets([1..2], [2..3]) and not(meets([1..2), [2..3])) and met by([2..3], [1..2])", True),
        ("overlaps([1..3], [2..5]) and not(overlaps([1..2), [2..3])) and overlaps before([1..3], [2..5])", True),
        ("overlaps after([2..5], [1..3]) and includes([1..5], 5) and not(includes([1..5), 5)) and during(3, (2..4))", True),
        ("includes([1..5], (1..5)) and not(includes((1..5), [1..5])) and finishes(5, [1..5]) and finished by([1..5], [3..5])", True),
        ("starts([1..2], [1..5]) and started by([1..5], 1) and coincides([1..2], [1..2]) and not(coincides([1..2], [1..2)))", True),
        ('before(date("2023-01-01"), [date("2023-02-01")..date("2023-03-01")])', True),
        ('before("a", 1)', None),
    ],
)
def test_more_functions_and_iterations_have_the_value_that_dmn_says(source: str, value: object) -> None:
    assert value_of(source, x=None) == value


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("1", {"number", "Any"}),
        ('"a"', {"string", "Any"}),
        ("true", {"boolean", "Any"}),
        ('date("2023-07-01")', {"date", "Any"}),
        ('date and time("2023-07-01T09:00:00")', {"date and time", "Any"}),
        ('time("09:00:00")', {"time", "Any"}),
        ('duration("P1D")', {"days and time duration", "Any"}),
        ('duration("P1M")', {"years and months duration", "Any"}),
        ("[1]", {"list", "Any"}),
        ("{a: 1}", {"context", "Any"}),
        ("[1..2]", {"range", "Any"}),
        ("null", set()),
    ],
)
def test_what_a_value_is_an_instance_of(source: str, kinds: set[str]) -> None:
    assert {kind for kind in KINDS if value_of(f"({source}) instance of {kind} and true")} == kinds


@pytest.mark.parametrize("pattern", ["(a", "a**", "[a", "a{2,1}", "(?=a)", "(a)\\\\1", "a{200}{200}", "(a{100}){100}", "a" * 600])
def test_a_pattern_that_is_wrong_or_would_run_away_is_refused_when_it_is_compiled(pattern: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(f'matches("a", "{pattern}")')


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "a?" * 30 + "a" * 30, "(.*)*x", "(x+x+)+y"])
def test_patterns_that_make_other_matchers_run_away_are_only_patterns(pattern: str) -> None:
    assert value_of("matches(text, pattern)", text="a" * 300 + "!", pattern=pattern) is (pattern.startswith("a?"))


def test_long_texts_are_no_trouble() -> None:
    assert value_of("matches(text, pattern)", text="a" * 60_000, pattern="(a?){100}b") is False


@pytest.mark.parametrize(
    ("flags", "pattern", "found"),
    [
        ("x", "a \\ b [ c]\n", True),
        ("x", "a\\sb", True),
        ("", "a  b c", False),
        ("ix", "A \\x20 B", True),
        ("m", "^second", True),
        ("", "^second", False),
        ("s", "c.second", True),
        ("", "c.second", False),
    ],
)
def test_flags_of_a_pattern_are_those_of_the_standard(flags: str, pattern: str, found: bool) -> None:
    assert value_of("matches(text, pattern, flags)", text="a b c\nsecond", pattern=pattern, flags=flags) is found


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("is defined(x)", True),
    ],
)
def test_more_functions_have_the_value_that_dmn_says(source: str, value: object) -> None:
    assert value_of(source, x=None) == value


DOUBLED = ", ".join(f"a{n + 1}: [a{n}, a{n}], b{n + 1}: {{x: b{n}, y: b{n}}}" for n in range(35))


@pytest.mark.parametrize(
    "source",
    [
        *(f"{{a0: [1], b0: [1], {DOUBLED}, r: {r}}}.r" for r in ("a30 = a30", "string(b30)", "count(flatten(a30))", "b35")),
        "some x in 1..9000 satisfies some y in 1..9000 satisfies some z in 1..9000 satisfies false",
        "count(for x in 1..9000 return for y in 1..9000 return y)",
        "count(for x in 1..9000 return count((1..9000)[item > x]))",
        "count(for x in 1..9000 return sort(list, function(a, b) a < b))",
        "count(for x in 1..9000 return upper case(text) + string(x))",
        "count(for x in 1..9000 return list = list)",
        'count(for x in 1..9000 return matches(text, "x+y"))',
    ],
)
def test_work_without_end_is_stopped(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds within rounds, and lists that hold another one twice and so on: a few hundred characters, and hours of work."""
    monkeypatch.setattr(cost, "MAX_WORK", cost.MAX_WORK // 20)
    with pytest.raises(ExpressionError) as refused:
        value_of(source, list=list(range(5_000)), text="x" * 50_000)
    assert refused.value.code == "expression_cost"
