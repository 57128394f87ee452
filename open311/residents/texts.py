"""Pages of text: about the website, privacy, accessibility, and what is shown offline."""

from flask_babel import lazy_gettext

from open311.queries.requests.retention import list_retention_rules
from open311.queries.residents.site import find_retention
from open311.residents.pages import site_pages
from open311.web.caching import revalidate
from open311.web.site import site_city, site_page
from schemas.vocabulary.retention import (
    ANONYMIZE,
    DELETE,
    FREE_TEXT,
    LOG,
    PHOTO,
    RECEIPT,
    REPORTER,
    STAFF_NOTE,
    UPDATE_REPORTER,
)

blueprint = site_pages("site_texts")
blueprint.after_request(revalidate)

ERASED_BY_RULES = {
    (REPORTER, ANONYMIZE): lazy_gettext("Your name and contact, also in texts"),
    (UPDATE_REPORTER, ANONYMIZE): lazy_gettext(
        "The names and contacts of people who sent updates, also in texts"
    ),
    (FREE_TEXT, ANONYMIZE): lazy_gettext(
        "Names, email addresses, and phone numbers in descriptions and comments"
    ),
    (FREE_TEXT, DELETE): lazy_gettext("Descriptions, answers to questions, and comments"),
    (STAFF_NOTE, ANONYMIZE): lazy_gettext(
        "Names, email addresses, and phone numbers in notes of staff"
    ),
    (STAFF_NOTE, DELETE): lazy_gettext("Notes of staff"),
    (PHOTO, DELETE): lazy_gettext("Photos"),
    (RECEIPT, DELETE): lazy_gettext("Records of repeated submissions"),
    (LOG, DELETE): lazy_gettext("Records of our messages to you"),
}
"""What residents read about a rule for a series with an action."""


@blueprint.get("/about")
def about() -> tuple[str, int]:
    """Show what the website is."""
    return site_page("text.html", key="about")


@blueprint.get("/privacy")
def privacy() -> tuple[str, int]:
    """Show what is public, what is kept, and for how long."""
    here = site_city().scope.jurisdiction_id
    rules = list_retention_rules(here)
    return site_page(
        "text.html",
        key="privacy",
        retention_days=find_retention(here),
        rules=[(ERASED_BY_RULES[one.series, one.action], one.months) for one in rules],
        contact_is_kept=all(one.series != REPORTER for one in rules),
    )


@blueprint.get("/accessibility")
def accessibility() -> tuple[str, int]:
    """Show what the website does for everyone to use it."""
    return site_page("text.html", key="accessibility")


@blueprint.get("/offline")
def offline() -> tuple[str, int]:
    """Show what a browser shows without a connection; its service worker keeps it."""
    return site_page("offline.html")
