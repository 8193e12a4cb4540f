"""What the code of the house asks of a season's folder by name, and what it gives to each letter: the check misses what is not there.

What diagrams ask of each other and of the house stands in the diagrams; this is the other direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Processes that are started, messages that are sent, forms that pages open; letters with the variables each is given beside those of all.

    `variables`: what the house gives to processes: at the start, with messages, by handlers.
    """

    processes: tuple[str, ...]
    messages: tuple[str, ...]
    forms: tuple[str, ...]
    letters: Mapping[str, frozenset[str]]
    variables: frozenset[str]


PROCESSES = (
    "announcement", "application", "defence", "deliberation", "expert_record", "material_review", "objection", "publicity", "recommendation",
    "removal", "score_record", "season", "title", "title_change", "title_correction",
)  # fmt: skip
MESSAGES = (
    "announcement.result", "application.left", "application.submitted", "application.terminate", "application.withdraw", "award.released",
    "batch.objections_settled", "declaration.recorded", "defence.done", "defence.held", "defence.invited", "item.objections_settled",
    "meeting.decided", "publicity.correct", "publicity.result", "recommendation.decided", "recommendation.record", "reply.recorded",
    "review.closed", "review.released", "review.started", "scores.recorded", "season.defended", "season.form_checked", "season.meeting_decided",
    "season.reviewed", "season.settled", "seat.replace", "title.report",
)  # fmt: skip
# Opened beside tasks, as acts or on pages of their own; the forms of tasks are named by the diagrams.
FORMS = (
    "application", "commitment", "conflict", "intake", "objection_lodge", "preregister", "rank", "roll", "score_revision", "scores",
    "title_report", "vote",
)  # fmt: skip
VARIABLES = frozenset({
    "absent", "application", "approvers", "asked", "batch", "cause", "day", "day_end", "dispersed", "disputed", "document", "ends", "enough",
    "enterprise", "expert", "group", "imported", "invited", "kind", "last_day", "late", "leader_signs", "meeting", "meeting_at",
    "meeting_day_end", "objection", "open", "outcome", "reason", "recorded", "season", "seat", "seats", "stage", "title", "unit",
    "unit_conflict", "verdict", "visits",
})  # fmt: skip
LETTERS: Mapping[str, str] = {
    "01_notice": "close_due quota recommend_due",
    "01_notice_public": "close_due recommend_due",
    "02_account_bound": "enterprise",
    "03_draft_reminder": "due experience items",
    "04_closed": "application enterprise experience outcome reason when",
    "04_contact": "due enterprise",
    "04_submitted": "application documents enterprise experience receipt unit when",
    "04_submitted_unit": "application enterprise experience unit when",
    "04_withdrawn": "application enterprise experience when",
    "05_returned": "application due experience reason unit",
    "06_unit_reminder": "count due quota_left task",
    "07_quota_exceeded": "count quota unit",
    "08_widening_decided": "outcome quota reason unit",
    "08_widening_requested": "reason unit",
    "09_nominated": "application experience unit",
    "10_choose_unit": "application due experience reason",
    "10_not_nominated": "application experience reason unit",
    "16_other_unit": "enterprise unit",
    "17_correction": "application due experience items",
    "17_form_passed": "application experience",
    "17_form_rejected": "application experience reason",
    "18_correction_reminder": "application due experience",
    "19_answer_recorded": "task when",
    "19_expert_invited": "due",
    "19_expert_reminder": "due",
    "20_declaration_reminder": "due",
    "21_assignment": "applications due group",
    "22_conflict_declared": "application expert group",
    "23_expert_replaced": "group",
    "23_review_overdue": "count due expert group",
    "23_review_reminder": "count due expert group task",
    "23_score_recorded": "application experience when",
    "24_dispersion": "applications due group",
    "25_group_closed": "count group",
    "26_meeting_invitation": "meeting place when",
    "27_not_shortlisted": "application experience",
    "27_shortlisted": "application experience",
    "28_defence_eve": "experience group place when",
    "28_defence_experts": "group place when",
    "28_defence_invitation": "application due experience note place present_minutes question_minutes when",
    "28_defence_reminder": "application due experience",
    "29_site_visit": "application enterprise experience when",
    "29_visit_report_reminder": "due enterprise",
    "30_minutes": "due meeting",
    "30_minutes_signed": "meeting when",
    "32_not_selected": "application experience",
    "32_publicity_corrected": "ends experience items starts",
    "32_publicity_ended": "ends outcome",
    "32_publicity_ended_public": "ends",
    "32_publicity_ends_today": "ends experience",
    "32_publicity_last_day": "count ends enterprise",
    "32_publicity_last_day_public": "ends",
    "32_publicity_started": "ends starts url",
    "33_objection_office": "application due experience objection",
    "33_objection_receipt": "code receipt when",
    "33_objection_statement": "application due experience objection",
    "34_objection_reminder": "due objection task",
    "35_objection_decided": "details outcome receipt",
    "35_objection_decided_enterprise": "application details experience objection outcome",
    "36_approval": "count due",
    "37_announced": "url",
    "37_announced_winner": "due experience title url",
    "37_announcement_corrected": "experience items title url when",
    "38_video_overdue": "due enterprise experience",
    "38_video_reminder": "due experience",
    "39_exchange": "details place when",
    "39_exchange_reminder": "details place when",
    "40_hearing": "due experience reason title",
    "40_report_received": "due enterprise title",
    "40_revoked": "experience reason title url",
    "41_system": "details details_en when",
    "42_deadline_changed": "application deadline_en deadline_name new_due new_start reason",
    "43_task_overdue": "due enterprise expert task unit",
    "43_task_reminder": "due task",
}
NEEDS = Needs(
    processes=PROCESSES,
    messages=MESSAGES,
    forms=FORMS,
    letters={name: frozenset(words.split()) for name, words in LETTERS.items()},
    variables=VARIABLES,
)
