"""Which requests an alert tells: by place, service, and what has happened to them."""

from datetime import timedelta

import pytest
from psycopg import RawCursor

from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.telling.alerts import select_matches
from open311.statements import Statement, transaction_connection
from open311.steps.values.alerts import AlertWish
from tests.alerts.alerting import Alerted, alerted, around, drawn, noon, sent, told, wish
from tests.residents.reported import Reported
from tests.telling.mailing import MailTown

WEST_WARD = {"lat": "0.5", "long": "-0.5"}
EAST_WARD = {"lat": "0.5", "long": "0.5"}


def new(*reports: Reported) -> set[tuple[int, str]]:
    return {(one.pk, "new") for one in reports}


def closed(*reports: Reported) -> set[tuple[int, str]]:
    return {(one.pk, "closed") for one in reports}


@pytest.mark.parametrize(
    ("one", "tells"),
    [
        (wish(), (True, True, True)),
        (wish(services=["POTHOLE"]), (True, True, False)),
        (wish(services=["0042", "LAMP"]), (False, False, True)),
        (wish(place="boundary", boundary_layer="ward", boundary_code="2"), (True, False, False)),
        (wish(place="boundary", boundary_layer="core", boundary_code="2"), (False,) * 3),
        (around(0.5, 0.5, 1000), (False, True, True)),
        (around(0.6, 0.5, 11_100), (False, True, True)),
        (around(0.6, 0.5, 11_000), (False, False, False)),
        (drawn((0.4, -0.6), (0.4, -0.4), (0.6, -0.5)), (True, False, False)),
        (drawn((0.4, -0.6), (0.4, 0.6), (0.5, 0.0)), (False, False, False)),
        (wish(about="closed"), (False, False, False)),
    ],
)
def test_an_alert_tells_what_is_in_its_place_and_of_its_services(
    town: MailTown, one: AlertWish, tells: tuple[bool, ...]
) -> None:
    found = alerted(town, one)
    reports = [
        town.report(**WEST_WARD),
        town.report(**EAST_WARD),
        town.report(service="0042", **EAST_WARD),
    ]
    sent(town)
    assert told(town, found) == new(
        *(report for report, is_told in zip(reports, tells, strict=True) if is_told)
    )


def test_closings_are_told_once_and_only_if_they_still_are(town: MailTown) -> None:
    before, one, other = (town.report() for _ in range(3))
    town.change(before, "fixed")
    town.let_pass(before, timedelta(days=1))
    found, both = alerted(town, wish(about="closed")), alerted(town, wish(about="both"))
    later = town.report()
    town.change(before, "no_further_action", "A correction of what was closed before")
    for report in (one, other):
        town.change(report, "fixed")
    town.change(other, "open", "Not yet")
    sent(town)
    assert told(town, found) == closed(one)
    town.change(one, "open", "Again")
    town.change(one, "fixed")
    town.change(other, "fixed")
    emails = sent(town, noon(2))
    assert told(town, found) == closed(one, other)
    assert told(town, both) >= closed(one, other) | new(later)
    assert all(one.id not in email.plain for email in emails)


def test_what_reopens_before_the_email_is_sent_can_be_told_later(town: MailTown) -> None:
    one, found = town.report(), alerted(town, wish(about="closed"))
    town.change(one, "fixed")
    assert sent(town, after=timedelta()) == []  # it is still collecting
    town.change(one, "open", "Not yet")
    assert sent(town) == []
    assert told(town, found) == set()
    town.change(one, "fixed")
    [email] = sent(town, noon(2))
    assert one.id in email.plain
    assert told(town, found) == closed(one)


def test_nothing_is_told_that_the_public_does_not_see(town: MailTown) -> None:
    found = alerted(town, wish(about="both"))
    held, confidential, imported, withdrawn = (
        town.report(),
        town.report(service="TIP"),
        town.report(),
        town.report(),
    )
    test = town.submit("/open311/test/v2/requests.json")
    assert test.status_code == 200
    town.rows("UPDATE service_requests SET public = false WHERE pk = %s", held.pk)
    town.rows("UPDATE service_requests SET public = true WHERE pk = %s", confidential.pk)
    town.rows(
        "INSERT INTO former_ids (jurisdiction_id, source, former_id, service_request_pk)"
        " VALUES ('gridtown.example', 'https://old.example', '1', %s)",
        imported.pk,
    )
    town.rows("UPDATE service_requests SET withdrawn_at = now() WHERE pk = %s", withdrawn.pk)
    assert sent(town) == []
    assert told(town, found) == set()
    town.rows("UPDATE service_requests SET public = true WHERE pk = %s", held.pk)
    town.change(imported, "fixed", "By our own staff")
    sent(town, noon(2))
    assert told(town, found) == new(held) | closed(imported)


def test_what_happened_before_an_alert_began_is_not_told(town: MailTown) -> None:
    before = town.report()
    town.rows(
        "UPDATE service_requests SET requested_datetime = requested_datetime - interval '1 hour'"
        " WHERE pk = %s",
        before.pk,
    )
    found = alerted(town, wish())
    town.change(before, "in_progress")
    after = town.report()
    sent(town)
    assert told(town, found) == new(after)


def test_an_alert_of_a_boundary_moves_with_a_new_map(town: MailTown) -> None:
    """Rows of a new version of the layer, in which ward 2 is where ward 10 was."""
    found = alerted(town, wish(place="boundary", boundary_layer="ward", boundary_code="2"))
    one = town.report(**EAST_WARD)
    town.rows(
        """
        WITH version AS (
            INSERT INTO boundary_sets (layer_id, source, license, vintage, imported_at, imported_by,
                carry_over)
            SELECT id, '', '', '', now(), 'tests', false FROM boundary_layers WHERE code = 'ward'
            RETURNING id, layer_id
        ), new AS (
            INSERT INTO boundaries (set_id, layer_id, code, name, position, geometry)
            SELECT version.id, version.layer_id, '2', 'Ward Two', 0, geometry
            FROM boundaries, version WHERE code = '10' LIMIT 1
            RETURNING id, layer_id
        )
        UPDATE service_request_boundaries SET boundary_id = new.id FROM new
        WHERE service_request_pk = %s AND service_request_boundaries.layer_id = new.layer_id
        """,
        one.pk,
    )
    sent(town)
    assert told(town, found) == new(one)


def test_ten_thousand_alerts_are_looked_up_in_indexes(town: MailTown) -> None:
    alerted(town, wish())
    town.rows(
        """
        INSERT INTO alerts (jurisdiction_id, contact_id, place, boundary_layer, boundary_code,
            area, address, services, about, rhythm, language, state, token_hash, created_at,
            begun_at)
        SELECT 'gridtown.example', (SELECT max(id) FROM contacts),
            CASE n %% 2 WHEN 0 THEN 'area' ELSE 'boundary' END,
            CASE n %% 2 WHEN 0 THEN '' ELSE 'ward' END, CASE n %% 2 WHEN 0 THEN '' ELSE n::text END,
            CASE n %% 2 WHEN 0 THEN
                ST_Multi(ST_Expand(ST_Point(n %% 179 - 89.0, n %% 83 - 41.0, 4326), 0.3)) END,
            '', '{}', 'new', 'daily', 'en', 'on', sha256(n::text::bytea), now(), now()
        FROM generate_series(1, 10000) n
        """
    )
    town.report()
    town.rows("ANALYZE alerts")
    town.rows("ANALYZE service_requests")
    with town.app():
        cursor = RawCursor(transaction_connection())
        statement = Statement(select_matches(get_jurisdiction("gridtown.example")), prepared=True)
        cursor.execute(b"PREPARE matching AS " + statement.text)
        cursor.execute(b"SET LOCAL plan_cache_mode = force_generic_plan")
        number = len(statement.parameters({"after": 0, "end": 0, "since": None}))
        values = ", ".join(["NULL"] * number)
        cursor.execute(f"EXPLAIN EXECUTE matching ({values})".encode())
        plan = "\n".join(line for (line,) in cursor.fetchall())
    for index in ("ix_alerts_area", "ix_alerts_boundary", "ix_alerts_city"):
        assert index in plan
    assert "Seq Scan on alerts" not in plan


def test_paused_and_ended_alerts_tell_nothing(town: MailTown) -> None:
    paused, on = alerted(town, wish()), alerted(town, wish())
    town.rows("UPDATE alerts SET state = 'paused' WHERE id = %s", paused.id)
    one = town.report()
    sent(town)
    found: list[Alerted] = [paused, on]
    assert [told(town, alert) for alert in found] == [set(), new(one)]
