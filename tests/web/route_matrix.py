"""Which roles each route lets in (what they do there, the pages and the engine decide): the one table a change of rights is seen in."""

LETS_IN = {
    "everybody": """
        GET /
        POST /clock
        GET /healthz
        POST /language
        GET /login
        POST /login
        POST /logout
        GET /password
        POST /password
        GET /password/{purpose}/{secret}
        POST /password/{purpose}/{secret}
        GET /public/announcements
        GET /public/contact/{secret}
        POST /public/contact/{secret}
        GET /public/exchanges
        GET /public/library
        GET /public/library/{title}
        GET /public/library/{title}/files/{document_id}
        GET /public/notice
        GET /public/notice/{season_id}/files/{document_id}
        GET /public/objection
        GET /public/publicity
        GET /public/publicity/{batch_id}/{application}/objection
        POST /public/publicity/{batch_id}/{application}/objection
        GET /public/revocations
        GET /public/subscription
        POST /public/subscription
        GET /public/subscription/{secret}
        POST /public/subscription/{secret}
        GET /public/unsubscribe/{secret}
        POST /public/unsubscribe/{secret}
        GET /public/titles/{title}
        GET /public/{kind}/{batch_id}
        GET /readyz
        GET /register
        POST /register
        GET /seasons
        POST /seasons
    """,
    "signed in": """
        GET /account
        GET /enterprise
        POST /enterprise
        GET /files/{document_id}
        GET /inbox
        GET /messages
        GET /messages/{mail}
        GET /tasks/{task}
        POST /tasks/{task}/acts/{name}
        POST /tasks/{task}/checks
        POST /tasks/{task}/claim
        POST /tasks/{task}/complete
        POST /tasks/{task}/delegate
        POST /tasks/{task}/draft
        POST /tasks/{task}/files
        POST /tasks/{task}/files/remove
        GET /tasks/{task}/print/{paper}
        POST /tasks/{task}/release
        POST /tasks/{task}/take-back
    """,
    "office_clerk office_director": """
        GET /cases/{application}/correction
        POST /cases/{application}/correction
        GET /files/{document_id}/removal
        POST /files/{document_id}/removal
        GET /office/deadlines
        GET /office/deadlines/{name}
        POST /office/disputes/{dispute}
        POST /office/subscribers/{subscriber}/removal
        GET /titles/{title}/correction
        POST /titles/{title}/correction
        GET /titles/{title}/library
        POST /titles/{title}/library
        GET /titles/{title}/record
        POST /titles/{title}/record
        GET /titles/{title}/report
        POST /titles/{title}/report
        GET /office/experts
        POST /office/experts/import
        POST /office/units/import
        POST /titles/import
        GET /tasks/{task}/assign
        POST /tasks/{task}/assign
    """,
    "applicant_editor applicant_signatory ru_officer ru_leader office_clerk office_director "
    "meeting_secretary expert group_leader committee_chair committee_vice_chair committee_member auditor": """
        GET /portal/{application}/print/{paper}
    """,
    "ru_officer ru_leader office_clerk office_director auditor": """
        GET /unit
        GET /unit/{code}
        GET /unit/{code}/print/opinions
    """,
    "ru_officer": """
        POST /unit/{code}/ranking
    """,
    "applicant_editor": """
        POST /portal/applications
        POST /portal/{application}/contact
    """,
    "applicant_editor applicant_signatory": """
        GET /portal
    """,
    "applicant_editor applicant_signatory office_director": """
        POST /portal/{application}/withdraw
    """,
    "applicant_editor applicant_signatory ru_officer ru_leader office_clerk office_director auditor": """
        GET /portal/{application}
        GET /portal/{application}/package
    """,
    "expert": """
        GET /review
        GET /review/{task}
        POST /review/{task}/{application}
        POST /review/{task}/{application}/submit
    """,
    "office_clerk office_director meeting_secretary group_leader auditor": """
        GET /group
        GET /group/{group}
    """,
    "office_clerk office_director meeting_secretary committee_chair committee_vice_chair committee_member auditor": """
        GET /meetings
        GET /meetings/{meeting}
        GET /meetings/{meeting}/minutes
    """,
    "office_clerk office_director auditor": """
        GET /cases
        GET /cases/{application}
        GET /office
        GET /office/mails
        GET /office/mails/{mail}
        GET /office/subscribers
        GET /titles
    """,
    "office_clerk office_director season_admin auditor": """
        GET /admin/diagrams
        GET /diagrams/{version}/{process}
    """,
    "office_director": """
        GET /cases/{application}/terminate
        POST /cases/{application}/terminate
        POST /office/deadlines/{name}
        POST /office/mails/{mail}/again
        GET /office/release
        POST /office/release
    """,
    "office_clerk meeting_secretary": """
        GET /group/{group}/seats/{place}/record
        POST /group/{group}/seats/{place}/record
    """,
    "office_clerk": """
        GET /group/{group}/seats/{place}/declaration
        POST /group/{group}/seats/{place}/declaration
        GET /office/experts/{expert}/reply
        POST /office/experts/{expert}/reply
        GET /unit/{code}/record
        POST /unit/{code}/record
    """,
    "office_clerk office_director season_admin": """
        GET /office/enterprises
        GET /office/people
        POST /office/people
        POST /office/people/import
        POST /office/people/{person}/active
    """,
    "season_admin": """
        GET /admin
        GET /admin/deploy
        POST /admin/deploy
        GET /admin/incidents/{incident}
        POST /admin/incidents/{incident}
        GET /admin/versions/{version}/move
        POST /admin/versions/{version}/move
    """,
    "office_director season_admin": """
        GET /season/standing
        POST /season/standing
        GET /season/start
        POST /season/start
        POST /admin/calendar
    """,
}
