"""What breaks each invariant of the doctor, as statements on a simulated house (SQLite): data of `test_doctor.py`."""

# Which rows are meant; names in the statements below.
ROWS = {
    "<title>": "(SELECT min(id) FROM title WHERE imported = 0)",
    "<application>": "(SELECT application FROM title WHERE id = (SELECT min(id) FROM title WHERE imported = 0))",
    "<task>": "(SELECT min(id) FROM task WHERE state = 'open')",
    "<ended>": "(SELECT min(root) FROM instance WHERE status = 'ended')",
    "<score>": "(SELECT min(rowid) FROM score WHERE stage = 'desk' AND state = 'final')",
    "<meeting>": "(SELECT min(id) FROM meeting WHERE kind = 'award')",
    "<member>": "(SELECT min(member) FROM attendance WHERE meeting = (SELECT min(id) FROM meeting WHERE kind = 'award') AND present)",
    "<item>": "(SELECT min(item) FROM meeting_item WHERE meeting = (SELECT min(id) FROM meeting WHERE kind = 'award'))",
}
# invariant -> the moment of the season, the statements, and what else they cannot but break
PLANTS = {
    "chain_whole": ("end", ["UPDATE history SET actor = 'x' WHERE root = <ended> AND seq = 2"], ()),
    "head_is_last_entry": ("end", ["UPDATE instance SET seq = seq + 1 WHERE root = <ended>"], ()),
    "anchors_hold": ("end", ["UPDATE anchor SET hash = 'x'"], ()),
    "deletions_follow": ("end", ["INSERT INTO deletion VALUES (1, 0, 'x', 'x', '{}', 'x')"], ()),
    "waiting_rows_have_live_roots": (
        "end",
        [
            (
                "INSERT INTO job (kind, name, tenant, root, wait, payload, due, attempt, failures, ready, created_at) SELECT "
                "'service', 'n', 't', <ended>, '1', '{}', 1, 0, 0, 1, 1"
            )
        ],
        ("state_is_projected",),
    ),
    "running_instances_wait": ("end", ["DELETE FROM subscription"], ("state_is_projected",)),
    "candidates_match_tasks": ("middle", ["DELETE FROM task_candidate WHERE task = <task>"], ()),
    "one_completion_per_task": ("end", ["DELETE FROM submission WHERE id = (SELECT min(id) FROM submission WHERE act = 'complete')"], ()),
    "troubles_counted": ("end", ["UPDATE instance SET troubles = 1 WHERE root = <ended>"], ()),
    "ended_instances_are_dated": ("end", ["UPDATE instance SET ended_at = NULL WHERE root = <ended>"], ()),
    "held_work_has_a_reason": ("middle", ["UPDATE timer SET ready = 0 WHERE id = (SELECT min(id) FROM timer)"], ()),
    "variables_are_told": (
        "end",
        [
            (
                'INSERT INTO variable (root, scope, name, seq, "first", begun, within, removed, kind) '
                "VALUES (<ended>, '', 'never said', 1, 1, 1, '', 0, 'null')"
            )
        ],
        (),
    ),
    "state_is_projected": ("middle", ["UPDATE timer SET due = due + 1 WHERE id = (SELECT min(id) FROM timer)"], ()),
    "quota_kept": (
        "end",
        ["UPDATE unit SET base = 0, widened = 0 WHERE code = (SELECT min(unit) FROM nomination WHERE state = 'nominated')"],
        (),
    ),
    "widened_by_decision": ("end", ["UPDATE unit SET is_widened = 1 WHERE code = 'RU-BJ'"], ()),
    "nominated_by_own_unit": (
        "end",
        ["UPDATE nomination SET unit = 'RU-SH', rank = 99 WHERE application = (SELECT min(application) FROM nomination)"],
        ("nominated_with_opinion",),
    ),
    "usccs_valid": ("end", ["UPDATE enterprise SET uscc = '91350100M00000000I' WHERE id = (SELECT min(id) FROM enterprise)"], ()),
    "submitted_have_forms": ("end", ["UPDATE application SET version = 99 WHERE id = <application>"], ()),
    "form_hashes_hold": (
        "end",
        ["UPDATE form_submission SET documents = '{}' WHERE application = <application> AND state = 'submitted'"],
        (),
    ),
    "filed_in_time": (
        "end",
        ["UPDATE form_submission SET at = 4503599627370496 WHERE application = <application> AND state = 'submitted'"],
        (),
    ),
    "corrections_in_time": (
        "end",
        ["INSERT INTO correction (application, round, items, asked_at, due, answered_at) SELECT <application>, 9, '[]', 1, 2, 2"],
        (),
    ),
    "applications_have_one_case": (
        "middle",
        ["UPDATE instance SET business_key = 'A999' WHERE business_key = 'A001' AND process = 'application'"],
        (),
    ),
    "cases_show_their_state": (
        "middle",
        [
            (
                "UPDATE instance SET public_stage = '草稿' WHERE process = 'application' AND business_key = (SELECT min(id) FROM "
                "application WHERE state = 'desk_review')"
            )
        ],
        (),
    ),
    "form_checks_were_confirmed": ("end", ["UPDATE form_check SET director_outcome = NULL WHERE application = <application>"], ()),
    "second_persons_differ": ("end", ["UPDATE form_check SET second_by = first_by WHERE application = <application>"], ()),
    "documents_are_numbered": ("end", ["UPDATE document SET version = 7 WHERE id = (SELECT min(id) FROM document)"], ()),
    "no_score_of_the_conflicted": (
        "end",
        ["INSERT INTO conflict SELECT 'cn-2023', expert, application, 'k', 'declared', '{}', 1, 'x' FROM score WHERE rowid = <score>"],
        (),
    ),
    "scores_have_versions": ("end", ["UPDATE score SET total = '1' WHERE rowid = <score>"], ()),
    "read_after_declaration": ("end", ["DELETE FROM declaration WHERE seat = (SELECT seat FROM score WHERE rowid = <score>)"], ()),
    "scored_by_their_readers": (
        "end",
        [
            (
                "DELETE FROM assignment WHERE seat = (SELECT seat FROM score WHERE rowid = <score>) AND application = (SELECT "
                "application FROM score WHERE rowid = <score>)"
            )
        ],
        (),
    ),
    "one_group_per_application": ("end", ['UPDATE application SET "group" = NULL WHERE id = <application>'], ()),
    "groups_have_one_leader": ("end", ["UPDATE seat SET leads = 0"], ()),
    "closed_groups_are_complete": ("end", ["DELETE FROM stage_score WHERE application = <application>"], ()),
    "committees_of_their_season": (
        "end",
        ["UPDATE role_grant SET organisation = 'cn-2022' WHERE role = 'committee_chair'"],
        ("roles_are_of_what_is_there",),
    ),
    "one_chair": ("end", ["UPDATE committee_seat SET office = 'member'"], ("committees_of_their_season",)),
    "votes_by_members_present": ("end", ["INSERT INTO vote SELECT <meeting>, <item>,  1, 'X999', 'yes', 1, 'X999'"], ()),
    "one_vote_per_member": ("end", ["INSERT INTO vote SELECT <meeting>, <item>,  2, <member>, 'yes', 1, 'x'"], ()),
    "counts_fit_the_room": ("end", ["UPDATE meeting_item SET votes_for = votes_for + 1 WHERE meeting = <meeting> AND item = <item>"], ()),
    "meetings_had_quorum": ("end", ["UPDATE attendance SET present = 0 WHERE meeting = <meeting>"], ("counts_fit_the_room",)),
    "decided_meetings_are_whole": ("end", ["DELETE FROM minutes WHERE meeting = <meeting>"], ()),
    "untrue_never_awarded": (
        "end",
        [
            (
                """INSERT INTO site_visit (id, season, "group", application, leader, decided_at, conclusion) SELECT 'untrue', 'cn-2023', """
                "'G1', <application>, 'x', 1, '不实'"
            )
        ],
        (),
    ),
    "periods_follow_publication": (
        "end",
        ["UPDATE batch_item SET starts = 1 WHERE application = <application> AND starts IS NOT NULL"],
        (),
    ),
    "cleared_without_open_objection": (
        "end",
        [
            (
                "INSERT INTO objection (id, season, batch, application, receipt, channel, objector, anonymous, facts, received_at, "
                """state, summary, extensions) SELECT 'spoken', 'cn-2023', batch, application, 'R', 'page', '{"name":"王某"}', 0, 'f', 1, """
                "'accepted', NULL, 0 FROM batch_item WHERE application = <application> AND state = 'clear'"
            )
        ],
        (),
    ),
    "objectors_stay_secret": (
        "end",
        [
            (
                "INSERT INTO objection (id, season, batch, application, receipt, channel, objector, anonymous, facts, received_at, "
                """state, summary, extensions) SELECT 'spoken', 'cn-2023', batch, application, 'R', 'page', '{"name":"王某"}', 0, 'f', 1, """
                """'rejected', '{"text":"据 王 某 反映"}', 0 FROM batch_item WHERE application = <application> AND state = 'clear'"""
            )
        ],
        (),
    ),
    "titles_only_of_announced_batches": (
        "end",
        [
            "UPDATE batch SET state = 'approved' WHERE id = (SELECT batch FROM batch_item WHERE application = <application> AND state = 'announced')"
        ],
        (),
    ),
    "corrections_begin_a_period": (
        "end",
        [
            (
                "INSERT INTO correction_notice (batch, application, state, reason, \"by\", at) SELECT batch, application, 'published', 'x', 'P1', 1 "
                "FROM batch_item WHERE application = <application> AND starts IS NOT NULL"
            )
        ],
        (),
    ),
    "announced_have_titles": ("end", ["UPDATE title SET application = NULL, imported = 1 WHERE id = <title>"], ()),
    "titles_were_approved": ("end", ["UPDATE approval SET outcome = 'return_office'"], ()),
    "titles_after_publicity": (
        "end",
        ["UPDATE batch_item SET ends = 4503599627370496 WHERE application = <application> AND ends IS NOT NULL"],
        (),
    ),
    "revoked_titles_were_heard": ("end", ["UPDATE title SET state = 'revoked' WHERE id = <title>"], ()),
    "results_shown_after_release": (
        "end",
        ["DELETE FROM release WHERE kind = 'announcement'", "UPDATE mail SET hold = '' WHERE hold LIKE 'announcement%'"],
        (),
    ),
    "results_mailed_after_release": (
        "end",
        ["UPDATE mail SET hold = 'award:B999' WHERE id = (SELECT min(id) FROM mail WHERE hold <> '')"],
        (),
    ),
    "held_mails_wait": ("end", ["UPDATE mail SET state = 'held', hold = '' WHERE id = (SELECT min(id) FROM mail)"], ()),
    "mails_have_one_address": ("end", ["UPDATE mail SET address = 'a@b.invalid, c@d.invalid' WHERE id = (SELECT min(id) FROM mail)"], ()),
    "contacts_belong_to_enterprises": ("end", ["UPDATE contact SET mail = upper(mail)"], ()),
    "subscribers_can_be_written_to": ("end", ["UPDATE subscriber SET language = 'fr'"], ()),
    "subscribers_read_their_letters": ("end", ["DELETE FROM subscriber"], ()),
    "sent_mails_are_dated": ("end", ["UPDATE mail SET sent_at = NULL WHERE id = (SELECT min(id) FROM mail)"], ()),
    "seasons_show_how_far_they_are": ("end", ["UPDATE season SET state = 'open'"], ()),
    "deadlines_are_told": ("end", ["UPDATE deadline SET at = at + 1 WHERE name = '批准'"], ()),
    "nominated_with_opinion": ("end", ["UPDATE nomination SET opinion = NULL WHERE application = <application>"], ()),
    "submitted_are_dated": ("end", ["UPDATE application SET submitted_at = created_at - 1 WHERE id = <application>"], ()),
    "removed_files_are_marked": (
        "end",
        [
            (
                """INSERT INTO removal (season, owner, sha256, reason, at, "by", second) SELECT season, owner, sha256, 'x', 1, 'P1', 'P2' """
                "FROM document WHERE id = (SELECT min(id) FROM document WHERE removed_at IS NULL)"
            )
        ],
        (),
    ),
    "means_follow_from_sheets": ("end", ["UPDATE stage_score SET mean = '99.99' WHERE application = <application> AND stage = 'desk'"], ()),
    "counts_hold_every_ballot": (
        "end",
        [
            (
                "INSERT INTO vote SELECT a.meeting, <item>, 1, a.member, 'no', 1, a.member FROM attendance a WHERE a.meeting = <meeting> AND a.present "
                "AND NOT EXISTS (SELECT 1 FROM vote v WHERE v.meeting = a.meeting AND v.item = <item> AND v.member = a.member) AND NOT EXISTS "
                "(SELECT 1 FROM recusal r WHERE r.meeting = a.meeting AND r.item = <item> AND r.member = a.member)"
            )
        ],
        (),
    ),
    "decisions_follow_the_count": (
        "end",
        ["UPDATE meeting_item SET decision = 'approve', votes_for = 0, votes_against = votes_for + votes_against WHERE meeting = <meeting> AND item = <item>"],
        (),
    ),
    "upheld_never_awarded": (
        "end",
        [
            (
                "INSERT INTO objection (id, season, batch, application, receipt, channel, objector, anonymous, facts, received_at, "
                """state, verdict, closed_at, extensions) SELECT 'spoken', 'cn-2023', batch, application, 'R', 'page', '{"name":"王某"}', 0, 'f', 1, """
                "'upheld', 'upheld', 2, 0 FROM batch_item WHERE application = <application> AND state = 'clear'"
            )
        ],
        (),
    ),
    "lists_have_their_sum": ("end", ["UPDATE batch SET hash = 'x' WHERE kind = 'publicity'"], ()),
    "objections_came_in_time": (
        "end",
        [
            (
                "INSERT INTO objection (id, season, batch, application, receipt, channel, objector, anonymous, facts, received_at, "
                """state, verdict, closed_at, extensions) SELECT 'late', 'cn-2023', batch, application, 'R', 'page', '{"name":"王某"}', 0, 'f', ends, """
                "'dismissed', 'dismissed', ends, 0 FROM batch_item WHERE application = <application> AND state = 'clear'"
            )
        ],
        (),
    ),
    "closed_objections_have_a_verdict": (
        "end",
        [
            (
                "INSERT INTO objection (id, season, batch, application, receipt, channel, objector, anonymous, facts, received_at, "
                """state, closed_at, extensions) SELECT 'bare', 'cn-2023', batch, application, 'R', 'page', '{"name":"王某"}', 0, 'f', 1, """
                "'dismissed', 2, 0 FROM batch_item WHERE application = <application> AND state = 'clear'"
            )
        ],
        (),
    ),
    "titles_read_as_announced": ("end", ["UPDATE title SET holder = '另一家公司' WHERE id = <title>"], ()),
    "released_mails_went": (
        "end",
        ["UPDATE mail SET state = 'held', attempt = 0, sent_at = NULL WHERE id = (SELECT min(id) FROM mail WHERE hold LIKE 'announcement%')"],
        (),
    ),
    "roles_are_of_what_is_there": ("end", ["UPDATE role_grant SET organisation = 'RU-XX' WHERE role = 'ru_officer'"], ()),
    "applicants_serve_one_enterprise": (
        "end",
        [
            (
                "INSERT INTO role_grant (person, role, organisation, granted_at, granted_by) SELECT person, 'applicant_signatory', (SELECT max(id) FROM "
                "enterprise), 1, 'P1' FROM role_grant WHERE role = 'applicant_editor' AND organisation = (SELECT min(id) FROM enterprise)"
            )
        ],
        (),
    ),
    "locked_accounts_are_signed_out": ("end", ["INSERT INTO web_session (hash, person, created_at, seen_at, expires) VALUES ('h', 'P999999', 1, 1, 2)"], ()),
    "tasks_are_held_by_people": (
        "middle",
        ["UPDATE task SET assignee = 'P999999' WHERE id = <task>", "UPDATE task_candidate SET taken = 1 WHERE task = <task>"],
        (),
    ),
    "numbers_run_ahead": ("end", ["UPDATE last_number SET last = 0 WHERE kind = 'E'"], ()),
    "season_goes_on": ("end", ["DELETE FROM progress WHERE name = 'reviewed'"], ()),
}
