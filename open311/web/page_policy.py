"""What pages of staff may load, and who may keep them: said with each answer below /staff."""

from urllib.parse import urlsplit

from flask import Response, current_app

# No script or style inside a page, nothing from elsewhere but the base map, if the settings name
# one. MapLibre draws images from blobs.
PAGE_MAY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{base}; "
    "connect-src 'self'{base}; worker-src 'self' blob:; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def protect(response: Response) -> Response:
    """Let a page load nothing but what is its own, and let no cache keep it."""
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
