"""What is dangerous by its nature is not there at all: code from data, connections to anywhere."""

import ast
from pathlib import Path

HOUSE = Path(__file__).parents[2]
ROOMS = ("app", "engine", "handlers", "notifications", "rest", "selection", "store", "web")
FILES = [HOUSE / "run_engine.py", *(path for room in ROOMS for path in sorted((HOUSE / room).rglob("*.py")))]
# What turns bytes into objects or code (A23): nothing that is stored or uploaded is ever read by it.
OBJECTS = {"pickle", "_pickle", "cPickle", "dill", "shelve", "marshal", "yaml", "jsonpickle", "joblib"}
# What opens connections (A19), and who may: the mail to its server, and `serve` to look whether its own port is free.
CONNECTIONS = {"socket", "http.client", "urllib.request", "urllib3", "httpx", "httpx2", "requests", "aiohttp", "ftplib", "smtplib", "aiosmtplib", "telnetlib"}
MAY_CONNECT = {"notifications/deliver.py", "app/cli_serve.py"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{each.name}" for each in node.names))


def uses(path, names):
    return {one for one in imported(path) for name in names if one == name or one.startswith(f"{name}.")}


def test_nothing_reads_objects_or_code_from_data():
    assert {str(path.relative_to(HOUSE)): found for path in FILES if (found := uses(path, OBJECTS))} == {}
    called = {node.id for path in FILES for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)}
    assert called & {"eval", "exec", "compile", "__import__"} == set()


def test_nothing_but_the_mail_opens_a_connection():
    found = {str(path.relative_to(HOUSE)) for path in FILES if uses(path, CONNECTIONS)}
    assert found <= MAY_CONNECT, "an address that somebody typed would be asked from inside"
    assert "notifications/deliver.py" in found, "the list is looked for where it is used"
