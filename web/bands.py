"""Where a group's applications stand against the season's line, as the committee will see it proposed: within, at, below. Binds nobody (A-57)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from selection import aggregation, shortlist
from selection.season import Season

BANDS = {"inside": "入围线内", "tied": "入围线上并列", "outside": "入围线外"}


def banded(rows: Sequence[Mapping[str, Any]], *, rules: Season | None) -> list[dict[str, Any]]:
    """The rows with `place` and `band`, the best first; without scores or rules they have neither and keep their order."""
    scored = [row for row in rows if row["mean"] is not None]
    if rules is None or not scored:
        return [{**row, "place": None, "band": ""} for row in rows]
    ranking = aggregation.rank([_entry(row) for row in scored], rules=rules.aggregation)
    proposal = shortlist.propose_shortlist(season=rules, groups=[ranking])
    place = {entry.application: entry.rank for entry in ranking}
    bands = dict.fromkeys(proposal.others, "outside") | dict.fromkeys(proposal.tied, "tied") | dict.fromkeys(proposal.chosen, "inside")
    told = [{**row, "place": place.get(row["id"]), "band": bands.get(row["id"], "")} for row in rows]
    return sorted(told, key=lambda row: (row["place"] is None, row["place"] or 0, row["id"]))


def _entry(row: Mapping[str, Any]) -> aggregation.Entry:
    criteria = {name: Decimal(value) for name, value in (row["detail"] or {}).get("criteria", {}).items()}
    return aggregation.Entry(row["id"], Decimal(row["mean"]), criteria)
