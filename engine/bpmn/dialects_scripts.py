"""Scripts in script languages that only compute and set variables, as lines of ours; what is more than that stays as it is and is refused.

Taken over: one statement a line, `execution.setVariable('x', …)`, the process instance as another name of the execution, names declared with a type, a value
that is returned, `x += 1` and `x++`, and a choice between two values of one variable (`if (…) { x = a } else { x = b }`). A script in JUEL is one expression.
"""

from __future__ import annotations

import re

from engine.xml import Xml

LANGUAGES = frozenset({"javascript", "ecmascript", "js", "groovy", "python", "jython"})
_LONGEST = 20_000  # characters; longer ones have more lines than a script may have
_NAME = r"[^\W\d]\w*"
_QUOTED = r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_JUEL = re.compile(r"^\s*[$#]\{([^{}]*)\}\s*$")
_STATEMENTS = re.compile(rf"{_QUOTED}|;|(?:^|(?<=\s))//[^\n]*", re.MULTILINE)
_BRACES = re.compile(rf"{_QUOTED}|([{{}}])")
_CHOOSES = re.compile(r"\bif\s*\(")
_SET = re.compile(
    r"""^[ \t]*(?:execution|task)\.setVariable\([ \t]*(["'])([^\W\d]\w*)\1[ \t]*,[ \t]*([^\n]+)\)[ \t]*;?[ \t]*\r?$""", re.MULTILINE
)
_INSTANCE = re.compile(
    rf"^[ \t]*(?:(?:def|var|let|const)[ \t]+)?({_NAME})[ \t]*=[ \t]*execution\.(?:getProcessInstance\(\)|processInstance)[ \t]*$", re.MULTILINE
)
_TYPED = re.compile(
    rf"^[ \t]*(?:def[ \t]+)?(?:int|Integer|long|Long|double|Double|boolean|Boolean|String|Object|List|Map)[ \t]+(?={_NAME}[ \t]*(?:=(?!=)|$))", re.MULTILINE
)
_BARE = re.compile(rf"^[ \t]*(?:var|def|let)[ \t]+({_NAME})[ \t]*$", re.MULTILINE)
_DECLARED = re.compile(rf"^[ \t]*(?:var|let|const|def)[ \t]+({_NAME})[ \t]*=", re.MULTILINE)
_ADDED = re.compile(rf"^[ \t]*({_NAME})[ \t]*([-+*/])=[ \t]*([^\n]+)$", re.MULTILINE)
_STEPPED = re.compile(rf"^[ \t]*(?:({_NAME})([-+])\2|([-+])\3({_NAME}))[ \t]*$", re.MULTILINE)
_BRANCH = rf"\{{\s*({_NAME})\s*=(?!=)\s*([^{{}}\n]*?)\s*\}}"
_CHOICE = re.compile(rf"^[ \t]*if\s*\(([^{{}}]{{0,300}})\)\s*{_BRANCH}\s*else\s*{_BRANCH}[ \t]*$", re.MULTILINE)


def computes(text: str, *, kept: bool) -> str:
    """A script in JUEL is one expression: what it sets is assigned; a value that nobody keeps is computed all the same."""
    found = _JUEL.match(text)
    if found is None:
        return text
    inside = found[1].replace("\n", " ").strip()
    assigned = _SET.sub(r"\2 = \3", inside)
    return assigned if assigned != inside else text if kept else f"var value_of_script = {inside}"


def language_of(node: Xml) -> str:
    """The language of a script, said by itself or by the task around it."""
    around = node.getparent()
    return (node.get("scriptFormat") or ("" if around is None else around.get("scriptFormat")) or "").lower()


def in_our_words(text: str, language: str) -> str:
    """The script with its assignments as ours are written."""
    if language not in LANGUAGES or len(text) > _LONGEST:
        return _SET.sub(r"\2 = \3", text)
    lines = _STATEMENTS.sub(lambda found: found[1] or "\n", text)
    if _CHOOSES.search(lines):
        lines = _BRACES.sub(lambda found: found[1] or {"{": "{\n", "}": "\n}\n"}[found[2]], lines)
        lines = re.sub(r"\}\s*else", "} else", lines)
    for name in _INSTANCE.findall(lines):
        lines = re.sub(rf"\b{name}\.(?=[gs]etVariable\()", "execution.", lines)
    lines = _STEPPED.sub(_one_more, _ADDED.sub(r"\1 = \1 \2 (\3)", lines))
    declared = _BARE.sub(r"var \1 = null", _TYPED.sub("var ", _INSTANCE.sub("", lines)))
    chosen = _CHOICE.sub(_one_value, _SET.sub(r"\2 = \3", _apart(declared))).strip()
    return chosen if "\n" in chosen else chosen.removeprefix("return ")


def _apart(lines: str) -> str:
    """A name that the script declares and a variable of the same name that it sets are two: the declared one is called otherwise."""
    both = {found[2] for found in _SET.finditer(lines)}.intersection(_DECLARED.findall(lines))
    if not both:
        return lines
    return re.sub(rf"{_QUOTED}|(?<!\.)\b({'|'.join(sorted(both))})\b", lambda found: found[1] or f"{found[2]}_of_script", lines)


def _one_more(found: re.Match[str]) -> str:
    """`x++`, `--x`: one more, one less."""
    name, sign = found[1] or found[4], found[2] or found[3]
    return f"{name} = {name} {sign} 1"


def _one_value(found: re.Match[str]) -> str:
    """A choice between two values of one variable; of two variables it stays."""
    condition, name, yes, other, no = found.groups()
    return f"{name} = ({' '.join(condition.split())}) ? ({yes}) : ({no})" if name == other else found[0]
