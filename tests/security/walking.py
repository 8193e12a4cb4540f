"""Walks every route of the running application over HTTP as every kind of person, each request on the same database."""

from contextlib import closing

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import insert, select

from store.engine import tables as engine_tables
from store.selection import tables_application as applications
from store.selection import tables_people as people
from store.selection import tables_result as results
from store.selection import tables_review as reviews
from store.selection.mail import mail
from tests.web.test_routes import PARAMETERS, without_path
from web.visitors import Access

# What an answer is called in the table; 303 is "sign" when it leads to the sign-in page, else "on".
WORDS = {200: "ok", 400: "bad", 403: "no", 404: ".", 405: "never", 409: "late", 422: "bad", 500: "!!!"}
ROLES = {  # a person of the table -> role and whose
    "applicant": ("applicant_editor", "enterprise"),
    "applicant2": ("applicant_editor", "other enterprise"),
    "unit": ("ru_officer", "unit"),
    "unit2": ("ru_officer", "other unit"),
    "expert": ("expert", "expert"),
    "expert2": ("expert", "other expert"),
    "leader": ("group_leader", "group"),
    "member": ("committee_member", None),
    "chair": ("committee_chair", None),
    "secretary": ("meeting_secretary", None),
    "clerk": ("office_clerk", None),
    "director": ("office_director", None),
    "approver": ("caq_approver", None),
    "auditor": ("auditor", None),
    "admin": ("season_admin", None),
}


class Walk:
    """One photograph of the season, an application in its defence, and the people around it and apart from it."""

    def __init__(self, scene) -> None:
        self.scene = scene
        task = self._one(engine_tables.task, engine_tables.task.c.element == "N08c", engine_tables.task.c.state == "open")
        expert = task["groups"][0].partition("@")[2]
        group = self._one(reviews.seat, reviews.seat.c.expert == expert)["group"]
        case = self._one(applications.application, applications.application.c.group == group, applications.application.c.state == "defence_scheduled")
        other = self._one(
            applications.application,
            applications.application.c.enterprise != case["enterprise"],
            applications.application.c.unit != case["unit"],
        )
        idle = self._without_other_roles("expert")
        whose = {
            "enterprise": case["enterprise"], "other enterprise": other["enterprise"], "unit": case["unit"], "other unit": other["unit"],
            "expert": expert, "other expert": idle["organisation"], "group": group,
        }  # fmt: skip
        self.things = {
            "task": task["id"], "application": case["id"], "group": group, "code": case["unit"], "name": "score.save",
            "place": self._one(reviews.seat, reviews.seat.c.expert == expert)["id"].partition("/")[2], "paper": "application", "expert": expert,
            "document_id": self._one(applications.document, applications.document.c.owner == case["id"])["id"],
            "meeting": self._one(reviews.meeting)["id"], "version": "1", "process": "season", "mail": self._receipt(case["id"]),
            "person": self._one(people.role_grant, people.role_grant.c.role == "applicant_editor")["person"],
            "dispute": self._dispute(), "incident": self._incident(task["root"]), "title": self._title(),
            "subscriber": self._one(people.subscriber)["id"], "season_id": case["season"],
        }  # fmt: skip
        self.people = {name: scene.visitor(scene.holder(role, whose.get(of))) for name, (role, of) in ROLES.items()}
        self.people["member"] = scene.visitor(self._member(group))
        self.people = {"stranger": scene.visitor(None), **self.people}
        self._keep()

    def _one(self, table, *where):
        return self.scene.rows(select(table).where(*where).order_by(*table.primary_key.columns).limit(1))[0]

    def _without_other_roles(self, role):
        """A grant of the role to somebody who holds nothing else."""
        grants = people.role_grant
        other = select(grants.c.person).where(grants.c.role != role)
        return self._one(grants, grants.c.role == role, grants.c.person.not_in(other))

    def _member(self, group: str) -> str:
        """A member of the committee who has no seat in the group."""
        grants = people.role_grant
        seated = select(grants.c.person).where(grants.c.organisation.in_(select(reviews.seat.c.expert).where(reviews.seat.c.group == group)))
        return self._one(grants, grants.c.role == "committee_member", grants.c.person.not_in(seated))["person"]

    def _receipt(self, application: str) -> str:
        """The letter that told the applicant of the submission."""
        return self._one(mail, mail.c.template == "04_submitted", mail.c.about == application)["id"]

    def _dispute(self) -> str:
        row = {"id": "D1", "uscc": "none", "person": "P0001", "statement": "x", "state": "open", "at": self.scene.house.clock.now()}
        self.scene.run(lambda connection: connection.execute(insert(people.uscc_dispute).values(**row)))
        return "D1"

    def _incident(self, root: str) -> str:
        about = {"kind": "timer", "subject": "x", "tenant": "cn-2023", "process": "season", "element": "x", "code": "x", "message": "x", "trace": ""}
        row = about | {"id": "I1", "root": root, "created_at": self.scene.house.clock.now()}
        self.scene.run(lambda connection: connection.execute(insert(engine_tables.incident).values(**row)))
        return "I1"

    def _title(self) -> str:
        row = {"id": "T1", "season": "cn-2023", "holder": "x", "experience_name": "x", "state": "active", "imported": True, "year": 2022}
        self.scene.run(lambda connection: connection.execute(insert(results.title).values(**row)))
        return "T1"

    # ---- one request

    def asks(self, name: str, method: str, route: str, *, there: bool = True) -> object:
        """What the person is told of the things (or of things that are not there); whatever the request changed is put back."""
        things = self.things | ({"name": "评分截止"} if "deadlines" in route else {})
        visitor, path = self.people[name], route.format(**(PARAMETERS | (things if there else {})))
        if method == "GET":
            return visitor.get(path)
        answer = visitor.post(path, files={"file": b""} if path.endswith(("import", "files", "calendar")) else None)
        self._put_back()
        return answer

    def let_in(self, name: str, rule: Access) -> bool:
        """Whether the rule of a route lets the person in, so that it looks for the thing."""
        person = self.people[name].person
        held = set(self.scene.all(select(people.role_grant.c.role).where(people.role_grant.c.person == person)))
        return rule.public or (person is not None and (not rule.verbs or bool(held & rule.roles)))

    def state(self) -> list[list[object]]:
        """What there is of instances, tasks and history."""
        return [self.scene.stored(table) for table in (engine_tables.instance, engine_tables.task, engine_tables.history)]

    def _keep(self) -> None:
        """Remember the database as it is now."""
        self.path = self.scene.house.database.path
        self.kept = sqlite.connect(":memory:")
        with closing(sqlite.connect(self.path)) as database:
            database.backup(self.kept)
        self.watch = sqlite.connect(self.path)
        self.seen, self.now = self._version(), self.scene.house.clock.now()

    def _version(self) -> int:
        return int(self.watch.execute("PRAGMA data_version").fetchone()[0])

    def _put_back(self) -> None:
        if self._version() != self.seen:
            with closing(sqlite.connect(self.path)) as database:
                self.kept.backup(database)
            self.scene.house.engine.home.live._entries.clear()  # what is in memory is of a later revision
            self.scene.house.clock.set_to(self.now)
            self.seen = self._version()

    def close(self) -> None:
        """Give the files back."""
        self.watch.close()
        self.kept.close()


def word(answer) -> str:
    """The answer as the table calls it."""
    if answer.status_code == 303:
        return "sign" if answer.headers["location"].startswith("/login") else "on"
    return WORDS.get(answer.status_code, str(answer.status_code))


def told(answer) -> object:
    """All that an answer tells of whether a thing is there: status, headers without their length, the page without its own address."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"content-length", "set-cookie"}}
    return answer.status_code, headers, without_path(answer.text)
