"""What comes with a new service request or an update, checked, before it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.addresses.doubts import Doubt
from geo.coordinates import Point
from geo.routing.borders import ASSUMED_ACCURACY
from open311.queries.catalog.services import ServiceInfo
from open311.queries.jurisdictions import Scope


@dataclass(frozen=True)
class StoredPhoto:
    """A photo whose files are in the store; width and height in pixels, size in bytes."""

    name: str
    width: int
    height: int
    size: int


Medium = StoredPhoto | str
"""A stored photo, or an http or https link."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A checked report. reporter holds only what was told, by the names of Reporter's columns.

    accuracy_metres is how far the place may be off as the client says, assumed_accuracy where it
    does not.

    doubts are about the place, for the triage queue.

    media are in the order in which they are shown; the files of the photos among them are written.
    """

    jurisdiction: Scope
    service: ServiceInfo
    point: Point | None = None
    location_from: str = "client"
    accuracy_metres: float | None = None
    assumed_accuracy: float = ASSUMED_ACCURACY
    doubts: Sequence[Doubt] = ()
    address_string: str = ""
    address_id: str = ""
    zipcode: str = ""
    description: str = ""
    media: Sequence[Medium] = ()
    answers: dict[str, Any] = field(default_factory=dict)
    reporter: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Handles:
    """What a service request is known by, and whether it is published."""

    service_request_id: str | None = None
    token: str | None = None
    public: bool = False
    sandbox: bool = False
