"""Statuses as updates spell them (spec 5.6)."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from schemas.errors import Invalid
from schemas.vocabulary.statuses import DETAILED_STATUSES

# What an update may say beside these, and which status that is; None leaves it as it is.
IN_UPDATES_ONLY = {"reopen": "open", "unchanged": None}

_BETWEEN_WORDS = re.compile(r"[\s_]+")


def as_status(text: str) -> str:
    """Spell a status as it is stored: in lower case, with an underscore between words."""
    return _BETWEEN_WORDS.sub("_", text.strip()).lower()


class StatusOfUpdate(fields.Field[str]):
    """A detailed status, or a word that only updates know. Gives None to leave it as it is."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Any:
        status = as_status(str(value))
        if status in IN_UPDATES_ONLY:
            return IN_UPDATES_ONLY[status]
        if status not in DETAILED_STATUSES:
            raise Invalid("status.of_update", choices=(*DETAILED_STATUSES, *IN_UPDATES_ONLY))
        return status
