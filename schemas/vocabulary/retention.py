"""Record series of a records schedule, and what a city may do to them after a period."""

from collections.abc import Mapping

REPORTER = "reporter"
UPDATE_REPORTER = "update_reporter"
FREE_TEXT = "free_text"
STAFF_NOTE = "staff_note"
PHOTO = "photo"
RECEIPT = "receipt"
LOG = "log"

ANONYMIZE = "anonymize"
DELETE = "delete"

RECORD_SERIES: Mapping[str, tuple[str, ...]] = {
    REPORTER: (ANONYMIZE,),
    UPDATE_REPORTER: (ANONYMIZE,),
    FREE_TEXT: (ANONYMIZE, DELETE),
    STAFF_NOTE: (ANONYMIZE, DELETE),
    PHOTO: (DELETE,),
    RECEIPT: (DELETE,),
    LOG: (DELETE,),
}
"""Record series, each with the actions that a rule can have for it.

reporter: contact data of requesters, and their words in texts. update_reporter: the same of those
who sent updates. free_text: descriptions, typed answers, comments, and public notes. staff_note:
internal notes, reasons of transfers, and of reviews. photo: photos and links. receipt: records of
retries. log: records of messages, and of what other systems were told.
"""

RETENTION_ACTIONS = (ANONYMIZE, DELETE)

MOST_MONTHS = 1_200
"""The longest period of a rule, in months."""

AUTHORITY_LIMIT = 300
"""Characters of the authority of a rule."""

HOLD_REASON_LIMIT = 1_000
"""Characters of the reason of a legal hold."""
