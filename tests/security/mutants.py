"""Mutated BPMN files, drawn from a seed: broken bytes, and documents that are well formed but say what nobody would draw."""

import copy
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

from lxml import etree

ROOT = Path(__file__).parents[2]
LARGEST = 60_000  # bytes of a seed
CANARY = "/tmp/canary-of-mutants"
OWN = ("processes/cn-2023/*.bpmn", "tests/unit/engine/commands/diagrams/*.bpmn", "benchmarks/**/*.bpmn")
ODD_BYTES = (b"<", b"&x;", b'"', b"\x00", b"&#x1F600;", b"]]>", b"<!--", b"${7*7}", b"\xff\xfe", b"<!DOCTYPE a>", b"</process>")
CODE = (
    f"__import__('os').system('touch {CANARY}')",
    f"open('{CANARY}', 'w')",
    f"().__class__.__base__.__subclasses__() and open('{CANARY}')",
    f"[x for x in (1,).__class__.__mro__] + open('{CANARY}')",
    f"exec('open(\\'{CANARY}\\')')",
    "9**9**9",
    "'a' * 10**9",
    "a.b.c.d()",
    "(" * 400,
    "not " * 400 + "a",
)
TEXTS = (
    "", "0", "-1", "9" * 50, "1e999", "NaN", "1000000000", "5000", "true", "null", "a" * 3000, "张三", "\u202e", "../../etc/passwd", "file:///etc/passwd",
    "PT0S", "P9999999Y", "-P1D", "R/PT0S", "R9999999999/PT1S", "R/P1D/2024-01-01T00:00:00Z", "2024-02-30T25:00:00Z", "0 0 31 2 *", "${", "#{}", "= ",
    "p", "python", "http://evil.invalid/x", *CODE, *(f"${{{code}}}" for code in CODE), *(f"={code}" for code in CODE[:6]),
)  # fmt: skip


def seeds() -> list[bytes]:
    """Our own diagrams, and those of the folder that BENCHMARK_MODELS names; the small ones."""
    paths = [path for pattern in OWN for path in sorted(ROOT.glob(pattern))]
    paths += sorted(Path(os.environ["BENCHMARK_MODELS"]).glob("*.bpmn")) if os.environ.get("BENCHMARK_MODELS") else []
    return [content for content in (path.read_bytes() for path in paths) if len(content) <= LARGEST]


def mutants(number: int, *, seed: int) -> Iterator[bytes]:
    """That many files, the same for the same seed and seeds."""
    random, grown = Random(seed), seeds()
    for _ in range(number):
        kept = random.choice(grown)
        yield _broken(random, bytearray(kept)) if random.random() < 0.3 else _redrawn(random, kept)


def _broken(random: Random, content: bytearray) -> bytes:
    for _ in range(random.randint(1, 8)):
        at, what = random.randrange(len(content)), random.random()
        if what < 0.4:
            content[at] = random.randrange(256)
        elif what < 0.7:
            del content[at : at + random.randint(1, 30)]
        else:
            content[at:at] = random.choice(ODD_BYTES)
    return bytes(content)


def _redrawn(random: Random, content: bytes) -> bytes:
    document = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    for _ in range(random.randint(1, 4)):
        elements = list(document.iter(etree.Element))
        random.choice((_remove, _forget, _rename, _rename, _write, _write, _retag, _move, _double))(random, elements)
    return etree.tostring(document)


def _remove(random: Random, elements: list[etree._Element]) -> None:
    element = random.choice(elements)
    if element.getparent() is not None:
        element.getparent().remove(element)


def _forget(random: Random, elements: list[etree._Element]) -> None:
    element = random.choice(elements)
    if element.attrib:
        del element.attrib[random.choice(sorted(element.attrib))]


def _rename(random: Random, elements: list[etree._Element]) -> None:
    element = random.choice(elements)
    if element.attrib:
        other = random.choice(elements).get("id") or "x"
        element.set(random.choice(sorted(element.attrib)), random.choice((other, random.choice(TEXTS))))


def _write(random: Random, elements: list[etree._Element]) -> None:
    holding = [element for element in elements if element.text and element.text.strip()]
    random.choice(holding if holding and random.random() < 0.7 else elements).text = random.choice(TEXTS)


def _retag(random: Random, elements: list[etree._Element]) -> None:
    random.choice(elements).tag = random.choice(elements).tag


def _move(random: Random, elements: list[etree._Element]) -> None:
    element, target = random.choice(elements), random.choice(elements)
    if element is not target and element.getparent() is not None and element not in set(target.iterancestors()):
        target.append(element)


def _double(random: Random, elements: list[etree._Element]) -> None:
    element = random.choice(elements)
    if element.getparent() is not None:
        element.getparent().append(copy.deepcopy(element))
