"""Shared parts of the website's pages: access, headers, and language."""

import logging
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, request

from open311.errors import NotAllowed, NotFound
from open311.messages.residents import FOREIGN_FORM, REPORTING_CLOSED, SITE_CLOSED
from open311.web.bodies import sent
from open311.web.compression import compress_page
from open311.web.page_policy import protect_site_page
from open311.web.site import ERRORS, has_site, site

log = logging.getLogger(__name__)


def site_pages(name: str, path: str = "", *, takes_foreign_forms: bool = False) -> Blueprint:
    """Return a blueprint of pages of the website, with their checks and headers.

    Each page is registered twice: at its path, and below the code of a language.
    takes_foreign_forms lets anything post to its pages that knows a secret link.
    """
    blueprint = Blueprint(name, __name__, url_prefix=path or None)
    blueprint.url_value_preprocessor(_take_language)
    blueprint.before_request(check_open if takes_foreign_forms else check_site)
    blueprint.after_request(protect_site_page)
    blueprint.after_request(compress_page)
    return blueprint


def _take_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
    """Set the language of the page that its path begins with, if any."""
    g.path_language = (values or {}).pop("language", None)


def check_open() -> None:
    """Check that there is a website."""
    if not current_app.config["OPEN311_SECRET_KEY"]:
        log.warning("The website is closed because OPEN311_SECRET_KEY is not set.")
        raise NotFound(SITE_CLOSED)
    if not has_site():  # asks the database only if the website is not known yet
        site()
    if request.method == "POST":
        sent()  # stores the body for later readers


def check_site() -> None:
    """Check that there is a website, and that a form comes from it.

    Its forms need no token: nobody is signed in. A browser tells where a form comes from
    (https://www.w3.org/TR/fetch-metadata/); older ones tell the origin.
    """
    check_open()
    if request.method == "POST" and not _is_own_form():
        raise NotAllowed(FOREIGN_FORM)


def _is_own_form() -> bool:
    came_from = request.headers.get("Sec-Fetch-Site")
    if came_from is not None:
        return came_from in ("same-origin", "none")
    origin = request.headers.get("Origin")
    try:
        return origin is None or urlsplit(origin).netloc == request.host
    except ValueError:
        return False


def mark_unlisted(response: Response) -> Response:
    """Keep what residents wrote out of search engines, unless the city wants it there.

    An error is not listed anyway, and may mean that there is no website, or no database.
    """
    if response.status_code < ERRORS and not site().is_indexed:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def secret_key() -> str:
    """Return the key of the server for secret links."""
    return str(current_app.config["OPEN311_SECRET_KEY"])


def check_reporting_open() -> None:
    """Raise NotAllowed while the city takes no reports on its website."""
    if not site().takes_reports:
        raise NotAllowed(REPORTING_CLOSED)
