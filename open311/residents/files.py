"""Files of the website at fixed paths, the same in all languages: styles, manifest, worker."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

import orjson
from flask import Blueprint, Response, current_app, request

from open311.errors import NotFound
from open311.media.store import thumbnail_of
from open311.messages.residents import PAGE_UNKNOWN
from open311.queries.residents.site import SiteInfo
from open311.residents.pages import check_site
from open311.web.base_map import base_map_file
from open311.web.caching import is_known
from open311.web.compression import compress_page
from open311.web.page_policy import SECRET_PATHS, SITE_MAY
from open311.web.photo_files import photo_response
from open311.web.site import site, site_city
from schemas.colors import Color, mixed, on, reads_on, shade_toward

blueprint = Blueprint("site_files", __name__)
blueprint.before_request(check_site)
blueprint.after_request(compress_page)  # after protect_file, as Flask begins with the last one

STATIC = Path(__file__).parents[1] / "static/residents"

LIGHT, DARK = ("#ffffff", "#f4f5f6"), ("#1a2027", "#10151a")
"""Backgrounds of pages in both color schemes, as in site.css: paper and ground."""

ON_DARK_ACCENT = DARK[1]

DEVELOPMENT = 'const VERSION = "development";'
"""The line of the service worker that the server replaces."""

HOVER, PRESSED = 0.12, 0.85
"""Shares of the accent in the background of a button that the pointer is over, as in site.css."""


@blueprint.after_request
def protect_file(response: Response) -> Response:
    """Let a browser ask whether it has a file already."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "public, max-age=300")
    if response.status_code != 200 or response.is_streamed or request.method not in ("GET", "HEAD"):
        return response
    response.set_etag(blake2b(response.get_data(), digest_size=16).hexdigest(), weak=True)
    if is_known(response):
        response.status_code = 304
        response.set_data(b"")
    return response


@blueprint.get("/site.css")
def styles() -> Response:
    """Return the city's color, as it can be read in light and dark pages."""
    light, dark = accents(site().color)
    text = (
        f":root{{--city:{site().color};--on-city:{on(site().color)};"
        f"--accent:{light};--on-accent:#ffffff}}\n"
        "@media (prefers-color-scheme:dark){"
        f":root{{--accent:{dark};--on-accent:{ON_DARK_ACCENT}}}}}\n"
    )
    return Response(text, content_type="text/css; charset=utf-8")


@cache
def accents(color: Color) -> tuple[Color, Color]:
    """Return a city's color as readable on light and on dark pages, as text and as a button."""

    def reads_in_light(shade: Color) -> bool:
        return reads_on(shade, [*LIGHT, mixed(shade, HOVER, LIGHT[0])])

    def reads_in_dark(shade: Color) -> bool:
        pressed = mixed(shade, PRESSED, "#000000")
        return reads_on(shade, [*DARK, mixed(shade, HOVER, DARK[0])]) and reads_on(
            ON_DARK_ACCENT, [shade, pressed]
        )

    return (
        shade_toward(color, "#000000", reads_in_light),
        shade_toward(color, "#ffffff", reads_in_dark),
    )


@blueprint.get("/site.webmanifest")
def manifest() -> Response:
    """Return the manifest, with which a phone can put the website on its home screen (W3C)."""
    name = site_city().scope.name
    about = {
        "id": "/",
        "name": name,
        "short_name": name[:30],
        "lang": site().languages[0],
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": site().color,
        "background_color": LIGHT[1],
        "icons": [{"src": "/site-icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(orjson.dumps(about), content_type="application/manifest+json")


@blueprint.get("/site-icon.svg")
def icon() -> Response:
    """Return a mark on a map in the city's color, for home screens."""
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">'
        f'<rect width="512" height="512" fill="{site().color}"/>'
        '<path d="M256 96a112 112 0 0 0-112 112c0 84 112 208 112 208s112-124 112-208A112 112 0 0 0 '
        f'256 96zm0 152a40 40 0 1 1 0-80 40 40 0 0 1 0 80z" fill="{on(site().color)}"/></svg>'
    )
    return Response(text, content_type="image/svg+xml")


@blueprint.get("/site-logo")
def logo() -> Response:
    """Return the city's logo, small; raises NotFound if it has none."""
    name = site().logo
    if name is None:
        raise NotFound(PAGE_UNKNOWN)
    return photo_response(thumbnail_of(name), "public, max-age=300")


@blueprint.get("/sw.js")
def worker() -> Response:
    """Return the service worker, whose version changes with any file of the website."""
    script = (STATIC / "sw.js").read_text("utf-8")
    version = _version(site()) if current_app.config["OPEN311_SERVICE_WORKER"] else "off"
    text = script.replace(DEVELOPMENT, f'const VERSION = "{version}";')
    response = Response(text, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = SITE_MAY.format(base="")
    return response


def _version(of: SiteInfo) -> str:
    settings = (of.color, of.logo, of.takes_reports, *of.languages, *map(repr, of.texts.items()))
    return blake2b(_files_digest() + repr(settings).encode(), digest_size=8).hexdigest()


@cache
def _files_digest() -> bytes:
    """Return a digest of the files that pages are made from."""
    digest = blake2b(digest_size=16)
    for folder in (STATIC, STATIC.parents[1] / "templates/residents"):
        for file in sorted(one for one in folder.iterdir() if one.is_file()):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.digest()


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Return what search engines may read (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED_PATHS)]
    return Response("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


# Pages of requests are not among them: they say by themselves whether they may be listed, which a
# search engine that must not read them would not know.
_CLOSED_PATHS = [
    f"{language}{path}" for path in (*SECRET_PATHS, "/embed/", "/staff/") for language in ("", "/*")
]


@blueprint.get("/base-map")
def base_map_archive() -> Response:
    """Return the base map of the city, if it is a file on this server."""
    response = base_map_file(site_city().base_map)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
