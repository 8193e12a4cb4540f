CREATE TABLE document (
    id TEXT NOT NULL,
    season TEXT NOT NULL,
    owner TEXT NOT NULL,
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    type TEXT NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    replaced_at BIGINT,
    removed_at BIGINT,
    CONSTRAINT pk_document PRIMARY KEY (id),
    CONSTRAINT uq_document_season_owner_code_version UNIQUE (season, owner, code, version)
);

CREATE INDEX ix_document_sha256 ON document (sha256);

CREATE TABLE tombstone (
    sha256 TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    second TEXT NOT NULL,
    CONSTRAINT pk_tombstone PRIMARY KEY (sha256)
);

CREATE TABLE widening (
    id TEXT NOT NULL,
    season TEXT NOT NULL,
    unit TEXT NOT NULL,
    evidence TEXT,
    asked_at BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    decision TEXT,
    reason TEXT,
    decided_at BIGINT,
    decided_by TEXT,
    CONSTRAINT pk_widening PRIMARY KEY (id)
);

CREATE INDEX ix_widening_season_unit ON widening (season, unit);

CREATE TABLE last_number (
    kind TEXT NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_last_number PRIMARY KEY (kind)
);

CREATE TABLE person (
    id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    mail TEXT,
    phone TEXT,
    password_hash TEXT,
    locale TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    failures INTEGER NOT NULL,
    locked_until BIGINT,
    mail_confirmed_at BIGINT,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT uq_person_login UNIQUE (login)
);

CREATE INDEX ix_person_mail ON person (mail);

CREATE TABLE role_grant (
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    organisation TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    granted_by TEXT NOT NULL,
    CONSTRAINT pk_role_grant PRIMARY KEY (person, role, organisation)
);

CREATE INDEX ix_role_grant_role_organisation ON role_grant (role, organisation);

CREATE TABLE token (
    hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    person TEXT,
    mail TEXT,
    grants TEXT,
    created_at BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used_at BIGINT,
    CONSTRAINT pk_token PRIMARY KEY (hash)
);

CREATE TABLE web_session (
    hash TEXT NOT NULL,
    person TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    CONSTRAINT pk_web_session PRIMARY KEY (hash)
);

CREATE INDEX ix_web_session_person ON web_session (person);

CREATE TABLE enterprise (
    id TEXT NOT NULL,
    uscc TEXT NOT NULL,
    name TEXT NOT NULL,
    group_name TEXT,
    contact TEXT,
    mail TEXT,
    bound_by TEXT NOT NULL,
    bound_at BIGINT NOT NULL,
    CONSTRAINT pk_enterprise PRIMARY KEY (id),
    CONSTRAINT uq_enterprise_uscc UNIQUE (uscc)
);

CREATE TABLE uscc_dispute (
    id TEXT NOT NULL,
    uscc TEXT NOT NULL,
    person TEXT NOT NULL,
    statement TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    reason TEXT,
    CONSTRAINT pk_uscc_dispute PRIMARY KEY (id)
);

CREATE TABLE season (
    id TEXT NOT NULL,
    year INTEGER NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    state_at BIGINT,
    notice TEXT,
    CONSTRAINT pk_season PRIMARY KEY (id)
);

CREATE TABLE unit (
    season TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT,
    base INTEGER NOT NULL,
    widened INTEGER NOT NULL,
    is_widened BOOLEAN NOT NULL,
    intake_until BIGINT,
    delivered_at BIGINT,
    letter TEXT,
    mail TEXT,
    CONSTRAINT pk_unit PRIMARY KEY (season, code)
);

CREATE TABLE preregistered (
    season TEXT NOT NULL,
    unit TEXT NOT NULL,
    uscc TEXT NOT NULL,
    experience_name TEXT NOT NULL,
    enterprise_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_preregistered PRIMARY KEY (season, unit, uscc, experience_name)
);

CREATE TABLE expert (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    fields TEXT,
    industries TEXT,
    employer TEXT NOT NULL,
    employer_uscc TEXT,
    employer_group TEXT,
    region TEXT,
    mail TEXT,
    available BOOLEAN NOT NULL,
    officer_of TEXT,
    CONSTRAINT pk_expert PRIMARY KEY (id)
);

CREATE TABLE invitation (
    season TEXT NOT NULL,
    expert TEXT NOT NULL,
    round INTEGER NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT,
    CONSTRAINT pk_invitation PRIMARY KEY (season, expert)
);

CREATE TABLE committee_seat (
    season TEXT NOT NULL,
    expert TEXT NOT NULL,
    office TEXT NOT NULL,
    confirmed_at BIGINT,
    confirmed_by TEXT,
    CONSTRAINT pk_committee_seat PRIMARY KEY (season, expert)
);

CREATE TABLE working_year (
    year INTEGER NOT NULL,
    status TEXT NOT NULL,
    "off" TEXT,
    working TEXT,
    source TEXT,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_working_year PRIMARY KEY (year)
);

CREATE TABLE progress (
    season TEXT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_progress PRIMARY KEY (season, name)
);

CREATE TABLE exchange (
    id BIGSERIAL NOT NULL,
    season TEXT NOT NULL,
    name TEXT NOT NULL,
    held_on TEXT,
    data TEXT,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_exchange PRIMARY KEY (id),
    CONSTRAINT uq_exchange_season_name_held_on UNIQUE (season, name, held_on)
);

CREATE TABLE batch (
    id TEXT NOT NULL,
    season TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT,
    state TEXT NOT NULL,
    hash TEXT,
    data TEXT,
    signed_by TEXT,
    signed_at BIGINT,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    CONSTRAINT pk_batch PRIMARY KEY (id)
);

CREATE INDEX ix_batch_season_kind ON batch (season, kind);

CREATE TABLE publication (
    id BIGSERIAL NOT NULL,
    subject TEXT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    at BIGINT NOT NULL,
    screenshot TEXT,
    "by" TEXT NOT NULL,
    confirmed_by TEXT,
    CONSTRAINT pk_publication PRIMARY KEY (id),
    CONSTRAINT uq_publication_subject_channel_url UNIQUE (subject, channel, url)
);

CREATE TABLE approval (
    id BIGSERIAL NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    by_proxy BOOLEAN NOT NULL,
    "by" TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY (id)
);

CREATE INDEX ix_approval_subject ON approval (subject);

CREATE TABLE recheck (
    id BIGSERIAL NOT NULL,
    subject TEXT NOT NULL,
    moment TEXT NOT NULL,
    data TEXT,
    "by" TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_recheck PRIMARY KEY (id)
);

CREATE INDEX ix_recheck_subject ON recheck (subject);

CREATE TABLE release (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    recipients TEXT,
    CONSTRAINT pk_release PRIMARY KEY (kind, subject)
);

CREATE TABLE correction_notice (
    id BIGSERIAL NOT NULL,
    subject TEXT NOT NULL,
    wrong TEXT NOT NULL,
    "right" TEXT NOT NULL,
    reason TEXT NOT NULL,
    "by" TEXT NOT NULL,
    second TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_correction_notice PRIMARY KEY (id)
);

CREATE TABLE review_group (
    id TEXT NOT NULL,
    season TEXT NOT NULL,
    name TEXT NOT NULL,
    leader TEXT NOT NULL,
    state TEXT NOT NULL,
    closed_at BIGINT,
    defence TEXT,
    CONSTRAINT pk_review_group PRIMARY KEY (id)
);

CREATE INDEX ix_review_group_season ON review_group (season);

CREATE TABLE declaration (
    season TEXT NOT NULL,
    expert TEXT NOT NULL,
    seat TEXT NOT NULL,
    outcome TEXT NOT NULL,
    data TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT pk_declaration PRIMARY KEY (season, expert, seat)
);

CREATE TABLE score_version (
    id BIGSERIAL NOT NULL,
    expert TEXT NOT NULL,
    application TEXT NOT NULL,
    stage TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    sheet TEXT,
    total TEXT,
    reason TEXT,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_score_version PRIMARY KEY (id),
    CONSTRAINT uq_score_version_expert_application_stage_version UNIQUE (expert, application, stage, version)
);

CREATE TABLE meeting (
    id TEXT NOT NULL,
    season TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    parent TEXT NOT NULL,
    state TEXT NOT NULL,
    agenda TEXT,
    place TEXT,
    held_at BIGINT,
    chair TEXT,
    summary TEXT,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_meeting PRIMARY KEY (id)
);

CREATE INDEX ix_meeting_season_kind ON meeting (season, kind);

CREATE TABLE file_view (
    id BIGSERIAL NOT NULL,
    document TEXT NOT NULL,
    person TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_file_view PRIMARY KEY (id)
);

CREATE INDEX ix_file_view_person ON file_view (person);

CREATE INDEX ix_file_view_document ON file_view (document);

CREATE TABLE application (
    id TEXT NOT NULL,
    season TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    unit TEXT,
    number TEXT,
    experience_name TEXT,
    focus_area TEXT,
    industry_code TEXT,
    state TEXT NOT NULL,
    state_at BIGINT,
    reason TEXT,
    version INTEGER,
    "group" TEXT,
    late BOOLEAN NOT NULL,
    flags TEXT,
    created_at BIGINT NOT NULL,
    submitted_at BIGINT,
    CONSTRAINT pk_application PRIMARY KEY (id),
    CONSTRAINT uq_application_season_number UNIQUE (season, number),
    CONSTRAINT fk_application_enterprise FOREIGN KEY(enterprise) REFERENCES enterprise (id)
);

CREATE INDEX ix_application_enterprise ON application (enterprise);

CREATE INDEX ix_application_season_state ON application (season, state);

CREATE INDEX ix_application_season_unit ON application (season, unit);

CREATE TABLE seat (
    id TEXT NOT NULL,
    "group" TEXT NOT NULL,
    expert TEXT NOT NULL,
    leads BOOLEAN NOT NULL,
    proposed TEXT,
    proposed_by TEXT,
    former TEXT,
    done_at BIGINT,
    CONSTRAINT pk_seat PRIMARY KEY (id),
    CONSTRAINT uq_seat_group_expert UNIQUE ("group", expert),
    CONSTRAINT fk_seat_group FOREIGN KEY("group") REFERENCES review_group (id),
    CONSTRAINT fk_seat_expert FOREIGN KEY(expert) REFERENCES expert (id)
);

CREATE TABLE reconciliation (
    "group" TEXT NOT NULL,
    data TEXT,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_reconciliation PRIMARY KEY ("group"),
    CONSTRAINT fk_reconciliation_group FOREIGN KEY("group") REFERENCES review_group (id)
);

CREATE TABLE attendance (
    meeting TEXT NOT NULL,
    member TEXT NOT NULL,
    office TEXT NOT NULL,
    present BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_attendance PRIMARY KEY (meeting, member),
    CONSTRAINT fk_attendance_meeting FOREIGN KEY(meeting) REFERENCES meeting (id)
);

CREATE TABLE recusal (
    meeting TEXT NOT NULL,
    item TEXT NOT NULL,
    member TEXT NOT NULL,
    reason TEXT,
    CONSTRAINT pk_recusal PRIMARY KEY (meeting, item, member),
    CONSTRAINT fk_recusal_meeting FOREIGN KEY(meeting) REFERENCES meeting (id)
);

CREATE TABLE vote (
    meeting TEXT NOT NULL,
    item TEXT NOT NULL,
    round INTEGER NOT NULL,
    member TEXT NOT NULL,
    choice TEXT NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_vote PRIMARY KEY (meeting, item, round, member),
    CONSTRAINT fk_vote_meeting FOREIGN KEY(meeting) REFERENCES meeting (id)
);

CREATE TABLE minutes (
    meeting TEXT NOT NULL,
    data TEXT,
    signed_by TEXT NOT NULL,
    by_proxy BOOLEAN NOT NULL,
    document TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT pk_minutes PRIMARY KEY (meeting),
    CONSTRAINT fk_minutes_meeting FOREIGN KEY(meeting) REFERENCES meeting (id)
);

CREATE TABLE form_submission (
    application TEXT NOT NULL,
    version INTEGER NOT NULL,
    data TEXT,
    hash TEXT NOT NULL,
    state TEXT NOT NULL,
    documents TEXT,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_form_submission PRIMARY KEY (application, version),
    CONSTRAINT fk_form_submission_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE finding (
    id BIGSERIAL NOT NULL,
    application TEXT NOT NULL,
    moment TEXT NOT NULL,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    verdict TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    inputs TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT pk_finding PRIMARY KEY (id),
    CONSTRAINT fk_finding_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE INDEX ix_finding_application ON finding (application);

CREATE TABLE ru_review (
    application TEXT NOT NULL,
    round INTEGER NOT NULL,
    unit TEXT NOT NULL,
    outcome TEXT NOT NULL,
    data TEXT,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_ru_review PRIMARY KEY (application, round),
    CONSTRAINT fk_ru_review_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE nomination (
    application TEXT NOT NULL,
    season TEXT NOT NULL,
    unit TEXT NOT NULL,
    rank INTEGER,
    state TEXT NOT NULL,
    opinion TEXT,
    attested TEXT,
    reason TEXT,
    by_proxy BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_nomination PRIMARY KEY (application),
    CONSTRAINT uq_nomination_season_unit_rank UNIQUE (season, unit, rank),
    CONSTRAINT fk_nomination_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE form_check (
    application TEXT NOT NULL,
    round INTEGER NOT NULL,
    proposal TEXT NOT NULL,
    items TEXT,
    reason TEXT,
    first_by TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    second_by TEXT,
    second_outcome TEXT,
    director TEXT,
    director_outcome TEXT,
    closed_at BIGINT,
    CONSTRAINT pk_form_check PRIMARY KEY (application, round),
    CONSTRAINT fk_form_check_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE correction (
    application TEXT NOT NULL,
    round INTEGER NOT NULL,
    items TEXT,
    asked_at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    data TEXT,
    answered_at BIGINT,
    answered_by TEXT,
    CONSTRAINT pk_correction PRIMARY KEY (application, round),
    CONSTRAINT fk_correction_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE batch_item (
    batch TEXT NOT NULL,
    application TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    "row" TEXT,
    starts BIGINT,
    ends BIGINT,
    CONSTRAINT pk_batch_item PRIMARY KEY (batch, application),
    CONSTRAINT fk_batch_item_batch FOREIGN KEY(batch) REFERENCES batch (id),
    CONSTRAINT fk_batch_item_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE objection (
    id TEXT NOT NULL,
    season TEXT NOT NULL,
    batch TEXT NOT NULL,
    application TEXT NOT NULL,
    receipt TEXT NOT NULL,
    channel TEXT NOT NULL,
    objector TEXT,
    anonymous BOOLEAN NOT NULL,
    facts TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    intake TEXT,
    summary TEXT,
    statement TEXT,
    investigation TEXT,
    extensions INTEGER NOT NULL,
    reply TEXT,
    verdict TEXT,
    closed_at BIGINT,
    CONSTRAINT pk_objection PRIMARY KEY (id),
    CONSTRAINT fk_objection_application FOREIGN KEY(application) REFERENCES application (id),
    CONSTRAINT uq_objection_receipt UNIQUE (receipt)
);

CREATE INDEX ix_objection_batch_state ON objection (batch, state);

CREATE TABLE title (
    id TEXT NOT NULL,
    season TEXT NOT NULL,
    enterprise TEXT,
    application TEXT,
    holder TEXT NOT NULL,
    experience_name TEXT NOT NULL,
    uscc TEXT,
    state TEXT NOT NULL,
    imported BOOLEAN NOT NULL,
    year INTEGER NOT NULL,
    granted_at BIGINT,
    video TEXT,
    revoked_at BIGINT,
    CONSTRAINT pk_title PRIMARY KEY (id),
    CONSTRAINT fk_title_enterprise FOREIGN KEY(enterprise) REFERENCES enterprise (id),
    CONSTRAINT uq_title_application UNIQUE (application),
    CONSTRAINT fk_title_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE INDEX ix_title_uscc ON title (uscc);

CREATE TABLE assignment (
    seat TEXT NOT NULL,
    application TEXT NOT NULL,
    CONSTRAINT pk_assignment PRIMARY KEY (seat, application),
    CONSTRAINT fk_assignment_seat FOREIGN KEY(seat) REFERENCES seat (id),
    CONSTRAINT fk_assignment_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE "conflict" (
    season TEXT NOT NULL,
    expert TEXT NOT NULL,
    application TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    detail TEXT,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_conflict PRIMARY KEY (season, expert, application),
    CONSTRAINT fk_conflict_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE score (
    expert TEXT NOT NULL,
    application TEXT NOT NULL,
    stage TEXT NOT NULL,
    seat TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    sheet TEXT,
    total TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT pk_score PRIMARY KEY (expert, application, stage),
    CONSTRAINT fk_score_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE INDEX ix_score_application_stage ON score (application, stage);

CREATE TABLE stage_score (
    application TEXT NOT NULL,
    stage TEXT NOT NULL,
    "group" TEXT NOT NULL,
    mean TEXT NOT NULL,
    alert BOOLEAN NOT NULL,
    detail TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT pk_stage_score PRIMARY KEY (application, stage),
    CONSTRAINT fk_stage_score_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE group_summary (
    "group" TEXT NOT NULL,
    application TEXT NOT NULL,
    rank INTEGER,
    comment TEXT NOT NULL,
    at BIGINT NOT NULL,
    "by" TEXT NOT NULL,
    CONSTRAINT pk_group_summary PRIMARY KEY ("group", application),
    CONSTRAINT fk_group_summary_group FOREIGN KEY("group") REFERENCES review_group (id),
    CONSTRAINT fk_group_summary_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE meeting_item (
    meeting TEXT NOT NULL,
    item TEXT NOT NULL,
    application TEXT NOT NULL,
    proposed BOOLEAN,
    qualified BOOLEAN NOT NULL,
    decision TEXT,
    reason TEXT,
    rank INTEGER,
    CONSTRAINT pk_meeting_item PRIMARY KEY (meeting, item),
    CONSTRAINT fk_meeting_item_meeting FOREIGN KEY(meeting) REFERENCES meeting (id),
    CONSTRAINT fk_meeting_item_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE defence_slot (
    application TEXT NOT NULL,
    round INTEGER NOT NULL,
    "group" TEXT NOT NULL,
    starts BIGINT NOT NULL,
    place TEXT NOT NULL,
    "order" INTEGER NOT NULL,
    state TEXT NOT NULL,
    reply TEXT,
    reason TEXT,
    CONSTRAINT pk_defence_slot PRIMARY KEY (application, round),
    CONSTRAINT fk_defence_slot_application FOREIGN KEY(application) REFERENCES application (id),
    CONSTRAINT fk_defence_slot_group FOREIGN KEY("group") REFERENCES review_group (id)
);

CREATE TABLE site_visit (
    id TEXT NOT NULL,
    season TEXT NOT NULL,
    "group" TEXT NOT NULL,
    application TEXT NOT NULL,
    leader TEXT NOT NULL,
    team TEXT,
    doubts TEXT,
    decided_at BIGINT NOT NULL,
    conclusion TEXT,
    report TEXT,
    reported_at BIGINT,
    CONSTRAINT pk_site_visit PRIMARY KEY (id),
    CONSTRAINT uq_site_visit_season_application UNIQUE (season, application),
    CONSTRAINT fk_site_visit_application FOREIGN KEY(application) REFERENCES application (id)
);

CREATE TABLE revocation (
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    report TEXT,
    investigation TEXT,
    heard_until BIGINT,
    hearing TEXT,
    proposal TEXT,
    notice TEXT,
    at BIGINT NOT NULL,
    closed_at BIGINT,
    CONSTRAINT pk_revocation PRIMARY KEY (id),
    CONSTRAINT fk_revocation_title FOREIGN KEY(title) REFERENCES title (id)
);

CREATE INDEX ix_revocation_title ON revocation (title);

CREATE TABLE mail (
    id VARCHAR(40) NOT NULL,
    tenant VARCHAR(64) NOT NULL,
    template VARCHAR(80) NOT NULL,
    about VARCHAR(80) NOT NULL,
    dedupe_key VARCHAR(300) NOT NULL,
    message_id VARCHAR(200) NOT NULL,
    recipient VARCHAR(80) NOT NULL,
    recipient_name VARCHAR(200) NOT NULL,
    address VARCHAR(320) NOT NULL,
    language VARCHAR(2) NOT NULL,
    subject VARCHAR(200) NOT NULL,
    body TEXT NOT NULL,
    state VARCHAR(8) NOT NULL,
    hold VARCHAR(120) NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    first_attempt_at BIGINT,
    lease_until BIGINT,
    attempt INTEGER NOT NULL,
    sent_at BIGINT,
    error TEXT NOT NULL,
    CONSTRAINT pk_mail PRIMARY KEY (id),
    CONSTRAINT uq_mail_dedupe_key UNIQUE (dedupe_key),
    CONSTRAINT uq_mail_message_id UNIQUE (message_id),
    CONSTRAINT ck_mail_state CHECK (state in ('new','held','sending','sent','filed','dead'))
);

CREATE INDEX ix_mail_due ON mail (state, due_at);

CREATE INDEX ix_mail_hold ON mail (hold);

CREATE INDEX ix_mail_about ON mail (tenant, about);
