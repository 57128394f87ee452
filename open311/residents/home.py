"""The start page: what needs fixing?"""

from open311.residents.pages import site_pages
from open311.web.site import site_page

blueprint = site_pages("site_home")


@blueprint.get("/")
def show() -> tuple[str, int]:
    """Show the form for a report."""
    return site_page("home.html")
