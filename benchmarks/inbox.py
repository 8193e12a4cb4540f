"""How long the inbox page takes when 100,000 tasks are open, most of them the groups' of one person."""

from typing import Any

from sqlalchemy import insert, select
from starlette.testclient import TestClient

from app.wiring import House
from benchmarks.meter import Meter
from benchmarks.season import MidSeason, waiting
from benchmarks.serving import sign_in
from engine import Actor
from store.engine.tables import task, task_candidate
from web.app import create_app

OPEN = 100_000
MINE = 2_000  # of them assigned to the person who looks
BLOCK = 10_000
DUE = 1_694_400_000_000_000  # microseconds: September 2023


def inbox(season: MidSeason) -> dict[str, float]:
    """The page of what is mine and the page of what my groups may take, both through the application."""
    with season.house("inbox") as house:
        first = waiting(house)[0]
        _fill(house, model=first.task, actor=first.actor)
        cookie, _ = sign_in(house, person=first.actor.id)
        web: Any = house
        client = TestClient(create_app(web), base_url="http://127.0.0.1", headers={"Cookie": cookie}, follow_redirects=False)
        return {f"inbox_{view}": _page(client, f"/inbox?view={view}") for view in ("mine", "groups")}


def _page(client: TestClient, path: str) -> float:
    meter = Meter()
    for number in range(24):
        answer: list[Any] = []
        meter.take(lambda answer=answer: answer.append(client.get(path)))  # type: ignore[misc]
        if answer[0].status_code != 200 or answer[0].text.count("/tasks/") < 50:  # noqa: PLR2004 - a full page
            raise RuntimeError(f"{path} answered {answer[0].status_code}")
        if number < 4:  # noqa: PLR2004 - until everything is warm
            meter = Meter()
    return meter.middle("wall")


def _fill(house: House, *, model: str, actor: Actor) -> None:
    """Copy an open task until 100,000 are open."""
    with house.database.write() as connection:
        row = dict(connection.execute(select(task).where(task.c.id == model)).mappings().one())
        (group,) = actor.groups
        for low in range(0, OPEN, BLOCK):
            numbers = range(low, low + BLOCK)
            copies = [
                {**row, "id": f"{model}x{number}", "wait": f"x{number}", "assignee": actor.id if number < MINE else None}
                for number in numbers
            ]
            offers = [
                {"task": copy["id"], "who": f"g:{group}", "taken": number < MINE, "due": DUE + number * 1_000_000}
                for number, copy in zip(numbers, copies, strict=True)
            ]
            connection.execute(insert(task), copies)
            connection.execute(insert(task_candidate), offers)
        connection.exec_driver_sql("ANALYZE")
