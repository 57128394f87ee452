"""Values read from seed folders and other servers, before they are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from geo.coordinates import Point
from geo.maps.boundaries import CleanBoundary

Row = Mapping[str, Any]
"""Values by column name."""


@dataclass(frozen=True)
class SeedBoundaries:
    """A layer's boundaries in natural order, and the file they came from."""

    source: str
    boundaries: list[CleanBoundary]


@dataclass(frozen=True)
class PastServiceRequest:
    """A service request of the past. submission is what POST /requests would have been sent.

    status is a detailed one; a pending one has no service_request_id and waits to be accepted.
    """

    service_request_id: str | None
    service_code: str
    requested: datetime
    submission: Row
    pending: bool
    status: str
    status_notes: str
    updated: datetime | None


@dataclass(frozen=True)
class SeedData:
    """All of a jurisdiction, each row under its key."""

    jurisdiction_id: str
    jurisdiction: Row
    service_area: SeedBoundaries | None
    departments: Mapping[str, Row]
    services: Mapping[str, Row]
    attributes: Mapping[tuple[str, str], Row]
    values: Mapping[tuple[str, str, str], Row]
    layers: Mapping[str, Row]
    boundaries: Mapping[str, SeedBoundaries]
    rules: Mapping[str, Row]
    business_hours: Mapping[tuple[int, time], Row] = field(default_factory=dict)
    holidays: Mapping[date, Row] = field(default_factory=dict)
    canaries: Mapping[str, Row] = field(default_factory=dict)
    service_requests: list[PastServiceRequest] = field(default_factory=list)


@dataclass(frozen=True)
class ImportedAttribute:
    """A question of a service, and the (key, name) of each of its options in order."""

    columns: Row
    values: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class ImportedService:
    """A service with its questions in the order they are shown in."""

    columns: Row
    attributes: Sequence[ImportedAttribute] = ()


@dataclass(frozen=True, kw_only=True)
class ImportedServiceRequest:
    """A service request, its id and service_code being those of the other server.

    requested and updated are aware datetimes of whole seconds, none after now; updated is None
    where the other server does not say. detailed_status is one of OPEN_STATUSES or
    CLOSED_STATUSES.
    """

    service_request_id: str
    service_code: str
    requested: datetime
    updated: datetime | None = None
    detailed_status: str = "open"
    status_notes: str = ""
    point: Point | None = None
    address_string: str = ""
    address_id: str = ""
    zipcode: str = ""
    description: str = ""
    media: Sequence[str] = ()


@dataclass(frozen=True)
class Skipped:
    """A row that was not imported: a reason to count it under, and what exactly is wrong."""

    service_request_id: str
    reason: str
    detail: str


@dataclass(frozen=True)
class ImportRun:
    """One import: from where, and the earliest requested_datetime that it takes.

    source is the address of the endpoint without http or https, with the jurisdiction_id that was
    asked for there.
    """

    source: str
    requested_from: datetime


@dataclass(frozen=True)
class WindowResult:
    """What became of some rows; what was known and is the same here is in none of these."""

    imported: int = 0
    changed: int = 0
    skipped: list[Skipped] = field(default_factory=list)
