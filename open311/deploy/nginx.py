"""A site of nginx in front of the server: HTTPS, buffers for slow clients, and limits."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from open311.deploy import filled
from open311.web.formats import RENDERERS

ERRORS = {
    413: "The files are too large. Send fewer or smaller photos.",
    414: "The URL is too long. Send fewer parameters.",
    429: "There are too many connections from your address. Try again in a few seconds.",
    503: "The server is starting or busy. Try again in a few seconds.",
}
"""What nginx answers itself, in the form of the server's own errors (spec 1.8)."""

_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{0}</title><p>{0}</p></html>'
)
_OTHER_BYTES = 1_000_000  # of a form without its files


def nginx_site(host: str, certificate: str, key: str, settings: Mapping[str, Any]) -> str:
    """Return the site for a host name; body sizes follow from the settings.

    certificate and key are the paths of PEM files. What is known to all sites of nginx is named by
    a digest of the host: nginx allows 32 characters.
    """
    name = f"open311_{sha256(host.encode()).hexdigest()[:8]}"
    photos = settings["OPEN311_MAX_PHOTOS"] * settings["OPEN311_MAX_PHOTO_BYTES"]
    with_photos = settings["OPEN311_MAX_BODY_BYTES"] + photos
    uploads = (settings["OPEN311_MAX_BOUNDARY_BYTES"], settings["OPEN311_MAX_BASE_MAP_BYTES"])
    return filled(
        "nginx.conf",
        {
            "ID": name,
            "HOST": host,
            "CERTIFICATE": certificate,
            "KEY": key,
            "BIND": settings["OPEN311_BIND"],
            "MAX_BODY": str(settings["OPEN311_MAX_BODY_BYTES"]),
            "MAX_PHOTOS": str(with_photos),
            "MAX_UPLOAD": str(max(with_photos, *uploads) + _OTHER_BYTES),
            "ERROR_TEXTS": "\n".join(_texts(name, code, text) for code, text in ERRORS.items()),
        },
    )


def _texts(name: str, code: int, sentence: str) -> str:
    errors = [{"code": code, "description": sentence}]
    forms = {
        r"~^/open311/.*\.json$": RENDERERS["json"]("errors", errors).decode(),
        "~^/open311/": RENDERERS["xml"]("errors", errors).decode().replace("\n", ""),
        "default": _PAGE.format(sentence),
    }
    lines = (f"    {pattern} '{text}';" for pattern, text in forms.items())
    return "\n".join((f"map $uri ${name}_{code} {{", *lines, "}"))
