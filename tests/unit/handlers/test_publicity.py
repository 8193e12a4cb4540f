"""公示 by its acts: the ten working days count from the publication that was registered."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers import publicity

CHANNELS = [{"channel": "website", "url": "https://notice.invalid/1"}, {"channel": "wechat", "url": "https://wechat.invalid/1"}]


@pytest.mark.parametrize(
    ("published", "ends"),
    [
        ("2023-11-06T10:00", datetime(2023, 11, 20, 16, tzinfo=UTC)),  # G16: the last day is 20 November
        ("2023-09-28T09:00", datetime(2023, 10, 18, 16, tzinfo=UTC)),  # G17: 18 October; 7 and 8 October are worked, 29 September to 6 not
    ],
)
def test_g16_g17_a_registered_publication_ends_after_ten_working_days(stage, published, ends):
    year = tomllib.loads(Path("processes/cn-2023/calendar-2023.toml").read_text("utf-8"))
    now = datetime.fromisoformat(f"{published}+08:00").astimezone(UTC)
    stage.facts.calendar.import_year(
        year=2023, status=year["status"], off=year["off"], working=year["working"], source="t", at=now, by="t"
    )
    one = stage.enterprise(state="recommended")
    batch = stage.facts.publicity.open_batch(season="cn-2023", kind="publicity", applications={one.id: {}}, at=now)
    stage.file(batch, "D12.publication")
    ctx = stage.context(now=now, batch=batch, process="publicity", element="N11b")

    publicity.register(ctx, {"published_at": published, "channels": CHANNELS})
    told = publicity.start(ctx, {})

    item = stage.facts.publicity.item(batch=batch, application=one.id)
    assert (item.state, item.ends) == ("public", ends)
    assert datetime.fromisoformat(told["ends"]) == ends
