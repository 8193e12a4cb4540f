"""A deadline is the same instant whatever zone the server stands in: the last microsecond counts, the next does not."""

import os
import subprocess
import sys

import pytest

ASK = """
from datetime import timedelta
from pathlib import Path
import tomllib
from selection.deadlines import plan, refuse_if_late
from selection.errors import HouseError
from selection.season import Season
end = plan(Season.from_settings(tomllib.loads(Path("processes/cn-2023/season.toml").read_text("utf-8"))))["申报截止"]
def late(received):
    try:
        refuse_if_late(received=received, deadline=end, name="申报截止")
    except HouseError:
        return True
    return False
moments = [timedelta(seconds=-1), timedelta(microseconds=-1), timedelta(0), timedelta(microseconds=1)]
print(end.isoformat(), *(late(end + moment) for moment in moments))
"""


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_the_last_microsecond_counts_in_every_zone(zone):
    ran = subprocess.run(
        [sys.executable, "-c", ASK], env={**os.environ, "TZ": zone, "PYTHONPATH": "."}, capture_output=True, text=True, check=True
    )
    end, *late = ran.stdout.split()
    assert end in {"2023-09-15T16:00:00+00:00", "2023-09-16T00:00:00+08:00"}
    assert late == ["False", "False", "True", "True"]
