"""What another server answered, before it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

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
        """The text by which it is known again."""
        return f"{self.status}\n{self.notes}"
