"""Passwords: argon2id hashes, the same work for unknown names, and how long to wait after wrong ones."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from selection.errors import Refused

LEAST = 12
MOST = 256
FAILURES = 5
FAILURES_EVERYWHERE = 100  # from all unknown places together: more guesses than people make, fewer than a password needs
LOCK = timedelta(minutes=15)
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Made once by this hasher, of "nobody has this password": whoever asks for an unknown name waits as long as for a known one.
_dummy = "$argon2id$v=19$m=19456,t=2,p=1$x414gibkKXnR2pRQktDq+w$cWEWHueJI/a+5llc6/8GqTMg/lKoN/DuksWS2R9qd7k"


def hash_password(password: str) -> str:
    """The hash to keep. Raises Refused for a password that is too short, too long or of one character."""
    if not LEAST <= len(password) <= MOST or len(set(password)) < LEAST // 2:
        raise Refused(
            "password.weak",
            zh=f"密码至少 {LEAST} 个字符，且不能由少数字符重复组成。可以使用一句自己记得住的话。",
            en=f"A password needs at least {LEAST} characters and must not repeat a few. A sentence you remember is fine.",
        )
    return _hasher.hash(password)


def check_password(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; an account without one costs the same time."""
    try:
        fits = _hasher.verify(password_hash or _dummy, password[: MOST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


def wait_after(failures: int, *, now: datetime) -> datetime | None:
    """Until when a browser or place takes no password: a growing delay from the second wrong one, a quarter of an hour from the fifth."""
    if failures >= FAILURES:
        return now + LOCK
    return now + timedelta(seconds=2 ** (failures - 1)) if failures > 1 else None


def wait_everywhere(failures: int, *, now: datetime) -> datetime | None:
    """Until when the account takes a password only in browsers and places that it knows: after a hundred wrong ones from all others together."""
    return now + LOCK if failures >= FAILURES_EVERYWHERE else None
