"""Expressions and tables as the conformance kit of DMN (dmn-tck) has them: number of the test, what is said, what comes of it."""

from __future__ import annotations

import pytest

from engine.expressions import ExpressionError
from tests.unit.engine.dmn.conftest import Decide, literal, table
from tests.unit.engine.dmn.test_feel import value_of

ARITHMETIC = [  # 0105
    *(("10+5", 15), ("-10+-5", -15), ("(-10)+(-5)", -15), ("10-5", 5), ("-10--5", -5), ("(-10)-(-5)", -5), ("(10+20)-(-5+3)", 32)),
    *(("10*5", 50), ("-10*-5", 50), ("(-10)*(-5)", 50), ("(10+5)*(-5*3)", -225), ("10/5", 2), ("-10/-5", 2), ("(-10)/(-5)", 2)),
    *(("(10+20)/(-5*3)", -2), ("(10+20)/0", None), ("10**5", 100_000), ("10**-5", 0.00001), ("(5+2)**5", 16_807), ("5+2**5", 37)),
    *(("5+2**5+3", 40), ("5+2**(5+3)", 261), ("10+null", None), ("null + 10", None), ("10 - null", None), ("null - 10", None)),
    *(("10 * null", None), ("null * 10", None), ("10 / null", None), ("null / 10", None), ("10 + 20 / -5 - 3", 3)),
    *(("10 + 20 / (-5 - 3)", 7.5), ("1.2*10**3", 1200)),
]
CONSTANTS = [  # 0101, 0102
    *((".872", 0.872), ("-.872", -0.872), ("50", 50), ("-50", -50), ("125.4321987654", 125.4321987654), ("-125.4321987654", -125.4321987654)),
    *(('"foo bar"', "foo bar"), ('"šomeÚnicodeŠtriňg"', "šomeÚnicodeŠtriňg"), ('"横綱"', "横綱")),
]
LOGIC = [  # 0106, 0107
    *(("true and true", True), ("true and false", False), ("true and null", None), ("false and true", False), ("false and null", False)),
    *(("null and true", None), ("null and false", False), ("null and null", None), ("true or true", True), ("true or null", True)),
    *(("false or true", True), ("false or false", False), ("false or null", None), ("null or true", True), ("null or null", None)),
    *(("not(true)", False), ("not(false)", True), ("not(null)", None)),
]
NUMBERS = [  # 0058
    *(('number("1.000.000,01", ".", ",")', 1_000_000.01), ('number("1,000,000.01", ",", ".")', 1_000_000.01)),
    *(('number("1 000 000.01", " ", ".")', 1_000_000.01), ('number("1,000,000.01", " ", ".")', None)),
    *(('number("1,000,000.01", ":", ".")', None), ('number("1,000,000.01", 123, ".")', None), ('number("1,000,000.01", ",", ":")', None)),
    *(('number("1,000,000.01", ",", 123)', None), ('number("1000000.01", null, ".")', 1_000_000.01), ('number("1,000,000", ",", null)', 1_000_000)),
    *(('number("1,000,000.00", ",", null)', 1_000_000), ('number("1,000,000.00", ",", ",")', None), ('number("1,000,000.00", ".", ".")', None)),
    *(('number(null, ".", ".")', None), ('number(123, ".", ".")', None), ('number("foo,bar.001", ".", ",")', None)),
    ('number(from: "1.000.000,01", decimal separator:",", grouping separator:".")', 1_000_000.01),
    *(('number("1.000.000,01", ".")', None), ('number("1234")', 1234), ('number("00123")', 123), ("number(11.11)", 11.11)),
    *(('number("test")', None), ('number("1 2 3")', None), ("number(null)", None)),
]
EQUALITY = [  # 0068
    *(("null = null", True), ("null != null", False), ("true = true", True), ("true != true", False), ("false = false", True)),
    *(("true = false", False), ("true = null", False), ("false = null", False), ("false = 0", None), ("true = 1", None)),
    *(("123 = 123", True), ("123.01 = 123.01", True), ("0 = 0.00", True), ("-0 = 0", True), ("-1 = 1", False), ("100 = null", False)),
    *(('100 = "100"', None), ('"foo" = "foo"', True), ('"foo" = "Foo"', False), ('"foo" != "Foo"', True), ('"foo" = null', False)),
    *(('"foo" = 100', None), ("[1,2,3] = [1,2,3]", True), ("[1,1,1] = [1,1,1,1]", False), ("[1,1,1] = [1,1,2]", False), ("[] = []", True)),
    *(("[1,2,3] = [3,2,1]", False), ("true[1] = true", True), ("100[1] = 100", True), ('"foo"[1] = "foo"', True)),
    *(('date("2018-12-08")[1] = date("2018-12-08")', True), ('time("10:30:12")[1] = time("10:30:12")', True)),
    ('date and time("2018-12-08")[1] = date and time("2018-12-08")', True),
]
DAYS = [  # 1115, without years beyond 9999 or before 1 and named zones
    *(("date(null)", None), ("date(null,2,1)", None), ("date(2017,null,1)", None), ("date(2017,1,null)", None), ("date(null,02,null)", None)),
    *(('date("2017-12-31")', "2017-12-31"), ('date("2017-01-01")', "2017-01-01"), ('date(date and time("2017-08-14T14:25:00"))', "2017-08-14")),
    ('date(date and time(date and time("2017-08-14T14:25:00"),time("10:50:00")))', "2017-08-14"),
    *(('date(date and time("2017-08-14T14:25:00.123456789"))', "2017-08-14"), ('date(date and time("2012-12-25T11:00:00Z"))', "2012-12-25")),
    *(('date(date and time("2017-08-03T10:15:30+01:00"))', "2017-08-03"), ('date(date("2017-10-11"))', "2017-10-11")),
    *(("date(2017,12,31)", "2017-12-31"), ("date(2017,01,01)", "2017-01-01"), ('date("2012-12-25T")', None), ('date("")', None)),
    *(('date("2012/12/25")', None), ('date("0000-12-25T")', None), ('date("9999999999-12-25")', None), ('date("2017-13-10")', None)),
    *(('date("2017-12-32")', None), ('date("998-12-31")', None), ('date("01211-12-31")', None), ('date("2012T-12-2511:00:00Z")', None)),
    *(('date("+2012-12-02")', None), ("date(2017,13,31)", None), ("date(2017,12,32)", None), ("date(2017,-8,2)", None), ("date(2017,8,-2)", None)),
    *(("date(1)", None), ("date([])", None), ('date(from:"2012-12-25")', "2012-12-25"), ('date("2026-11")', None)),
    *(('date(from:date and time("2017-08-30T10:25:00"))', "2017-08-30"), ("date(year:2017,month:08,day:30)", "2017-08-30")),
    ("date(day: 30, year: 2017, month: 08)", "2017-08-30"),
]
LENGTHS = [  # 1120, 1121; of seconds six places are kept
    *(("duration(null)", None), ('duration("P1D")', "P1D"), ('duration("PT2H")', "PT2H"), ('duration("PT3M")', "PT3M"), ('duration("PT4S")', "PT4S")),
    *(('duration("PT0.999S")', "PT0.999S"), ('duration("PT0S")', "PT0S"), ('duration("PT0.000S")', "PT0S"), ('duration("-PT1H2M")', "-PT1H2M")),
    *(('duration("PT1000M")', "PT16H40M"), ('duration("PT1000M0.999999S")', "PT16H40M0.999999S"), ('duration("PT24H")', "P1D")),
    *(('duration("P1Y2M")', "P1Y2M"), ('duration("P1Y")', "P1Y"), ('duration("P0Y")', "P0M"), ('duration("P0M")', "P0M"), ('duration("-P1Y")', "-P1Y")),
    *(('duration("P26M")', "P2Y2M"), ('duration("P100M")', "P8Y4M"), ('duration("-P100M")', "-P8Y4M"), ('duration(from:"P1Y")', "P1Y")),
    *(('duration(from:"PT24H")', "P1D"), ('duration(from:"P26M")', "P2Y2M"), ('duration("")', None), ("duration(2017)", None), ("duration([])", None)),
    *(('duration("2012T-12-2511:00:00Z")', None), ('duration("1Y")', None), ('duration("P")', None), ('duration("P0")', None), ('duration("1D")', None)),
    *(('duration("P1H")', None), ('duration("P1S")', None), ("years and months duration(null,null)", None)),
    *(('years and months duration(date("2017-08-11"),null)', None), ('years and months duration(null,date("2017-08-11"))', None)),
    ('years and months duration(date("2011-12-22"),date("2013-08-24"))', "P1Y8M"),
    ('years and months duration(date("2013-08-24"),date("2011-12-22"))', "-P1Y8M"),
    ('years and months duration(date("2015-01-21"),date("2016-01-21"))', "P1Y"),
    ('years and months duration(from: date("2016-01-21"), to: date("2015-01-21"))', "-P1Y"),
    *(('duration("P1Y") + duration("P2M")', "P1Y2M"), ('duration("P1Y") / duration("P6M")', 2), ('duration("P2D") / duration("PT12H")', 4)),
    *(('duration("P1Y") * 2', "P2Y"), ('duration("P1Y") / 4', "P3M"), ('duration("P13M") > duration("P1Y")', True), ('duration("P26M").months', 2)),
    ('date("2024-01-31") + duration("P1M")', "2024-02-29"),
]
NAMED = [  # one of each shape, in another order than by place
    *(('substring(start position: 2, string: "foobar")', "oobar"), ('substring(string: "foobar", start position: 2, length: 3)', "oob")),
    *(('contains(match: "ob", string: "foobar")', True), ('replace(input: "abc", replacement: "x", pattern: "b")', "axc")),
    *(('matches(flags: "i", pattern: "A", input: "abc")', True), ("sum(list: [1, 2])", 3), ("list contains(element: 2, list: [1, 2])", True)),
    *(("insert before(list: [1], newItem: 0, position: 1)", [0, 1]), ("decimal(scale: 1, n: 1.25)", 1.2), ("modulo(divisor: 5, dividend: 12)", 2)),
    *(("floor(n: 1.6)", 1), ("not(negand: true)", False), ('get value(key: "a", m: {a: 1})', 1), ("before(point2: 2, point1: 1)", True)),
    *(("before(range: [2..3], point: 1)", True), ("sort(precedes: function(a, b) a > b, list: [1, 3])", [3, 1])),
    ('string join(delimiter: "-", list: ["a", "b"])', "a-b"),
]


@pytest.mark.parametrize(("source", "value"), [*ARITHMETIC, *CONSTANTS, *LOGIC, *NUMBERS, *EQUALITY, *DAYS, *LENGTHS, *NAMED])
def test_an_expression_of_the_kit_has_its_value(source: str, value: object) -> None:
    assert value_of(source) == value


@pytest.mark.parametrize(
    "source",
    [
        'number(from: "1", decimal sep: ",", grouping sep: ".")',
        "date(year: 2017, from: 2)",
        "sum(list: [1], list: [2])",
        "sum(list: [1], 2)",
        "sum([1], list: 2)",
        "date()",
        'number("1", ".", ",", ",")',
    ],
)
def test_arguments_that_a_function_does_not_have_are_refused_when_it_is_compiled(source: str) -> None:
    with pytest.raises(ExpressionError):
        value_of(source)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('"Hello " + Full Name', "Hello Ann Lee"),  # 0001
        ('"Hello " + `Full Name`', "Hello Ann Lee"),
        ('"Full Name"', "Full Name"),
        ("12 * Monthly  Salary", 12),  # 0002
        ("if Monthly Salary > 0 then 1 else 0", 1),
    ],
)
def test_names_may_hold_blanks_where_the_file_declares_them(deciding: Decide, source: str, value: object) -> None:
    data = '<inputData id="i1" name="Full Name"/><inputData id="i2" name="Salary"/><inputData id="i3" name="Monthly Salary"/>'
    assert deciding(data, literal(source), **{"Full Name": "Ann Lee", "Salary": 0, "Monthly Salary": 1}) == [{"value": value}]


def test_a_table_tests_and_tells_what_has_a_name_with_blanks_and_signs(deciding: Decide) -> None:
    data = '<inputData id="i1" name="Risk Category"/>'
    inner = table('"High" | "Declined"', '- | "Approved"', inputs="Risk Category:string", outputs="Approved/Declined:string", policy="FIRST", key="inner")
    outer = literal('Approved/Declined + "!"', requires="inner")
    assert deciding(data, inner, outer, **{"Risk Category": "High"}) == [{"value": "Declined!"}]
    assert deciding(data, inner, outer, **{"Risk Category": "Low"}) == [{"value": "Approved!"}]
