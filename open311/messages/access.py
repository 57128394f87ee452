"""Messages about API keys, jurisdictions, and requests rejected before a view is reached."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

API_KEY_MISSING = Message(
    "api_key.missing",
    api="api_key is required. To get one, see /open311/discovery.xml.",
)
API_KEY_INVALID = Message(
    "api_key.invalid",
    api="api_key is not valid. Check it, or request a new one.",
)
API_KEY_OF_OTHER_CITY = Message(
    "api_key.other_city",
    api="api_key is not valid for jurisdiction_id '%(jurisdiction_id)s'.",
)
API_KEY_LACKS_RIGHT = Message(
    "api_key.lacks_right",
    api=(
        "api_key does not have the right '%(right)s' and cannot %(what)s. Ask a city administrator "
        "to grant it."
    ),
)
API_KEY_FOR_OWN_ONLY = Message(
    "api_key.for_own_only",
    api=(
        "api_key did not submit service request '%(id)s' and does not have the right '%(right)s'. "
        "Ask a city administrator to grant it."
    ),
)
API_KEY_OF_SANDBOX = Message(
    "api_key.sandbox",
    api=(
        "api_key '%(key)s' is valid for the test endpoint only. Use /open311/test/v2, or get your "
        "own key as described in /open311/discovery.xml."
    ),
)
JURISDICTION_MISSING = Message(
    "jurisdiction.missing",
    api="jurisdiction_id is required. Use one of: %(known)s.",
    command="This server has several jurisdictions. Add --jurisdiction with one of: %(known)s.",
)
JURISDICTION_UNKNOWN = Message(
    "jurisdiction.unknown",
    api="jurisdiction_id '%(jurisdiction_id)s' does not exist.",
    command="There is no jurisdiction %(jurisdiction_id)s.",
)
NO_JURISDICTION = Message(
    "jurisdiction.none",
    everywhere=N_("This server is not set up yet."),
    command="This server has no jurisdiction yet. Load one with open311 seed.",
)
BAD_REQUEST = Message(
    "server.bad_request",
    api="The request cannot be read. Send parameters as form fields in UTF-8.",
    page=N_("The form cannot be read. Reload the page and submit the form again."),
)
PATH_UNKNOWN = Message(
    "server.path_unknown",
    api="%(path)s does not exist. The API is at /open311/v2; paths end in .json or .xml.",
    page=N_("This page does not exist."),
)
METHOD_NOT_ALLOWED = Message(
    "server.method_not_allowed",
    api="%(method)s is not allowed for %(path)s. Use %(allowed)s.",
    page=N_("This page cannot be opened this way. Go back and try again."),
)
BODY_TOO_LARGE = Message(
    "server.body_too_large",
    api="The request body is larger than %(limit)s MB.",
    page=N_("The file is too large. Choose a file of %(limit)s MB or less."),
)
URL_TOO_LONG = Message(
    "server.url_too_long",
    everywhere=N_("The URL is too long."),
)
HTTP_ERROR = Message(
    "server.http_error",
    api="%(name)s.",
    page=N_("Something went wrong. Go back and try again."),
)
TOO_MANY_REQUESTS = Message(
    "server.too_many_requests",
    api="Too many requests. Try again after the time in Retry-After.",
    page=N_("Too many requests. Wait a minute and try again."),
)
FORM_EXPIRED = Message(
    "server.form_expired",
    page=N_("This page expired. Reload it and submit the form again."),
)
SERVER_FAILED = Message(
    "server.failed",
    api=(
        "The server could not process this request. Try again later. If it fails again, send the "
        "city this reference: %(reference)s."
    ),
    page=N_(
        "Something went wrong. Try again later. If it happens again, give your system "
        "administrator this reference: %(reference)s."
    ),
)
SERVER_BUSY = Message(
    "server.busy",
    api="The server is busy. Try again after the time in Retry-After.",
    page=N_("The server is busy. Wait a few seconds and try again."),
)
QUERY_TOO_SLOW = Message(
    "server.query_too_slow",
    api="The query timed out. Use a smaller area, a shorter period, or fewer rows.",
    page=N_("The search took too long. Choose a smaller area, a shorter period, or fewer rows."),
)
LOCKED_BY_OTHERS = Message(
    "server.locked",
    everywhere=N_(
        "Someone else is saving a change to the same data. Your change was not saved. Try again in "
        "a few seconds."
    ),
    command=(
        "Someone else is saving a change to the same data. Nothing was changed. Try again in a few "
        "seconds."
    ),
)
CHANGE_TOO_SLOW = Message(
    "server.change_too_slow",
    everywhere=N_("The server took too long. Your change was not saved. Try again in a minute."),
    command=(
        "The database took longer than OPEN311_STATEMENT_SECONDS allows. Nothing was changed. Try "
        "again, or raise that setting."
    ),
)
UNAVAILABLE = Message(
    "server.unavailable",
    everywhere=N_("The service is temporarily unavailable. Try again in a few minutes."),
    command="The database cannot be reached. Check DATABASE_URL, and start its server.",
)
TOO_MANY_PARAMETERS = Message(
    "body.too_many_parameters",
    everywhere=N_("The request has too many parameters. Send %(limit)s or fewer."),
)
BODY_WITHOUT_BOUNDARY = Message(
    "body.no_boundary",
    api="The request body cannot be read. Its Content-Type has no boundary parameter.",
)
BODY_INCOMPLETE = Message(
    "body.incomplete",
    api=(
        "The request body is incomplete, or its parts do not match the boundary in Content-Type. "
        "Send it again."
    ),
    page=N_("The form arrived incomplete. Submit it again."),
)
JSON_MALFORMED = Message(
    "body.json_malformed",
    api=(
        "The request body is not a valid JSON object. Send an object with the parameters as names, "
        "or send form fields."
    ),
)
JSON_TOO_DEEP = Message(
    "body.json_too_deep",
    api=(
        "%(field)s is nested too deeply. Send a text, a number, true, false, or a list of these; "
        "attribute can be an object of these."
    ),
)
NOT_SIGNED_IN = Message(
    "sign_in.required",
    page=N_("Sign in to open this page."),
)
WORKSPACE_CLOSED = Message(
    "workspace.closed",
    page=N_("Staff sign-in is not set up. Contact your system administrator."),
)
NO_CITY_ACCOUNT = Message(
    "sign_in.no_city_account",
    page=N_("Sign-in with a city account is not set up here. Sign in with a password."),
)
NO_BASE_MAP = Message(
    "base_map.none",
    page=N_("This server has no base map file."),
)
