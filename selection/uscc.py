"""统一社会信用代码 (GB 32100-2015): 18 characters, the last one a check character modulo 31."""

from __future__ import annotations

from collections.abc import Iterable

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
LENGTH = 18
REGION = slice(2, 8)  # GB/T 2260: where it was registered
MODULUS = 31
WEIGHTS = tuple(pow(3, place, MODULUS) for place in range(LENGTH - 1))


def normalise(code: str) -> str:
    """The code as it is stored: no spaces, capitals, half-width characters."""
    half_width = "".join(chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in code)
    return "".join(half_width.split()).upper()


def check_character(body: str) -> str:
    """The 18th character for the first 17. Raises `ValueError` for a wrong length or a character outside the standard's alphabet."""
    if len(body) != LENGTH - 1:
        msg = f"17 characters are needed, not {len(body)}"
        raise ValueError(msg)
    total = sum(weight * ALPHABET.index(char) for weight, char in zip(WEIGHTS, body, strict=True))
    return ALPHABET[-total % MODULUS]


def is_valid(code: str) -> bool:
    """Whether a normalised code has the standard's length, alphabet and check character."""
    if len(code) != LENGTH or any(char not in ALPHABET for char in code):
        return False
    return check_character(code[:-1]) == code[-1]


def is_enterprise(code: str, *, prefixes: Iterable[str]) -> bool:
    """Whether the code begins like an enterprise's (`91` in 2023); others are not refused but looked at (E01)."""
    return code.startswith(tuple(prefixes))
