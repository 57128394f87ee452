"""open311 updates: what staff see of updates that wait, and accepting them."""

from datetime import UTC, datetime

from flask import Flask

from open311.database import db
from open311.operations.requests.updates import SentUpdate, receive_update
from open311.queries.jurisdictions import get_jurisdiction
from tests.commands.conftest import CommandLine

BATCH = "26-0000006"  # a lamp, accepted


def send(update_id: str, status: str | None = "fixed", description: str = "") -> str:
    """Send an update of a request to a batch service, and give its token."""
    sent = SentUpdate(
        jurisdiction=get_jurisdiction(None),
        api_key_id=None,
        service_request_id=BATCH,
        update_id=update_id,
        status=status,
        sent_at=datetime.now(UTC),
        description=description,
        reporter={"email": "kim@mail.example"},
    )
    token = receive_update(sent).receipt["token"]
    db.session.remove()
    return token


def test_updates_that_wait_are_listed_oldest_first_without_who_sent_them(
    app: Flask, open311: CommandLine
) -> None:
    first = send("u-1", description="New\r\n  lamp.")
    second = send("u-2", status=None)
    today = f"{BATCH} {datetime.now(UTC):%F}"
    assert open311.lines("updates", "approve") == [
        f"{first} {today} fixed New lamp.",
        f"{second} {today} unchanged",
    ]


def test_all_that_wait_can_be_accepted_at_once(app: Flask, open311: CommandLine) -> None:
    tokens = [send(f"u-{number}") for number in range(3)]
    lines = [line.split() for line in open311.lines("updates", "approve", "--all")]
    assert [token for token, _update_id in lines] == tokens
    path = f"/open311/v2/servicerequestupdates.json?service_request_id={BATCH}"
    shown = app.test_client().get(path).json
    assert [row["update_id"] for row in shown] == [update_id for _token, update_id in lines]
    assert open311.lines("updates", "approve") == []
    assert open311.lines("updates", "approve", "--all") == []


def test_an_update_is_accepted_once(app: Flask, open311: CommandLine) -> None:
    token = send("u-1")
    [line] = open311.lines("updates", "approve", token)
    update_id = line.split()[1]
    assert f"already approved. Its number is {update_id}." in open311.refusal(
        "updates", "approve", token
    )


def test_an_unknown_token_is_refused(shared_app: Flask, open311: CommandLine) -> None:
    assert "Token 'nothing' does not exist" in open311.refusal("updates", "approve", "nothing")
