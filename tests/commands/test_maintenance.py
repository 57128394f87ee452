"""open311 maintenance and open311 sandbox empty."""

import pytest
from flask import Flask
from sqlalchemy import text

from open311.database import Lock, db, only_process
from tests.commands.conftest import CommandLine

REPORT = {"api_key": "sandbox", "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}


@pytest.fixture
def sandbox(app: Flask) -> None:
    """A report in the sandbox, with a receipt that has expired."""
    answer = app.test_client().post("/open311/test/v2/requests.json", data=REPORT)
    assert answer.status_code == 200, answer.text
    db.session.remove()


def left() -> int:
    rows = db.session.scalar(text("SELECT count(*) FROM service_requests WHERE sandbox"))
    db.session.remove()
    return int(rows)


@pytest.mark.usefixtures("sandbox")
def test_the_sandbox_is_emptied(open311: CommandLine) -> None:
    assert open311.lines("sandbox", "empty") == ["Service requests deleted from the sandbox: 1."]
    assert left() == 0
    assert open311.lines("sandbox", "empty") == ["Service requests deleted from the sandbox: 0."]


@pytest.mark.usefixtures("sandbox")
def test_maintenance_does_all_that_is_due_every_night(open311: CommandLine) -> None:
    *lines, updated, corrected, folded, differing = open311.lines("maintenance")
    assert lines == [
        "Service requests deleted from the sandbox: 1.",
        "Expired receipts deleted: 0.",
        "Expired drafts of reports deleted: 0.",
        "Expired sessions deleted: 0.",
        "Expired proofs of work deleted: 0.",
        "Old stops of shift lists and keys of staff actions deleted: 0.",
        "Website reports whose sender was forgotten: 0.",
        "Originals of hidden texts and photos erased: 0.",
        "Old emails forgotten: 0.",
        "Unconfirmed and ended alerts deleted: 0.",
        "Notes about emails received deleted: 0.",
        "Entries deleted from the log of webhooks: 0.",
        "Old bulk actions deleted: 0.",
        "Old failed jobs deleted: 0.",
        "Requests anonymized: 0.",
        "Changes of requests by retention rules: 0.",
        "Erasures added to their log: 0.",
        "Unused photo files deleted: 0.",
    ]
    assert updated.startswith("Map cells updated: ")
    assert corrected == "Map cells corrected: 0."
    assert folded.startswith("Requests whose figures were updated: ")
    assert differing == "Figures corrected: 0."
    assert left() == 0


@pytest.mark.usefixtures("sandbox")
def test_while_another_process_tidies_nothing_is_done(open311: CommandLine) -> None:
    with only_process(Lock.MAINTENANCE) as is_mine:
        assert is_mine
        assert open311.lines("maintenance") == ["Another process is running the maintenance."]
    assert left() == 1


@pytest.mark.usefixtures("sandbox")
def test_a_job_that_fails_is_told_and_the_command_fails(
    app: Flask, open311: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    db.session.execute(text("ALTER TABLE receipts RENAME TO lost"))
    db.session.commit()
    with pytest.raises(
        AssertionError, match=r"forget_receipts failed\. For details, see the log at"
    ):
        open311.lines("maintenance")
    assert left() == 0


OLD_AND_REFUSED = """
    UPDATE service_requests SET status = 'closed', detailed_status = 'closed',
        requested_datetime = now() - interval '9 days',
        updated_datetime = now() - interval '9 days';
    UPDATE jurisdictions SET anonymize_after_days = 1;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'refused'; END$$;
    CREATE TRIGGER refuse BEFORE INSERT ON erasures FOR EACH ROW
        WHEN (NEW.jurisdiction_id = 'gridtown.example') EXECUTE FUNCTION refuse()
"""


def keeping_reporters() -> list[str]:
    """List the jurisdictions with a requester."""
    statement = (
        "SELECT DISTINCT jurisdiction_id FROM reporters"
        " JOIN service_requests ON pk = service_request_pk ORDER BY jurisdiction_id"
    )
    found = list(db.session.scalars(text(statement)))
    db.session.remove()
    return found


def test_a_city_whose_requests_cannot_be_anonymized_does_not_stop_the_others(
    two_towns_app: Flask, open311: CommandLine
) -> None:
    for city in ("gridtown", "hilltown"):
        here = {"api_key": f"key-of-{city}", "jurisdiction_id": f"{city}.example"}
        told = {**REPORT, **here, "email": "kim@mail.example"}
        answer = two_towns_app.test_client().post("/open311/v2/requests.json", data=told)
        assert answer.status_code == 200, answer.text
    db.session.execute(text(OLD_AND_REFUSED))
    db.session.commit()
    assert keeping_reporters() == ["gridtown.example", "hilltown.example"]
    with pytest.raises(AssertionError, match=r"anonymize failed\. For details, see the log at"):
        open311.lines("maintenance")
    assert keeping_reporters() == ["gridtown.example"]
