"""What it costs to complete a small-form task, to start an application, and to keep a state; in process and over HTTP."""

from functools import partial
from http.client import HTTPConnection
from urllib.parse import urlencode

from benchmarks.meter import Meter
from benchmarks.season import ANSWER, MidSeason, Waiting, states, waiting
from benchmarks.serving import Server, sign_in
from engine.contract import SYSTEM
from store.selection.facts import Facts

WARM, COUNTED = 4, 10


def complete(season: MidSeason) -> dict[str, float]:
    """Complete N03a again and again through the engine's command: first to take the time, then to count statements, which takes time itself."""
    timed, counted = Meter(), Meter()
    with season.house("complete") as house:
        tasks = waiting(house)

        def do(each: Waiting) -> None:
            house.engine.complete(task=each.task, data=ANSWER, actor=each.actor)

        for each in tasks[:WARM]:
            do(each)
        for each in tasks[WARM:-COUNTED]:
            timed.take(partial(do, each))
        with counted.on(house.database):
            for each in tasks[-COUNTED:]:
                counted.take(partial(do, each))
    return {
        "complete_wall": timed.middle("wall"),
        "complete_cpu": timed.middle("cpu"),
        "complete_statements": counted.middle("statements"),
        "complete_commits": max(counted.commits),
    }


def complete_http(season: MidSeason) -> dict[str, float]:
    """The same through a real server on loopback: one request per task, the answer is the redirect to the inbox."""
    settings = season.copy("http")
    with Server(settings) as server:
        tasks = waiting(server.house)
        meter = Meter()
        for number, each in enumerate(tasks):
            cookie, token = sign_in(server.house, person=each.actor.id)
            server.get("/inbox", cookie=cookie)
            send = _request(server.connection, each, cookie=cookie, token=token)
            if number < WARM:
                send()
            else:
                meter.take(send)
    return {"complete_http": meter.middle("wall")}


class _request:  # noqa: N801 - called like the function it is
    def __init__(self, connection: HTTPConnection, waiting: Waiting, *, cookie: str, token: str) -> None:
        self.connection, self.path = connection, f"/tasks/{waiting.task}/complete"
        self.body = urlencode({**ANSWER, "form_token": token})
        self.headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}

    def __call__(self) -> None:
        self.connection.request("POST", self.path, body=self.body, headers=self.headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 303:  # noqa: PLR2004 - see other
            raise RuntimeError(f"{self.path} answered {answer.status}")


def start(season: MidSeason) -> dict[str, float]:
    """Start applications through the engine's command."""
    with season.house("start") as house, Meter().on(house.database) as meter:
        with house.database.write() as connection:
            facts = Facts(connection)
            first = facts.applications.of_season("cn-2023")[0]
            new = [facts.applications.open(season="cn-2023", enterprise=first.enterprise, at=house.clock.now()) for _ in range(WARM + 30)]
        for number, application in enumerate(new):
            variables = {"season": "cn-2023", "application": application, "enterprise": first.enterprise}

            def begin(application: str = application, variables: dict[str, str] = variables) -> None:
                house.engine.start(process="application", business_key=application, variables=variables, tenant="cn-2023", actor=SYSTEM)

            if number < WARM:
                begin()
            else:
                meter.take(begin)
    return {"start_wall": meter.middle("wall"), "start_commits": max(meter.commits)}


def state(season: MidSeason) -> dict[str, float]:
    """The largest stored state of the applications that are under way."""
    with season.house("state") as house:
        return {"state_bytes": max(states(house, "application"))}
