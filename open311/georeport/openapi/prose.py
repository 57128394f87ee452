"""Sentences of the OpenAPI description that do not come from schemas."""

from typing import Any

from schemas.requests.answers import ANSWER_LIMIT

API = """\
Report what is broken in the city, and follow what becomes of it: Open311 GeoReport v2.

- The suffix of an address decides the format of the answer, errors included: `.json` or `.xml`.
- An empty parameter counts as one that was not sent. Unknown parameters are ignored.
- Times have a zone, as in `2026-03-09T14:05:00Z`, and are given in UTC. Also taken: an offset,
  fractions of a second, a date alone; without a zone, the time is that of the city.
- A report needs an `api_key`. Discovery says how to get one; the test endpoint takes the key
  `sandbox` from everyone, and what is sent there reaches no department.
- Every error is a list of sentences that name the parameter and say what to do.
"""

IN_XML = "In XML"

TOPICS = {
    "Discovery": "Where to begin.",
    "Services": "What can be reported.",
    "Service requests": "Reports, and what became of them.",
    "Updates": "What other systems add to a service request, and what they are told.",
    "Routing": "Why a report goes where it goes.",
    "Addresses": "The city's own, for a report that has no place on a map.",
    "Photos": "Pictures that came with reports.",
    IN_XML: "All of this once more in the standard's other format.",
}
"""Tags that group the endpoints."""

ANSWERS_PATTERN = r"^attribute\[.+\](\[\d*\])?$"

ANSWERS: dict[str, Any] = {
    "description": "The answer to the question of this code. Of a singlevaluelist it is a key of "
    "its values; of a multivaluelist there may be several, each sent as `attribute[CODE][]`.",
    "type": ["string", "array"],
    "maxLength": ANSWER_LIMIT,
    "items": {"type": "string"},
}

FORM = "Form fields in UTF-8."

ALTERNATIVES = "Needed is one of these: {}."

ANSWERED = (
    "Answers to the questions of the service go into `attribute[CODE]`, with the code of the "
    "question between the brackets."
)

API_KEY = "The key of the app that reports, unless it is sent as a bearer token."

JURISDICTION_ID = "Which city is meant, where one server has several."

SECURITY_SCHEMES: dict[str, dict[str, Any]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The api_key as a bearer token.",
    },
    "api_key": {
        "type": "apiKey",
        "in": "query",
        "name": "api_key",
        "description": "The api_key in the query. Send it as a form field instead if you "
        "can. URLs appear in logs.",
    },
}

SENTENCE_OF = {
    400: "Bad request. A parameter is missing or not valid, or the server could not process it.",
    403: "Forbidden. api_key is missing, not valid, or valid for another jurisdiction only.",
    404: "Not found.",
    409: "Conflict. This Idempotency-Key was already used with different content.",
    410: "Gone. The service request was withdrawn.",
    413: "The request body is too large.",
    429: "Too many requests. Try again after the time in Retry-After.",
}
"""The meaning of each error status."""

PATH_PARAMETERS = {
    "service_code": "The code of a service, from the service list.",
    "service_request_id": "The id of a service request, as its report was answered.",
    "name": "The name of a photo, as media_url ends.",
    "token": "The token that a report to a batch service was answered with.",
}
