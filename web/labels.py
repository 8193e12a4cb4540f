"""A diagram told in another language than it was drawn in: its names, and room for them beside what they name."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import quoteattr, unescape

from web.i18n import word

NAME = re.compile(r'(\sname=)"([^"<]*[^\x00-\x7f][^"<]*)"')  # the keys and codes of a diagram are ASCII: they are no names
NAMED = {"&quot;": '"', "&apos;": "'"}
NAMES = re.compile(r'<\w+:\w+ id="([^"]+)" name="([^"<]*)"')
BOUNDS = r'<dc:Bounds x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"'
ON_SHAPE = re.compile(rf'(<bpmndi:BPMNShape [^>]*bpmnElement="([^"]+)"[^>]*>\s*{BOUNDS}\s*/>\s*<bpmndi:BPMNLabel[^>]*>\s*){BOUNDS}')
ON_FLOW = re.compile(rf'(<bpmndi:BPMNEdge [^>]*bpmnElement="([^"]+)"[^>]*>(?:\s*<di:waypoint [^>]*/>)*\s*<bpmndi:BPMNLabel[^>]*>\s*){BOUNDS}')
# Pixels as the viewer draws labels (`static/house.js`): a wide letter, what a line needs more, how high it is, how long it gets.
LETTER, MARGIN, LINE, LONGEST_LINE = 6, 4, 13, 92
TOUCH, GAP = 4, 3  # pixels: what is so near stands beside; what is moved stands so far off
Box = tuple[float, float, float, float]  # x, y, width, height


def named_in(content: bytes, language: str) -> bytes:
    """A diagram whose names are told in a language; its own where that has no word for them. One that cannot be read stays as it is.

    The viewer breaks a label where its place ends, and in words if need be. A place that was drawn for Chinese signs gets the width that the words
    need, on the side of its event where it was, rather to the right at a flow, where most have room.
    """

    def told(found: re.Match[str]) -> str:
        return f"{found[1]}{quoteattr(word(language, unescape(found[2], NAMED)))}"

    try:
        named = NAME.sub(told, content.decode())
    except UnicodeDecodeError:
        return content
    names = {element: unescape(name, NAMED) for element, name in NAMES.findall(named)}

    def on_shape(found: re.Match[str]) -> str:
        numbers = [float(text) for text in found.groups()[2:]]
        return found[1] + _bounds(_beside(_box(numbers[:4]), _box(numbers[4:]), names.get(found[2], "")))

    def on_flow(found: re.Match[str]) -> str:
        x, y, width, height = _box([float(text) for text in found.groups()[2:]])
        needed = max(width, _size(names.get(found[2], ""))[0])
        return found[1] + _bounds((x - (needed - width) / 4, y, needed, height))

    return ON_FLOW.sub(on_flow, ON_SHAPE.sub(on_shape, named)).encode()


def _box(numbers: list[float]) -> Box:
    x, y, width, height = numbers
    return x, y, width, height


def _bounds(box: Box) -> str:
    return '<dc:Bounds x="{:g}" y="{:g}" width="{:g}" height="{:g}"'.format(*box)


def _beside(shape: Box, label: Box, text: str) -> Box:
    """The place of a label of this text, on the side of its shape where it was."""
    x, y, drawn, height = label
    left, top, right = shape[0], shape[1], shape[0] + shape[2]
    width, lines = _size(text)
    if width <= drawn:
        return label
    if x + drawn <= left + TOUCH:
        return left - GAP - width, y, width, height
    if x >= right - TOUCH:
        return right + GAP, y, width, height
    above = y + height <= top + TOUCH
    return x - (width - drawn) / 2, min(y, top - GAP - lines * LINE) if above else y, width, height


def _size(text: str) -> tuple[float, int]:
    """How wide a label must be, and how many lines it has then."""
    lines = list(_lines(text))
    return max(map(len, lines), default=0) * LETTER + MARGIN, len(lines)


def _lines(text: str) -> Iterator[str]:
    """The lines that a label is broken into, none longer than a word needs or `LONGEST_LINE`."""
    line = ""
    for each in text.split():
        longer = f"{line} {each}".strip()
        if line and len(longer) * LETTER > LONGEST_LINE:
            yield line
            line = each
        else:
            line = longer
    if line:
        yield line
