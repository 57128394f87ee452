"""Security and cache headers of staff pages and of the residents' website."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from flask import Response, current_app, g, request

from open311.web.languages import path_language

# No inline scripts or styles, and no other sites except the base map, if the settings name one or
# the city set one that the page shows. MapLibre draws images from blobs.
PAGE_MAY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{base}; "
    "connect-src 'self'{base}; worker-src 'self' blob:; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def protect(response: Response) -> Response:
    """Add headers that restrict a page to its own resources and forbid caching."""
    response.headers.setdefault("Content-Security-Policy", _policy(PAGE_MAY))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def protect_secret(response: Response) -> Response:
    """Add the headers of protect, and those that keep the address of the page from others."""
    response = protect(response)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# An email has inline styles, as mail programs need them, and pictures inside it. Its links open
# nothing, as nothing may run or leave the frame.
EMAIL_MAY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)


def with_own_frames(response: Response) -> Response:
    """Let a staff page show other pages of this server in a frame."""
    policy = f"{_policy(PAGE_MAY)}; frame-src 'self'"
    response.headers["Content-Security-Policy"] = policy
    return response


def in_own_frame(response: Response) -> Response:
    """Let a page of this server show this staff page in a frame."""
    policy = _policy(PAGE_MAY).replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["Content-Security-Policy"] = policy
    return response


def as_email(response: Response) -> Response:
    """Let a page of the server show this email in a frame, in which it can do nothing."""
    response.headers["Content-Security-Policy"] = EMAIL_MAY
    return response


SECRET_PATHS = ("/track/", "/f/", "/u/", "/a/", "/report/", "/view/")
"""Starts of the paths that hold a secret, or the name of a draft."""


def path_without_language() -> str:
    """Return the path of this HTTP request without the language that it begins with."""
    language = path_language()
    return (request.path[len(language) + 1 :] or "/") if language else request.path


# Maps of the city's own base map, and photos. Frames are for the embedded pages alone.
SITE_MAY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{base}; "
    "connect-src 'self'{base}; worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?", re.IGNORECASE)


def let_frame(response: Response, origins: Sequence[str]) -> Response:
    """Let pages of some origins show this page of the website in a frame."""
    allowed = " ".join(one for one in origins if _ORIGIN.fullmatch(one)) or "'none'"
    policy = _policy(SITE_MAY).replace("frame-ancestors 'none'", f"frame-ancestors {allowed}")
    response.headers["Content-Security-Policy"] = policy
    return response


def protect_site_page(response: Response) -> Response:
    """Add headers that restrict a page of the website to its own resources.

    A page that a secret link leads to, or that answers a form, is neither kept nor indexed, and
    its address is told to nobody. Others are asked for again each time; a view may say more.
    """
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy(SITE_MAY))
    headers["X-Content-Type-Options"] = "nosniff"
    response.vary.add("Accept-Language")
    if request.method == "POST" or path_without_language().startswith(SECRET_PATHS):
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cache-Control"] = "private, no-store"
        headers["X-Robots-Tag"] = "noindex"
    else:
        headers["Referrer-Policy"] = "same-origin"
        headers.setdefault("Cache-Control", "no-cache")
    return response


def _policy(may: str) -> str:
    """Return a policy that also allows the origins of the base map."""
    return may.format(base="".join(f" {origin}" for origin in _origins_of_base_map()))


def let_load(addresses: Iterable[str]) -> None:
    """Let the page of this HTTP request load from the origins of some addresses, for its map."""
    parts = [urlsplit(one) for one in addresses]
    origins = [f"{one.scheme}://{one.netloc}" for one in parts if one.netloc]
    g.map_origins = [*g.get("map_origins", []), *(one for one in origins if _ORIGIN.fullmatch(one))]


def _origins_of_base_map() -> list[str]:
    base_map = urlsplit(current_app.config["OPEN311_BASE_MAP"])
    own = [f"{base_map.scheme}://{base_map.netloc}"] if base_map.netloc else []
    others = current_app.config["OPEN311_BASE_MAP_ORIGINS"]
    return list(dict.fromkeys([*own, *others, *g.get("map_origins", [])]))
