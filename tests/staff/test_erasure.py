"""Erasure of personal data: by a key, after a period, and by withdrawal; nothing stays anywhere."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import requests
from georeport_client import Api, Sandbox
from images import from_a_phone
from psycopg import sql
from servers import PATIENCE
from settings import photo_folder
from staff_client import Person

Sign = Callable[[str], Person]
Run = Callable[..., str]
Column = tuple[str, str]

NOT_ABOUT_REQUESTS = {
    *("alert_clocks", "base_maps"),
    *("address_points", "address_registers", "alembic_version", "api_keys", "attribute_values"),
    "audit_entries",
    *("boundaries", "boundary_edges", "boundary_layers", "boundary_sets", "business_hours"),
    *("city_version", "data_files", "figure_days", "figure_states", "published_reports"),
    "kept_places",
    *("canaries", "carried_rules", "carry_overs", "departments", "holidays", "import_progress"),
    "jurisdictions",
    "retention_rules",
    *("routing_rules", "service_attributes", "services", "users", "user_sessions"),
    *("catalog_texts", "foreign_endpoints", "message_settings", "message_templates"),
    *("response_notes", "response_services", "response_templates"),
    *("notice_clocks", "site_texts", "tags", "sites", "user_links", "webhook_endpoints"),
}
"""Tables of the city, its staff, and its apps."""

CODES_AND_KEYS = {
    ("erasures", name)
    for name in ("jurisdiction_id", "basis", "counts", "erased_by", "series", "action", "extent")
} | {
    *(("alerts", name) for name in ("jurisdiction_id", "place", "boundary_layer")),
    *(("alerts", name) for name in ("boundary_code", "services", "about", "rhythm", "language")),
    *(("alerts", "state"), ("alerts", "token_hash"), ("alert_items", "event")),
    ("alerts", "address"),  # as the register writes it; it goes with the contact
    *(("capabilities", name) for name in ("purpose", "token_hash")),
    *(("contacts", name) for name in ("jurisdiction_id", "kind", "language", "suppressed_why")),
    ("feedback", "answer"),
    ("foreign_updates", "update_id"),
    *(("forwardings", name) for name in ("state", "foreign_id", "token", "their_status")),
    *(("former_ids", name) for name in ("jurisdiction_id", "source", "former_id")),
    *(("holds", name) for name in ("rule", "settled_by", "outcome")),
    *(("legal_holds", name) for name in ("set_by", "lifted_by")),
    *(("moderations", name) for name in ("target", "kind", "made_by")),
    *(("report_drafts", name) for name in ("name_hash", "jurisdiction_id")),
    *(("site_reports", name) for name in ("language", "sender_digest", "text_digest")),
    *(("site_reports", "photo_digests"), ("spent_challenges", "signature")),
    *(("subscriptions", "state"), ("supports", "sender_digest")),
    *(("media", name) for name in ("name",)),
    ("note_photos", "name"),
    *(("procrastinate_jobs", name) for name in ("queue_name", "task_name", "lock", "args")),
    ("procrastinate_jobs", "queueing_lock"),
    *(("procrastinate_periodic_defers", name) for name in ("task_name", "periodic_id")),
    *(("messages", name) for name in ("jurisdiction_id", "kind", "channel", "language")),
    *(("messages", name) for name in ("state", "reason", "failure", "settled_by")),
    *(("incoming_mails", name) for name in ("digest", "outcome")),
    *(("tellings", "kind"), ("staff_tellings", "kind"), ("message_items", "kind")),
    *(("received_updates", name) for name in ("update_id", "token", "status")),
    *(("receipts", name) for name in ("jurisdiction_id", "answer", "fingerprint")),
    *(("request_facts", name) for name in ("jurisdiction_id", "channel", "outcome", "boundaries")),
    *(("request_facts", f"flow_{name}") for name in ("times", "kinds", "departments")),
    *(("request_grid", name) for name in ("jurisdiction_id", "status")),
    *(("request_grid_log", name) for name in ("jurisdiction_id", "status")),
    *(("routing_steps", name) for name in ("jurisdiction_id", "kind", "made_by")),
    *(("saved_areas", name) for name in ("jurisdiction_id",)),
    *(("saved_views", name) for name in ("jurisdiction_id",)),
    *(("view_links", name) for name in ("jurisdiction_id", "token_hash")),
    *(("service_requests", name) for name in ("jurisdiction_id", "service_request_id", "token")),
    *(("shift_stops", "jurisdiction_id"), ("staff_receipts", "digest")),
    *(("service_requests", name) for name in ("location_from", "status", "detailed_status")),
    *(("service_requests", name) for name in ("address_id", "zipcode", "channel")),
    ("service_request_boundaries", "others"),
    *(("received_updates", name) for name in ("channel", "added_by")),
    *(("status_changes", name) for name in ("kind", "status", "detailed_status")),
    ("status_changes", "made_by"),
    *(("triage_entries", name) for name in ("jurisdiction_id", "reason", "settled_by")),
    *(("webhook_attempts", name) for name in ("message_id", "event", "failure")),
    *(("webhook_deliveries", name) for name in ("state", "failure", "known")),
    *(("work_steps", name) for name in ("kind", "made_by")),
    *(("bulk_changes", name) for name in ("jurisdiction_id", "action")),
    *(("bulk_items", name) for name in ("state", "problem", "before", "after")),
}
"""Columns about requests that hold no texts of people."""

IN_THEIR_REQUESTS = {
    *(("reporters", name) for name in ("email", "device_id", "account_id", "first_name")),
    *(("reporters", name) for name in ("last_name", "phone")),
    *(("update_reporters", name) for name in ("title", "first_name", "last_name", "email")),
    *(("update_reporters", name) for name in ("phone", "account_id")),
    *(("service_requests", name) for name in ("description", "address_string", "media_url")),
    *(("service_requests", name) for name in ("answers", "status_notes", "routing_reason")),
    *(("routing_steps", name) for name in ("reason", "before")),
    *(("status_changes", "status_notes"), ("work_steps", "text"), ("media", "url")),
    *(("received_updates", "description"), ("triage_entries", "detail")),
    *(("receipts", "idempotency_key"), ("erasures", "reason"), ("bulk_changes", "fields")),
    *(("forwardings", "sentence"), ("legal_holds", "reason")),
    *(
        ("contacts", "address"),
        ("feedback", "text"),
        ("flags", "text"),
        ("holds", "seen"),
    ),
    *(("moderations", "reason"), ("moderations", "original")),
}
"""Columns of their requests that can hold a person's data: a new one is added here or above."""

ELSEWHERE = {
    *(("saved_views", "name"), ("saved_views", "query"), ("saved_areas", "name")),
    *(("view_links", "name"), ("view_links", "query")),
}

FOR_A_DAY = {("report_drafts", "parameters"), ("report_drafts", "photos")}
"""Columns of what is being written, which is deleted after a day."""


_numbers = itertools.count()


@dataclass(frozen=True)
class Resident:
    """A person with words that no other text contains."""

    word: str
    phone: str

    @property
    def email(self) -> str:
        return f"{self.word}@mail.example"

    @property
    def first(self) -> str:
        return f"Ann{self.word}"

    @property
    def last(self) -> str:
        return f"O'{self.word.title()}"

    @property
    def contact(self) -> dict[str, str]:
        """The contact data of a comment."""
        return {
            "first_name": self.first,
            "last_name": self.last,
            "email": self.email.upper(),
            "phone": self.phone,
            "account_id": f"account-{self.word}",
        }

    @property
    def full(self) -> str:
        """A text with all that identifies this person."""
        digits = re.sub(r"\D", "", self.phone)[-10:]
        phone = f"({digits[:3]}) {digits[3:6]}.{digits[6:]}"
        return f"{self.first} {self.last}, {phone}, {self.email.title()}, account-{self.word}"

    @property
    def mention(self) -> str:
        return f"Asked by {self.email.upper()}, {self.phone}."


PHOTO = ("media", ("photo.jpg", from_a_phone(), "image/jpeg"))

KIM = Resident("zorvath", "+1 740 555 0187")
LEE = Resident("quillmar", "614-555-0193")
POE = Resident("wexfordine", "(937) 555 0164")
SUE = Resident("lindquarry", "330 555 0128")
RAY = Resident("brontwick", "419 555 0171")


def columns_of(connection: psycopg.Connection) -> set[Column]:
    """List all columns of texts, JSON, and bytes."""
    rows = connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        " AND table_name <> 'spatial_ref_sys'"
        " AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')"
    ).fetchall()
    return {(str(table), str(column)) for table, column in rows}


def holding(city: str, words: str, phone: str = "") -> set[Column]:
    """List the columns that contain a word, or the digits of a phone number."""
    digits = re.sub(r"\D", "", phone)[-10:] or "no digits"
    found = set()
    with psycopg.connect(city) as connection:
        for table, column in columns_of(connection):
            statement = sql.SQL(
                "SELECT count(*) FROM {table} WHERE {column}::text ILIKE ANY (%(words)s)"
                " OR pg_typeof({column}) <> 'bytea'::regtype"
                " AND regexp_replace({column}::text, '[^0-9]', '', 'g') LIKE %(digits)s"
            ).format(table=sql.Identifier(table), column=sql.Identifier(column))
            as_bytes = words.encode().hex()
            asked = {"words": [f"%{words}%", f"%{as_bytes}%"], "digits": f"%{digits}%"}
            [count] = connection.execute(statement, asked).fetchone() or [0]
            if count:
                found.add((table, column))
    return found


def left_of(city: str, person: Resident) -> set[Column]:
    return holding(city, person.word, person.phone)


def execute(city: str, statement: str, *values: object) -> None:
    with psycopg.connect(city) as connection:
        connection.execute(statement, values)  # type: ignore[arg-type]


def ids_of(city: str, service_code: str) -> list[str]:
    """List the numbers of the open requests for a service."""
    with psycopg.connect(city) as connection:
        rows = connection.execute(
            "SELECT service_request_id FROM service_requests JOIN services ON id = service_id"
            " WHERE service_code = %s AND status = 'open' ORDER BY pk",
            [service_code],
        ).fetchall()
    return [str(row[0]) for row in rows]


@dataclass
class Town:
    """The served city, with what fills it."""

    city: str
    api: Api
    chief: Person
    run: Run

    def act(self, id_: str, action: str, **fields: str) -> None:
        page = f"/requests/{id_}"
        answer = self.chief.post(page, f"{page}/{action}", **fields)
        assert answer.status_code == (410 if action == "withdraw" else 200), answer.text

    def submit(self, person: Resident, service: str = "SURVEY", **fields: str) -> str:
        """Submit a request with all that a person can say; return its number, or its token."""
        texts = {
            "api_key": self.api.key,
            "service_code": service,
            "lat": "0.5",
            "long": "0.5",
            "description": f"I am {person.full}.",
            "address_string": f"Care of {person.first} {person.last}, Main Street",
            "attribute[WHO]": "CREW",
            "attribute[LINE]": person.full,
            "attribute[STORY]": person.full,
            "media_url": f"https://photos.example/{person.word}.jpg",
            "device_id": f"device-{person.word}",
            **person.contact,
            **fields,
        }
        answer = self.api.send(
            "POST",
            "v2/requests",
            files=[
                *((name, (None, text)) for name, text in texts.items()),
                *([] if service == "TIP" else [PHOTO]),
            ],
            headers={"Idempotency-Key": f"{person.word}-{next(_numbers)}"},
        )
        assert answer.status == 200, answer.response.text
        [receipt] = answer.document
        return str(receipt.get("service_request_id") or receipt.get("token", ""))

    def comment(self, person: Resident, id_: str) -> None:
        texts = {
            "api_key": self.api.key,
            "service_request_id": id_,
            "update_id": f"{person.word[:3]}-{id_[-4:]}",
            "updated_datetime": "2026-03-10T07:30:00Z",
            "status": "UNCHANGED",
            "description": f"It is still there, says {person.full}.",
            "title": f"Dr {person.word}",
            **person.contact,
        }
        answer = self.api.send(
            "POST",
            "v2/servicerequestupdates",
            files=[
                *((name, (None, text)) for name, text in texts.items()),
                PHOTO,
            ],
        )
        assert answer.status == 200, answer.response.text

    def work_on(self, id_: str, text: str) -> None:
        """Write a text wherever staff can write one."""
        self.act(id_, "note", text=text)
        self.act(id_, "hand-over", department="WEST", reason=text)
        self.act(id_, "hand-over", department="EAST", reason=f"Again: {text}")
        self.act(id_, "wait", status_notes=f"Dear {text}, which one?")
        self.act(id_, "resume")
        self.act(id_, "close", status="fixed", status_notes=f"Thanks, {text}!", internal_note=text)
        execute(
            self.city,
            "INSERT INTO triage_entries (jurisdiction_id, service_request_pk, reason, detail,"
            " raised_at) SELECT jurisdiction_id, pk, 'odd_place', %s, now() FROM service_requests"
            " WHERE service_request_id = %s",
            text,
            id_,
        )
        execute(
            self.city,
            "INSERT INTO erasures (jurisdiction_id, service_request_pk, basis, reason, counts,"
            " erased_at, erased_by) SELECT jurisdiction_id, pk, 'request', %s, '{}', now(), 'x'"
            " FROM service_requests WHERE service_request_id = %s",
            text,
            id_,
        )
        self.say_on_the_website(id_, text)

    def say_on_the_website(self, id_: str, text: str) -> None:
        """Write a text wherever residents can write one, or where one of theirs is kept."""
        for statement in (
            (
                "INSERT INTO feedback SELECT max(status_changes.id), pk, 'no', %s, now()"
                " FROM service_requests JOIN status_changes ON service_request_pk = pk"
                " WHERE service_request_id = %s GROUP BY pk"
            ),
            (
                "INSERT INTO flags (service_request_pk, text, made_at)"
                " SELECT pk, %s, now() FROM service_requests WHERE service_request_id = %s"
            ),
            (
                "INSERT INTO holds (service_request_pk, rule, seen, held_at)"
                " SELECT pk, 'word', %s, now() FROM service_requests WHERE service_request_id = %s"
            ),
            (
                "INSERT INTO legal_holds (service_request_pk, reason, set_at, set_by, lifted_at,"
                " lifted_by) SELECT pk, %s, now(), 'x', now(), 'x' FROM service_requests"
                " WHERE service_request_id = %s"
            ),
            (
                "WITH server AS (INSERT INTO foreign_endpoints (jurisdiction_id, code, name, url)"
                " VALUES ('gridtown.example', 'county', 'County', 'https://county.example')"
                " ON CONFLICT (jurisdiction_id, code) DO UPDATE SET name = 'County' RETURNING id)"
                " INSERT INTO forwardings (service_request_pk, endpoint_id, state, state_at,"
                " due_at, sentence) SELECT pk, server.id, 'refused', now(), now(), %s"
                " FROM service_requests, server WHERE service_request_id = %s"
            ),
            (
                "WITH change AS (INSERT INTO bulk_changes (jurisdiction_id, user_id, action,"
                " fields, made_at) SELECT jurisdiction_id, id, 'status',"
                " jsonb_build_object('reason', %s::text), now() FROM users LIMIT 1 RETURNING id)"
                " INSERT INTO bulk_items (bulk_change_id, position, service_request_pk, seen,"
                " state) SELECT change.id, 1, pk, 1, 'waiting' FROM change, service_requests"
                " WHERE service_request_id = %s"
            ),
            (
                "INSERT INTO moderations (service_request_pk, target, kind, reason, original,"
                " made_at) SELECT pk, 'description', 'hidden', said, said, now()"
                " FROM (SELECT %s AS said) AS one, service_requests WHERE service_request_id = %s"
            ),
        ):
            execute(self.city, statement, text, id_)

    def follow(self, person: Resident, id_: str, *, is_reporter: bool = False) -> None:
        execute(
            self.city,
            "INSERT INTO contacts (jurisdiction_id, address, language, created_at)"
            " VALUES ('gridtown.example', %s, 'en', now()) ON CONFLICT DO NOTHING",
            person.email,
        )
        execute(
            self.city,
            "INSERT INTO subscriptions (contact_id, service_request_pk, is_reporter, state,"
            " created_at) SELECT contacts.id, pk, %s, 'on', now() FROM contacts, service_requests"
            " WHERE address = %s AND service_request_id = %s",
            is_reporter,
            person.email,
            id_,
        )


@pytest.fixture(scope="module")
def filled(city: str, api: Api, chief: Person, run_command: Run) -> Town:
    return Town(city, api, chief, run_command)


def fill(town: Town, person: Resident) -> tuple[str, str, str, str]:
    """Fill the requests of a person; return an own, a foreign, a held, and a withdrawn one."""
    own = town.submit(person)
    town.comment(person, own)
    town.work_on(own, person.full)
    foreign = town.api.report(description="A hole", lat="0.5", long="0.5")
    town.comment(person, foreign)
    town.follow(person, own, is_reporter=True)
    town.follow(person, foreign)
    held = town.submit(person, "LAMP")
    town.submit(person, "TIP")
    withdrawn = town.submit(person, "POTHOLE")
    town.comment(person, withdrawn)
    town.act(withdrawn, "note", text=person.full)
    town.say_on_the_website(withdrawn, person.full)
    town.follow(person, withdrawn)
    town.act(withdrawn, "withdraw", reason=person.full, confirm="true")
    return own, foreign, held, withdrawn


def test_the_history_changes_only_where_an_erasure_says_so(city: str) -> None:
    """In its transaction, in these columns, and to texts that say that something was erased"""
    erase = "UPDATE status_changes SET status_notes = '[erased]'"
    allowed = "SELECT set_config('open311.erasing', 'on', true)"
    refused = [
        (erase,),
        (allowed, "UPDATE status_changes SET status_notes = 'It never happened.'"),
        (allowed, f"{erase}, changed_at = now()"),
        (allowed, f"{erase}, detailed_status = 'planned'"),
        (allowed, "UPDATE status_changes SET made_by = '[erased]'"),
        (allowed, "DELETE FROM status_changes"),
        (allowed, "SELECT set_config('open311.erasing', 'off', true)", erase),
        ("SELECT set_config('open311.erasing', 'yes', true)", erase),
    ]
    with psycopg.connect(city) as connection:
        for statements in refused:
            *before, last = statements
            for statement in before:
                connection.execute(statement)
            with pytest.raises(psycopg.errors.IntegrityError, match="only ever added"):
                connection.execute(last)
            connection.rollback()
        connection.execute(allowed)
        connection.execute(erase)
        connection.rollback()
        connection.execute(allowed)
        connection.commit()
        with pytest.raises(psycopg.errors.IntegrityError, match="only ever added"):
            connection.execute(erase)


def walk(api: Api, after: str | None = None) -> tuple[str, dict[str, str]]:
    """Follow the changes; return the cursor and the rows as texts."""
    asked = {"sort": "changed", "tombstones": "true", "extensions": "true"}
    rows = {}
    while True:
        answer = api.get("v2/requests", **asked, **({"after": after} if after else {}))
        rows |= {row["service_request_id"]: str(row) for row in answer.document}
        after = answer.response.headers["X-Next-After"]
        following = answer.response.links.get("next")
        if not following:
            return after, rows
        after = parse_qs(urlsplit(following["url"]).query)["after"][0]


def outputs(town: Town, *ids: str) -> Iterator[str]:
    """Read what the public and staff can read of requests, and their files."""
    for id_ in ids:
        for format in ("xml", "json"):
            api = Api(town.api.address, format, "")
            yield api.get(f"v2/requests/{id_}", extensions="true").response.text
            yield api.get("v2/servicerequestupdates", service_request_id=id_).response.text
        yield town.chief.get(f"/requests/{id_}").text
    yield str(walk(town.api))
    yield requests.get(f"{town.api.address}/ogc/collections/requests/items", timeout=PATIENCE).text
    for kind in ("csv", "geojson"):
        yield town.chief.get("/requests/export", f=kind).text
    yield town.chief.get("/requests").text
    yield town.chief.get("/saved").text
    files = (path for path in photo_folder().rglob("*") if path.is_file())
    yield from (path.read_bytes().decode("latin-1") for path in files)


def photos_of(town: Town, id_: str) -> list[str]:
    """List the public paths of the photos that the page of a request shows."""
    found = re.findall(
        r"/staff/photos/([0-9a-f]{32}\.jpg)", town.chief.get(f"/requests/{id_}").text
    )
    return [f"/open311/media/{name}" for name in sorted(set(found))]


@contextmanager
def undeletable(town: Town, id_: str) -> Iterator[None]:
    """Put a folder in the place of a photo of a request, which the store cannot delete."""
    file = photo_folder() / photos_of(town, id_)[0].rpartition("/")[2]
    file.unlink()
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()


def test_every_column_of_texts_is_known_to_hold_personal_data_or_not(city: str) -> None:
    with psycopg.connect(city) as connection:
        about = {one for one in columns_of(connection) if one[0] not in NOT_ABOUT_REQUESTS}
    assert about == CODES_AND_KEYS | IN_THEIR_REQUESTS | ELSEWHERE | FOR_A_DAY


def test_of_a_person_nothing_stays_in_the_database_the_files_or_any_answer(filled: Town) -> None:
    ids = own, foreign, *_others = fill(filled, KIM)
    sandbox = Sandbox(filled.api.address, "json", "sandbox")
    sandbox.report(description=KIM.full, **KIM.contact)
    mentioning = filled.api.report(description="Another hole")
    filled.act(mentioning, "note", text=KIM.mention)
    followed = filled.api.report(description="A third hole")
    filled.follow(KIM, followed)
    for name, query in ((f"Of {KIM.email}", "status=open"), ("Kim", f"q={KIM.email}")):
        page = f"/saved/?query={requests.utils.quote(query)}"
        assert filled.chief.post(page, "/saved/views", name=name, query=query).status_code == 200
    execute(
        filled.city,
        "INSERT INTO saved_areas (jurisdiction_id, user_id, name, area, created_at)"
        " SELECT jurisdiction_id, id, %s, ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326)), now()"
        " FROM users LIMIT 1",
        f"Around {KIM.first} {KIM.last}",
    )
    execute(
        filled.city,
        "INSERT INTO view_links (jurisdiction_id, user_id, name, query, token_hash, created_at,"
        " expires_at) SELECT jurisdiction_id, id, %s, %s, sha256('kim'), now(),"
        " now() + interval '1 day' FROM users LIMIT 1",
        *(f"Of {KIM.email}", f"q={KIM.email}"),
    )
    assert left_of(filled.city, KIM) == IN_THEIR_REQUESTS | ELSEWHERE
    photos = [*photos_of(filled, own), *photos_of(filled, foreign)]
    assert len(photos) == 3
    cursor, _rows = walk(filled.api)

    plan = filled.run(filled.city, "people", "erase", "--email", f" {KIM.email.upper()}", "--yes")
    assert KIM.word not in plan.lower()
    assert f"{own}: 1 requester, 1 commenter, " in plan
    assert f"{foreign}: 1 commenter, 1 text, 1 photo" in plan
    assert f"{mentioning}: 1 internal note\n" in plan
    assert (
        "Outside of requests: 1 email subscription, 2 saved views, 1 read-only link, 1 saved area\n"
        in plan
    )
    assert left_of(filled.city, KIM) == set()
    for text in outputs(filled, *ids, mentioning):
        assert KIM.word not in text.lower()
        assert "555 0187" not in text
        assert "555.0187" not in text
    for photo in photos:
        assert requests.get(filled.api.address + photo, timeout=PATIENCE).status_code == 404
        assert not (photo_folder() / photo.rpartition("/")[2]).exists()
    _cursor, changed = walk(filled.api, cursor)
    assert changed.keys() == {own, foreign}
    assert "I am [erased], [erased], [erased], [erased]." in changed[own]
    records = filled.run(filled.city, "people", "erasures")
    assert KIM.word not in records.lower()
    assert f" {own}: 1 requester, 1 commenter, " in records
    again = filled.run(filled.city, "people", "erase", "--email", KIM.email)
    assert again == "There is no personal data to erase.\n"


def test_a_person_is_found_by_the_phone_number_in_any_notation(filled: Town) -> None:
    fill(filled, LEE)
    by_phone = filled.run(filled.city, "people", "erase", "--phone", "+1.614.555.0193", "--yes")
    assert "1 requester" in by_phone
    assert left_of(filled.city, LEE) == set()


def test_values_that_edits_replaced_are_erased_from_the_history(filled: Town) -> None:
    """The answers to the questions of a former service, and names in a former address"""
    id_ = filled.submit(POE)
    filled.act(id_, "service", service_code="0042")
    filled.act(id_, "move", lat="0.51", long="0.5", address_string="1 New Street")
    assert ("routing_steps", "before") in left_of(filled.city, POE)
    filled.run(filled.city, "people", "erase", "--request", id_, "--yes")
    assert left_of(filled.city, POE) == set()
    withdrawn = filled.submit(POE, address_string="4 Wombatish Street")
    filled.act(withdrawn, "move", lat="0.51", long="0.5", address_string="1 New Street")
    assert ("routing_steps", "before") in holding(filled.city, "Wombatish")
    filled.act(withdrawn, "withdraw", reason="A test.", confirm="true")
    assert holding(filled.city, "Wombatish") == set()


def test_whole_texts_of_a_request_are_erased_on_demand(filled: Town) -> None:
    """No word of them names a person; the place of the problem and the record stay"""
    word = "wombatish"
    answers = {"attribute[LINE]": word, "attribute[STORY]": word}
    id_ = filled.submit(POE, description=word, address_string="Main Street", **answers)
    filled.comment(RAY, id_)
    filled.work_on(id_, word)
    execute(filled.city, "UPDATE triage_entries SET detail = '' WHERE detail = %s", word)
    execute(
        filled.city,
        "UPDATE received_updates SET description = %s FROM service_requests"
        " WHERE pk = service_request_pk AND service_request_id = %s",
        word,
        id_,
    )
    some = filled.run(filled.city, "people", "erase", "--request", id_, "--yes")
    assert f"{id_}: 1 requester, 1 commenter, " in some
    assert left_of(filled.city, POE) == left_of(filled.city, RAY) == set()
    assert filled.api.one(id_)["description"] == word
    erasing = ("people", "erase", "--request", id_, "--texts", "--reason", f"Asked by {POE.email}")
    assert re.search(
        rf"{id_}: \d texts, \d internal notes", filled.run(filled.city, *erasing, "--yes")
    )
    assert holding(filled.city, word) == {("erasures", "reason")}
    row = filled.api.one(id_)
    assert (row["description"], row["address"]) == ("[erased]", "Main Street")
    assert row["status_notes"] == "[erased]"
    page = filled.chief.get(f"/requests/{id_}").text
    assert "Personal data erased" in page
    assert word not in page


def test_old_requests_are_anonymized_after_the_period_of_the_city(filled: Town) -> None:
    own, foreign, held, _withdrawn = fill(filled, RAY)
    for id_ in (foreign, *ids_of(filled.city, "TIP")):
        filled.run(filled.city, "requests", "close", id_, "Filled.")
    filled.act(own, "note", text="The crew was there.")
    young = filled.submit(POE)
    filled.act(young, "close", status="fixed", status_notes="Filled.")
    open_ = filled.submit(POE, "0042")
    nobody_s = filled.api.report(description="A hole")
    filled.act(nobody_s, "close", status="fixed", status_notes="Filled.")
    execute(
        filled.city,
        "UPDATE service_requests SET requested_datetime = now() - interval '500 days',"
        " updated_datetime = now() - interval '400 days'"
        " WHERE coalesce(service_request_id, token, '') <> %s",
        young,
    )
    execute(filled.city, "UPDATE received_updates SET received_at = now() - interval '400 days'")
    assert "Requests anonymized: 0." in filled.run(filled.city, "maintenance")
    assert left_of(filled.city, RAY) == IN_THEIR_REQUESTS
    execute(filled.city, "UPDATE jurisdictions SET anonymize_after_days = 365")
    with undeletable(filled, own):
        told = filled.run(filled.city, "maintenance")
    assert not re.search("Requests anonymized: 0.", told)
    assert left_of(filled.city, RAY) == set()
    for text in outputs(filled, own, held, nobody_s):
        assert RAY.word not in text.lower()
    assert "The crew was there." in filled.chief.get(f"/requests/{own}").text
    for kept in (young, open_):
        assert POE.email in filled.chief.get(f"/requests/{kept}").text.lower()
    assert "Requests anonymized: 0." in filled.run(filled.city, "maintenance")
    assert f" {own}: 1 requester, 1 commenter, " in filled.run(filled.city, "people", "erasures")


def test_a_withdrawal_needs_a_reason_and_a_confirmation(filled: Town) -> None:
    id_ = filled.submit(POE, "POTHOLE")
    page = f"/requests/{id_}"
    for fields, sentence in (
        ({"reason": " ", "confirm": "true"}, "Enter a reason for the withdrawal."),
        ({"reason": "Spam"}, "Confirm that this cannot be undone."),
    ):
        answer = filled.chief.post(page, f"{page}/withdraw", **fields)
        assert answer.status_code == 409
        assert sentence in answer.text
    assert filled.api.get(f"v2/requests/{id_}").status == 200


def test_of_a_request_that_was_never_public_the_public_sees_nothing(filled: Town) -> None:
    token = filled.submit(POE, "LAMP")
    filled.act(token, "withdraw", reason="Spam", confirm="true")
    page = filled.chief.get(f"/requests/{token}").text
    assert "Its content and personal data are erased for good." in page
    assert "The public sees" not in page


@pytest.mark.parametrize("way", ["withdraw", "erase", "requests withdraw", "people erase"])
def test_an_erasure_is_complete_although_its_photos_cannot_be_deleted(
    filled: Town, way: str
) -> None:
    """On the page and by command; the rows are gone by then, and the files are swept later"""
    id_ = filled.submit(SUE, "POTHOLE")
    with undeletable(filled, id_):
        if way in ("withdraw", "erase"):
            filled.act(id_, way, reason="Asked", confirm="true")
        elif way == "requests withdraw":
            told = filled.run(filled.city, "requests", "withdraw", id_)
            assert told == f"{id_} is withdrawn.\n"
        else:
            told = filled.run(filled.city, "people", "erase", "--request", id_, "--yes")
            assert "Personal data erased from 1 request.\n" in told
    assert photos_of(filled, id_) == []


def test_staff_withdraw_a_request_on_its_page(filled: Town, person: Sign) -> None:
    id_ = filled.submit(POE, "POTHOLE", description="Withdraw this.")
    page = f"/requests/{id_}"
    photos = photos_of(filled, id_)
    for name in ("reader", "west"):
        answer = person(name).post(page, f"{page}/withdraw", reason="Spam", confirm="true")
        assert answer.status_code == 403, name
    dispatch = person("dispatch")
    stale = dispatch.post(page, f"{page}/withdraw", reason="Spam", confirm="true", seen="1")
    assert "Someone else changed" in stale.text
    answer = dispatch.post(page, f"{page}/withdraw", reason=f"{POE.first} asked", confirm="true")
    assert answer.status_code == 410
    for words in (
        "Request withdrawn.",
        f"Request {id_} was withdrawn",
        "by dispatch",
        "[erased] asked",
        "The public sees that it was withdrawn.",
    ):
        assert words in answer.text
    assert "Withdraw this." not in answer.text
    assert filled.api.get(f"v2/requests/{id_}").status == 410
    feature = f"{filled.api.address}/ogc/collections/requests/items/{id_}"
    assert requests.get(feature, timeout=PATIENCE).status_code in (404, 410)
    for photo in photos:
        assert requests.get(filled.api.address + photo, timeout=PATIENCE).status_code == 404
    [row] = filled.api.get("v2/requests", tombstones="true", service_request_id=id_).document
    assert row["deleted"] is True
    dispatch.post(page, "/language", language="es", next=f"/staff{page}")
    shown = dispatch.get(page)
    assert shown.status_code == 410
    assert f"La solicitud {id_} fue retirada" in shown.text


def test_notes_that_an_earlier_release_left_of_a_withdrawn_request_are_erased(
    filled: Town,
) -> None:
    word = "grompiltz"
    id_ = filled.submit(POE, "POTHOLE")
    filled.act(id_, "withdraw", reason="Spam", confirm="true")
    of_request = "FROM service_requests WHERE service_request_id = %s"
    execute(
        filled.city,
        "INSERT INTO work_steps (service_request_pk, text, kind, made_at, made_by)"
        f" SELECT pk, %s, 'noted', now(), 'x' {of_request}",
        word,
        id_,
    )
    execute(
        filled.city,
        "INSERT INTO status_changes (service_request_pk, status_notes, status, detailed_status,"
        f" changed_at, opening) SELECT pk, %s, 'closed', 'closed', now(), false {of_request}",
        word,
        id_,
    )
    assert len(holding(filled.city, word)) == 3
    filled.run(filled.city, "people", "erase", "--request", id_, "--yes")
    assert holding(filled.city, word) == set()


def test_only_administrators_erase_personal_data_on_the_page(filled: Town, person: Sign) -> None:
    id_ = filled.submit(SUE, "POTHOLE")
    page = f"/requests/{id_}"
    dispatch = person("dispatch")
    assert "/erase" not in dispatch.get(page).text
    assert dispatch.post(page, f"{page}/erase", seen="1", confirm="true").status_code == 403
    unconfirmed = filled.chief.post(page, f"{page}/erase")
    assert unconfirmed.status_code == 409
    assert SUE.email in unconfirmed.text.lower()
    answer = filled.chief.post(page, f"{page}/erase", confirm="true", reason="Letter of May 2")
    assert answer.status_code == 200
    for words in ("Personal data erased.", "Letter of May 2", "I am [erased]"):
        assert words in answer.text
    assert SUE.email not in answer.text.lower()
    assert filled.api.one(id_)["description"].startswith("I am [erased]")


def test_the_command_asks_first_and_rejects_what_identifies_nobody(
    filled: Town, run_command: Run
) -> None:
    id_ = filled.submit(POE, "POTHOLE")
    with pytest.raises(AssertionError, match="Erase this data"):
        run_command(filled.city, "people", "erase", "--request", id_)
    assert POE.email in filled.chief.get(f"/requests/{id_}").text.lower()
    for arguments, words in (
        ((), "Enter one of"),
        (("--email", POE.email, "--phone", POE.phone), "Enter one of"),
        (("--email", "kim"), "whole email address"),
        (("--phone", "911"), "at least 6 digits"),
        (("--request", "26-9999999"), "does not exist"),
    ):
        with pytest.raises(AssertionError, match=words):
            run_command(filled.city, "people", "erase", *arguments)
