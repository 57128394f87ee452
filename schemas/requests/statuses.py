"""Status values of updates (spec 5.6)."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from schemas.errors import Invalid
from schemas.vocabulary.statuses import DETAILED_STATUSES, UNCHANGED

# Words that an update may use besides the statuses; None keeps the current status.
IN_UPDATES_ONLY = {"reopen": "open", UNCHANGED: None}

LONGEST_WORD = 40
"""Characters of an unknown status that an error repeats."""

_BETWEEN_WORDS = re.compile(r"[\s_]+")


def as_status(text: str) -> str:
    """Normalize a status to its stored form: lower case, with underscores between words."""
    return _BETWEEN_WORDS.sub("_", text.strip()).lower()


class StatusOfUpdate(fields.Field[str]):
    """A detailed status, or a word that only updates use; None keeps the current status."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Any:
        status = as_status(str(value))
        if status in IN_UPDATES_ONLY:
            return IN_UPDATES_ONLY[status]
        if status not in DETAILED_STATUSES:
            choices = (*DETAILED_STATUSES, *IN_UPDATES_ONLY)
            raise Invalid("status.of_update", word=str(value)[:LONGEST_WORD], choices=choices)
        return status
