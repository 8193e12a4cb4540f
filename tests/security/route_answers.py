"""What every route answers to everybody, about an application in its defence: the table a change of rights is seen in.

ok: the page (200); on: done, led onwards (303); bad, late: let in, and what was sent is refused (422, 409); no: seen, but not theirs to do (403);
sign: led to the sign-in page. Who is not named is led to the sign-in page if a stranger, else told what is told of things that are not there (404, ".").
Forms are sent empty, with the token of the page. `signed` is everybody who signed in.
"""

PEOPLE = (
    "stranger", "applicant", "applicant2", "unit", "unit2", "expert", "expert2", "leader", "member", "chair", "secretary", "clerk", "director",
    "approver", "auditor", "admin",
)  # fmt: skip

ANSWERS = """
GET /                                                     | ok: stranger; on: signed
GET /account                                              | ok: signed
GET /admin                                                | ok: admin
POST /admin/calendar                                      | bad: director admin
GET /admin/deploy                                         | ok: admin
POST /admin/deploy                                        | bad: admin
GET /admin/diagrams                                       | ok: clerk director auditor admin
GET /admin/incidents/{incident}                           | ok: admin
POST /admin/incidents/{incident}                          |
GET /admin/versions/{version}/move                        |
POST /admin/versions/{version}/move                       |
GET /cases                                                | ok: clerk director auditor
GET /cases/{application}                                  | ok: clerk director auditor
GET /cases/{application}/correction                       |
POST /cases/{application}/correction                      |
GET /cases/{application}/terminate                        | ok: director
POST /cases/{application}/terminate                       | bad: director
POST /clock                                               | on: everybody
GET /diagrams/{version}/{process}                         | ok: clerk director auditor admin
GET /enterprise                                           |
POST /enterprise                                          |
GET /files/{document_id}                                  | ok: applicant unit expert member chair secretary clerk director auditor
GET /files/{document_id}/removal                          | ok: clerk director
POST /files/{document_id}/removal                         | bad: clerk director
GET /group                                                | ok: leader secretary clerk director auditor
GET /group/{group}                                        | ok: leader secretary clerk director auditor
GET /group/{group}/seats/{place}/declaration              |
POST /group/{group}/seats/{place}/declaration             |
GET /group/{group}/seats/{place}/record                   | ok: clerk secretary
POST /group/{group}/seats/{place}/record                  | bad: clerk secretary
GET /healthz                                              | ok: everybody
GET /inbox                                                | ok: signed
POST /language                                            | on: everybody
GET /login                                                | ok: stranger; on: signed
POST /login                                               | bad: everybody
POST /logout                                              | sign: everybody
GET /meetings                                             | ok: expert leader member chair secretary clerk director auditor
GET /meetings/{meeting}                                   | ok: expert leader member chair secretary clerk director auditor
GET /meetings/{meeting}/minutes                           | ok: expert leader member chair secretary clerk director auditor
GET /messages                                             | ok: signed
GET /messages/{mail}                                      | ok: applicant
GET /office                                               | ok: clerk director auditor
GET /office/deadlines                                     | ok: clerk director
GET /office/deadlines/{name}                              | ok: clerk director
POST /office/deadlines/{name}                             | bad: director
POST /office/disputes/{dispute}                           | bad: clerk director
GET /office/enterprises                                   | ok: clerk director admin
GET /office/experts                                       | ok: clerk director
GET /office/experts/{expert}/reply                        |
POST /office/experts/{expert}/reply                       |
POST /office/experts/import                               | bad: clerk director
GET /office/mails                                         | ok: clerk director auditor
GET /office/mails/{mail}                                  | ok: clerk director auditor
POST /office/mails/{mail}/again                           | on: director
GET /office/people                                        | ok: clerk director admin
POST /office/people                                       | bad: clerk director admin
POST /office/people/import                                | bad: clerk director admin
POST /office/people/{person}/active                       | on: admin
GET /office/release                                       |
POST /office/release                                      |
GET /office/subscribers                                   | ok: clerk director auditor
POST /office/subscribers/{subscriber}/removal             | on: clerk director
POST /office/units/import                                 | bad: clerk director
GET /password                                             | ok: everybody
POST /password                                            | ok: everybody
GET /password/{purpose}/{secret}                          | bad: everybody
POST /password/{purpose}/{secret}                         | bad: everybody
GET /portal                                               | ok: applicant applicant2
POST /portal/applications                                 | bad: applicant applicant2
GET /portal/{application}                                 | ok: applicant unit clerk director auditor
POST /portal/{application}/contact                        | on: applicant
GET /portal/{application}/package                         | ok: applicant unit clerk director auditor
GET /portal/{application}/print/{paper}                   | ok: applicant unit expert member chair secretary clerk director auditor
POST /portal/{application}/withdraw                       | bad: applicant director
GET /public/announcements                                 | ok: everybody
GET /public/contact/{secret}                              | bad: everybody
POST /public/contact/{secret}                             | bad: everybody
GET /public/exchanges                                     | ok: everybody
GET /public/library                                       | ok: everybody
GET /public/library/{title}                               | .: everybody
GET /public/library/{title}/files/{document_id}           | .: everybody
GET /public/notice                                        | ok: everybody
GET /public/notice/{season_id}/files/{document_id}        | .: everybody
GET /public/objection                                     | ok: everybody
GET /public/publicity                                     | ok: everybody
GET /public/publicity/{batch_id}/{application}/objection  | .: everybody
POST /public/publicity/{batch_id}/{application}/objection | .: everybody
GET /public/revocations                                   | ok: everybody
GET /public/subscription                                  | ok: everybody
POST /public/subscription                                 | bad: everybody
GET /public/subscription/{secret}                         | bad: everybody
POST /public/subscription/{secret}                        | bad: everybody
GET /public/titles/{title}                                | ok: everybody
GET /public/unsubscribe/{secret}                          | ok: everybody
POST /public/unsubscribe/{secret}                         | ok: everybody
GET /public/{kind}/{batch_id}                             | .: everybody
GET /readyz                                               | ok: everybody
GET /register                                             | ok: stranger; on: signed
POST /register                                            | bad: everybody
GET /review                                               | ok: expert expert2 leader member chair
GET /review/{task}                                        | ok: expert
POST /review/{task}/{application}                         | on: expert
POST /review/{task}/{application}/submit                  | bad: expert
GET /season/standing                                      | ok: director admin
POST /season/standing                                     | bad: director admin
GET /season/start                                         | ok: director admin
POST /season/start                                        | late: director admin
GET /seasons                                              | ok: everybody
POST /seasons                                             | .: everybody
GET /tasks/{task}                                         | ok: expert
POST /tasks/{task}/acts/{name}                            | bad: expert
GET /tasks/{task}/assign                                  | ok: clerk director
POST /tasks/{task}/assign                                 | bad: clerk director
POST /tasks/{task}/checks                                 |
POST /tasks/{task}/claim                                  | on: expert; no: clerk director auditor
POST /tasks/{task}/complete                               | bad: expert
POST /tasks/{task}/delegate                               |
POST /tasks/{task}/draft                                  | ok: expert
POST /tasks/{task}/files                                  |
POST /tasks/{task}/files/remove                           |
GET /tasks/{task}/print/{paper}                           |
POST /tasks/{task}/release                                | no: expert auditor; on: clerk director
POST /tasks/{task}/take-back                              |
GET /titles                                               | ok: clerk director auditor
POST /titles/import                                       | bad: clerk director
GET /titles/{title}/correction                            |
POST /titles/{title}/correction                           |
GET /titles/{title}/library                               | ok: clerk director
POST /titles/{title}/library                              | late: clerk director
GET /titles/{title}/record                                | ok: clerk director
POST /titles/{title}/record                               | bad: clerk director
GET /titles/{title}/report                                | ok: clerk director
POST /titles/{title}/report                               | late: clerk director
GET /unit                                                 | ok: unit unit2 clerk director auditor
GET /unit/{code}                                          | ok: unit clerk director auditor
GET /unit/{code}/print/opinions                           | ok: unit clerk director auditor
POST /unit/{code}/ranking                                 |
GET /unit/{code}/record                                   | ok: clerk
POST /unit/{code}/record                                  | late: clerk
"""


def expected() -> dict[str, dict[str, str]]:
    """Method and path -> person -> answer."""
    return {route.strip(): _row(said) for route, _, said in (line.partition("|") for line in ANSWERS.strip().splitlines())}


def _row(said: str) -> dict[str, str]:
    row = dict.fromkeys(PEOPLE, ".") | {"stranger": "sign"}
    for part in filter(None, (part.strip() for part in said.split(";"))):
        word, _, names = part.partition(":")
        for name in names.split():
            row |= dict.fromkeys({"everybody": PEOPLE, "signed": PEOPLE[1:]}.get(name, (name,)), word)
    return row
