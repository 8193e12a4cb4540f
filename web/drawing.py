"""The templates of pages, forms and papers: where they lie, and that everything in them is escaped and nothing missing is passed over."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.i18n import size


def environment() -> Environment:
    """An environment of its own over the one folder of templates; who asks adds the words that its own templates use."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["size"] = size
    return made
