"""Reads DMN files: hardened parsing, coded problems for all that would be misread or cannot be evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from engine.checks_problem import Problem
from engine.dmn.feel import compile_expression, compile_unary_tests
from engine.dmn.feel_grammar import parse_unary_tests
from engine.dmn.feel_tokens import tell_apart
from engine.dmn.model import Decision, Decisions, Expression, Input, Output, Rule, Table
from engine.expressions import ExpressionError, FunctionTable, validate
from engine.xml import Xml, line_of, parse_xml

_NAMESPACES = (
    "{http://www.omg.org/spec/DMN/20151101/dmn.xsd}",
    "{http://www.omg.org/spec/DMN/20180521/MODEL/}",
    "{https://www.omg.org/spec/DMN/20191111/MODEL/}",
    "{https://www.omg.org/spec/DMN/20211108/MODEL/}",
    "{https://www.omg.org/spec/DMN/20230324/MODEL/}",
)
_CAMUNDA = "{http://camunda.org/schema/1.0/dmn}"
HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS = ("", "SUM", "MIN", "MAX", "COUNT")
_NAMED = frozenset({"inputData", "decision", "variable", "output", "itemComponent"})
_BOXED = frozenset({"context", "invocation", "relation", "list", "functionDefinition", "conditional", "for", "every", "some", "filter"})


def is_decision_file(path: str) -> bool:
    """Whether a file of a deployment holds decisions."""
    return path.lower().endswith((".dmn", ".dmn11.xml", ".dmn.xml"))


def local(node: Xml) -> str:
    """The tag without DMN's namespace; "" for anything foreign."""
    tag = node.tag
    if not isinstance(tag, str):
        return ""
    return next((tag[len(space) :] for space in _NAMESPACES if tag.startswith(space)), "")


@dataclass
class _Reader:
    """Reads one file and collects what is wrong with it."""

    file: str
    problems: list[Problem]
    functions: FunctionTable
    names: frozenset[str]

    def refuse(self, code: str, node: Xml, zh: str, en: str, hint: str = "") -> None:
        around: Xml | None = node
        while around is not None and not around.get("id"):
            around = around.getparent()
        element = "" if around is None else str(around.get("id"))
        self.problems.append(Problem(code, "error", self.file, element, line_of(node), zh, en, hint))

    def decision(self, node: Xml) -> Decision | None:
        key = node.get("id", "")
        logic = self.logic(node)
        if not key:
            self.refuse("DMN-ID", node, "决策没有编号", "the decision has no id", "id")
        if logic is None or not key:
            return None
        variable = next((child.get("name", "") for child in node if local(child) == "variable"), "") or node.get("name", "") or key
        tag = node.get(_CAMUNDA + "versionTag")
        return Decision(key, node.get("name", key), self.file, line_of(node), variable, logic, tuple(_required(node)), tag)

    def logic(self, node: Xml) -> Table | Expression | None:
        for child in node:
            kind = local(child)
            if kind == "decisionTable":
                return self.table(child)
            if kind == "literalExpression":
                variable_type = next((each.get("typeRef", "") for each in node if local(each) == "variable"), "")
                return self.expression(child, type_ref=child.get("typeRef") or variable_type)
            if kind in _BOXED:
                self.refuse(
                    "DMN-UNSUPPORTED", child, f"不支持的决策逻辑：{kind}", f"not supported: {kind}", "decisionTable, literalExpression"
                )
                return None
        self.refuse("DMN-EMPTY", node, "决策没有逻辑", "the decision has neither a table nor an expression", "decisionTable")
        return None

    def table(self, node: Xml) -> Table:
        policy, aggregation = node.get("hitPolicy", "UNIQUE"), node.get("aggregation", "")
        if policy not in HIT_POLICIES:
            self.refuse("DMN-HIT-POLICY", node, f"没有命中策略 {policy}", f"there is no hit policy {policy}", ", ".join(HIT_POLICIES))
        if aggregation not in AGGREGATIONS or (aggregation and policy != "COLLECT"):
            self.refuse(
                "DMN-HIT-POLICY",
                node,
                f"此处没有汇总方式 {aggregation}",
                f"no aggregation {aggregation} here",
                "COLLECT: SUM, MIN, MAX, COUNT",
            )
        inputs = tuple(self.input(child) for child in node if local(child) == "input")
        outputs = tuple(self.output(child) for child in node if local(child) == "output")
        rules = tuple(self.rule(child, inputs) for child in node if local(child) == "rule")
        if not outputs:
            self.refuse("DMN-OUTPUT", node, "决策表没有输出列", "the table has no output", "output")
        if len(outputs) > 1:
            names = [output.name for output in outputs]
            if not all(names) or len(set(names)) < len(names):
                self.refuse("DMN-OUTPUT", node, "多个输出列须各有名称", "several outputs need names of their own", "name")
            if aggregation:
                self.refuse("DMN-HIT-POLICY", node, "多个输出列不能汇总", "several outputs cannot be aggregated", "COLLECT")
        if policy in {"PRIORITY", "OUTPUT ORDER"} and not any(output.order for output in outputs):
            self.refuse(
                "DMN-HIT-POLICY", node, "此命中策略须列出输出值的次序", "the hit policy needs the order of output values", "outputValues"
            )
        for rule, row in zip(rules, (child for child in node if local(child) == "rule"), strict=True):
            if len(rule.cells) != len(inputs) or len(rule.entries) != len(outputs):
                self.refuse("DMN-RULE", row, "规则的单元格与列数不符", "the rule has not as many cells as there are columns")
        return Table(policy, aggregation, inputs, outputs, rules)

    def input(self, node: Xml) -> Input:
        child = next((each for each in node if local(each) == "inputExpression"), None)
        found = None if child is None or not _text(child) else self.expression(child)
        return Input(found, node.get(_CAMUNDA + "inputVariable", "cellInput"), node.get("label", ""))

    def output(self, node: Xml) -> Output:
        values = next((_text(each) for each in node if local(each) == "outputValues"), "")
        default = next((each for each in node if local(each) == "defaultOutputEntry"), None)
        kind = _type(node.get("typeRef", ""))
        order: tuple[str, ...] = ()
        try:
            order = tuple(str(part.value) for part in parse_unary_tests(values).parts) if values else ()
        except ExpressionError as error:
            self.refuse("DMN-EXPRESSION", node, error.zh, error.en)
        chosen = None if default is None or not _text(default) else self.expression(default, type_ref=kind)
        return Output(node.get("name", ""), kind, order, chosen)

    def rule(self, node: Xml, inputs: tuple[Input, ...]) -> Rule:
        cells = tuple(self.cell(child, inputs) for child in node if local(child) == "inputEntry")
        entries = tuple(self.expression(child) if _text(child) else None for child in node if local(child) == "outputEntry")
        return Rule(node.get("id", ""), cells, entries)

    def cell(self, node: Xml, inputs: tuple[Input, ...]) -> Expression:  # noqa: ARG002 - one signature for all cells
        language = self.language(node)
        read = Expression(self.text(node) if language == "feel" else _text(node), language)
        if read.text not in {"", "-"}:
            self.compiles(node, read, unary=True)
        return read

    def expression(self, node: Xml, type_ref: str | None = None) -> Expression:
        language = "juel" if self.is_juel_only(node, self.text(node)) else self.language(node)
        text = self.text(node) if language == "feel" else _text(node)
        read = Expression(text, language, _type(node.get("typeRef", "") if type_ref is None else type_ref))
        self.compiles(node, read, unary=False)
        return read

    def text(self, node: Xml) -> str:
        """A text in FEEL; names of the file that hold blanks or signs stand between backticks."""
        return tell_apart(_text(node), self.names)

    def language(self, node: Xml) -> str:
        named = (node.get("expressionLanguage") or node.getroottree().getroot().get("expressionLanguage") or "feel").lower()
        if named == "juel":
            return "juel"
        if named != "feel" and "/feel" not in named and "/dmn/" not in named:
            self.refuse("DMN-LANGUAGE", node, f"不支持的表达式语言：{named}", f"expressions in {named} are not evaluated", "feel, juel")
        return "feel"

    def is_juel_only(self, node: Xml, text: str) -> bool:
        """Whether an expression whose language nobody names is no FEEL but one of the diagrams' language, Camunda's default outside of cells."""
        if node.get("expressionLanguage") or node.getroottree().getroot().get("expressionLanguage"):
            return False
        try:
            compile_expression(text)
        except ExpressionError:
            try:
                validate(juel(text), self.functions)
            except ExpressionError:
                return False
            return True
        return False

    def compiles(self, node: Xml, read: Expression, *, unary: bool) -> None:
        try:
            if read.language == "juel":
                validate(juel(read.text), self.functions)
            else:
                (compile_unary_tests if unary else compile_expression)(read.text)
        except ExpressionError as error:
            self.refuse("DMN-EXPRESSION", node, f"表达式有误：{error.zh}", f"{read.text!r}: {error.en}", "docs/reference/decisions.md")


def juel(text: str) -> str:
    """A text in the diagrams' language with its `${}`."""
    return text if text.startswith(("${", "#{")) else "${" + text + "}"


def read_decisions(files: Mapping[str, bytes], functions: FunctionTable | None = None) -> tuple[Decisions, tuple[Problem, ...]]:
    """The decisions of a deployment and what is wrong with them.

    In: path -> bytes; files that are no DMN are passed over; `functions` that expressions may call beside the built-in ones.
    Out: decisions by id, and problems: with one among them nothing may be used.
    Raises EngineError `xml` for what is no XML.
    """
    problems: list[Problem] = []
    found: dict[str, Decision] = {}
    for path in sorted(files):
        if not is_decision_file(path):
            continue
        root = parse_xml(files[path], file=path)
        reader = _Reader(path, problems, functions or {}, _names(root))
        if local(root) != "definitions":
            reader.refuse("DMN-FILE", root, "不是 DMN 文件", "this is no DMN file")
        for node in root:
            if local(node) != "decision":
                continue
            read = reader.decision(node)
            if read is not None and read.id in found:
                reader.refuse("DMN-DUPLICATE", node, f"决策编号 {read.id} 重复", f"the decision {read.id} is there twice")
            elif read is not None:
                found[read.id] = read
    problems.extend(_requirements(found))
    return MappingProxyType(found), tuple(problems)


def _requirements(found: Mapping[str, Decision]) -> Iterator[Problem]:
    """What is required must be there, and nothing may require itself."""
    for one in found.values():
        for missing in (key for key in one.requires if key not in found):
            zh, en = f"没有所需的决策 {missing}", f"the required decision {missing} is not there"
            yield Problem("DMN-REFERENCE", "error", one.file, one.id, one.line, zh, en, "requiredDecision")
        if one.id in _below(one, found):
            yield Problem("DMN-CYCLE", "error", one.file, one.id, one.line, "决策互相依赖", "the decision requires itself")


def _below(one: Decision, found: Mapping[str, Decision]) -> set[str]:
    """The ids of all decisions that this one requires, directly or not."""
    seen: set[str] = set()
    waiting = list(one.requires)
    while waiting:
        key = waiting.pop()
        if key not in seen and key in found:
            seen.add(key)
            waiting.extend(found[key].requires)
    return seen


def _names(root: Xml) -> frozenset[str]:
    """What a file names: its data, decisions, variables, columns and parts of types."""
    return frozenset(node.get("name", "") for node in root.iter(etree.Element) if local(node) in _NAMED and node.get("name"))


def _required(node: Xml) -> Iterator[str]:
    for requirement in node:
        if local(requirement) == "informationRequirement":
            for child in requirement:
                if local(child) == "requiredDecision":
                    yield child.get("href", "").rpartition("#")[2]


def _text(node: Xml) -> str:
    child = next((each for each in node if local(each) == "text"), None)
    return "" if child is None else "".join(str(part) for part in child.itertext()).strip()


def _type(name: str) -> str:
    return name.rpartition(":")[2]
