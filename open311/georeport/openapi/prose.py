"""Sentences of the OpenAPI description that do not come from schemas."""

from typing import Any

from schemas.requests.answers import ANSWER_LIMIT

API = """\
Submit and follow service requests of the city: Open311 GeoReport v2.

- The suffix of a path sets the format of the response, including errors: `.json` or `.xml`.
- An empty parameter is the same as none. Unknown parameters are ignored, except at /stats.
- Times are in UTC, as in `2026-03-09T14:05:00Z`. Parameters can also have an offset, fractions of
  a second, or only a date. A time without a zone is in the time zone of the city. Other forms, such
  as `11/27/2026` or `Nov 27, 2026`, are accepted if they have one meaning in the country of the
  city.
- To submit a request, you need an `api_key`. Discovery says how to get one. The test endpoint
  accepts the key `sandbox` from everyone, and sends nothing to a department.
- An error lists sentences that name the parameter and say how to fix it.
"""

IN_XML = "In XML"

TOPICS = {
    "Discovery": "Endpoints of this server, and how to get an api_key.",
    "Services": "Services that requests can be submitted for.",
    "Service requests": "Submitting and reading service requests.",
    "Updates": "Status updates of service requests, for other systems.",
    "Webhooks": "Messages about changes, to the server of an API key.",
    "Routing": "How the department of a service request is selected.",
    "Addresses": "Addresses of the city, for requests without coordinates.",
    "Photos": "Photos of service requests.",
    "Figures": "How many requests came in, how long they took, and whether they were on time.",
    IN_XML: "All endpoints in XML, the other format of the standard.",
}
"""Tags that group the endpoints."""

ANSWERS_PATTERN = r"^attribute\[.+\](\[\d*\])?$"

ANSWERS: dict[str, Any] = {
    "description": "The answer to the question with this code. For a singlevaluelist, send "
    "the key of a value. For a multivaluelist, send each key as "
    "`attribute[CODE][]`.",
    "type": ["string", "array"],
    "maxLength": ANSWER_LIMIT,
    "items": {"type": "string"},
}

FORM = "Form fields in UTF-8, or a JSON object with the same names."

ALTERNATIVES = "One of these is required: {}."

ANSWERED = (
    "Send the answers to the questions of the service as `attribute[CODE]`, "
    "with the code of the question in brackets."
)

API_KEY = "The API key of the app, unless it is sent as a bearer token."

JURISDICTION_ID = "The jurisdiction, if the server has several."

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
    400: "Bad request. A parameter is missing or not valid, or the server could not process it. "
    "With Retry-After, the same request may succeed after that time.",
    403: "Forbidden. api_key is missing, not valid, or valid for another jurisdiction only, "
    "or lacks the right for this operation.",
    404: "Not found.",
    409: "Conflict. This Idempotency-Key was already used with different content.",
    410: "Gone. The service request was withdrawn.",
    413: "The request body is too large.",
    429: "Too many requests. Try again after the time in Retry-After.",
}
"""The meaning of each error status."""

PATH_PARAMETERS = {
    "service_code": "Code of a service, from the service list.",
    "service_request_id": "ID of a service request, from the response to its submission.",
    "name": "Name of a photo: the last part of its media_url.",
    "token": "Token from the response to a submission or an update.",
    "webhook": "Number of the webhook.",
    "measure": "What the figures tell; /stats/measures.json has the definitions.",
}
