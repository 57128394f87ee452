"""The worker of a server forwards and follows by itself."""

from pathlib import Path

from neighbors import Place
from servers import running_server, wait_until

from open311.operations.requests.status import change_status


def test_a_running_server_sends_and_follows_by_itself(
    town: Place, county: Place, tmp_path: Path
) -> None:
    id_ = town.api.report(description="A hole that nobody pushes")
    with running_server(
        town.database, tmp_path / "log", {**town.settings, "OPEN311_JOBS": "inside"}
    ):
        assert wait_until(lambda: town.forwarded(id_)["state"] in ("accepted", "following"))
        number = str(town.forwarded(id_)["foreign_id"])
        with county.at_work() as city:
            change_status(city, number, "fixed", "Filled.", made_by="crew")
        town.rows("UPDATE foreign_endpoints SET polled_at = NULL")
        assert wait_until(lambda: town.forwarded(id_)["state"] == "done")
    assert town.api.one(id_)["status_notes"] == "Filled."
