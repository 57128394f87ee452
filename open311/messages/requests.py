"""Messages about work on requests: status, assignment, location, duplicates, and review."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

REQUEST_UNKNOWN = Message(
    "request.unknown",
    api="Service request '%(id)s' does not exist.",
    page=N_("There is no request with the number %(id)s."),
)
REQUEST_TO_UPDATE_UNKNOWN = Message(
    "update.request_unknown",
    api="service_request_id '%(id)s' does not exist.",
    page=N_("There is no request with the number %(id)s."),
)
REQUEST_WITHDRAWN = Message(
    "request.withdrawn",
    api="Service request %(id)s was withdrawn.",
    page=N_("Request %(id)s was withdrawn and is no longer available."),
)
SUBMISSION_WITHDRAWN = Message(
    "submission.withdrawn",
    api="The submission with token %(token)s was withdrawn.",
    page=N_("The submission with token %(token)s was withdrawn and is no longer available."),
)
PHOTOS_GONE = Message(
    "request.photos_gone",
    page=N_("Photos are kept for a day. Choose them again."),
)
CALLER_OF_CLOSED = Message(
    "request.caller_of_closed",
    page=N_("Request %(id)s is closed. Reopen it, or save this as a new request."),
)
SIMILAR_NEARBY = Message(
    "request.similar_nearby",
    page=N_(
        "Similar requests are nearby. Add the caller to one of them, or save this as a new request."
    ),
)
CHANGED_SINCE = Message(
    "request.changed_since",
    api="Request %(id)s has changed since you read it. Read it again and retry.",
    page=N_(
        "Someone else changed %(id)s while you were working. Your change was not saved. Review the"
        " update and try again."
    ),
)
QUESTIONS_FIRST = Message(
    "service.questions_first",
    page=N_("Answer the questions of the new service, and select Change service again."),
)
SAME_STATUS = Message(
    "request.same_status",
    everywhere=N_("Request %(id)s already has the status “%(status)s” and this note."),
)
REQUEST_CLOSED = Message(
    "request.closed",
    everywhere=N_("Request %(id)s is closed. Reopen it first."),
)
REQUEST_CONTINUED = Message(
    "request.continued",
    everywhere=N_("Request %(id)s was continued as %(new)s. Work on that request."),
)
ALREADY_ON_HOLD = Message(
    "request.on_hold",
    everywhere=N_("Request %(id)s is already waiting for the requester."),
)
NOT_ON_HOLD = Message(
    "request.not_on_hold",
    everywhere=N_("Request %(id)s is not on hold."),
)
QUESTION_REQUIRED = Message(
    "hold.question_required",
    api="status_notes is required to ask the requester.",
    page=N_("Enter a question for the requester."),
    command="A question for the requester is required. Add %(field)s.",
)
ALREADY_ASSIGNED = Message(
    "request.already_assigned",
    everywhere=N_("Request %(id)s is already assigned to %(name)s."),
)
ALREADY_UNASSIGNED = Message(
    "request.already_unassigned",
    everywhere=N_("Request %(id)s is already unassigned."),
)
ASSIGNEE_OF_OTHER_DEPARTMENT = Message(
    "request.assignee_of_other_department",
    everywhere=N_(
        "User %(name)s cannot work on requests for %(department)s. Choose another person, or "
        "transfer the request first."
    ),
)
NOTE_REQUIRED = Message(
    "note.required",
    api="text is required.",
    page=N_("Enter a note."),
    command="A note is required. Add %(field)s.",
)
SAME_LOCATION = Message(
    "request.same_location",
    everywhere=N_("Request %(id)s is already at this location."),
)
SAME_SERVICE = Message(
    "request.same_service",
    everywhere=N_("Request %(id)s already has the service %(service)s."),
)
OTHER_VISIBILITY = Message(
    "request.other_visibility",
    everywhere=N_(
        "You cannot change this request from %(other)s to %(service)s. One is public and the other"
        " is not, and the requester did not agree to that."
    ),
)
DUPLICATE_OF_ITSELF = Message(
    "duplicate.of_itself",
    everywhere=N_(
        "%(main)s cannot be the original: it is %(id)s itself or one of its duplicates. Enter a "
        "different request number."
    ),
)
ALREADY_DUPLICATE = Message(
    "duplicate.already",
    everywhere=N_("%(id)s is already linked to %(main)s as a duplicate."),
)
ORIGINAL_CLOSED = Message(
    "duplicate.original_closed",
    everywhere=N_(
        "%(main)s is closed. Reopen it first, or close %(id)s with the status “duplicate.”"
    ),
)
NOT_A_DUPLICATE = Message(
    "duplicate.none",
    everywhere=N_("%(id)s is not linked to another request."),
)
NOT_IN_REVIEW = Message(
    "review.not_waiting",
    everywhere=N_("Request %(id)s does not need review."),
)
NOT_IN_REVIEW_FOR = Message(
    "review.not_waiting_for",
    api="Request %(id)s does not need review for the reason %(reason)s.",
)
SAME_PRIORITY = Message(
    "request.same_priority",
    page=N_("Request %(id)s already has the priority “%(priority)s.”"),
)
TAGS_MISSING = Message(
    "tags.missing",
    page=N_("Enter at least one tag."),
)
SAME_TAGS = Message(
    "tags.same",
    page=N_("Request %(id)s already has these tags."),
)
NOT_TAGGED = Message(
    "tags.none",
    page=N_("Request %(id)s does not have these tags."),
)
TAG_UNKNOWN = Message(
    "tags.unknown",
    page=N_("This tag does not exist. It may have been deleted or merged."),
)
TAG_TOO_LONG = Message(
    "tags.too_long",
    page=N_("A tag can have %(limit)s characters at most. Separate tags with commas."),
)
TOO_MANY_TAGS = Message(
    "tags.too_many",
    page=N_("A request can have %(limit)s tags at most. Remove one first."),
)
ACTION_UNKNOWN = Message(
    "action.unknown",
    page=N_("This action does not exist. Reload the page and try again."),
)
ACTION_NOT_IN_BULK = Message(
    "action.not_in_bulk",
    page=N_("This action is not available for several requests at once."),
)
RESPONSE_UNKNOWN = Message(
    "response.unknown",
    page=N_("This response template does not exist. It may have been removed."),
)
RESPONSE_NAME_TAKEN = Message(
    "response.name_taken",
    page=N_("There is already a response template named %(name)s. Enter a different name."),
)
RESPONSE_FIRST = Message(
    "response.first",
    page=N_("This response template is already first."),
)
RESPONSE_CHANGED_SINCE = Message(
    "response.changed_since",
    page=N_(
        "Someone else changed this response template while you were working. Your text was not "
        "saved. Compare it with theirs in another window, and save it again to replace theirs."
    ),
)
RESPONSE_INTERNAL_ONLY = Message(
    "response.internal_only",
    everywhere=N_("%(field)s needs a status. Choose one, or remove the public note."),
)
RESPONSE_NEEDS_INTERNAL = Message(
    "response.needs_internal",
    everywhere=N_("A response template without a status needs an internal note."),
)
RESPONSE_NEEDS_QUESTION = Message(
    "response.needs_question",
    everywhere=N_("Write the question for the requester in at least one language."),
)
RESPONSE_ASKS_ALONE = Message(
    "response.asks_alone",
    everywhere=N_("A question for the requester has no internal note. Remove the internal note."),
)
RESPONSE_NEEDS_PUBLIC = Message(
    "response.needs_public",
    everywhere=N_("Closing a request needs a public note. Write it in at least one language."),
)
