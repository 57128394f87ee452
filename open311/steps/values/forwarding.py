"""What another server answered, before it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from open311.steps.values.submissions import Medium


@dataclass(frozen=True)
class TakenOn:
    """The other server has it under a number, or a token until it has one."""

    foreign_id: str = ""
    token: str = ""


@dataclass(frozen=True)
class Refused:
    """The other server does not want it; the sentence is theirs."""

    sentence: str


@dataclass(frozen=True)
class Later:
    """It was not stored there and may be sent again; seconds is what the server asked to wait."""

    sentence: str
    seconds: float = 0


@dataclass(frozen=True)
class Unclear:
    """It may be stored there or not."""

    sentence: str


Outcome = TakenOn | Refused | Later | Unclear


@dataclass(frozen=True, kw_only=True)
class TheirUpdate:
    """An update of another server. status is in their words.

    links are those of its photos, and media what was fetched from them.
    """

    update_id: str
    service_request_id: str
    status: str = ""
    text: str = ""
    links: Sequence[str] = ()
    media: Sequence[Medium] = ()


@dataclass(frozen=True, kw_only=True)
class TheirStatus:
    """What the list of requests of another server says of one: its status, in their words."""

    service_request_id: str
    status: str
    notes: str = ""

    @property
    def seen(self) -> str:
        """The text by which it is known again; the note, which may name people, only as a hash."""
        return f"{self.status}\n{sha256(self.notes.encode()).hexdigest()}"


@dataclass(frozen=True, kw_only=True)
class EndpointValues:
    """The settings of an endpoint, as ForeignEndpoint has them.

    departments are the codes of those that forward there. api_key is the name of the key by which
    it reports here, or empty. encrypted_key replaces our key there; None keeps it.
    """

    code: str
    name: str
    url: str
    foreign_jurisdiction: str = ""
    service_map: Mapping[str, str] = field(default_factory=dict)
    answer_map: Mapping[str, str] = field(default_factory=dict)
    status_map: Mapping[str, str] = field(default_factory=dict)
    sends_photos: bool = False
    poll_minutes: int = 15
    departments: Sequence[str] = ()
    api_key: str = ""
    encrypted_key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a server answered to a test: the format for our POST, and whether it has updates.

    services are (code, name); url is the endpoint that its discovery names.
    """

    url: str
    format: str
    has_updates: bool
    services: Sequence[tuple[str, str]]
