"""What the table of read-only links takes and refuses."""

from tests.models.inserts import insert
from tests.models.site_rows import digest
from tests.models.staff_mail_cases import KIM, kim


def view_link(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "user_id": KIM,
        "name": "'Ward 2'",
        "query": "'boundary=ward:2'",
        "token_hash": digest("ab"),
        "created_at": "now()",
        "expires_at": "now() + interval '366 days'",
    }
    return insert("view_links", **{**row, **values})


def _of_kim(**values: object) -> str:
    return f"{kim()}; {view_link(**values)}"


SQUARE = "ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326))"
NOTHING = "'SRID=4326;MULTIPOLYGON EMPTY'"

VIEW_TAKEN = [
    _of_kim(revoked_at="now()", used_at="now()"),
    _of_kim(query="''", area=SQUARE, name="repeat('x', 100)"),
]

VIEW_REFUSED = [
    ("ck_view_links_named", _of_kim(name="' '")),
    ("ck_view_links_named", _of_kim(name="repeat('x', 101)")),
    ("ck_view_links_hashed", _of_kim(token_hash="'x'")),
    ("ck_view_links_area_not_empty", _of_kim(area=NOTHING)),
    ("ck_view_links_expires_within_a_year", _of_kim(expires_at="now()")),
    (
        "ck_view_links_expires_within_a_year",
        _of_kim(expires_at="now() + interval '366 days 1 second'"),
    ),
    ("uq_view_links_token_hash", f"{_of_kim()}; {view_link()}"),
    ("fk_view_links_jurisdiction_id_user_id", _of_kim(jurisdiction_id="'hilltown.example'")),
]

VIEW_NULLS = {("view_links", name) for name in ("area", "revoked_at", "used_at")}
