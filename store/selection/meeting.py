"""Facts of the committee's meetings (合议): agenda, attendance, recusals, votes, decisions, minutes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, select, update

from selection.meeting import WITHDRAWN
from store.selection import tables_review as t
from store.selection.subject import Fact, Subject

LEFT = "left"  # the decision of an item whose application was withdrawn or ended before the committee came to it


def standing_votes() -> Select[Any]:
    """The ballots that count: of each member the last on an item, unless it was withdrawn."""
    later = t.vote.alias("later")
    same = (later.c.meeting == t.vote.c.meeting, later.c.item == t.vote.c.item, later.c.member == t.vote.c.member)
    return select(t.vote).where(t.vote.c.choice != WITHDRAWN, ~exists().where(*same, later.c.round > t.vote.c.round))


class MeetingFacts(Subject):
    """Meetings and what was decided there."""

    def convene(self, *, season: str, kind: str, subject: str, parent: str, at: datetime) -> str:
        """Call a meeting; returns its id."""
        meeting = self.next_id("M", digits=1)
        self._add(t.meeting, id=meeting, season=season, kind=kind, subject=subject, parent=parent, state="convened", created_at=at)
        return meeting

    def get(self, meeting: str) -> Fact | None:
        """One meeting."""
        return self._one(t.meeting, id=meeting)

    def of_season(self, season: str, *, kind: str | None = None) -> list[Fact]:
        """Meetings of the season, oldest first."""
        return self._all(t.meeting, order=("created_at", "id"), season=season, **({} if kind is None else {"kind": kind}))

    def change(self, meeting: str, **values: object) -> None:
        """Change columns of a meeting."""
        self._set(t.meeting, {"id": meeting}, **values)

    def put_item(self, *, meeting: str, item: str, **values: object) -> None:
        """Put an item (application, objection, title) on the agenda, or keep what was decided of it."""
        self._put(t.meeting_item, {"meeting": meeting, "item": item}, **values)

    def items(self, meeting: str) -> list[Fact]:
        """The items of a meeting, those that have left the agenda among them."""
        return self._all(t.meeting_item, order=("rank", "item"), meeting=meeting)

    def leave(self, application: str) -> None:
        """An application that goes no further leaves the agendas on which nothing is decided yet: its items need no vote."""
        undecided = select(t.meeting.c.id).where(t.meeting.c.state.not_in(("decided", "signed")))
        item = t.meeting_item.c
        gone = (item.item == application, item.application == application, item.meeting.in_(undecided))
        self.connection.execute(update(t.meeting_item).where(*gone).values(decision=LEFT))

    def item(self, meeting: str, item: str) -> Fact | None:
        """One item of a meeting."""
        return self._one(t.meeting_item, meeting=meeting, item=item)

    def attend(self, *, meeting: str, member: str, office: str, present: bool, at: datetime) -> None:
        """Note who is there."""
        self._put(t.attendance, {"meeting": meeting, "member": member}, office=office, present=present, at=at)

    def attendance(self, meeting: str) -> list[Fact]:
        """Who was invited and who came."""
        return self._all(t.attendance, order=("member",), meeting=meeting)

    def recuse(self, *, meeting: str, item: str, member: str, reason: str | None) -> None:
        """Note that a member leaves an item."""
        self._put(t.recusal, {"meeting": meeting, "item": item, "member": member}, reason=reason)

    def recusals(self, meeting: str) -> list[Fact]:
        """Who left which item."""
        return self._all(t.recusal, order=("item", "member"), meeting=meeting)

    def vote(self, *, meeting: str, item: str, turn: int, member: str, choice: str, at: datetime, by: str) -> None:
        """Keep a member's ballot; its round counts the member's ballots on the item, and no two are one round's."""
        self._add(t.vote, meeting=meeting, item=item, round=turn, member=member, choice=choice, at=at, by=by)

    def votes(self, meeting: str, *, item: str | None = None) -> list[Fact]:
        """Every ballot of a meeting, replaced and withdrawn ones too; of a member in the order they were cast."""
        return self._all(t.vote, order=("item", "round", "member"), meeting=meeting, **({} if item is None else {"item": item}))

    def begin_again(self, meeting: str) -> None:
        """A meeting without quorum decided nothing: its attendance is taken anew."""
        self.connection.execute(delete(t.attendance).where(t.attendance.c.meeting == meeting))

    def reopen(self, meeting: str) -> None:
        """What was recorded of the items is taken back: no decision, no recusal; who has left the agenda stays away."""
        self.connection.execute(delete(t.recusal).where(t.recusal.c.meeting == meeting))
        item = t.meeting_item.c
        decided = item.meeting == meeting, item.decision.is_not(None), item.decision != LEFT
        self.connection.execute(update(t.meeting_item).where(*decided).values(decision=None, votes_for=None, votes_against=None, abstained=None))

    def sign_minutes(
        self, *, meeting: str, data: Mapping[str, Any], signed_by: str, by_proxy: bool, document: str | None, at: datetime
    ) -> None:
        """Keep the signed minutes."""
        values = {"data": dict(data), "signed_by": signed_by, "by_proxy": by_proxy, "document": document, "at": at}
        self._put(t.minutes, {"meeting": meeting}, **values)

    def minutes(self, meeting: str) -> Fact | None:
        """The minutes."""
        return self._one(t.minutes, meeting=meeting)
