"""Words of pages in two languages. The Chinese words stand in the templates; ``i18n/en.toml`` gives the English beside them."""

import re
import tomllib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from web.tongue import Tongue

SHANGHAI = ZoneInfo("Asia/Shanghai")
LANGUAGES = ("zh", "en")
CHINESE = re.compile(r"[\u4e00-\u9fff（）、]+")
FIRST_WORD = re.compile(r"[a-z]+(?=[ ,;:'])", re.ASCII)
ONE_NUMBER = re.compile(r"(\D*)(\d+)(\D*)", re.ASCII)


@cache
def english() -> dict[str, str]:
    """Chinese words of pages -> English words. What a season calls its steps, stages and deadlines stands in the season's folder."""
    return tomllib.loads((Path(__file__).parent / "i18n" / "en.toml").read_text("utf-8"))


class Count(int):
    """A number that chooses its noun in English words: ``{n} {n:day|days}``."""

    def __format__(self, spec: str) -> str:
        """The first of two nouns for one, the second for all else; a plain number without nouns."""
        one, several, many = spec.partition("|")
        return super().__format__(spec) if not several else one if self == 1 else many


def word(language: str, zh: str, **values: object) -> str:
    """The words in the visitor's language; ``values`` fill ``{name}`` places. Words without a translation stay Chinese.

    What the pages do not know, a season may (see `web.tongue.Tongue`).
    """
    text = zh if language != "en" else english().get(zh) or season_word(language, zh) or numbered(zh) or zh
    return text.format(**{name: Count(value) if isinstance(value, int) else value for name, value in values.items()}) if values else text


def sentence(english: str, *, language: str = "en") -> str:
    """English words as a page shows them: what they name (a deadline, a unit) in English, too, where somebody said it, and a capital at their beginning.

    Refusals are written without, to be quoted; names of files keep their own.
    """
    told = CHINESE.sub(lambda found: word(language, found[0]), english)
    return told[0].upper() + told[1:] if FIRST_WORD.match(told) else told


def numbered(zh: str) -> str | None:
    """What a name with one number in it is called in English (`第2专业组`), where its like is known; None: it is not."""
    found = ONE_NUMBER.fullmatch(zh)
    like = english().get(f"{found[1]}{{n}}{found[3]}") if found else None
    return like.format(n=Count(found[2])) if found and like else None


def season_word(language: str, zh: str) -> str | None:
    """What a deployed season calls something in the visitor's language; None: it does not say."""
    return language.season_word(zh) if isinstance(language, Tongue) else None


def moment(value: datetime | None, *, language: str = "zh") -> str:
    """An instant as date and time in Shanghai; nothing for None."""
    if value is None:
        return ""
    local = value.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d %H:%M}" if language == "en" else f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def day(value: datetime | None, *, language: str = "zh") -> str:
    """The day of an instant in Shanghai."""
    if value is None:
        return ""
    local = value.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d}" if language == "en" else f"{local.year}年{local.month}月{local.day}日"


def until(value: datetime | None, *, language: str = "zh") -> str:
    """The last moment that counts before an exclusive end: midnight is shown as the day before."""
    if value is None:
        return ""
    local = value.astimezone(SHANGHAI)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return day(value - timedelta(seconds=1), language=language)
    return moment(value, language=language)


def due_words(due: datetime | None, *, now: datetime, language: str = "zh") -> tuple[str, str]:
    """How long a task has: (plain words, mood ``bad`` | ``warn`` | ``""``)."""
    if due is None:
        return "", ""
    if due <= now:
        days = max(1, (now - due).days)
        return word(language, "已逾期 {days} 天", days=days), "bad"
    last = due - timedelta(microseconds=1)
    days = (last.astimezone(SHANGHAI).date() - now.astimezone(SHANGHAI).date()).days
    if days == 0:
        return word(language, "今天到期"), "bad"
    if days == 1:
        return word(language, "明天到期"), "warn"
    return word(language, "还有 {days} 天", days=days), "warn" if days <= 3 else ""  # noqa: PLR2004 - the last three days are marked


def size(value: int) -> str:
    """A number of bytes for people; number and unit stay on one line."""
    if value < 1000:  # noqa: PLR2004 - a kilobyte as the season's limits count it
        return f"{value}\N{NO-BREAK SPACE}B"
    return f"{value / 1000:.0f}\N{NO-BREAK SPACE}KB" if value < 1_000_000 else f"{value / 1_000_000:.1f}\N{NO-BREAK SPACE}MB"  # noqa: PLR2004 - the same
