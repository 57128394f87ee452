"""The URLs of the API, in the order of the standard: its table of contents."""

from open311.views import discovery, health, openapi, service_requests, services, tokens

GEOREPORT = (
    services.blueprint,
    service_requests.blueprint,
    tokens.blueprint,
)
"""Served at the endpoint, and once more at the test endpoint."""

BLUEPRINTS = (
    discovery.blueprint,
    openapi.blueprint,
    health.blueprint,
)
