"""What the constraints of the database refuse, and what its triggers keep consistent."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from many_cases import failing

from tests.models.alert_cases import (
    ALERT_NULLS,
    ALERT_OF_A_REQUEST,
    ALERT_REFUSED,
    ALERT_TAKEN,
)
from tests.models.audit_cases import AUDIT_REFUSED, AUDIT_TAKEN
from tests.models.base_map_cases import BASE_MAP_NULLS, BASE_MAP_REFUSED, BASE_MAP_TAKEN
from tests.models.bulk_cases import BULK_NULLS, BULK_REFUSED, BULK_TAKEN
from tests.models.forwarding_cases import (
    FORWARDING_NULLS,
    FORWARDING_REFUSED,
    FORWARDING_TAKEN,
)
from tests.models.inserts import REPORT, UPDATE, insert, received_update
from tests.models.insight_cases import INSIGHT_NULLS, INSIGHT_REFUSED, INSIGHT_TAKEN
from tests.models.response_cases import RESPONSE_NULLS, RESPONSE_REFUSED, RESPONSE_TAKEN
from tests.models.shift_cases import SHIFT_NULLS, SHIFT_REFUSED, SHIFT_TAKEN
from tests.models.site_cases import SITE_NULLS, SITE_REFUSED, SITE_TAKEN
from tests.models.site_rows import OF_A_REQUEST
from tests.models.staff_mail_cases import (
    STAFF_MAIL_NULLS,
    STAFF_MAIL_OF_A_REQUEST,
    STAFF_MAIL_REFUSED,
    STAFF_MAIL_TAKEN,
)
from tests.models.text_cases import TEXT_NULLS, TEXT_REFUSED, TEXT_TAKEN, template
from tests.models.view_cases import VIEW_NULLS, VIEW_REFUSED, VIEW_TAKEN
from tests.models.webhook_cases import WEBHOOKS_NULLS, WEBHOOKS_REFUSED, WEBHOOKS_TAKEN

Connection = psycopg.Connection[tuple[object, ...]]

# No statement can violate these alone: a primary key implies the unique ones, which are there as
# targets of foreign keys, and a foreign key to the jurisdiction's departments the other two.
IMPLIED = {
    "uq_boundaries_id_layer_id",
    "uq_boundary_layers_jurisdiction_id_id",
    "uq_boundary_sets_id_layer_id",
    "uq_contacts_jurisdiction_id_id",
    "uq_departments_jurisdiction_id_id",
    "uq_foreign_endpoints_jurisdiction_id_id",
    "uq_response_templates_jurisdiction_id_id",
    "uq_services_jurisdiction_id_id",
    "uq_subscriptions_id_service_request_pk",
    "uq_users_jurisdiction_id_id",
    "fk_alerts_jurisdiction_id",
    "fk_canaries_jurisdiction_id",
    "fk_routing_rules_jurisdiction_id",
    "fk_service_requests_jurisdiction_id",
}

POTHOLE = "(SELECT id FROM services WHERE service_code = 'POTHOLE' AND jurisdiction_id LIKE 'g%')"
GOAT = "(SELECT id FROM services WHERE service_code = 'GOAT')"
WHO = "(SELECT id FROM service_attributes WHERE code = 'WHO')"
HALL = "(SELECT id FROM departments WHERE code = 'HALL' AND jurisdiction_id LIKE 'g%')"
HILL = "(SELECT id FROM departments WHERE jurisdiction_id = 'hilltown.example')"
WARD = "(SELECT id FROM boundary_layers WHERE code = 'ward')"
CORE = "(SELECT id FROM boundary_layers WHERE code = 'core')"
CORE_1 = f"(SELECT id FROM boundaries WHERE layer_id = {CORE})"
LIGHTS = "(SELECT id FROM routing_rules WHERE code = 'lights')"
WARDS = f"(SELECT id FROM boundary_sets WHERE layer_id = {WARD} AND in_force_until IS NULL)"
SQUARE = "ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326))"
BOW_TIE = "'SRID=4326;MULTIPOLYGON(((0 0, 1 1, 1 0, 0 1, 0 0)))'"
NOTHING = "'SRID=4326;MULTIPOLYGON EMPTY'"


def jurisdiction(**values: object) -> str:
    row: dict[str, object] = {
        "id": "'new'",
        "name": "'New'",
        "time_zone": "'UTC'",
        "contact": "'x'",
        "key_service": "'x'",
        "locality": "''",
        "public_holidays": "''",
        "units": "'metric'",
        "reopen_days": 60,
        "default_department": "'HALL'",
        "service_area_source": "''",
        "catalog_changed_at": "now()",
    }
    return insert("jurisdictions", **{**row, **values})


def department(**values: object) -> str:
    row = {"jurisdiction_id": "'gridtown.example'", "code": "'NEW'", "name": "'New'"}
    return insert("departments", **{**row, **values})


def service(**values: object) -> str:
    row: dict[str, object] = {
        "jurisdiction_id": "'gridtown.example'",
        "service_code": "'NEW'",
        "service_name": "'New'",
        **dict.fromkeys(("description", "group", "keywords", "service_notice"), "''"),
        "type": "'realtime'",
        "active": True,
    }
    return insert("services", **{**row, **values})


def question(**values: object) -> str:
    row: dict[str, object] = {
        "service_id": POTHOLE,
        "code": "'NEW'",
        "datatype": "'string'",
        "required": False,
        "variable": True,
        "order": 1,
        "description": "''",
        "datatype_description": "''",
    }
    return insert("service_attributes", **{**row, **values})


def option(**values: object) -> str:
    row = {"attribute_id": WHO, "key": "'NEW'", "name": "'New'", "position": 99}
    return insert("attribute_values", **{**row, **values})


def layer(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "code": "'new'",
        "name": "'New'",
        "position": 9,
        "exception": False,
    }
    return insert("boundary_layers", **{**row, **values})


def boundary_set(**values: object) -> str:
    row = {
        "layer_id": WARD,
        "in_force_from": "'1800-01-01'",
        "in_force_until": "'1801-01-01'",
        **dict.fromkeys(("source", "license", "vintage"), "''"),
        **dict.fromkeys(("imported_at", "published_at"), "now()"),
        **dict.fromkeys(("imported_by", "published_by"), "'clerk'"),
        "carry_over": False,
    }
    return insert("boundary_sets", **{**row, **values})


def boundary(**values: object) -> str:
    row = {
        "set_id": WARDS,
        "layer_id": WARD,
        "code": "'3'",
        "name": "''",
        "position": 9,
        "geometry": SQUARE,
    }
    return insert("boundaries", **{**row, **values})


def rule(**values: object) -> str:
    row: dict[str, object] = {
        "jurisdiction_id": "'gridtown.example'",
        "code": "'new'",
        "department_id": HALL,
        "note": "''",
        "active": True,
    }
    return insert("routing_rules", **{**row, **values})


def report(**values: object) -> str:
    row: dict[str, object] = {
        "jurisdiction_id": "'gridtown.example'",
        "service_request_id": "'new'",
        "public": True,
        "sandbox": False,
        "service_id": POTHOLE,
        "department_id": HALL,
        "location": "'SRID=4326;POINT(0.5 0.5)'",
        "location_from": "NULL" if values.get("location") == "NULL" else "'client'",
        "pinned": False,
        "near_border": False,
        **dict.fromkeys(("routing_reason", "address_string", "address_id", "zipcode"), "''"),
        **dict.fromkeys(("description", "media_url", "status_notes"), "''"),
        "answers": "'{}'",
        "status": "'open'",
        "detailed_status": values.get("status", "'open'"),
        "requested_datetime": "'2026-01-01T00:00:00Z'",
        "updated_datetime": "'2026-01-01T00:00:00Z'",
    }
    return insert("service_requests", **{**row, **values})


def change(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "status": "'open'",
        "detailed_status": values.get("status", "'open'"),
        "status_notes": "''",
        "changed_at": "now()",
        "opening": False,
    }
    return insert("status_changes", **{**row, **values})


def place(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "layer_id": CORE,
        "boundary_id": CORE_1,
        "near": False,
    }
    return insert("service_request_boundaries", **{**row, **values})


def reporter(**values: object) -> str:
    columns = ("email", "device_id", "account_id", "first_name", "last_name", "phone")
    row = {"service_request_pk": REPORT, **dict.fromkeys(columns, "''")}
    return insert("reporters", **{**row, **values})


def api_key(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "name": "'new'",
        "key_hash": "'x'",
        "rights": "ARRAY['report']",
        "created_at": "now()",
    }
    return insert("api_keys", **{**row, **values})


SITE_KEY = {"kind": "'site'", "key_hash": "'y'"}


def note_photo(**values: object) -> str:
    step = insert(
        "work_steps",
        service_request_pk=REPORT,
        kind="'noted'",
        text="'Seen.'",
        made_at="now()",
        made_by="'kim'",
    )
    row = {
        "name": "'p.jpg'",
        "service_request_pk": REPORT,
        "work_step_id": "(SELECT max(id) FROM work_steps)",
        "position": 0,
    }
    return f"{step}; {insert('note_photos', **{**row, **values})}"


def media(**values: object) -> str:
    row = {"service_request_pk": REPORT, "position": 9, "url": "'https://photos.example/1'"}
    return insert("media", **{**row, **values})


PHOTO = {"url": "NULL", "name": "'new'", "width": 4, "height": 3, "size": 9}


def update_reporter(**values: object) -> str:
    columns = ("title", "first_name", "last_name", "email", "phone", "account_id")
    row = {"received_update_id": UPDATE, **dict.fromkeys(columns, "''")}
    return insert("update_reporters", **{**row, **values})


def receipt(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "jurisdiction_id": "'gridtown.example'",
        "sandbox": False,
        "fingerprint": "'x'",
        "answer": "'{}'",
        "received_at": "now()",
    }
    return insert("receipts", **{**row, **values})


def former_id(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "source": "'https://old.example'",
        "former_id": "'7'",
        "service_request_pk": REPORT,
    }
    return insert("former_ids", **{**row, **values})


def progress(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "source": "'https://old.example'",
        "requested_from": "now()",
        "done_until": "now()",
    }
    return insert("import_progress", **{**row, **values})


def edge(**values: object) -> str:
    row = {
        "boundary_id": CORE_1,
        "set_id": WARDS,
        "edge": "'SRID=4326;LINESTRING(0 0, 1 1)'",
    }
    return insert("boundary_edges", **{**row, **values})


def hours(**values: object) -> str:
    row = {"weekday": 1, "opens": "'08:00'", "closes": "'12:00'"}
    return insert("business_hours", jurisdiction_id="'gridtown.example'", **{**row, **values})


def holiday(**values: object) -> str:
    row = {"jurisdiction_id": "'gridtown.example'", "day": "'2026-12-25'", "name": "''"}
    return insert("holidays", **{**row, **values})


def canary(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "name": "'new'",
        "service_id": POTHOLE,
        "department_id": HALL,
        "location": "'SRID=4326;POINT(0.5 0.5)'",
        "note": "''",
    }
    return insert("canaries", **{**row, **values})


def carried(**values: object) -> str:
    row: dict[str, object] = {"set_id": WARDS, "rule_id": LIGHTS, "kind": "'ended'"}
    return insert("carried_rules", **{**row, **values})


def carry_over(**values: object) -> str:
    row = {"jurisdiction_id": "'gridtown.example'", "made_at": "now()", "made_by": "'clerk'"}
    return insert("carry_overs", **{**row, **values})


EAST = "(SELECT id FROM departments WHERE code = 'EAST')"


def step(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "jurisdiction_id": "'gridtown.example'",
        "kind": "'moved'",
        "from_department_id": HALL,
        "to_department_id": EAST,
        "reason": "''",
        "before": "'{}'",
        "made_at": "now()",
        "made_by": "'clerk'",
    }
    return insert("routing_steps", **{**row, **values})


def triage(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "service_request_pk": REPORT,
        "reason": "'near_border'",
        "detail": "''",
        "raised_at": "now()",
    }
    return insert("triage_entries", **{**row, **values})


def register(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        **dict.fromkeys(("source", "license", "vintage"), "''"),
        "imported_at": "now()",
        "imported_by": "'clerk'",
    }
    return insert("address_registers", **{**row, **values})


def address(**values: object) -> str:
    words = ("number_words", "street_words", "unit", "city", "zipcode", "words")
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "address_id": "'new'",
        "address": "'1 Main St'",
        "number_value": 1,
        **dict.fromkeys(words, "''"),
        "location": "'SRID=4326;POINT(0.5 0.5)'",
    }
    return insert("address_points", **{**row, **values})


def user(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "name": "'new'",
        "role": "'viewer'",
        "password_hash": "'x'",
        "created_at": "now()",
        "recovery_hashes": "'{}'",
    }
    row["name_key"] = values.get("name", row["name"])
    return insert("users", **{**row, **values})


def session(**values: object) -> str:
    row = {
        "token_hash": "decode(repeat('ab', 32), 'hex')",
        "user_id": MEMBER,
        "created_at": "now()",
        "expires_at": "now() + interval '1 hour'",
    }
    return insert("user_sessions", **{**row, **values})


MEMBER = "(SELECT max(id) FROM users)"


def work_step(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "kind": "'noted'",
        "text": "'The key is at the desk.'",
        "made_at": "now()",
        "made_by": "'desk'",
    }
    return insert("work_steps", **{**row, **values})


def erasure(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "service_request_pk": REPORT,
        "basis": "'email'",
        "reason": "''",
        "counts": """'{"requesters": 1}'""",
        "erased_at": "now()",
        "erased_by": "'clerk'",
    }
    return insert("erasures", **{**row, **values})


def retention_rule(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "series": "'photo'",
        "months": 24,
        "action": "'delete'",
        "authority": "'Schedule'",
    }
    return insert("retention_rules", **{**row, **values})


def legal_hold(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "reason": "'A claim'",
        "set_at": "now()",
        "set_by": "'clerk'",
    }
    return insert("legal_holds", **{**row, **values})


def saved(table: str, **values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "user_id": MEMBER,
        "name": "'Mine'",
        **({"query": "'status=open'"} if table == "saved_views" else {"area": SQUARE}),
        "created_at": "now()",
    }
    return f"{user()}; " + insert(table, **{**row, **values})


DRAFT = dict.fromkeys(("in_force_from", "in_force_until", "published_at", "published_by"), "NULL")
NIGHTS = {"time_from": "'22:00'", "time_until": "'06:00'"}
TAKEN = [
    boundary_set(**DRAFT) + "; " + boundary_set(**DRAFT),
    boundary_set(in_force_until="NULL", withdrawn_at="now()", withdrawn_by="'clerk'"),
    rule(service_id=POTHOLE, question="'SIZE'", answer="'BIG'"),
    rule(hours="'outside'") + "; " + rule(code="'other'", hours="'business'"),
    rule(hours="'outside'", effective_until="'2026-01-01'")
    + "; "
    + rule(code="'other'", hours="'outside'", effective_from="'2026-01-01'"),
    rule(weekdays="'{1,7}'") + "; " + rule(code="'other'", weekdays="'{1}'"),
    carried(until_before="'2027-01-01'"),
    carried(kind="'begun'"),
    rule(weekdays="'{1,7}'", season_from="'12-01'", season_until="'02-29'", **NIGHTS),
    report(accuracy_meters=0.5, location_from="'geocoder'"),
    place(neighbor_id=CORE_1, neighbor_meters=0),
    place(boundary_id="NULL", neighbor_id=CORE_1, neighbor_meters=7.5),
    edge(),
    hours() + "; " + hours(opens="'13:00'", closes="'17:00'"),
    holiday(),
    canary(),
    carry_over() + "; " + carry_over(undone_at="now()", undone_by="'clerk'"),
    step(),
    step(kind="'handed_over'", reason="'Ours ends at the bridge.'"),
    step(kind="'pinned'", to_department_id=HALL),
    user() + "; " + user(name="'a.b@example.org'", role="'department'", department_id=HALL),
    user(password_hash="NULL", openid_subject="'7'"),
    user(name="'José Núñez'", totp_secret="'ABC'", totp_last_step=1) + "; " + session(),
    user() + "; " + report(assigned_user_id=MEMBER, waits_since="now()"),
    report(duplicate_of_pk=REPORT),
    work_step() + "; " + work_step(kind="'resumed'", text="''"),
    erasure() + "; " + erasure(service_request_pk="NULL", counts="'{}'"),
    saved("saved_views"),
    saved("saved_views", department_id=HALL, query="''"),
    saved("saved_areas"),
    media(**PHOTO, status_change_id=1),
    register() + "; " + address() + "; " + address(address_id="'other'"),
    triage() + "; " + triage(reason="'no_place'"),
    triage(settled_at="now()", settled_by="'clerk'") + "; " + triage(),
    jurisdiction(id="'gridtown.examples'", default_department="'HALL'")
    + "; "
    + department(jurisdiction_id="'gridtown.examples'", code="'HALL'"),
    department(),
    service(),
    service(expected_days=0.5),
    service(jurisdiction_id="'hilltown.example'", service_code="'LAMP'"),
    question(),
    option(),
    layer(),
    layer(jurisdiction_id="'hilltown.example'", code="'ward'"),
    boundary_set(),
    boundary_set(in_force_from="'2020-01-01'", in_force_until="'2020-01-01'"),
    boundary(),
    rule(),
    rule(active=False, service_id=POTHOLE, layer_id=WARD, boundary_code="'2'"),
    rule(service_id=POTHOLE, layer_id=WARD, boundary_code="'3'"),
    report(),
    report(service_request_id="NULL", public=False, location="NULL", address_id="'7'"),
    report(location="'SRID=4326;POINT(-180 90)'"),
    report(description="repeat('ß', 4000)"),
    change(),
    place(),
    reporter(),
    api_key(),
    api_key(name="'tests'", revoked_at="now()"),
    report(status="'closed'", detailed_status="'fixed'"),
    change(detailed_status="'in_progress'"),
    media(),
    media(**PHOTO),
    note_photo(),
    received_update(),
    received_update() + "; " + update_reporter(),
    receipt(),
    former_id() + "; " + former_id(source="'https://older.example'"),
    progress(),
    'UPDATE service_attributes SET "order" = 3 - "order" WHERE "order" IN (1, 2)',
    f"UPDATE attribute_values SET position = 3 - position WHERE attribute_id = {WHO}",
    service(duplicate_meters=0, reopen_days=0),
    api_key(kind="'site'") + "; " + api_key(jurisdiction_id="'hilltown.example'", **SITE_KEY),
    *SITE_TAKEN,
    *FORWARDING_TAKEN,
    *WEBHOOKS_TAKEN,
    *STAFF_MAIL_TAKEN,
    *TEXT_TAKEN,
    *RESPONSE_TAKEN,
    *BASE_MAP_TAKEN,
    *SHIFT_TAKEN,
    *VIEW_TAKEN,
    *INSIGHT_TAKEN,
    *BULK_TAKEN,
    *ALERT_TAKEN,
    *AUDIT_TAKEN,
]

REFUSED = [
    ("ck_boundary_layers_reach_positive", layer(reach_meters=0)),
    ("ck_boundary_sets_asked_dates_in_order", boundary_set(asked_until="'1800-01-01'")),
    ("ck_boundary_sets_published_from_a_day", boundary_set(in_force_from="NULL")),
    ("ck_boundary_sets_published_by_someone", boundary_set(published_by="NULL")),
    ("ck_boundary_sets_withdrawn_by_someone", boundary_set(withdrawn_at="now()")),
    ("ck_boundary_sets_despite_for_a_reason", boundary_set(despite="''")),
    ("ck_boundary_sets_source_url_form", boundary_set(source_url="'ftp://gis.example'")),
    (
        "ck_boundary_sets_planned_dates_in_order",
        boundary_set(planned_from="'2027-01-01'", planned_until="'2027-01-01'"),
    ),
    (
        "ck_boundary_sets_despite_for_a_reason",
        boundary_set(
            despite="'annexed'", published_at="NULL", published_by="NULL", in_force_from="NULL"
        ),
    ),
    ("ck_routing_rules_question_has_answer", rule(service_id=POTHOLE, question="'SIZE'")),
    ("ck_routing_rules_question_of_service", rule(question="'SIZE'", answer="'BIG'")),
    ("ck_routing_rules_hours_known", rule(hours="'always'")),
    ("ck_routing_rules_weekdays_known", rule(weekdays="'{0}'")),
    ("ck_routing_rules_weekdays_known", rule(weekdays="'{}'")),
    ("ck_routing_rules_times_together", rule(time_from="'22:00'")),
    ("ck_routing_rules_times_differ", rule(time_from="'22:00'", time_until="'22:00'")),
    ("ck_routing_rules_season_together", rule(season_from="'12-01'")),
    ("ck_routing_rules_season_form", rule(season_from="'12-32'", season_until="'02-01'")),
    ("ck_routing_rules_season_form", rule(season_from="'12-01'", season_until="'February'")),
    (
        "ck_routing_rules_effective_dates_in_order",
        rule(effective_from="'2026-01-01'", effective_until="'2026-01-01'"),
    ),
    (
        "ex_routing_rules_one_case",
        rule(weekdays="'{1,7}'", effective_until="'2026-01-02'")
        + "; "
        + rule(code="'other'", weekdays="'{1,7}'", effective_from="'2026-01-01'"),
    ),
    ("ck_carried_rules_kind_known", carried(kind="'moved'")),
    ("ck_carried_rules_ended_before", carried(kind="'begun'", until_before="'2027-01-01'")),
    ("pk_carried_rules", carried() + "; " + carried()),
    ("fk_carried_rules_set_id", carried(set_id=0)),
    ("fk_carried_rules_rule_id", carried(rule_id=0)),
    (
        "ex_routing_rules_one_case",
        rule(**NIGHTS) + "; " + rule(code="'other'", **NIGHTS),
    ),
    ("ck_service_requests_location_from_known", report(location_from="'guess'")),
    ("ck_service_requests_location_from_somewhere", report(location_from="NULL")),
    ("ck_service_requests_priority_known", report(priority=5)),
    ("ck_service_requests_channel_known", report(channel="'fax'")),
    ("ck_service_requests_accuracy_positive", report(accuracy_meters=0)),
    ("ck_service_requests_outside_not_negative", report(outside_meters=-1)),
    (
        "ck_service_request_boundaries_others_of_a_boundary",
        place(boundary_id="NULL", neighbor_id=CORE_1, neighbor_meters=1, others="'{1}'"),
    ),
    ("ck_service_request_boundaries_near_what", place(near=True)),
    ("ck_service_request_boundaries_somewhere_or_near", place(boundary_id="NULL")),
    ("ck_service_request_boundaries_neighbor_has_distance", place(neighbor_id=CORE_1)),
    ("ck_service_request_boundaries_neighbor_has_distance", place(neighbor_meters=1)),
    (
        "ck_service_request_boundaries_distance_not_negative",
        place(neighbor_id=CORE_1, neighbor_meters=-1),
    ),
    (
        "fk_service_request_boundaries_neighbor_id_layer_id",
        place(neighbor_id=0, neighbor_meters=1),
    ),
    ("fk_boundary_edges_boundary_id", edge(boundary_id=0)),
    ("fk_boundary_edges_set_id", edge(set_id=0)),
    ("ck_business_hours_weekday_known", hours(weekday=0)),
    ("ck_business_hours_closes_after_opening", hours(closes="'08:00'")),
    ("pk_business_hours", hours() + "; " + hours(closes="'13:00'")),
    ("fk_business_hours_jurisdiction_id", hours().replace("gridtown.example", "nowhere")),
    ("pk_holidays", holiday() + "; " + holiday(name="'Christmas'")),
    ("fk_holidays_jurisdiction_id", holiday(jurisdiction_id="'nowhere'")),
    ("ck_canaries_named", canary(name="''")),
    ("ck_canaries_location_on_earth", canary(location="'SRID=4326;POINT(181 0)'")),
    ("uq_canaries_jurisdiction_id_name", canary() + "; " + canary()),
    ("fk_canaries_jurisdiction_id_service_id", canary(service_id=GOAT)),
    ("fk_canaries_jurisdiction_id_department_id", canary(department_id=HILL)),
    ("ck_carry_overs_undone_by_someone", carry_over(undone_at="now()")),
    ("fk_carry_overs_jurisdiction_id", carry_over(jurisdiction_id="'nowhere'")),
    ("fk_carry_overs_boundary_set_id", carry_over(boundary_set_id=0)),
    ("ck_routing_steps_kind_known", step(kind="'lost'")),
    ("ck_routing_steps_handed_over_with_reason", step(kind="'handed_over'")),
    (
        "ck_routing_steps_handed_over_to_another",
        step(kind="'handed_over'", reason="'x'", to_department_id=HALL),
    ),
    ("ck_routing_steps_made_by_someone", step(made_by="''")),
    ("fk_routing_steps_jurisdiction_id_from_department_id", step(from_department_id=HILL)),
    ("fk_routing_steps_jurisdiction_id_to_department_id", step(to_department_id=HILL)),
    ("fk_routing_steps_service_request_pk", step(service_request_pk=0)),
    ("fk_routing_steps_from_rule_id", step(from_rule_id=0)),
    ("fk_routing_steps_to_rule_id", step(to_rule_id=0)),
    ("fk_routing_steps_carry_over_id", step(carry_over_id=0)),
    ("ck_users_role_known", user(role="'mayor'")),
    ("ck_users_department_of_its_role", user(role="'department'")),
    ("ck_users_department_of_its_role", user(department_id=HALL)),
    ("ck_users_name_form", user(name="' new'")),
    ("ck_users_name_form", user(name="E'n\\new'")),
    ("ck_users_name_form", user(name="'a/b'")),
    ("ck_users_name_form", user(name="U&'Jose\\0301'")),  # not composed
    ("ck_users_name_form", user(name="''")),
    ("ck_users_totp_is_whole", user(totp_secret="'ABC'")),
    ("ck_users_totp_is_whole", user(recovery_hashes="'{ab}'")),
    (
        "ck_users_totp_with_password",
        user(password_hash="NULL", totp_secret="'ABC'", totp_last_step=1),
    ),
    ("ck_user_sessions_expires_later", user() + "; " + session(expires_at="now()")),
    ("ck_users_full_name_form", user(full_name="' new'")),
    ("ck_users_full_name_form", user(full_name="E'n\\new'")),
    ("ck_users_full_name_form", user(full_name="repeat('x', 101)")),
    (
        "ck_user_sessions_device_limited",
        user() + "; " + session(device="repeat('x', 201)"),
    ),
    ("ck_user_sessions_hashed", user() + "; " + session(token_hash="'ab'")),
    ("fk_user_sessions_user_id", session(user_id=0)),
    ("pk_user_sessions", user() + "; " + session() + "; " + session()),
    (
        "uq_users_openid_subject",
        user(openid_subject="'7'") + "; " + user(name="'other'", openid_subject="'7'"),
    ),
    (
        "fk_service_requests_jurisdiction_id_assigned_user_id",
        user(jurisdiction_id="'hilltown.example'") + "; " + report(assigned_user_id=MEMBER),
    ),
    ("fk_service_requests_duplicate_of_pk", report(duplicate_of_pk=0)),
    ("fk_service_requests_continues_pk", report(continues_pk=0)),
    ("ck_service_requests_continues_another", report(pk=99, continues_pk=99)),
    ("fk_service_requests_api_key_id", report(api_key_id=0)),
    (
        "uq_service_requests_continues",
        report(continues_pk=REPORT)
        + "; "
        + report(service_request_id="'other'", continues_pk=REPORT),
    ),
    ("ck_service_requests_duplicate_of_another", report(pk=99, duplicate_of_pk=99)),
    ("fk_media_status_change_id", media(status_change_id=0)),
    (
        "ck_media_of_update_or_status_change",
        received_update()
        + "; "
        + media(status_change_id=1, received_update_id="(SELECT max(id) FROM received_updates)"),
    ),
    ("ck_work_steps_kind_known", work_step(kind="'slept'")),
    ("ck_work_steps_says_what", work_step(text="''")),
    ("ck_work_steps_made_by_someone", work_step(made_by="''")),
    ("fk_work_steps_service_request_pk", work_step(service_request_pk=0)),
    ("ck_city_version_one_row", "UPDATE city_version SET is_only = false"),
    ("ck_erasures_basis_known", erasure(basis="'name'")),
    ("ck_erasures_erased_by_someone", erasure(erased_by="''")),
    ("ck_erasures_counts_are_object", erasure(counts="'[]'")),
    ("ck_erasures_action_fits", erasure(basis="'retention'", series="'photo'", action="'x'")),
    ("ck_erasures_series_of_a_rule", erasure(basis="'retention'", action="'delete'")),
    ("ck_erasures_series_of_a_rule", erasure(series="'photo'", action="'delete'")),
    ("fk_unlogged_erasures_erasure_id", insert("unlogged_erasures", erasure_id=0)),
    ("ck_retention_rules_action_fits", retention_rule(action="'anonymize'")),
    ("ck_retention_rules_action_fits", retention_rule(series="'x'")),
    ("ck_retention_rules_months_counted", retention_rule(months=0)),
    ("ck_retention_rules_has_authority", retention_rule(authority="' '")),
    ("fk_retention_rules_jurisdiction_id", retention_rule(jurisdiction_id="'nowhere'")),
    ("pk_retention_rules", f"{retention_rule()}; {retention_rule()}"),
    ("ck_legal_holds_has_reason", legal_hold(reason="' '")),
    ("ck_legal_holds_by_someone", legal_hold(set_by="''")),
    ("ck_legal_holds_lifted_by_someone", legal_hold(lifted_by="'clerk'")),
    ("fk_legal_holds_service_request_pk", legal_hold(service_request_pk=0)),
    ("fk_erasures_jurisdiction_id", erasure(jurisdiction_id="'nowhere'")),
    ("fk_erasures_service_request_pk", erasure(service_request_pk=0)),
    *(
        (f"{constraint}", statements)
        for table in ("saved_views", "saved_areas")
        for constraint, statements in (
            (f"ck_{table}_named", saved(table, name="''")),
            (
                f"uq_{table}_user_id_name",
                saved(table) + "; " + saved(table).partition("; ")[2],
            ),
            (f"fk_{table}_jurisdiction_id_user_id", saved(table, user_id=0)),
            (f"fk_{table}_jurisdiction_id_department_id", saved(table, department_id=HILL)),
        )
    ),
    ("ck_saved_areas_area_not_empty", saved("saved_areas", area=NOTHING)),
    ("uq_users_name_key", user() + "; " + user(jurisdiction_id="'hilltown.example'")),
    ("fk_users_jurisdiction_id", user(jurisdiction_id="'nowhere'")),
    ("fk_users_jurisdiction_id_department_id", user(role="'department'", department_id=HILL)),
    ("ck_address_registers_imported_by_someone", register(imported_by="''")),
    ("pk_address_registers", register() + "; " + register()),
    ("fk_address_registers_jurisdiction_id", register(jurisdiction_id="'nowhere'")),
    ("ck_address_points_id_not_empty", register() + "; " + address(address_id="''")),
    ("ck_address_points_address_not_empty", register() + "; " + address(address="''")),
    (
        "uq_address_points_jurisdiction_id_address_id",
        f"{register()}; {address()}; {address()}",
    ),
    ("fk_address_points_jurisdiction_id", address()),
    ("ck_triage_entries_reason_known", triage(reason="'odd'")),
    ("ck_triage_entries_settled_by_someone", triage(settled_at="now()")),
    ("uq_triage_entries_open", triage() + "; " + triage()),
    ("fk_triage_entries_jurisdiction_id", triage(jurisdiction_id="'nowhere'")),
    ("fk_triage_entries_service_request_pk", triage(service_request_pk=0)),
    ("ck_jurisdictions_id_not_empty", jurisdiction(id="''")),
    ("ck_jurisdictions_reachable", jurisdiction(contact="''")),
    ("ck_jurisdictions_reachable", jurisdiction(key_service="''")),
    ("ck_jurisdictions_reopen_days_counted", jurisdiction(reopen_days=-1)),
    ("ck_jurisdictions_units_known", jurisdiction(units="'imperial'")),
    ("ck_jurisdictions_anonymized_later", jurisdiction(anonymize_after_days=0)),
    ("pk_jurisdictions", jurisdiction(id="'gridtown.example'")),
    ("fk_jurisdictions_default_department", jurisdiction()),
    ("fk_jurisdictions_default_department", "UPDATE jurisdictions SET default_department = 'X'"),
    ("fk_jurisdictions_outside_department", "UPDATE jurisdictions SET outside_department = 'X'"),
    ("ck_departments_named", department(code="''")),
    ("ck_departments_named", department(name="''")),
    ("uq_departments_jurisdiction_id_code", department(code="'HALL'")),
    ("fk_departments_jurisdiction_id", department(jurisdiction_id="'nowhere'")),
    ("ck_services_type_known", service(type="'slow'")),
    ("ck_services_named", service(service_code="''")),
    ("ck_services_named", service(service_name="''")),
    ("ck_services_expected_days_positive", service(expected_days=0)),
    ("uq_services_jurisdiction_id_service_code", service(service_code="'LAMP'")),
    ("fk_services_jurisdiction_id", service(jurisdiction_id="'nowhere'")),
    ("ck_service_attributes_datatype_known", question(datatype="'integer'")),
    ("ck_service_attributes_order_positive", question(order=0)),
    ("ck_service_attributes_code_not_empty", question(code="''")),
    ("ck_service_attributes_automated_known", question(automated="'sometimes'")),
    ("uq_service_attributes_service_id_code", question() + "; " + question(order=2)),
    ("uq_service_attributes_service_id_order", question() + "; " + question(code="'OTHER'")),
    ("fk_service_attributes_service_id", question(service_id=0)),
    ("ck_attribute_values_key_not_empty", option(key="''")),
    ("pk_attribute_values", option(key="'CREW'")),
    ("uq_attribute_values_attribute_id_position", option(position=1)),
    ("fk_attribute_values_attribute_id", option(attribute_id=0)),
    ("ck_boundary_layers_code_form", layer(code="''")),
    ("ck_boundary_layers_code_form", layer(code="'Ward'")),
    ("ck_boundary_layers_code_form", layer(code="'2'")),
    ("ck_boundary_layers_code_form", layer(code="'a b'")),
    ("uq_boundary_layers_jurisdiction_id_code", layer(code="'ward'")),
    ("fk_boundary_layers_jurisdiction_id", layer(jurisdiction_id="'nowhere'")),
    ("ex_boundary_sets_one_in_force", boundary_set(in_force_until="NULL")),
    ("ex_boundary_sets_one_in_force", boundary_set(in_force_until="'1900-01-02'")),
    (
        "ex_boundary_sets_one_in_force",
        boundary_set(in_force_from="'2020-01-01'", in_force_until="'2020-01-02'"),
    ),
    ("ck_boundary_sets_dates_in_order", boundary_set(in_force_from="'1801-01-02'")),
    ("fk_boundary_sets_layer_id", boundary_set(layer_id=0)),
    ("ck_boundaries_code_not_empty", boundary(code="''")),
    ("ck_boundaries_geometry_valid", boundary(geometry=BOW_TIE)),
    ("ck_boundaries_geometry_valid", boundary(geometry=NOTHING)),
    ("uq_boundaries_set_id_code", boundary(code="'2'")),
    ("uq_boundaries_set_id_position", boundary(position=1)),
    ("fk_boundaries_set_id_layer_id", boundary(layer_id=CORE)),
    ("ck_routing_rules_service_or_group", rule(service_id=POTHOLE, service_group="'Streets'")),
    ("ck_routing_rules_boundary_in_layer", rule(boundary_code="'2'")),
    ("uq_routing_rules_code", rule(code="'lights'")),
    ("ex_routing_rules_one_case", rule(service_id=POTHOLE, layer_id=WARD, boundary_code="'2'")),
    ("ex_routing_rules_one_case", rule(service_group="'Lights'")),
    ("ex_routing_rules_one_case", rule() + "; " + rule(code="'other'")),
    ("fk_routing_rules_jurisdiction_id_service_id", rule(service_id=GOAT)),
    ("fk_routing_rules_jurisdiction_id_department_id", rule(department_id=HILL)),
    ("fk_routing_rules_jurisdiction_id_layer_id", rule(layer_id=0)),
    ("ck_service_requests_status_known", report(status="'pending'", detailed_status="'closed'")),
    ("ck_service_requests_public_has_id", report(service_request_id="NULL")),
    ("ck_service_requests_id_not_empty", report(service_request_id="''")),
    ("ck_service_requests_somewhere", report(location="NULL")),
    ("ck_service_requests_location_on_earth", report(location="'SRID=4326;POINT(180.1 0)'")),
    ("ck_service_requests_location_on_earth", report(location="'SRID=4326;POINT(0 -90.1)'")),
    ("ck_service_requests_description_length", report(description="repeat('x', 4001)")),
    ("ck_service_requests_answers_are_object", report(answers="'[]'")),
    ("ck_service_requests_updated_after_requested", report(updated_datetime="'2025-01-01'")),
    ("ck_service_requests_submitted_before_requested", report(submitted_at="'2026-01-02'")),
    (
        "uq_service_requests_jurisdiction_id_service_request_id",
        report(service_request_id="'26-0000003'"),
    ),
    (
        "uq_service_requests_token",
        report(token="'t'") + "; " + report(token="'t'", service_request_id="'x'"),
    ),
    ("fk_service_requests_jurisdiction_id_service_id", report(service_id=GOAT)),
    ("fk_service_requests_jurisdiction_id_department_id", report(department_id=HILL)),
    ("fk_service_requests_routing_rule_id", report(routing_rule_id=0)),
    ("ck_status_changes_status_known", change(status="'pending'", detailed_status="'closed'")),
    ("fk_status_changes_service_request_pk", change(service_request_pk=0)),
    ("fk_status_changes_department_id", change(department_id=0)),
    ("fk_status_changes_service_id", change(service_id=0)),
    ("ck_status_changes_kind_known", change(kind="'rumor'")),
    ("pk_service_request_boundaries", place() + "; " + place()),
    ("fk_service_request_boundaries_boundary_id_layer_id", place(boundary_id=0)),
    ("fk_service_request_boundaries_boundary_id_layer_id", place(layer_id=99)),
    ("fk_service_request_boundaries_service_request_pk", place(service_request_pk=0)),
    ("pk_reporters", reporter() + "; " + reporter()),
    ("fk_reporters_service_request_pk", reporter(service_request_pk=0)),
    ("ck_service_requests_detailed_status_known", report(detailed_status="'fixed'")),
    ("ck_service_requests_detailed_status_known", report(detailed_status="'lost'")),
    ("ck_status_changes_detailed_status_known", change(detailed_status="'closed'")),
    ("fk_note_photos_service_request_pk", note_photo(service_request_pk=0)),
    ("fk_note_photos_work_step_id", note_photo(work_step_id=0)),
    ("pk_note_photos", f"{note_photo()}; {note_photo()}"),
    ("ck_media_link_or_photo", media(url="NULL")),
    ("ck_media_link_or_photo", media(**{**PHOTO, "url": "'https://photos.example/1'"})),
    ("ck_media_photo_is_measured", media(**{**PHOTO, "size": "NULL"})),
    ("uq_media_position", media() + "; " + media()),
    ("uq_media_name", media(**PHOTO) + "; " + media(**{**PHOTO, "position": 10})),
    ("fk_media_service_request_pk", media(service_request_pk=0)),
    ("fk_media_received_update_id", media(received_update_id=0)),
    ("ck_received_updates_update_id_not_empty", received_update(update_id="''")),
    ("ck_received_updates_waits_or_is_accepted", received_update(token="NULL")),
    ("ck_received_updates_channel_known", received_update(added_by="'ann'", channel="'api'")),
    ("ck_received_updates_added_by_someone", received_update(added_by="''", channel="'phone'")),
    ("ck_received_updates_caller_is_whole", received_update(channel="'phone'")),
    ("ck_received_updates_caller_is_whole", received_update(added_by="'ann'")),
    (
        "ck_received_updates_status_change_or_comment",
        received_update(status_change_id=1, comment_id=1, accepted_at="now()"),
    ),
    ("ck_received_updates_comment_has_accepted_at", received_update(comment_id=1)),
    ("ck_received_updates_comment_has_accepted_at", received_update(accepted_at="now()")),
    (
        "uq_received_updates_comment_id",
        received_update(comment_id=1, accepted_at="now()")
        + "; "
        + received_update(update_id="'x'", token="'x'", comment_id=1, accepted_at="now()"),
    ),
    ("ck_received_updates_description_length", received_update(description="repeat('x', 4001)")),
    (
        "uq_received_updates_update_id",
        received_update() + "; " + received_update(token="'other'"),
    ),
    (
        "uq_received_updates_token",
        received_update() + "; " + received_update(update_id="'other'"),
    ),
    (
        "uq_received_updates_status_change_id",
        received_update(status_change_id=1)
        + "; "
        + received_update(update_id="'other'", token="NULL", status_change_id=1),
    ),
    ("fk_received_updates_service_request_pk", received_update(service_request_pk=0)),
    ("fk_received_updates_api_key_id", received_update(api_key_id=0)),
    ("fk_received_updates_status_change_id", received_update(status_change_id=0)),
    ("fk_update_reporters_received_update_id", update_reporter(received_update_id=0)),
    ("fk_receipts_service_request_pk", receipt(service_request_pk=0)),
    ("fk_receipts_jurisdiction_id", receipt(jurisdiction_id="'nowhere'")),
    ("fk_receipts_api_key_id", receipt(api_key_id=0)),
    (
        "uq_receipts_idempotency_key",
        receipt(idempotency_key="'k'")
        + "; "
        + receipt(idempotency_key="'k'", service_request_pk="1"),
    ),
    (
        "uq_receipts_occurrence",
        receipt(occurrence=0) + "; " + receipt(occurrence=0, service_request_pk="1"),
    ),
    ("ck_former_ids_former_id_not_empty", former_id(former_id="''")),
    ("fk_former_ids_jurisdiction_id", former_id(jurisdiction_id="'nowhere'")),
    ("fk_former_ids_service_request_pk", former_id(service_request_pk=0)),
    ("ck_import_progress_done_after_begin", progress(requested_from="now() + interval '1 s'")),
    ("fk_import_progress_jurisdiction_id", progress(jurisdiction_id="'nowhere'")),
    ("uq_api_keys_name_in_use", api_key(name="'tests'")),
    ("uq_api_keys_key_hash", api_key() + "; " + api_key(name="'other'")),
    ("ck_api_keys_rights_known", api_key(rights="ARRAY['vote']")),
    ("ck_api_keys_rights_known", api_key(rights="'{}'")),
    ("fk_api_keys_jurisdiction_id", api_key(jurisdiction_id="'nowhere'")),
    ("ck_api_keys_kind_known", api_key(kind="'toy'")),
    ("ck_api_keys_site_key_stays", api_key(kind="'site'", revoked_at="now()")),
    ("uq_api_keys_site", api_key(kind="'site'") + "; " + api_key(name="'other'", **SITE_KEY)),
    ("ck_services_duplicate_meters_counted", service(duplicate_meters=-1)),
    ("ck_services_reopen_days_counted", service(reopen_days=-1)),
    ("ck_services_default_priority_known", service(default_priority="'vital'")),
    *SITE_REFUSED,
    *FORWARDING_REFUSED,
    *WEBHOOKS_REFUSED,
    *STAFF_MAIL_REFUSED,
    *TEXT_REFUSED,
    *RESPONSE_REFUSED,
    *BASE_MAP_REFUSED,
    *SHIFT_REFUSED,
    *VIEW_REFUSED,
    *INSIGHT_REFUSED,
    *BULK_REFUSED,
    *ALERT_REFUSED,
    *AUDIT_REFUSED,
]


@pytest.fixture(scope="module")
def database(fresh_database: Callable[[str], str], two_towns: str) -> Iterator[Connection]:
    with psycopg.connect(fresh_database(two_towns)) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def connection(database: Connection) -> Iterator[Connection]:
    """A connection to Gridtown and Hilltown; what is done there is undone after each test.

    What is known of places outside of the core is not there, so that it can be inserted.
    """
    database.execute("DELETE FROM service_request_boundaries WHERE boundary_id IS NULL")
    yield database
    database.rollback()


def do(connection: Connection, statements: str) -> None:
    """Execute statements, with what is else only checked at commit."""
    connection.execute(statements)
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


def try_out(connection: Connection, statements: str) -> None:
    """Execute statements and undo them, with what they set for the rest of a transaction."""
    with connection.transaction(force_rollback=True):
        do(connection, statements)


def test_what_is_right_is_taken(connection: Connection) -> None:
    assert failing(lambda statements: try_out(connection, statements), TAKEN) == []


def test_what_is_wrong_is_refused(connection: Connection) -> None:
    def is_refused(case: tuple[str, str]) -> None:
        constraint, statements = case
        with pytest.raises(psycopg.errors.IntegrityError) as refusal:
            try_out(connection, statements)
        assert refusal.value.diag.constraint_name == constraint

    assert failing(is_refused, REFUSED) == []


def test_each_constraint_is_tried(connection: Connection) -> None:
    rows = connection.execute(
        "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
        "WHERE contype IN ('c', 'u', 'f', 'x') AND connamespace = 'public'::regnamespace "
        "AND relname NOT IN ('spatial_ref_sys', 'alembic_version') "
        "AND relname NOT LIKE 'procrastinate%' "
        "UNION SELECT indexname FROM pg_indexes WHERE indexname LIKE 'uq%'"
    ).fetchall()
    tried = {name for name, _statements in REFUSED}
    # A time zone that PostgreSQL does not know fails with an error of its own, see below.
    tried.add("ck_jurisdictions_time_zone_exists")
    assert {str(name) for [name] in rows} - tried == IMPLIED


def test_an_unknown_time_zone_is_refused(connection: Connection) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        do(connection, jurisdiction(time_zone="'Mars/Olympus'"))


@pytest.mark.parametrize(
    "statement",
    [
        boundary(geometry="'SRID=4326;POLYGON((0 0, 1 0, 1 1, 0 0))'"),
        boundary(geometry="ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 3857))"),
        report(location="'SRID=3857;POINT(0 0)'"),
        report(location="'SRID=4326;LINESTRING(0 0, 1 1)'"),
    ],
)
def test_a_geometry_of_another_kind_or_system_is_refused(
    connection: Connection, statement: str
) -> None:
    with pytest.raises(psycopg.DatabaseError):
        do(connection, statement)


NOT_NULL_EXCEPTIONS = {
    ("boundary_layers", "reach_meters"),
    ("boundary_sets", "in_force_from"),
    ("boundary_sets", "asked_until"),
    ("boundary_sets", "published_at"),
    ("boundary_sets", "published_by"),
    ("boundary_sets", "withdrawn_at"),
    ("services", "position"),
    ("departments", "position"),
    ("boundary_sets", "withdrawn_by"),
    ("boundary_sets", "despite"),
    ("boundary_sets", "planned_from"),
    ("boundary_sets", "planned_until"),
    ("boundary_sets", "source_url"),
    ("carried_rules", "until_before"),
    ("carry_overs", "boundary_set_id"),
    ("carry_overs", "undone_at"),
    ("carry_overs", "undone_by"),
    ("routing_rules", "question"),
    ("routing_rules", "answer"),
    ("routing_rules", "hours"),
    ("routing_rules", "weekdays"),
    ("routing_rules", "time_from"),
    ("routing_rules", "time_until"),
    ("routing_rules", "season_from"),
    ("routing_rules", "season_until"),
    ("routing_rules", "effective_from"),
    ("routing_rules", "effective_until"),
    ("routing_steps", "from_rule_id"),
    ("routing_steps", "to_rule_id"),
    ("routing_steps", "carry_over_id"),
    ("service_request_boundaries", "boundary_id"),
    ("service_request_boundaries", "neighbor_id"),
    ("service_request_boundaries", "neighbor_meters"),
    ("service_requests", "cell_x"),
    ("service_requests", "cell_y"),
    ("service_requests", "accepted_at"),
    ("service_requests", "first_viewed_at"),
    ("service_requests", "api_key_id"),
    ("service_requests", "continues_pk"),
    ("service_requests", "location_from"),
    ("service_requests", "accuracy_meters"),
    ("service_requests", "outside_meters"),
    ("service_requests", "assigned_user_id"),
    ("service_requests", "duplicate_of_pk"),
    ("service_requests", "waits_since"),
    ("status_changes", "made_by"),
    ("status_changes", "department_id"),
    ("status_changes", "service_id"),
    ("service_requests", "submitted_at"),
    ("media", "status_change_id"),
    ("saved_views", "department_id"),
    ("saved_areas", "department_id"),
    ("users", "password_hash"),
    ("users", "openid_subject"),
    ("users", "department_id"),
    ("users", "disabled_at"),
    ("users", "last_sign_in_at"),
    ("users", "queue_seen_at"),
    ("users", "totp_secret"),
    ("users", "totp_last_step"),
    ("triage_entries", "settled_at"),
    ("triage_entries", "settled_by"),
    ("api_keys", "revoked_at"),
    ("boundary_sets", "in_force_until"),
    ("media", "height"),
    ("media", "name"),
    ("media", "received_update_id"),
    ("media", "size"),
    ("media", "url"),
    ("media", "width"),
    ("receipts", "api_key_id"),
    ("receipts", "idempotency_key"),
    ("receipts", "occurrence"),
    ("received_updates", "accepted_at"),
    ("received_updates", "added_by"),
    ("received_updates", "api_key_id"),
    ("received_updates", "channel"),
    ("received_updates", "comment_id"),
    ("received_updates", "status"),
    ("received_updates", "status_change_id"),
    ("received_updates", "token"),
    ("erasures", "service_request_pk"),
    *(("erasures", name) for name in ("action", "entry", "extent", "series")),
    *(("legal_holds", name) for name in ("lifted_at", "lifted_by", "until")),
    ("jurisdictions", "anonymize_after_days"),
    ("jurisdictions", "outside_department"),
    ("jurisdictions", "service_area"),
    ("routing_rules", "boundary_code"),
    ("routing_rules", "layer_id"),
    ("routing_rules", "service_group"),
    ("routing_rules", "service_id"),
    ("service_requests", "expected_datetime"),
    ("service_requests", "first_expected_datetime"),
    ("service_requests", "listed_number"),
    ("service_requests", "location"),
    ("service_requests", "routing_rule_id"),
    ("service_requests", "service_request_id"),
    ("service_requests", "token"),
    ("service_requests", "withdrawn_at"),
    ("services", "expected_days"),
    ("services", "reopen_days"),
}


def test_only_what_can_be_missing_may_be_null(connection: Connection) -> None:
    rows = connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns "
        "JOIN information_schema.tables USING (table_schema, table_name) "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_nullable = 'YES' "
        "AND table_name <> 'spatial_ref_sys' AND table_name NOT LIKE 'procrastinate%'"
    ).fetchall()
    known = SITE_NULLS | FORWARDING_NULLS | WEBHOOKS_NULLS | STAFF_MAIL_NULLS | TEXT_NULLS
    known |= ALERT_NULLS | RESPONSE_NULLS | BASE_MAP_NULLS | SHIFT_NULLS | VIEW_NULLS
    known |= BULK_NULLS | INSIGHT_NULLS
    assert set(rows) == NOT_NULL_EXCEPTIONS | known


def test_every_foreign_key_that_deletes_has_an_index(connection: Connection) -> None:
    """Without one, each deletion reads the whole table"""
    without = connection.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype <> 'a' "
        "AND conname NOT LIKE 'procrastinate%' "
        "AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = conrelid AND indpred IS NULL "
        "AND indkey[0] = ANY (conkey))"
    ).fetchall()
    assert without == []


def test_every_geometry_column_that_is_searched_has_a_gist_index(connection: Connection) -> None:
    rows = connection.execute(
        "SELECT f_table_name, f_geometry_column, srid, "
        "EXISTS (SELECT FROM pg_indexes WHERE tablename = f_table_name "
        "AND indexdef LIKE '%% USING gist (' || f_geometry_column || ')%%') "
        "FROM geometry_columns ORDER BY 1, 2"
    ).fetchall()
    assert rows == [
        ("alerts", "area", 4326, True),
        ("alerts", "center", 4326, False),  # which is only shown
        ("boundaries", "geometry", 4326, True),
        ("canaries", "location", 4326, False),  # which are read one and all
        ("jurisdictions", "service_area", 4326, True),
        ("saved_areas", "area", 4326, False),  # which are found by their ids
        ("service_requests", "location", 4326, True),
        ("view_links", "area", 4326, False),  # which are read one at a time
    ]


def test_of_api_keys_only_hashes_are_stored(connection: Connection) -> None:
    columns = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'api_keys'"
    ).fetchall()
    names = {"id", "jurisdiction_id", "name", "kind", "key_hash", "rights"}
    assert {name for [name] in columns} == names | {"created_at", "revoked_at"}
    rows = connection.execute(
        "SELECT key_hash = sha256('key-of-gridtown') FROM api_keys WHERE jurisdiction_id LIKE 'g%'"
    ).fetchall()
    assert rows == [(True,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE status_changes SET status_notes = 'It never happened.'",
        "UPDATE status_changes SET changed_at = now() WHERE id = 1",
        "DELETE FROM status_changes",
        "DELETE FROM status_changes WHERE id = 1",
    ],
)
def test_status_changes_can_only_be_added(connection: Connection, statement: str) -> None:
    with pytest.raises(
        psycopg.errors.IntegrityError, match="rows of status_changes are only ever added"
    ):
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE routing_steps SET reason = ''", "DELETE FROM routing_steps"]
)
def test_routing_steps_can_only_be_added(connection: Connection, statement: str) -> None:
    do(connection, step())
    with pytest.raises(psycopg.errors.IntegrityError, match="rows of routing_steps"):
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE work_steps SET text = 'x'", "DELETE FROM work_steps"]
)
def test_work_steps_can_only_be_added(connection: Connection, statement: str) -> None:
    do(connection, work_step())
    with pytest.raises(psycopg.errors.IntegrityError, match="rows of work_steps"):
        connection.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE erasures SET reason = 'x'", "DELETE FROM erasures"])
def test_erasures_can_only_be_added(connection: Connection, statement: str) -> None:
    do(connection, erasure())
    with pytest.raises(psycopg.errors.IntegrityError, match="rows of erasures"):
        connection.execute(statement)


def test_all_that_belongs_to_a_request_goes_with_it(connection: Connection) -> None:
    do(connection, f"{reporter()}; {step()}; {triage()}; {work_step()}; {erasure()}")
    counts = [
        f"(SELECT count(*) FROM {table} WHERE service_request_pk = 3)"
        for table in (
            "status_changes",
            "service_request_boundaries",
            "reporters",
            "routing_steps",
            "triage_entries",
            "work_steps",
            "erasures",
        )
    ]
    statement = f"SELECT {', '.join(counts)}"
    pk = connection.execute(f"SELECT {REPORT}").fetchone()
    assert pk == (3,)
    assert connection.execute(statement).fetchone() == (1,) * 7
    do(connection, "DELETE FROM service_requests WHERE pk = 3")
    assert connection.execute(statement).fetchone() == (0,) * 7
    left = connection.execute("SELECT count(*) FROM status_changes").fetchone()
    assert left is not None
    assert left[0] != 0


def test_what_residents_did_on_the_website_goes_with_its_request(connection: Connection) -> None:
    rows = {**OF_A_REQUEST, **STAFF_MAIL_OF_A_REQUEST, **ALERT_OF_A_REQUEST}
    do(connection, "; ".join(rows.values()))
    counts = [f"(SELECT count(*) FROM {table} WHERE service_request_pk = 3)" for table in rows]
    statement = f"SELECT {', '.join(counts)}"
    stored = connection.execute(statement).fetchone()
    assert stored is not None
    assert 0 not in stored
    do(connection, "DELETE FROM service_requests WHERE pk = 3")
    assert connection.execute(statement).fetchone() == (0,) * len(rows)
    for table in ("capabilities", "moderations"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM services WHERE service_code = 'TIP'",
        "DELETE FROM departments WHERE code = 'LIGHTS'",
        "DELETE FROM boundaries WHERE code = '10'",
        "DELETE FROM boundary_sets",
        "DELETE FROM jurisdictions",
        "DELETE FROM routing_rules WHERE code = 'pothole-west'",
    ],
)
def test_what_a_request_points_to_cannot_be_deleted(connection: Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        do(connection, statement)


def numbers(connection: Connection) -> tuple[int, int | None]:
    row = connection.execute(
        f"SELECT change_number, listed_number FROM service_requests WHERE pk = {REPORT}"
    ).fetchone()
    assert row is not None
    change_number, listed_number = row
    assert isinstance(change_number, int)
    assert listed_number is None or isinstance(listed_number, int)
    return change_number, listed_number


def test_every_change_is_numbered_and_the_number_of_its_listing_stays(
    connection: Connection,
) -> None:
    changed, listed = numbers(connection)
    do(connection, f"UPDATE service_requests SET first_viewed_at = now() WHERE pk = {REPORT}")
    assert numbers(connection) == (changed, listed)  # a view is no change
    do(connection, f"UPDATE service_requests SET public = false WHERE pk = {REPORT}")
    hidden = numbers(connection)
    do(connection, f"UPDATE service_requests SET public = true WHERE pk = {REPORT}")
    again = numbers(connection)
    assert changed < hidden[0] < again[0]
    assert hidden[1] == again[1] == listed
    do(connection, report(public=False))
    unlisted = connection.execute(
        "SELECT listed_number FROM service_requests WHERE service_request_id = 'new'"
    ).fetchone()
    assert unlisted == (None,)
    do(connection, "UPDATE service_requests SET public = true WHERE service_request_id = 'new'")
    listed_now = connection.execute(
        "SELECT listed_number = change_number FROM service_requests "
        "WHERE service_request_id = 'new'"
    ).fetchone()
    assert listed_now == (True,)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("closed", "Done.", "2030-01-02")], ("closed", "Done.", "2030-01-02")),
        (
            [("closed", "Done.", "2030-01-02"), ("open", "Not yet.", "2030-01-03")],
            ("open", "Not yet.", "2030-01-03"),
        ),
        (  # the clock was set back: the one that was added last counts
            [("closed", "Done.", "2030-01-03"), ("open", "Begun.", "2030-01-02")],
            ("open", "Begun.", "2030-01-02"),
        ),
        (  # of two at one moment, the one that was added last
            [("closed", "Done.", "2030-01-02"), ("open", "Oh no.", "2030-01-02")],
            ("open", "Oh no.", "2030-01-02"),
        ),
    ],
)
def test_status_notes_and_time_follow_the_newest_change(
    connection: Connection,
    changes: list[tuple[str, str, str]],
    expected: tuple[str, str, str],
) -> None:
    for status, notes, moment in changes:
        values = {"status": status, "status_notes": notes, "changed_at": moment}
        do(connection, change(**{name: f"'{value}'" for name, value in values.items()}))
    row = connection.execute(
        "SELECT detailed_status, status_notes, to_char(updated_datetime, 'YYYY-MM-DD') "
        f"FROM service_requests WHERE pk = {REPORT}"
    ).fetchone()
    assert row == expected


def test_a_change_from_before_the_request_counts_and_is_shown_as_of_its_time(
    connection: Connection,
) -> None:
    do(connection, change(status="'closed'", changed_at="'2001-01-02'"))
    row = connection.execute(
        "SELECT status, updated_datetime = requested_datetime "
        f"FROM service_requests WHERE pk = {REPORT}"
    ).fetchone()
    assert row == ("closed", True)


def test_a_change_touches_no_other_request(connection: Connection) -> None:
    others = f"SELECT * FROM service_requests WHERE pk <> {REPORT} ORDER BY pk"
    before = connection.execute(others).fetchall()
    do(connection, change(status="'closed'"))
    assert connection.execute(others).fetchall() == before


def test_the_options_of_a_question_go_with_it(connection: Connection) -> None:
    do(connection, "DELETE FROM service_attributes WHERE code = 'WHO'")
    left = connection.execute("SELECT count(*) FROM attribute_values").fetchone()
    assert left == (3,)


def test_times_are_of_whole_seconds_with_their_zone(connection: Connection) -> None:
    rows = connection.execute(
        "SELECT DISTINCT data_type, datetime_precision FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type LIKE 'timestamp%' "
        "AND column_name <> 'changed_at' AND table_name NOT LIKE 'procrastinate%' "
        "OR table_name = 'status_changes' AND data_type LIKE 'timestamp%'"
    ).fetchall()
    assert rows == [("timestamp with time zone", 0)]


@pytest.mark.parametrize("change", ["UPDATE {} SET made_by = 'x'", "DELETE FROM {}"])
def test_versions_of_message_texts_are_only_ever_added(connection: Connection, change: str) -> None:
    do(connection, template())
    with pytest.raises(psycopg.errors.IntegrityError, match="are only ever added"):
        do(connection, change.format("message_templates"))
