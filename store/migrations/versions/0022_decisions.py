"""The decisions of foreign diagrams by key and number: read once more out of the DMN files that are there, in the order of their deployments."""

from collections.abc import Iterator
from typing import Any

from alembic import op
from lxml import etree
from sqlalchemy import text

from store.migrations import frozen

revision = "0022"
down_revision = "0021"

_FILES = """
SELECT version.id, version_file.path, version_file.content FROM version JOIN version_file ON version_file.version = version.id
WHERE version.profile = 'generic' ORDER BY version.id, version_file.path
"""
_ENDINGS = (".dmn", ".dmn11.xml", ".dmn.xml")
_TAG = "{http://camunda.org/schema/1.0/dmn}versionTag"
_COLUMNS = ("id", "key", "number", "version", "name", "resource", "version_tag")
_NAMED = ", ".join(f'"{name}"' for name in _COLUMNS)
_ROW = f"INSERT INTO decision ({_NAMED}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"  # noqa: S608 - names that stand here


def upgrade() -> None:
    """The frozen statements, then a row for each decision."""
    frozen.run("0022_decisions")
    connection, numbers, rows = op.get_bind(), dict[str, int](), list[dict[str, Any]]()
    for version, path, content in connection.execute(text(_FILES)):
        for node in _decisions(bytes(content)) if path.lower().endswith(_ENDINGS) else ():
            key = node.get("id")
            numbers[key] = number = numbers.get(key, 0) + 1
            about = {"name": node.get("name", key), "resource": path, "version_tag": node.get(_TAG)}
            rows.append({"id": f"{key}:{number}:{version}", "key": key, "number": number, "version": version, **about})
    if rows:
        connection.execute(text(_ROW), rows)


def _decisions(content: bytes) -> Iterator[Any]:
    """The decisions of a file; it was found good when it was deployed."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    return (node for node in root if isinstance(node.tag, str) and node.tag.endswith("}decision"))
