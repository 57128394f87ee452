"""Pages of text: about the website, privacy, accessibility, and what is shown offline."""

from open311.queries.residents.site import find_retention
from open311.residents.pages import site_pages
from open311.web.caching import revalidate
from open311.web.site import site_city, site_page

blueprint = site_pages("site_texts")
blueprint.after_request(revalidate)


@blueprint.get("/about")
def about() -> tuple[str, int]:
    """Show what the website is."""
    return site_page("text.html", key="about")


@blueprint.get("/privacy")
def privacy() -> tuple[str, int]:
    """Show what is public, what is kept, and for how long."""
    days = find_retention(site_city().scope.jurisdiction_id)
    return site_page("text.html", key="privacy", retention_days=days)


@blueprint.get("/accessibility")
def accessibility() -> tuple[str, int]:
    """Show what the website does for everyone to use it."""
    return site_page("text.html", key="accessibility")


@blueprint.get("/offline")
def offline() -> tuple[str, int]:
    """Show what a browser shows without a connection; its service worker keeps it."""
    return site_page("offline.html")
