"""The OpenAPI description, built from the table of endpoints, and its documentation page.

They are at /open311/openapi.json and /open311/docs.
"""

import functools
import importlib.metadata
from typing import Any
from urllib.parse import urlsplit

import orjson
from apispec import APISpec
from flask import Blueprint, Response, current_app

from open311.georeport.openapi.converter import Plugin
from open311.georeport.openapi.endpoints import ENDPOINTS
from open311.georeport.openapi.operations import Operations
from open311.georeport.openapi.prose import API, SECURITY_SCHEMES, TOPICS
from open311.web.compression import compress_file
from open311.web.formats import CONTENT_TYPES
from open311.web.parameters import ENDPOINT, TEST_ENDPOINT, public_address

blueprint = Blueprint(
    "openapi",
    __name__,
    url_prefix="/open311",
    static_folder="../../static",
    static_url_path="/static",
)

blueprint.after_request(compress_file)

VERSION = "3.1.1"

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


@functools.lru_cache(maxsize=16)
def describe(address: str) -> dict[str, Any]:
    """Describe the API of the server at an address, such as https://311.example.org.

    The description is cached: do not change it.
    """
    plugin = Plugin()
    spec = APISpec(
        title="Open311 GeoReport v2",
        version=importlib.metadata.version("open311"),
        openapi_version=VERSION,
        plugins=[plugin],
        info={"description": API},
        externalDocs={"url": "https://wiki.open311.org/GeoReport_v2/"},
        servers=[
            {"url": f"{address}{ENDPOINT}", "description": "Requests of the city"},
            {
                "url": f"{address}{TEST_ENDPOINT}",
                "description": "Test endpoint, with the api_key sandbox",
            },
        ],
        tags=[{"name": name, "description": text} for name, text in TOPICS.items()],
    )
    for name, scheme in SECURITY_SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    _add_paths(spec, Operations(plugin.converter), address)
    return spec.to_dict()


def _add_paths(spec: APISpec, operations: Operations, address: str) -> None:
    for endpoint in ENDPOINTS:
        is_usual = endpoint.base == ENDPOINT and endpoint.for_tests
        bases = () if is_usual else (endpoint.base, *endpoint.other_bases)
        elsewhere = [{"url": f"{address}{base}"} for base in bases]
        for suffix in endpoint.suffixes:
            operation = operations.describe(endpoint, suffix)
            if elsewhere:
                operation["servers"] = elsewhere
            path = f"{endpoint.path}.{suffix}" if suffix else endpoint.path
            spec.path(path=path, operations={endpoint.method: operation})
