"""Security and cache headers of staff pages."""

from urllib.parse import urlsplit

from flask import Response, current_app

# No inline scripts or styles, and no other sites except the base map, if the settings name
# one. MapLibre draws images from blobs.
PAGE_MAY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{base}; "
    "connect-src 'self'{base}; worker-src 'self' blob:; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def protect(response: Response) -> Response:
    """Add headers that restrict a page to its own resources and forbid caching."""
    origins = "".join(f" {origin}" for origin in _origins_of_base_map())
    response.headers["Content-Security-Policy"] = PAGE_MAY.format(base=origins)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _origins_of_base_map() -> list[str]:
    base_map = urlsplit(current_app.config["OPEN311_BASE_MAP"])
    own = [f"{base_map.scheme}://{base_map.netloc}"] if base_map.netloc else []
    return [*own, *current_app.config["OPEN311_BASE_MAP_ORIGINS"]]
