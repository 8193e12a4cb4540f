"""The season's rules for pages: parsed once per deployed version. Decides nothing."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, RowMapping

from selection.documents import label
from selection.season import Season
from store.engine import queries as engine_queries
from store.selection.documents import DocumentFacts
from web.house import House

MOST = 8  # versions that live at a time
_parsed: dict[tuple[int, int], tuple[object, Season]] = {}


def rules_of_version(house: House, connection: Connection, version: int) -> Season:
    """The rules as a version has them. Raises what `Season.from_settings` raises for a folder that is no season's."""
    settings = house.engine.home.versions.load(connection, version).settings
    key = (id(house), version)
    kept = _parsed.get(key)
    if kept is None or kept[0] is not settings:
        if len(_parsed) >= MOST:
            _parsed.clear()
        kept = _parsed[key] = (settings, Season.from_settings(settings))
    return kept[1]


def rules_of_season(house: House, connection: Connection, season_id: str) -> Season | None:
    """The rules of a season as its newest version has them; None before anything is deployed."""
    versions = engine_queries.versions(connection, name=season_id)
    return rules_of_version(house, connection, versions[0]["id"]) if versions else None


def in_order_of(listed: Sequence[str], codes: Iterable[str]) -> list[str]:
    """Codes in the order of a list; those that it does not have come last."""
    places = {code: place for place, code in enumerate(listed)}
    return sorted(codes, key=lambda code: (places.get(code, len(places)), code))


def official(units: Iterable[RowMapping], rules: Season | None) -> list[RowMapping]:
    """Units in the order of the notice's list (推荐单位名录)."""
    by_code = {row["code"]: row for row in units}
    return [by_code[code] for code in in_order_of([unit.code for unit in rules.units] if rules else [], by_code)]


def focus_names(house: House, connection: Connection, season_id: str, *, language: str = "zh") -> dict[str, str]:
    """The season's focus areas (申报方向): code -> name in the language."""
    season = rules_of_season(house, connection, season_id)
    return {area.code: area.en if language == "en" else area.zh for area in season.focus} if season else {}


def counting(house: House, connection: Connection, documents: Iterable[RowMapping], *, application: str, season_id: str) -> list[RowMapping]:
    """Those of an application's papers that count, and what is left of those that were removed for good."""
    season, rows = rules_of_season(house, connection, season_id), list(documents)
    if season is None:
        return [row for row in rows if row["replaced_at"] is None]
    kept = {row.id for row in DocumentFacts(connection).counting(rules=season, season=season_id, owner=application)}
    return [row for row in rows if row["id"] in kept or (row["removed_at"] is not None and row["replaced_at"] is None)]


def papers_named(house: House, connection: Connection, documents: Iterable[RowMapping], *, season_id: str, language: str) -> dict[str, str]:
    """The codes of these documents -> what people call them."""
    season = rules_of_season(house, connection, season_id)
    return {row["code"]: label(season, row["code"])[language == "en"] if season else row["code"] for row in documents}
