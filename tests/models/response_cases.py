"""What the tables of response templates take and refuse."""

from tests.models.inserts import insert

TEMPLATE = "(SELECT max(id) FROM response_templates)"
SERVICE = "(SELECT id FROM services WHERE service_code = 'POTHOLE' AND jurisdiction_id LIKE 'g%')"
FOREIGN_SERVICE = "(SELECT id FROM services WHERE service_code = 'GOAT')"


def response(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "name": "'Filled'",
        "position": 1,
        "detailed_status": "'fixed'",
        "internal_note": "''",
        "version": 1,
    }
    return insert("response_templates", **{**row, **values})


def note(**values: object) -> str:
    row = {"template_id": TEMPLATE, "language": "'en'", "note": "'Filled.'"}
    return insert("response_notes", **{**row, **values})


def service(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "template_id": TEMPLATE,
        "service_id": SERVICE,
    }
    return insert("response_services", **{**row, **values})


def _in_order(*statements: str) -> str:
    return "; ".join(statements)


RESPONSE_TAKEN = [
    _in_order(response(), note(), note(language="'es'"), service()),
    response(detailed_status="NULL", internal_note="repeat('x', 4000)"),
    response(asks=True, detailed_status="NULL"),
    _in_order(response(name="repeat('x', 100)"), note(note="repeat('x', 2000)")),
    _in_order(response(), note(), service(), "DELETE FROM response_templates"),
]

RESPONSE_REFUSED = [
    ("uq_response_templates_jurisdiction_id_name", _in_order(response(), response())),
    ("fk_response_templates_jurisdiction_id", response(jurisdiction_id="'nowhere'")),
    ("ck_response_templates_named", response(name="' '")),
    ("ck_response_templates_named", response(name="repeat('x', 101)")),
    ("ck_response_templates_detailed_status_known", response(detailed_status="'gone'")),
    ("ck_response_templates_note_limited", response(internal_note="repeat('x', 4001)")),
    ("ck_response_templates_changes_something", response(detailed_status="NULL")),
    (
        "ck_response_templates_asks_alone",
        response(asks=True, detailed_status="NULL", internal_note="'Called.'"),
    ),
    ("ck_response_templates_version_counted", response(version=0)),
    ("pk_response_notes", _in_order(response(), note(), note())),
    ("fk_response_notes_template_id", note(template_id=0)),
    ("ck_response_notes_language_known", _in_order(response(), note(language="'tlh'"))),
    ("ck_response_notes_note_limited", _in_order(response(), note(note="''"))),
    ("ck_response_notes_note_limited", _in_order(response(), note(note="repeat('x', 2001)"))),
    ("pk_response_services", _in_order(response(), service(), service())),
    ("fk_response_services_jurisdiction_id_template_id", service(template_id=0)),
    (
        "fk_response_services_jurisdiction_id_service_id",
        _in_order(response(), service(service_id=FOREIGN_SERVICE)),
    ),
]

RESPONSE_NULLS = {("response_templates", "detailed_status")}
