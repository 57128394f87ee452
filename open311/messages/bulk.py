"""Messages about actions on all results of a search, and about their undo."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

BULK_TOO_MANY = Message(
    "bulk.too_many",
    page=N_("These are more than %(limit)s requests. Narrow your search, and try again."),
)
BULK_NONE = Message(
    "bulk.none",
    page=N_("None of these requests can be changed in this way."),
)
BULK_COUNT_CHANGED = Message(
    "bulk.count_changed",
    page=N_(
        "The requests have changed since they were counted. Check the new numbers, and confirm"
        " again."
    ),
)
BULK_UNKNOWN = Message(
    "bulk.unknown",
    page=N_("There is no bulk action with this number."),
)
BULK_NOT_FINISHED = Message(
    "bulk.not_finished",
    page=N_("This bulk action is still running. You can undo it when it is done."),
)
BULK_FINISHED = Message(
    "bulk.finished",
    page=N_("This bulk action is done. You can undo it below."),
)
BULK_STOPPED = Message(
    "bulk.stopped",
    page=N_("%(name)s stopped the bulk action before this request was changed."),
)
BULK_UNDONE_ALREADY = Message(
    "bulk.undone_already",
    page=N_("This bulk action was undone already."),
)
BULK_UNDO_TOO_LATE = Message(
    "bulk.undo_too_late",
    page=N_("A bulk action can be undone within %(hours)s hours. That time is over."),
)
BULK_UNDO_NEVER = Message(
    "bulk.undo_never",
    page=N_("Approvals cannot be undone: the requests are public."),
)
BULK_USER_GONE = Message(
    "bulk.user_gone",
    page=N_("%(name)s can no longer sign in."),
)
BULK_OTHER_SERVICE = Message(
    "bulk.other_service",
    page=N_("The response template is not for the service of request %(id)s."),
)
BULK_ORIGINAL_CLOSED = Message(
    "bulk.original_closed",
    page=N_("%(main)s is closed. Reopen it first, or enter another request number."),
)
BULK_FAILED = Message(
    "bulk.failed",
    page=N_("Request %(id)s was not changed because of an unexpected error. Change it by itself."),
)
BULK_KEPT = Message(
    "bulk.kept",
    page=N_("Someone has changed this request since. These parts were not restored: %(parts)s."),
)
