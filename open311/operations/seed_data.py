"""What a seed folder holds, read and checked: the input of load_seed_data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from geo.boundaries import CleanBoundary

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
