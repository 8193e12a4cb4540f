"""Writes requirements*.lock from pyproject.toml, and says (offline) whether they still belong to it.

The first line of each lock carries a digest of the dependencies it was resolved from.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LOCKS = {"requirements.lock": [], "requirements-dev.lock": ["--group", "dev"]}


def digest() -> str:
    """Digest of everything in pyproject.toml that decides the locks."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))
    wanted = [project["project"]["requires-python"], project["project"]["dependencies"], project["dependency-groups"]]
    return hashlib.sha256(json.dumps(wanted).encode()).hexdigest()


def first_line() -> str:
    """The line that ties a lock to pyproject.toml."""
    return f"# resolved from pyproject.toml, dependencies {digest()}\n"


def write() -> int:
    """Resolve anew, keeping the pins that still fit."""
    for name, extra in LOCKS.items():
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"]
        subprocess.run([*command, *extra, "pyproject.toml", "-o", name], cwd=HERE, check=True)  # noqa: S603 - our own words
        path = HERE / name
        lines = [line for line in path.read_text("utf-8").splitlines(keepends=True) if not line.startswith("# resolved from")]
        path.write_text(first_line() + "".join(lines), "utf-8")
    return 0


def check() -> int:
    """Say which lock is stale."""
    stale = [name for name in LOCKS if not (HERE / name).read_text("utf-8").startswith(first_line())]
    for name in stale:
        print(f"{name} does not belong to pyproject.toml any more: run `make lock` and commit it.", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit({"write": write, "check": check}[sys.argv[1]]())
