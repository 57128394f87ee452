"""When emails of alerts are sent, what is collected in them, and what a kill does."""

import os
import signal
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from administrators import says
from georeport_client import KEYS
from programs import started_program
from settings import settings_for
from statements import statements

from open311.database import db
from open311.letters.deliver import collect
from open311.operations.residents.alerts import forget_alerts
from open311.operations.telling.send_alerts import MOST_LISTED
from open311.queries.telling.messages import list_due
from open311.queries.telling.recipients import MOST_A_DAY
from open311.steps.telling.alert_messages import due_of
from tests.alerts.alerting import (
    MINUTE,
    ZONE,
    Alerted,
    alerted,
    asked,
    drawn,
    kinds,
    noon,
    sent,
    told,
    wish,
)
from tests.telling.mailing import MailTown, links, only, subjects

NEW_YEAR = "2026-12-31T21:30:00-05:00"


@pytest.mark.parametrize(
    ("rhythm", "now", "due"),
    [
        ("at_once", "2026-07-01T12:00:00-04:00", "2026-07-01T12:05:00-04:00"),
        ("at_once", "2026-07-01T20:56:00-04:00", "2026-07-02T08:00:00-04:00"),
        ("at_once", NEW_YEAR, "2027-01-01T08:00:00-05:00"),
        ("daily", "2026-07-01T07:59:59-04:00", "2026-07-01T08:00:00-04:00"),
        ("daily", "2026-07-01T08:00:00-04:00", "2026-07-02T08:00:00-04:00"),
        ("daily", "2026-10-31T12:00:00-04:00", "2026-11-01T08:00:00-05:00"),
        ("weekly", "2026-11-30T07:00:00-05:00", "2026-11-30T08:00:00-05:00"),
        ("weekly", "2026-11-30T08:00:00-05:00", "2026-12-07T08:00:00-05:00"),
        ("weekly", "2026-03-04T12:00:00-05:00", "2026-03-09T08:00:00-04:00"),
    ],
)
def test_each_rhythm_has_its_time(rhythm: str, now: str, due: str) -> None:
    found = due_of(rhythm, datetime.fromisoformat(now), ZONE)
    assert found == datetime.fromisoformat(due)


def gather(town: MailTown, at: datetime) -> None:
    with town.app():
        collect(at)


def test_a_burst_is_one_email(town: MailTown) -> None:
    found = alerted(town, wish())
    start = noon()
    reports = [town.report() for _ in range(3)]
    gather(town, start)
    reports.append(town.report())
    gather(town, start + 4 * MINUTE)
    news = only(sent(town, start + 4 * MINUTE, 1 * MINUTE))
    assert subjects([news]) == ["4 new requests: Gridtown"]
    assert all(one.id in news.plain for one in reports)
    assert kinds(town, found) == [("alert", "sent", None)]
    assert sent(town, start + 10 * MINUTE) == []


def test_the_last_part_of_an_hour_is_not_for_alerts(town: MailTown) -> None:
    found = alerted(town, wish())
    town.report()
    start = noon()
    gather(town, start)
    due = start + 6 * MINUTE
    [(waiting,)] = town.rows("SELECT id FROM messages WHERE state = 'waiting'")
    with town.app():
        assert list_due(due, 10) == [waiting]
    town.rows(
        "INSERT INTO messages (jurisdiction_id, kind, alert_id, channel, language, state, failure,"
        " attempts, made_at, due_at, sent_at)"
        " SELECT 'gridtown.example', 'alert', %s, 'email', 'en', 'sent', '', 1, %s, %s, %s"
        " FROM generate_series(1, 9)",
        *(found.id, start, start, start),
    )
    with town.app():
        assert list_due(due, 10) == []
        assert list_due(due, 100) == [waiting]


def test_a_long_list_names_the_newest_and_links_to_all(town: MailTown) -> None:
    alerted(town, wish(services=["POTHOLE"]), language="es")
    town.report()
    town.rows(
        """
        INSERT INTO service_requests (jurisdiction_id, service_request_id, public, sandbox,
            service_id, department_id, routing_reason, pinned, location, location_from, near_border,
            address_string, address_id, zipcode, description, media_url, answers, status,
            detailed_status, status_notes, requested_datetime, updated_datetime)
        SELECT jurisdiction_id, 'many-' || n, public, sandbox, service_id, department_id, '', false,
            location, location_from, false, '[x](http://x.example)\n- y', '', '', '', '', '{}',
            status, detailed_status, '', requested_datetime, updated_datetime
        FROM service_requests, generate_series(1, 29) n
        WHERE pk = (SELECT max(pk) FROM service_requests)
        """
    )
    news = only(sent(town))
    assert subjects([news]) == ["30 solicitudes nuevas: Gridtown"]
    pages = [path for path in links(news.plain) if path.startswith("/es/r/")]
    assert len(pages) == MOST_LISTED
    assert "Y 5 más." in news.plain
    [listed] = [path for path in links(news.plain) if path.startswith("/es/reports")]
    assert listed == "/es/reports?service_code=POTHOLE"
    assert "many-29" in says(town.get(listed))
    assert 'href="http://x.example' not in news.html


@pytest.mark.parametrize(
    ("corners", "there", "beside"),
    [
        # The second place is in the box around the triangle; the third one in that of the bow tie.
        (((0.1, -0.9), (0.1, -0.1), (0.9, -0.9)), (0.2, -0.8), (0.8, -0.2)),
        (((0.1, -0.9), (0.9, -0.1), (0.9, -0.9), (0.1, -0.1)), (0.8, -0.5), (0.95, -0.5)),
    ],
)
def test_the_link_of_a_drawn_area_lists_what_is_in_it(
    town: MailTown,
    corners: Sequence[tuple[float, float]],
    there: tuple[float, float],
    beside: tuple[float, float],
) -> None:
    alerted(town, drawn(*corners))
    told, other = (town.report(lat=str(lat), long=str(long)) for lat, long in (there, beside))
    news = only(sent(town))
    [listed] = [path for path in links(news.plain) if path.startswith("/en/reports")]
    page = says(town.get(listed))
    assert told.id in page
    assert other.id not in page


def test_at_night_nothing_is_sent(town: MailTown) -> None:
    found = alerted(town, wish())
    town.report()
    evening = noon().astimezone(ZONE).replace(hour=20, minute=58)
    assert sent(town, evening) == []
    town.report()
    assert sent(town, evening + timedelta(hours=6)) == []
    [news] = sent(town, evening + timedelta(hours=11, minutes=3), timedelta())
    assert "2 new requests" in news.email["Subject"]
    assert kinds(town, found) == [("alert", "sent", None)]


def test_what_waited_too_long_for_the_mail_server_waits_for_the_morning(town: MailTown) -> None:
    """An email that was due by day is not sent at night, when the mail server is back."""
    alerted(town, wish())
    town.report()
    gather(town, noon())
    night = noon().astimezone(ZONE).replace(hour=23)
    assert sent(town, night, timedelta()) == []
    assert len(sent(town, night + timedelta(hours=9), timedelta())) == 1


def test_after_ten_emails_a_day_the_rest_is_one(town: MailTown) -> None:
    found = alerted(town, wish())
    start = noon().astimezone(ZONE).replace(hour=9)
    for number in range(MOST_A_DAY):
        town.report()
        assert len(sent(town, start + 10 * number * MINUTE)) == 1
    late = start + 10 * MOST_A_DAY * MINUTE
    reports = [town.report() for _ in range(2)]
    assert sent(town, late) == []
    reports.append(town.report())
    assert sent(town, late + timedelta(hours=1)) == []
    news = only(sent(town, start + timedelta(days=1, minutes=6), timedelta()))
    assert subjects([news]) == ["3 new requests: Gridtown"]
    assert {(one.pk, "new") for one in reports} <= told(town, found)


def test_what_is_hidden_before_it_is_sent_is_not_in_the_email(town: MailTown) -> None:
    found, lone = alerted(town, wish()), alerted(town, wish(services=["0042"]))
    one, hidden = town.report(), town.report(service="0042")
    gather(town, noon())
    town.rows("UPDATE service_requests SET public = false WHERE pk = %s", hidden.pk)
    news = only(sent(town))
    assert one.id in news.plain
    assert hidden.id not in news.plain
    assert subjects([news]) == ["1 new request: Gridtown"]
    assert kinds(town, found) == [("alert", "sent", None)]
    assert kinds(town, lone) == [("alert", "dropped", "nothing")]


def test_who_ended_it_meanwhile_gets_nothing(town: MailTown) -> None:
    found = alerted(town, wish())
    town.report()
    gather(town, noon())
    assert town.post(f"/u/{found.token}", act="end").status_code == 200
    assert sent(town) == []
    assert kinds(town, found) == [("alert", "dropped", "ended")]


def wait_for_all(town: MailTown) -> list[Alerted]:
    """Let three alerts have an email that is due now, whatever time it is."""
    found = [alerted(town, wish()) for _ in range(3)]
    town.report()
    gather(town, datetime.now(UTC))
    town.rows("UPDATE messages SET due_at = now() - interval '1 second'")
    # Whoever runs this at night would wait for the morning.
    town.rows("UPDATE jurisdictions SET time_zone = %s WHERE id = 'gridtown.example'", by_day())
    return found


def by_day() -> str:
    """Return the name of a zone in which it is by day."""
    hour = datetime.now(UTC).hour
    return next(name for shift, name in ZONES.items() if 9 <= (hour + shift) % 24 < 20)


ZONES = {0: "UTC", 10: "Etc/GMT-10", -10: "Etc/GMT+10"}


def test_a_kill_after_the_mail_server_took_an_email_loses_nothing(town: MailTown) -> None:
    alerts = wait_for_all(town)
    environment = settings_for(town.database, **town.settings)
    try:
        with started_program(["mail", "send"], {**os.environ, **environment}) as program:

            def kill() -> None:
                assert program.process.pid is not None
                os.kill(program.process.pid, signal.SIGKILL)

            town.relay.at_data += ["250 OK", kill]
            program.process.join()
            assert program.process.exitcode == -signal.SIGKILL
        found = town.relay.taken()
        assert len(found) == 2
        with started_program(["mail", "send"], {**os.environ, **environment}) as program:
            program.process.join()
        found += town.relay.taken()
        found += town.deliver(timedelta(minutes=2))  # what was interrupted waits for a minute
    finally:
        town.rows("UPDATE jurisdictions SET time_zone = %s WHERE id LIKE 'grid%%'", ZONE.key)
    ids = Counter(one.email["Message-ID"] for one in found)
    assert sorted(ids.values()) == [1, 1, 2]
    assert [kinds(town, one) for one in alerts] == [[("alert", "sent", None)]] * 3


def test_a_failure_while_collecting_loses_nothing(
    town: MailTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What matches and the cursor are stored in one transaction."""
    found = alerted(town, wish())
    one = town.report()
    before = town.value("SELECT cursor FROM alert_clocks")

    def fail(*_arguments: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("open311.operations.telling.collect_alerts.store_cursor", fail)
        with pytest.raises(ExceptionGroup):
            gather(town, noon())
    assert told(town, found) == set()
    assert town.value("SELECT cursor FROM alert_clocks") == before
    sent(town)
    assert told(town, found) == {(one.pk, "new")}


def test_alerts_that_nobody_confirmed_vanish_after_a_week(town: MailTown) -> None:
    on, ended = alerted(town, wish()), alerted(town, wish())
    forgotten, kept, refused = (asked(town, wish()) for _ in range(3))
    town.post(f"/u/{refused.token}", act="refuse")
    town.post(f"/a/{ended.token}", act="end")
    week, month = timedelta(days=7, seconds=1), timedelta(days=31)
    now = datetime.now(UTC)
    town.rows("UPDATE alerts SET created_at = %s WHERE id = %s", now - week, forgotten.id)
    town.rows("UPDATE alerts SET created_at = %s WHERE id = %s", now - month, on.id)
    town.rows("UPDATE alerts SET ended_at = %s WHERE id = %s", now - month, ended.id)
    town.rows("UPDATE alerts SET ended_at = %s WHERE id = %s", now - month, refused.id)
    with town.app():
        assert forget_alerts() == 3
    assert town.rows("SELECT id FROM alerts ORDER BY id") == [(on.id,), (kept.id,)]
    addresses = {address for (address,) in town.rows("SELECT address FROM contacts")}
    assert addresses == {on.address, kept.address, refused.address}  # who refused stays refused


def test_a_city_without_alerts_pays_one_statement_and_a_submission_pays_nothing(
    town: MailTown,
) -> None:
    town.rows("DELETE FROM alert_clocks")
    town.report()
    with town.app(), statements(db.engine) as looked:
        collect(noon())
    assert len(looked) == 1
    alerted(town, wish())
    with town.app() as app:
        client = app.test_client()
        client.get("/open311/v2/requests.json")  # reads the snapshot
        with statements(db.engine) as posted:
            answer = client.post("/open311/v2/requests.json", data=POSTED)
    assert answer.status_code == 200
    assert len(posted) == 1
    assert "alert" not in " ".join(posted)


POSTED = {
    "api_key": KEYS["gridtown.example"],
    "service_code": "POTHOLE",
    "lat": "0.5",
    "long": "0.5",
    "description": "A deep hole of a submission",
}


def test_commands_list_and_forget_alerts(town: MailTown) -> None:
    assert town.command("alerts", "list") == "No alerts.\n"
    found = alerted(town, wish(services=["POTHOLE"], rhythm="weekly"), "kim@mail.example")
    alerted(town, wish(about="both"), "lee@mail.example")
    listed = town.command("alerts", "list").splitlines()
    assert len(listed) == 2
    assert listed[0].startswith(
        f"{found.id}: k…@mail.example, New requests, Gridtown, Pothole, weekly, on, since "
    )
    assert town.command("alerts", "forget", "Kim@mail.example") == "Alerts deleted: 1.\n"
    assert town.rows("SELECT address FROM contacts") == [("lee@mail.example",)]
    preview = town.command("mail", "preview", "alert", town.report().id, "--language", "es")
    assert preview.startswith("Subject: 1 solicitud nueva: Gridtown\n")
