"""What a resident adds to a service request on the website."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from open311.steps.values.submissions import Medium


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a resident adds: a text, and media whose files are written already.

    sending is unique for each form, and begins with BY_REPORTER, BY_SUPPORTER, or BY_EMAIL.
    api_key_id is the key of the website. is_held means that staff look at it first.
    """

    sending: str
    api_key_id: int
    text: str = ""
    media: Sequence[Medium] = field(default=())
    is_held: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.media
