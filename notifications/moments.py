"""How a mail names an instant, in Beijing time: filters of the templates."""

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def day(moment: datetime) -> str:
    """2023年9月15日."""
    local = moment.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日"


def day_en(moment: datetime) -> str:
    """15 September 2023."""
    local = moment.astimezone(BEIJING)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def clock(moment: datetime) -> str:
    """2023年9月15日 09:30."""
    return f"{day(moment)} {moment.astimezone(BEIJING):%H:%M}"


def clock_en(moment: datetime) -> str:
    """15 September 2023, 09:30 (Beijing time)."""
    return f"{day_en(moment)}, {moment.astimezone(BEIJING):%H:%M} (Beijing time)"


def until(moment: datetime) -> str:
    """2023年9月15日24时前: a deadline is stored as its exclusive end, people read the day that still counts."""
    return f"{day(moment - timedelta(microseconds=1))}24时前" if _is_midnight(moment) else f"{clock(moment)}前"


def until_en(moment: datetime) -> str:
    """The end of 15 September 2023 (Beijing time)."""
    return f"the end of {day_en(moment - timedelta(microseconds=1))} (Beijing time)" if _is_midnight(moment) else clock_en(moment)


def _is_midnight(moment: datetime) -> bool:
    local = moment.astimezone(BEIJING)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


FILTERS = {"day": day, "day_en": day_en, "clock": clock, "clock_en": clock_en, "until": until, "until_en": until_en}
