"""Values read from seed folders and other servers, before they are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from geo.coordinates import Point
from geo.maps.boundaries import CleanBoundary
from open311.steps.values.forwarding import EndpointValues
from open311.steps.values.responses import ResponseValues

Row = Mapping[str, Any]
"""Values by column name."""


@dataclass(frozen=True)
class SeedBoundaries:
    """A layer's boundaries in natural order, and the file they came from."""

    source: str
    boundaries: list[CleanBoundary]


@dataclass(frozen=True)
class PastServiceRequest:
    """A past service request. submission holds the parameters of POST /requests.

    status is a detailed status. A pending one has no service_request_id and waits for approval.
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
class SeedSite:
    """A website: its settings by column of Site, or None if the city has none in the folder.

    texts are by key and language; translations by kind, code, field, and language.
    """

    settings: Row | None = None
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    translations: Mapping[tuple[str, str, str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class SeedData:
    """All data of a jurisdiction, each row under its key."""

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
    site: SeedSite = field(default_factory=SeedSite)
    servers: Sequence[EndpointValues] = ()
    templates: Sequence[ResponseValues] = ()
    retention: Mapping[str, Row] = field(default_factory=dict)
    service_requests: list[PastServiceRequest] = field(default_factory=list)


@dataclass(frozen=True)
class ImportedAttribute:
    """A question of a service, with (key, name) of each option in order."""

    columns: Row
    values: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class ImportedService:
    """A service with its questions in display order."""

    columns: Row
    attributes: Sequence[ImportedAttribute] = ()


@dataclass(frozen=True, kw_only=True)
class ImportedServiceRequest:
    """A service request with the id and service_code of the other server.

    requested and updated are aware datetimes of whole seconds, none after now; updated is None if
    the other server does not send it. detailed_status is one of OPEN_STATUSES or CLOSED_STATUSES.
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
    """A row that was not imported: the reason to count it under, and a sentence with details."""

    service_request_id: str
    reason: str
    detail: str


@dataclass(frozen=True)
class ImportRun:
    """One import: its source, and the earliest requested_datetime that it includes.

    source is the address of the endpoint without the scheme, with its jurisdiction_id.
    """

    source: str
    requested_from: datetime


@dataclass(frozen=True)
class WindowResult:
    """The outcome of some rows; unchanged rows are not in it."""

    imported: int = 0
    changed: int = 0
    skipped: list[Skipped] = field(default_factory=list)
