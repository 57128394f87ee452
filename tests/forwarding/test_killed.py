"""kill -9 of a process that forwards, before and after the other server has stored the report."""

import os
import random
import signal

import pytest
import requests
from foreign_server import Reply, foreign_server
from neighbors import MARK, Place, forward
from programs import started_program
from servers import PATIENCE
from settings import settings_for


class Killer:
    """A server in front of the county's that kills the process whose form it has received."""

    def __init__(self, county: Place) -> None:
        self.county = county
        self.pid = 0
        self.after = True

    def take(self, form: dict[str, str]) -> Reply | None:
        """Pass a form on, and kill its sender before or after that; without one, answer."""
        if self.pid and not self.after:
            os.kill(self.pid, signal.SIGKILL)
            return None
        url = f"{self.county.address}/open311/v2/requests.xml"
        answer = requests.post(url, data=form, timeout=PATIENCE)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            return None
        return Reply(answer.content, answer.status_code)

    def answer(self, path: str, parameters: dict[str, str]) -> Reply:
        answer = requests.get(f"{self.county.address}{path}", params=parameters, timeout=PATIENCE)
        return Reply(answer.content, answer.status_code)

    def kill_in(self, town: Place, *, after: bool) -> None:
        """Run a round in a process of its own, and kill it."""
        self.after = after
        environment = {**os.environ, **settings_for(town.database, **town.settings)}
        with started_program(["forwarding", "run"], environment) as program:
            self.pid = program.process.pid or 0
            program.process.join(PATIENCE)
            assert program.process.exitcode == -signal.SIGKILL, program.error.read_text()
        self.pid = 0


def number_there(county: Place, service_request_id: str) -> list[str]:
    rows = county.rows(
        "SELECT service_request_id FROM service_requests WHERE description LIKE %s",
        f"%{MARK}{service_request_id}",
    )
    return [id_ for [id_] in rows]


def look_again(town: Place) -> None:
    """Let the time pass after which a report is looked for again."""
    town.rows(
        "UPDATE forwardings SET due_at = due_at - interval '10 minutes' WHERE state = 'sending'"
    )
    town.send()


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.long)])
def test_a_report_is_there_once_or_a_person_decides(town: Place, county: Place, kills: int) -> None:
    killer = Killer(county)
    chance = random.Random(kills)
    when = [True, False, *(chance.random() < 0.5 for _n in range(kills - 2))]
    with foreign_server(killer.answer, killer.take) as server:
        forward(town, server.address, "EAST", "LIGHTS")
        for after in when:
            id_ = town.api.report(description="A hole and a kill")
            killer.kill_in(town, after=after)
            assert town.forwarded(id_)["state"] == "sending"
            look_again(town)
            found = number_there(county, id_)
            assert len(found) == after
            state = town.forwarded(id_)
            if after:
                assert (state["state"], [state["foreign_id"]]) == ("accepted", found)
            else:
                town.rows(
                    "UPDATE forwardings SET state_at = state_at - interval '1 hour'"
                    " WHERE state = 'sending'"
                )
                look_again(town)
                assert town.forwarded(id_)["state"] == "unknown"
                assert "not_forwarded" in town.review(id_)
