"""Checked values of a new service request or an update, before they are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from geo.addresses.doubts import Doubt
from geo.coordinates import Point
from geo.routing.borders import ASSUMED_ACCURACY
from open311.queries.catalog.services import ServiceInfo
from open311.queries.jurisdictions import Scope
from schemas.vocabulary.intake import UNKNOWN


@dataclass(frozen=True)
class StoredPhoto:
    """A photo whose files are in the store; width and height in pixels, size in bytes.

    digest is the SHA-256 of its content.
    """

    name: str
    width: int
    height: int
    size: int
    digest: bytes = b""

    def as_json(self) -> dict[str, Any]:
        """Return it as a draft keeps it."""
        return {**asdict(self), "digest": self.digest.hex()}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "StoredPhoto":
        """Return a photo that a draft has kept."""
        return cls(**{**kept, "digest": bytes.fromhex(kept["digest"])})


Medium = StoredPhoto | str
"""A stored photo, or an HTTP or HTTPS link."""


@dataclass(frozen=True)
class Proof:
    """What counts once: the signature of a challenge or form, and when it expires (aware)."""

    signature: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class SiteSubmission:
    """What the residents' website, or a call, tells about a submission, as in SiteReport.

    holds are (rule, what it saw): with any, the service request is not published yet. secret_key is
    that of the server, for the secret link. proof of work counts once. So does form, which is there
    if there is no proof: a report with the same form is held. wants_updates is about the email
    address that was sent. texts_to is the phone number (E.164) that wants text messages, or empty.
    """

    language: str
    secret_key: str = field(repr=False)
    sender_digest: bytes | None = None
    text_digest: bytes | None = None
    photo_digests: Sequence[bytes] = ()
    holds: Sequence[tuple[str, str]] = ()
    proof: Proof | None = None
    form: Proof | None = None
    wants_updates: bool = False
    texts_to: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A checked submission. reporter holds only the values sent, by column name of Reporter.

    accuracy_meters is the accuracy of the location that the client sent, in meters;
    assumed_accuracy is used without one. The location may be outside the service area by less than
    its accuracy, if that is less than most_outside meters.

    doubts are about the location, for the triage queue.

    media are in display order; their photo files are written. notice is a sentence for the receipt.
    api_key_id is the key that sends it; site is there if it came from the residents' website or
    through staff. channel is one of INTAKE_CHANNELS, and made_by the member of staff who enters it.
    """

    jurisdiction: Scope
    service: ServiceInfo
    api_key_id: int | None = None
    point: Point | None = None
    location_from: str = "client"
    accuracy_meters: float | None = None
    assumed_accuracy: float = ASSUMED_ACCURACY
    most_outside: float = 0.0
    doubts: Sequence[Doubt] = ()
    address_string: str = ""
    address_id: str = ""
    zipcode: str = ""
    description: str = ""
    media: Sequence[Medium] = ()
    notice: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    reporter: dict[str, str] = field(default_factory=dict)
    site: SiteSubmission | None = None
    channel: str = UNKNOWN
    made_by: str | None = None

    @property
    def accuracy(self) -> float:
        """The accuracy of the location in meters, sent or assumed."""
        return self.accuracy_meters or self.assumed_accuracy

    @property
    def tolerance(self) -> float:
        """How many meters less than which the location may be outside the service area."""
        return min(self.accuracy, self.most_outside)


@dataclass(frozen=True, kw_only=True)
class Handles:
    """The public identifiers of a service request, and whether it is published.

    Without a service_request_id, it gets the next number after id_prefix, if there is one.
    """

    service_request_id: str | None = None
    id_prefix: str | None = None
    token: str | None = None
    public: bool = False
    sandbox: bool = False
