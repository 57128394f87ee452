"""The OpenAPI document, built from the table of endpoints."""

import functools
import importlib.metadata
from typing import Any

from apispec import APISpec

from open311.georeport.openapi.converter import Plugin
from open311.georeport.openapi.endpoints import ENDPOINTS
from open311.georeport.openapi.operations import Operations
from open311.georeport.openapi.prose import API, SECURITY_SCHEMES, TOPICS
from open311.web.parameters import ENDPOINT, TEST_ENDPOINT

VERSION = "3.1.1"


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
        bases = (endpoint.base, *endpoint.other_bases) if endpoint.base != ENDPOINT else ()
        elsewhere = [{"url": f"{address}{base}"} for base in bases]
        for suffix in endpoint.suffixes:
            operation = operations.describe(endpoint, suffix)
            if elsewhere:
                operation["servers"] = elsewhere
            path = f"{endpoint.path}.{suffix}" if suffix else endpoint.path
            spec.path(path=path, operations={endpoint.method: operation})
