"""Someone who reports a problem to staff that they have on record already."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A caller as entered. contact has only the values given, by column name of UpdateReporter.

    sending is unique for each form. channel is one of ENTERED_BY_STAFF. text is for staff only.
    wants_updates is about the email address; texts_to is the phone number (E.164) that wants text
    messages, or empty.
    """

    sending: str
    channel: str
    language: str
    contact: Mapping[str, str] = field(default_factory=dict, repr=False)
    text: str = ""
    wants_updates: bool = False
    texts_to: str = field(default="", repr=False)

    @property
    def digest(self) -> str:
        """What tells this caller of the form from another one."""
        what = [self.sending, self.channel, self.text, *sorted(self.contact.items())]
        return sha256(json.dumps(what).encode()).hexdigest()
