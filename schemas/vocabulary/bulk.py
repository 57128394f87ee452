"""Actions on all results of a search, and the result for each request."""

from collections.abc import Mapping

from schemas.vocabulary.marking import N_

ACKNOWLEDGE, ASSIGN, TRANSFER, UPDATE_STATUS = "take-on", "assign", "hand-over", "status"
RESPOND, CHANGE_SERVICE, LINK, APPROVE = "respond", "service", "link", "accept"
SET_PRIORITY, ADD_TAGS, REMOVE_TAGS = "priority", "tag", "untag"

BULK_ACTION_NAMES: Mapping[str, str] = {
    ACKNOWLEDGE: N_("Acknowledge"),
    ASSIGN: N_("Assign"),
    TRANSFER: N_("Transfer"),
    UPDATE_STATUS: N_("Update status"),
    RESPOND: N_("Use a response template"),
    CHANGE_SERVICE: N_("Change service"),
    LINK: N_("Mark as duplicate"),
    APPROVE: N_("Approve and publish"),
    SET_PRIORITY: N_("Set priority"),
    ADD_TAGS: N_("Add tags"),
    REMOVE_TAGS: N_("Remove tags"),
}
"""By the code of the action, which is that of the action on one request."""

BULK_ACTIONS = tuple(BULK_ACTION_NAMES)

CANNOT_BE_UNDONE = (APPROVE,)
"""A request that was published stays public."""

OF_OPEN_REQUESTS = (ACKNOWLEDGE, ASSIGN, UPDATE_STATUS, RESPOND)
"""Actions that leave closed requests as they are."""

WAITING, DONE, REFUSED, UNDONE, KEPT = "waiting", "done", "refused", "undone", "kept"
ITEM_STATES = (WAITING, DONE, REFUSED, UNDONE, KEPT)
"""States of a request in a bulk action. KEPT was not undone, or not all of it."""

BULK_LIMIT = 10_000
"""Requests in one bulk action."""

UNDO_HOURS = 24
"""Hours after the end of a bulk action in which it can be undone."""

OBSTACLE_NAMES: Mapping[str, str] = {
    "rights": N_("of a department for which you cannot work"),
    "closed": N_("closed already"),
    "acknowledged": N_("acknowledged already"),
    "assigned": N_("assigned in this way already"),
    "assignee": N_("of a department for which the assignee cannot work"),
    "department": N_("with this department already"),
    "status": N_("with this status and note already"),
    "template": N_("of a service that the response template is not for"),
    "service": N_("of this service already"),
    "visibility": N_("public, while the service is not, or the reverse"),
    "duplicate": N_("linked in this way already, or the original itself"),
    "approved": N_("approved already"),
    "priority": N_("with this priority already"),
    "tags": N_("with these tags already"),
    "no_tags": N_("without these tags"),
    "many_tags": N_("with too many tags"),
}
"""Why an action cannot be done with a request."""

CHANGED_PARTS: Mapping[str, str] = {
    "department": N_("department or service"),
    "assignee": N_("assignee"),
    "status": N_("status or note"),
    "duplicate": N_("duplicate link"),
    "priority": N_("priority"),
    "tags": N_("tags"),
}
"""The parts of a request that a bulk action changes, and its undo restores."""
