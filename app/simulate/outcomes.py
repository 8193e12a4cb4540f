"""What became of each planted case, read back from the house when the season is over. Nothing here believes the script."""

from collections.abc import Callable, Iterator

from app.simulate.answers.base import Play
from app.simulate.answers.review import TIED
from app.simulate.script import Part
from store.selection.facts import Facts
from store.selection.subject import Fact

Told = Callable[[Play, Facts, Part], str]


def outcomes(play: Play, facts: Facts) -> Iterator[tuple[str, str]]:
    """Pairs (case, answer) of everything that was planted and is no refusal."""
    yield "notice", _notice(play, facts)
    for part in play.parts:
        if part.fate in BY_FATE and part.application:
            case, told = BY_FATE[part.fate]
            yield case, told(play, facts, part)
    yield from _experts(play, facts)
    yield "tie at the cut", _tie(play, facts)
    yield "approval sent back", _approvals(play, facts)
    yield "published text corrected", _corrected(play, facts)
    for title in facts.titles.of_season(play.world.season):
        if title.imported:
            yield "imported old title revoked", _revocation(facts, title)


def _notice(play: Play, facts: Facts) -> str:
    season = facts.calendar.season(play.world.season)
    return "issued" if season is not None and season.notice and len(facts.people.units(season.id)) else "not issued"


def _application(facts: Facts, part: Part) -> Fact:
    row = facts.applications.get(str(part.application))
    if row is None:
        raise LookupError(part.application)
    return row


def _state(_: Play, facts: Facts, part: Part) -> str:
    return str(_application(facts, part).state)


def _returned(play: Play, facts: Facts, part: Part) -> str:
    reviews = [row.outcome for row in facts.applications.ru_reviews(str(part.application))]
    sealed = [row for row in facts.applications.forms(str(part.application)) if row.state == "submitted"]
    return f"{reviews[0]}, {len(sealed)} submissions, {_state(play, facts, part)}" if reviews else "not reviewed"


def _correction(_: Play, facts: Facts, part: Part) -> str:
    asked, last = facts.form_checks.corrections(str(part.application)), facts.form_checks.last(str(part.application))
    if not asked or last is None:
        return "none asked"
    row = _application(facts, part)
    ended = "form_rejected" if row.state == "form_rejected" else "passed" if last.proposal == "pass" else last.proposal
    joined = f", joined {row.group} late" if row.late else ""
    return f"{'answered' if asked[-1].answered_at else 'lapsed'}, {ended}{joined}"


def _registered(_: Play, facts: Facts, part: Part) -> str:
    row = _application(facts, part)
    return f"{'on the sealed list' if (row.flags or {}).get('preregistered') else 'not on a list'}, {row.state}"


def _two_units(play: Play, facts: Facts, part: Part) -> str:
    found = [row.verdict for row in facts.applications.findings(str(part.application), moment="submit") if row.rule == "E13"]
    units = {row.unit for row in facts.applications.of_enterprise(part.enterprise.id, season=play.world.season)}
    return f"E13 {found[-1] if found else 'not seen'}, {len(units)} units, {_state(play, facts, part)}"


def _absence(play: Play, facts: Facts, part: Part) -> str:
    slots = [row.state for row in facts.defences.slots(str(part.application))]
    return ", ".join([*slots, _state(play, facts, part)])


def _visit(play: Play, facts: Facts, part: Part) -> str:
    visits = facts.defences.visits(season=play.world.season, application=str(part.application))
    return f"{visits[-1].conclusion if visits else 'no visit'}, {_state(play, facts, part)}"


def _objection(play: Play, facts: Facts, part: Part) -> str:
    found = facts.publicity.objections(application=str(part.application))
    if not found:
        return "none lodged"
    batches = facts.publicity.batches(play.world.season, kind="announcement")
    mine = [number for number, row in enumerate(batches, start=1) if facts.publicity.item(batch=row.id, application=str(part.application))]
    approved = [row.at for batch in batches[:1] for row in facts.publicity.approvals(batch.id) if row.outcome == "approve"]
    ended = found[-1].closed_at
    is_open = 1 not in mine and bool(approved) and (ended is None or ended >= approved[0])
    held = ", open at the first approval" if is_open else ""
    where = f", announcement batch {mine[-1]}" if mine else ""
    return f"{found[-1].verdict}{held}, {_state(play, facts, part)}{where}"


def _fault(play: Play, facts: Facts, part: Part) -> str:
    for batch in facts.publicity.batches(play.world.season, kind="announcement"):
        named = [row for check in facts.publicity.rechecks(batch.id) for row in check.data.get("faults") or []]
        if any(row["application"] == part.application for row in named):
            return f"named before the announcement, {_state(play, facts, part)}"
    return f"not named, {_state(play, facts, part)}"


def _video(_: Play, facts: Facts, part: Part) -> str:
    title = facts.titles.of_application(str(part.application))
    return "no title" if title is None else f"{'video' if title.video else 'no video'}, {title.state}"


def _revoked(_: Play, facts: Facts, part: Part) -> str:
    title = facts.titles.of_application(str(part.application))
    return "no title" if title is None else _revocation(facts, title)


def _revocation(facts: Facts, title: Fact) -> str:
    case = facts.titles.case(title.id)
    return "no case" if case is None else f"{'heard' if case.hearing else 'hearing lapsed'}, {title.state}"


def _experts(play: Play, facts: Facts) -> Iterator[tuple[str, str]]:
    season = play.world.season
    declared = [row for row in facts.reviews.conflicts(season=season) if row.source == "declared"]
    sheets = [facts.reviews.score(expert=row.expert, application=row.application, stage="desk") for row in declared]
    yield "conflict before scoring", "declared, never scored" if None in sheets else "not declared"
    yield "conflict after scoring", "declared, score void" if any(row and row.state == "void" for row in sheets) else "not declared"
    paper = [row for part in play.parts for row in facts.reviews.scores(application=str(part.application), stage="desk") if row.recorded_by]
    yield "sheet on paper", f"recorded, {paper[0].state}" if paper else "not recorded"
    groups = facts.reviews.groups(season)
    seats = [seat for group in groups for seat in facts.reviews.seats(group.id)]
    yield "answers on paper", _on_paper(play, facts, seats)
    yield "expert replaced", f"{sum(bool(seat.former) for seat in seats)} seats with a new expert"
    for group in groups:
        if facts.reviews.reconciliation(group.id) is not None:
            yield "dispersion reconciled", _reconciled(play, facts, group, seats)


def _on_paper(play: Play, facts: Facts, seats: list[Fact]) -> str:
    season = play.world.season
    replies = [row.state for row in facts.people.invitations(season) if row.recorded_by]
    held = [facts.reviews.declaration(season=season, expert=seat.expert, seat=seat.id) for seat in seats]
    signed = [row.outcome for row in held if row is not None and row.recorded_by]
    return f"recorded: reply {' '.join(replies) or 'none'}, declaration {' '.join(signed) or 'none'}"


def _reconciled(play: Play, facts: Facts, group: Fact, seats: list[Fact]) -> str:
    revised = 0
    for row in facts.applications.of_season(play.world.season, group=group.id):
        for seat in seats:
            versions = facts.reviews.score_versions(expert=seat.expert, application=row.id, stage="desk")
            later = versions[1:]  # the first is no revision; from paper it has a reason, too
            revised += any(version.reason and version.state == "final" for version in later)
    scores = [
        facts.reviews.stage_score(application=row.id, stage="desk")
        for row in facts.applications.of_season(play.world.season, group=group.id)
    ]
    alerts = sum(bool(score and score.alert) for score in scores)
    return f"{revised} sheet revised, {alerts} alerts left"


def _tie(play: Play, facts: Facts) -> str:
    """Equal in score, C5 and C2 at the line: the committee's vote on each says who is in."""
    pair = [part.application for part in play.parts if part.fate in TIED]
    meetings = facts.meetings.of_season(play.world.season, kind="shortlist")
    scores = {
        str(score.mean) + str(sorted(score.detail["criteria"].items()))
        for one in pair
        if (score := facts.reviews.stage_score(application=str(one), stage="desk"))
    }
    if not meetings or len(pair) < len(TIED) or len(scores) != 1:
        return "no tie"
    decided = {row.item: row for row in facts.meetings.items(meetings[-1].id)}
    both = [decided[str(one)] for one in pair if one in decided]
    if len(both) < len(TIED) or any(row.proposed for row in both):
        return "not at the line"
    return "equal in score, C5 and C2; vote: " + ", ".join(str(row.decision) for row in both)


def _corrected(play: Play, facts: Facts) -> str:
    """Of a corrected line: how far the correction came, and whether title and list read alike."""
    batches = facts.publicity.batches(play.world.season, kind="publicity")
    asked = [row for batch in batches for row in facts.publicity.corrections(batch.id)]
    titles = [facts.titles.of_application(row.application) for row in asked]
    held = [{"experience_name": title.experience_name, "enterprise_name": title.holder} if title else {} for title in titles]
    alike = all(text == title.get(field) for row, title in zip(asked, held, strict=True) for field, text in row.right.items())
    return f"{', '.join(row.state for row in asked) or 'none'}, title {'as corrected' if asked and alike else 'otherwise'}"


def _approvals(play: Play, facts: Facts) -> str:
    first = facts.publicity.batches(play.world.season, kind="announcement")[:1]
    return ", ".join(row.outcome for batch in first for row in facts.publicity.approvals(batch.id)) or "none"


BY_FATE: dict[str, tuple[str, Told]] = {
    "returned": ("returned and resubmitted", _returned),
    "withdrawn": ("withdrawn", _state),
    "late": ("late application", _state),
    "correction_granted": ("correction granted", _correction),
    "correction_late": ("correction late", _correction),
    "correction_refused": ("correction refused", _correction),
    "correction_joins": ("late correction joins a group", _correction),
    "direct_filing": ("direct filing by a sealed list", _registered),
    "two_units_second": ("two units for one enterprise", _two_units),
    "absent_new_date": ("absence, new date", _absence),
    "absent_for_good": ("absence for good", _absence),
    "visit_untrue": ("site visit", _visit),
    "objection_upheld": ("objection upheld", _objection),
    "objection_dismissed": ("objection dismissed", _objection),
    "objection_open": ("objection open at approval", _objection),
    "fault_found": ("credit fault before the announcement", _fault),
    "video_missing": ("video missing", _video),
    "revoked": ("revocation with hearing", _revoked),
}
