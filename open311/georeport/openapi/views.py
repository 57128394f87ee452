"""OpenAPI description (/open311/openapi.json) and its documentation page (/open311/docs)."""

from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Response, current_app

from open311.georeport.openapi.document import describe
from open311.web.formats import CONTENT_TYPES
from open311.web.parameters import public_address

blueprint = Blueprint(
    "openapi",
    __name__,
    url_prefix="/open311",
    static_folder="../../static",
    static_url_path="/static",
)

# Nothing from other sites, and no inline script. Swagger UI loads its icons from data: URLs and
# calls the API itself, at the address in the description.
PAGE_MAY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src {api}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blueprint.get("/openapi.json")
def description() -> Response:
    """Describe the API in OpenAPI 3.1."""
    return Response(orjson.dumps(describe(public_address())), content_type=CONTENT_TYPES["json"])


@blueprint.get("/docs")
def page() -> Response:
    """Return the documentation page, where users can try the API."""
    response = blueprint.send_static_file("docs.html")
    response.headers["Content-Security-Policy"] = PAGE_MAY.format(api=_of_the_api())
    return response


@blueprint.after_request
def take_types_as_given(response: Response) -> Response:
    """Set nosniff, so that browsers do not guess a file's type."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _of_the_api() -> str:
    """Return the CSP sources of the API: this server, and OPEN311_PUBLIC_URL if it is set."""
    public = urlsplit(current_app.config["OPEN311_PUBLIC_URL"])
    return f"'self' {public.scheme}://{public.netloc}" if public.netloc else "'self'"
