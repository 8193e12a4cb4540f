"""The expression language: what it means, and that nothing of Python can be reached from it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import Context, ExpressionError, Place, compile_script, evaluate, is_expression, names_in, validate
from engine.expressions.functions import as_text
from engine.expressions.script import validate_script

NOW = datetime(2023, 7, 1, 9, tzinfo=UTC)


def context(functions=None, **variables):
    return Context(variables, now=NOW, zone=ZoneInfo("Asia/Shanghai"), functions=functions or {}, business_key="BK")


def value(source, functions=None, **variables):
    return evaluate("${" + source + "}", context(functions, **variables))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2", 5),
        ("-(2 + 3) % 4", 3),
        ("7 mod 4 + 8 div 2", 7),
        ("'a' + \"b\"", "ab"),
        ("[1, 2] + [3]", [1, 2, 3]),
        ("1 < 2 && 2 <= 2 && 3 > 2 and 3 >= 3", True),
        ("1 == 1.0 && 'a' != 'b' and not (1 eq 2)", True),
        ("false or null || 0 || [0]", True),
        ("!false && !(1 gt 2)", True),
        ("2 in [1, 2] and 3 not in [1] and 'a' in 'cat' and 'k' in {}".replace("{}", "m"), True),
        ("empty '' && empty [] && empty null && not empty [0] && empty nothing", True),
        ("1 > 2 ? 'a' : 2 > 1 ? 'b' : 'c'", "b"),
        ("m.k + m['k'] + [10, 20][1] + [1][-1]", 23),
        ("m.nothing == null and m.nothing eq None", True),
        ("true == 1 or false == 0 or [1] == [true] and false", False),
        ("单位 == '江苏' and 评分.总分 >= 80.5", True),
        ("len('abc') + len([1]) + len(m)", 5),
        ("min(3, 1, 2) + max([4, 6]) + sum([1, 2, 3]) + sum()", 13),
        ("any([0, 1]) and all(1, [0]) and not any()", True),
        ("round(2.5) + round(80.125, 2) + abs(-1) + int('7')", 91.13),
        ("str(3) + str(true) + str(null)", "3true"),
        ("now() > datetime('2023-07-01T16:59:59') and now() <= datetime('2023-07-01T17:00:00')", True),
        ("date() == date('2023-07-01') and date('2023-07-02') > date()", True),
        ("datetime('2023-01-31') + duration('P1M') == datetime('2023-02-28')", True),
        ("datetime('2023-03-01') - duration('P1D') < datetime('2023-03-01')", True),
        ("business_key()", "BK"),
        (r"'it\'s' + '\n'", "it's\n"),
        ("'1' == 1 and 1 == '1.0' and '-2.5' == -2.5 and '1' != 2 and not ('x' == 1) and 'x' != 1 and not ('' == 0)", True),
        ("'10' > 9 and 9 < '10' and '9' > '10' and '2' >= 2", True),
        ("'true' == true and false == 'False' and 'yes' != true and '1' != true", True),
        ("1 in ['1'] or '1' in [1] or ['1'] == [1]", False),
        ("{}", {}),
        ("{a: 1, 'b c': [1, 2], 单位: {m: m}}", {"a": 1, "b c": [1, 2], "单位": {"m": {"k": 1}}}),
        ("{m: m}.m.k + {'m': 2}['m'] + {len: 3}.len", 6),
        ("1 > 2 ? {a: 1} : {b: 1 > 2 ? 3 : 4}", {"b": 4}),
        ("empty {} and {a: 1} == {a: 1} and 'a' in {a: 1} and {a: 1}.size() == 1", True),
        ("'}{' + {k: '}'}.k", "}{}"),
    ],
)
def test_meaning(source, expected):
    assert value(source, m={"k": 1}, 单位="江苏", 评分={"总分": 90}) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[1, 2].size() + m.size() + 'abc'.length()", 6),
        ("[].isEmpty() and ''.isEmpty() and not m.isEmpty()", True),
        ("[1, 2].contains(2) and not [1].contains('1') and 'abc'.contains('bc')", True),
        ("m.containsKey('k') and not m.containsKey('x') and m.get('x') == null", True),
        ("[7, 8].get(1) + [7, 8].indexOf(8) + 'abc'.indexOf('x') + m.get('k')", 9),
        ("m.keySet() + m.values()", ["k", 1]),
        ("'abc'.startsWith('a') and 'abc'.endsWith('c') and 'a'.equals('a') and not 1.equals('1') and true.equals(true)", True),
        ("'Abc'.equalsIgnoreCase('aBC') and not 'a'.equalsIgnoreCase(null)", True),
        ("'Abc'.toUpperCase() + 'Abc'.toLowerCase() + ' x '.trim() + 'abc'.substring(1) + 'abc'.substring(0, 1)", "ABCabcxbca"),
        ("'a-b-c'.replace('-', '').concat('!') + 3.toString()", "abc!3"),
        ("7.intValue() + (2.6).longValue() + 1.doubleValue()", 10.0),
        ("now().plusDays(3).minusHours(2).toDate() == datetime('2023-07-04T15:00:00')", True),
        ("dateTime().plusYears(1).minusMonths(1).plusWeeks(1).plusMinutes(-60).plusSeconds(0) == datetime('2024-06-08T16:00:00')", True),
        ("now().withTimeAtStartOfDay() == datetime('2023-07-01')", True),
        ("has_variable('m') and not has_variable('x')", True),
        ("currentUser() + instance_id() + element_id() + element_name()", "annrootxName"),
    ],
)
def test_methods_of_other_tools_expressions_mean_what_they_say(source, expected):
    place = Place(user="ann", instance="root", element="x", name="Name")
    here = Context({"m": {"k": 1}}, now=NOW, zone=ZoneInfo("Asia/Shanghai"), functions={}, place=place)
    assert evaluate("${" + source + "}", here) == expected


@pytest.mark.parametrize(
    "source",
    [
        "m.getClass()", "m.items()", "m.pop('k')", "'a'.format(1)", "[1].append(2)", "m.size(1)", "'a'.substring()", "'a'.length().bit_length()",
        "'a'.encode()", "m.get", "m.__len__()", "x.size().__class__",
    ],
)  # fmt: skip
def test_any_other_method_is_refused_at_deployment_or_is_no_value(source):
    with pytest.raises(ExpressionError):  # noqa: PT012 - refused at deployment, or at the latest when evaluated
        validate("${" + source + "}", {})
        value(source + " + 1", m={"k": 1}, x=[1])


@pytest.mark.parametrize(
    "source",
    [
        "true.intValue()", "1.size()", "null.size()", "'a'.contains(1)", "'a'.startsWith(1)", "'abc'.substring(4)", "'abc'.substring(2, 1)", "[1].get(1)",
        "[1].get(-1)", "[1].get(true)", "'a'.replace('', 'b')", "s.replace('x', 'yyyy')", "s.concat(s)", "now().plusDays(1.5)", "now().plusDays('1')",
        "now().plusYears(99999)", "'a'.plusDays(1)", "1.get(0)", "m.get('k').size()",
    ],
)  # fmt: skip
def test_methods_check_kinds_and_sizes(source):
    with pytest.raises(ExpressionError):
        value(source, m={"k": 1}, s="x" * 60_000)


@pytest.mark.parametrize("word", ["false", "true", "no", "0", ""])
@pytest.mark.parametrize("source", ["not x", "!x", "x and true", "true and x", "x or true", "false || x", "x ? 1 : 2", "any(x, true)", "all([x])"])
def test_a_text_is_no_truth_within_an_expression_either(source, word):
    with pytest.raises(ExpressionError) as refused:
        value(source, x=word)
    assert refused.value.code == "condition.not_boolean"


def test_texts_literal_expression_and_mixed():
    assert evaluate("P10D", context()) == "P10D"
    assert evaluate(" ${ [1] } ", context()) == [1]
    assert evaluate("ru_officer@${unit}", context(unit="RU-LN")) == "ru_officer@RU-LN"
    assert evaluate("#{a}-${b}!", context(a=1, b=True)) == "1-true!"
    assert evaluate("${'}' + \"${\"}", context()) == "}${"
    assert not is_expression("a $ { b }")
    assert names_in("${a + b.c} and ${len(d)}") == {"a", "b", "d"}


def test_functions_of_the_host_get_the_context_and_note_what_they_depended_on():
    def deadline(here, name, offset=""):
        here.depends.add(name)
        return f"{name}{offset}"

    here = context({"deadline": deadline})
    assert evaluate("${deadline('推荐截止', '-2d')}", here) == "推荐截止-2d"
    assert here.depends == {"推荐截止"}
    validate("${deadline('x')}", {"deadline": deadline})
    with pytest.raises(ExpressionError) as refused:
        validate("${deadlin('x')}", {"deadline": deadline})
    assert refused.value.code == "unknown_function"
    with pytest.raises(ExpressionError):
        validate("${deadline()}", {"deadline": deadline})


def test_data_never_shadows_a_function_and_a_function_is_no_value():
    assert value("len('abc')", len=lambda _: 99) == 3
    assert value("len", len=7) == 7
    with pytest.raises(ExpressionError):
        value("f('abc')", f=len)
    with pytest.raises(ExpressionError):
        value("max")


ESCAPES = [
    "().__class__", "''.__class__.__mro__", "__import__('os')", "__builtins__", "a.__class__", "a['__class__']()", "a.b()", "'x'.upper()", "'{0}'.format(1)",
    "open('/etc/passwd')", "eval('1')", "exec('1')", "getattr(a, 'b')", "globals()", "lambda: 1", "[x for x in a]", "(x := 1)", "f'{a}'", "9**9**9", "1 << 99",
    "a if b else c", "import os", "print(1)", "a; b", "{1, 2}", "{a}", "{a:}", "{a: 1,}", "{,}", "{1: 2}", "{a: 1",
    "a: 1}", "{a: 1, a: 2}", "{a: 1, 'a': 2}", "{__class__: 1}", "{a: 1}.__class__", "{a: 1}.items()", "{a: 1}()", "{**a}", "{[b]: 1}", "{(b): 1}",
    "{not: 1}", "{a = 1}", "{a: 1 for b in c}", "{a: lambda}", "{a: f}", "{{}}", "{a: 1}.b.c", "'{a}'.format(a)", "*a", "len(*a)",
    "len(x=1)", "a = 1", "`a`", "a @ b", "~1", "1_000", "0x10", "1e999", "a.1",
    "@a", "a[1:2]", "a[", "(", "", "'", "'\\x41'", "a not b", "1 < 2 < 3", "a..b", "a.b.()", "min", "not", "$a", "${a}", "\\", "a\x00b", "type(a)",
]  # fmt: skip


@pytest.mark.parametrize("source", ESCAPES)
def test_what_is_not_of_the_language_is_refused_at_deployment_or_has_no_value(source):
    with pytest.raises(ExpressionError):  # noqa: PT012 - refused at deployment, or at the latest when evaluated
        validate("${" + source + "}", {})
        value(source, b=1, a=object())


@pytest.mark.parametrize(
    "source",
    [
        "'a' * 9", "[0] * 9", "'%99999999d' % 1", "1 / 0", "1 % 0", "1 + 'a'", "'a' < 1",
        "true < 2", "null > 1", "-'a'", "m < m", "1 in 2", "m[1]", "'abc'[9]", "[1]['a']",
        "nothing", "nothing.a", "[1].a", "min()", "sum(['a'])", "len(1)",
        "any(1)", "date(1)", "datetime('no')", "duration('P10BD')", "duration('PT')", "int('x')", "round('a')",
        "round(1, 99)", "999999999999999 * 999999999999999", "999999999999999 + 999999999999999",
        "datetime('9999-12-31') + duration('P1Y')", "now() + 1", "now() < '2023'",
        "int('9e300')", "abs(null)", "len(9999)",
    ],
)  # fmt: skip
def test_kinds_and_sizes_are_checked_when_evaluated(source):
    with pytest.raises(ExpressionError):
        value(source, m={"k": 1})


def test_costs_are_bounded():
    for source in (
        "(" * 100 + "1" + ")" * 100,
        "!" * 100 + "true",
        "1" + "+1" * 999,
        "[" * 60 + "]" * 60,
        "1+" * 400 + "1",
        "-" * 200 + "1",
        "{a: " * 60 + "1" + "}" * 60,
        "{" + ", ".join(f"a{index}: 1" for index in range(300)) + "}",
    ):
        with pytest.raises(ExpressionError):
            validate("${" + source + "}", {})
    with pytest.raises(ExpressionError):
        value("a + a", a="x" * 60_000)
    with pytest.raises(ExpressionError):
        evaluate("${a}${a}", context(a="x" * 60_000))


def test_a_key_is_what_is_written_and_data_never_shadows_it():
    given = {"a": "b", "len": "x", "b": {"a": 1}}
    assert value("{a: b, len: len('xx'), 'b': a}", **given) == {"a": {"a": 1}, "len": 2, "b": "b"}
    assert evaluate("${ {k: '${'} } and ${ {k: {l: 1}}.k.l }", context()) == '{"k": "${"} and 1'
    assert names_in("${ {a: b, 'c': {d: e}} }") == {"b", "e"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4),
        max_leaves=20,
    )
)
def test_every_value_can_be_written_down(wanted):
    """Lists and objects of any content, written as the language has them, are those values; within a text as in one of its own."""
    assert value(written(wanted)) == wanted
    assert evaluate("x${" + written([wanted]) + "}", context()) == "x" + as_text([wanted])


def written(wanted):
    """A value as the language writes it."""
    if isinstance(wanted, str):
        for char, escape in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\t", "\\t")):
            wanted = wanted.replace(char, escape)
        return f"'{wanted}'"
    if isinstance(wanted, list):
        return f"[{', '.join(map(written, wanted))}]"
    if isinstance(wanted, dict):
        return "{" + ", ".join(f"{written(key)}: {written(item)}" for key, item in wanted.items()) + "}"
    return {None: "null", True: "true", False: "false"}[wanted] if wanted is None or isinstance(wanted, bool) else str(wanted)


@pytest.mark.parametrize(("before", "after"), [("[", "]"), ("{a: ", "}")])
def test_what_holds_another_thing_twice_and_so_on_is_stopped(before, after):
    """Each line doubles what the one before it made: only references, until somebody looks at all of it."""
    doubled = f"{before}x, {'b: ' if 'a' in before else ''}x{after}"
    here = context(x=1)

    def lines(count):
        for _ in range(count):
            here.variables["x"] = evaluate("${" + doubled + "}", here)

    lines(10)
    with pytest.raises(ExpressionError) as refused:
        lines(50)
    assert refused.value.code == "expression_cost"


def test_a_script_line_goes_on_while_a_bracket_is_open():
    text = "a = {\n  # what it is\n  'k}': [1,\n 2],\n\n  l: '{['\n};\n;\nb = a.l"
    here = context()
    for name, run in compile_script(text):
        here.variables[name] = run(here)
    assert here.variables == {"a": {"k}": [1, 2], "l": "{["}, "b": "{["}
    for script in ("a = {\nb = 1", "a = 1)\nb = 2", "a = [1\n]]", "a = ('" + "\\'" * 50_000):
        with pytest.raises(ExpressionError):
            validate_script(script, {})


def test_scripts_hold_assignments_only():
    here = context(a=1)
    assert [(name, run(here)) for name, run in compile_script("b = a + 1\n\n# remark\n结果 = 'x';")] == [("b", 2), ("结果", "x")]
    for script in ("import os", "a", "a.b = 1", "for x in y: z", "__a = 1", "true = 1", "a == 1", "a += 1"):
        with pytest.raises(ExpressionError):
            validate_script(script, {})


def test_instants_and_days_know_their_zone():
    assert value("datetime('2023-07-01')") == datetime(2023, 6, 30, 16, tzinfo=UTC)
    assert value("datetime('2023-07-01T00:00:00Z')") == datetime(2023, 7, 1, tzinfo=UTC)
    assert value("date('2023-07-01T20:00:00Z')") == date(2023, 7, 2)
