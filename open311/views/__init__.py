"""The URLs of the API, in the order of the standard: its table of contents."""

from open311.views import discovery, health, service_requests, services, tokens

BLUEPRINTS = (
    discovery.blueprint,
    services.blueprint,
    service_requests.blueprint,
    tokens.blueprint,
    health.blueprint,
)
