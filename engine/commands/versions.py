"""Versions: immutable numbered deployments of a folder, read once per process and shared by all their instances."""

import hashlib
import threading
import tomllib
from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert

from engine.bpmn.definitions import Definitions, DiagramErrors, read_definitions, stored_definitions
from engine.bpmn.elements import StartTrigger
from engine.checks_listeners import named_listeners
from engine.checks_problem import Profile
from engine.commands.scope import Function, Scope, bind
from engine.errors import EngineError
from engine.forms import BrokenForm, Form, read_form
from engine.refusals import UnknownProcess
from store.engine import catalogue, queries
from store.engine.tables import version, version_file

SETTINGS = "season.toml"
SEASON, GENERIC, DELETED = "season", "generic", "deleted"
FOREIGN = ""  # the name (and tenant) of foreign diagrams
FORMS = "forms/"


@dataclass(frozen=True)
class VersionRef:
    """A version by its name and number; ``created`` tells a new one from the one that had the same content already."""

    id: int
    name: str
    number: int
    digest: str
    created: bool


@dataclass(frozen=True)
class Loaded:
    """A version ready to run: its definitions and its season's settings, shared and never changed."""

    id: int
    name: str
    number: int
    definitions: Definitions
    settings: Mapping[str, Any]
    forms: Mapping[str, Form]  # by path
    acts: Mapping[str, Form]  # by the act they are for
    profile: str = "season"

    def leaves_to_workers(self, topic: str, *, known: Container[str]) -> bool:
        """Whether a topic waits for a worker elsewhere: any in foreign diagrams; in a season those it declares, if no handler knows them."""
        return self.profile == GENERIC or (topic not in known and topic in self.settings.get("external", {}).get("topics", ()))


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over paths and contents, in the order of the paths."""
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(f"{path}\0{len(files[path])}\0".encode())
        whole.update(files[path])
    return whole.hexdigest()


class Versions:
    """All versions of a database, each read at its first use."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions
        self._loaded: dict[int, Loaded] = {}
        self._lock = threading.Lock()

    def deploy(self, connection: Connection, *, name: str, files: Mapping[str, bytes], by: str, now: datetime) -> VersionRef:
        """Store a version unless its content is there already. Raises DiagramErrors (from reading) before anything is written.

        A stored version is read less strictly: what ran once goes on, whatever later checks would say of it.
        """
        digest = digest_of(files)
        earlier = queries.versions(connection, name=name)
        for each in earlier:
            if each["digest"] == digest:
                return VersionRef(each["id"], name, each["number"], digest, created=False)
        number = 1 + max((each["number"] for each in earlier), default=0)
        return self.add(connection, {"name": name, "number": number, "profile": SEASON, "deployed_at": now, "deployed_by": by}, files)

    def add(self, connection: Connection, about: Mapping[str, Any], files: Mapping[str, bytes]) -> VersionRef:
        """Store a version whatever its content; ``about``: name, number, profile, deployed_at, deployed_by (title, source).

        Raises DiagramErrors, EngineError (form, settings) before anything is written.
        """
        loaded = self._read(files, now=about["deployed_at"], profile=about["profile"], strictness=strictness_of(files, about["profile"]))
        _refuse_problems(loaded.forms, owned=self._functions.keys())
        definitions = loaded.definitions
        if about["profile"] == GENERIC:
            _refuse_named_listeners(definitions)
        starts = {
            start.name: [key, start.element] for key, process in definitions.processes.items() for start in process.triggers_of("message")
        }
        row = {"digest": digest_of(files), **about, "processes": sorted(definitions.processes), "message_starts": starts}
        key = connection.execute(insert(version).returning(version.c.id), row).scalar_one()
        self.forget(key)  # a version whose transaction was undone after it had been read may have had this id
        contents = [{"version": key, "path": path, "content": content} for path, content in sorted(files.items())]
        if contents:
            connection.execute(insert(version_file), contents)
        catalogue.add(connection, version=key, processes=definitions.processes.values())
        if about["profile"] == GENERIC:
            catalogue.add_decisions(connection, version=key, decisions=definitions.decisions.values())
        return VersionRef(key, about["name"], about["number"], row["digest"], created=True)

    def add_foreign(
        self, connection: Connection, *, title: str, source: str, files: Mapping[str, bytes], by: str, now: datetime
    ) -> VersionRef:
        """Store foreign diagrams: every deployment is a version of its own. Raises as ``add``."""
        number = 1 + max((each["number"] for each in queries.versions(connection, name=FOREIGN)), default=0)
        # The same files may be deployed twice: the number makes each deployment's digest its own.
        digest = digest_of({**files, "": str(number).encode()})
        about = {"name": FOREIGN, "number": number, "digest": digest, "profile": GENERIC, "title": title, "source": source}
        return self.add(connection, {**about, "deployed_at": now, "deployed_by": by}, files)

    def forget(self, version_id: int) -> None:
        """What was read of the version holds no longer: it was deleted, or never came to be."""
        with self._lock:
            self._loaded.pop(version_id, None)

    def load(self, connection: Connection, version_id: int) -> Loaded:
        """The version with this id. Raises UnknownProcess if there is none."""
        found = self._loaded.get(version_id)
        if found is not None:
            return found
        row = queries.version_by_id(connection, version_id)
        if row is None:
            raise UnknownProcess(version=version_id)
        read = self._read(queries.version_files(connection, version_id), now=row["deployed_at"], profile=row["profile"])
        loaded = replace(read, id=row["id"], name=row["name"], number=row["number"])
        with self._lock:
            return self._loaded.setdefault(version_id, loaded)

    def pick(self, connection: Connection, *, process: str, tenant: str, number: int | None = None) -> Loaded:
        """The version to start a process in.

        Of the deployments named like the tenant the newest (or that ``number``) that has it; if the
        tenant has none, the newest of any name. Raises UnknownProcess.
        """
        for each in _of(connection, tenant):
            if process in each["processes"] and number in {None, each["number"]}:
                return self.load(connection, each["id"])
        raise UnknownProcess(process=process, tenant=tenant)

    def newest(self, connection: Connection, *, tenant: str) -> dict[str, Mapping[str, Any]]:
        """Process key -> the row of the newest version that has it, of those named like the tenant; if it has none, of any name."""
        found: dict[str, Mapping[str, Any]] = {}
        for row in _of(connection, tenant):
            for process in row["processes"]:
                found.setdefault(process, dict(row))
        return found

    def triggers(self, connection: Connection, *, kind: str, tenant: str) -> Iterator[tuple[Loaded, str, StartTrigger]]:
        """The start events of one kind that listen for the tenant: version, process key, start event. Only the newest version listens."""
        for process, row in self.newest(connection, tenant=tenant).items():
            loaded = self.load(connection, row["id"])
            for trigger in loaded.definitions.processes[process].triggers_of(kind):
                yield loaded, process, trigger

    def message_start(self, connection: Connection, *, message: str, tenant: str) -> tuple[Loaded, str, str] | None:
        """The version, process and start event that a message starts, or None."""
        for process, row in self.newest(connection, tenant=tenant).items():
            key, element = row["message_starts"].get(message, (None, ""))
            if key == process:
                return self.load(connection, row["id"]), process, element
        return None

    def numbered(self, connection: Connection, *, process: str, tenant: str, number: int) -> Loaded:
        """The ``number``-th version (from 1) that has the process, of those named like the tenant, else of any. Raises UnknownProcess."""
        having = [row for row in reversed(_of(connection, tenant)) if process in row["processes"]]
        if not 0 < number <= len(having):
            raise UnknownProcess(process=process, tenant=tenant, number=number)
        return self.load(connection, having[number - 1]["id"])

    def tagged(self, connection: Connection, *, process: str, tenant: str, tag: str) -> Loaded:
        """The newest version, of those named like the tenant, else of any, whose process has the version tag. Raises UnknownProcess."""
        for row in _of(connection, tenant):
            if process in row["processes"]:
                loaded = self.load(connection, row["id"])
                if loaded.definitions.processes[process].version_tag == tag:
                    return loaded
        raise UnknownProcess(process=process, tenant=tenant, tag=tag)

    def having(self, connection: Connection, version_id: int, *, process: str, element: str = "") -> Loaded:
        """The version that an element seen in an instance stands in, by names alone: the instance's own, else the newest that has it.

        Exact only for what stands open is `service.loaded_of`. If none has it, the instance's own, which then says so.
        """
        others = (row["id"] for row in queries.versions(connection) if process in row["processes"])
        for each in (version_id, *others):
            loaded = self.load(connection, each)
            known = loaded.definitions.processes.get(process)
            if known is not None and (not element or element in known.elements):
                return loaded
        return self.load(connection, version_id)

    def starting_messages(self, connection: Connection) -> set[str]:
        """The names of all messages that start something in some version."""
        rows = (*queries.versions(connection), *queries.versions(connection, name=FOREIGN))
        return {name for each in rows for name in each["message_starts"]}

    def settings(self, connection: Connection, *, tenant: str) -> Mapping[str, Any]:
        """The settings of the newest version named like the tenant; empty if there is none."""
        rows = queries.versions(connection, name=tenant)
        return self.load(connection, rows[0]["id"]).settings if rows else {}

    def functions_of(self, profile: str) -> Mapping[str, Function]:
        """What expressions may call: in foreign diagrams only what is built in, the house's functions read its facts."""
        return {} if profile == GENERIC else self._functions

    def _read(self, files: Mapping[str, bytes], *, now: datetime, profile: str, strictness: Profile | None = None) -> Loaded:
        """The parts of a version; those of a new one are checked as strictly as is said, a stored one was."""
        foreign = profile == GENERIC  # their files are resources, whatever they are called
        settings = {} if foreign else _settings(files)
        unbound = Scope(now=now, tenant="", settings=settings)
        definitions_of = stored_definitions if strictness is None else partial(read_definitions, profile=strictness)
        definitions = definitions_of(files, functions=bind(self.functions_of(profile), unbound))
        forms = {
            path: _form(path, content)
            for path, content in definitions.files.items()
            if not foreign and path.startswith(FORMS) and path.endswith(".json")
        }
        acts = {act: form for form in forms.values() for act in form.acts}
        return Loaded(0, "", 0, definitions, settings, forms, acts, profile)


def _of(connection: Connection, tenant: str) -> list[dict[str, Any]]:
    """The versions of a tenant, the newest first; a tenant that has none takes those of the house. Foreign diagrams keep to themselves."""
    own = queries.versions(connection, name=tenant)
    return own if own or tenant == FOREIGN else queries.versions(connection)


def strictness_of(files: Mapping[str, bytes], profile: str = SEASON) -> Profile:
    """How strictly a deployment is looked at: a season's diagrams are ours, others may rely on what is bounded at run only."""
    return "season" if profile == SEASON and SETTINGS in files else "generic"


def _settings(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    try:
        return tomllib.loads(files[SETTINGS].decode()) if SETTINGS in files else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EngineError("settings", f"{SETTINGS} 无法读取：{error}", f"{SETTINGS} cannot be read: {error}", 422) from error


def _form(path: str, content: bytes) -> Form:
    try:
        return read_form(content)
    except BrokenForm as error:
        raise EngineError("form", f"表单 {path} 无法读取：{error}", f"the form {path} cannot be read: {error}", 422) from error


def _refuse_named_listeners(definitions: Definitions) -> None:
    """The house's listeners are for its own diagrams."""
    problems = [problem for process in definitions.processes.values() for problem in named_listeners(process)]
    if problems:
        raise DiagramErrors(problems)


def _refuse_problems(forms: Mapping[str, Form], *, owned: Collection[str]) -> None:
    """Asked once, at the deployment: what is stored has been found good."""
    for path, form in forms.items():
        problems = form.problems(owned=owned)
        if problems:
            raise EngineError(
                "form", f"表单 {path} 有误：{problems[0]}", f"the form {path} is wrong: {problems[0]}", 422, problems=problems
            )
