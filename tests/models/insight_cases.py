"""What the tables of figures take and refuse."""

from tests.models.inserts import insert


def state(**values: object) -> str:
    row = {"jurisdiction_id": "'gridtown.example'", "change_number": "1"}
    return insert("figure_states", **{**row, **values})


def report(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "week": "'2026-11-23'",
        "made_at": "now()",
        "definitions_version": "'1'",
        "document": "'{}'",
        "staff_document": "'{}'",
    }
    return insert("published_reports", **{**row, **values})


def places(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "public": "true",
        "week": "'2026-11-23'",
        "made_at": "now()",
        "document": "'{}'",
    }
    return insert("kept_places", **{**row, **values})


def data_file(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "format": "'csv'",
        "name": "'data-0.csv.gz'",
        "bytes": "1",
        "rows": "1",
        "made_at": "now()",
    }
    return insert("data_files", **{**row, **values})


INSIGHT_TAKEN = [report()]

INSIGHT_REFUSED = [
    ("fk_figure_states_jurisdiction_id", state(jurisdiction_id="'nowhere'")),
    ("fk_kept_places_jurisdiction_id", places(jurisdiction_id="'nowhere'")),
    ("pk_kept_places", f"{places()}; {places()}"),
    ("fk_published_reports_jurisdiction_id", report(jurisdiction_id="'nowhere'")),
    ("pk_published_reports", report() + "; " + report()),
    ("ck_published_reports_begins_on_monday", report(week="'2026-11-24'")),
    ("fk_data_files_jurisdiction_id", data_file(jurisdiction_id="'nowhere'")),
    ("ck_data_files_format_known", data_file(format="'xlsx'")),
    ("pk_data_files", f"{data_file()}; {data_file(name=chr(39) + 'other' + chr(39))}"),
    ("uq_data_files_name", f"{data_file()}; {data_file(format=chr(39) + 'gpkg' + chr(39))}"),
]

INSIGHT_NULLS = {
    ("former_ids", "seen_at"),
    ("request_facts", "first_action_at"),
    ("request_facts", "closed_at"),
    ("request_facts", "first_due_at"),
    ("request_facts", "due_at"),
    ("request_facts", "waits_since"),
    ("request_facts", "seen_at"),
}
