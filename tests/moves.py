"""Where applications go in a played season and by which act: the embedded database notes each change of a state, whoever made it."""

from collections import defaultdict

from sqlalchemy import text

NOTED = """CREATE TRIGGER noted AFTER UPDATE OF state ON application WHEN OLD.state IS NOT NEW.state BEGIN
    INSERT INTO moved VALUES (OLD.state, NEW.state, (SELECT coalesce(max(rowid), 0) FROM history)); END"""
# What the history says first of the command that made a change: the step that was done, the timer that fired, the message that came.
ACT = "SELECT kind, element FROM history WHERE rowid > :before ORDER BY rowid LIMIT 1"

# §9.1, each move with the acts named for it, as a season with every planted case goes.
MOVES = {
    ("draft", "submitted"): {"complete N02b"},
    ("draft", "lapsed"): {"timer N02a_lapse", "timer N02b_lapse"},
    ("submitted", "returned"): {"complete N03a"},
    ("submitted", "under_nominator_review"): {"complete N03a"},
    ("returned", "submitted"): {"complete N02c"},
    ("under_nominator_review", "not_nominated"): {"complete N03c"},
    ("under_nominator_review", "nominated"): {"complete N03c"},
    ("under_nominator_review", "withdrawn"): {"message withdraw"},
    ("nominated", "form_check"): {"complete N04a"},
    ("form_check", "correction_requested"): {"complete N04c"},
    ("form_check", "form_rejected"): {"complete N04c"},
    ("form_check", "form_passed"): {"complete N04c"},
    ("correction_requested", "form_check"): {"complete N04d", "timer N04d_lapse"},
    ("form_passed", "desk_review"): {"complete N05e", "complete N05f"},
    ("desk_review", "desk_done"): {"complete N06d"},
    ("desk_done", "shortlisted"): {"complete N07d"},
    ("desk_done", "not_shortlisted"): {"complete N07d"},
    ("shortlisted", "defence_scheduled"): {"complete N08a"},
    ("defence_scheduled", "defence_absent"): {"complete N08e"},
    ("defence_scheduled", "defence_done"): {"complete N08c"},
    ("defence_absent", "defence_scheduled"): {"complete N08a"},
    ("defence_absent", "awaiting_meeting2"): {"complete N09a"},
    ("defence_done", "site_visit"): {"complete N09a"},
    ("defence_done", "awaiting_meeting2"): {"complete N09a", "complete N09b"},
    ("site_visit", "awaiting_meeting2"): {"complete N09b"},
    ("awaiting_meeting2", "not_selected"): {"complete N11c"},
    ("awaiting_meeting2", "recommended"): {"complete N10b"},
    ("recommended", "publicity"): {"complete N11c"},
    ("publicity", "objected"): {"complete N12a"},
    ("publicity", "publicity_clear"): {"timer t_item"},
    ("objected", "publicity"): {"complete N12e"},
    ("objected", "publicity_clear"): {"message m_settled"},
    ("objected", "removed"): {"timer t_item"},
    ("publicity_clear", "sent_back"): {"complete N13"},
    ("publicity_clear", "removed"): {"complete N13a"},
    ("publicity_clear", "approved"): {"complete N13"},
    ("sent_back", "publicity_clear"): {"complete N13a"},
    ("approved", "announced"): {"complete N14b"},
    ("announced", "revoked"): {"complete N16f"},
}


def note(house):
    """From now on."""
    with house.database.write() as connection:
        connection.execute(text("CREATE TABLE moved (before TEXT, after TEXT, history INTEGER)"))
        connection.execute(text(NOTED))


def noted(house):
    """(state before, state after) → the acts behind it, as `complete N03c`, `timer N02a_lapse`."""
    found = defaultdict(set)
    with house.database.read() as connection:
        for before, after, history in connection.execute(text("SELECT before, after, history FROM moved")).all():
            found[before, after].add(" ".join(connection.execute(text(ACT), {"before": history}).one()))
    return dict(found)
