"""A demonstration whose people type markup wherever they may type: names, forms, reasons, names of files, a label of a diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import demo
from app.demo import loading
from app.settings import Settings
from app.simulate import names
from app.simulate.world import Task, World
from engine import Engine
from engine.forms_field import Field
from store.engine import tables

IMAGE = "<img src=x onerror=alert()>"
SCRIPT = '"><script>alert(2)</script>'
LINK = "javascript:alert(3)"
FIXED = frozenset({"enum", "format", "pattern", "x-enum-from", "x-rule"})  # what is checked against something else than a length
TYPED = frozenset({"name", "facts", "reason", "source"})  # what people type where no task asks
GATEWAY = 'name="推荐结果？"'


def with_markup(text: str, *, most: int = 10_000) -> str:
    """The text with markup behind it, as much of it as fits."""
    if IMAGE in text and len(text) <= most:
        return text
    plain = text.replace(IMAGE, "").replace(SCRIPT, "")
    return next((longer for longer in (plain + IMAGE + SCRIPT, plain + IMAGE) if len(longer) <= most), plain)


def typed_with_markup(field: Field | None, value: Any) -> Any:
    """What somebody typed into a field, with markup in all of its free texts."""
    if field is None:
        return value
    if isinstance(value, Mapping):
        return {name: typed_with_markup(field.child(name), one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [typed_with_markup(field.item, one) for one in value]
    if not isinstance(value, str) or FIXED & set(field.schema):
        return value
    return LINK if field.widget == "url" else with_markup(value, most=field.schema.get("maxLength", 10_000))


def make(settings: Settings, patch: Any) -> None:
    """Make the demonstration with such people. `patch`: pytest's monkeypatch, undone afterwards."""
    complete, attach, start, correlate, files_of = World.complete, World.attach, Engine.start, Engine.correlate, loading.files_of
    enterprise, person = names.enterprise, names.person

    def completes(world: World, task: Task, data: Mapping[str, Any], **more: Any) -> None:
        complete(world, task, _as_typed(world, task, data), **more)

    def attaches(world: World, task: Task, files: Any, **more: Any) -> None:
        attach(world, task, [(code, IMAGE + name, content) for code, name, content in files], **more)

    def starts(engine: Engine, **given: Any) -> Any:
        return start(engine, **_told(given))

    def correlates(engine: Engine, **given: Any) -> Any:
        return correlate(engine, **_told(given))

    def drawn(stage: Any, folder: Mapping[str, bytes]) -> dict[str, bytes]:
        return {name: content.replace(GATEWAY.encode(), _label().encode()) for name, content in files_of(stage, folder).items()}

    patch.setattr(World, "complete", completes)
    patch.setattr(World, "attach", attaches)
    patch.setattr(Engine, "start", starts)
    patch.setattr(Engine, "correlate", correlates)
    patch.setattr(loading, "files_of", drawn)
    patch.setattr(names, "enterprise", lambda *given: with_markup(enterprise(*given)))
    patch.setattr(names, "person", lambda random: person(random) + IMAGE)
    demo.make(settings)


def _label() -> str:
    return f'name="{IMAGE.replace("<", "&lt;")}"'


def _told(given: dict[str, Any]) -> dict[str, Any]:
    told = {name: with_markup(value) if name in TYPED else value for name, value in (given.get("payload") or {}).items()}
    return {**given, "payload": told}


def _as_typed(world: World, task: Task, data: Mapping[str, Any]) -> Any:
    with world.house.database.read() as connection:
        row = connection.execute(
            tables.task.join(tables.instance, tables.instance.c.root == tables.task.c.root)
            .select()
            .with_only_columns(tables.task.c.form_key, tables.instance.c.version)
            .where(tables.task.c.id == task.id)
        ).one()
        form = world.house.engine.home.versions.load(connection, row.version).forms.get(row.form_key or "")
    return typed_with_markup(form.root if form else None, data)
