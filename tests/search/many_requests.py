"""A few hundred varied service requests of Gridtown, the same every time."""

import itertools
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

SEED = 311
ROWS = 300
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)

TEXTS = (
    "Water in the street",
    "watch out: deep hole",
    "A hole in the lane, near the lamp",
    "Street light is dark",
    "It's under water main 12",
    "LANE blocked",
    "hole",
    "",
)
ADDRESSES = ("12 Main Street", "120 Waterloo Road", "Lamp Lane 3", "1 Oak Street", "O'Hara Way")
STATUSES = (
    ("open", "open"),
    ("open", "planned"),
    ("open", "for_triage"),
    ("closed", "closed"),
    ("closed", "fixed"),
    ("closed", "duplicate"),
)
COORDINATES = (-0.9, -0.5, -0.05, 0.0, 0.05, 0.3, 0.5, 0.9)
PEOPLE = ("ann", "bob")
PRIORITIES = ("urgent", "high", "normal", "low")
TAGS = ("storm", "storm damage", "night")
CHANNELS = ("phone", "website", "unknown")
SERVICES = {
    "POTHOLE": ("Pothole", "Streets"),
    "SURVEY": ("Survey", "Streets"),
    "LAMP": ("Lamp", "Lights"),
    "TIP": ("Tip", ""),
    "0042": ("Number with zeros", ""),
}
DEPARTMENTS = {"HALL": "Town Hall", "WEST": "West Yard", "EAST": "East Yard"}


@dataclass(frozen=True)
class Row:
    """What a test may know of a service request.

    news is a step of work: its time, kind, author, and assignee.
    """

    id: str | None
    token: str | None
    description: str
    address: str
    service: str
    department: str
    status: str
    detailed_status: str
    requested: datetime
    updated: datetime
    expected: datetime | None
    place: tuple[float, float] | None
    public: bool
    sandbox: bool
    withdrawn: bool
    accepted: bool
    on_hold: bool
    near: bool
    overlap: bool
    assignee: str | None
    review: bool
    transferred: bool
    held: bool
    channel: str
    viewed: bool
    news: tuple[datetime, str, str, str] | None
    priority: str
    tags: tuple[str, ...]
    closings: tuple[datetime, ...]

    @property
    def wards(self) -> set[str]:
        """The first ward by position, as each place is in one boundary of a layer at most."""
        if self.place is None:
            return set()
        return {"10"} if self.place[1] >= 0 else {"2"}


def make_rows() -> list[Row]:
    """Make the rows; no two are requested in the same second but some pairs."""
    rng = random.Random(SEED)
    rows = []
    for number in range(ROWS):
        status, detailed = rng.choice(STATUSES)
        requested = NOON - timedelta(days=rng.randrange(400), seconds=rng.randrange(3))
        waits = rng.random() < 0.1
        place = (rng.choice(COORDINATES), rng.choice(COORDINATES))
        accepted = rng.random() < 0.5
        public = not waits and rng.random() < 0.85
        rows.append(
            Row(
                id=None if waits else f"77-{number:04}",
                token=f"token-{number}" if waits else None,
                description=rng.choice(TEXTS),
                address=rng.choice(ADDRESSES),
                service=rng.choice(list(SERVICES)),
                department=rng.choice(list(DEPARTMENTS)),
                status=status,
                detailed_status=detailed,
                requested=requested,
                updated=requested + timedelta(days=rng.randrange(3)),
                expected=rng.choice([None, NOON, requested + timedelta(days=rng.randrange(500))]),
                place=None if rng.random() < 0.1 else place,
                public=public,
                sandbox=rng.random() < 0.05,
                withdrawn=rng.random() < 0.05,
                accepted=accepted,
                on_hold=rng.random() < 0.2,
                near=rng.random() < 0.3,
                overlap=number % 5 == 0,
                assignee=rng.choice([None, *PEOPLE]),
                review=rng.random() < 0.3,
                transferred=not accepted and rng.random() < 0.4,
                held=not public and not waits and rng.random() < 0.6,
                channel=CHANNELS[number % len(CHANNELS)],
                viewed=rng.random() < 0.5,
                news=None if rng.random() < 0.4 else _step(rng, requested),
                priority=PRIORITIES[number % 7 % len(PRIORITIES)],
                tags=TAGS[: number % (len(TAGS) + 1)],
                closings=_closings(number, status, requested),
            )
        )
    return rows


def _closings(number: int, status: str, requested: datetime) -> tuple[datetime, ...]:
    """Return when a request was closed: one in three once more than its status tells."""
    often = (status == "closed") + (number % 3 == 0)
    days = [(1 + number % 40) * (1 + one) for one in range(often)]
    return tuple(requested + timedelta(days=one, hours=1) for one in days)


def _step(rng: random.Random, requested: datetime) -> tuple[datetime, str, str, str]:
    moment = requested + timedelta(days=rng.randrange(200))
    kind, text = rng.choice((("answered", ""), ("assigned", "dispatch"), ("assigned", "ann")))
    return moment, kind, rng.choice(("bob", "dispatch")), text


INSERT = """
    INSERT INTO service_requests (
        jurisdiction_id, service_request_id, token, public, sandbox, withdrawn_at, service_id,
        department_id, routing_reason, pinned, accepted_at, assigned_user_id, waits_since, location,
        location_from, near_border, address_string, address_id, zipcode, description, media_url,
        answers, status, detailed_status, status_notes, requested_datetime, updated_datetime,
        expected_datetime, channel, first_viewed_at, priority
    )
    SELECT 'gridtown.example', %(id)s, %(token)s, %(public)s, %(sandbox)s,
        CASE WHEN %(withdrawn)s THEN now() END,
        (SELECT id FROM services WHERE service_code = %(service)s),
        (SELECT id FROM departments WHERE code = %(department)s), 'Made up.', false,
        CASE WHEN %(accepted)s THEN now() END, (SELECT id FROM users WHERE name = %(assignee)s),
        CASE WHEN %(on_hold)s THEN now() END,
        ST_SetSRID(ST_MakePoint(%(long)s::float8, %(lat)s::float8), 4326),
        CASE WHEN %(long)s::float8 IS NOT NULL THEN 'client' END, %(near)s, %(address)s, '', '',
        %(description)s, '', '{}', %(status)s, %(detailed_status)s, '', %(requested)s, %(updated)s,
        %(expected)s, %(channel)s, CASE WHEN %(viewed)s THEN now() END,
        array_position(ARRAY['urgent', 'high', 'normal', 'low'], %(priority)s)
    RETURNING pk
"""
PLACE = """
    INSERT INTO service_request_boundaries (
        service_request_pk, layer_id, boundary_id, near, others
    )
    SELECT %(pk)s, boundaries.layer_id, boundaries.id, false, CASE WHEN %(overlap)s THEN ARRAY(
        SELECT others.id FROM boundaries AS others
        WHERE others.set_id = boundaries.set_id AND others.id <> boundaries.id
    ) ELSE '{}' END
    FROM boundaries JOIN boundary_layers ON boundary_layers.id = boundaries.layer_id
    WHERE boundary_layers.code = 'ward' AND boundaries.code = %(ward)s
"""
REVIEW = """
    INSERT INTO triage_entries (jurisdiction_id, service_request_pk, reason, detail, raised_at)
    VALUES ('gridtown.example', %s, %s, 'Made up.', now())
"""
HOLD = """
    INSERT INTO holds (service_request_pk, rule, seen, held_at, outcome, settled_at, settled_by)
    VALUES (%(pk)s, 'link', 'a.example', %(requested)s, %(outcome)s::text,
        CASE WHEN %(outcome)s::text IS NOT NULL THEN now() END,
        CASE WHEN %(outcome)s::text IS NOT NULL THEN 'ann' END)
"""
# The history does not set the time of the last update, which is varied by itself.
WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"
WITH_TRIGGERS = "SET LOCAL session_replication_role = origin"
HISTORY = """
    INSERT INTO status_changes (
        service_request_pk, status, detailed_status, status_notes, changed_at, opening, made_by
    )
    SELECT %(pk)s, * FROM unnest(%(statuses)s::text[], %(detailed)s::text[], %(notes)s::text[],
        %(times)s::timestamptz[], %(opening)s::boolean[], %(by)s::text[])
"""
STEP = """
    INSERT INTO work_steps (service_request_pk, made_at, kind, made_by, text)
    VALUES (%s, %s, %s, %s, %s)
"""
TAG = """
    WITH added AS (INSERT INTO tags (jurisdiction_id, name) VALUES ('gridtown.example', %(tag)s)
        ON CONFLICT (jurisdiction_id, name) DO UPDATE SET name = %(tag)s RETURNING id)
    INSERT INTO request_tags SELECT %(pk)s, id FROM added
"""
TRANSFER = """
    INSERT INTO routing_steps (service_request_pk, jurisdiction_id, kind, from_department_id,
        to_department_id, reason, before, made_at, made_by)
    SELECT %s, 'gridtown.example', 'handed_over', other.id, mine.id, 'Made up.', '{}', now(), 'ann'
    FROM departments AS other, departments AS mine
    WHERE other.code = 'CORE' AND mine.code = %s
"""
PERSON = """
    INSERT INTO users (jurisdiction_id, name, name_key, role, created_at, recovery_hashes)
    VALUES ('gridtown.example', %(name)s, %(name)s, 'dispatcher', now(), '{}')
"""


def reason_of(row: Row) -> str:
    """Return the reason for review: of some closed requests one that applies to closed ones."""
    return "said_open" if row.detailed_status == "fixed" else "odd_place"


def _add_labels(connection: psycopg.Connection[Any], pk: Any, row: Row) -> None:
    for ward in row.wards:
        connection.execute(PLACE, {"pk": pk, "ward": ward, "overlap": row.overlap})
    for tag in row.tags:
        connection.execute(TAG, {"pk": pk, "tag": tag})


def _add_history(connection: psycopg.Connection[Any], pk: Any, row: Row) -> None:
    """Add the changes of status, by the reader of the tests: to that one, they are no news.

    Each closing but the last of a closed request is followed by reopening, and the last one by a
    change that keeps it closed.
    """
    steps = [("open", "open", row.requested)]
    for moment in row.closings:
        steps += [("closed", "closed", moment), ("open", "open", moment + timedelta(hours=1))]
    if row.status == "closed":
        steps[-1] = ("closed", row.detailed_status, row.closings[-1] + timedelta(days=1))
    else:
        steps[-1] = (*("open", row.detailed_status), steps[-1][2])
    statuses, detailed, times = map(list, zip(*steps, strict=True))
    number = len(steps)
    values = {
        "pk": pk,
        "statuses": statuses,
        "detailed": detailed,
        "notes": [""] * number,
        "times": times,
        "opening": [True, *[False] * (number - 1)],
        "by": ["dispatch"] * number,
    }
    connection.execute(HISTORY, values)


def fill(database_url: str, rows: list[Row]) -> None:
    """Put the rows in the place of Gridtown's own, which stay out of sight."""
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE service_requests SET withdrawn_at = now()")
        for name in PEOPLE:
            connection.execute(PERSON, {"name": name})
        for row in rows:
            lat, long = row.place or (None, None)
            found = connection.execute(INSERT, {**vars(row), "lat": lat, "long": long}).fetchone()
            [pk] = found or (None,)
            _add_labels(connection, pk, row)
            if row.review:
                connection.execute(REVIEW, [pk, reason_of(row)])
            if row.held or row.public:
                outcome = None if row.held else "published"
                connection.execute(HOLD, {"pk": pk, "outcome": outcome, "requested": row.requested})
            if row.transferred:
                connection.execute(TRANSFER, [pk, row.department])
            if row.news:
                connection.execute(STEP, [pk, *row.news])
            connection.execute(WITHOUT_TRIGGERS)
            _add_history(connection, pk, row)
            connection.execute(WITH_TRIGGERS)
        connection.commit()


def newest_first(rows: list[Row]) -> list[Row]:
    """Sort as lists do: rows that were stored later come first where the second is the same."""
    numbered = itertools.count()
    return [row for row, _n in sorted(((row, next(numbered)) for row in rows), key=_key)][::-1]


def _key(pair: tuple[Row, int]) -> tuple[datetime, int]:
    return pair[0].requested, pair[1]
