"""Tokens that let programmes in as an account, without its password: only their hashes are kept."""

import hashlib
from datetime import datetime

from sqlalchemy import update

from store.selection import tables_people as t
from store.selection.subject import Fact, Subject


def hashed(secret: str) -> str:
    """What the database keeps of a session id, a mailed token or a programme's."""
    return hashlib.sha256(secret.encode()).hexdigest()


class AccessTokens(Subject):
    """Reads and writes on one connection, inside the caller's transaction. Instants are aware UTC."""

    def add(self, *, digest: str, person: str, name: str, at: datetime, expires: datetime, by: str) -> str:
        """Keep a token under its hash; the id by which people name it."""
        token = self.next_id("K")
        self._add(t.access_token, hash=digest, id=token, person=person, name=name, created_at=at, created_by=by, expires=expires)
        return token

    def holder(self, digest: str, *, now: datetime) -> str | None:
        """The person whose token this is; None when it is not known, over or revoked."""
        found = self._one(t.access_token, hash=digest)
        return found.person if found is not None and found.revoked_at is None and now < found.expires else None

    def of_person(self, person: str) -> list[Fact]:
        """A person's tokens, the oldest first: id, name, created_at, created_by, expires, revoked_at."""
        return self._all(t.access_token, order=("created_at", "id"), person=person)

    def revoke(self, token: str, *, person: str, now: datetime) -> bool:
        """Let a token of a person let nobody in any more; False if there is none that did."""
        still = (t.access_token.c.id == token, t.access_token.c.person == person, t.access_token.c.revoked_at.is_(None))
        return self.connection.execute(update(t.access_token).where(*still).values(revoked_at=now)).rowcount == 1
