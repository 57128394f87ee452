"""Compression of pages for residents, and of the files that pages load.

Flask-Compress does this for the API. It leaves out files, and pages of staff, whose forms have
tokens that are to stay secret beside texts of others (https://breachattack.com).
"""

import gzip

from cachetools import LRUCache
from flask import Response, request

LEVEL = 6
LEAST = 500
"""Bytes. Shorter bodies do not become shorter."""

KINDS = frozenset(
    {
        *("text/html", "text/css", "text/javascript", "application/javascript"),
        *("image/svg+xml", "application/json", "application/manifest+json"),
    }
)

_files: LRUCache[str, bytes] = LRUCache(maxsize=64)


def compress_page(response: Response) -> Response:
    """Compress a page, if the browser takes that."""
    if _is_compressible(response):
        _replace(response, gzip.compress(response.get_data(), LEVEL))
    return response


def compress_file(response: Response) -> Response:
    """Compress a static file, once for all requests.

    The entity tag becomes weak, as the bytes differ: the browser's next request still matches.
    """
    tag, _is_weak = response.get_etag()
    is_file = (request.endpoint or "").endswith(".static")
    if tag is None or not is_file or not _is_compressible(response):
        return response
    response.direct_passthrough = False
    key = f"{request.path} {tag}"
    if key not in _files:
        _files[key] = gzip.compress(response.get_data(), LEVEL)
    _replace(response, _files[key])
    response.set_etag(tag, weak=True)
    response.headers.pop("Accept-Ranges", None)
    return response


def _is_compressible(response: Response) -> bool:
    if response.mimetype not in KINDS or response.status_code != 200:
        return False
    response.vary.add("Accept-Encoding")
    is_long = (response.content_length or LEAST) >= LEAST
    return is_long and "Content-Encoding" not in response.headers and _is_accepted()


def _is_accepted() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def _replace(response: Response, body: bytes) -> None:
    close = getattr(response.response, "close", None)  # of an open file
    if close is not None:
        close()
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
