# ruff: noqa: S608 - statements of a test, made of its own words
"""Makes the twin of a database: other scores, comments, votes and experts, more or fewer of them; everything else as it was."""

import json
from pathlib import Path
from random import Random

import pysqlite3.dbapi2 as sqlite

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
JUDGES = ("expert", "group_leader", "group_member", "committee_chair", "committee_vice_chair", "committee_member")


class Twin:
    """The changes, drawn from a seed."""

    def __init__(self, path: Path, *, seed: int, released: bool) -> None:
        """``released``: results are out, so decisions and comments are no secrets any more."""
        self.path, self.random, self.released = path, Random(seed), released

    def make(self) -> int:
        """Alter the database; the number of rows that were changed, added or taken away."""
        connection = sqlite.connect(self.path)
        connection.row_factory = sqlite.Row
        self.execute = connection.execute
        before = connection.total_changes
        for change in (self.scores, self.votes, self.seats, self.experts, self.acts, self.letters):
            change()
        connection.commit()
        changed = connection.total_changes - before
        connection.close()
        return changed

    def words(self) -> str:
        return "".join(self.random.choices("评审意见认为该经验具有较好推广价值与创新特色", k=self.random.randint(5, 400)))

    def number(self) -> str:
        return f"{self.random.uniform(0, 100):.2f}"

    def each(self, table: str, *columns: str, keep: float = 0.8) -> None:
        """Give every row new values in the columns (by their kind), and take some rows away."""
        made = {
            "sheet": self.sheet,
            "detail": self.sheet,
            "data": self.sheet,
            "report": self.sheet,
            "doubts": self.sheet,
            "comment": self.words,
            "reason": self.words,
        }
        for row in self.execute(f"SELECT rowid AS at, * FROM {table}").fetchall():
            if self.random.random() > keep:
                self.execute(f"DELETE FROM {table} WHERE rowid = ?", (row["at"],))
                continue
            for column in columns:
                self.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (made.get(column, self.number)(), row["at"]))

    def sheet(self) -> str:
        return json.dumps(
            {"items": [self.random.randint(0, 20) for _ in range(self.random.randint(1, 12))], "comment": self.words()}, ensure_ascii=False
        )

    def scores(self) -> None:
        self.each("score", "sheet", "total")
        self.each("score_version", "sheet", "total")
        self.each("stage_score", "mean", "detail")
        self.execute("UPDATE stage_score SET alert = 1 - alert")
        self.each("reconciliation", "data")
        self.execute(
            "UPDATE score SET state = CASE state WHEN 'final' THEN 'draft' ELSE 'final' END WHERE rowid % 3 = ?",
            (self.random.randint(0, 2),),
        )
        if not self.released:
            self.each("group_summary", "comment")
            self.execute("UPDATE group_summary SET rank = 100 - rank")

    def votes(self) -> None:
        self.each("vote")
        self.execute(
            "UPDATE vote SET choice = CASE choice WHEN 'yes' THEN 'no' ELSE 'yes' END WHERE rowid % 2 = ?", (self.random.randint(0, 1),)
        )
        self.execute("UPDATE attendance SET present = 1 - present WHERE rowid % 4 = 1")
        self.each("recusal", "reason", keep=0.5)
        self.each("minutes", "data", keep=1.0)
        if not self.released:
            self.each("meeting_item", "reason", keep=1.0)
            self.execute(
                "UPDATE meeting_item SET proposed = 1 - proposed, rank = 50 - rank, decision = CASE decision WHEN 'yes' THEN 'no' ELSE 'yes' END"
            )

    def seats(self) -> None:
        """Other experts in the seats; conflicts, declarations and invitations come and go."""
        spare = [row["id"] for row in self.execute("SELECT id FROM expert WHERE id NOT IN (SELECT expert FROM seat)")]
        for row in self.execute("SELECT id FROM seat").fetchall():
            if spare and self.random.random() < 0.4:
                self.execute("UPDATE seat SET expert = ?, former = ? WHERE id = ?", (spare.pop(), json.dumps([self.words()]), row["id"]))
        self.each("conflict", "detail", keep=0.5)
        self.each("declaration", keep=0.7)
        self.each("invitation", "reason", keep=0.7)
        self.execute('UPDATE review_group SET leader = (SELECT max(expert) FROM seat WHERE seat."group" = review_group.id)')
        self.execute("UPDATE site_visit SET leader = 'X999', team = '[\"X999\"]', conclusion = 'untrue'")
        self.each("site_visit", "report", "doubts", keep=1.0)
        self.execute("DELETE FROM committee_seat WHERE rowid % 5 = 0")

    def experts(self) -> None:
        """Other names, employers and mailboxes; other accounts with other roles, and more of them."""
        marks = ",".join("?" * len(JUDGES))
        for row in self.execute("SELECT id FROM expert").fetchall():
            name, employer = self.random.choice(SURNAMES) + self.words()[:2], self.words()[:12]
            self.execute(
                "UPDATE expert SET name = ?, employer = ?, mail = ? WHERE id = ?",
                (name, employer, f"{row['id']}.{self.number()}@example.invalid", row["id"]),
            )
        for row in self.execute(f"SELECT DISTINCT person FROM role_grant WHERE role IN ({marks})", JUDGES).fetchall():
            login = f"judge{self.number()}{row['person']}@example.invalid"
            self.execute(
                "UPDATE person SET name = ?, login = ?, mail = ? WHERE id = ?",
                (self.random.choice(SURNAMES) + self.words()[:2], login, login, row["person"]),
            )
        self.execute(f"DELETE FROM role_grant WHERE role IN ({marks}) AND role <> 'expert' AND rowid % 3 = 0", JUDGES)
        for n in range(self.random.randint(1, 5)):
            self.execute(
                "INSERT INTO person (id, login, name, locale, active, failures, created_at) VALUES (?, ?, ?, 'zh', 1, 0, 0)",
                (f"P8{n:03}", f"new{n}@example.invalid", self.random.choice(SURNAMES) + "专家"),
            )
            self.execute(
                "INSERT INTO role_grant (person, role, organisation, granted_at, granted_by) VALUES (?, 'expert', ?, 0, 'x')",
                (f"P8{n:03}", f"X8{n:03}"),
            )

    def acts(self) -> None:
        """What experts sent and are to do, as the engine keeps it."""
        scoring = "act LIKE 'score.%' OR element LIKE 'N06%' OR element LIKE 'N07%' OR element LIKE 'N08c%' OR element LIKE 'N09%'"
        self.execute(f"UPDATE submission SET data = ?, actor = 'P8000' WHERE {scoring}", (self.sheet(),))
        self.execute("DELETE FROM submission WHERE act LIKE 'score.%' AND rowid % 3 = 0")
        self.execute("DELETE FROM task WHERE element IN ('N06a', 'N08c', 'N05c') AND state = 'completed' AND rowid % 2 = 0")
        self.execute("UPDATE task SET closed_by = 'P8000' WHERE element IN ('N06a', 'N08c', 'N05c') AND state = 'completed'")
        self.execute("DELETE FROM draft WHERE rowid % 2 = 0")

    def letters(self) -> None:
        """Letters to experts read otherwise."""
        self.execute(
            "UPDATE mail SET recipient_name = '某专家', subject = ?, body = ? WHERE recipient IN (SELECT id FROM expert) OR template IN"
            " ('19_expert_invited', '19_answer_recorded', '21_assignment', '22_conflict_declared', '23_expert_replaced', '24_dispersion', '25_group_closed')",
            (self.words(), self.words()),
        )
